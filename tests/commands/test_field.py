"""A team's own fields: set by command, by an answer in the form, or in the forge's own field."""

from dataclasses import replace

import pytest

from tests.commands.thread import Thread, declared, refusal
from tracker_bridge.domain.incident.fields import Field, FieldKind
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.receipts import Receipts

REGION = Field("region", "Region", FieldKind.CHOICE, ("eu-west", "us-east"), question="Which region?")
LOST = Field("customers-lost", "Customers lost", FieldKind.NUMBER)
SINCE = Field("contract-since", "Contract since", FieldKind.DATE, issue_field="Contract date")
CHANGE = Field("change", "Change", question="Which change?")
FIELDS = (REGION, LOST, SINCE, CHANGE)


def thread(*fields: Field, body: str = "/incident declare") -> Thread:
    return declared(body, rules=Rules(fields=fields or FIELDS))


def values(one: Thread) -> dict[str, str]:
    return {value.name: value.value for _, value in one.incident.named_fields}


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("region eu-west", "region", "eu-west"),
        ("Region: EU-West", "region", "eu-west"),
        ("region=eu-west", "region", "eu-west"),
        ("region = us-east", "region", "us-east"),
        ("customers-lost 12", "customers-lost", "12"),
        ("Customers lost: 12.5", "customers-lost", "12.5"),
        ("customers_lost -3", "customers-lost", "-3"),
        ("contract-since 1 December 2020", "contract-since", "2020-12-01"),
        ("change deploy 42 of #checkout | by hand", "change", "deploy 42 of #checkout | by hand"),
    ],
)
def test_a_field_is_set_by_its_name_or_its_title(said: str, name: str, value: str) -> None:
    one = thread()
    one.say("dana", f"/incident field {said}")
    assert values(one) == {name: value}
    assert one.mistakes == []
    assert [entry.text for entry in one.entries(Kind.FIELD)] == [value]


def test_the_last_value_holds_and_none_removes_it() -> None:
    one = thread()
    one.say("alice", "/incident field region eu-west")
    one.say("alice", "/incident field region us-east\n/incident field change deploy 7")
    assert values(one) == {"region": "us-east", "change": "deploy 7"}
    assert "Region: **[us-east](" in one.documents["status"]
    one.say("alice", "/incident field region none")
    assert values(one) == {"change": "deploy 7"}
    assert one.entries(Kind.FIELD)[-1].text == ""


@pytest.mark.parametrize(
    ("said", "reason", "instead"),
    [
        ("region eu-wset", "Region is one of `eu-west`, `us-east`", "field region eu-west"),
        ("region mars", "Region is one of `eu-west`, `us-east`", "field region <value>"),
        ("regoin eu-west", "`regoin` is not a field", "field region eu-west"),
        ("customers-lost about 12", "Customers lost is a number", "field customers-lost 12"),
        ("customers-lost many", "Customers lost is a number", "field customers-lost <number>"),
        ("contract-since then", "`then` is not a day", "field contract-since <date>"),
        ("", "the fields are `region`, `customers-lost`", "field <name> <value>"),
        ("region", "what should Region be?", "field region <value>"),
        ("change " + "x" * 401, "a value has at most 400 characters", "field change <value>"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_line_that_does(said: str, reason: str, instead: str) -> None:
    told, line = refusal(thread(), "alice", f"/incident field {said}".strip())
    assert told.startswith(reason)
    assert line == instead


def test_without_fields_it_is_said_where_they_are_defined() -> None:
    told, line = refusal(declared(), "alice", "/incident field region eu")
    assert told == "this project has no fields; they are defined in the settings of the repository"
    assert line == ""


FORM = """### When did it begin?

13:50

### Who is affected?

customers

### How are they affected?

cannot pay

### What else is known?

### Which region?

a log

### Which region?

{region}

### Which change?

{change}
"""


def test_answers_of_the_form_are_values() -> None:
    one = thread(body=FORM.format(region="eu-west", change="deploy 42\nof checkout"))
    one.say("alice", "/incident declare")
    assert values(one) == {"region": "eu-west", "change": "deploy 42 of checkout"}
    assert one.incident.times.started is not None
    assert one.mistakes == []


def test_an_answer_that_does_not_fit_is_told_and_settled_by_the_command() -> None:
    one = thread(body=FORM.format(region="the moon", change="_No response_"))
    one.say("alice", "/incident declare")
    assert one.mistake.line == "Which region? the moon"
    one.say("alice", "/incident field region us-east")
    assert one.mistakes == []
    assert values(one) == {"region": "us-east"}


def test_the_forges_own_field_fills_in_what_nobody_said() -> None:
    one = thread()
    one.issue = replace(one.issue, fields=(("Contract Date", "2021-05-01"), ("Region", "eu-west")))
    assert values(one) == {"contract-since": "2021-05-01"}
    one.say("alice", "/incident field contract-since 2022-01-01")
    assert values(one) == {"contract-since": "2022-01-01"}
    one.issue = replace(one.issue, fields=(("Contract date", "soon"),), comments=())
    assert values(one) == {}


def test_a_value_outlives_its_definition_and_its_choice() -> None:
    one = thread()
    one.say("alice", "/incident field region eu-west\n/incident field customers-lost 3")
    one.look()
    before = one.incident.named_fields

    one.rules = Rules(fields=(replace(REGION, choices=("us-east",)),))
    assert [(title, value.value) for title, value in one.incident.named_fields] == [
        ("Region", "eu-west"),
        ("Customers lost", "3"),
    ]
    one.rules = Rules(fields=(Field("customers-lost", "Lost"), REGION))
    one.look()
    one.rules = Rules()
    assert set(one.incident.named_fields) == set(before)
    assert one.mistakes == []


def test_what_was_kept_by_another_version_is_passed_over() -> None:
    one = thread()
    one.receipts = Receipts(kept=frozenset({"field {", "field {}", 'field {"name":1}', "later []", "field"}))
    assert one.incident.rules.fields == FIELDS


def test_what_people_wrote_is_harmless_where_it_is_shown() -> None:
    one = thread(Field("x", "*Title* @all"))
    one.say("alice", "/incident field x @bob `y` | <b> [z](http://evil.test) #1\n/incident resolve")
    for text in (one.documents["status"], one.documents["summary"]):
        assert "@bob" not in text
        assert "@all" not in text
        assert "[z](" not in text
