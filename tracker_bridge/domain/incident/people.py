"""The people of an incident: who opened it, and who holds which role."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tracker_bridge.domain.incident.roles import AnyRole, RoleAssignment, is_same_account
from tracker_bridge.domain.issue.issue import NOBODY, Person, TrackerUrl


@dataclass(frozen=True, slots=True)
class Conflict:
    """The tester ``who`` made the change at ``url`` that is merged, and so tests their own work (S20, S107)."""

    who: Person
    url: TrackerUrl


@dataclass(frozen=True, slots=True)
class Vacancy:
    """The Technical Lead ``who`` stepped off, and nobody was named instead (S14)."""

    comment: int
    who: Person
    at: datetime
    url: TrackerUrl


@dataclass(frozen=True, slots=True)
class People:
    """
    ``author`` opened the issue. ``opener`` declared it; while nobody has, that is the author. ``teams``: who is in
    the teams among them, by their names, case-folded, as far as the forge says.
    """

    opener: Person
    author: Person = NOBODY
    roles: tuple[RoleAssignment, ...] = ()
    vacancy: Vacancy | None = None
    conflicts: tuple[Conflict, ...] = ()
    teams: Mapping[str, tuple[Person, ...]] = field(default_factory=dict, compare=False)

    def holders(self, *roles: AnyRole) -> tuple[RoleAssignment, ...]:
        """Who holds any of ``roles``, in the order in which they took them."""
        return tuple(assignment for assignment in self.roles if assignment.role in roles)

    def logins(self, *roles: AnyRole) -> tuple[str, ...]:
        """Who holds any of ``roles``, each person once."""
        return tuple(dict.fromkeys(assignment.login for assignment in self.holders(*roles)))

    def holds(self, who: Person | str, *roles: AnyRole) -> bool:
        """
        Whether an account holds any of ``roles``; any role at all when none is named.

        A login will do only where no right depends on the answer.
        """
        person = Person(0, who) if isinstance(who, str) else who
        return any(self.stands_for(person, h.who) for h in (self.holders(*roles) if roles else self.roles))

    def stands_for(self, who: Person, holder: Person) -> bool:
        """Whether ``who`` is the ``holder`` of something, or in the team that is (S11)."""
        if is_same_account(who, holder):
            return True
        return (
            holder.team and not who.team and any(is_same_account(one, who) for one in self.members(holder.login))
        )

    def members(self, team: str) -> tuple[Person, ...]:
        """Return who is in a team; nobody of a person's name, nor where the forge does not say."""
        return self.teams.get(team.casefold(), ())

    def unseen(self, holder: Person) -> bool:
        """Whether it is a team of which the forge does not say who is in it."""
        return holder.team and holder.login.casefold() not in self.teams

    @property
    def overloaded(self) -> tuple[str, ...]:
        """People who hold most of the roles (S6, S116); nobody while only few are filled."""
        counts: dict[str, set[AnyRole]] = {}
        for assignment in self.roles:
            counts.setdefault(assignment.login, set()).add(assignment.role)
        return tuple(login for login, held in counts.items() if len(held) >= 4)


def without(roles: Iterable[RoleAssignment], role: AnyRole) -> tuple[RoleAssignment, ...]:
    """Return ``roles`` without the holders of ``role``."""
    return tuple(h for h in roles if h.role != role)
