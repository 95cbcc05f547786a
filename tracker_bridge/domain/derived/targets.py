"""What a team wants to hold, and how often it did: targets for the figures of an incident, and its follow-ups."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.statistics import Interval, every_figure

MEANT: Final = {
    "Time to detect": "detect",
    "Time to acknowledge": "acknowledge",
    "Time to identify": "identify",
    "Time to mitigate": "mitigate",
    "Time to resolve": "resolve",
}
"""The figures that can have a target, and what settings call them."""


@dataclass(frozen=True, slots=True)
class Target:
    """Of the incidents whose severity has a target for ``figure``, and that can be judged, how many met it."""

    figure: str
    within: int
    of: int


@dataclass(frozen=True, slots=True)
class FollowUps:
    """Action items that were not dropped; those that are ``overdue`` are open as well."""

    open: int
    overdue: int
    done: int


def targets(incidents: Iterable[Incident], now: datetime) -> tuple[Target, ...]:
    """
    Return one for each figure of which any incident could be judged.

    What is not known is not judged, but for what goes on for longer than the target by ``now``; nor is what runs
    backwards.
    """
    found: dict[str, list[bool]] = {}
    for incident in incidents:
        wanted = incident.rules.targets_of(incident.severity)
        for interval in every_figure(incident):
            limit = wanted.get(MEANT.get(interval.name, ""))
            met = None if limit is None else _met(incident, interval, limit, now)
            if met is not None:
                found.setdefault(interval.name, []).append(met)
    return tuple(Target(name, sum(found[name]), len(found[name])) for name in MEANT if name in found)


def _met(incident: Incident, interval: Interval, limit: timedelta, now: datetime) -> bool | None:
    if interval.length is not None:
        return None if interval.negative else interval.length <= limit
    late = incident.active and interval.start is not None and now - interval.start.moment.at > limit
    return False if late else None


def follow_ups(incidents: Iterable[Incident], now: datetime) -> FollowUps:
    """Count the action items; a day is over where the team is."""
    items = [
        (action, now.astimezone(incident.rules.timezone).date())
        for incident in incidents
        for action in incident.follow_up.actions
    ]
    done = sum(action.done for action, _ in items)
    return FollowUps(
        sum(action.open for action, _ in items), sum(action.overdue(today) for action, today in items), done
    )
