"""More was said and noted than fits into comments: both timelines move into linked issues (S69, S72, S84-S86)."""

from tests.contract.forges import Forge
from tests.stories.linked import all_rest, forge_facts, others
from tests.stories.story import Story
from tracker_bridge.sandbox.world import Ticket

MESSAGE = "\n".join(f"> {'words ' * 20}{number}" for number in range(60))


def test_communications_and_timeline_move_and_follow_corrections(forge: Forge) -> None:
    story = Story(forge)
    # Only what each forge allows in a comment decides: a little more than that is said, and noted.
    updates, notes = 2 + forge.tracker.max_body // len(MESSAGE), 5 + forge.tracker.max_body // 800
    story.open("bob", "Region down", "/incident declare --started 08:55")
    story.say("alice", "/incident claim lead\n/incident role scribe @dana\n/incident channel main status page")
    story.say("alice", "/incident audience external @carol")
    first = None
    for number in range(updates):
        forge.clock.forward(1800)
        note = story.world.comment(
            story.ticket, story.carol, f"/incident update external\n{MESSAGE}\n> the {number}th"
        )
        first = first or note
    for start in range(0, notes, 20):
        lines = [f"/incident note {'x' * 900} step {n}." for n in range(start, min(start + 20, notes))]
        story.world.comment(story.ticket, story.dana, "\n".join(lines))
    story.look()
    assert others(story) == []

    story.forge.clock.forward(60)
    story.say("alice", "/incident resolve")
    talk, timeline = forge_facts(story, "Timeline of communications"), forge_facts(story, "Timeline: ")
    assert {talk.number, timeline.number} == {one.number for one in others(story)}
    # Said in the incident, in a sentence (S86), and linked natively (S85).
    assert "is in a separate issue" in story.text(f"linked:communications:{talk.number}")
    assert "documents what was communicated about this incident" in story.text(
        f"linked:communications:{talk.number}"
    )
    assert f"in a separate issue: #{timeline.number}." in story.text(f"linked:timeline:{timeline.number}")
    assert {link.other.number for link in story.ticket.links} >= {talk.number, timeline.number}
    assert "communications" not in story.keys
    # The Scribe's comment keeps the rest (S69).
    text = story.text("summary")
    assert "#### Statistics" in text
    assert "#### Summary timeline" in text
    assert f"in a separate issue: #{timeline.number}." in text

    # They end with the incident, and can be told from work by their label.
    for one in (talk, timeline):
        assert not one.open
        assert [label.name for label in one.labels] == ["incident-record"]

    def whole(one: Ticket) -> str:
        return "\n".join([one.body, *(note.body for note in one.comments if note.author is forge.bot)])

    assert [n for n in range(updates) if f"> the {n}th" not in whole(talk)] == []
    assert [n for n in range(notes) if f"step {n}." not in whole(timeline)] == []

    # What is corrected in the incident is corrected there.
    assert first is not None
    story.edit(first, "carol", "/incident update external: It began.")
    assert "> It began." in whole(talk)
    assert "> the 0th" not in whole(talk)

    # Whoever opens one again has a reason.
    story.world.reopen(talk, story.carol)
    story.edit(first, "carol", "/incident update external: It began again.")
    assert "> It began again." in whole(talk)
    assert talk.open
    forge.clock.forward(60)
    assert story.rests()
    assert all_rest(story)


def test_a_message_of_any_length_stands_whole(forge: Forge) -> None:
    """S80, S84: however it was written, as long as the forge takes it."""
    story = Story(forge)
    most = min(forge.tracker.max_body - 200, 90_000)
    words = "word " * (most // 5)
    quoted = "".join(f"> {number} {'word ' * 16}\n" for number in range(most // 100))
    story.open("bob", "Region down", "/incident declare --started 08:55")
    story.say("alice", "/incident claim lead\n/incident channel main status page")
    story.say("alice", f"/incident update external: {words}last.")
    story.say("alice", f"/incident update internal\n{quoted}> last.")
    story.say("alice", "/incident resolve")

    assert not [key for key in story.keys if key.startswith("refusal")]
    notes = [note.body for one in others(story) for note in one.comments if note.author is forge.bot]
    pages = [one.body for one in others(story) if one.title.startswith("Timeline of communications")]
    told = "\n".join([*pages, *notes] if pages else [story.text("communications")])
    assert bool(pages) == (forge.tracker.max_body < 180_000)
    assert told.count("word") == words.count("word") + quoted.count("word")
    assert told.count("last.") == 2
    assert "The rest is in" not in told
    assert story.rests()
