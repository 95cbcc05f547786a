"""A drill of five minutes in which everything is done once (S9, S37, S68-S72, S106)."""

from tests.contract.forges import Forge
from tests.stories.story import Story


def test_five_minutes_with_everything_in_them(forge: Forge) -> None:
    story = Story(forge)
    story.at("09:00")
    story.open("bob", "Fire drill: the queue is stuck", "/incident declare --drill --started 08:59 --by staff")
    assert story.keys == {"status", "duty:opener"}
    assert "### ⚪ Drill: Fire drill: the queue is stuck" in story.text("status")

    # Three people volunteer (S37).
    story.at("09:01")
    lead = story.say(
        "alice", "/incident claim lead\n/incident sev 3 it is only a drill\n/incident detected now by staff"
    )
    tester = story.say("tess", "/incident claim tester")
    scribe = story.say("dana", "/incident claim scribe\n/incident note the queue has 400 messages")
    assert story.keys == {
        "status",
        "duty:opener",
        f"duty:{lead.id}.alice",
        f"duty:{tester.id}.tess",
        f"duty:{scribe.id}.dana",
    }
    assert story.labels == {"incident", "sev3"}

    # The fix engages the tester at once (S106).
    story.at("09:03")
    fixed = story.say("bob", "/incident fixed")
    assert story.text(f"test:{fixed.id}").startswith("@tess, **bob** reports a fix, applied at 09:03 UTC")
    assert "**sev3** · **monitoring**" in story.text("status")

    story.at("09:04")
    story.say("tess", "/incident test pass the queue is empty")
    story.at("09:05")
    story.say("alice", "/incident resolve")
    assert not story.ticket.open
    text = story.text("summary")
    assert "This was a drill: it is excluded from the statistics." in text
    assert "- **Total outage: 4 min**" in text
    assert "- **Time to resolve: 2 min**" in text
    assert "Confirmed by **tess** at [09:04]" in text or "Confirmed by **tess** at 09:04" in text
    assert text.index("#### Statistics") < text.index("#### Summary timeline") < text.index("#### Full timeline")
    assert not [key for key in story.keys if key.startswith(("nudge", "refusal", "warning"))]
    assert story.rests()
