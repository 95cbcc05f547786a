"""
What goes out beside the thread: decided with it, written there first, and then handed to a courier.

A process that is killed in between leaves a row without an outcome, and nothing is sent for it by anybody else.
What this process has handed over, or was about to, it remembers: then neither lost receipts nor a write without an
answer make a second message of one.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from tracker_bridge.domain.derived.clocks import Nudge
from tracker_bridge.domain.derived.dispatching import (
    Dispatching,
    Outcomes,
    dispatching,
    heard_of,
    known_by_now,
    repeating,
)
from tracker_bridge.domain.derived.owed import reminding
from tracker_bridge.domain.fold.lost_receipts import BEGUN, traces_of
from tracker_bridge.domain.fold.recovery import Folded
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.outward import Kind, Message
from tracker_bridge.domain.issue.dispatches import GONE, LOST, Dispatch
from tracker_bridge.domain.issue.issue import Issue, IssueRef
from tracker_bridge.domain.issue.plan import keys_of
from tracker_bridge.domain.issue.receipts import Receipts
from tracker_bridge.reconcile.outbox import Sent as SentDocuments
from tracker_bridge.reconcile.outbox import SentHere
from tracker_bridge.rendering import Renderer

MOST: Final = 2000
"""Issues of which it is remembered what was handed over; the one that was looked at longest ago goes first."""

RESUMED: Final = timedelta(minutes=10)
"""For how long after it was written a message may be handed over, if it was not clear whether it was written."""


class Courier(Protocol):
    """Carries messages to their destinations, and never holds up anybody."""

    def submit(self, message: Message, handle: str | None) -> None:
        """Take a message; ``handle`` is what the service knows an earlier one by. Returns at once."""
        ...

    def outcomes(self, ref: IssueRef) -> Outcomes:
        """Return what came of messages about an issue, by destination and key."""
        ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """
    A message that is to be handed over, with the row that the thread remembers it by.

    ``again``: another process may have sent it, and the service knows it again.
    """

    message: Message
    handle: str | None
    row: Dispatch
    again: bool = False


@dataclass(frozen=True, slots=True)
class Going:
    """
    What goes out because of a reconcile: ``parcels`` once their rows are written, and ``resumed`` ones, whose rows
    were written before. ``dispatches`` are to be remembered; ``next_at``: when time alone changes something.
    ``lost`` are the destinations of messages that a process was about to send which is gone.
    """

    dispatches: tuple[Dispatch, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    resumed: tuple[Parcel, ...] = ()
    next_at: datetime | None = None
    lost: tuple[str, ...] = ()

    @property
    def corrects(self) -> bool:
        """Whether words that went out are corrected, or taken back."""
        return any(one.message.kind is Kind.CORRECTION for one in self.parcels)


@dataclass(slots=True)
class _Known:
    """What this process knows of an issue's messages, by destination and name."""

    handed: dict[tuple[str, str], Dispatch] = field(default_factory=dict)
    planned: dict[tuple[str, str], Parcel] = field(default_factory=dict)


class Outward:
    """
    Decides what goes out, and hands it over. Safe to use from several threads.

    Without a ``courier`` nothing goes out, and it is only told what would. ``sent`` is what hosts share of what
    was sent a moment ago.
    """

    def __init__(
        self, renderer: Renderer, courier: Courier | None = None, sent: SentDocuments | None = None
    ) -> None:
        self._renderer = renderer
        self._courier = courier
        self._sent = sent or SentHere()
        self._by = secrets.token_hex(2)
        self._known: OrderedDict[IssueRef, _Known] = OrderedDict()
        self._lock = threading.Lock()

    def with_dispatches(
        self,
        issue: Issue,
        incident: Incident,
        *,
        before: Receipts,
        folded: Folded,
        nudges: Sequence[Nudge],
        now: datetime,
    ) -> tuple[Incident, Going]:
        """
        Decide, and return the incident that knows of it as well.

        Nothing of what is confidential goes out, nor what became of it.
        """
        going = self._going(issue, incident, before=before, folded=folded, nudges=nudges, now=now)
        return replace(incident, comms=replace(incident.comms, dispatches=going.dispatches)), going

    def _going(
        self,
        issue: Issue,
        incident: Incident,
        *,
        before: Receipts,
        folded: Folded,
        nudges: Sequence[Nudge],
        now: datetime,
    ) -> Going:
        known = self._of(issue.ref)
        outcomes = self._courier.outcomes(issue.ref) if self._courier else {}
        remembered = _merged(before.out, tuple(known.handed.values()))  # another thread may decide meanwhile
        rows = known_by_now(remembered, outcomes, now)
        next_at = min((row.at + GONE for row in rows if row.sent is None), default=None)
        quiet = Going(rows, next_at=next_at, lost=_lost(remembered, rows))
        if issue.confidential or not incident.exists or not incident.rules.subscribers:
            return quiet
        rows = known_by_now(remembered, outcomes, now, repeating(incident))
        lost, begun = traces_of(issue, before, incident.rules).worked, BEGUN in before.once_keys
        found: Dispatching = dispatching(
            incident,
            rows,
            heard_of(before, folded.receipts, folded.forgotten, begun=begun, lost=lost),
            now,
            by=self._by,
            shown=self._renderer.texts.shown(incident),
            asked=reminding(incident, nudges, keys_of(issue)),
        )
        parcels = tuple(self._parcels(incident, found))
        if self._courier is None:  # it is only told what would go out
            return replace(quiet, parcels=parcels)
        resumed = [one for one in tuple(known.planned.values()) if self._is_resumed(one, rows, known, now)]
        return Going(found.dispatches, parcels, tuple(resumed), found.next_at, _lost(remembered, rows))

    def _parcels(self, incident: Incident, found: Dispatching) -> Iterator[Parcel]:
        written = {(row.destination, row.name): row for row in found.dispatches}
        for act, handle in found.send:
            name = act.subscriber.name, act.name
            yield Parcel(self._renderer.message(incident, act), handle, written[name], again=name in found.again)

    def _is_resumed(self, parcel: Parcel, rows: Iterable[Dispatch], known: _Known, now: datetime) -> bool:
        """Whether it was written after all, by this process, and never handed over."""
        row = parcel.row
        return (row.destination, row.name) not in known.handed and row in rows and now - row.at < RESUMED

    def about_to_write(self, ref: IssueRef, going: Going) -> None:
        """Remember what is handed over if it turns out that it was written."""
        known = self._of(ref)
        known.planned.update({_name(one): one for one in going.parcels})

    def hand_over(self, ref: IssueRef, parcels: Iterable[Parcel]) -> None:
        """Give to the courier what the thread remembers by now; what another host has just given is left to it."""
        known = self._of(ref)
        for one in parcels:
            name = _name(one)
            if self._courier is None or name in known.handed:
                continue
            mine = self._sent.settled(ref, f"out:{':'.join(name)}", GONE.total_seconds()) or one.again
            known.planned.pop(name, None)
            known.handed[name] = one.row
            if mine:
                self._courier.submit(one.message, one.handle)

    def _of(self, ref: IssueRef) -> _Known:
        with self._lock:
            known = self._known.pop(ref, None) or _Known()
            self._known[ref] = known
            while len(self._known) > MOST:
                self._known.popitem(last=False)
            return known


def _name(parcel: Parcel) -> tuple[str, str]:
    return parcel.row.destination, parcel.row.name


def _lost(before: Iterable[Dispatch], rows: Iterable[Dispatch]) -> tuple[str, ...]:
    """Return the destinations of what is given up now, and was still under way."""
    underway = {(row.destination, row.name) for row in before if row.sent is None}
    lost = (row for row in rows if row.sent is not None and row.sent.reason == LOST)
    return tuple(row.destination for row in lost if (row.destination, row.name) in underway)


def _merged(rows: Sequence[Dispatch], handed: Iterable[Dispatch]) -> tuple[Dispatch, ...]:
    """Add what this process handed over, where the thread remembers nothing of it."""
    there = {(row.destination, row.key) for row in rows}
    return (*rows, *(row for row in handed if (row.destination, row.key) not in there))
