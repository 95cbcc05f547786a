"""Every value that is told by its name has words: a new ability, role, stage or caveat without any fails here."""

import pytest
from jinja2 import nodes

from tests.commands.thread import declared
from tests.rendering.story import lonely, merged, over, running, withdrawn
from tracker_bridge.domain.native import Ability
from tracker_bridge.domain.roles import Role
from tracker_bridge.domain.standing import Caveat, Stage, caveat_of, stage_of
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.templates_folder import templates_folder

NAMED = {
    "_abilities.md.j2": {one.name.lower() for one in Ability},
    "_duties.md.j2": {one.name.lower() for one in Role},
    "_stages.md.j2": set(Stage),
    "_caveats.md.j2": set(Caveat),
}


@pytest.mark.parametrize("part", NAMED)
def test_every_value_has_words_and_all_words_are_some_values(part: str) -> None:
    tree = documents_environment(templates_folder()).parse((templates_folder() / part).read_text("utf-8"))
    macros = list(tree.find_all(nodes.Macro))
    assert {macro.name for macro in macros} == NAMED[part]
    assert [macro.name for macro in macros if not macro.body] == []


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
