"""What a team adds to what every incident has: right, or told what is wrong with it."""

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from tests.settings.test_repository import made, problems
from tracker_bridge.domain.incident.audiences import Audience, Reach
from tracker_bridge.domain.incident.checklists import Checklist
from tracker_bridge.domain.incident.conditions import Condition
from tracker_bridge.domain.incident.fields import Field, FieldKind
from tracker_bridge.domain.incident.on_call import OnCall
from tracker_bridge.domain.incident.roles import OwnRole
from tracker_bridge.domain.incident.rules import ASSIGNED_ROLES, NEEDED_ROLES
from tracker_bridge.domain.incident.sayings import Saying
from tracker_bridge.settings import BadSettings, Settings, demand_lines

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


def test_roles_of_a_team() -> None:
    chosen = made(
        """
        [[roles]]
        name = "security"
        title = "Security Lead"
        aliases = ["sec"]
        card = ["Yours: who saw what."]
        single = true
        needed = true

        [[roles]]
        name = "customer-success"
        assign = true
        """
    )
    security = OwnRole("security", "Security Lead", ("sec",), ("Yours: who saw what.",), single=True)
    success = OwnRole("customer-success", "Customer Success")
    assert chosen.roles == (security, success)
    assert chosen.needed_roles == (*NEEDED_ROLES, security)
    assert chosen.assign == (*ASSIGNED_ROLES, success)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("", "roles[0].name: is missing"),
        ('name = "Sec Lead"', "roles[0].name: must be one lower-case word"),
        ('name = "scribe"', "roles: scribe: scribe is a role that every incident has"),
        ('name = "x"\naliases = ["tl"]', "roles: x: tl is a role that every incident has"),
        (
            'name = "x"\ntitle = "Incident Commander"',
            "roles: x: incident-commander is a role that every incident has",
        ),
        ('name = "note"', "roles: note: note is a command"),
        ('name = "x"\naliases = ["aid"]\n[[roles]]\nname = "aid"', "roles: has the name aid twice"),
        ('name = "x"\n[[roles]]\nname = "y"\ntitle = "X"', "roles: has the name x twice"),
        ('name = "x"\nmany = true', "roles[0].many: is not a setting; known here: name, title, aliases, card"),
    ],
)
def test_a_role_that_cannot_be(row: str, problem: str) -> None:
    [told] = problems(f"[[roles]]\n{row}")
    assert told.startswith(problem)


def test_checklists_of_a_team() -> None:
    chosen = made(
        """
        [[checklists]]
        name = "Always"
        items = ["Say who leads", "Open a chat"]

        [[checklists]]
        name = "Customer data"
        severity = ["sev1", "sev2"]
        label = "data"
        service = "shop"
        items = ["Ask the officer"]
        """
    )
    assert chosen.checklists == (
        Checklist("Always", ("Say who leads", "Open a chat")),
        Checklist(
            "Customer data", ("Ask the officer",), Condition(("sev1", "sev2"), ("data",), ("shop",)), first=3
        ),
    )


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('name = "x"', "checklists[0].items: is missing"),
        ('name = "x"\nitems = []', "checklists: x has no items"),
        ('name = "x"\nitems = ["a\\nb"]', "checklists[0].items[0]: must be one line"),
        (
            'name = "x"\nitems = ["a"]\nseverity = "sev9"',
            "checklists: x: there is no severity sev9; the severities are",
        ),
        ('name = "x"\nitems = ["a"]\nwhen = "sev1"', "checklists[0].when: is not a setting"),
        (
            'name = "x"\nitems = ["a"]\n[[checklists]]\nname = "X"\nitems = ["b"]',
            "checklists: has the name X twice",
        ),
    ],
)
def test_a_checklist_that_cannot_be(row: str, problem: str) -> None:
    [told] = problems(f"[[checklists]]\n{row}")
    assert told.startswith(problem)


def test_rules_of_a_team() -> None:
    chosen = made(
        """
        [[when]]
        severity = "sev1"
        say = ["channel main #inc-{number}", "role scribe @alice"]

        [[when]]
        label = "data"
        service = ["shop", "mail"]
        say = ["note x"]
        """
    )
    worst = Condition(severities=("sev1",))
    assert chosen.sayings == (
        Saying(worst, "channel main #inc-{number}"),
        Saying(worst, "role scribe @alice"),
        Saying(Condition(labels=("data",), services=("shop", "mail")), "note x"),
    )


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("", "when[0].say: is missing"),
        ("say = []", "when: number 1 says nothing"),
        ('severity = "sev9"\nsay = ["note x"]', "when: number 1: there is no severity sev9; the severities are"),
        ('say = ["note x", "note x"]', "when: says note x twice"),
        ('say = ["resolve"]', 'when[0].say[0]: resolve: the settings cannot say "resolve": only a person can'),
        ('say = ["note x", "chanel main #x"]', 'when[0].say[1]: chanel main #x: "chanel" is not a command'),
        ('say = ["note {who}"]', 'when[0].say[0]: note {who}: "{who}" is not a placeholder'),
        ('say = ["field region eu"]', "when[0].say[0]: field region eu: this project has no fields"),
    ],
)
def test_a_rule_that_cannot_be(row: str, problem: str) -> None:
    [told] = problems(f"[[when]]\n{row}")
    assert told.startswith(problem)


def test_what_a_team_adds_has_room_in_the_receipts() -> None:
    row = f'say = ["note {"x" * 190}"]'
    assert problems("\n".join(f'[[when]]\nlabel = "l{n}"\n{row}' for n in range(11))) == [
        "when: must have at most 10 entries"
    ]
    lines = ", ".join(f'"note {n} {"x" * 190}"' for n in range(10))
    text = "\n".join(f'[[when]]\nlabel = "l{n}"\nsay = [{lines}]' for n in range(10))
    assert problems(text) == ["when: may say 4000 characters in all"]


def test_lines_of_the_operators_are_tried_at_the_start() -> None:
    tables = {"github": {"token": "t", "projects": ["acme/shop"]}}
    with pytest.raises(BadSettings) as caught:
        demand_lines(Settings.model_validate({"when": [{"say": ["resolve"]}], **tables}))
    assert 'when[0].say[0]: resolve: the settings cannot say "resolve"' in str(caught.value)
    demand_lines(Settings.model_validate({"when": [{"say": ["note x"]}], **tables}))


def test_lists_of_the_operators_for_severities_that_a_team_does_not_have_are_left_out() -> None:
    always, worst = {"name": "Always", "items": ["a"]}, {"name": "Worst", "items": ["b"], "severity": "sev1"}
    operators = Settings.model_validate({"checklists": [worst, always]})
    renamed = '[[severities]]\nname = "red"\nmeaning = "all"'
    assert [one.name for one in made(renamed, operators).checklists] == ["Always"]
    assert [one.name for one in made("", operators).checklists] == ["Worst", "Always"]
    kept = f'{renamed}\nprevious_names = ["sev1"]'
    assert [one.name for one in made(kept, operators).checklists] == ["Worst", "Always"]


def test_audiences_with_deadlines() -> None:
    chosen = made(
        """
        [[audiences]]
        name = "internal"
        reach = "internal"

        [[audiences]]
        name = "regulator"
        reach = "external"
        deadlines = ["24h", "72h", "14d"]
        label = "data"
        severity = ["sev1", "sev2"]
        """
    )
    day = timedelta(days=1)
    when = Condition(("sev1", "sev2"), ("data",))
    assert chosen.audiences == (
        Audience("internal", Reach.INTERNAL, timezone=ZoneInfo("UTC")),
        Audience(
            "regulator", Reach.EXTERNAL, timezone=ZoneInfo("UTC"), deadlines=(day, 3 * day, 14 * day), when=when
        ),
    )


OTHER = '\n[[audiences]]\nname = "other"\nreach = "internal"'


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        (
            'deadlines = ["24h", "12h"]' + OTHER,
            "audiences: x must have its deadlines in order, the shortest first",
        ),
        (
            'deadlines = ["24h", "24h"]' + OTHER,
            "audiences: x must have its deadlines in order, the shortest first",
        ),
        ('deadlines = ["soon"]' + OTHER, "audiences[0].deadlines[0]: not a duration"),
        ('deadlines = ["24h"]\nseverity = "sev9"' + OTHER, "audiences: x: there is no severity sev9"),
        (
            'label = "data"' + OTHER,
            "audiences: x has severity, label or service, which say when its deadlines hold",
        ),
        ('deadlines = ["24h"]', "audiences: must have an audience without deadlines"),
    ],
)
def test_an_audience_that_cannot_be(rest: str, problem: str) -> None:
    [told] = problems(f'[[audiences]]\nname = "x"\nreach = "external"\n{rest}')
    assert told.startswith(problem)


def test_deadlines_of_the_operators_for_severities_that_a_team_does_not_have_are_left_out() -> None:
    told, bound = {"name": "a", "reach": "internal"}, {"name": "b", "reach": "external", "deadlines": ["24h"]}
    operators = Settings.model_validate({"audiences": [told, {**bound, "severity": "sev1"}]})
    chosen = made('[[severities]]\nname = "red"\nmeaning = "all"', operators)
    assert [(one.name, one.deadlines) for one in chosen.audiences] == [("a", ()), ("b", ())]


def test_the_example_of_a_whole_file_is_right() -> None:
    page = (ROOT / "docs" / "team.md").read_text("utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    for tracker in ("github", "gitlab"):
        chosen = made(example, tracker=tracker)
        assert [one.name for one in chosen.fields] == ["region", "change", "customers-lost"]
        assert [one.name for one in chosen.audiences if one.deadlines] == ["regulator"]
        assert len(chosen.sayings) == 5
        assert [one.words for one in chosen.roles] == ["Security Lead"]
        assert [one.name for one in chosen.checklists] == ["First steps", "Customer data"]
        assert [one.who for one in chosen.on_call] == [("carol", "acme/payments"), ("alice", "bob")]


def test_who_is_on_call() -> None:
    chosen = made(
        """
        [[on_call]]
        who = ["carol", "acme/payments"]
        service = ["checkout"]

        [[on_call]]
        who = "alice"
        project = "acme/shop"
        """
    )
    assert chosen.on_call == (
        OnCall(("carol", "acme/payments"), Condition(services=("checkout",))),
        OnCall(("alice",), projects=("acme/shop",)),
    )


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("", "on_call[0]: names nobody; set who, source, or both"),
        ("who = []", "on_call[0].who: must not be empty"),
        ('who = "@carol"', "on_call[0].who[0]: not a login; write it without @"),
        ('who = ["carol", "Carol"]', "on_call[0].who: contains the same entry twice"),
        ('who = "carol"\nseverity = "sev9"', "on_call: carol: there is no severity sev9; the severities are"),
        ('who = "carol"\nfrom = "18:00"', "on_call[0].from: is not a setting; known here: severity, label"),
    ],
)
def test_somebody_who_cannot_be_on_call(row: str, problem: str) -> None:
    [told] = problems(f"[[on_call]]\n{row}")
    assert told.startswith(problem)


def test_a_project_names_the_sources_that_the_operator_has() -> None:
    source = {"name": "payments", "url": "https://calendar.example.org/feed"}
    operators = Settings.model_validate({"on_call_sources": [source], "on_call": [{"source": "payments"}]})
    assert made('[[on_call]]\nsource = "payments"', operators).on_call == (OnCall((), sources=("payments",)),)
    row = '[[on_call]]\nsource = "shop"'
    assert problems(row) == ["on_call: there is no source shop; on_call_sources has none"]
    assert problems(row, operators) == ["on_call: there is no source shop; there are payments"]
    with pytest.raises(ValidationError, match="there is no source shop; there are payments"):
        Settings.model_validate({"on_call_sources": [source], "on_call": [{"source": "shop"}]})
