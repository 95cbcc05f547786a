"""Coming and going: replacement, hand-off with a brief, catching up, succession (S6, S13, S14, S20, S50, S52)."""

import re

import pytest

from tests.commands.thread import Thread, declared
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import Person


def busy() -> Thread:
    """Some way into an incident, with something to say of everything."""
    thread = declared("/incident declare --started ~13:50 --detected 13:58")
    thread.say("alice", "/incident claim lead\n/incident severity sev1\n/incident impact customers: cannot pay")
    thread.say("alice", "/incident role assist @carol\n/incident role scribe @dana\n/incident channel main #inc-7")
    thread.say("bob", "/incident status identified the pool is too small\n/incident propose roll back")
    thread.say("carol", "/incident task @erin read the logs\n/incident task pass 1 @frank")
    thread.say("alice", "/incident role comms @dana external")
    thread.say("dana", "/incident update external via status page: We are on it.", "14:20")
    return thread


def test_whoever_replaces_a_lead_is_told_whom() -> None:
    """S13: the timeline says so, and the card of the new one."""
    thread = declared()
    number = thread.say("alice", "/incident role tl @carol")
    card = thread.card(number, "carol")
    assert card.startswith("@carol, you are **Technical Lead** in this incident, in place of **bob**.")
    [left] = thread.entries(Kind.ROLE_LEFT)
    assert (left.who, left.what, left.author) == ("bob", "Technical Lead", "alice")

    number = thread.say("carol", "/incident handoff tl @dana")
    assert "in place of **carol**" in thread.card(number, "dana")


def test_a_first_holder_replaces_nobody() -> None:
    thread = declared()
    number = thread.say("alice", "/incident role lead @carol\n/incident role tester @dana @erin")
    assert "in place of" not in thread.card(number, "carol")
    assert "in place of" not in thread.card(number, "erin")


# The brief


def test_a_handoff_posts_one_comment_with_the_duties_and_the_brief() -> None:
    """S50: what is known, what is being done, what could fix it, who was told what, and where people talk."""
    thread = busy()
    number = thread.say("alice", "/incident handoff tl @dana", "14:30")

    text = thread.card(number, "dana").replace("\u00a0", " ")

    assert text.startswith("@dana, you are **Technical Lead** in this incident, in place of **bob**.")
    assert thread.mentions[f"duty:{number}.dana"] == {"dana"}
    for known in (
        "**sev1** · **identified** · since ≈ 13:50 UTC",
        "- **customers**: cannot pay",
        "`#inc-7`",
        "Cause identified: the pool is too small — bob",
        "roll back — bob",
        "| read the logs | **frank**, for **erin** |",
        "- **external** · update **by 15:20** · last [14:20](",
    ):
        assert known in text, known


def test_the_brief_stays_as_it_was() -> None:
    thread = busy()
    number = thread.say("alice", "/incident handoff tl @erin")
    before = thread.card(number, "erin")
    thread.say("frank", "no command")
    thread.say("carol", "/incident task done 1\n/incident severity sev3\n/incident note | so be it")
    thread.say("alice", "/incident note much later | 2026-11-21 10:00")
    assert thread.card(number, "erin") == before


def test_one_who_is_just_given_a_role_gets_no_brief() -> None:
    thread = busy()
    number = thread.say("alice", "/incident role assist @erin")
    assert "As it stands" not in thread.card(number, "erin")


def test_who_joins_catches_up_without_asking_anybody() -> None:
    """S50, S52: the same brief as a reply, and nobody is mentioned."""
    thread = busy()
    number = thread.say("erin", "/incident catchup\n/incident catch-up", "14:30")

    text = thread.documents[f"catchup:{number}"].replace("\u00a0", " ")

    assert f"catchup:{number}" not in thread.mentions
    assert text.startswith("🔴 **Checkout is down**, as it stood at 14:30 UTC.")
    assert "| read the logs | **frank**, for **erin** |" in text
    assert "- **external** · update **by 15:20** · last [14:20](" in text
    assert "| Technical Lead | **bob** |" in text
    thread.say("alice", "/incident severity sev4\n/incident role tl @erin")
    assert thread.documents[f"catchup:{number}"].replace("\u00a0", " ") == text


def events(text: str, heading: str) -> list[str]:
    """Return the lines below a heading of a brief, without their links."""
    listed = text.replace("\u00a0", " ").partition(f"**{heading}")[2].partition("\n\n")[2].partition("\n\n")[0]
    return [re.sub(r"\]\(\S+?\)", "]", line) for line in listed.splitlines()]


def test_a_brief_tells_plain_notes_and_results_the_newest_first() -> None:
    """S50: not only what is major."""
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident role scribe @dana\n/incident role assist @carol", "14:02")
    thread.say("carol", "/incident task @erin read the logs", "14:05")
    thread.say("dana", "/incident note db-7 is out of connections", "14:10")
    thread.say("erin", "/incident task done 1 nothing in the logs", "14:20")
    expected = [
        "- [14:20] Task 1 is done: nothing in the logs",
        "- [14:10] db-7 is out of connections — dana",
        "- [14:05] Task 1 for **erin**: read the logs — carol",
        "- [14:00] Incident declared — bob",
    ]
    number = thread.say("alice", "/incident handoff tl @rita", "14:30")
    assert events(thread.card(number, "rita"), "What happened**") == expected
    number = thread.say("rita", "/incident catchup", "14:31")
    assert events(thread.documents[f"catchup:{number}"], "What happened**") == expected


def test_a_brief_tells_what_is_new_since_one_was_last_there() -> None:
    """S50: and of before that what is major."""
    thread = declared()
    thread.say("dana", "/incident claim scribe\n/incident note db-7 is out of connections", "14:10")
    thread.say("bob", "/incident note rebuilt the index", "14:20")
    thread.say("erin", "I have another idea", "14:21")
    thread.say("bob", "/incident note the index is in use", "14:30")
    number = thread.say("erin", "/incident catchup", "14:40")
    text = thread.documents[f"catchup:{number}"]
    assert events(text, "What happened since 14:21 UTC**") == ["- [14:30] the index is in use — bob"]
    assert events(text, "Before that**") == ["- [14:00] Incident declared — bob"]
    number = thread.say("erin", "/incident catchup", "14:50")
    assert events(thread.documents[f"catchup:{number}"], "What happened since 14:40 UTC**") == [
        "- Nothing was recorded."
    ]


def test_a_long_brief_is_shortened_in_the_middle() -> None:
    thread = declared()
    thread.say("dana", "/incident claim scribe\n" + "\n".join(f"/incident note step {n}" for n in range(60)))
    number = thread.say("erin", "/incident catchup")
    lines = events(thread.documents[f"catchup:{number}"], "What happened**")
    assert lines[0].endswith("step 59 — dana")
    assert lines[20] == "- 31 more in between: see the thread"
    assert lines[-2].endswith("step 0 — dana")
    assert len(lines) == 31


def test_a_brief_tells_what_was_tested() -> None:
    thread = busy()
    thread.say("alice", "/incident role tester @erin")
    thread.say("bob", "/incident fixed 14:20", "14:25")
    thread.say("erin", "/incident test pass cards are fine", "14:30")
    number = thread.say("alice", "/incident catchup")
    text = thread.documents[f"catchup:{number}"]
    assert "- Applied at [14:20](" in text
    assert "Test passed: cards are fine — erin" in text
    assert "not confirmed" not in text


def test_a_brief_tells_after_a_failed_test_what_else_could_fix_it() -> None:
    """S43, S50: the fix is out again, and what was proposed is what is left."""
    thread = busy()
    thread.say("alice", "/incident role tester @erin")
    thread.say("bob", "/incident fixed")
    number = thread.say("alice", "/incident catchup")
    assert "roll back — bob" not in thread.documents[f"catchup:{number}"]
    thread.say("erin", "/incident test fail cards still hang")
    number = thread.say("alice", "/incident handoff assist @dana\n/incident handoff tl @dana")
    text = thread.card(number, "dana")
    assert "Test failed: cards still hang — erin" in text
    assert "roll back — bob" in text


def test_a_brief_tells_who_is_to_be_told_before_anything_was_said() -> None:
    """S50, S73."""
    thread = declared()
    thread.say("alice", "/incident role comms @carol management")
    number = thread.say("alice", "/incident catchup")
    line = "- **management** (internal) · first update **by 15:00** · **carol**\n"
    assert line in thread.documents[f"catchup:{number}"]


def test_many_handoffs_make_no_deep_values() -> None:
    """A brief holds the incident as it stood, without the briefs before it."""
    thread = busy()
    for number in range(12):
        thread.say("alice", f"/incident handoff scribe @person-{number}")
    [*_, last] = thread.incident.outgoing.duties
    assert last.briefing is not None
    assert last.briefing.outgoing.duties == ()
    assert thread.incident == thread.incident


# Succession


def test_when_the_technical_lead_steps_off_the_first_assist_is_asked() -> None:
    """S14, S52: the Assist is mentioned, the one who left is not."""
    thread = declared()
    thread.say("alice", "/incident role assist @carol @dana")
    number = thread.say("bob", "/incident unrole tl", "14:30")

    text = thread.documents[f"succession:{number}.carol"]

    assert text.startswith("@carol, **bob** is no longer Technical Lead, since [14:30](")
    assert "`/incident claim tech-lead`" in text
    assert thread.mentions[f"succession:{number}.carol"] == {"carol"}

    thread.say("carol", "/incident claim tech-lead")
    assert not [key for key in thread.documents if key.startswith("succession")]


def test_the_next_in_line_is_asked_when_the_first_is_not_there_any_more() -> None:
    thread = declared()
    thread.say("alice", "/incident role assist @bob @carol @dana")
    number = thread.say("bob", "/incident unrole tl")
    assert f"succession:{number}.carol" in thread.documents
    thread.say("carol", "/incident unrole assist")
    assert thread.mentions[f"succession:{number}.dana"] == {"dana"}
    assert thread.incident.successor == Person(0, "dana")


def test_a_team_is_no_successor_and_the_person_after_it_is_asked() -> None:
    """S13, S14: one person leads, so the line that is proposed must name one."""
    thread = declared()
    thread.say("alice", "/incident role assist @acme/ops @carol")
    number = thread.say("bob", "/incident unrole tl")
    assert thread.mentions[f"succession:{number}.carol"] == {"carol"}
    assert "`/incident role tech-lead @carol`" in thread.documents["status"].replace("\u00a0", " ")
    thread.say("alice", "/incident role tech-lead @carol")
    assert thread.mistakes == []


@pytest.mark.parametrize("why", ["replaced", "no assist", "resolved"])
def test_nobody_is_asked_who_need_not_be(why: str) -> None:
    thread = declared()
    if why != "no assist":
        thread.say("alice", "/incident role assist @carol")
    thread.say("alice", "/incident role tl @dana" if why == "replaced" else "/incident unrole tl @bob")
    if why == "resolved":
        thread.say("alice", "/incident resolve")
    assert not [key for key in thread.documents if key.startswith("succession")]


# Too much for one


def test_one_who_takes_most_of_the_roles_is_told_when_it_happens() -> None:
    """S6, S116: in the card of the role that is too many, and in no other."""
    thread = declared()
    first = thread.say("alice", "/incident claim lead\n/incident claim scribe\n/incident claim comms")
    second = thread.say("alice", "/incident claim assist")
    documents = thread.documents
    assert "⚠️ You hold most of the roles now" in documents[f"duty:{second}.alice"]
    assert "⚠️" not in documents[f"duty:{first}.alice"]


def test_testers_with_other_work_are_marked_in_the_table() -> None:
    """S20."""
    thread = declared()
    thread.say("alice", "/incident role tester @bob @dana")
    assert "| Tester | **bob** ⚠️, **dana** |" in thread.documents["status"]
    assert thread.incident.people.holds("bob", Role.TECHNICAL_LEAD)


def test_whom_somebody_replaces_is_told_for_each_role() -> None:
    """S13: of several roles taken in one comment, some may have been held by somebody."""
    thread = declared()
    number = thread.say("alice", "/incident handoff tl @carol\n/incident role scribe @carol")
    assert thread.card(number, "carol").startswith(
        "@carol, you are **Technical Lead** (in place of **bob**) and **Scribe** in this incident.\n"
    )
