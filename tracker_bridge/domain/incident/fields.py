"""What a team records of its incidents beside what every incident has: fields of its own, and their values."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final

from tracker_bridge.domain.incident.times import BadTime, parse_day
from tracker_bridge.domain.issue.issue import TrackerUrl
from tracker_bridge.domain.issue.spelling import mistyped

MAX_VALUE: Final = 400
"""Characters of a value."""

NOTHING: Final = "none"
"""What people write to take a value away."""

_GLUED: Final = re.compile(r"^([\w-]+)=(?=\S)")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,6})?", re.ASCII)


class FieldKind(StrEnum):
    """What can stand in a field."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Field:
    """
    A field of a team: ``name`` is what people type, ``title`` what is shown.

    ``choices`` are those of a choice. ``question`` is the heading in the issue form whose answer is its value, and
    ``issue_field`` the name of the forge's own field that has it; empty for none.
    """

    name: str
    title: str
    kind: FieldKind = FieldKind.TEXT
    choices: tuple[str, ...] = ()
    question: str = ""
    issue_field: str = ""

    @property
    def form(self) -> str:
        """What to put in, for a line to be filled in."""
        return {FieldKind.NUMBER: "number", FieldKind.DATE: "date"}.get(self.kind, "value")


@dataclass(frozen=True, slots=True)
class FieldValue:
    """
    What stands in the field ``name``, empty for nothing. ``by`` said so ``at`` that time; it is in the forge's own
    field where both are missing.
    """

    name: str
    value: str
    url: TrackerUrl
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a value cannot stand in a field, and those that were perhaps meant."""

    reason: str
    meant: tuple[str, ...] = ()


def leading_field(fields: Iterable[Field], text: str) -> tuple[Field | None, str]:
    """Split ``customer tier: gold``: the field, by its name or its title, and what follows it."""
    words = _GLUED.sub(r"\1 ", text, count=1).split()
    spelled = {one.title.casefold(): one for one in fields} | {one.name: one for one in fields}
    for count in range(min(len(words), 8), 0, -1):
        said = " ".join(words[:count]).casefold().rstrip(":=")
        found = spelled.get(said) or spelled.get(said.replace(" ", "-").replace("_", "-"))
        if found is not None:
            rest = words[count:]
            return found, " ".join(rest[1:] if rest[:1] in (["="], [":"]) else rest)
    return None, text


def fitting(field: Field, text: str, said_at: datetime, zone: tzinfo) -> str | Unfit:
    """Return the value as it is kept: a choice as it is spelled in the settings, a day as ``2026-12-01``."""
    if len(text) > MAX_VALUE:
        return Unfit(f"a value has at most {MAX_VALUE} characters")
    match field.kind:
        case FieldKind.NUMBER if not _NUMBER.fullmatch(text):
            return Unfit(f"{field.title} is a number, like `3` or `12.5`", _number_in(text))
        case FieldKind.CHOICE:
            return _choice(field, text)
        case FieldKind.DATE:
            day = parse_day(text, said_at, zone)
            return Unfit(day.reason) if isinstance(day, BadTime) else day.isoformat()
    return text


def _number_in(text: str) -> tuple[str, ...]:
    """Return the only number among other words; of two signs inside one, nobody knows what they are."""
    found = [word for word in text.replace("%", " ").split() if _NUMBER.fullmatch(word)]
    return tuple(found) if len(found) == 1 else ()


def _choice(field: Field, text: str) -> str | Unfit:
    spelled = {one.casefold(): one for one in field.choices}
    if found := spelled.get(text.casefold()):
        return found
    near = mistyped(text.casefold(), spelled)
    known = ", ".join(f"`{one}`" for one in field.choices)
    return Unfit(f"{field.title} is one of {known}", tuple(spelled[one] for one in near))


def with_value(values: tuple[FieldValue, ...], value: FieldValue) -> tuple[FieldValue, ...]:
    """Return ``values`` with ``value`` in the place of what stood in its field; an empty one says that it is."""
    return (*(one for one in values if one.name != value.name), value)
