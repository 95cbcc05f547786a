"""Updates too early, in time, late, and with nothing new, to audiences with clocks of their own (S74-S82)."""

from tests.contract.forges import Forge
from tests.stories.story import Story


def due(story: Story) -> dict[str, str]:
    """Return who is reminded to tell something, by audience."""
    texts = [story.text(key) for key in story.keys if key.startswith("nudge:")]
    lines = [line for text in texts for line in text.splitlines() if "the audience **" in line]
    return {line.split("**")[1]: line.partition(",")[0] for line in lines}


def row(story: Story, audience: str) -> str:
    """Return the audience's line in the status comment."""
    lines = story.text("status").splitlines()
    return next(line for line in lines if line.startswith(f"- **{audience}** "))


def test_floor_ceiling_and_reminders_for_two_audiences(forge: Forge) -> None:
    story = Story(forge)
    story.at("09:00")
    story.open("bob", "Payments hang", "/incident declare --started 08:50 --detected 08:55 --by alarm")
    story.say(
        "alice",
        "/incident claim lead\n/incident role scribe @dana\n/incident role assist @tess\n"
        "/incident impact customers: every tenth payment hangs",
    )

    # Before a channel was agreed on: recorded, with a hint; it goes when there is one (S18).
    story.at("09:05")
    story.say(
        "alice", "/incident audience external @carol\n/incident audience management @rita via mail to the board"
    )
    first = story.say("carol", "/incident update external: Some payments hang. We are on it.")
    assert "No main channel is set yet" in story.text(f"early:{first.id}")
    assert "⚠️ Updates are going out, but no main channel is set: `/incident channel main <where>`" in story.text(
        "status"
    )
    story.say("alice", "/incident channel main status.acme.test")
    assert "no main channel is set" not in story.text("status")
    assert "`status.acme.test`" in row(story, "external")
    assert "by 10:00" in row(story, "management")
    assert "first update" in row(story, "management")

    # Sooner than half an hour: recorded, and asked why (S76).
    story.at("09:20")
    early = story.say("carol", "/incident update external: Still on it.")
    assert "less than 30 min after the last one" in story.text(f"early:{early.id}")
    story.edit(early, "carol", "/incident update external --now the press called: Still on it.")
    assert f"early:{early.id}" not in story.keys

    # A correction may come at any time; each audience has a clock of its own (S74).
    story.at("09:25")
    right = story.say("carol", "/incident update external --correction: Every tenth payment, not some.")
    assert f"early:{right.id}" not in story.keys
    story.at("09:50")
    story.look()
    assert due(story) == {"management": "@rita"}
    story.say("rita", "/incident update management: Every tenth payment hangs since 08:50.")
    assert due(story) == {}

    # What is new since then, with a draft that is not the timeline (S78, S79).
    story.say("dana", "/incident note connections of acme-pay-7 are exhausted")
    asked = story.say("carol", "/incident brief")
    brief = story.text(f"brief:{asked.id}")
    assert "#### Brief for external" in brief
    assert "connections of acme-pay-7 are exhausted" in brief.partition("**Draft")[0]
    assert "acme-pay-7" not in brief.partition("**Draft")[2]
    assert "> - customers: every tenth payment hangs" in brief

    # An hour of silence: asked for shortly before it is due, and then; one reminder at a time (S77).
    story.at("10:15")
    story.look()
    assert due(story) == {"external": "@carol"}
    [change] = [key for key in story.keys if key.startswith("nudge:") and "external" in story.text(key)]
    assert "the next update is due by 10:25 UTC" in story.text(change)
    story.at("10:40")
    story.look()
    assert "external" not in (story.text(change) if change in story.keys else "")
    assert due(story) == {"external": "@carol", "management": "@rita"}
    assert "the next update has been due since 10:25 UTC" in "".join(
        story.text(key) for key in story.keys if key.startswith("nudge:")
    )

    # Nothing new is an answer as well (S60), and the Technical Lead was never asked (S52).
    wrong = story.say("dana", "/incident no-update external")
    assert "`carol` can record that; it takes a Communication Lead" in story.text(f"refusal:{wrong.id}")
    story.delete(wrong)
    story.say("carol", "/incident no-update external")
    assert f"refusal:{wrong.id}" not in story.keys
    assert due(story) == {"management": "@rita"}
    story.say("rita", "/incident no-update management")
    assert due(story) == {}
    assert not [key for key in story.keys if key.startswith("nudge") and "@bob" in story.text(key)]

    # The end is told at once, though the last one was a moment ago; then all that was said, in one comment (S82).
    story.at("10:45")
    story.say("bob", "/incident fixed 10:30")
    story.say("alice", "/incident resolve")
    assert "closing update" in row(story, "external")
    last = story.say("carol", "/incident update external: Payments work again since 10:30.")
    story.say("rita", "/incident update management: It is over since 10:30.")
    assert f"early:{last.id}" not in story.keys
    assert due(story) == {}
    told = story.text("communications")
    outside, _, inside = told.partition("#### management")
    for words in (
        "> Some payments hang. We are on it.",
        "⚠️ early: the press called",
        "correction",
        "> Every tenth payment, not some.",
        "> Nothing new since",
        "> Payments work again since 10:30.",
    ):
        assert words in outside
        assert words not in inside or words == "> Nothing new since"
    assert "`mail to the board`" in inside
    assert "> It is over since 10:30." in inside
    assert story.rests()
