"""How times are printed: UTC, absolute, with the date only where it is needed."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import Final

from markupsafe import Markup

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.times import Moment

_REMEMBERED: Final = 4096
"""Times whose printed form is remembered: a document is rendered again and again until it fits."""


@dataclass(frozen=True, slots=True)
class ShownClock:
    """
    Prints the times of one incident. Dates appear when it spans several days (in UTC).

    ``days``: when it all happened, ``22 Nov 2026`` or ``22 Nov 2026 to 24 Nov 2026``; documents say it once.
    """

    incident: Incident
    spans_days: bool = field(init=False)
    days: Markup = field(init=False)

    def __post_init__(self) -> None:
        marks = (
            self.incident.times.started,
            self.incident.times.detected,
            self.incident.times.declared,
            self.incident.times.resolved,
        )
        times = [mark.moment.at for mark in marks if mark]
        times += [entry.occurred.at for entry in self.incident.timeline]
        known = times or [self.incident.created_at]
        ends = dict.fromkeys(at.astimezone(UTC).date() for at in (min(known), max(known)))
        object.__setattr__(self, "spans_days", len(ends) > 1)
        object.__setattr__(self, "days", Markup(" to ").join(map(_day, ends)))

    def __call__(self, when: Moment | datetime) -> Markup:
        """``14:05``, ``≈ 14:05``, or ``22 Nov 14:05``; never broken over two lines."""
        at = when.at if isinstance(when, Moment) else when
        roughly = isinstance(when, Moment) and when.approximate
        return _shown(at, roughly=roughly, dated=self.spans_days)

    def whole(self, when: Moment) -> Markup:
        """``14:05 UTC, 22 Nov 2026``: the one time of a document that everything else is near to."""
        roughly = "≈\u00a0" if when.approximate else ""
        return Markup("{}{}").format(
            roughly, when.at.astimezone(UTC).strftime("%H:%M\u00a0UTC, %d\u00a0%b\u00a0%Y")
        )

    def dated(self, when: Moment | datetime) -> Markup:
        """``22 Nov 14:05``, whatever else is near."""
        at = when.at if isinstance(when, Moment) else when
        roughly = isinstance(when, Moment) and when.approximate
        return _shown(at, roughly=roughly, dated=True)

    def day(self, when: Moment) -> Markup:
        """``22 Nov 2026``."""
        return _day(when.at.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class LocalClock:
    """Prints times as the people of a zone tell them: ``≈ 16:05 CEST``, or ``22 Nov 16:05 CEST``."""

    zone: tzinfo
    spans_days: bool

    def __call__(self, when: Moment | datetime) -> Markup:
        at = (when.at if isinstance(when, Moment) else when).astimezone(self.zone)
        roughly = "≈\u00a0" if isinstance(when, Moment) and when.approximate else ""
        name = at.tzname() or "UTC"
        named = name if name.isalpha() else f"UTC{name}"
        shown = at.strftime("%d\u00a0%b\u00a0%H:%M" if self.spans_days else "%H:%M")
        return Markup("{}{}\u00a0{}").format(roughly, shown, named)


def since(when: datetime, read_at: datetime) -> Markup:
    """Print a time of the day on which it is read, else with its date; so it stays, however long it all takes."""
    return _shown(when, dated=when.astimezone(UTC).date() != read_at.astimezone(UTC).date())


def _day(day: date) -> Markup:
    return Markup(day.strftime("%d\u00a0%b\u00a0%Y"))  # noqa: S704  # nothing in a date is Markdown


@lru_cache(_REMEMBERED)
def _shown(at: datetime, *, dated: bool, roughly: bool = False) -> Markup:
    told = at.astimezone(UTC).strftime("%d\u00a0%b\u00a0%H:%M" if dated else "%H:%M")
    return Markup(f"≈\u00a0{told}" if roughly else told)  # noqa: S704  # nothing in a time is Markdown
