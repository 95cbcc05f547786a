"""The people of an incident: who opened it, and who holds which role."""

from collections.abc import Iterable
from dataclasses import dataclass
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
    """``author`` opened the issue. ``opener`` declared it; while nobody has, that is the author."""

    opener: Person
    author: Person = NOBODY
    roles: tuple[RoleAssignment, ...] = ()
    vacancy: Vacancy | None = None
    conflicts: tuple[Conflict, ...] = ()

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
        return any(is_same_account(h.who, person) for h in (self.holders(*roles) if roles else self.roles))

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
