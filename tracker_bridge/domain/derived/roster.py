"""Who is in an incident: every needed role, held or not, then whatever else is held (S36, S39)."""

from dataclasses import dataclass

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.roles import AnyRole, Role


@dataclass(frozen=True, slots=True)
class Member:
    """
    Somebody in a role, for these ``audiences`` if the role is for any.

    ``partial``: they test, and work on the fix as well (S20, S107).
    """

    login: str
    audiences: tuple[str, ...]
    partial: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A role and who holds it; nobody does where it is needed and open."""

    role: AnyRole
    members: tuple[Member, ...]


def roster(incident: Incident) -> tuple[Line, ...]:
    """Return a line for each role, in the order of the roles; of open roles only while it is active."""
    open_roles = incident.unfilled if incident.active else ()
    lines = (Line(role, _members(incident, role)) for role in incident.rules.every_role)
    return tuple(line for line in lines if line.members or line.role in open_roles)


def _members(incident: Incident, role: AnyRole) -> tuple[Member, ...]:
    holders = incident.people.holders(role)
    partial = incident.partial_testers if role is Role.TESTER and holders else ()
    return tuple(
        Member(
            login,
            tuple(one.audience for one in holders if one.login == login and one.audience),
            partial=login in partial,
        )
        for login in incident.people.logins(role)
    )
