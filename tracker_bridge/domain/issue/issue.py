"""
What a tracker shows: an issue, its comments, and what was done to its labels and state.

These are plain values. Every tracker produces them, and only them: no object of a client library leaves
its tracker.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Self

_REF = re.compile(r"(?P<tracker>[a-z]+):(?P<project>[\w.-]+(?:/[\w.-]+)+)#(?P<number>[1-9][0-9]{0,9})", re.ASCII)


_FRAGMENT = re.compile(r"[a-z]*[-_]?[0-9]{1,19}", re.ASCII)


class TrackerUrl(str):
    """
    The web address of an issue, a comment or a change, as its tracker told it: all that a document links to.

    Made where a tracker's answer is read, and nowhere else, so that no address that a person wrote becomes one.
    """

    __slots__ = ()

    def at(self, fragment: str) -> Self:
        """Return the address of a comment on that page, by the fragment that the tracker told."""
        if not _FRAGMENT.fullmatch(fragment):
            raise ValueError("a comment's fragment has letters, digits and a sign between them")
        return type(self)(f"{self.partition('#')[0]}#{fragment}")


@dataclass(frozen=True, slots=True, order=True)
class IssueRef:
    """Where an issue lives, written ``github:acme/api#12``. On GitLab the number is the project's ``iid``."""

    tracker: str
    project: str
    number: int

    def __str__(self) -> str:
        return f"{self.tracker}:{self.project}#{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raise ``ValueError``, with the accepted form, when ``text`` is not a reference."""
        found = _REF.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is not an issue reference; write it as TRACKER:PROJECT#NUMBER")
        return cls(found["tracker"], found["project"], int(found["number"]))


@dataclass(frozen=True, slots=True)
class Person:
    """
    An account. The id is the tracker's and survives a rename; logins can be taken over by others.

    0 is the id of whom the tracker was not asked about, and of a ``team``: who is in it is not known here.
    """

    id: int
    login: str
    bot: bool = False
    team: bool = False


NO_ACCOUNT = -1
"""The id of a name that nobody has, as the forge said when it was asked."""

NOBODY = Person(0, "ghost")
"""A deleted account, and the editor of a comment when the tracker does not tell who it was."""


SETTINGS = Person(0, "the settings", bot=True)
"""Whoever speaks when a team's settings do; nobody can be called that."""


class Access(IntEnum):
    """
    What a person may do in a project, least first; comparable.

    GitHub's ``role_name`` and GitLab's ``access_level`` are both mapped onto it; GitHub's words are used.
    """

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of a text, and who wrote it; ``NOBODY`` where the tracker does not tell."""

    body: str
    by: Person


@dataclass(frozen=True, slots=True)
class Comment:
    """
    One comment as it stands now. ``id`` 0 is the opening post.

    ``body`` has ``\\n`` line ends only. ``ours`` means that the author's id is the bot's **and** the body
    carries the marker. ``edited_by`` is set only when the text was last changed by somebody else than the
    author; ``NOBODY`` there means that it was changed and the tracker does not tell by whom. ``revisions`` are
    its versions, the oldest first and the last one ``body``: empty where it was never changed, or the tracker
    does not tell. ``hidden``: somebody with the right took it out of sight. ``internal``: fewer people read it
    than the issue. ``reactions`` are the names of reactions that anybody gave, in the forge's own words; ``None``
    where it does not tell.
    """

    id: int
    author: Person
    created_at: datetime
    updated_at: datetime
    body: str
    url: TrackerUrl
    ours: bool = False
    edited_by: Person | None = None
    revisions: tuple[Revision, ...] = ()
    hidden: bool = False
    internal: bool = False
    reactions: frozenset[str] | None = field(default=None, compare=False)


class EventType(StrEnum):
    """What can be done to an issue by hand that counts as input."""

    LABELED = "labeled"
    UNLABELED = "unlabeled"
    CLOSED = "closed"
    REOPENED = "reopened"
    TYPED = "typed"
    RATED = "rated"


class Closed(StrEnum):
    """Why an issue was closed by hand; the values are GitHub's. GitLab does not ask."""

    COMPLETED = "completed"
    NOT_PLANNED = "not_planned"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class IssueEvent:
    """
    A change of label, state, type or native severity, with the tracker's own time.

    ``label`` is set for labels only, ``rank`` for severities: 1 is the worst, 0 stands for none. ``closed_as``
    tells why it was closed, where the tracker knows.
    """

    at: datetime
    actor: Person
    type: EventType
    label: str = ""
    rank: int = 0
    closed_as: Closed | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """
    A pull request or merge request of the same project that refers to the issue.

    ``merged_at`` is ``None`` while it is not merged; ``open``: it still may be.
    """

    url: TrackerUrl
    title: str
    author: Person
    merged_at: datetime | None
    open: bool


@dataclass(frozen=True, slots=True)
class Issue:
    """
    One look at an issue: everything that the fold needs, and nothing of the client library.

    ``viewer`` is the bot's own account. ``comments`` are in the order of their ids, oldest first, and do not
    contain the opening post; ``events`` are oldest first. System notes are left out. ``references`` may be
    some minutes old. ``assignees`` are logins. ``typed``: the issue has the forge's own type for incidents;
    ``rank`` is its native severity, 0 for none. ``uid`` is the tracker's own number for it, which stays when its
    project is renamed or transferred. ``pinned`` is the comment that is pinned, 0 for none; ``None`` where nothing
    can be. ``closed_at`` is ``None`` while it is open. ``fields`` are what stands in the forge's own fields for
    issues that the organisation defines, name and value. ``in_review`` are the comments that stand in the issue
    ``review`` of its own, and are read along with it. ``reactions`` are those to the opening post, as a comment's.
    ``own_labels`` are those that our own account put there last; ``own_rank``: it set the native severity last.
    """

    ref: IssueRef
    viewer: Person
    author: Person
    title: str
    body: str
    url: TrackerUrl
    created_at: datetime
    updated_at: datetime
    open: bool
    labels: frozenset[str]
    comments: tuple[Comment, ...] = ()
    events: tuple[IssueEvent, ...] = ()
    confidential: bool = False
    body_edited_by: Person | None = None
    body_revisions: tuple[Revision, ...] = ()
    references: tuple[Reference, ...] = ()
    assignees: frozenset[str] = frozenset()
    typed: bool = False
    rank: int = 0
    uid: int = 0
    pinned: int | None = None
    closed_at: datetime | None = None
    fields: tuple[tuple[str, str], ...] = ()
    in_review: frozenset[int] = frozenset()
    review: int = 0
    reactions: frozenset[str] | None = field(default=None, compare=False)
    own_labels: frozenset[str] = frozenset()
    own_rank: bool = False

    @property
    def identity(self) -> str:
        """What it is known by to whoever must tell it from all others, whatever its project is called."""
        return f"{self.ref.tracker}:{self.uid}" if self.uid else str(self.ref)

    @property
    def opener(self) -> Person:
        """The author; a bot when it is ourselves: not every tracker tells that our account is one."""
        return replace(self.author, bot=True) if self.author.id == self.viewer.id else self.author

    @property
    def opening(self) -> Comment:
        """The opening post as comment zero: commands there count."""
        return Comment(
            id=0,
            author=self.author,
            created_at=self.created_at,
            updated_at=self.updated_at,
            body=self.body,
            url=self.url,
            edited_by=self.body_edited_by,
            revisions=self.body_revisions,
            reactions=self.reactions,
        )
