"""
Who a command is about: the names in it, and the accounts that they turned out to be.

Names are looked up by the tracker before somebody is given anything, once; what a name was then is remembered with
the call, and stays so, whoever is called that later. Pure: what is not known yet is asked for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tracker_bridge.domain.fold.arguments import quoted
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.names import Mention, mentions
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.roles import is_same
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import NO_ACCOUNT, NOBODY, Person

_EVERYBODY: Final = frozenset({"here", "all", "channel", "everyone", "everybody", "group"})
_ONESELF: Final = frozenset({"me", "myself"})
_IN_CODE: Final = "; if it is not a person, put it in backticks"


@dataclass(frozen=True, slots=True)
class Sought:
    """
    The names in a command. Each of ``sure`` must be somebody; of ``perhaps``, what is nobody is text.

    ``prose``: they stand in a text of any kind, in which a name can be something else. ``own``: it is about who
    says it.
    """

    sure: tuple[Mention, ...] = ()
    perhaps: tuple[str, ...] = ()
    prose: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Met:
    """A call whose names are known; else why it is refused, or which of them are to be looked up first."""

    call: Invocation
    refused: Refused | None = None
    asked: frozenset[str] = frozenset()


def whom(_: Incident, call: Invocation) -> Sought:
    """Return everybody whom the command names."""
    return Sought(tuple(mentions(call.text)))


def whom_in_prose(_: Incident, call: Invocation) -> Sought:
    """Return whom a text names: what has a slash may be a team, or the name of a package."""
    found = tuple(mentions(call.text))
    scoped = tuple(one.name for one in found if "/" in one.name)
    return Sought(tuple(one for one in found if "/" not in one.name), scoped, prose=True)


def oneself(_: Incident, __: Invocation) -> Sought:
    """Return who speaks: it is remembered who that was, whatever becomes of the account."""
    return Sought(own=True)


def speaker(call: Invocation) -> Person:
    """Return who said it; of an account that is deleted since, who it was."""
    return call.actor if call.actor.id or not call.known else call.known[0]


def meet(call: Invocation, sought: Sought, accounts: Mapping[str, Person] | None, bot: str, owner: str) -> Met:
    """
    Find out who is meant. ``accounts`` are those that were looked up, by their names, case-folded.

    Without any, nothing is known of anybody, and names pass as they are; ``owner`` is the first part of the
    project's path: a team without it is none then.
    """
    if sought.own:
        return Met(replace(call, known=call.known or (call.actor,)))
    unreadable = next((one for one in sought.sure if not one.name), None)
    if unreadable is not None:
        hint = _IN_CODE if sought.prose else ""
        return Met(call, Refused(f"{quoted(unreadable.typed)} is not a valid account name{hint}"))
    for one in sought.sure:
        if refused := _no_person(call, one, bot):
            return Met(call, refused)
    known = {one.login.casefold(): one for one in (*call.known, call.actor)}
    names = list(dict.fromkeys((*(one.name for one in sought.sure), *sought.perhaps)))
    if accounts is None:
        known |= {name.casefold(): _unknown(name, owner) for name in names if name.casefold() not in known}
    else:
        known = {**accounts, **known}
    asked = frozenset(name for name in names if name.casefold() not in known)
    if asked:
        return Met(call, asked=asked)
    found = tuple(_as_named(known[name.casefold()], name) for name in names)
    met = call if call.known == found else replace(call, known=found)
    return Met(met, next(_unfit(met, sought), None))


def _as_named(person: Person, name: str) -> Person:
    """Return the account under the name that the command has for it: that is how it is found again."""
    return person if is_same(person.login, name) else replace(person, login=name)


def _unknown(name: str, owner: str) -> Person:
    if "/" not in name:
        return Person(0, name)
    ours = is_same(name.partition("/")[0], owner)
    return Person(0, name, team=True) if ours else Person(NO_ACCOUNT, name)


def _no_person(call: Invocation, named: Mention, bot: str) -> Refused | None:
    """Refuse what is never one person, without asking."""
    name = named.name.casefold()
    if name in _ONESELF:
        line = f"{call.verb} {call.text[: named.start]}@{call.actor.login}{call.text[named.end :]}"
        return Refused(f"nobody is called {quoted(named.typed)}; you are {quoted(call.actor.login)}", line)
    if name in _EVERYBODY:
        return Refused(f"{quoted(named.typed)} is not one person; name the person")
    if is_same(name.removesuffix("[bot]"), bot.removesuffix("[bot]")):
        return Refused(f"{quoted(named.typed)} is this bot; name a person")
    if name.endswith("[bot]"):
        return Refused(f"{quoted(named.typed)} is a bot; name a person")
    return None


def _unfit(call: Invocation, sought: Sought) -> Iterator[Refused]:
    by_name = {one.login.casefold(): one for one in call.known}
    for one in sought.sure:
        person = by_name[one.name.casefold()]
        if person.bot:
            yield Refused(f"{quoted(one.typed)} is a bot; name a person")
        elif person.id == NO_ACCOUNT or is_same(one.name, NOBODY.login):
            what = "team" if "/" in one.name else "account"
            yield Refused(f"there is no {what} called {quoted(one.name)} here{_IN_CODE if sought.prose else ''}")
