"""
What happened, and when: the entries of an incident's timeline (S16, S53-S57).

An entry keeps two times: when it occurred, roughly, and when it was recorded. It says what happened as a kind
and values; the wording is in the templates.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tracker_bridge.domain.incident.pages import Pages
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.issue import SETTINGS, Comment, Person, TrackerUrl
from tracker_bridge.domain.issue.origin import Origin
from tracker_bridge.domain.issue.thread_context import ThreadContext

_NAME = re.compile(
    r"(?:\S*#(?:issuecomment-|note_)?)?(?P<comment>[0-9]{1,19})(?:\.(?P<ordinal>[0-9]{1,3}))?", re.ASCII
)
_AROUND = " .,:;()[]"
_SHORTEST, _LONG = 3, 4
"""Digits by which a comment may be named, and by which the entries of one are found quickly."""


BY_ITSELF: Final = "by-itself"
"""``what`` of the end of an incident that cleared while nobody touched it."""


class Withheld(StrEnum):
    """Why the words of somebody's comment are not shown: it says something else by now, or is not there."""

    CHANGED = "changed"
    GONE = "gone"


class Kind(StrEnum):
    """What an entry is about. ``NOTE`` is what people write; all others are recorded by the bridge."""

    NOTE = "note"
    STARTED = "started"
    DETECTED = "detected"
    DECLARED = "declared"
    SEVERITY = "severity"
    IMPACT = "impact"
    FIELD = "field"
    PHASE = "phase"
    ROLE_TAKEN = "role-taken"
    ROLE_LEFT = "role-left"
    FIXED = "fixed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    SNOOZED = "snoozed"
    TASK_GIVEN = "task-given"
    TASK_PASSED = "task-passed"
    TASK_DONE = "task-done"
    CHECKED = "checked"
    UNCHECKED = "unchecked"
    PROPOSED = "proposed"
    TESTS_ASKED = "tests-asked"
    TEST_EXCEPTION = "test-exception"
    TEST_PASSED = "test-passed"
    TEST_FAILED = "test-failed"
    MERGED = "merged"
    CHANGE_MERGED = "change-merged"
    CHANGE_REVERTED = "change-reverted"
    CHANNEL = "channel"
    ANNOUNCED = "announced"
    STAKEHOLDER = "stakeholder"
    UPDATE = "update"
    NO_UPDATE = "no-update"
    ALERTS_CHANGED = "alerts-changed"
    ALERTS_CLEARED = "alerts-cleared"
    ALERTS_AGAIN = "alerts-again"
    PAGED = "paged"
    ACKNOWLEDGED = "acknowledged"

    @property
    def traits(self) -> "Traits":
        """What it means to those who read it."""
        return TRAITS[self]


class About(StrEnum):
    """
    What an event tells of: the incident and the ``WORK`` on it, the ``TALK`` to audiences, or who does what where.

    ``ORGANISATION`` is no news of the incident, and stands elsewhere in the status comment. What the
    ``MONITORING`` reports, nobody said.
    """

    WORK = "work"
    TALK = "talk"
    ORGANISATION = "organisation"
    MONITORING = "monitoring"


@dataclass(frozen=True, slots=True)
class Traits:
    """
    ``major`` stands in the summary timeline without anybody asking (S57); ``ends`` ends the incident. With
    ``hear``, every audience must hear of it, however soon after the last update (S76).
    """

    about: About
    major: bool = False
    ends: bool = False
    hear: bool = False

    @property
    def technical(self) -> bool:
        """Whether it tells how the incident stands, so that nobody needs to ask (S60)."""
        return self.about is About.WORK

    @property
    def talk(self) -> bool:
        return self.about is About.TALK

    @property
    def housekeeping(self) -> bool:
        return self.about is About.ORGANISATION


_WORK: Final = Traits(About.WORK)
_MAJOR: Final = Traits(About.WORK, major=True)
_END: Final = Traits(About.WORK, major=True, ends=True, hear=True)
_TALK: Final = Traits(About.TALK)
_ORGANISATION: Final = Traits(About.ORGANISATION)
_REPORTED: Final = Traits(About.MONITORING)

TRAITS: Final[Mapping[Kind, Traits]] = MappingProxyType(
    {
        Kind.NOTE: _WORK,
        Kind.STARTED: _MAJOR,
        Kind.DETECTED: _MAJOR,
        Kind.DECLARED: _MAJOR,
        Kind.SEVERITY: _WORK,
        Kind.IMPACT: _WORK,
        Kind.FIELD: _ORGANISATION,
        Kind.PHASE: _WORK,
        Kind.ROLE_TAKEN: _ORGANISATION,
        Kind.ROLE_LEFT: _ORGANISATION,
        Kind.FIXED: _MAJOR,
        Kind.RESOLVED: _END,
        Kind.REOPENED: Traits(About.WORK, major=True, hear=True),
        Kind.CANCELLED: _END,
        Kind.SNOOZED: _ORGANISATION,
        Kind.TASK_GIVEN: _WORK,
        Kind.TASK_PASSED: _WORK,
        Kind.TASK_DONE: _WORK,
        Kind.CHECKED: _WORK,
        Kind.UNCHECKED: _WORK,
        Kind.PROPOSED: _WORK,
        Kind.TESTS_ASKED: _WORK,
        Kind.TEST_EXCEPTION: _MAJOR,
        Kind.TEST_PASSED: _MAJOR,
        Kind.TEST_FAILED: _MAJOR,
        Kind.MERGED: _END,
        Kind.CHANGE_MERGED: _MAJOR,
        Kind.CHANGE_REVERTED: _MAJOR,
        Kind.CHANNEL: _ORGANISATION,
        Kind.ANNOUNCED: _ORGANISATION,
        Kind.STAKEHOLDER: _ORGANISATION,
        Kind.UPDATE: _TALK,
        Kind.NO_UPDATE: _TALK,
        Kind.ALERTS_CHANGED: _REPORTED,
        Kind.ALERTS_CLEARED: Traits(About.MONITORING, major=True),
        Kind.ALERTS_AGAIN: Traits(About.MONITORING, major=True),
        Kind.PAGED: _ORGANISATION,
        Kind.ACKNOWLEDGED: _ORGANISATION,
    }
)
"""How each kind is worded is in ``templates/_events.md.j2``."""

ENDS: Final = tuple(kind for kind, traits in TRAITS.items() if traits.ends)
HEARD: Final = tuple(kind for kind, traits in TRAITS.items() if traits.hear)
"""The kinds that end the incident, and those that every audience must hear of."""

if _without := [kind.name for kind in Kind if kind not in TRAITS]:
    raise LookupError(f"no row in TRAITS: {', '.join(_without)}")


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """
    One line of the timeline.

    ``id`` is the call's: ``1042``, or ``1042.1`` for the second command of a comment; empty for what was done
    by hand. ``what`` is the kind's main value (a severity, a phase, a role), ``who`` the login concerned,
    ``text`` what a person wrote. ``by_hand``: done to the issue's labels or state, not said. ``external``: it
    happened outside of the team (S53). ``captured_by`` put another person's comment here (S54), whose words may
    be ``withheld``; ``corrected_by`` changed another person's note. ``author_id`` is the account of who wrote it.
    """

    id: str
    kind: Kind
    occurred: Moment
    recorded_at: datetime
    author: str
    url: TrackerUrl
    what: str = ""
    who: str = ""
    text: str = ""
    major: bool = False
    by_hand: bool = False
    external: bool = False
    captured_by: str = ""
    corrected_by: str = ""
    author_id: int = 0
    withheld: Withheld | None = None

    @property
    def by_settings(self) -> bool:
        """Whether the team's settings said it, and no person."""
        return self.author == SETTINGS.login and not self.author_id

    @property
    def writer(self) -> Person:
        """Whose words it is."""
        return Person(self.author_id, self.author)

    @property
    def backdated(self) -> bool:
        """Whether it was recorded noticeably later than it occurred (S55)."""
        return self.recorded_at - self.occurred.at >= timedelta(minutes=2)

    @property
    def short_id(self) -> str:
        """What people type to name it: the last digits of the comment's number."""
        comment, _, ordinal = self.id.partition(".")
        return comment[-4:] + (f".{ordinal}" if ordinal else "")


def entry_of(
    origin: Origin, kind: Kind, occurred: Moment | None = None, *, what: str = "", who: str = "", text: str = ""
) -> TimelineEntry:
    """Make a timeline entry; it occurred when it was said or done unless told otherwise."""
    return TimelineEntry(
        id=origin.id,
        kind=kind,
        occurred=occurred or Moment(origin.at),
        recorded_at=origin.at,
        author=origin.by,
        url=origin.url,
        what=what,
        who=who,
        text=text,
        major=kind.traits.major,
        by_hand=origin.by_hand,
        author_id=origin.by_id,
    )


def in_order(entries: Iterable[TimelineEntry]) -> tuple[TimelineEntry, ...]:
    """Sort by when things occurred; what was recorded first comes first at the same time."""
    return tuple(sorted(entries, key=lambda entry: (entry.occurred.at, entry.recorded_at)))


class Timeline(Pages[TimelineEntry]):
    """The entries in the order of recording; found by their kind, or by how people name them."""

    __slots__ = ()

    @staticmethod
    def keys_of(one: TimelineEntry) -> tuple[str, ...]:
        comment = one.id.partition(".")[0]
        captured = (one.url,) if one.captured_by else ()
        return comment[-_LONG:], comment[-_SHORTEST:], *captured, one.kind

    @staticmethod
    def counted_as(one: TimelineEntry) -> Kind:
        return one.kind

    def named(self, name: str) -> list[TimelineEntry]:
        """
        Return the entries that ``name`` means: a comment's URL, its number, or the last digits of it.

        Several when it is not clear which one; none when nothing fits.
        """
        found = _NAME.fullmatch(name.strip(_AROUND))
        if found is None:
            return []
        wanted, ordinal = found["comment"], found["ordinal"] or "0"
        near = self.of(wanted[-_LONG:])
        fitting = [entry for entry in near if _ends(entry.id.partition(".")[0], wanted)]
        exact = [entry for entry in fitting if (entry.id.partition(".")[2] or "0") == ordinal]
        return exact if exact or found["ordinal"] else fitting


def comments_named(thread: ThreadContext, name: str) -> Sequence[Comment]:
    """Return the comments that ``name`` means: one's URL, its number, or the last digits of it."""
    found = _NAME.fullmatch(name.strip(_AROUND))
    if found is None or found["ordinal"] is not None:
        return ()
    wanted = found["comment"]
    if len(wanted) >= _SHORTEST:
        return thread.ending_in(wanted)
    one = thread.comment(int(wanted))
    return (one,) if one is not None and str(one.id) == wanted else ()


def _ends(comment: str, wanted: str) -> bool:
    return comment == wanted or (len(wanted) >= _SHORTEST and comment.endswith(wanted))
