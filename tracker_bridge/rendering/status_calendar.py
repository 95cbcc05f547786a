"""
Incidents and maintenance as one calendar, to be subscribed to.

https://datatracker.ietf.org/doc/html/rfc5545, https://datatracker.ietf.org/doc/html/rfc7986
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from tracker_bridge.domain.derived.public import IN_PROGRESS, PublicIncident, PublicMaintenance, PublicStatus

_FOLDED: Final = 73
_SHORTEST: Final = timedelta(minutes=1)
"""An event must have a length."""


def calendar(status: PublicStatus, title: str) -> str:
    """Return the whole file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//tracker-bridge//status//EN",
        f"NAME:{_text(title)}",
        f"X-WR-CALNAME:{_text(title)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    for work in status.maintenance:
        end = max(work.ended, status.at) if work.state == IN_PROGRESS else work.ended
        lines += _event(work, "MAINTENANCE", work.began, end)
    for incident in status.incidents:
        lines += _event(incident, "INCIDENT", incident.began, incident.ended or status.at)
    lines.append("END:VCALENDAR")
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _event(one: PublicIncident | PublicMaintenance, kind: str, begin: datetime, end: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{one.id}@tracker-bridge"
    yield f"DTSTAMP:{_stamp(one.changed)}"
    yield f"LAST-MODIFIED:{_stamp(one.changed)}"
    yield f"DTSTART:{_stamp(begin)}"
    yield f"DTEND:{_stamp(max(end, begin + _SHORTEST))}"
    yield f"SUMMARY:{_text(one.name)}"
    yield f"DESCRIPTION:{_text(chr(10).join(one.updates[0].lines))}"
    yield f"CATEGORIES:{kind}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _fold(line: str) -> str:
    """A line has at most 75 bytes; the rest follows behind a space."""
    parts: list[str] = []
    part: list[str] = []
    length = 0
    for letter in line:
        more = len(letter.encode())
        if length + more > _FOLDED:
            parts.append("".join(part))
            part, length = [], 0
        part.append(letter)
        length += more
    return "\r\n ".join([*parts, "".join(part)])


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r", "").replace("\n", "\\n")


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
