"""Action items with owners and days: chased until they are done, each by itself (S108, S112-S114)."""

from tests.contract.forges import Forge
from tests.stories.linked import all_rest, forge_facts
from tests.stories.story import Story


def chased(story: Story) -> list[str]:
    """Return the reminders of action items, in the order of the thread."""
    return [
        line
        for key in story.ours
        if key.startswith("nudge:action")
        for line in story.text(key).splitlines()
        if line.startswith("@")
    ]


def test_three_items_are_done_in_time_late_and_never(forge: Forge) -> None:
    story = Story(forge)
    story.at("10:00")
    story.open("bob", "Backups fail", "/incident declare --detected 09:30 --by alarm\n/incident claim lead")
    story.say("bob", "/incident question why did nobody read the mails?")
    story.at("11:00")
    story.say("bob", "/incident resolve")
    story.say(
        "alice",
        "/incident postmortem 2026-11-09\n"
        "/incident cause the disk was full\n"
        "/incident action watch the disk @carol due 2026-11-05\n"
        "/incident action restore one backup a month @dana due 2026-11-06\n"
        "/incident action read the mails @bob",
    )
    review = forge_facts(story, "Postmortem review")
    watch, restore, read = (
        forge_facts(story, title) for title in ("watch the disk", "restore one", "read the mails")
    )
    assert [[one.login for one in item.assignees] for item in (watch, restore, read)] == [
        ["carol"],
        ["dana"],
        ["bob"],
    ]
    for words in ("on **2026-11-09**", "the disk was full", "why did nobody read the mails?"):
        assert words in review.body
    assert chased(story) == []

    # In time: nobody is reminded.
    story.at("2026-11-05 16:00")
    story.world.close(watch, story.carol)
    story.at("2026-11-06 09:00")
    assert story.look().next_at is not None
    assert chased(story) == []
    assert f"done · #{watch.number}" in review.body

    # Late: dana alone, and again every second day.
    for day in ("2026-11-07", "2026-11-09"):
        story.at(f"{day} 09:00")
        story.look()
        [one] = chased(story)
        assert one.startswith("@dana, this action item was due on 2026-11-06: restore one backup a month")
        assert f"#{restore.number}" in one
    story.at("2026-11-09 10:00")
    story.world.close(restore, story.dana)
    story.look()
    assert chased(story) == []

    # The one without a day is nobody's to chase; given one, it is. The review's day is put off as well (S108).
    story.at("2026-11-30 10:00")
    story.look()
    assert chased(story) == []
    story.say("alice", "/incident postmortem 2026-12-02")
    assert "on **2026-12-02**" in review.body
    assert f"open · #{read.number}" in review.body
    assert not story.ticket.open
    assert story.rests()
    assert all_rest(story)
