"""
What an incident keeps of the settings by which things were said in it.

The thread is read with the settings of today at every reconcile. A definition that was used is kept in the
receipts, so that what was said by it goes on to mean that when a team changes its file, or drops the definition.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, Final

from tracker_bridge.domain.incident.audiences import Audience, Reach
from tracker_bridge.domain.incident.checklists import Checklist, to_keep, with_kept_list
from tracker_bridge.domain.incident.conditions import Condition
from tracker_bridge.domain.incident.fields import Field, FieldKind
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.roles import OwnRole, Role
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.sayings import Said, Saying, with_said
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import Person


def kept_of(incident: Incident) -> frozenset[str]:
    """Return the definitions that were used, a line each."""
    return frozenset(
        (
            *(_line("field", told) for told in _fields(incident)),
            *(_line("checklist", told) for told in _checklists(incident)),
            *(_line("role", told) for told in _roles(incident)),
            *(_line("saying", _saying(one)) for one in incident.sayings),
            *(_line("audience", told) for told in _audiences(incident)),
        )
    )


def with_kept(rules: Rules, kept: Iterable[str]) -> Rules:
    """Return the rules with what was kept of former ones."""
    for line in sorted(kept):
        kind, _, told = line.partition(" ")
        if kind in _KINDS:
            try:
                rules = _KINDS[kind](rules, json.loads(told))
            except (ValueError, KeyError, TypeError):
                continue  # of another version
    return rules


def _line(kind: str, told: Mapping[str, object]) -> str:
    return f"{kind} {json.dumps(told, separators=(',', ':'), sort_keys=True)}"


def _fields(incident: Incident) -> Iterable[Mapping[str, object]]:
    """Yield each field that has a value which somebody gave; of its choices, only the one that was made."""
    defined = {one.name: one for one in incident.rules.fields}
    for value in incident.fields:
        if value.by and value.value:
            one = defined[value.name]
            choices = [value.value] if one.kind is FieldKind.CHOICE else []
            yield {
                "name": one.name,
                "title": one.title,
                "kind": one.kind.value,
                "choices": choices,
                "question": one.question,
            }


def _with_field(rules: Rules, told: Mapping[str, Any]) -> Rules:
    """A value goes on to be one of the kind that it was of, and a choice that was made can be made."""
    kept = Field(
        told["name"], told["title"], FieldKind(told["kind"]), tuple(told["choices"]), question=told["question"]
    )
    at = next((n for n, one in enumerate(rules.fields) if one.name == kept.name), len(rules.fields))
    now = rules.fields[at] if at < len(rules.fields) else kept
    choices = tuple(dict.fromkeys((*now.choices, *kept.choices)))
    one = replace(now, choices=choices) if now.kind is kept.kind else kept
    return replace(rules, fields=(*rules.fields[:at], one, *rules.fields[at + 1 :]))


def _checklists(incident: Incident) -> Iterable[Mapping[str, object]]:
    """Yield the lists that were shown, with the numbers that their items had."""
    return (
        {"name": one.name, "items": one.items, "first": one.first, "when": asdict(one.when)}
        for one in to_keep(incident)
    )


def _with_checklist(rules: Rules, told: Mapping[str, Any]) -> Rules:
    """A list goes on as it was shown, so that a number goes on to mean the same item."""
    kept = Checklist(told["name"], tuple(told["items"]), _condition(told), int(told["first"]), kept=True)
    return replace(rules, checklists=with_kept_list(rules.checklists, kept))


def _roles(incident: Incident) -> Iterable[Mapping[str, object]]:
    """Yield the team's own roles that somebody holds, or held."""
    held = {entry.what for entry in incident.timeline if entry.kind is Kind.ROLE_TAKEN}
    return (
        {"name": one.value, "title": one.words, "aliases": one.aliases, "card": one.card, "single": one.single}
        for one in incident.rules.roles
        if one.words in held
    )


def _with_role(rules: Rules, told: Mapping[str, Any]) -> Rules:
    """Who held a role held it, also when the team does without it now."""
    if any(one.value == told["name"] for one in rules.roles):
        return rules
    aliases, card = tuple(told["aliases"]), tuple(told["card"])
    kept = OwnRole(told["name"], told["title"], aliases, card, single=bool(told["single"]))
    return replace(rules, roles=(*rules.roles, kept))


def _saying(said: Said) -> Mapping[str, object]:
    return {
        "when": asdict(said.saying.when),
        "line": said.saying.line,
        "people": [[one.id, one.login, one.bot, one.team] for one in said.people],
        "refused": said.refused is not None,
        "order": said.saying.order,
    }


def _with_saying(rules: Rules, told: Mapping[str, Any]) -> Rules:
    """What the settings said stays said; what was refused is told as long as they say it."""
    people = tuple(Person(int(id_), login, bot=bot, team=team) for id_, login, bot, team in told["people"])
    said = Saying(_condition(told), told["line"], people, said=True, order=int(told["order"]))
    if told["refused"] and said.key not in [one.key for one in rules.sayings]:
        return rules
    return replace(rules, sayings=with_said(rules.sayings, said))


def _audiences(incident: Incident) -> Iterable[Mapping[str, object]]:
    """Yield the team's audiences that were told something, or have a Communication Lead."""
    named = {name for one in incident.comms.communications for name in one.audiences}
    named |= {one.audience for one in incident.people.holders(Role.COMMUNICATION_LEAD)}
    return (
        {
            "name": one.name,
            "reach": one.reach.value,
            "deadlines": [int(within.total_seconds()) for within in one.deadlines],
            "when": asdict(one.when),
        }
        for one in incident.rules.audiences
        if one.name in named
    )


def _with_audience(rules: Rules, told: Mapping[str, Any]) -> Rules:
    """Who was told something was, also when the team does without that audience now."""
    if any(one.name == told["name"] for one in rules.audiences):
        return rules
    deadlines = tuple(timedelta(seconds=within) for within in told["deadlines"])
    kept = Audience(told["name"], Reach(told["reach"]), deadlines=deadlines, when=_condition(told))
    return replace(rules, audiences=(*rules.audiences, kept))


def _condition(told: Mapping[str, Any]) -> Condition:
    return Condition(**{name: tuple(words) for name, words in told["when"].items()})


_KINDS: Final[Mapping[str, Callable[[Rules, Mapping[str, Any]], Rules]]] = {
    "field": _with_field,
    "checklist": _with_checklist,
    "role": _with_role,
    "saying": _with_saying,
    "audience": _with_audience,
}
