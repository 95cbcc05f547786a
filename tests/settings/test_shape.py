"""What a team adds to what every incident has: right, or told what is wrong with it."""

import re
from pathlib import Path

import pytest

from tests.settings.test_repository import made, problems
from tracker_bridge.domain.incident.fields import Field, FieldKind

ROOT = Path(__file__).parents[2]
REGION = 'name = "region"\nkind = "choice"\nchoices = ["eu", "us"]'


def test_fields_of_a_team() -> None:
    chosen = made(
        f"""
        [[fields]]
        {REGION}
        question = "Which region?"

        [[fields]]
        name = "customers-lost"
        kind = "number"
        issue_field = "Customers"

        [[fields]]
        name = "change"
        title = "The change that broke it"
        """
    )
    assert chosen.fields == (
        Field("region", "Region", FieldKind.CHOICE, ("eu", "us"), "Which region?"),
        Field("customers-lost", "Customers lost", FieldKind.NUMBER, issue_field="Customers"),
        Field("change", "The change that broke it"),
    )


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("", "fields[0].name: is missing"),
        ('name = "Region"', "fields[0].name: must be one lower-case word"),
        ('name = "x"\nkind = "list"', "fields[0].kind: must be 'text', 'number', 'choice' or 'date'"),
        ('name = "x"\nkind = "choice"', "fields: x needs choices"),
        ('name = "x"\nchoices = ["a"]', 'fields: x has choices, so it must be of kind "choice"'),
        ('name = "x"\nkind = "choice"\nchoices = ["a", "A"]', "fields: x has the choice A twice"),
        ('name = "x"\nkind = "choice"\nchoices = ["None"]', "fields: x cannot have the choice none"),
        ('name = "x"\nquestion = "who is affected?"', "fields: x has the question who is affected?, which is one"),
        ('name = "x"\ncolour = "red"', "fields[0].colour: is not a setting; known here: name, title, kind"),
        ('name = "x"\n[[fields]]\nname = "x"', "fields: has the name x twice"),
        ('name = "x"\n[[fields]]\nname = "y"\ntitle = "X"', "fields: has the title X twice"),
        (
            'name = "x"\nquestion = "a?"\n[[fields]]\nname = "y"\nquestion = "A?"',
            "fields: has the question A? twice",
        ),
    ],
)
def test_a_field_that_cannot_be(field: str, problem: str) -> None:
    [told] = problems(f"[[fields]]\n{field}")
    assert told.startswith(problem)


def test_more_fields_than_anyone_fills_in() -> None:
    text = "\n".join(f'[[fields]]\nname = "f{n}"' for n in range(21))
    assert problems(text) == ["fields: must have at most 20 entries"]


def test_the_example_of_a_whole_file_is_right() -> None:
    page = (ROOT / "docs" / "team.md").read_text("utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    for tracker in ("github", "gitlab"):
        chosen = made(example, tracker=tracker)
        assert [one.name for one in chosen.fields] == ["region", "change", "customers-lost"]
