"""What was said to whom, when and where (S80, S81): the entries of the timeline of communications."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.issue import TrackerUrl

_QUOTED = re.compile(r"[ \t]*>[ \t]?(?P<text>.*)")
_FENCE = re.compile(r">>>+[ \t]*")


@dataclass(frozen=True, slots=True)
class Communication:
    """
    One communication to one or more ``audiences``, on ``channels`` (none when nobody said where).

    ``said`` are the lines of the message. ``since`` is set when it says that there is nothing new since then
    (S60). ``early`` are the audiences that were told something less than the floor before (S76), ``why`` the
    reason given for that. ``unagreed``: no channel had been agreed on before (S18). ``agreed`` are the channels of
    each audience, where it went out on these and not on others. ``corrected_by`` changed the words of ``by``.
    """

    id: str
    audiences: tuple[str, ...]
    channels: tuple[str, ...]
    said: tuple[str, ...]
    occurred: Moment
    recorded_at: datetime
    by: str
    url: TrackerUrl
    since: datetime | None = None
    early: tuple[str, ...] = ()
    why: str = ""
    correction: bool = False
    unagreed: bool = False
    agreed: tuple[tuple[str, ...], ...] = ()
    corrected_by: str = ""

    def channels_of(self, audience: str) -> tuple[str, ...]:
        """Where that audience was told: an audience's own channels are no other's (S80)."""
        return dict(zip(self.audiences, self.agreed, strict=False)).get(audience, self.channels)

    @property
    def comment(self) -> int:
        """The comment that recorded it."""
        return int(self.id.partition(".")[0])

    @property
    def backdated(self) -> bool:
        """Whether it was recorded noticeably later than it was said."""
        return self.recorded_at - self.occurred.at >= timedelta(minutes=2)


def spoken_lines(quote: str) -> tuple[str, ...]:
    """
    Return the lines of the message in what follows a command.

    When it begins with a quote, that is the message, and what stands below is a remark; else all of it is.
    """
    lines = quote.strip().split("\n")
    if _FENCE.fullmatch(lines[0]):
        closing = [n for n, line in enumerate(lines) if n and line.strip() == lines[0].strip()]
        lines = lines[1 : min(closing, default=len(lines))]
    elif _QUOTED.fullmatch(lines[0]):
        lines = _unquoted(lines)
    return tuple("\n".join(line.rstrip() for line in lines).strip("\n").split("\n")) if "".join(lines) else ()


def _unquoted(lines: list[str]) -> list[str]:
    """Take the signs off. A line without one still belongs to the quote when it follows without a gap."""
    message: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if not line.strip() and not _QUOTED.fullmatch(following):
            break
        found = _QUOTED.fullmatch(line)
        message.append(found["text"] if found else line)
    return message


def to_audience(communications: Iterable[Communication], name: str) -> tuple[Communication, ...]:
    """Return what ``name`` was told, in the order in which it was told."""
    told = [one for one in communications if name in one.audiences]
    return tuple(sorted(told, key=lambda one: (one.occurred.at, one.recorded_at)))


def is_remarkable(communications: Iterable[Communication], comment: int) -> bool:
    """
    Whether the author of a comment is to be told something of what it records: that it came early, or was the
    first without an agreed channel (S18, S76); that is no news a second time.
    """
    told = tuple(communications)
    first = next((one for one in told if one.unagreed), None)
    mine = [one for one in told if one.comment == comment]
    return first in mine or any(one.early and not one.why for one in mine)


def last_to(communications: Iterable[Communication], name: str) -> Communication | None:
    """Return what ``name`` was told last."""
    return next(reversed(to_audience(communications, name)), None)


def last_news_to(communications: Iterable[Communication], name: str) -> Communication | None:
    """Return the last that told ``name`` something, unlike that there is nothing new (S60)."""
    return last_to((one for one in communications if one.since is None), name)
