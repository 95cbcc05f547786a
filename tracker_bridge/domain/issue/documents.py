"""
Every document that the bridge writes, in one table: the kind that its key begins with, and its templates.

A document without a row is not sent, so that none is written which nobody would ever remove.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

STATUS: Final = "status"
SUMMARY: Final = "summary"
REPORTED: Final = "reported"
MAINTENANCE: Final = "maintenance"
COMMUNICATIONS: Final = "communications"
TIMELINE: Final = "timeline"
RECEIPTS: Final = "receipts"
PUBLIC_ISSUE: Final = "public"
"""The issue for everyone, of an incident that is run in private."""
UNREACHABLE: Final = "unreachable"
"""What is said where nothing can be read; it goes when it can."""
PAGE: Final = "page"
"""A page of a document that has an issue of its own; the look at the incident keeps it, no other."""

LINKED: Final = frozenset({STATUS, SUMMARY, COMMUNICATIONS})
"""The keys of documents that others link to."""

_KIND: Final = re.compile("[a-z]+")


class Per(StrEnum):
    """What there is one document of a kind for."""

    INCIDENT = "incident"
    COMMENT = "comment"
    SLOT = "slot of a reminder"
    ISSUE = "other issue"
    PAGE = "page"
    MONTH = "month"


class Placement(StrEnum):
    """Where a document stands."""

    THREAD = "a comment of the incident's thread"
    ELSEWHERE = "another issue, or a comment there"
    FORGE = "the forge's own timeline"


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """
    One kind of document. ``templates`` are those of which one makes it, without their ending.

    ``passing``: it goes when there is no reason for it any more, whatever was lost. ``stays``: nobody takes it
    back for what was said in the past, although the incident goes on. ``answers``: it answers a comment, which
    its key names; most of these mention somebody.
    ``about``: of a document that needs nothing but its template and the incident, which is above this room, what
    its key names; it is not wanted while that is empty.
    """

    kind: str
    per: Per
    templates: tuple[str, ...]
    place: Placement = Placement.THREAD
    passing: bool = False
    stays: bool = False
    answers: bool = False
    about: Callable[[Any], object] | None = None


def _answer(kind: str, *templates: str, passing: bool = False, stays: bool = False) -> DocumentKind:
    return DocumentKind(kind, Per.COMMENT, templates or (kind,), passing=passing, stays=stays, answers=True)


_TOLD: Final = (
    "linked",
    "merged",
    "told_action",
    "told_communications",
    "told_postmortem",
    "told_public",
    "told_timeline",
)

DOCUMENTS: Final = (
    DocumentKind(STATUS, Per.INCIDENT, ("status",)),
    DocumentKind(SUMMARY, Per.INCIDENT, ("summary",)),
    DocumentKind(REPORTED, Per.INCIDENT, ("reported",), passing=True),
    DocumentKind(MAINTENANCE, Per.INCIDENT, ("maintenance",), passing=True),
    DocumentKind(COMMUNICATIONS, Per.INCIDENT, ("communications",), stays=True),
    DocumentKind(RECEIPTS, Per.PAGE, ("receipts",), passing=True),
    DocumentKind(UNREACHABLE, Per.INCIDENT, ("unreachable",)),
    DocumentKind("settings", Per.INCIDENT, ("settings",), passing=True),
    DocumentKind("withdrawn", Per.COMMENT, ("withdrawn",), about=lambda incident: incident.ending.withdrawn),
    DocumentKind("linked", Per.ISSUE, _TOLD, stays=True),
    DocumentKind("private", Per.COMMENT, ("told_private",), stays=True),
    DocumentKind("moved", Per.INCIDENT, ("moved",)),
    DocumentKind("today", Per.INCIDENT, ("today",)),
    DocumentKind("nudge", Per.SLOT, ("nudge",), passing=True),
    _answer("duty", stays=True),
    _answer("refusal", passing=True),
    _answer("help"),
    _answer("show"),
    _answer("early"),
    _answer("brief"),
    _answer("catchup"),
    _answer("export"),
    _answer("test"),
    _answer("reading"),
    _answer("warning", "conflict"),
    _answer("succession"),
    DocumentKind("opened", Per.ISSUE, ("new_incident", "private_incident"), Placement.ELSEWHERE),
    DocumentKind(PUBLIC_ISSUE, Per.INCIDENT, ("public",), Placement.ELSEWHERE),
    DocumentKind("merged", Per.ISSUE, ("merged_here",), Placement.ELSEWHERE),
    DocumentKind("unmerged", Per.ISSUE, ("unmerged_here",), Placement.ELSEWHERE),
    DocumentKind("related", Per.ISSUE, ("related_here",), Placement.ELSEWHERE),
    DocumentKind("action", Per.ISSUE, ("action",), Placement.ELSEWHERE),
    DocumentKind("dropped", Per.ISSUE, ("dropped",), Placement.ELSEWHERE),
    DocumentKind("postmortem", Per.INCIDENT, ("postmortem",), Placement.ELSEWHERE),
    DocumentKind(TIMELINE, Per.INCIDENT, ("timeline",), Placement.ELSEWHERE),
    DocumentKind(PAGE, Per.PAGE, ("communications", "timeline"), Placement.ELSEWHERE),
    DocumentKind("report", Per.MONTH, ("report",), Placement.ELSEWHERE),
    DocumentKind("new", Per.ISSUE, ("alert",), Placement.ELSEWHERE),
    DocumentKind("repeats", Per.ISSUE, ("alert",), Placement.ELSEWHERE),
    DocumentKind("alert", Per.ISSUE, ("alert", "alerts"), Placement.ELSEWHERE),
    DocumentKind("milestone", Per.INCIDENT, ("milestone",), Placement.FORGE),
)

KINDS: Final = frozenset(one.kind for one in DOCUMENTS if one.place is Placement.THREAD)
"""The kinds that a thread may contain; comments of ours of any other kind are left alone."""

ANSWERS: Final = frozenset(one.kind for one in DOCUMENTS if one.answers)
PASSING: Final = frozenset(one.kind for one in DOCUMENTS if one.passing)
STAYING: Final = frozenset(one.kind for one in DOCUMENTS if one.stays)

_ALL: Final = frozenset(one.kind for one in DOCUMENTS)


def is_registered(key: str) -> bool:
    """Whether a document with such a key is in the table: ``duty:1042.alice``, ``action.7.1:from.3``."""
    found = _KIND.match(key)
    return found is not None and found[0] in _ALL
