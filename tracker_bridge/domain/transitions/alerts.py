"""What the monitoring reports of an incident: it is put on the timeline, and ends what nobody had to touch."""

from dataclasses import replace
from typing import Final

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.timeline import BY_ITSELF, Kind, entry_of
from tracker_bridge.domain.issue.alert_record import AlertStep, Step
from tracker_bridge.domain.issue.origin import Origin
from tracker_bridge.domain.transitions import lifecycle

_KINDS: Final = {
    Step.CHANGED: Kind.ALERTS_CHANGED,
    Step.CLEARED: Kind.ALERTS_CLEARED,
    Step.AGAIN: Kind.ALERTS_AGAIN,
}


def apply_alerts(incident: Incident, step: AlertStep) -> Incident:
    """Apply what was reported. That alerts fired at first is what the incident was declared for."""
    if not incident.exists or step.step is Step.FIRED:
        return incident
    origin = Origin("", 0, step.at, "", incident.url)
    acting = replace(origin, id=f"0.{int(step.at.timestamp())}")
    if step.step is Step.CLOSED:
        return _ended(incident, acting) if incident.active else incident
    told = incident.having(
        entry_of(
            origin,
            _KINDS[step.step],
            what=str(step.firing),
            text=_names(step) if step.step is Step.CHANGED else step.caution,
        )
    )
    again = step.step is Step.AGAIN and incident.ended_by_itself
    return lifecycle.reopen(told, acting) if again else told


def _ended(incident: Incident, origin: Origin) -> Incident:
    clear = incident.timeline.latest(Kind.ALERTS_CLEARED)
    ended = lifecycle.resolve(incident, origin, clear.occurred if clear else None)
    end = ended.timeline[-1]
    return replace(ended, timeline=ended.timeline.exchanging(end, replace(end, what=BY_ITSELF)))


def _names(step: AlertStep) -> str:
    """Return the alerts that began and ended, some of them: ``began instance=a; ended instance=b; 3 more``."""
    began, ended = (", ".join(name for name in names if name) for names in (step.began, step.ended))
    told = (
        [f"began {began}"] * bool(began)
        + [f"ended {ended}"] * bool(ended)
        + [f"{step.more} more"] * bool(step.more)
    )
    return "; ".join(told)
