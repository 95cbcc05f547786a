"""
The status page: files that any web server can serve, without a script and without asking another host.

``api/v2/summary.json`` has the shape that readers of Statuspage's pages consume.

https://datatracker.ietf.org/doc/html/rfc4287, https://datatracker.ietf.org/doc/html/rfc5545
"""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tracker_bridge.domain.derived.public import DAYS, Component, PublicIncident, PublicStatus
from tracker_bridge.domain.issue.cleaning import GONE

_NO_XML: Final = re.compile(r"[\x0b-\x0d\ufffe\uffff]")
"""What no XML can hold, of what :data:`GONE` leaves."""

_FOLDED: Final = 73


def status_files(folder: Path, status: PublicStatus, *, title: str, url: str = "") -> dict[str, str]:
    """
    Return every file by its path. ``folder`` has the templates, ``url`` is where the page will be, if it is known.

    The same status gives the same bytes.
    """
    status = _cleaned(status)
    environment = _environment(folder)
    page = environment.get_template("status/page.html.j2").render(
        status=status,
        title=title,
        days=DAYS,
        style=Markup((folder / "status/style.css").read_text("utf-8")),  # noqa: S704 - a file of ours
    )
    feeds = {"feed.atom": status.incidents} | {
        f"components/{_slug(one.name)}.atom": tuple(i for i in status.incidents if one.name in i.components)
        for one in status.components
    }
    atoms = {
        name: environment.get_template("status/feed.atom.j2").render(
            title=title, url=url.rstrip("/"), name=name, incidents=shown, updated=_updated(shown, status.at)
        )
        for name, shown in feeds.items()
    }
    return {
        "index.html": page,
        **atoms,
        "incidents.ics": _calendar(status, title),
        "api/v2/summary.json": f"{json.dumps(_summary(status, title, url), indent=2, ensure_ascii=False)}\n",
    }


def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(iso=_iso, day=_day, clock=_clock, share=_share)
    return environment


def _cleaned(status: PublicStatus) -> PublicStatus:
    """Leave out what no XML can hold, and what turns round other text."""

    def line(text: str) -> str:
        return _NO_XML.sub("", GONE.sub("", text))

    return replace(
        status,
        incidents=tuple(
            replace(
                one,
                name=line(one.name),
                updates=tuple(replace(said, lines=tuple(map(line, said.lines))) for said in one.updates),
            )
            for one in status.incidents
        ),
    )


def _updated(incidents: tuple[PublicIncident, ...], otherwise: datetime) -> datetime:
    return max((one.ended or one.updates[0].at for one in incidents), default=otherwise)


def _summary(status: PublicStatus, title: str, url: str) -> dict[str, object]:
    """https://metastatuspage.com/api#summary"""
    at = _iso(status.at)
    indicator, words = ("major", "Incident open") if status.open else ("none", "All Systems Operational")
    return {
        "page": {"id": _slug(title), "name": title, "url": url, "time_zone": "Etc/UTC", "updated_at": at},
        "status": {"indicator": indicator, "description": words},
        "components": [_shown_component(one, number, at) for number, one in enumerate(status.components, 1)],
        "incidents": [_shown_incident(one, url) for one in status.open],
        "scheduled_maintenances": [],
    }


def _shown_component(one: Component, position: int, at: str) -> dict[str, object]:
    state = "partial_outage" if one.affected else "operational"
    shown = {"id": _slug(one.name), "name": one.name, "status": state, "position": position, "updated_at": at}
    return {**shown, "description": None, "group_id": None, "group": False, "only_show_if_degraded": False}


def _shown_incident(one: PublicIncident, url: str) -> dict[str, object]:
    updates = [
        {
            "id": f"{one.id}-{number}",
            "incident_id": one.id,
            "status": one.phase,
            "body": "\n".join(said.lines),
            "created_at": _iso(said.at),
            "updated_at": _iso(said.at),
            "display_at": _iso(said.at),
        }
        for number, said in reversed([*enumerate(reversed(one.updates), 1)])
    ]
    return {
        "id": one.id,
        "name": one.name,
        "status": one.phase,
        "impact": "major",
        "shortlink": f"{url.rstrip('/')}/#{one.id}" if url else f"#{one.id}",
        "created_at": _iso(one.began),
        "started_at": _iso(one.began),
        "updated_at": _iso(one.updates[0].at),
        "resolved_at": None if one.ended is None else _iso(one.ended),
        "incident_updates": updates,
        "components": [{"id": _slug(name), "name": name} for name in one.components],
    }


def _calendar(status: PublicStatus, title: str) -> str:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//tracker-bridge//status//EN",
        f"X-WR-CALNAME:{_text(title)}",
    ]
    for one in status.incidents:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{one.id}@tracker-bridge",
            f"DTSTAMP:{_stamp(one.began)}",
            f"DTSTART:{_stamp(one.began)}",
            f"DTEND:{_stamp(one.ended or status.at)}",
            f"SUMMARY:{_text(one.name)}",
            f"DESCRIPTION:{_text(chr(10).join(one.updates[0].lines))}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _fold(line: str) -> str:
    """A line has at most 75 bytes; the rest follows behind a space."""
    parts, part = [], ""
    for letter in line:
        if len((part + letter).encode()) > _FOLDED:
            parts.append(part)
            part = ""
        part += letter
    return "\r\n ".join([*parts, part])


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r", "").replace("\n", "\\n")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "page"


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _day(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%d %b %Y")


def _clock(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%H:%M")


def _share(part: float) -> str:
    """Three decimals, rounded down: 100% means that there was nothing."""
    return f"{int(part * 100_000) / 1000:g}%"
