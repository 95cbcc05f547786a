"""The status comment and the reactions go with one request where there is GraphQL, and get there without it."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.forges import Forge, Needs
from tests.stories.story import Story
from tracker_bridge.domain.issue.changes import Edit, React
from tracker_bridge.sandbox.faults import Cut, Fault, FaultResponse, Lose
from tracker_bridge.sandbox.server import Request
from tracker_bridge.sandbox.world import Event, Note
from tracker_bridge.trackers import Busy

SECONDARY = b'{"message": "You have exceeded a secondary rate limit."}'
SPENT = b'{"data": null, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}'
TOO_COMPLEX = b'{"errors": [{"message": "Query has complexity of 1421, which exceeds max complexity of 250"}]}'


@pytest.fixture
def story(forge: Forge, needs: Needs) -> Story:
    needs("http")
    story = Story(forge)
    story.open("bob", "Checkout down", "/incident declare")
    forge.sandbox.requests.clear()
    return story


def notes(story: Story, number: int) -> list[Note]:
    said = [story.world.comment(story.ticket, story.forge.bob, f"/incident note step {n}") for n in range(number)]
    story.forge.clock.forward(1)
    return said


def writes(story: Story) -> list[Request]:
    return [one for one in story.forge.sandbox.requests if one.method != "GET" and not asks(one)]


def asks(request: Request) -> bool:
    return request.path.endswith("graphql") and "mutation" not in query(request)


def query(request: Request) -> str:
    return str(json.loads(request.body)["query"]) if request.path.endswith("graphql") else ""


def trouble(story: Story, fault: Fault, times: int = 1) -> None:
    story.forge.sandbox.faults.add(fault, method="POST", path="graphql$", times=times)


def look(story: Story) -> list[Any]:
    return list(story.bridge.reconcile(story.ref, story.forge.clock.now, {}).changes)


def done(story: Story, said: list[Note]) -> bool:
    """Whether everything is there, and nothing is left to do."""
    story.forge.sandbox.faults.clear()
    shown = said[-1].body.removeprefix("/incident note ") in story.text("status")
    return shown and all(story.reactions(note) == ["+1"] for note in said) and story.rests()


@pytest.mark.parametrize("number", [1, 20])
def test_the_edit_and_the_reactions_are_one_request(story: Story, number: int) -> None:
    said = notes(story, number)

    changes = look(story)

    assert [type(one) for one in changes] == [Edit, *[React] * number]
    [sent] = writes(story)
    assert query(sent).startswith("mutation")
    assert done(story, said)


def test_more_reactions_than_go_along_follow_with_one_more_request(story: Story) -> None:
    said = notes(story, 27)
    look(story)

    assert len(writes(story)) == 2
    assert done(story, said)


def test_the_text_comes_before_the_reactions(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    [note] = notes(story, 1)
    edited, seen = story.world.edit_comment, list[list[str]]()

    def edit(*args: Any) -> None:
        seen.append(story.reactions(note))
        edited(*args)

    monkeypatch.setattr(story.world, "edit_comment", edit)
    look(story)

    assert seen == [[]]
    assert done(story, [note])


def test_a_part_that_fails_leaves_the_others_as_they_are(story: Story) -> None:
    first, gone, last = notes(story, 3)

    def vanish(event: Event) -> None:
        if event.kind == "comment" and event.action == "edited" and gone in story.ticket.notes:
            story.world.delete_comment(story.ticket, gone, story.forge.alice)

    story.world.listeners.append(vanish)
    look(story)

    assert story.reactions(first) == story.reactions(last) == ["+1"]
    look(story)


@pytest.mark.parametrize(
    "fault",
    [FaultResponse(502), FaultResponse(502, done=True), Lose(done=False), Lose(done=True), Cut()],
    ids=["502", "502 and done", "lost", "lost and done", "cut"],
)
def test_what_may_have_been_done_is_looked_for_before_it_is_done_again(story: Story, fault: Fault) -> None:
    said = notes(story, 3)
    trouble(story, fault)
    with pytest.raises(Busy):
        look(story)
    there = story.reactions(said[0])
    story.forge.sandbox.requests.clear()

    look(story)

    assert story.forge.sandbox.requests[0].method == "GET"
    assert len(writes(story)) == (0 if there else 4)
    assert done(story, said)


@pytest.mark.parametrize("there", [True, False])
def test_reactions_that_may_have_been_given_are_asked_about(story: Story, there: bool) -> None:
    said = notes(story, 27)
    story.forge.sandbox.faults.add(FaultResponse(502, done=there), method="POST", path="graphql$", nth=2)
    first = story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    assert sum(len(story.reactions(note)) for note in said) == (27 if there else 20)
    assert first.next_at == story.forge.clock.now + timedelta(seconds=60)

    story.forge.clock.forward(60)
    story.forge.sandbox.requests.clear()
    look(story)

    assert len(writes(story)) <= (1 if there else 7)
    assert done(story, said)


@pytest.mark.parametrize("lacking", ["graphql"])
def test_without_graphql_everything_gets_there_and_it_is_not_asked_each_time(story: Story) -> None:
    said = notes(story, 2)
    look(story)
    assert done(story, said)

    said += notes(story, 1)
    story.forge.sandbox.requests.clear()
    look(story)
    assert not [one for one in story.forge.sandbox.requests if "$edit" in query(one)]
    assert done(story, said)


@pytest.mark.parametrize(
    "answer",
    [
        FaultResponse(400),
        FaultResponse(403, body=b'{"message": "Resource not accessible by integration"}'),
        FaultResponse(404),
        FaultResponse(405),
        FaultResponse(200, body=b'{"data": {}}'),
        FaultResponse(200, body=b'{"data": null}'),
        FaultResponse(200, body=TOO_COMPLEX),
    ],
    ids=lambda fault: f"{fault.status} {fault.body[:20].decode()}",
)
def test_a_refusal_means_one_by_one(story: Story, answer: FaultResponse) -> None:
    if story.forge.name == "gitlab" and answer.status == 405:
        pytest.skip("gitlab says so of a project that was renamed")
    said = notes(story, 2)
    trouble(story, answer, times=9)
    look(story)

    assert done(story, said)


def test_a_graphql_that_never_works_keeps_nothing_from_being_written(story: Story) -> None:
    said = notes(story, 2)
    trouble(story, FaultResponse(500), times=99)
    with pytest.raises(Busy):
        look(story)
    look(story)

    assert done(story, said)


def test_a_limit_is_obeyed(story: Story) -> None:
    notes(story, 2)
    trouble(story, FaultResponse(403, {}, SECONDARY) if story.forge.name == "github" else FaultResponse(429))
    story.forge.sandbox.requests.clear()
    look(story)

    assert len(writes(story)) == 1


def test_a_limit_of_graphql_alone_is_one_of_graphql_alone(story: Story, needs: Needs) -> None:
    if story.forge.name != "github":
        pytest.skip(f"{story.forge.name} counts both together")
    said = notes(story, 2)
    trouble(story, FaultResponse(200, {}, SPENT))
    look(story)
    assert done(story, said)


def test_after_a_restart_one_question_tells_which_reactions_are_there(story: Story) -> None:
    trouble(story, FaultResponse(404))
    reacting = r"(reactions|award_emoji)$"
    story.forge.sandbox.faults.add(FaultResponse(502), method="POST", path=reacting, nth=3, times=50)
    said = notes(story, 9)
    look(story)
    assert sum(len(story.reactions(note)) for note in said) == 2
    story.forge.sandbox.faults.clear()

    story.bridge = story.bridge_of(story.forge.another())
    story.forge.sandbox.requests.clear()
    changes = look(story)

    assert [type(one) for one in changes] == [React] * 7
    assert len(writes(story)) == 1
    requests = story.forge.sandbox.requests
    words = ("viewerHasReacted", "awardEmoji(")
    assert len([one for one in requests if any(word in query(one) for word in words)]) == 1
    reads = [one.path for one in requests if one.method == "GET"]
    assert not [path for path in reads if re.search(r"(comments|notes)/[0-9]+/(reactions|award_emoji)$", path)]
    assert done(story, said)


def test_a_restarted_process_asks_for_nothing_that_the_lists_show(story: Story) -> None:
    if story.forge.name != "github":
        pytest.skip(f"{story.forge.name} lists no reactions")
    said = notes(story, 3)
    look(story)
    story.bridge = story.bridge_of(story.forge.another())
    story.forge.sandbox.requests.clear()
    look(story)

    assert not [one for one in story.forge.sandbox.requests if "viewerHasReacted" in query(one)]
    assert done(story, said)
