"""The issues that a story opens beside its own."""

from tests.stories.story import Story
from tracker_bridge.sandbox.world import Ticket


def others(story: Story) -> list[Ticket]:
    return [one for one in story.forge.project.tickets.values() if one is not story.ticket]


def forge_facts(story: Story, title: str) -> Ticket:
    """Return the only other issue whose title begins so."""
    [found] = [one for one in others(story) if one.title.startswith(title)]
    return found


def all_rest(story: Story) -> bool:
    """Whether a bridge that has just been started has nothing to do, here and in all the others."""
    bridge = story.bridge_of(story.forge.another())
    refs = [story.forge.ref(one) for one in (story.ticket, *others(story))]
    return all(bridge.reconcile(ref, story.forge.clock.now, {}).changes == () for ref in refs)
