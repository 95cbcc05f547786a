"""Every value that is told by its name has words: a new ability, role, stage or caveat without any fails here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

from tests.commands.thread import declared
from tests.rendering.story import lonely, merged, over, running, withdrawn
from tracker_bridge.domain.derived.roster import Member, roster
from tracker_bridge.domain.derived.standing import Caveat, Stage, caveat_of, stage_of
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.issue.native import Capability
from tracker_bridge.rendering.briefs import REPEATED
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.templates_folder import templates_folder

NAMED = {
    "_abilities.md.j2": {one.name.lower() for one in Capability},
    "_duties.md.j2": {one.name.lower() for one in Role},
    "_stages.md.j2": set(Stage),
    "_caveats.md.j2": set(Caveat),
    "_progress.md.j2": {one.name.lower() for one in REPEATED},
}


TEMPLATES = sorted(templates_folder().glob("*.md.j2"))

MANY = 3
"""Comparisons of one thing from which on its values deserve macros of their names."""

OF_CLOCKS = {"nudge.md.j2"}
"""Clocks are told apart by their kind there."""


@pytest.mark.parametrize("part", NAMED)
def test_every_value_has_words_and_all_words_are_some_values(part: str) -> None:
    tree = documents_environment(templates_folder()).parse((templates_folder() / part).read_text("utf-8"))
    macros = list(tree.find_all(nodes.Macro))
    assert {macro.name for macro in macros} == NAMED[part]
    assert [macro.name for macro in macros if not macro.body] == []


# A template decides nothing that has many answers


def chains(template: str) -> Iterator[str]:
    """Yield what a template compares with one constant after the other: what else there is is told as nothing."""
    for one in documents_environment(templates_folder()).parse(template).find_all(nodes.If):
        tests = [branch.test for branch in (one, *one.elif_)]
        compared = [test.expr for test in tests if isinstance(test, nodes.Compare)]
        yield from (repr(expr) for expr in compared if sum(expr == other for other in compared) >= MANY)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_goes_through_the_values_of_something(path: Path) -> None:
    assert not list(chains(path.read_text("utf-8"))) or path.name in OF_CLOCKS


def test_a_template_that_does_is_found() -> None:
    kinds = "{% if e.kind == 'a' %}a{% elif e.kind == 'b' %}b{% elif e.kind == 'c' %}c{% endif %}"
    assert list(chains(kinds))
    assert not list(chains("{% if use == 'main' %}a{% elif use == 'chat' %}b{% else %}c{% endif %}"))


# How an incident stands, and who is in it


def test_how_incidents_stand() -> None:
    thread = running()
    assert (stage_of(thread.incident), caveat_of(over().incident)) == (Stage.MONITORING, None)
    assert (stage_of(lonely().incident), stage_of(over().incident)) == (Stage.INVESTIGATING, Stage.RESOLVED)
    assert (stage_of(merged().incident), caveat_of(merged().incident)) == (Stage.MERGED, Caveat.MERGED)
    assert caveat_of(withdrawn().incident) is Caveat.WITHDRAWN


@pytest.mark.parametrize(
    ("said", "stage", "caveat"),
    [
        ("/incident resolve", Stage.RESOLVED, None),
        ("/incident cancel a false alarm", Stage.CANCELLED, Caveat.CANCELLED),
        ("/incident resolve\n/incident reopen", Stage.INVESTIGATING, Caveat.REOPENED),
    ],
)
def test_what_must_be_known_of_an_end(said: str, stage: Stage, caveat: Caveat | None) -> None:
    thread = declared()
    thread.say("alice", "/incident claim lead")
    thread.say("alice", said)
    assert (stage_of(thread.incident), caveat_of(thread.incident)) == (stage, caveat)


def test_the_end_of_a_drill_says_so() -> None:
    thread = declared("/incident declare --drill")
    thread.say("alice", "/incident claim lead\n/incident resolve")
    assert caveat_of(thread.incident) is Caveat.DRILL


def test_the_roster_has_open_roles_only_while_there_is_something_to_be_done() -> None:
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident role tester @erin")
    thread.say("alice", "/incident fixed by @erin\n/incident role comms @dana external")
    lines = {line.role: line.members for line in roster(thread.incident)}
    assert lines[Role.SCRIBE] == ()
    assert Role.TECHNICAL_ASSIST not in lines, "it is not needed, and nobody is one"
    assert lines[Role.TESTER] == (Member("erin", (), partial=True),)
    assert lines[Role.COMMUNICATION_LEAD] == (Member("dana", ("external",), partial=False),)
    thread.say("alice", "/incident resolve")
    assert all(line.members for line in roster(thread.incident))
