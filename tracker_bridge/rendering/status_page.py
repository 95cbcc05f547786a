"""
The status page: files that any web server can serve, without a script and without asking another host.

status_api.py       what readers of Statuspage's pages consume
status_calendar.py  incidents and maintenance as a calendar

https://datatracker.ietf.org/doc/html/rfc4287
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment
from markupsafe import Markup

from tracker_bridge.domain.derived.availability import DAYS
from tracker_bridge.domain.derived.public import (
    PublicImpact,
    PublicIncident,
    PublicMaintenance,
    PublicStatus,
    PublicUpdate,
)
from tracker_bridge.domain.issue.cleaning import GONE
from tracker_bridge.rendering.environment import pages_environment
from tracker_bridge.rendering.status_api import api_files
from tracker_bridge.rendering.status_calendar import calendar
from tracker_bridge.rendering.status_words import IMPACTS, clock, day, iso, share, slug

_NO_XML: Final = re.compile(r"[\x0b-\x0d\ufffe\uffff]")
"""What no XML can hold, of what :data:`GONE` leaves."""

_POLICY: Final = re.compile(rb'http-equiv="Content-Security-Policy" content="(?P<policy>[^"]*)"')

AGE: Final = "<!-- age -->"
"""Where the page has room for how old it is, for those who serve it."""


def status_files(folder: Path, status: PublicStatus, *, title: str, url: str = "") -> dict[str, str]:
    """
    Return every file by its path. ``folder`` has the templates, ``url`` is where the page will be, if it is known.

    The same status gives the same bytes.
    """
    status = _cleaned(status)
    url = url.rstrip("/")
    environment = _environment(folder)
    style = (folder / "status/style.css").read_text("utf-8")
    page = environment.get_template("status/page.html.j2").render(
        status=status,
        title=title,
        groups=_groups(status),
        days=DAYS,
        style=Markup(style),  # noqa: S704 - a file of ours
        policy=policy(style),
    )
    feeds = {"feed.atom": (title, _newest(status.incidents, status.maintenance))} | {
        f"components/{slug(one.name)}.atom": (
            f"{title}: {one.name}",
            _newest(_of(one.name, status.incidents), _of(one.name, status.maintenance)),
        )
        for one in status.components
    }
    atoms = {
        path: environment.get_template("status/feed.atom.j2").render(
            title=name, url=url, path=path, entries=shown, updated=_updated(shown, status.at)
        )
        for path, (name, shown) in feeds.items()
    }
    return {"index.html": page, **atoms, "calendar.ics": calendar(status, title), **api_files(status, title, url)}


def policy(style: str) -> str:
    """Return what a page with that style may load: nothing else, from nowhere."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def policy_of(page: bytes) -> str:
    """Return the policy that a page says itself; of any other file, that it may load nothing."""
    found = _POLICY.search(page)
    return found["policy"].decode().replace("&#39;", "'") if found else "default-src 'none'"


Entry = PublicIncident | PublicMaintenance


@cache
def _environment(folder: Path) -> Environment:
    environment = pages_environment(folder)
    environment.globals.update(
        iso=iso, day=day, clock=clock, share=share, slug=slug, impacts=IMPACTS, ranks=tuple(PublicImpact)
    )
    return environment


def _cleaned(status: PublicStatus) -> PublicStatus:
    """Leave out what no XML can hold, and what turns round other text."""

    def line(text: str) -> str:
        return _NO_XML.sub("", GONE.sub("", text))

    def said(updates: Sequence[PublicUpdate]) -> tuple[PublicUpdate, ...]:
        return tuple(replace(one, lines=tuple(map(line, one.lines))) for one in updates)

    return replace(
        status,
        incidents=tuple(replace(one, name=line(one.name), updates=said(one.updates)) for one in status.incidents),
        maintenance=tuple(
            replace(one, name=line(one.name), updates=said(one.updates)) for one in status.maintenance
        ),
    )


def _groups(status: PublicStatus) -> list[tuple[str, list[object]]]:
    """Return the components by their groups, in the order of their first ones."""
    found: dict[str, list[object]] = {}
    for one in status.components:
        found.setdefault(one.group, []).append(one)
    return list(found.items())


def _of(name: str, entries: Sequence[Entry]) -> list[Entry]:
    return [one for one in entries if name in one.components]


def _newest(incidents: Sequence[Entry], maintenance: Sequence[Entry]) -> list[Entry]:
    return sorted((*incidents, *maintenance), key=lambda one: (one.changed, one.id), reverse=True)


def _updated(entries: Sequence[Entry], otherwise: datetime) -> datetime:
    return max((one.changed for one in entries), default=otherwise)
