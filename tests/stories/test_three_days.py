"""Three days, three audiences, hand-offs, a fix that fails, and a review of all of it (S108-S114)."""

from tests.contract.forges import Forge
from tests.stories.linked import all_rest, forge_facts
from tests.stories.story import Story


def test_a_three_day_outage_with_hand_offs_and_a_review(forge: Forge) -> None:
    """S50, S74, S76, S82, S106, S109-S114."""
    story = Story(forge)
    first_day(story)
    second_day(story)
    third_day(story)
    review(story)


def first_day(story: Story) -> None:
    """Declared at nine; three audiences with leads of their own, of whom one is never told anything (S74)."""
    story.at("2026-11-04 09:00")
    story.open("bob", "Orders are lost", "/incident declare --started 2026-11-04 08:30 --detected 08:55 --by user")
    story.say(
        "alice",
        "/incident claim lead\n/incident severity sev1\n/incident impact customers: orders vanish\n"
        "/incident role scribe @dana\n/incident role assist @carol\n/incident role tester @tess",
    )
    story.say(
        "alice",
        "/incident stakeholder logistics affected\n/incident channel main status.acme.test\n"
        "/incident audience external @rita\n/incident audience internal @dana\n"
        "/incident audience management @alice",
    )
    story.say("dana", "/incident note the queue drops every fifth message | 09:05\n/incident major")
    story.at("2026-11-04 09:30")
    story.say("rita", "/incident update external: Some orders are lost. We are on it.")
    story.say("dana", "/incident update internal: Some orders are lost; do not promise delivery dates.")
    story.say(
        "carol", "/incident propose go back to the broker of October\n/incident question who watches the queue?"
    )
    story.at("2026-11-04 12:00")
    story.say("rita", "/incident update external: We are still looking for the cause.")

    # In the evening bob goes home, and so does dana: both hand over, with a brief (S50).
    story.at("2026-11-04 19:00")
    led = story.say("bob", "/incident handoff tech-lead @carol")
    brief = story.text(f"duty:{led.id}.carol")
    assert brief.startswith("@carol, you are **Technical Lead** in this incident, in place of **bob**.")
    for known in (
        "**sev1** · **investigating**",
        "- **customers**: orders vanish",
        "the queue drops every fifth message",
        "go back to the broker of October",
        " · **rita** · ",
        "- **management** (internal) · first update **by ",
        " · **alice** · `status.acme.test`",
    ):
        assert known in brief, known
    noted = story.say("dana", "/incident handoff scribe @tess")
    assert "in place of **dana**" in story.text(f"duty:{noted.id}.tess")
    assert "| Scribe | **tess** |" in story.text("status")


def second_day(story: Story) -> None:
    """A fix is in, confirmed, and it is over; an hour later a test fails, and it is not (S106)."""
    story.at("2026-11-05 10:00")
    story.say("carol", "/incident status identified a full disk on the broker\n/incident fixed by @carol")
    story.say("rita", "/incident no-update external")
    story.at("2026-11-05 10:20")
    story.say("tess", "/incident test pass a hundred orders")
    told = story.say("rita", "/incident update external: Orders work again.")
    assert f"early:{told.id}" not in story.keys  # twenty minutes after the last, and news
    story.say("alice", "/incident resolve")
    assert not story.ticket.open
    assert "- **Total outage: 1 d 1 h 30 min**" in story.text("summary")
    assert "A date for the postmortem review" in story.text("status")

    story.at("2026-11-05 11:30")
    story.say("tess", "/incident test fail the second hundred is lost")
    assert story.ticket.open
    again = story.say("rita", "/incident update external: It is back. We are on it.")
    assert f"early:{again.id}" not in story.keys
    handed = story.say("alice", "/incident handoff tech-lead @bob")
    brief = story.text(f"duty:{handed.id}.bob")
    assert "Test failed: the second hundred is lost" in brief
    assert "go back to the broker of October" in brief


def third_day(story: Story) -> None:
    """What was proposed on the first day is done, holds, and is the end."""
    story.at("2026-11-06 08:00")
    story.say("bob", "/incident note the broker of October is back\n/incident major\n/incident fixed 07:50")
    story.at("2026-11-06 09:00")
    story.say("tess", "/incident test pass a thousand orders")
    story.say("rita", "/incident update external: Orders work since 07:50.")
    story.say("alice", "/incident resolve")
    assert not story.ticket.open
    text = story.text("summary")
    assert "- **Total outage: 1 d 23 h 20 min**" in text
    assert "- **Time to resolve: 1 d 22 h 55 min**" in text
    told = story.text("communications")
    assert "#### external" in told
    assert "#### internal" in told
    assert "> It is back. We are on it." in told


def review(story: Story) -> None:
    """Everything is in it: what happened, how it went, what was asked, why, and what is to be done."""
    story.at("2026-11-06 10:00")
    story.say(
        "alice",
        "/incident postmortem 2026-11-12\n/incident cause nobody watched the disk\n"
        "/incident action watch the disk @carol due 2026-11-20",
    )
    action, text = (
        forge_facts(story, "watch the disk"),
        forge_facts(story, "Postmortem review").body.replace("\u00a0", " "),
    )
    for part in (
        "on **2026-11-12**",
        "- **Total outage: 1 d 23 h 20 min**",
        "the queue drops every fifth message",
        "the broker of October is back",
        "Reopened",
        "| Technical Lead | less than a minute |",
        "who watches the queue?",
        "nobody watched the disk",
        f"open · #{action.number}",
        # Until the first end at 10:00, and from 11:30 on: what was said after the end is not late.
        "| external | 6 | 22 h | 3 | 0 |",
        "| internal | 1 | 1 d 30 min | 2 | 0 |",
        "| management | 0 | 1 d 1 h | 2 | 0 |",
    ):
        assert part in text, part
    for login in ("bob", "alice", "carol", "dana", "tess", "rita"):
        assert f"@{login}" in text
    assert story.rests()
    assert all_rest(story)
