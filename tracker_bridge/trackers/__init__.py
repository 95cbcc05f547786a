"""
Where issues live: the protocol that every tracker speaks, and its errors.

A tracker has a few facts and six verbs. Features never add verbs: they add values to
:mod:`tracker_bridge.domain.issue.changes`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from tracker_bridge.decoding import Undecodable, decoded
from tracker_bridge.domain.derived.similar import PastIssue
from tracker_bridge.domain.incident.labels import ProjectLabel, PutLabel
from tracker_bridge.domain.issue.changes import Change, React, Reaction
from tracker_bridge.domain.issue.elsewhere import Visibility
from tracker_bridge.domain.issue.issue import Access, Issue, IssueRef, Person
from tracker_bridge.domain.issue.native import Capability

if TYPE_CHECKING:
    from tracker_bridge.trackers.facts import Facts


class TrackerError(Exception):
    """What every tracker error is; the message names the issue or project and what was being done."""


class Gone(TrackerError):
    """The issue or project is not there any more (404, 410, moved elsewhere): forget it."""


class OutOfReach(Gone):
    """
    It is there, and of a ``kind`` that the tracker's API does not show: nothing but a comment can be left.

    ``labels`` are those that it wears, ``told`` the keys of our comments there, ``viewer`` the bot's account.
    """

    def __init__(
        self, message: str, kind: str, labels: frozenset[str], told: frozenset[str], viewer: Person
    ) -> None:
        super().__init__(message)
        self.kind, self.labels, self.told, self.viewer = kind, labels, told, viewer


class Denied(TrackerError):
    """The credential may not do this (401, 403): a person must act. Say so, and slow down."""


class Busy(TrackerError):
    """Not now: a rate limit, a server error, a timeout. ``retry_after`` is in seconds."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Later(Busy):
    """
    Nothing was done: what the credential may write is used up, or the forge told of a limit, which is kept.

    Only the issue waits that was looked at: others have other changes, or a credential of their own.
    """


class Doubtful(Busy):
    """An answer that may pass, and is believed when it comes again: only the issue that was looked at waits."""


class Unanswered(Busy):
    """
    Nobody answered at ``address``: a broken network, or a wrong one.

    ``cause`` and ``fix`` are sentences without a full stop; the message has both.
    """

    def __init__(self, action: str, address: str, cause: str, fix: str, retry_after: float) -> None:
        super().__init__(f"could not {action}: no answer from {address}: {cause}; {fix}", retry_after)
        self.address, self.cause, self.fix = address, cause, fix


class Unreadable(TrackerError):
    """A file is there, but cannot be taken as a text; the message says what it is, without naming it."""


@contextmanager
def still_there(other: IssueRef) -> Iterator[None]:
    """Make of an issue that is gone, while a change to another one concerns it, something to look at again."""
    try:
        yield
    except Gone as gone:
        raise Busy(f"{other} no longer exists: {gone}", 2.0) from None


class Forged(Exception):
    """A delivery that is not authentic: signature missing, malformed or wrong. Answered with 401."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """
    What a delivery or a list tells of an issue: it may be a reason not to look, and never one to act.

    ``labels`` are those that it wears, and that were put or taken; ``texts`` all texts that are told, as they are
    and as they were; ``typed``: it has, or had, to do with the type of incidents. Not ``whole``: a text was
    edited, and it is not told how it was before.
    """

    labels: frozenset[str]
    texts: tuple[str, ...]
    typed: bool = False
    whole: bool = True


def nothing_told() -> Glimpse | None:
    """Return that nothing is clear."""
    return None


@dataclass(frozen=True, slots=True)
class IssueChanged:
    """
    An issue may have changed. Nothing else of a delivery is believed.

    ``comment`` with ``version``: that comment must be visible, at least as new as ``version``, before a reconcile
    counts. ``comment`` without ``version``: it was deleted, and must be gone before a reconcile counts. ``told``
    returns what else is told, ``None`` where something about it is unclear; most deliveries are not asked for it.
    ``echo``: likely our own doing, so that nobody waits.
    """

    ref: IssueRef
    comment: int | None = None
    version: datetime | None = None
    told: Callable[[], Glimpse | None] = field(default=nothing_told, compare=False, repr=False)
    echo: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Applied:
    """
    What came of a change.

    ``opened``: for an ``Open``, the issue that is there now, ``new`` if it was made for it. ``unsupported``: what
    this server, plan or account turned out not to have; that part of the change was left out. ``given``: for an
    ``Edit`` or a ``React``, the reactions that were given along with it. ``posted``: for a ``Post``, the id of the
    comment and the fragment of its address, where the answer told.
    """

    opened: IssueRef | None = None
    unsupported: frozenset[Capability] = frozenset()
    new: bool = False
    given: tuple[React, ...] = ()
    posted: tuple[int, str] | None = None


DONE = Applied()
"""It was carried out, and there is nothing to tell."""


def lacking(*capabilities: Capability) -> Applied:
    """Return that a change was left out, wholly or in part."""
    return Applied(unsupported=frozenset(capabilities))


MAX_FILE = 64 * 1024
"""Bytes of a file that is read; no settings need more."""


class Tracker(Protocol):
    """
    One forge with one credential. Safe to use from several threads: each gets a client of its own.

    Every verb but ``precheck`` and ``parse_webhook`` may raise :class:`Gone`, :class:`Denied` or :class:`Busy`;
    anything else is a bug.
    """

    @property
    def name(self) -> str:
        """The first part of every ref."""
        ...

    @property
    def projects(self) -> frozenset[str]:
        """The projects served; deliveries for others are answered and ignored."""
        ...

    def serves(self, project: str) -> bool:
        """Whether a project is served, or fits a pattern and will be as soon as it is met."""
        ...

    @property
    def max_body(self) -> int:
        """Characters of a comment that surely fit."""
        ...

    @property
    def max_delivery(self) -> int:
        """Bytes of a delivery; a larger one is none of this tracker's."""
        ...

    @property
    def max_title(self) -> int:
        """Characters of a title; a longer one is shortened when an issue is opened."""
        ...

    @property
    def max_comments(self) -> int:
        """Comments that an issue can hold."""
        ...

    @property
    def native(self) -> frozenset[Capability]:
        """What this kind of forge keeps of incidents itself; a server may lack it all the same."""
        ...

    @property
    def reserved(self) -> frozenset[str]:
        """Words after a slash that the forge takes for itself; none may be a command's root."""
        ...

    def precheck(self, headers: Mapping[str, str]) -> None:
        """
        Raise :class:`Forged` when no body could be authentic with these headers, so that it need not be read.

        What passes is not authentic yet. Touches no network. ``headers`` has lower-case names.
        """
        ...

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> IssueChanged | None:
        """
        Verify a delivery over its raw bytes, then tell what it hints at; ``None`` for nothing of ours.

        ``headers`` has lower-case names. Touches no network. Raises :class:`Forged`, and nothing else
        whatever the bytes are: an authentic body that makes no sense is ``None``.
        """
        ...

    def changed(
        self, project: str, *, since: datetime | None, label: str, labelled: bool = False
    ) -> Iterable[IssueRef]:
        """
        Yield the issues that may have changed after ``since``; with ``None``, every open one with ``label``.

        ``labelled`` leaves out those that do not wear ``label`` now, of the open and of the closed ones.
        May yield too many, or one twice; never too few, but for what the forge itself does not tell.
        """
        ...

    def read(self, ref: IssueRef, *, whole: bool = False) -> Issue:
        """Read the issue. A tracker may keep what it read and ask for the rest, unless ``whole``."""
        ...

    def access(self, ref: IssueRef, person: Person, *, fresh: bool = False) -> Access:
        """
        Return what ``person`` may do in the project. Remembered for a minute at most; never guessed.

        With ``fresh``, what is remembered is a few seconds old at most: somebody was refused because of it.
        """
        ...

    def apply(self, ref: IssueRef, change: Change) -> Applied:
        """
        Carry out one change.

        What makes something new is sent once: an unclear answer raises :class:`Busy`. An ability that turns out
        to be lacking is no error.
        """
        ...

    def close(self) -> None:
        """Close all connections. No verb works after it."""
        ...


@runtime_checkable
class Labels(Protocol):
    """
    The labels of a project: what ``tracker-bridge labels`` needs, and no look at an issue ever does.

    A protocol beside :class:`Tracker`, because its verbs are about projects, and a tracker without labels can
    do everything else. Both may raise :class:`Gone`, :class:`Denied` or :class:`Busy`.
    """

    def labels(self, project: str) -> Iterable[ProjectLabel]:
        """Yield every label that issues of the project can wear, inherited ones included."""
        ...

    def put_label(self, project: str, put: PutLabel) -> None:
        """Make or change one label. Sent once: an unclear answer raises :class:`Busy`."""
        ...


@runtime_checkable
class Files(Protocol):
    """
    The files of a project: what the team's own settings are read from. A protocol beside :class:`Tracker`, as
    :class:`Labels` is.
    """

    def file(self, project: str, path: str) -> str | None:
        """
        Return the text of a file on the default branch; ``None`` when there is none, or the project is hidden.

        May raise :class:`Gone`, :class:`Denied` or :class:`Busy`, and :class:`Unreadable` for what is no file,
        is larger than :data:`MAX_FILE`, or is not text in UTF-8.
        """
        ...


@runtime_checkable
class Titles(Protocol):
    """Finding issues by their title: asked once, when an incident begins. Beside :class:`Tracker`, as above."""

    def alike(self, ref: IssueRef, title: str, label: str) -> int | None:
        """
        Return the number of the oldest other open issue with ``label`` and that title, whatever the case.

        A confidential one is not told of.

        May raise :class:`Gone`, :class:`Denied` or :class:`Busy`.
        """
        ...


@runtime_checkable
class History(Protocol):
    """Listing past incidents: asked once, when an incident is resolved. Beside :class:`Tracker`, as above."""

    def past(self, ref: IssueRef, labels: Collection[str]) -> Sequence[PastIssue]:
        """
        Return the newest other closed issues that wear all these ``labels``; a confidential one is not told of.

        May raise :class:`Gone`, :class:`Denied` or :class:`Busy`.
        """
        ...


@runtime_checkable
class Accounts(Protocol):
    """Telling who a name in a thread is: asked before somebody is given anything. Beside :class:`Tracker`."""

    def account(self, ref: IssueRef, login: str) -> Person | None:
        """
        Return the account of exactly that name, whatever the case: a person, a bot, or a team.

        ``None``: the forge says that there is none, or that nobody can act with it. Remembered for some minutes,
        and for one if there is none. May raise :class:`Gone`, :class:`Denied` or :class:`Busy`: no answer.
        """
        ...


@runtime_checkable
class Teams(Protocol):
    """Telling who is in a team that holds a role or a task: its members act for it. Beside :class:`Tracker`."""

    def members(self, ref: IssueRef, team: str) -> tuple[Person, ...] | None:
        """
        Return the people in a team, as the forge calls it in a thread; ``None`` where it does not say.

        Remembered for a minute. May raise :class:`Busy`: no answer.
        """
        ...


@runtime_checkable
class Visible(Protocol):
    """Telling who can see a project: asked before another one is told of it. Beside :class:`Tracker`."""

    def visibility(self, project: str) -> Visibility:
        """
        Return who may see it. Remembered for a minute.

        May raise :class:`Gone`, :class:`Denied` or :class:`Busy`: no answer.
        """
        ...


@runtime_checkable
class Reactions(Protocol):
    """How we answered comments: asked only where that is not remembered any more. Beside :class:`Tracker`."""

    def reactions(self, ref: IssueRef, comments: Collection[int]) -> Mapping[int, Reaction | None]:
        """
        Return our own reaction to each of these comments, 0 for the opening post.

        ``None`` as well where the forge has no reactions. May raise :class:`Busy`.
        """
        ...


@runtime_checkable
class Telling(Protocol):
    """Listing what changed with what is told of it: enough, mostly, to leave it alone. Beside :class:`Tracker`."""

    def viewer(self, project: str) -> Person:
        """Return the bot's own account, asked for once. May raise as above."""
        ...

    def told(self, project: str, *, since: datetime, read: Set[IssueRef]) -> Iterable[IssueChanged]:
        """
        Yield what ``changed`` does, with what the lists tell; one issue more than once. Nothing is asked about
        those that are to be ``read`` anyway. May raise as above.
        """
        ...


class Labelled(NamedTuple):
    """Which issues with a ``label``: the open ones, or those of any state that changed after ``since``."""

    label: str
    since: datetime | None


@runtime_checkable
class Listing(Protocol):
    """Listing the issues with several labels at once. Beside :class:`Tracker`."""

    def by_label(self, project: str, wanted: Sequence[Labelled]) -> Mapping[Labelled, Sequence[IssueRef]]:
        """
        Return what ``changed`` yields for each, as far as that is told completely; the others are to be listed one
        by one. May raise as above.
        """
        ...


@runtime_checkable
class Quieting(Protocol):
    """Telling of many projects at once in which nothing happened. Beside :class:`Tracker`."""

    def quiet(self, since: Mapping[str, datetime]) -> Set[str]:
        """
        Return the projects in which no issue, and no file of settings, changed after that moment for certain.

        An edited comment may be no change; the lists tell of it. May raise as above.
        """
        ...


@runtime_checkable
class Foreseeing(Protocol):
    """Reading several issues at once that are read for the first time. Beside :class:`Tracker`."""

    def foresee(self, refs: Sequence[IssueRef]) -> None:
        """Note that these issues will be read soon, in this order. Asks nothing yet."""
        ...


@runtime_checkable
class Discovering(Protocol):
    """Finding the projects that fit the patterns of the settings. Beside :class:`Tracker`."""

    def discover(self) -> tuple[frozenset[str], frozenset[str]]:
        """Ask which there are, and return what is new and what is gone. May raise as above."""
        ...


@runtime_checkable
class Checkup(Protocol):
    """What ``tracker-bridge doctor`` asks for, and nothing else ever does. Beside :class:`Tracker`. Only reads."""

    def facts(self, project: str, clock: Callable[[], datetime]) -> "Facts":
        """
        Tell of the forge, of the credential and of a project; ``clock`` is this machine's.

        A refusal is a fact. May raise :class:`Gone`, :class:`Denied` or :class:`Busy` for what was not foreseen.
        """
        ...


@runtime_checkable
class Expiring(Protocol):
    """Telling when the credential ends, where that takes a request of its own. Beside :class:`Tracker`."""

    def ends(self) -> datetime | None:
        """Return when; ``None``: never, or it is not told. May raise as above."""
        ...


@runtime_checkable
class Versioned(Protocol):
    """Telling which version the server is, so that what it lacked is tried again after an upgrade."""

    def version(self) -> str:
        """Return its version and edition; empty where it does not tell. May raise as above."""
        ...


@runtime_checkable
class Deliveries(Protocol):
    """What a delivery is about, ours or not: asked of authentic ones, to count them. Beside :class:`Tracker`."""

    def event_of(self, headers: Mapping[str, str]) -> str:
        """Return what the forge calls what happened; it is not signed, and may be anything."""
        ...

    def delivery_of(self, headers: Mapping[str, str]) -> str:
        """Return what the forge's own log calls the delivery; empty where it does not tell."""
        ...

    def project_of(self, body: bytes) -> str | None:
        """Return the project that it names; ``None`` where none can be told."""
        ...


def check_private(tracker: Tracker, project: str) -> None:
    """Raise :class:`Denied` where everybody can read what is meant to be private. Raises as the tracker does."""
    if not isinstance(tracker, Visible) or tracker.visibility(project) is Visibility.PUBLIC:
        raise Denied(f"{tracker.name}:{project} is public: private incidents cannot be run there")


def text_of(raw: bytes, size: int) -> str:
    """Return the text of a file of ``size`` bytes, of which ``raw`` was fetched. Raises :class:`Unreadable`."""
    if max(size, len(raw)) > MAX_FILE:
        raise Unreadable(f"is larger than {MAX_FILE // 1024} KiB")
    try:
        return decoded(raw)
    except Undecodable as error:
        raise Unreadable(str(error)) from None
