"""
The text of an issue that was opened for alerts: what was told at first, which stays, and what is reported now.

What people write above the line that parts them is theirs; below it, the text is the bridge's.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from markupsafe import Markup

from tracker_bridge.alerts.notice import Notice
from tracker_bridge.domain.issue.alert_record import AlertRecord, without_line
from tracker_bridge.domain.issue.changes import Document, marker
from tracker_bridge.domain.issue.cleaning import clean, title_of
from tracker_bridge.rendering.alerts import alert_text
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.rendering.escaping import visible

PARTED: Final = "<!-- reported -->"
"""Begins what the bridge keeps up to date. Texts of others cannot contain it."""

MAX_SHOWN: Final = 50
"""Alerts that are listed; the others are counted."""


def title_for(notice: Notice, limit: int) -> str:
    """Return how the incident is called: by its title, else by the first line of its text."""
    return title_of(notice.title if clean(notice.title) else notice.text.strip().partition("\n")[0], limit)


@dataclass(frozen=True, slots=True)
class Paper:
    """Writes the text of one issue, which has room for ``room`` characters. ``key`` is that of its marker."""

    templates: Path
    key: str
    signing_key: bytes
    room: int

    def first(self, notice: Notice, severity: str, at: datetime, limit: int) -> str:
        """
        Return what is told at first, as answers of the issue form: when it began and was noticed, and what it is.

        A title is told here as well where an issue's, of ``limit`` characters, has no room for it.
        """
        whole = visible(notice.title).strip()
        long = "\n" in whole or len(clean(whole)) > limit
        answers = {
            "started": _written(notice.started) if notice.started and notice.started <= at else "",
            "detected": _written(at),
            "source": "alert",
            "severity": severity,
            "more": f"{whole}\n\n{notice.text}".strip() if long else notice.text,
        }
        return alert_text(self.templates, answers, self.room // 2)

    def whole(self, upper: str, record: AlertRecord) -> Document:
        """Return the whole text, of which ``upper`` is the upper part."""
        template = documents_environment(self.templates).get_template("alerts.md.j2")
        line, shown = record.pack(self.key, self.signing_key), MAX_SHOWN
        named = [name for name in record.firing.values() if name]
        while True:
            names = named[:shown]
            more = len(record.firing) - len(names)
            reported = template.render(record=record, names=names, more=more, at=_shown).strip()
            body = f"{upper}\n\n{PARTED}\n\n{reported}\n\n{line}"
            if len(body) + len(marker(self.key)) + 2 <= self.room or not shown:
                return Document(self.key, body)
            shown //= 2


def upper_part(body: str) -> str:
    """Return the part of an issue's text that is not the bridge's to change."""
    return without_line(body).rpartition(f"\n{PARTED}")[0].rstrip() if PARTED in body else ""


def _written(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _shown(at: datetime) -> Markup:
    return Markup("{}").format(at.astimezone(UTC).strftime("%d\u00a0%b\u00a0%H:%M"))
