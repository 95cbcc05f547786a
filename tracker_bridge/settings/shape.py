"""
The shape of a team: what it adds to what every incident has.

The operator chooses for all (model.py), and a repository for itself (repository.py), by the same checks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import Field

from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.fold.form import QUESTIONS
from tracker_bridge.domain.fold.settings_speak import flaws
from tracker_bridge.domain.incident import fields as domain
from tracker_bridge.domain.incident.checklists import Checklist, counted
from tracker_bridge.domain.incident.fields import NOTHING, FieldKind
from tracker_bridge.domain.incident.roles import OwnRole, find_role
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.sayings import Saying
from tracker_bridge.setting_types import Section
from tracker_bridge.setting_types.values import Line, LineOrNothing, Word
from tracker_bridge.settings.conditions import When, check_when

MOST_ROLES = 10
MOST_ALIASES = 10
MOST_FIELDS = 20
MOST_CHOICES = 30
MOST_CHECKLISTS = 10
MOST_ITEMS = 20
MOST_RULES = 10
MOST_LINES = 10
MOST_CHARACTERS = 4000
"""Of all the items of checklists, of all cards of roles, of all lines that are said."""


class RoleRow(Section):
    """A role beside those that every incident has."""

    name: Word = Field(description="What people type: claim <name>, role <name> @<who>.")
    title: LineOrNothing = Field(default="", description="What is shown. Default: the name, with capital letters.")
    aliases: tuple[Word, ...] = Field(default=(), max_length=MOST_ALIASES, description="Other names for it.")
    card: tuple[Line, ...] = Field(
        default=(),
        max_length=MOST_ITEMS,
        description="What the role means, a line each: the card for the person who takes it.",
    )
    single: bool = Field(default=False, description="Only one person at a time: a new one replaces the last.")
    needed: bool = Field(default=False, description="List it as open while nobody holds it.")
    assign: bool = Field(default=False, description="Assign its holders to the issue.")

    @property
    def role(self) -> OwnRole:
        """The role as the rules have it."""
        title = self.title or self.name.replace("-", " ").title()
        return OwnRole(self.name, title, self.aliases, self.card, self.single)


def check_roles(rows: tuple[RoleRow, ...]) -> tuple[RoleRow, ...]:
    """Each name means one thing: neither a role that every incident has, nor a command, nor another one."""
    if len(rows) > MOST_ROLES:
        raise ValueError(f"must have at most {MOST_ROLES} entries")
    for row in rows:
        for name in dict.fromkeys(row.role.names):
            if find_role(name) is not None:
                raise ValueError(f"{row.name}: {name} is a role that every incident has")
            if COMMANDS.find(name) is not None:
                raise ValueError(f"{row.name}: {name} is a command")
    if double := _double(name for row in rows for name in dict.fromkeys(row.role.names)):
        raise ValueError(f"has the name {double} twice")
    _check_length((line for row in rows for line in row.card), "have cards of")
    return rows


class FieldRow(Section):
    """Something that a team records of its incidents."""

    name: Word = Field(description="What people type: field <name> <value>.")
    title: LineOrNothing = Field(
        default="", description="What is shown. Default: the name, with a capital letter."
    )
    kind: FieldKind = Field(default=FieldKind.TEXT, description="text, number, choice, or date.")
    choices: tuple[Line, ...] = Field(
        default=(), max_length=MOST_CHOICES, description="Of a choice: what can be chosen."
    )
    question: LineOrNothing = Field(
        default="",
        description="The question in your issue form, word for word, whose answer is the value.",
    )
    issue_field: LineOrNothing = Field(
        default="",
        description="The name of your organization's issue field on GitHub that holds the value. What is set with "
        "the command or the form is written there; what stands there counts where nobody has set anything else.",
    )

    @property
    def shown(self) -> str:
        """The title."""
        return self.title or self.name.replace("-", " ").capitalize()


class ChecklistRow(When):
    """What must not be forgotten in incidents of a kind."""

    name: Line = Field(description="The heading of the list.")
    items: tuple[Line, ...] = Field(
        max_length=MOST_ITEMS, description="What is to be done, in this order. Numbers are added."
    )


def check_checklists(rows: tuple[ChecklistRow, ...], found: Mapping[str, Any]) -> tuple[ChecklistRow, ...]:
    """Each name means one list, for severities that there are."""
    if len(rows) > MOST_CHECKLISTS:
        raise ValueError(f"must have at most {MOST_CHECKLISTS} entries")
    if double := _double(one.name for one in rows):
        raise ValueError(f"has the name {double} twice")
    for one in rows:
        if not one.items:
            raise ValueError(f"{one.name} has no items")
        check_when(one, one.name, found)
    _check_length((item for one in rows for item in one.items), "list")
    return rows


class WhenRow(When):
    """Lines that the settings say in incidents of a kind."""

    say: tuple[Line, ...] = Field(
        max_length=MOST_LINES,
        description="Commands, one line each, without their prefix; {number}, {severity} and {project} are filled "
        "in.",
    )


def check_sayings(rows: tuple[WhenRow, ...], found: Mapping[str, Any]) -> tuple[WhenRow, ...]:
    """They are for incidents of some kind, and say something; what they say is tried when all is known."""
    if len(rows) > MOST_RULES:
        raise ValueError(f"must have at most {MOST_RULES} entries")
    for number, one in enumerate(rows, start=1):
        if not one.say:
            raise ValueError(f"number {number} says nothing")
        check_when(one, f"number {number}", found)
    if double := _double(f"{one.condition}{line}" for one in rows for line in one.say):
        raise ValueError(f"says {double.rpartition(')')[2]} twice")
    _check_length((line for one in rows for line in one.say), "say")
    return rows


def sayings(rows: Iterable[WhenRow]) -> tuple[Saying, ...]:
    """Return the lines as the rules have them."""
    return tuple(Saying(one.condition, line) for one in rows for line in one.say)


def refused_lines(rows: Sequence[WhenRow], rules: Rules, at: datetime) -> Iterator[tuple[str, str]]:
    """Yield each line that would be refused in an incident under ``rules``: where it is, and why."""
    reasons = {(saying.when, saying.line): reason for saying, reason in flaws(rules, COMMANDS, at)}
    for n, row in enumerate(rows):
        for m, line in enumerate(row.say):
            if reason := reasons.get((row.condition, line)):
                yield f"when[{n}].say[{m}]", f"{line}: {reason}".replace("`", '"')


def _check_length(texts: Iterable[str], what: str) -> None:
    """What an incident used is kept in its receipts, which have little room."""
    if sum(map(len, texts)) > MOST_CHARACTERS:
        raise ValueError(f"may {what} {MOST_CHARACTERS} characters in all")


def checklists(rows: Iterable[ChecklistRow]) -> tuple[Checklist, ...]:
    """Return the lists as the rules have them, their items counted through."""
    return counted(Checklist(one.name, one.items, one.condition) for one in rows)


def check_fields(rows: tuple[FieldRow, ...]) -> tuple[FieldRow, ...]:
    """Each name, title and question means one field, and a choice has something to choose from."""
    if len(rows) > MOST_FIELDS:
        raise ValueError(f"must have at most {MOST_FIELDS} entries")
    shipped = {question.casefold() for question in QUESTIONS.values()}
    for one in rows:
        if (one.kind is FieldKind.CHOICE) != bool(one.choices):
            wanted = "needs choices" if not one.choices else 'has choices, so it must be of kind "choice"'
            raise ValueError(f"{one.name} {wanted}")
        if double := _double(one.choices):
            raise ValueError(f"{one.name} has the choice {double} twice")
        if NOTHING in (choice.casefold() for choice in one.choices):
            raise ValueError(f"{one.name} cannot have the choice {NOTHING}, which removes a value")
        if one.question.casefold() in shipped:
            raise ValueError(f"{one.name} has the question {one.question}, which is one of the form's own")
    for what, words in (
        ("name", [one.name for one in rows]),
        ("title", [one.shown for one in rows]),
        ("question", [one.question for one in rows if one.question]),
    ):
        if double := _double(words):
            raise ValueError(f"has the {what} {double} twice")
    return rows


def fields(rows: Iterable[FieldRow]) -> tuple[domain.Field, ...]:
    """Return the fields as the rules have them."""
    return tuple(
        domain.Field(one.name, one.shown, one.kind, one.choices, one.question, one.issue_field) for one in rows
    )


def _double(words: Iterable[str]) -> str:
    """Return the first word that comes twice, whatever its case; empty if none does."""
    seen: set[str] = set()
    for word in words:
        if word.casefold() in seen:
            return word
        seen.add(word.casefold())
    return ""
