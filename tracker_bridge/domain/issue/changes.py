"""
What the bridge can do to an issue, as values.

``plan`` decides on them, a tracker's ``apply`` carries them out, ``tracker-bridge plan`` prints them. Each
says an end state, so that applying it twice is harmless (but for ``Post``, which is never repeated blindly).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Self

from tracker_bridge.domain.issue.blocks import Block, Part, merged, people_words, quieted, restored, together
from tracker_bridge.domain.issue.issue import IssueRef, Revision, TrackerUrl
from tracker_bridge.domain.issue.native import NativeChange

_MARKER = re.compile(r"<!-- tracker-bridge:(?P<key>[a-z0-9][a-z0-9_.:+]*) -->")


REPEATS = "repeats"
"""Begins the key of an issue of ours that was opened twice: ``repeats:12`` goes on as #12, and is no incident."""


_SHARED: Final = ("summary", "postmortem", "action", "report", "alert")
"""Kinds of documents that people write into as well, also below the last line of ours."""


def marker(key: str) -> str:
    """Return the hidden last line by which a comment of ours is found again."""
    return f"<!-- tracker-bridge:{key} -->"


def key_of(body: str) -> str | None:
    """
    Return the key of the document in ``body``, or ``None``.

    Only the last line counts: text that people wrote, repeated by us further up, cannot pass for a marker. People
    may have written below that of a document which is theirs as well.
    """
    if "<" not in body:  # as in most, and one sign is looked for in a tenth of the time that the marker takes
        return None
    text = body.rstrip()
    if found := _MARKER.fullmatch(text[text.rfind("\n") + 1 :].strip()):
        return found["key"]
    if "<!-- tracker-bridge:" not in body:
        return None
    if not any(f"<!-- tracker-bridge:{kind}" in body for kind in _SHARED):
        return None
    keys = (found["key"] for line in reversed(body.split("\n")) if (found := _MARKER.fullmatch(line.strip())))
    return next((key for key in keys if is_shared(key)), None)


def is_shared(key: str) -> bool:
    """Whether people write into the document of that key as well."""
    return re.split("[:.]", key, maxsplit=1)[0] in _SHARED


def kind_of_key(key: str) -> str:
    """Return which kind of document has such a key: ``duty`` for ``duty:1042``."""
    return key.partition(":")[0]


class Reaction(StrEnum):
    """How a command is acknowledged. The values are GitHub's; GitLab's names differ and stay in its file."""

    ACCEPTED = "+1"
    REFUSED = "confused"


REACTIONS = (Reaction.REFUSED, Reaction.ACCEPTED)
"""
Of both at one comment the first counts: a reconcile gives the one before it takes the other back, or crashes.
"""


@dataclass(frozen=True, slots=True)
class Document:
    """
    What one comment should say. ``key`` finds it again; the body does not contain the marker.

    ``mentions`` are the logins that this text is allowed to ping, without ``@``. Of a document that people write
    into as well, ``parts`` are what the bot writes, and around it what it began with.
    """

    key: str
    body: str
    mentions: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()

    @property
    def text(self) -> str:
        """The whole comment as it is sent, marker included."""
        return f"{self.body.rstrip()}\n\n{marker(self.key)}"

    @property
    def ours(self) -> str:
        """The part of the text that the bot answers for."""
        blocks = [one.text for one in self.parts if isinstance(one, Block)]
        return "\n\n".join(blocks) if blocks else self.text

    def over(self, text: str, revisions: Sequence[Revision], bot: int) -> Self:
        """
        Return what is to stand where ``text`` was read: what people wrote there stays.

        ``revisions`` are its versions where the forge tells them, ``bot`` is the id of our account: what our last
        write overlooked comes back.
        """
        if not self.parts:
            return self
        versions = [(_unmarked(one.body, self.key), one.by.id == bot if one.by.id else None) for one in revisions]
        read = restored(_unmarked(text, self.key), versions)
        body = merged(read, self.parts)
        return replace(self, body=body if body == _unmarked(text, self.key) else quieted(body))


def shared(key: str, parts: Iterable[Part], mentions: frozenset[str] = frozenset()) -> Document:
    """Return a document that people write into as well, as it is written for the first time."""
    known = tuple(parts)
    return Document(key, quieted(together(known)), mentions, known)


def added_to(text: str, key: str) -> int:
    """Return how many characters people wrote into a document of ours."""
    return len(people_words(_unmarked(text, key)).strip())


def _unmarked(text: str, key: str) -> str:
    """Return a text without our marker, which goes to its end again."""
    return "\n".join(line for line in text.split("\n") if line.strip() != marker(key)).rstrip()


@dataclass(frozen=True, slots=True)
class Post:
    """Write a new comment at the end. ``pin`` asks to pin it; a tracker that cannot leaves that out."""

    document: Document
    pin: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """
    Replace the text of our comment ``comment``. Pings nobody.

    ``along``: reactions to be given after it, if the tracker can do all of it with one request; else they are not.
    ``read`` is what stood there, if people write into it as well: a forge that keeps no versions looks once more.
    """

    comment: int
    document: Document
    along: tuple["React", ...] = ()
    read: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """Pin our comment ``comment``, which was posted by a request that got no answer, and so not pinned."""

    comment: int


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete our comment ``comment``. Already gone is fine."""

    comment: int


@dataclass(frozen=True, slots=True)
class React:
    """
    Give (or, with ``on`` false, take back) our reaction to a comment; comment 0 is the opening post.

    ``along``: others to be given after it, if the tracker can do all of it with one request; else they are not.
    """

    comment: int
    reaction: Reaction
    on: bool = True
    along: tuple["React", ...] = ()


@dataclass(frozen=True, slots=True)
class Relabel:
    """Put and take labels. Labels not named are never touched."""

    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Assign:
    """
    Assign people, and take others off. Who is not named is never touched.

    ``add`` has the most important first, for a tracker that allows one. Who cannot be assigned is left out,
    and so is everything where the bot may not assign.
    """

    add: tuple[str, ...] = ()
    remove: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Close:
    """
    Close the issue; ``done`` false closes it as not planned where the tracker knows the difference.

    ``duplicate_of`` is the number of the issue that it repeats, for a tracker that keeps that; of the project
    ``duplicate_in``, its own if empty.
    """

    done: bool = True
    duplicate_of: int = 0
    duplicate_in: str = ""


@dataclass(frozen=True, slots=True)
class Reopen:
    """Open the issue again."""


@dataclass(frozen=True, slots=True)
class LinkedIssueSpec:
    """
    Another issue is wanted, linked to this one. ``key`` tells it from others of this issue: ``opened.1042``.

    ``by`` asked for it, ``url`` is where. ``template`` renders its text. With ``reuse``, an open issue of the
    same title serves as well (S23). ``told`` renders the comment that tells of it. ``label`` is the one that it
    wears; ``owner`` is to see to it, until ``due``. It is wanted in ``project``, this one's own if empty.
    ``public``: everyone reads it, and nothing leads from there to this one.
    """

    key: str
    title: str
    by: str
    url: TrackerUrl
    template: str
    reuse: bool = False
    told: str = "linked"
    label: str = ""
    owner: str = ""
    due: date | None = None
    project: str = ""
    public: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """
    Open another issue, link both natively, and return its ref; nothing if it is there already.

    It goes into ``project``, the issue's own if empty. ``public``: the two are not linked natively.
    ``opening`` is the key under which it is known here, if that is not the kind of its document.
    It is found again by ``document``'s marker among the bot's own issues since ``since``, so that an unclear
    answer or a crash makes no second one; one that nothing asked for, while it is open. With ``reuse``, an open
    issue of anybody with the same title and ``labels`` serves as well (S23), and one of the bot's own with that
    marker, however long ago it was opened and whatever it is called by now; but for those of the numbers
    ``besides``. ``more_labels`` are put on a new one only. ``assignee`` is a login, who may turn out not to be
    assignable. Not ``linked``: nothing asked for it, and the ref that it is applied to has the number 0. Without
    ``make``, it is looked for only. Not ``titled``: a title makes nothing the same. ``ended``: one that is closed,
    and changed after ``since``, is found as well, whenever it was opened.
    """

    title: str
    document: Document
    labels: frozenset[str]
    confidential: bool
    since: datetime
    reuse: bool = False
    besides: frozenset[int] = frozenset()
    assignee: str = ""
    due: date | None = None
    linked: bool = True
    make: bool = True
    titled: bool = True
    ended: bool = False
    more_labels: frozenset[str] = frozenset()
    project: str = ""
    public: bool = False
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Describe:
    """
    Replace the text of an issue that the bot opened.

    With ``confidential`` it is made so, where the tracker can; it is never made public again. ``title`` and
    ``due`` are set where they are given. ``read`` is what stood there, as in :class:`Edit`.
    """

    document: Document
    confidential: bool = False
    title: str = ""
    due: date | None = None
    read: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """
    Relate the issue to the issue ``number`` natively, and leave ``document`` there, once. ``project`` is the other
    one's, empty for its own.

    The document is found again by its marker among our comments there, and never changed.
    """

    number: int
    document: Document
    project: str = ""

    def other(self, ref: IssueRef) -> IssueRef:
        """Return the other issue, where ``ref`` is the one."""
        return replace(ref, number=self.number, project=self.project or ref.project)


Change = (
    Post | Edit | Pin | Remove | React | Relabel | Assign | Close | Reopen | Open | Link | Describe | NativeChange
)


def kind_of_change(change: Change) -> str:
    """Return the kind of the document that is written, else of the change."""
    document = getattr(change, "document", None)
    return kind_of_key(document.key) if document is not None else type(change).__name__.lower()
