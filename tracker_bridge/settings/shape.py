"""
The shape of a team: what it adds to what every incident has.

The operator chooses for all (model.py), and a repository for itself (repository.py), by the same checks.
"""

from collections.abc import Iterable

from pydantic import Field

from tracker_bridge.domain.fold.form import QUESTIONS
from tracker_bridge.domain.incident import fields as domain
from tracker_bridge.domain.incident.fields import NOTHING, FieldKind
from tracker_bridge.setting_types import Section
from tracker_bridge.setting_types.values import Line, Word

MOST_FIELDS = 20
MOST_CHOICES = 30


class FieldRow(Section):
    """Something that a team records of its incidents."""

    name: Word = Field(description="What people type: field <name> <value>.")
    title: Line = Field(default="", description="What is shown. Default: the name, with a capital letter.")
    kind: FieldKind = Field(default=FieldKind.TEXT, description="text, number, choice, or date.")
    choices: tuple[Line, ...] = Field(
        default=(), max_length=MOST_CHOICES, description="Of a choice: what can be chosen."
    )
    question: Line = Field(
        default="",
        description="The question in your issue form, word for word, whose answer is the value.",
    )
    issue_field: Line = Field(
        default="",
        description="The name of your organization's issue field on GitHub that holds the value: it counts where "
        "nobody has set one with the command.",
    )

    @property
    def shown(self) -> str:
        """The title."""
        return self.title or self.name.replace("-", " ").capitalize()


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
