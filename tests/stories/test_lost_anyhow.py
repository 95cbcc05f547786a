"""
Whatever people say, whoever leaves, and however it is lost: what is over stays over, what goes on goes on, and
nobody is pinged for the past. Stories drawn from a seed: ``python -m tests.stories.test_lost_anyhow 0 1000`` tries
more.
"""

import sys
from random import Random

import pytest

from tests.contract import forge_local
from tests.contract.forges import Forge, town
from tests.examples import MORE
from tests.stories import test_lost as lost
from tests.stories.story import Story
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.world import Note

PEOPLE = ("alice", "bob", "carol", "dana", "tess", "rita")
LINES = (
    *(
        "note something happened",
        "note x | 09:00",
        "fixed",
        "resolve",
        "resolve",
        "reopen",
        "cancel it was nothing",
    ),
    *(
        "claim lead",
        "claim assist",
        "claim scribe",
        "role tester @tess",
        "role comms @carol",
        "handoff lead @carol",
    ),
    *("severity sev1", "severity sev2", "status identified", "unrole assist", "test pass", "test fail", "declare"),
    *("task @dana look at the logs", "question why", "cause the disk", "postmortem", "nonsense"),
    "action write a test @carol due 2026-11-20",
)


def words(draw: Random, most: int) -> str:
    return "\n".join(f"/incident {draw.choice(LINES)}" for _ in range(draw.randint(1, most)))


def played(forge: Forge, draw: Random) -> Story:
    """Play an incident; at its end some of the people leave."""
    story = Story(forge, Rules(close_when_resolved=draw.random() < 0.8))
    story.open("alice", "API down", "/incident declare")
    notes: list[Note] = []
    for minute in range(2, draw.randint(8, 40), 3):
        story.at(f"09:{minute:02}")
        if notes and draw.random() < 0.15:
            story.edit(draw.choice(notes), draw.choice(PEOPLE), words(draw, 2))
        elif draw.random() < 0.05:
            (story.world.close if story.ticket.open else story.world.reopen)(story.ticket, story.who("bob"))
            story.look()
        else:
            notes.append(story.say(draw.choice(PEOPLE), words(draw, 3)))
        if minute == 8:
            story.old = story.ours["status"].body  # type: ignore[attr-defined]
    for login in draw.sample(PEOPLE, draw.randint(1, 4)):
        story.world.add_member(forge.project, story.who(login), Access(draw.choice([0, 1, 2])))
    story.at("13:00")
    story.look()
    return story


def over(story: Story) -> bool:
    return any(phase in story.text("status") for phase in ("**resolved**", "**cancelled**"))


def holds(seed: int) -> None:
    draw, forge = Random(seed), town("local")
    with forge_local.build(forge):
        story = played(forge, draw)
        keys, before, there = (
            story.keys,
            (over(story), story.ticket.open),
            {one.id for one in story.ticket.comments},
        )
        if draw.random() < 0.4:
            lost.forget_reactions(story.ticket)
        harm = draw.choice(lost.HARMS if hasattr(story, "old") else lost.HARMS[:3])

        harm(story)
        lost.goes_on(story) if before[0] else story.look()

        assert (over(story), story.ticket.open) == before
        told = [key for key in lost.fresh(story, there) if before[0] or not key.startswith("refusal:")]
        assert told == []
        assert {key for key in keys if key.startswith(("summary", "duty", "linked"))} <= story.keys


@pytest.mark.parametrize("seed", range(20 * MORE))
def test_what_is_over_stays_over_and_what_goes_on_goes_on(seed: int) -> None:
    holds(seed)


if __name__ == "__main__":
    for number in range(*map(int, sys.argv[1:3])):
        try:
            holds(number)
        except AssertionError as error:
            sys.stdout.write(f"seed {number}: {str(error)[:200]}\n")
