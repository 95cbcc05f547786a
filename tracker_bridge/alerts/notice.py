"""What a monitoring says, whichever it is: the values that every sender's payload becomes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Member:
    """
    One alert of a group. ``id`` is the sender's, and any text; ``name`` tells it from the others for a reader.

    A sender that tells of one thing at a time has one member, whose ``id`` is empty.
    """

    id: str
    firing: bool
    name: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """
    News of one group of alerts, or of one alert. ``key`` is what the sender knows it by over its whole life.

    ``labels`` are those that all members share. ``severity`` is the sender's word. ``complete``: members that are
    not listed fire no more. ``caution``: why the end does not mean that all is well; empty if it may. ``test``: a
    person pressed a button. ``at`` is when it happened, as far as the sender tells.
    """

    key: str
    title: str
    members: tuple[Member, ...]
    text: str = ""
    severity: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    started: datetime | None = None
    at: datetime | None = None
    complete: bool = True
    caution: str = ""
    test: bool = False
    url: str = ""

    @property
    def firing(self) -> bool:
        """Whether anything in it fires."""
        return any(member.firing for member in self.members)


@dataclass(frozen=True, slots=True)
class Told:
    """What a payload tells: notices, or why there is nothing in it for us."""

    notices: tuple[Notice, ...] = ()
    nothing: str = ""


def single(*, firing: bool, name: str = "", since: datetime | None = None) -> tuple[Member, ...]:
    """Return the members of what a sender tells of one thing at a time."""
    return (Member("", firing, name, since),)


def hashed(*parts: str) -> str:
    """Return 20 hexadecimal digits for texts of any length and letters, also such as cannot be encoded."""
    joined = "\n".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:20]
