"""In a long thread, everything that mails points to the status comment, and that to what was posted at the end."""

import re

from tests.contract.forges import Forge, Needs
from tests.stories.story import Story
from tracker_bridge.sandbox.world import Event

STATUS = re.compile(r"\[Status\]\((?P<url>\S+?)\)")


def test_cards_reminders_and_summary_link_to_the_status_comment(forge: Forge, needs: Needs) -> None:
    needs("http")
    story = Story(forge)
    posted: dict[str, str] = {}

    def hear(event: Event) -> None:
        if event.note and event.kind == "comment" and event.actor is forge.bot and event.action == "created":
            posted[str(event.note.id)] = event.note.body

    story.world.listeners.append(hear)
    story.open("bob", "Checkout returns 502", "/incident declare")
    card = story.say("alice", "/incident claim lead\n/incident role tester @tess\n/incident role comms @rita")
    story.say("bob", "/incident fixed")
    story.at("10:00")
    story.look()
    reminders = [key for key in story.keys if key.startswith("nudge:")]
    story.say("rita", "/incident update internal: It works again.")
    nudged = [posted[body] for body in posted if "tracker-bridge:nudge:" in posted[body]]
    story.say("tess", "/incident test pass")
    story.say("alice", "/incident resolve")

    comments = {one.id: one.url for one in forge.tracker.read(story.ref).comments}
    there = comments[story.ours["status"].id]
    assert reminders
    assert nudged
    cards = [
        text for key, note in story.ours.items() if key.startswith(("duty:", "test:")) for text in [note.body]
    ]
    assert len(cards) == 3
    assert str(card.id) in "".join(story.keys)
    for text in (*cards, *nudged, story.text("summary")):
        assert [found["url"] for found in STATUS.finditer(text)] == [there]
    first = [text for text in posted.values() if "tracker-bridge:duty:" in text]
    assert all(STATUS.search(text) for text in first), "in the mail, not only after an edit"

    # And back, once it is over.
    status = story.text("status")
    assert f"[summary]({comments[story.ours['summary'].id]})" in status
    assert f"[communications]({comments[story.ours['communications'].id]})" in status
    assert story.rests()


def test_a_status_comment_that_comes_again_is_linked_to_where_it_is(forge: Forge, needs: Needs) -> None:
    needs("http")
    story = Story(forge)
    story.open("bob", "Checkout returns 502", "/incident declare")
    forge.clock.forward(60)  # what was just posted may not be visible yet, and is not posted again
    story.delete(story.ours["status"])

    comments = {one.id: one.url for one in forge.tracker.read(story.ref).comments}
    found = STATUS.search(story.text("duty:opener"))
    assert found is not None
    assert found["url"] == comments[story.ours["status"].id]
    assert story.rests()
