"""
The roles of an incident (S8-S21), the names people use for them, and who holds them.

A person may hold several (S9); most roles may have many holders (S10, S11, S21); only the Incident Lead and
the Technical Lead are one at a time (S13).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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


ALIASES: dict[Role, tuple[str, ...]] = {
    Role.INCIDENT_LEAD: ("lead", "ic", "incident-commander", "commander", "captain"),
    Role.TECHNICAL_LEAD: ("tech-lead", "tl", "sme", "ops-lead"),
    Role.TECHNICAL_ASSIST: ("assist", "ta", "deputy"),
    Role.SCRIBE: ("scribe", "notes"),
    Role.COMMUNICATION_LEAD: ("comms", "cl", "communications-lead", "liaison"),
    Role.TESTER: ("tester", "testers", "qa"),
}

_BY_NAME = {name: role for role in Role for name in (role.value, *ALIASES[role])}


def find_role(name: str) -> Role | None:
    """Find a role by its name or an alias, whatever the case; spaces and underscores pass for hyphens."""
    return _BY_NAME.get(name.casefold().replace(" ", "-").replace("_", "-"))


def leading_role(text: str) -> tuple[Role | None, str]:
    """Split ``communication lead external``: the role, in two words or one, and what follows it."""
    words = text.split()
    for count in (2, 1):
        role = find_role(" ".join(words[:count]).rstrip(":,;.!"))
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

    role: Role
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
