"""
Issues of other projects: how a text and a document's key name them, and how many people see them.

An empty project stands for the one that is spoken in.
"""

import hashlib
import re
from dataclasses import replace
from enum import IntEnum
from typing import Final

from tracker_bridge.domain.issue.issue import IssueRef

_SEGMENT: Final = r"(?!\.{1,2}(?:[/#]|$))[\w.-]+"
NAMED: Final = re.compile(rf"(?P<project>{_SEGMENT}(?:/{_SEGMENT})+)?#(?P<number>[1-9][0-9]{{0,8}})", re.ASCII)
"""``#12``, or ``acme/web#12``."""
NAMED_IN_TEXT: Final = re.compile(rf"(?<![\w/#.-]){NAMED.pattern}\b", re.ASCII)
PROJECT: Final = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})+", re.ASCII)

_PLAIN: Final = re.compile(r"[^a-z0-9._]")
_SPELLED: Final = re.compile(r"\+([0-9a-f]{2})")
_ABROAD: Final = ".in."
_HEX: Final = 16
_FOR_OTHERS: Final = frozenset({"opened", "alert", "new"})
"""Kinds of documents that open incidents."""


class Visibility(IntEnum):
    """Who may see a project, most people first: everybody, everybody who has an account, or its members."""

    PUBLIC = 0
    INTERNAL = 1
    PRIVATE = 2


PUBLIC: Final = -1
"""Stands for the number of an issue for everyone, when it is asked whether there may be one,"""
PRIVATE: Final = -2
"""and for that of an incident in the private project."""

CLOSEST: Final = max(Visibility) + 1
"""How closed a confidential issue is: not every member sees it."""


def closedness(project: Visibility, *, confidential: bool) -> int:
    """Return how closed an issue is; what is told of one must not be read in one that is less so."""
    return CLOSEST if confidential else project


def name_of(project: str, number: int) -> str:
    """Return how an issue is named: ``12``, or ``acme/web#12``."""
    return f"{project}#{number}" if project else str(number)


def named(name: str) -> tuple[str, int]:
    """Return the project and the number that :func:`name_of` made a name of."""
    project, _, number = name.rpartition("#")
    return project, int(number)


def seen_from(ref: IssueRef, project: str) -> str:
    """Return how an issue is named in a text that stands in a project, or in its own one."""
    return name_of(ref.project if project else "", ref.number)


def spelled(project: str) -> str:
    """Return a project as a part of a document's key, which has no capitals and no slashes."""
    return _PLAIN.sub(lambda sign: f"+{ord(sign[0]):02x}", project)


def suffix(project: str) -> str:
    """Return what a key ends in that concerns another project; nothing for its own."""
    return f"{_ABROAD}{spelled(project)}" if project else ""


def project_in(key: str) -> str:
    """Return the project that a key concerns, as :func:`suffix` wrote it; empty for its own."""
    return _SPELLED.sub(lambda code: chr(int(code[1], 16)), key.partition(_ABROAD)[2])


def opened_for(key: str) -> str:
    """Return the project for which an issue was opened in private, by its marker; empty for none."""
    kind = re.split("[:.]", key, maxsplit=1)[0]
    return project_in(key) if kind in _FOR_OTHERS else ""


def ref_of(here: IssueRef, key: str, number: int) -> IssueRef:
    """Return the issue of that number which a key of ``here`` is about."""
    return replace(here, number=number, project=project_in(key) or here.project)


def digest(project: str) -> str:
    """Return what tells a project from others where only hexadecimal digits may stand, after a dot."""
    return f".{hashlib.sha256(project.casefold().encode()).hexdigest()[:_HEX]}" if project else ""
