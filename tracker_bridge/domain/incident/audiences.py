"""Whom the communications are for (S4, S73-S75): a team's audiences, as the rules and the thread name them."""

import re
from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker_bridge.domain.incident.conditions import ALWAYS, Condition

if TYPE_CHECKING:
    from tracker_bridge.domain.incident.incident import Incident

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_BETWEEN = re.compile(r"[\s,/&+]+(?:and[\s,]+)?")


class Reach(StrEnum):
    """Every communication is either internal or external (S4)."""

    INTERNAL = "internal"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Audience:
    """
    ``name`` is one lower-case word. ``via`` are the channels on which it is told, in free form (S3). ``timezone``
    is where they are, for the times of drafts. ``deadlines``: how long after the detection it has to have been
    told something at the latest, shortest first, where ``when`` holds; it is told by these, and not every hour.
    """

    name: str
    reach: Reach
    via: tuple[str, ...] = ()
    timezone: tzinfo = UTC
    deadlines: tuple[timedelta, ...] = ()
    when: Condition = ALWAYS


AUDIENCES = (
    Audience("internal", Reach.INTERNAL),
    Audience("external", Reach.EXTERNAL),
    Audience("management", Reach.INTERNAL),
)
"""Those who use the systems inside, customers, and upper management (S75)."""


def is_audience_name(text: str) -> bool:
    """Whether ``text`` can be an audience's name."""
    return _NAME.fullmatch(text) is not None


def audience_words(text: str) -> tuple[str, ...]:
    """Split ``internal, external and management`` as people write several audiences; no doubles."""
    words = (word.rstrip(".:;!") for word in _BETWEEN.split(text.casefold()))
    return tuple(dict.fromkeys(word for word in words if word))


def audiences(incident: "Incident") -> tuple[Audience, ...]:
    """Return every audience there is: the rules', and those named in the thread."""
    return tuple({one.name: one for one in (*incident.rules.audiences, *incident.comms.audiences)}.values())


def find_audience(incident: "Incident", name: str) -> Audience | None:
    """Return the audience of that name."""
    return next((one for one in audiences(incident) if one.name == name.casefold()), None)
