"""
What the thread says about the incident: the value that the commands change and the documents show.

It is built anew at every look by :func:`tracker_bridge.domain.fold.fold`, and never stored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from tracker_bridge.domain.audiences import Audience
from tracker_bridge.domain.captures import Capture
from tracker_bridge.domain.changes import Opening
from tracker_bridge.domain.channels import Announcement, Channel, Stakeholder
from tracker_bridge.domain.communications import Communication
from tracker_bridge.domain.impact import Impact
from tracker_bridge.domain.issue import NOBODY, Closed, Comment, IssueRef, Person, Reference, TrackerUrl
from tracker_bridge.domain.origin import Cause
from tracker_bridge.domain.postmortem import Action, Postmortem
from tracker_bridge.domain.relations import Merge, Relation, Unfit
from tracker_bridge.domain.replies import Duty, Mistake, Reply
from tracker_bridge.domain.roles import Holding, Role, is_same, is_same_account
from tracker_bridge.domain.rules import Intervals, Rules, Severity
from tracker_bridge.domain.testing import Finding, Request, confirmation, latest
from tracker_bridge.domain.timeline import Entry, Kind
from tracker_bridge.domain.times import Moment
from tracker_bridge.domain.work import Remark, Task


class Phase(StrEnum):
    """Where the work stands (S90, S91)."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in (Phase.RESOLVED, Phase.CANCELLED)


@dataclass(frozen=True, slots=True)
class Mark:
    """One of the incident's times, and where it was said."""

    moment: Moment
    url: TrackerUrl
    by: str


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody said something in the thread that is no command; what it was is theirs."""

    at: datetime
    login: str


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody says that there is an incident, who may not declare it."""

    by: str
    url: TrackerUrl
    at: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """The tester ``who`` made the change at ``url`` that is merged, and so tests their own work (S20, S107)."""

    who: Person
    url: TrackerUrl


@dataclass(frozen=True, slots=True)
class Vacancy:
    """The Technical Lead ``who`` stepped off, and nobody was named instead (S14)."""

    comment: int
    who: Person
    at: datetime
    url: TrackerUrl


@dataclass(frozen=True, slots=True)
class Incident:
    """
    An issue seen as an incident. ``declared`` is ``None`` while it is not one.

    ``author`` opened the issue. ``opener``: who declared it, and before that the author. ``report``: while it is
    not declared, that somebody without the right says so. ``timeline`` is in the order of recording.
    ``unlabeled``: somebody took the incident label off by hand, and it stays off. ``open_by``: the id of the
    last command that asks for the issue to be open or closed, with ``wants_open``; empty while people decide
    by hand. ``withdrawn``: while it goes on because what ended it is not said any more, the id of that command.
    ``findings`` speak about the fix at hand only. ``comments``: what people wrote, all of it; and
    ``unfit``: issues of the project that were looked up, by number. ``references`` are the changes that refer to
    it. ``captured`` is what was remembered of comments on the timeline before, and ``captures`` what is to be.
    ``known_as`` are the logins of those who appear in the thread, by their ids. ``past``: the comment up to which
    it was judged before, and that is not remembered any more; 0 as a rule.
    """

    ref: IssueRef
    title: str
    url: TrackerUrl
    opener: Person
    rules: Rules
    created_at: datetime
    author: Person = NOBODY
    report: Report | None = None
    phase: Phase = Phase.INVESTIGATING
    severity: Severity | None = None
    impacts: tuple[Impact, ...] = ()
    drill: bool = False
    source: str = ""
    started: Mark | None = None
    detected: Mark | None = None
    declared: Mark | None = None
    fixed: Mark | None = None
    resolved: Mark | None = None
    resolutions: int = 0
    roles: tuple[Holding, ...] = ()
    timeline: tuple[Entry, ...] = ()
    duties: tuple[Duty, ...] = ()
    replies: tuple[Reply, ...] = ()
    openings: tuple[Opening, ...] = ()
    channels: tuple[Channel, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    stakeholders: tuple[Stakeholder, ...] = ()
    audiences: tuple[Audience, ...] = ()
    communications: tuple[Communication, ...] = ()
    words: tuple[Word, ...] = ()
    snoozed_until: datetime | None = None
    tasks: tuple[Task, ...] = ()
    proposals: tuple[Remark, ...] = ()
    offers: tuple[Remark, ...] = ()
    questions: tuple[Remark, ...] = ()
    causes: tuple[Remark, ...] = ()
    postmortem: Postmortem | None = None
    actions: tuple[Action, ...] = ()
    requests: tuple[Request, ...] = ()
    findings: tuple[Finding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    vacancy: Vacancy | None = None
    merge: Merge | None = None
    relations: tuple[Relation, ...] = ()
    unlabeled: bool = False
    wants_open: bool = True
    open_by: str = ""
    withdrawn: str = ""
    references: tuple[Reference, ...] = ()
    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)
    captures: tuple[Capture, ...] = field(default=(), compare=False)
    captured: tuple[Capture, ...] = field(default=(), compare=False, repr=False)
    unfit: Mapping[int, Unfit] = field(default_factory=dict, compare=False, repr=False)
    known_as: Mapping[int, str] = field(default_factory=dict, compare=False, repr=False)
    past: int = 0

    @property
    def exists(self) -> bool:
        """Whether this issue is, or was, an incident."""
        return self.declared is not None

    @property
    def merges(self) -> tuple[Merge, ...]:
        """Every word that it is a duplicate, also one that was taken back."""
        return tuple(
            Merge(int(entry.what), f"merged.{entry.id}", entry.author, entry.url)
            for entry in self.timeline
            if entry.kind is Kind.MERGED
        )

    @property
    def duplicate(self) -> bool:
        """Whether it goes on as another incident: it was merged, or closed as a duplicate by hand."""
        ends = [entry for entry in self.timeline if entry.kind.traits.ends]
        merged = bool(ends) and (ends[-1].kind is Kind.MERGED or ends[-1].what == Closed.DUPLICATE)
        return merged and self.phase is Phase.CANCELLED

    @property
    def active(self) -> bool:
        """Whether there is still something to be done about it."""
        return self.exists and not self.phase.ended

    @property
    def ended(self) -> bool:
        """Whether it ended in any way, also if it was opened again: what was posted at the end stays (S82)."""
        return bool(self.withdrawn) or any(entry.kind.traits.ends for entry in self.timeline)

    def called(self, person: Person) -> Person:
        """
        Return an account under its login of now, as far as the thread tells it.

        Where the login that it had is somebody else's by now, it has none that could be printed.
        """
        login = self.known_as.get(person.id, "")
        if person.id <= 0 or login == person.login:
            return person
        taken = any(is_same(one, person.login) for one in self.known_as.values())
        return replace(person, login=login or NOBODY.login) if login or taken else person

    def holders(self, *roles: Role) -> tuple[Holding, ...]:
        """Who holds any of ``roles``, in the order in which they took them."""
        return tuple(holding for holding in self.roles if holding.role in roles)

    def logins(self, *roles: Role) -> tuple[str, ...]:
        """Who holds any of ``roles``, each person once."""
        return tuple(dict.fromkeys(holding.login for holding in self.holders(*roles)))

    @property
    def intervals(self) -> Intervals:
        """How long is long, at this severity."""
        return self.rules.intervals_of(self.severity)

    def holds(self, who: Person | str, *roles: Role) -> bool:
        """
        Whether an account holds any of ``roles``; any role at all when none is named.

        A login will do only where no right depends on the answer.
        """
        person = Person(0, who) if isinstance(who, str) else who
        return any(is_same_account(h.who, person) for h in (self.holders(*roles) if roles else self.roles))

    @property
    def unfilled(self) -> tuple[Role, ...]:
        """The needed roles that nobody holds (S36, S39)."""
        return tuple(role for role in self.rules.needed_roles if not self.holders(role))

    @property
    def technical(self) -> frozenset[str]:
        """The logins, case-folded, of those who work on the fix, by title or by deed (S101, S107)."""
        by_title = {h.login.casefold() for h in self.roles if h.role.technical}
        by_deed = {e.who.casefold() for e in self.timeline if e.kind is Kind.FIXED and e.who}
        helping = {one.login.casefold() for task in self.tasks if task.technical for one in task.people}
        changing = {one.author.login.casefold() for one in self.references if self._counts(one)}
        return frozenset(by_title | by_deed | helping | changing)

    def _counts(self, change: Reference) -> bool:
        """Whether a change that refers to the incident is a part of its fix, or may be: merged, or about to be."""
        return change.merged_at is not None or (change.open and self.fixed is not None)

    @property
    def partial_testers(self) -> tuple[str, ...]:
        """Testers who work on the fix as well, and so do not see it with fresh eyes (S20, S107)."""
        return tuple(h.login for h in self.holders(Role.TESTER) if h.login.casefold() in self.technical)

    @property
    def verdicts(self) -> tuple[Finding, ...]:
        """What each tester found last about the fix at hand (S21)."""
        return latest(self.findings)

    @property
    def confirmed(self) -> Finding | None:
        """The verdict that confirmed the fix (S106); ``None`` while nobody has, or a tester sees it fail."""
        return confirmation(self.findings)

    @property
    def asked(self) -> Request | None:
        """The tests that somebody asked for, and no tester has answered."""
        last = self.requests[-1] if self.requests else None
        answered = last is None or any(one.at >= last.at for one in self.findings)
        return None if answered or last is None or last.fix or last.over else last

    @property
    def actions_done(self) -> int:
        """How many of the action items are done (S113)."""
        return sum(action.done for action in self.actions)

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if not task.done)

    @property
    def successor(self) -> Person | None:
        """Who is next in line while there is no Technical Lead: the first Assist (S14), if there is one."""
        if not self.active or self.holders(Role.TECHNICAL_LEAD):
            return None
        left = self.vacancy.who if self.vacancy else NOBODY
        assists = (held.who for held in self.holders(Role.TECHNICAL_ASSIST))
        return next((one for one in assists if not is_same_account(one, left)), None)

    @property
    def open_offers(self) -> tuple[Remark, ...]:
        """Offers of people who have got neither a role nor a task yet (S95)."""
        busy = {one.login.casefold() for task in self.tasks for one in task.people}
        busy |= {holding.login.casefold() for holding in self.roles}
        return tuple(offer for offer in self.offers if offer.who.casefold() not in busy)

    @property
    def overloaded(self) -> tuple[str, ...]:
        """People who hold most of the roles (S6, S116); nobody while only few are filled."""
        counts: dict[str, set[Role]] = {}
        for holding in self.roles:
            counts.setdefault(holding.login, set()).add(holding.role)
        return tuple(login for login, held in counts.items() if len(held) >= 4)

    def having(self, entry: Entry, **changes: object) -> Self:
        """Return a copy with ``entry`` added to the timeline and the given fields replaced."""
        return replace(self, timeline=(*self.timeline, entry), **changes)  # type: ignore[arg-type]  # fields by name

    def replying(self, reply: Reply) -> Self:
        """Return a copy that answers a comment."""
        return replace(self, replies=(*self.replies, reply))

    def refusing(self, comment: int, url: TrackerUrl, *mistakes: Mistake) -> Self:
        """Return a copy that answers a comment's mistakes, after those that it is answered already."""
        new = Reply("refusal", comment, url)
        said = next((one for one in self.replies if (one.kind, one.comment) == (new.kind, comment)), new)
        others = tuple(one for one in self.replies if one is not said)
        return replace(self, replies=(*others, replace(said, mistakes=(*said.mistakes, *mistakes))))


def mark_of(cause: Cause, moment: Moment | None = None) -> Mark:
    """Make one of the incident's times; now, unless told otherwise."""
    return Mark(moment or Moment(cause.at), cause.url, cause.by)


def without(roles: Iterable[Holding], role: Role) -> tuple[Holding, ...]:
    """Return ``roles`` without the holders of ``role``."""
    return tuple(h for h in roles if h.role is not role)


def snapshot(incident: Incident) -> Incident:
    """Return the incident as it stands, for a comment that is to stay as it is."""
    return replace(incident, duties=(), replies=(), openings=(), requests=())
