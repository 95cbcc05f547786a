"""
The text of an issue that was opened for alerts: what was told at first, which stays, and what is reported now.

What is reported stands between marks, and is the bridge's; everything around it is people's.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from markupsafe import Markup

from tracker_bridge.alerts.notice import Notice
from tracker_bridge.domain.issue.alert_record import AlertRecord, only_line
from tracker_bridge.domain.issue.blocks import Block, together
from tracker_bridge.domain.issue.changes import Document, marker, shared
from tracker_bridge.domain.issue.cleaning import clean, title_of
from tracker_bridge.domain.issue.issue import Issue
from tracker_bridge.rendering.alerts import alert_text
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.rendering.escaping import visible

REPORTED: Final = "reported"
"""The name of the block that the bridge keeps up to date."""

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
        """Return the first text, of which ``upper`` is the upper part."""
        return self._fitting(record, lambda block: Document(self.key, together([upper, block])))

    def over(self, issue: Issue, before: AlertRecord, record: AlertRecord) -> Document:
        """
        Return the text that is to stand where the issue's is read: what people wrote there stays.

        What the record of ``before`` said is ours, also where somebody wrote between its lines.
        """

        def first(block: Block) -> Document:
            return shared(self.key, [block]).over(issue.body, issue.body_revisions, issue.viewer.id)

        read = self._fitting(before, first).body
        line = record.pack(self.key, self.signing_key)

        def over(block: Block) -> Document:
            merged = shared(self.key, [block]).over(f"{read}\n\n{marker(self.key)}", (), issue.viewer.id)
            return replace(merged, body=only_line(merged.body, line))

        return self._fitting(record, over)

    def _fitting(self, record: AlertRecord, text: Callable[[Block], Document]) -> Document:
        """Name as many alerts as there is room for."""
        template = documents_environment(self.templates).get_template("alerts.md.j2")
        line, shown = record.pack(self.key, self.signing_key), MAX_SHOWN
        named = [name for name in record.firing.values() if name]
        while True:
            names = named[:shown]
            more = len(record.firing) - len(names)
            reported = template.render(record=record, names=names, more=more, at=_shown).strip()
            document = text(Block(REPORTED, f"{reported}\n\n{line}"))
            if len(document.text) <= self.room or not shown:
                return document
            shown //= 2


def _written(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _shown(at: datetime) -> Markup:
    return Markup("{}").format(at.astimezone(UTC).strftime("%d\u00a0%b\u00a0%H:%M"))
