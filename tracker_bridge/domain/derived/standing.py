"""How an incident stands, as values: the stage that it has reached, and what must be known of its end."""

from enum import StrEnum

from tracker_bridge.domain.incident.incident import Incident, Phase


class Stage(StrEnum):
    """The phase, and of what was cancelled, why. How each is worded is in templates/_stages.md.j2."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    MERGED = "merged"  # into another incident of the project
    DUPLICATE = "duplicate"  # of another incident, nobody said of which
    CANCELLED = "cancelled"


class Caveat(StrEnum):
    """Why a summary is not what it seems. How each is worded is in templates/_caveats.md.j2."""

    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    MERGED = "merged"
    DUPLICATE = "duplicate"
    CANCELLED = "cancelled"
    DRILL = "drill"


def stage_of(incident: Incident) -> Stage:
    """Return how far the work is."""
    if incident.phase is not Phase.CANCELLED:
        return Stage(incident.phase.value)
    if incident.duplicate:
        return Stage.MERGED if incident.ending.merge else Stage.DUPLICATE
    return Stage.CANCELLED


def caveat_of(incident: Incident) -> Caveat | None:
    """Return what must be known first of an incident that ended, whatever became of that (S62, S82)."""
    if incident.times.resolved:
        return Caveat.DRILL if incident.drill else None
    if incident.ending.withdrawn:
        return Caveat.WITHDRAWN
    return Caveat.REOPENED if incident.active else Caveat(stage_of(incident).value)
