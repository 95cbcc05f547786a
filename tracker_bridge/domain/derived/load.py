"""Who carries the load: how often people led technically, assisted, or kept the notes, over many incidents."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tracker_bridge.domain.derived.roster import everybody
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.domain.incident.roles import AnyRole, Role

HEAVY: Final = (Role.TECHNICAL_LEAD, Role.TECHNICAL_ASSIST, Role.SCRIBE)
"""The roles that keep someone busy for as long as an incident goes on."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody held ``role`` in an incident, for however long."""

    role: AnyRole
    case: Case


@dataclass(frozen=True, slots=True)
class Load:
    """What one person did. ``turns`` are in the order of :data:`HEAVY`, then of the incidents."""

    login: str
    turns: tuple[Turn, ...]

    def count(self, role: AnyRole) -> int:
        """In how many incidents they held ``role``."""
        return sum(one.role is role for one in self.turns)


def load(cases: Iterable[Case]) -> tuple[Load, ...]:
    """Return everyone who held a heavy role, whoever held the most first; a role counts once in an incident."""
    named: dict[str, str] = {}
    turns: dict[str, dict[tuple[AnyRole, str], Turn]] = {}
    for case in cases:
        for part in everybody(case.incident):
            if part.role in HEAVY and not part.login.endswith("[bot]"):
                login = named.setdefault(part.login.casefold(), part.login)
                turns.setdefault(login, {}).setdefault((part.role, str(case.incident.ref)), Turn(part.role, case))
    found = [
        Load(login, tuple(sorted(held.values(), key=lambda one: HEAVY.index(Role(one.role.value)))))
        for login, held in turns.items()
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.turns), one.login.casefold())))
