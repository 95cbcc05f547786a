"""Random notebooks, posted to both forges over HTTP: the bridge makes the same incident of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract import forge_github, forge_gitlab
from tests.contract.forges import Forge, town
from tests.examples import examples
from tests.offline.replaying import thread_of
from tests.offline.test_retelling import SAID, text_of
from tests.stories.story import Story
from tracker_bridge.cli.replay import place_of
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import Access, IssueRef
from tracker_bridge.offline.posting import Poster, as_opened, opening
from tracker_bridge.offline.retelling import Retelling
from tracker_bridge.offline.trial import Planned, differences, planned
from tracker_bridge.sandbox.faults import Lose
from tracker_bridge.trackers import Telling

BUILDERS = {"github": forge_github.build, "gitlab": forge_gitlab.build}
NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)


@contextmanager
def story_on(name: str) -> Iterator[Story]:
    """A forge with people who may write, and the bridge that looks at it."""
    forge = town(name)
    forge.sockets = False
    forge.clock.now = NOW
    with BUILDERS[name](forge):
        story = Story(forge)
        forge.world.add_member(forge.project, forge.alice, Access.WRITE)
        yield story


def poster_of(forge: Forge) -> Poster:
    """Return who posts with alice's own token."""
    bot, forge.bot = forge.bot, forge.alice
    tracker = forge.another()
    forge.bot = bot
    assert isinstance(tracker, Telling)
    runner = tracker.viewer(forge.project.path)

    def wait(seconds: float) -> None:
        forge.clock.forward(int(seconds))

    return Poster(tracker, runner, wait, lambda _: None)


def replayed(story: Story, text: str) -> Planned:
    """Post a notebook as the command does; return what was planned."""
    thread, poster = thread_of(text), poster_of(story.forge)
    retelling = Retelling(thread, poster.runner.login, {})
    wish = opening(thread.notebook, thread.issue.title, retelling.opening(), thread.notebook.entries[0].at)
    ref = IssueRef(story.forge.name, story.forge.project.path, 0)
    blank = as_opened(wish, poster.runner, ref, NOW, thread.issue.url)
    plan = planned(retelling, place_of(poster, blank, thread.rules, NOW))
    target = poster.open(ref, wish)
    poster.post(target, plan.comments)
    story.ticket = story.forge.project.tickets[target.number]
    return plan


@pytest.mark.parametrize("name", BUILDERS)
@examples(4)
@given(said=SAID, lost=st.sampled_from([None, True, False]))
def test_the_bridge_makes_of_it_what_the_notebook_was(
    name: str, said: list[tuple[str, str, int]], *, lost: bool | None
) -> None:
    text = text_of(said)
    with story_on(name) as story:
        if lost is not None:
            story.forge.sandbox.faults.add(Lose(done=lost), method="POST", path=r"/(comments|notes)$")
        plan = replayed(story, text)
        story.look()
        meant, found = (
            thread_of(text).incident,
            story.bridge.decide(story.forge.tracker.read(story.ref), story.forge.clock.now).incident,
        )
        assert len([one for one in story.ticket.comments if "<!-- replayed " in one.body]) == len(plan.comments)
        assert differences(meant, found, {}) == ()
        told = [(one.audiences, one.said, one.occurred) for one in meant.comms.communications]
        assert [(one.audiences, one.said, one.occurred) for one in found.comms.communications] == told
        kinds = [Kind.SEVERITY, Kind.PHASE, Kind.UPDATE, Kind.STARTED, Kind.FIXED, Kind.RESOLVED, Kind.REOPENED]
        assert _times(found, kinds) == _times(meant, kinds)


def _times(incident: Incident, kinds: list[Kind]) -> list[tuple[Kind, datetime]]:
    """Return when what occurred; what was said before it was declared is recorded later than it was said."""
    return sorted((one.kind, one.occurred.at) for one in incident.timeline.of(*kinds))
