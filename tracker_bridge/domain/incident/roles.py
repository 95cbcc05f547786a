"""
The roles of an incident (S8-S21), the names people use for them, and who holds them.

A person may hold several (S9); most roles may have many holders (S10, S11, S21); only the Incident Lead and
the Technical Lead are one at a time (S13).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tracker_bridge.domain.issue.issue import Person, TrackerUrl
from tracker_bridge.domain.issue.spelling import after_break


class Role(StrEnum):
    """The value is what people type, and what settings name."""

    INCIDENT_LEAD = "incident-lead"
    TECHNICAL_LEAD = "technical-lead"
    TECHNICAL_ASSIST = "technical-assist"
    SCRIBE = "scribe"
    COMMUNICATION_LEAD = "communication-lead"
    TESTER = "tester"

    @property
    def words(self) -> str:
        """As it is printed: ``Incident Lead``."""
        return self.value.replace("-", " ").title()

    @property
    def short(self) -> str:
        """The shortest name that people can type, as the suggested lines print it."""
        return ALIASES[self][0]

    @property
    def single(self) -> bool:
        """Whether a second holder replaces the first (S13)."""
        return self in (Role.INCIDENT_LEAD, Role.TECHNICAL_LEAD)

    @property
    def technical(self) -> bool:
        """Whether its holders work on the fix, and so cannot test it (S20, S101)."""
        return self in (Role.TECHNICAL_LEAD, Role.TECHNICAL_ASSIST)

    @property
    def own(self) -> bool:
        """Whether it is a team's own, and not one that every incident has."""
        return False


@dataclass(frozen=True, slots=True)
class OwnRole:
    """
    A role that a team adds: ``value`` is what people type, as ``aliases`` are, ``words`` what is printed.

    ``card`` says what it means, a line each, to whoever takes it. Nobody works on the fix by holding one: whoever
    does that is Technical Lead or Assist.
    """

    value: str
    words: str
    aliases: tuple[str, ...] = ()
    card: tuple[str, ...] = ()
    single: bool = False

    @property
    def technical(self) -> bool:
        """Whether its holders work on the fix: not by holding it."""
        return False

    @property
    def own(self) -> bool:
        """Whether it is a team's own."""
        return True

    @property
    def short(self) -> str:
        """What the suggested lines print."""
        return self.value

    @property
    def names(self) -> tuple[str, ...]:
        """All that people may call it."""
        return (self.value, *self.aliases, _spelled(self.words))


AnyRole = Role | OwnRole

ALIASES: dict[Role, tuple[str, ...]] = {
    Role.INCIDENT_LEAD: ("lead", "ic", "incident-commander", "commander", "captain"),
    Role.TECHNICAL_LEAD: ("tech-lead", "tl", "sme", "ops-lead"),
    Role.TECHNICAL_ASSIST: ("assist", "ta", "deputy"),
    Role.SCRIBE: ("scribe", "notes"),
    Role.COMMUNICATION_LEAD: ("comms", "cl", "communications-lead", "liaison"),
    Role.TESTER: ("tester", "testers", "qa"),
}

_MOST_WORDS: Final = 4
"""Of a role's title."""

_BY_NAME = {name: role for role in Role for name in (role.value, *ALIASES[role])}


def _spelled(name: str) -> str:
    return name.casefold().replace(" ", "-").replace("_", "-")


_AROUND: Final = ":,;.!\"'`*_“”‘’()"
"""Signs around the name of a role: quotation marks, bold, code, the end of a sentence."""


def find_role(name: str, own: Iterable[OwnRole] = ()) -> AnyRole | None:
    """
    Find a role by its name or an alias, whatever the case; spaces and underscores pass for hyphens.

    ``own`` are those that the team has added.
    """
    wanted = _spelled(name)
    return _BY_NAME.get(wanted) or next((role for role in own if wanted in role.names), None)


def role_names(own: Iterable[OwnRole]) -> tuple[str, ...]:
    """Return every name of every role."""
    return (*_BY_NAME, *(name for role in own for name in role.names))


def leading_role(text: str, own: Sequence[OwnRole] = ()) -> tuple[AnyRole | None, str]:
    """Split ``communication lead external``: the role, in several words or one, and what follows it."""
    words = text.split()
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        role = find_role(" ".join(words[:count]).strip(_AROUND), own)
        if role is not None:
            return role, after_break(" ".join(words[count:]))
    return None, text


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """
    Somebody holds a role: a person or a team (S11).

    ``by`` arranged it: the holder too, as a volunteer. ``implied`` marks the opener, who is Technical Lead until
    somebody says otherwise (S98-S100).
    """

    role: AnyRole
    who: Person
    by: Person
    since: datetime
    comment: int
    url: TrackerUrl
    audience: str = ""
    implied: bool = False

    @property
    def login(self) -> str:
        """As it is printed, without ``@``; a team's has a slash, or is a group's."""
        return self.who.login

    @property
    def volunteered(self) -> bool:
        """Whether the holder took the role, instead of being given it."""
        return is_same_account(self.by, self.who)


def is_same(login: str, other: str) -> bool:
    """Whether two logins are one account's, of one moment; both forges ignore the case."""
    return login.casefold() == other.casefold()


def is_same_account(one: Person, other: Person) -> bool:
    """
    Whether they are one account: by their ids, as a login may be somebody else's by now.

    Only where the forge did not tell one of the ids, the logins decide. A team is no person of the same name.
    """
    if one.id and other.id:
        return one.id == other.id
    return one.team == other.team and is_same(one.login, other.login)
