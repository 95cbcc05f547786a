"""What somebody must know who comes to an incident, or back to it (S50): all that happened, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.timeline import TimelineEntry, in_order

KEY_EVENTS: Final = 6
"""Major events that are repeated of the time before."""


@dataclass(frozen=True, slots=True)
class Past:
    """
    ``news``: what was recorded ``since`` somebody was last there, ``None`` if never before. ``earlier``: the major
    events before that. Both are the newest first.
    """

    since: datetime | None
    news: tuple[TimelineEntry, ...]
    earlier: tuple[TimelineEntry, ...]

    def latest(self, most: int) -> tuple[TimelineEntry, ...]:
        """Return the news that are shown above the gap in the middle."""
        return self.news[:most]

    def oldest(self, most: int) -> tuple[TimelineEntry, ...]:
        """Return those that are shown below it."""
        rest = self.news[most:]
        return rest[max(len(rest) - most // 2, 0) :]

    def left_out(self, most: int) -> int:
        """Count those that are not shown."""
        return len(self.news) - len(self.latest(most)) - len(self.oldest(most))


def past_of(then: Incident, since: datetime | None) -> Past:
    """Return what had happened by ``then``; who holds which role stands elsewhere."""
    told = [entry for entry in reversed(in_order(then.timeline)) if not entry.kind.traits.housekeeping]
    news = [entry for entry in told if since is None or entry.recorded_at > since]
    earlier = [entry for entry in told if entry.major and since is not None and entry.recorded_at <= since]
    return Past(since, tuple(news), tuple(earlier[:KEY_EVENTS]))
