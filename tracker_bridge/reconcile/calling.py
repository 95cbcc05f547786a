"""
Who is on call is looked up when somebody is to be called out, and written to the thread with the same reconcile.

Others read the sources, in the background: here is only asked for the last answer. Before there is one, the
reconcile comes again soon.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from tracker_bridge.domain.derived.calling import Due, calling
from tracker_bridge.domain.fold.lost_receipts import traces_of
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.on_call import OnCall, row_of
from tracker_bridge.domain.incident.roles import is_same
from tracker_bridge.domain.issue.call_outs import CallOut, Flaw, Trouble, are_full
from tracker_bridge.domain.issue.issue import Issue
from tracker_bridge.domain.issue.receipts import Receipts
from tracker_bridge.domain.transitions.calling import apply_call_out
from tracker_bridge.on_call.levels import Level, levels_of
from tracker_bridge.on_call.people import Directory
from tracker_bridge.on_call.shifts import Answer, Known

_SOON: Final = timedelta(seconds=5)
"""How soon to ask again for what has not been read yet."""


class OnCallBook(Protocol):
    """Knows who is on call."""

    def directory(self, tracker: str) -> Directory:
        """Return who can be on call, with their logins on a tracker."""
        ...

    def answer(self, name: str, at: datetime) -> Answer:
        """Return who a source says is on call, as it was last known."""
        ...


class NoSources:
    """There are only the people that the settings name."""

    def directory(self, tracker: str) -> Directory:  # noqa: ARG002 - nobody's name is known
        return Directory()

    def answer(self, name: str, at: datetime) -> Answer:  # noqa: ARG002 - at any time
        return Answer(name, Known.UNREADABLE, reason="there is no source of that name")


@dataclass(frozen=True, slots=True)
class Called:
    """Who is ``new`` among those that were called out, and when time alone calls out somebody."""

    new: tuple[CallOut, ...] = ()
    next_at: datetime | None = None


@dataclass(slots=True)
class Caller:
    """Decides who is called out."""

    book: OnCallBook = field(default_factory=NoSources)

    def with_calls(
        self, issue: Issue, incident: Incident, before: Receipts, now: datetime
    ) -> tuple[Incident, Called]:
        """Return the incident that knows who is asked, and what is to be remembered of it."""
        found = calling(incident, now)
        if not found.due or are_full(before.called) or traces_of(issue, before, incident.rules).worked:
            return incident, Called(next_at=found.next_at)
        at = max((now, *(one.created_at for one in issue.comments), *(one.at for one in issue.events)))
        last = max((one.id for one in issue.comments), default=0)
        new: list[CallOut] = []
        for due in found.due:
            made = self._made(incident, due, at, last)
            if made is None:
                return incident, Called(next_at=now + _SOON)
            new += made
        for one in new:
            incident = apply_call_out(incident, one)
        return incident, Called(tuple(new), calling(incident, now).next_at)

    def _made(self, incident: Incident, due: Due, at: datetime, last: int) -> list[CallOut] | None:
        """Return the call-outs of a turn: levels without anybody to ask are told of, and passed over."""
        at = at.replace(microsecond=0)
        blank = CallOut(at, due.epoch, due.level, pages=due.pages, after=last)
        directory = self.book.directory(incident.ref.tracker)
        if due.wanted is not None:
            blank = replace(blank, cause=due.wanted.id)
            if due.wanted.who:
                logins = tuple(one.login for one in due.wanted.who)
                return [replace(blank, logins=logins, destinations=_destinations(logins, directory))]
        levels = self._levels(incident, directory, at)
        if levels is None:
            return None
        first = due.level if due.level <= len(levels) or due.wanted is None else 1
        made: list[CallOut] = []
        for level in levels[first - 1 :]:
            made.append(_of_level(blank, level, incident.people.opener.login, directory))
            if made[-1].logins or made[-1].there:
                break
        return made

    def _levels(self, incident: Incident, directory: Directory, at: datetime) -> tuple[Level, ...] | None:
        """Return all levels at a time, ``None`` while one of their sources has not been read."""
        row = row_of(incident) or OnCall(())
        levels = levels_of(row, directory, self.book.answer, at)
        unread = any(one.known is Known.UNREAD for level in levels for one in level.answers)
        return None if unread else levels


def _of_level(blank: CallOut, level: Level, opener: str, directory: Directory) -> CallOut:
    logins = tuple(one.login for one in level.people)
    there = next((one for one in logins if is_same(one, opener)), "") if not blank.cause else ""
    return replace(
        blank,
        level=level.number,
        logins=logins,
        strangers=level.strangers,
        troubles=tuple(_troubles(level.answers)),
        destinations=_destinations(logins, directory),
        there=there,
    )


def _destinations(logins: Iterable[str], directory: Directory) -> tuple[str, ...]:
    known = (directory.with_login(login) for login in logins)
    return tuple(dict.fromkeys(one.page for one in known if one and one.page))


def _troubles(answers: Iterable[Answer]) -> Iterable[Trouble]:
    for one in answers:
        if one.overridden:
            yield Trouble(one.source, Flaw.OVERRIDE)
        if one.gap:
            yield Trouble(one.source, Flaw.GAP)
        if one.known is Known.COPY:
            yield Trouble(one.source, Flaw.COPY, one.failing_since, one.read_at)
        elif not one.tells:
            yield Trouble(one.source, Flaw.UNREADABLE, one.failing_since)
