"""
The gaps in our own lines, taken for what should stand in them.

People copy a line from an answer as it stands: ``note <text>``, or ``role lead @somebody`` as older answers have
it. Whatever a command would record of it is looked at, so that the words themselves can stand in any sentence.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Final

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.pages import Pages
from tracker_bridge.domain.issue.patterns import at_first_use

PLACEHOLDERS: Final = (
    r"AUDIENCE|COMMENT|COST|DATE|ENTRY|HOW|LENGTH|MANY|NAME|NOTE|NUMBER|RESULT|ROLE|SEVERITY|TEXT|TIME|TITLE|VERB|"
    r"WHAT|WHERE|WHO|WHY"
)
"""What older answers printed, in capitals, where something was to be filled in."""

NOBODY: Final = frozenset({"somebody", "someone", "who"})
"""The people of those answers."""

_FORM = at_first_use(r"<[A-Za-z0-9][A-Za-z0-9,|' -]*>")
_WORD = at_first_use(rf"\b(?:{PLACEHOLDERS})\b")
_PERSON = at_first_use(rf"(?<![\w.])@(?:{'|'.join(sorted(NOBODY))})(?![\w/-])", re.IGNORECASE)
_AROUND = at_first_use(r"--[a-z]+|\w+(?:\|\w+)+|[\s\[\](){}|.,:;#@*_'\"`-]")
_UNSAID: Final = frozenset({"replies", "duties", "rules", "comments", "unfit"})
"""Fields of an incident that hold what is answered, and nothing that is told about it."""


def gaps(line: str, said: str = "") -> bool:
    """Whether there are gaps in a line of ours, other than what looks like one and was ``said``."""
    return any(gap not in said for gap in _FORM.findall(line))


def left_open(before: Incident, after: Incident, said: str) -> str:
    """Return the placeholder in ``said`` that makes up all of a value that would be recorded; empty for none."""
    found = _FORM.search(said) or _WORD.search(said) or ("@" in said and _PERSON.search(said))
    if not found:
        return ""
    return next((value for value in _new_values(before, after) if _is_open(value, said)), "")


def _is_open(value: str, said: str) -> bool:
    if value.casefold() in NOBODY and f"@{value}".casefold() in said.casefold():
        return True
    shouted = value if value in said else value.upper()  # names of audiences are kept in small letters
    rest = _WORD.sub("", _FORM.sub("", shouted))
    return rest != shouted and shouted in said and not _AROUND.sub("", rest)


def _new_values(before: Any, after: Any) -> Iterator[str]:
    for field in fields(after):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if new is old or new == old or field.name in _UNSAID:
            continue
        if is_dataclass(new) and type(new) is type(old):
            yield from _new_values(old, new)
        elif isinstance(new, Pages):
            yield from _texts(new.new_to(old))
        else:
            known = set(map(id, old)) if isinstance(old, tuple) else set()
            fresh = [one for one in new if id(one) not in known] if isinstance(new, tuple) else [new]
            yield from _texts(fresh)


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield from () if isinstance(value, Enum) else (value,)
        elif isinstance(value, tuple):
            lines = [one for one in value if isinstance(one, str)]  # a message, and no line of it for itself
            yield from (" ".join(lines),) if lines else _texts(value)
        elif is_dataclass(value) and not isinstance(value, type):
            yield from _texts(getattr(value, field.name) for field in fields(value))
