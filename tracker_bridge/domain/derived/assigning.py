"""
Who holds a role of the incident is assigned to the issue as well, once for each time that it was taken; and who is
paged for it, until somebody takes it.

What was done is remembered as acts: whom people assign, or take off, by hand stays as they want it, and who
cannot be assigned is not tried at every reconcile.
"""

import zlib
from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from tracker_bridge.domain.incident.calls import answer, current, is_claimed
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.roles import is_same
from tracker_bridge.domain.issue.issue import NOBODY

_DONE: Final = "assign"
"""We assigned this person, for that comment."""

_ON_CALL: Final = 1
"""Stands for the comment where nobody took a role, but is on call; no comment has that number."""

_THERE: Final = "found"
"""This person was assigned before, and is none of our business."""


@dataclass(frozen=True, slots=True)
class Assigning:
    """``add``, the most important first, and ``remove`` are logins; ``once_keys`` are to be remembered."""

    add: tuple[str, ...] = ()
    remove: frozenset[str] = frozenset()
    once_keys: frozenset[str] = frozenset()


def assigning(incident: Incident, assignees: Set[str], before: Set[str], *, undone: bool = False) -> Assigning:
    """
    Return whom to assign and whom to take off again; ``before`` are the acts of the reconcile before.

    ``undone``: the forge did not take it just now, so that nothing new is remembered.

    Only who was assigned by us is taken off, once, when none of these roles is left. Teams cannot be assigned.
    """
    known = frozenset(once_key for once_key in before if once_key.startswith((f"{_DONE}.", f"{_THERE}.")))
    if not incident.active:
        return Assigning(once_keys=known)
    there = {login.casefold() for login in assignees}
    ours = {once_key.rpartition(".")[2] for once_key in known if once_key.startswith(_DONE)}
    order = incident.rules.assign
    holders = sorted(incident.people.holders(*order), key=lambda one: order.index(one.role))
    held = [(one.login, one.comment) for one in holders if not one.who.team]
    held += [(login, _ON_CALL) for login in _paged(incident) if not any(is_same(login, one) for one, _ in held)]
    add: dict[str, str] = {}
    once_keys: set[str] = set()
    for login, comment in held:
        name, number = login.casefold(), _number(login)
        taken = f"{comment}.{number}"
        past = known & {f"{_DONE}.{taken}", f"{_THERE}.{taken}"}
        if name == NOBODY.login:
            continue
        if past:
            once_keys |= past
        elif name in there and number not in ours:
            once_keys.add(f"{_THERE}.{taken}")
        else:
            once_keys.add(f"{_DONE}.{taken}")
            if name not in there:
                add[name] = login
    assignment = {_number(login) for login, _ in held}
    left = frozenset(login for login in assignees if _number(login) in ours - assignment)
    return Assigning(tuple(add.values()), left, known if undone else frozenset(once_keys))


def _paged(incident: Incident) -> tuple[str, ...]:
    """Return who is paged, until somebody takes it: then it is theirs, and only who answered stays."""
    got = answer(incident)
    if got is not None:
        return () if is_claimed(incident) else (got.who,)
    paged = (login for one in current(incident) if one.pages and not one.there for login in one.logins)
    return tuple(dict.fromkeys(login for login in paged if "/" not in login))


def _number(login: str) -> str:
    """Acts hold digits only."""
    return f"{zlib.crc32(login.casefold().encode()) % 10_000:04}"
