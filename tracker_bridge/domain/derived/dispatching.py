"""
What is handed over now, of all that an incident owes, and what is remembered of it.

A message goes out once: its row is written to the thread first, and only then is it handed over. What was judged
at an earlier reconcile, and has no row, was decided against then: the destination did not exist, or was not meant.
So nothing is told after the fact, and nothing again when rows are lost.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from tracker_bridge.domain.derived.owed import (
    UPDATE,
    WITHDRAWN,
    Act,
    latest_alone,
    news,
    numbered,
    pages,
    updates,
    withdrawal,
)
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.outward import Kind, Outcome, Sent
from tracker_bridge.domain.incident.subscribers import Subscriber, mirrors, subscribers
from tracker_bridge.domain.issue.dispatches import GONE, LOST, Dispatch, bounded
from tracker_bridge.domain.issue.receipts import Receipts, Verdict

FRESH: Final = timedelta(hours=1)
"""What was said longer ago is no news, however late it was seen."""

DOUBTED: Final = timedelta(minutes=15)
"""The same where the receipts are lost: it was sent already, most likely."""

REPEATED: Final = timedelta(minutes=2)
"""How soon what another process was about to send is sent again, where the service knows it again."""

STATUS: Final = "status"
SPACING: Final = timedelta(minutes=1)
"""Between two texts of a mirrored status."""

LATE: Final = "it was seen too late to be sent"
FORGOTTEN: Final = "the bridge lost what it remembered"

_HAND: Final = "hand."
"""Remembers up to when what was done by hand has been considered, in seconds since 1970."""

Outcomes = Mapping[tuple[str, str], Sent]
"""What came of messages, by destination and name."""


Calls = Mapping[tuple[int, int], bytes]
"""Calls that were accepted, by comment and ordinal, and the digest of the text of each."""


@dataclass(frozen=True, slots=True)
class Heard:
    """
    What was accepted ``before``, and is ``now``; calls that are ``disputed`` are said, and were refused. Comments
    that are ``forgotten`` were judged, and are not remembered. ``begun``: it was an incident before; ``lost``: so
    it was, and nothing is remembered. What nobody said has been considered up to ``hand``, in seconds since 1970.
    """

    before: Calls = field(default_factory=dict)
    now: Calls = field(default_factory=dict)
    disputed: frozenset[tuple[int, int]] = frozenset()
    forgotten: frozenset[int] = frozenset()
    begun: bool = False
    lost: bool = False
    hand: int | None = None

    def is_news(self, at: datetime, cause: str, now: datetime) -> bool:
        """Whether nothing has been decided yet about what was said then, and it is not too old to be told."""
        if now - at > (DOUBTED if self.is_forgotten(cause) else FRESH):
            return False
        if not self.begun:
            return True
        known = self.now.get(_call(cause))
        if known is None:  # nobody said it
            return self.hand is not None and at.timestamp() > self.hand
        return self.before.get(_call(cause)) != known

    def was_accepted(self, cause: str) -> bool:
        """Whether words were recorded at an earlier reconcile, whatever they were then."""
        return self.begun and _call(cause) in self.before

    def stands(self, cause: str) -> bool:
        """Whether it is said as it was before: what is different by now are the settings, or other words."""
        known = self.now.get(_call(cause))
        return known is not None and self.before.get(_call(cause)) == known

    def is_forgotten(self, cause: str) -> bool:
        return self.lost or _call(cause)[0] in self.forgotten

    def is_disputed(self, cause: str) -> bool:
        """Whether it is said, and was refused: what was said before stands until it is mended."""
        return _call(cause) in self.disputed


def heard_of(before: Receipts, judged: Receipts, forgotten: frozenset[int], *, begun: bool, lost: bool) -> Heard:
    """Return what tells news from what has been considered, of the receipts of before and now."""
    hand = [int(one.removeprefix(_HAND)) for one in before.once_keys if one.startswith(_HAND)]
    refused = {(one.comment, one.ordinal) for one in judged.calls if one.verdict is not Verdict.ACCEPTED}
    return Heard(
        _accepted(before),
        _accepted(judged),
        frozenset(refused),
        forgotten,
        begun,
        lost,
        max(hand, default=None),
    )


def considered(incident: Incident, judged: Receipts) -> frozenset[str]:
    """Return what remembers up to when that which nobody said was considered; nothing without destinations."""
    if not incident.exists or not subscribers(incident):
        return frozenset()
    said = _accepted(judged)
    at = [int(one.recorded_at.timestamp()) for one in incident.timeline if _call(one.id) not in said]
    return frozenset({f"{_HAND}{max(at, default=0)}"})


def _call(cause: str) -> tuple[int, int]:
    comment, _, ordinal = cause.partition(".")
    return (int(comment), int(ordinal or 0)) if comment.isdecimal() and (ordinal or "0").isdecimal() else (-1, 0)


def _accepted(receipts: Receipts) -> dict[tuple[int, int], bytes]:
    return {(one.comment, one.ordinal): one.digest for one in receipts.calls if one.verdict is Verdict.ACCEPTED}


@dataclass(frozen=True, slots=True)
class Dispatching:
    """
    ``dispatches`` are to be remembered; those of ``send`` are to be handed over once that is written, each with
    what the service knows an earlier message by. ``next_at``: when time alone changes something. ``again`` are
    destinations and names of messages that another process may have sent.
    """

    dispatches: tuple[Dispatch, ...] = ()
    send: tuple[tuple[Act, str | None], ...] = ()
    next_at: datetime | None = None
    again: frozenset[tuple[str, str]] = frozenset()


def known_by_now(
    rows: Iterable[Dispatch], outcomes: Outcomes, now: datetime, spared: Set[str] = frozenset()
) -> tuple[Dispatch, ...]:
    """
    Return what is remembered, with what has become known since, and what will not be any more.

    At the destinations that are ``spared``, what nobody knows of may be sent again.
    """
    minute = _minute(now)

    def known(row: Dispatch) -> Dispatch:
        if row.sent is not None:
            return row
        if (sent := outcomes.get((row.destination, row.name))) is not None:
            return row.concluded(sent, minute)
        gone = now - row.at >= GONE and row.destination not in spared
        return row.concluded(Sent(Outcome.UNKNOWN, LOST), minute) if gone else row

    return tuple(map(known, rows))


def repeating(incident: Incident) -> frozenset[str]:
    """Return the destinations at which a message may come twice."""
    return frozenset(one.name for one in incident.rules.subscribers if one.repeats)


def _repeated(incident: Incident, rows: Sequence[Dispatch], by: str, now: datetime) -> Iterator[Act]:
    """Yield what another process was about to send to a service that knows a message again, if it is still so."""
    for subscriber in incident.rules.subscribers:
        lost = [row for row in rows if row.destination == subscriber.name and _is_left(row, by, now)]
        if not (lost and subscriber.repeats):
            continue
        words = updates(incident, subscriber, {row.key for row in lost})
        acts = (*news(incident, subscriber), *words, *pages(incident, subscriber))
        known = {(act.name, act.digest): act for act in acts}
        yield from (act for row in lost if (act := known.get((row.name, row.digest))))


def _is_left(row: Dispatch, by: str, now: datetime) -> bool:
    return row.sent is None and row.by != by and now - row.at >= REPEATED


def dispatching(
    incident: Incident,
    rows: Sequence[Dispatch],
    heard: Heard,
    now: datetime,
    *,
    by: str,
    shown: Mapping[str, str],
    asked: Iterable[Act] = (),
) -> Dispatching:
    """
    Return what to hand over and what to remember; ``rows`` are what is remembered, as far as it is known by now.

    ``by`` names this process, ``shown`` are the digests of the statuses to be mirrored, by destination; ``asked``
    are other acts that are due once each. Of a confidential incident, nothing is: do not ask.
    """
    found: list[Act] = []
    further: list[Dispatch] = []
    wakes: list[datetime] = []
    for subscriber in subscribers(incident):
        there = [row for row in rows if row.destination == subscriber.name]
        due = [act for act in news(incident, subscriber) if _is_due(act, there, heard, now)]
        found += latest_alone(due)
        for words in _words(incident, subscriber, there, heard):
            wrong = _unsendable(words, heard, now)
            if wrong is None:
                found.append(words)
            elif wrong.reason:
                further.append(_row(words, now, by).concluded(wrong, _minute(now)))
        found += [one for one in asked if one.subscriber == subscriber and not _of(there, one.key)]
    found += _pages(incident, rows, now)
    for subscriber in mirrors(incident):
        act = _status(subscriber, rows, shown.get(subscriber.name, ""), now)
        if not act.part and not _begins(incident, heard, now):
            continue
        if act.at > now:
            wakes.append(act.at)
        elif act.digest:
            found.append(act)
    again = tuple(_repeated(incident, rows, by, now))
    names = {(act.subscriber.name, act.name) for act in again}
    kept = [row for row in rows if not (row.key == STATUS and _is_superseded(row, rows, found))]
    kept = [row for row in kept if (row.destination, row.name) not in names]
    kept = [*known_by_now(kept, {}, now)]
    written = bounded((*kept, *further, *(_row(act, now, by) for act in (*found, *again))))
    wakes += [
        row.at + (REPEATED if row.destination in repeating(incident) and row.by != by else GONE)
        for row in written
        if row.sent is None
    ]
    send = tuple((act, _handle(act, rows)) for act in (*found, *again))
    return Dispatching(written, send, min(wakes, default=None), frozenset(names))


def _is_due(act: Act, there: Sequence[Dispatch], heard: Heard, now: datetime) -> bool:
    if _of(there, act.key):
        return False
    if act.after and not any(row.may_be_there for row in _of(there, act.after)):
        return False
    return act.timeless or heard.is_news(act.at, act.cause, now)


def _pages(incident: Incident, rows: Sequence[Dispatch], now: datetime) -> Iterator[Act]:
    """Yield what is to be told to those by whom people are paged: of a drill that pages as well."""
    for subscriber in incident.rules.subscribers:
        there = [row for row in rows if row.destination == subscriber.name]
        yield from (act for act in pages(incident, subscriber) if _is_paging_due(act, there, now))


def _is_paging_due(act: Act, there: Sequence[Dispatch], now: datetime) -> bool:
    """Whether a page is to be sent; who was called out longer ago was paged, or is by whom they were then."""
    if _of(there, act.key) or (act.after and not any(row.may_be_there for row in _of(there, act.after))):
        return False
    return act.kind is not Kind.PAGE or now - act.at <= DOUBTED


def _words(incident: Incident, subscriber: Subscriber, there: Sequence[Dispatch], heard: Heard) -> Iterator[Act]:
    """Yield words that were not sent as they stand now: new ones, and those that were changed or taken back."""
    said = {act.key: act for act in updates(incident, subscriber, {row.key for row in there})}
    for key, act in said.items():
        before = _of(there, key)
        if not before:
            yield act
        elif before[-1].digest != act.digest:
            arrived = any(row.may_be_there for row in before)
            kind = Kind.CORRECTION if arrived else Kind.UPDATE
            yield replace(numbered(act, before[-1].part + 1), kind=kind)
    for key in dict.fromkeys(row.key for row in there if row.key.startswith(UPDATE)):
        before = _of(there, key)
        cause = key.removeprefix(UPDATE)
        gone = key not in said and not (heard.is_disputed(cause) or heard.stands(cause))
        if gone and before[-1].digest != WITHDRAWN and any(row.may_be_there for row in before):
            yield numbered(withdrawal(key, subscriber, before[0].at), before[-1].part + 1)


def _unsendable(act: Act, heard: Heard, now: datetime) -> Sent | None:
    """Return why words are not sent, with a reason if that is to be said; ``None`` where they are."""
    if act.part:
        return None
    if heard.was_accepted(act.cause):
        return Sent(Outcome.FAILED)
    forgotten = heard.is_forgotten(act.cause)
    if now - act.at > FRESH:
        return Sent(Outcome.FAILED, LATE if heard.begun and not forgotten else "")
    return Sent(Outcome.UNKNOWN, FORGOTTEN) if forgotten else None


def _status(subscriber: Subscriber, rows: Sequence[Dispatch], digest: str, now: datetime) -> Act:
    """Return the status to be shown, and from when on: at most one a minute. Without a digest, none is due."""
    before = [row for row in rows if row.key == STATUS and row.destination == subscriber.name]
    if not before:
        return Act(STATUS, subscriber, Kind.STATUS, now, digest=digest)
    last = max(before, key=lambda row: row.part)
    settled = last.digest == digest or last.sent is None
    at = max(now, last.at + SPACING) if not settled else now
    return Act(STATUS, subscriber, Kind.STATUS, at, part=last.part + 1, digest="" if settled else digest)


def _begins(incident: Incident, heard: Heard, now: datetime) -> bool:
    """Whether a status is shown for the first time: with some news, and not when it is over."""
    return incident.active and any(heard.is_news(one.recorded_at, one.id, now) for one in incident.timeline)


def _is_superseded(row: Dispatch, rows: Sequence[Dispatch], found: Iterable[Act]) -> bool:
    """Whether a later status stands there: of the earlier ones, only the last that can be edited is remembered."""
    there = [one for one in rows if one.key == STATUS and one.destination == row.destination]
    new = any(act.key == STATUS and act.subscriber.name == row.destination for act in found)
    later = [one for one in there if one.part > row.part]
    if not later and not new:
        return False
    handled = row.sent is not None and row.sent.handle is not None
    return not handled or any(one.sent is not None and one.sent.handle for one in later)


def _handle(act: Act, rows: Sequence[Dispatch]) -> str | None:
    """Return what the service knows an earlier message by: the status that is replaced, or what began it all."""
    there = [row for row in rows if row.destination == act.subscriber.name and row.sent and row.sent.handle]
    if act.key == STATUS:
        there = [row for row in there if row.key == STATUS]
        return there[-1].sent.handle if there and there[-1].sent else None
    there = [row for row in there if row.key != STATUS]
    return there[0].sent.handle if there and there[0].sent else None


def _of(rows: Sequence[Dispatch], key: str) -> list[Dispatch]:
    return sorted((row for row in rows if row.key == key), key=lambda row: row.part)


def _row(act: Act, now: datetime, by: str) -> Dispatch:
    return Dispatch(act.key, act.part, act.subscriber.name, _minute(now), by, act.digest)


def _minute(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(second=0, microsecond=0)
