"""Who is in an incident, and was: every needed role, held or not, then whatever else is held (S36, S39)."""

from dataclasses import dataclass, replace

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.roles import AnyRole, Role, find_role
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.incident.times import Moment


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


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody held ``role`` from ``since`` until ``left``; ``None`` for those who hold it still."""

    role: AnyRole
    login: str
    audience: str
    since: Moment
    left: Moment | None = None


def everybody(incident: Incident) -> tuple[Part, ...]:
    """Return who held which role from when to when, a role after the other; who took one again comes again."""
    parts: list[Part] = []
    held: dict[tuple[str, str, str], int] = {}
    for entry in incident.timeline.of(Kind.ROLE_TAKEN, Kind.ROLE_LEFT):
        role, key = find_role(entry.what, incident.rules.roles), (entry.what, entry.who.casefold(), entry.text)
        if role is None:
            continue
        if entry.kind is Kind.ROLE_TAKEN:
            held.setdefault(key, len(parts))
            parts.append(Part(role, entry.who, entry.text, entry.occurred))
        elif key in held:
            at = held.pop(key)
            parts[at] = replace(parts[at], left=entry.occurred)
        else:  # led technically from the declaration on, which is no event (S98)
            parts.append(Part(role, entry.who, entry.text, _begun(incident), entry.occurred))
    parts += [
        Part(one.role, one.login, one.audience, Moment(one.since))
        for one in incident.people.roles
        if (one.role.words, one.login.casefold(), one.audience) not in held
    ]
    order = {role: at for at, role in enumerate(incident.rules.every_role)}
    return tuple(sorted(parts, key=lambda part: (order.get(part.role, len(order)), part.since.at)))


def _begun(incident: Incident) -> Moment:
    declared = incident.times.declared
    return declared.moment if declared else Moment(incident.created_at)
