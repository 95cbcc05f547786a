"""
What goes to the operator's destinations from a notebook: what a thread would send, once.

What was handed over stands in a file beside the notebook, written first: a crash sends nothing twice.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from tracker_bridge.domain.derived.dispatching import Heard, Outcomes, dispatching, known_by_now
from tracker_bridge.domain.derived.owed import reminding
from tracker_bridge.domain.incident.outward import Message
from tracker_bridge.domain.issue.dispatches import Dispatch
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.domain.issue.receipts import Verdict
from tracker_bridge.offline.thread import OfflineThread
from tracker_bridge.rendering import Renderer

ENDS_WITH: Final = ".sent"


class Carrier(Protocol):
    """Carries messages, without holding up anybody."""

    def submit(self, message: Message, handle: str | None) -> None:
        """Take a message; ``handle`` is what the service knows an earlier one by."""

    def outcomes(self, ref: IssueRef) -> Outcomes:
        """Return what came of messages about an issue, by destination and key."""


class Sending:
    """Not safe to use from several threads: whoever looks holds a lock."""

    def __init__(self, notebook: Path, courier: Carrier, renderer: Renderer) -> None:
        self._file = notebook.with_name(notebook.name + ENDS_WITH)
        self._courier = courier
        self._renderer = renderer
        self._by = secrets.token_hex(2)

    def look(self, thread: OfflineThread, now: datetime) -> None:
        """Hand over what is owed by now, and remember what came of the rest. Raises ``OSError``."""
        incident = thread.incident
        if thread.notebook.confidential or not incident.exists:
            return
        before = self.rows()
        rows = known_by_now(before, self._courier.outcomes(incident.ref), now)
        nudges = thread.due(now).nudges
        found = dispatching(
            incident,
            rows,
            _heard(thread),
            now,
            by=self._by,
            shown=self._renderer.texts.shown(incident),
            asked=reminding(incident, nudges, ()),
        )
        if found.dispatches != before:
            self._write(found.dispatches)
        for act, handle in found.send:
            self._courier.submit(_from_here(self._renderer.message(incident, act), thread), handle)

    def rows(self) -> tuple[Dispatch, ...]:
        """Return what was handed over."""
        try:
            lines = self._file.read_text("utf-8").split("\n")
        except FileNotFoundError:
            return ()
        return tuple(row for line in lines if (row := Dispatch.parse(line)) is not None)

    def _write(self, rows: tuple[Dispatch, ...]) -> None:
        aside = self._file.with_name(f"{self._file.name}.new")
        with aside.open("w", encoding="utf-8") as file:
            file.write("".join(f"{row.row()}\n" for row in rows))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._file)


def _heard(thread: OfflineThread) -> Heard:
    """What the tracker knows was told by the bridge, before it went away."""
    known = {one.number for one in thread.notebook.entries if one.known}
    accepted: Mapping[tuple[int, int], bytes] = {
        (one.comment, one.ordinal): one.digest
        for one in thread.folded.receipts.calls
        if one.verdict is Verdict.ACCEPTED
    }
    before = {call: digest for call, digest in accepted.items() if call[0] in known}
    return Heard(before, dict(accepted), begun=bool(known))


def _from_here(message: Message, thread: OfflineThread) -> Message:
    """Leave out what only an issue has: its number and its address."""
    ref = thread.incident.ref
    if thread.notebook.incident:
        return replace(message, url=None)
    here = f"{ref.project}#{ref.number}"
    facts = replace(message.facts, number=0) if message.facts else None
    return replace(message, url=None, facts=facts, subject=message.subject.replace(here, "the tracker is down"))
