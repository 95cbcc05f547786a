"""Incidents in which nothing is said for long: reminders come, are replaced, and go (S18, S52, S58, S106)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.contract.forges import Forge
from tests.stories.story import Story
from tracker_bridge.sandbox.world import Note

WORDS = {
    "there has been no technical update": "quiet",
    "the audience": "update",
    "no Incident Lead": "lead",
    "tester": "testers",
    "action item": "action",
    "nobody recorded when": "undetected",
    "has not taken over": "vacant",
    "Ask for volunteers": "roles",
}


def waits(story: Story, clock: str) -> str:
    """Let time pass, look, and return when the next look is due."""
    story.at(clock)
    look = story.look()
    assert story.rests()
    return f"{look.next_at:%H:%M}" if look.next_at else "never"


def reminders(story: Story) -> dict[str, Note]:
    """Return the reminders in the thread by their kind; several of them may be one comment."""
    return {kind: note for kind, _, note in _lines(story)}


def _lines(story: Story) -> list[tuple[str, str, Note]]:
    """Return the kind of each reminder, whom it asks, and the comment in which it stands."""
    notes = [note for key, note in story.ours.items() if key.startswith("nudge:")]
    lines = [(line, note) for note in notes for line in note.body.splitlines() if line.startswith("@")]
    return [
        (next(kind for words, kind in WORDS.items() if words in line), line.partition(",")[0], note)
        for line, note in lines
    ]


def asked(story: Story) -> dict[str, str]:
    """Return who is reminded, by the kind of reminder."""
    return {kind: whom for kind, whom, _ in _lines(story)}


def test_a_night_in_which_hardly_anybody_says_a_word(forge: Forge) -> None:
    story = Story(forge)
    story.at("20:00")
    story.open("bob", "Checkout returns 502", "/incident declare --detected 19:58 --by alarm")
    assert story.look().next_at == datetime(2026, 11, 2, 20, 15, tzinfo=ZoneInfo("UTC"))

    # Bob has something else to do than to find a lead: he is asked to name one (S98-S100).
    assert waits(story, "20:14") == "20:15"
    assert asked(story) == {}
    assert waits(story, "20:15") == "20:30"
    assert asked(story) == {"lead": "@bob"}
    first = reminders(story)["lead"]

    # The lead comes, and the team with her; the reminder goes.
    story.at("20:20")
    story.say("alice", "/incident claim lead\n/incident role scribe @dana\n/incident role comms @carol external")
    assert asked(story) == {}
    assert first not in story.ticket.comments

    # Nothing is heard: with no Assist, dana looks and alice names one; bob is left alone (S52).
    assert waits(story, "20:30") == "20:35"
    assert [(kind, whom) for kind, whom, _ in _lines(story)] == [("quiet", "@dana"), ("quiet", "@alice")]
    assert "@bob" not in "".join(note.body for key, note in story.ours.items() if key.startswith("nudge:"))
    story.at("20:33")
    story.say("alice", "/incident role assist @tess\n/incident role tester @rita")
    assert asked(story) == {"quiet": "@tess"}

    # Tess answers in plain words, carol tells that there is nothing new (S60): the reminder goes.
    story.at("20:40")
    story.say("tess", "We are waiting for the provider, and try the other route meanwhile.")
    story.say("carol", "/incident no-update external")
    assert asked(story) == {}

    # The next ones are new comments at the end of the thread; those of the next slot replace them.
    assert waits(story, "21:10") == "21:30"
    assert asked(story) == {"quiet": "@tess"}
    assert waits(story, "21:30") == "21:40"
    half = reminders(story)
    assert asked(story) == {"quiet": "@tess", "update": "@carol"}
    assert "the next update is due by 21:40 UTC" in half["update"].body
    assert waits(story, "21:40") == "22:40"
    hour = reminders(story)
    assert asked(story) == {"quiet": "@dana", "update": "@carol"}  # tess had her turn (S58)
    assert "the next update has been due since 21:40 UTC" in hour["update"].body
    assert {note.id for note in half.values()} & {note.id for note in story.ticket.comments} == set()
    assert min(note.id for note in hour.values()) > max(note.id for note in half.values())

    # Everybody sleeps while the provider works: silence, and then one reminder each, not many.
    story.at("21:45")
    story.say("alice", "/incident snooze 4h the provider works on it")
    assert asked(story) == {}
    assert waits(story, "22:40") == "01:45"
    assert asked(story) == {}
    assert waits(story, "2026-11-03 01:45") == "02:40"
    assert asked(story) == {"quiet": "@alice", "update": "@carol"}
    assert "since 02 Nov 20:40 UTC" in reminders(story)["quiet"].body.replace("\u00a0", " ")

    # The bridge was down for hours: one reminder each (F23).
    assert waits(story, "2026-11-03 06:50") == "07:40"
    assert asked(story) == {"quiet": "@dana", "update": "@carol"}

    # A fix: rita is asked at once, and reminded; after the end as well (S106).
    story.at("2026-11-03 07:00")
    story.say("bob", "/incident fixed")
    story.say("carol", "/incident update external: It works again, we keep watching.")
    assert asked(story) == {}
    assert waits(story, "2026-11-03 07:15") == "07:30"
    assert asked(story) == {"testers": "@rita"}
    story.at("2026-11-03 07:20")
    story.say("alice", "/incident resolve")
    assert asked(story) == {}
    assert waits(story, "2026-11-03 07:35") == "07:20"
    assert asked(story) == {"testers": "@rita"}
    story.at("2026-11-03 08:00")
    story.say("rita", "/incident test pass paid twice")
    assert asked(story) == {}
    assert waits(story, "2026-11-09 08:00") == "never"
    assert asked(story) == {}


def test_the_owner_of_an_action_item_is_chased_until_its_issue_is_closed(forge: Forge) -> None:
    """S113."""
    story = Story(forge)
    story.open("bob", "Checkout returns 502", "/incident declare --detected 5m ago\n/incident claim lead")
    story.say("bob", "/incident action alert on the pool @carol due 2026-11-04\n/incident resolve")
    [item] = [ticket for ticket in forge.project.tickets.values() if ticket is not story.ticket]
    assert waits(story, "2026-11-04 23:59") == "00:00"
    assert asked(story) == {}
    for day in ("2026-11-05", "2026-11-07", "2026-11-09"):
        assert waits(story, f"{day} 00:00") == "00:00"
        assert asked(story) == {"action": "@carol"}
    assert f"Please close #{item.number} when it is done" in reminders(story)["action"].body
    story.world.close(item, story.carol)
    assert waits(story, "2026-11-09 10:00") == "never"
    assert asked(story) == {}


def test_a_reminder_that_somebody_deletes_comes_back_and_pings_nobody_again(forge: Forge) -> None:
    story = Story(forge)
    story.open("bob", "Checkout returns 502", "/incident declare")
    waits(story, "09:15")
    first = reminders(story)["lead"].body
    story.delete(reminders(story)["lead"])
    waits(story, "09:16")
    again = reminders(story)["lead"].body
    assert "@bob" not in again
    assert again.replace("\u200b", "") == first


def test_a_reminder_posted_twice_is_left_once(forge: Forge) -> None:
    """A crash between an unclear answer and the next look."""
    story = Story(forge)
    story.open("bob", "Checkout returns 502", "/incident declare")
    waits(story, "09:15")
    first = reminders(story)["lead"]
    story.world.comment(story.ticket, forge.bot, first.body)
    waits(story, "09:16")
    assert reminders(story)["lead"] is first


def test_nobody_is_asked_about_an_incident_that_ended_long_before_it_was_reconciled(forge: Forge) -> None:
    """S66: the summary says what is missing; a mail about last month's incident is wanted by nobody."""
    story = Story(forge)
    story.at("20:00")
    story.open("bob", "Checkout returns 502", "/incident declare")
    story.world.comment(story.ticket, story.who("bob"), "/incident claim lead\n/incident resolve")
    story.at("2026-11-03 20:30")
    story.look()
    assert "undetected" not in asked(story)
    assert "/incident detected <time>" in story.text("summary") + story.text("status")
    assert story.rests()


def test_who_was_asked_for_the_detection_in_time_may_answer_days_later(forge: Forge) -> None:
    story = Story(forge)
    story.at("20:00")
    story.open("bob", "Checkout returns 502", "/incident declare")
    story.say("bob", "/incident claim lead\n/incident resolve")
    note = reminders(story)["undetected"]
    for clock in ("2026-11-04 08:00", "2026-11-30 08:00"):
        story.at(clock)
        story.look()
        assert reminders(story)["undetected"] is note
        assert story.rests()
    story.say("bob", "/incident detected 2026-11-02 19:50")
    assert "undetected" not in asked(story)


def test_the_second_assist_hears_of_the_vacancy_when_the_first_stays_silent(forge: Forge) -> None:
    """S14."""
    story = Story(forge)
    story.at("20:00")
    story.open("bob", "Checkout returns 502", "/incident declare --detected 19:58")
    story.say("alice", "/incident claim lead\n/incident role assist @carol @dana")
    story.say("bob", "/incident unrole tl")
    assert "@carol" in next(note.body for key, note in story.ours.items() if key.startswith("succession"))
    waits(story, "20:14")
    assert "vacant" not in asked(story)
    waits(story, "20:15")
    assert asked(story)["vacant"] == "@dana"
    story.say("dana", "/incident claim tech-lead")
    assert "vacant" not in asked(story)
    assert not [key for key in story.keys if key.startswith("succession")]
    assert story.rests()
