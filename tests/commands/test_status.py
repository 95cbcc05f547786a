"""What the status comment answers, and in which order: the first screen of a telephone is what counts."""

import re

from tests.commands.thread import RENDERER, ROOM, Thread, declared
from tracker_bridge.domain.issue.documents import STATUS


def status(thread: Thread) -> str:
    """Return the status comment as it reads: links without their addresses."""
    return re.sub(r"\]\(\S+?\)", "]", thread.documents["status"]).replace("\u00a0", " ")


def busy() -> Thread:
    thread = declared("/incident declare --started ~13:50 --detected 13:58 --by alarm")
    thread.say("alice", "/incident claim lead\n/incident severity sev1\n/incident impact customers: cannot pay")
    thread.say("alice", "/incident stakeholder @dana\n/incident channel main #inc\n/incident announced #general")
    thread.say("alice", "/incident role comms @carol external\n/incident role scribe @dana", "14:10")
    thread.say("dana", "/incident note db-7 is out of connections", "14:12")
    return thread


def test_the_header_tells_how_bad_since_when_and_who_leads_with_one_date() -> None:
    text = status(busy())
    assert "**sev1** · **investigating** · since ≈ 13:50 UTC, 22 Nov 2026 · led by **alice**\n" in text
    assert text.count("2026") == 1


def test_what_matters_now_stands_above_who_does_what() -> None:
    thread = busy()
    thread.say("dana", "/incident unrole scribe\n/incident claim tester")
    thread.say("bob", "/incident fixed\n/incident task @carol watch the queue")
    text = status(thread)
    order = (
        "### 🔴 ",
        "- **customers**: ",
        "Updates only at `#inc` · next **by 15:00**",
        "**Needed now**",
        "**Latest events**",
        "**Tasks**",
        "| Role | Who |",
        "**Audiences**",
        "Started [",
        "<summary>Commands</summary>",
    )
    assert [words for words in order if words not in text] == []
    assert sorted(order, key=text.index) == list(order)


def test_how_the_work_is_organised_is_no_latest_event() -> None:
    latest = status(busy()).partition("**Latest events**")[2].partition("| Role |")[0]
    assert "db-7 is out of connections — dana" in latest
    assert "Severity **sev1** — alice" in latest
    for housekeeping in ("is Scribe", "Updates at", "Announced at", "affected"):
        assert housekeeping not in latest


def test_only_notes_carry_a_number() -> None:
    """They are what can be edited and retracted; everything else is named by its address."""
    assert len(re.findall(r"<sub>`\d+(?:\.\d)?`</sub>", status(busy()))) == 1


def test_the_times_stand_in_one_line() -> None:
    assert "Started [≈ 13:50] · Detected [13:58] (alert) · Declared [14:00] by bob\n" in status(busy())


def test_a_missing_technical_lead_is_asked_for() -> None:
    """S13."""
    thread = declared()
    thread.say("bob", "/incident unrole tech-lead")
    assert "- A Technical Lead: `/incident role tech-lead @<who>`" in status(thread)


def test_what_must_be_put_right_is_needed_now() -> None:
    """S18, S20."""
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident role tester @bob\n/incident update external: x")
    needed = status(thread).partition("**Needed now**")[2].partition("**Latest events**")[0]
    assert "- ⚠️ Updates are going out, but no main channel is set: `/incident channel main <where>`" in needed
    assert "- ⚠️ **bob** is both testing and working on the fix." in needed


def test_after_the_end_it_tells_what_comes_afterwards() -> None:
    """S108-S113."""
    thread = busy()
    thread.say("carol", "/incident update external: Payments fail.")
    thread.say("alice", "/incident resolve\n/incident postmortem 2026-12-02\n/incident action alert @dana")
    assert "**Follow-up:** summary below · communications below · action items 0 of 1 done\n" in status(thread)
    links = {"postmortem": 3, "communications": 4, "timeline": 5}
    moved = (
        *RENDERER.appendices(thread.incident, ROOM, links),
        *RENDERER.aftermath(thread.incident, ROOM, links),
    )
    documents = RENDERER.documents(thread.incident, "", ROOM, links, moved=moved)
    [text] = [one.body for one in documents if one.key == STATUS]
    assert (
        "**Follow-up:** summary below, full timeline #5 · communications #4 · postmortem #3 on 2026-12-02 · "
        "action items 0 of 1 done\n"
    ) in text
    assert "Needed now" not in text


def test_it_lists_the_usual_commands_and_how_to_find_the_others() -> None:
    text = status(busy()).partition("<summary>Commands</summary>")[2]
    assert text.count("- `/incident ") == 10
    assert "- `/incident update <audience>: <text>`: Record what an audience was told" in text
    assert "All commands: `/incident help`" in text


def test_a_card_of_several_roles_is_folded() -> None:
    """S7: it is read on a telephone."""
    thread = declared()
    number = thread.say("alice", "/incident role scribe @dana\n/incident role tester @dana")
    card = thread.documents[f"duty:{number}.dana"]
    assert re.findall("<summary>(.*)</summary>", card) == ["Scribe", "Tester"]
    assert card.count("</details>") == 2
    number = thread.say("alice", "/incident role scribe @erin")
    assert "<details>" not in thread.documents[f"duty:{number}.erin"]


def test_that_no_channel_is_set_is_said_once_of_two_updates_in_one_comment() -> None:
    """S18."""
    thread = declared()
    thread.say("alice", "/incident claim lead")
    number = thread.say("alice", "/incident update external: one\n/incident update internal: two")
    assert thread.documents[f"early:{number}"].count("No main channel is set yet") == 1


def test_a_detection_before_the_start_is_seen_while_it_can_be_put_right() -> None:
    """S64."""
    thread = declared("/incident declare --started 13:50 --detected 13:40")
    assert "⚠️ before it started" in thread.documents["status"]

    thread.say("alice", "/incident started 13:35")
    assert "before it started" not in thread.documents["status"]
