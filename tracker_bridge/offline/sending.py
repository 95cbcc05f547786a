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
from tracker_bridge.domain.incident.outward import Kind, Message
from tracker_bridge.domain.issue.call_outs import CallOut
from tracker_bridge.domain.issue.dispatches import Dispatch
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.domain.issue.receipts import Verdict
from tracker_bridge.offline.thread import OfflineThread
from tracker_bridge.reconcile.calling import Caller, NoSources, OnCallBook
from tracker_bridge.rendering import Renderer

ENDS_WITH: Final = ".sent"
_CALL: Final = "call "


class Carrier(Protocol):
    """Carries messages, without holding up anybody."""

    def submit(self, message: Message, handle: str | None) -> None:
        """Take a message; ``handle`` is what the service knows an earlier one by."""

    def outcomes(self, ref: IssueRef) -> Outcomes:
        """Return what came of messages about an issue, by destination and key."""


class Sending:
    """
    Not safe to use from several threads: whoever reconciles holds a lock. ``book`` knows who is on call.
    """

    def __init__(
        self, notebook: Path, courier: Carrier, renderer: Renderer, book: OnCallBook | None = None
    ) -> None:
        self._caller = Caller(book or NoSources())
        self._file = notebook.with_name(notebook.name + ENDS_WITH)
        self._courier = courier
        self._renderer = renderer
        self._by = secrets.token_hex(2)

    def reconcile(self, thread: OfflineThread, now: datetime) -> None:
        """Hand over what is owed by now, and remember what came of the rest. Raises ``OSError``."""
        if thread.notebook.confidential or not thread.incident.exists:
            return
        before = self.rows()
        incident, called = self._caller.with_calls(thread.issue, thread.incident, thread.receipts, now)
        rows = known_by_now(before, self._courier.outcomes(incident.ref), now)
        found = dispatching(
            incident,
            rows,
            _heard(thread),
            now,
            by=self._by,
            shown=self._renderer.texts.shown(incident),
            asked=reminding(incident, thread.due(now).nudges, ()),
        )
        if found.dispatches != before or called.new:
            self._write((*thread.called, *called.new), found.dispatches)
        told = {one.row() for one in thread.receipts.called} - {one.row() for one in thread.called}
        for act, handle in found.send:
            if act.kind is Kind.PAGE and act.call and act.call.row() in told:
                continue  # paged from the tracker; that it is over is told all the same
            self._courier.submit(_from_here(self._renderer.message(incident, act), thread), handle)

    def called(self) -> tuple[CallOut, ...]:
        """Return who was called out."""
        lines = (line.removeprefix(_CALL) for line in self._lines() if line.startswith(_CALL))
        return tuple(one for line in lines if (one := CallOut.parse(line)) is not None)

    def rows(self) -> tuple[Dispatch, ...]:
        """Return what was handed over."""
        return tuple(row for line in self._lines() if (row := Dispatch.parse(line)) is not None)

    def _lines(self) -> list[str]:
        try:
            return self._file.read_text("utf-8").split("\n")
        except FileNotFoundError:
            return []

    def _write(self, called: tuple[CallOut, ...], rows: tuple[Dispatch, ...]) -> None:
        aside = self._file.with_name(f"{self._file.name}.new")
        lines = [*(f"{_CALL}{one.row()}" for one in called), *(one.row() for one in rows)]
        with aside.open("w", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
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
