"""How an incident ends, by word or by hand, and how it comes back (S57, S91, S106)."""

import pytest

from tests.commands.thread import Thread, at, declared, refusal
from tracker_bridge.domain.incident.incident import Phase
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import EventType


def resolved_at(thread: Thread) -> str:
    mark = thread.incident.times.resolved
    return f"{mark.moment.at:%H:%M}" if mark else ""


def test_resolve_is_now() -> None:
    thread = declared()
    thread.say("alice", "/incident resolve", "15:10")

    assert thread.incident.phase is Phase.RESOLVED
    assert resolved_at(thread) == "15:10"
    assert not thread.incident.ending.wants_open


def test_resolve_is_when_the_fix_was_in_and_keeps_when_it_was_said() -> None:
    """S106: both are kept."""
    thread = declared()
    thread.say("bob", "/incident fixed ~14:50", "15:00")
    thread.say("alice", "/incident resolve", "15:10")

    [entry] = thread.entries(Kind.RESOLVED)

    assert resolved_at(thread) == "14:50"
    assert (entry.occurred.approximate, entry.recorded_at) == (True, at("15:10"))
    assert "Resolved — alice, noted 15:10" in thread.documents["summary"]


def test_a_time_said_with_it_wins() -> None:
    thread = declared()
    thread.say("bob", "/incident fixed 14:50", "15:00")
    thread.say("alice", "/incident resolved 14:55", "15:10")
    assert resolved_at(thread) == "14:55"


def test_closing_by_hand_does_the_same() -> None:
    thread = declared()
    thread.do("carol", EventType.CLOSED, when="15:10")

    [entry] = thread.entries(Kind.RESOLVED)

    assert resolved_at(thread) == "15:10"
    assert (entry.author, entry.by_hand) == ("carol", True)
    assert "Resolved — carol, in the tracker" in thread.documents["summary"]


def test_reopen_starts_the_clock_again_and_the_summary_says_so() -> None:
    thread = declared()
    thread.say("alice", "/incident fixed\n/incident resolve")
    thread.say("alice", "/incident reopen the errors are back", "15:00")

    incident = thread.incident

    assert incident.phase is Phase.INVESTIGATING
    assert (incident.times.resolved, incident.times.fixed, incident.ending.wants_open) == (None, None, True)
    documents = thread.documents
    assert "Reopened: the errors are back — alice" in documents["status"]
    assert "⚠️ The incident was reopened: what follows is as of now, and will change." in documents["summary"]
    assert "- **Time to resolve: unknown**, detection and resolution not recorded\n" in documents["summary"]
    assert "resolution [" not in documents["summary"]


def test_reopening_by_hand_does_the_same() -> None:
    thread = declared()
    thread.do("carol", EventType.CLOSED)
    thread.do("carol", EventType.REOPENED)
    assert thread.incident.phase is Phase.INVESTIGATING
    assert "Reopened — carol, in the tracker" in thread.documents["status"]


def test_resolved_again_counts_to_the_second_end() -> None:
    thread = Thread()
    thread.say("alice", "/incident declare --detected 14:00", "14:05")
    thread.say("alice", "/incident resolve", "14:30")
    thread.say("alice", "/incident reopen", "14:40")
    thread.say("alice", "/incident resolve", "15:20")

    assert resolved_at(thread) == "15:20"
    assert thread.incident.ending.resolutions == 2
    assert "- **Time to resolve: 1\u00a0h\u00a020\u00a0min** (" in thread.documents["summary"]


def test_cancel_says_why_and_stays_out_of_statistics() -> None:
    thread = declared()
    thread.say("alice", "/incident cancel it was a false alarm")

    assert thread.incident.phase is Phase.CANCELLED
    assert not thread.incident.ending.wants_open
    documents = thread.documents
    assert "**cancelled**" in documents["status"]
    assert "Cancelled: it was a false alarm — alice" in documents["status"]
    assert "summary" not in documents


def test_taking_the_label_off_does_the_same_until_it_is_put_back() -> None:
    thread = declared()
    thread.do("alice", EventType.LABELED, "incident")
    thread.do("alice", EventType.UNLABELED, "incident")
    assert thread.incident.phase is Phase.CANCELLED
    assert thread.incident.ending.unlabeled

    thread.do("alice", EventType.LABELED, "incident")
    assert thread.incident.active
    assert not thread.incident.ending.unlabeled


def test_reopen_puts_back_the_label_that_was_taken_off() -> None:
    thread = declared()
    thread.do("alice", EventType.LABELED, "incident")
    thread.do("alice", EventType.UNLABELED, "incident")
    thread.say("alice", "/incident reopen it was one after all")
    assert thread.incident.active
    assert not thread.incident.ending.unlabeled


def test_what_was_resolved_and_is_cancelled_after_all_counts_in_nothing() -> None:
    thread = declared("/incident declare --started 13:00 --detected 13:30")
    thread.say("alice", "/incident fixed\n/incident resolve")
    thread.say("alice", "/incident cancel the monitor lied")

    documents = thread.documents

    assert "The incident was cancelled: it is excluded from the statistics." in documents["summary"]
    assert "unknown**, resolution not recorded (" in documents["summary"]
    assert "### ⚪ Checkout is down" in documents["status"]
    assert "over since" not in documents["status"]


@pytest.mark.parametrize(
    ("said_before", "text", "reason", "instead"),
    [
        ("show", "reopen", "this incident is still open", ""),
        ("show", "cancel", "give a reason", "cancel <why>"),
        ("show", "cancel that", "give a reason", "cancel <why>"),
        ("show", "cancel the last update", "`cancel` ends the incident as none", "cancel <why>"),
        ("show", "cancel snooze", "`cancel` ends the incident as none", "cancel <why>"),
        ("show", "cancel note 1001", "`cancel` ends the incident as none", "cancel <why>"),
        ("show", "cancel the page for @bob", "`cancel` ends the incident as none", "cancel <why>"),
        (
            "show",
            "resolve it works again",
            "`it works again` is not a time I understand",
            "resolve\nnote it works again",
        ),
        (
            "show",
            "resolve 23:59 tomorrow",
            "2026-11-23 23:59 UTC is in the future",
            "resolve <time>",
        ),
        ("resolve", "resolve", "this incident is already resolved; to correct when it ended", "resolve <time>"),
        ("resolve", "resolve soon", "`soon` is not a time I understand", "resolve <time>"),
        ("resolve", "status identified", "this incident is resolved; `/incident reopen` undoes that", ""),
        ("cancel false alarm", "claim lead", "this incident is cancelled; `/incident reopen` undoes that", ""),
        ("cancel false alarm", "fixed", "this incident is cancelled; `/incident reopen` undoes that", ""),
        ("cancel false alarm", "cancel again", "this incident is already cancelled", ""),
        ("cancel false alarm", "resolve", "this incident is cancelled; `/incident reopen` undoes that", ""),
    ],
)
def test_refusals(said_before: str, text: str, reason: str, instead: str) -> None:
    thread = declared()
    thread.say("alice", f"/incident {said_before}")
    told, line = refusal(thread, "alice", f"/incident {text}")
    assert told.startswith(reason)
    assert line == instead


def test_closing_what_has_ended_changes_nothing() -> None:
    thread = declared()
    thread.say("alice", "/incident resolve")
    before = thread.incident
    thread.do("alice", EventType.CLOSED)
    assert thread.incident == before


def test_what_ends_by_word_is_closed_once() -> None:
    """Somebody who opens the issue again by hand is not closed down by yesterday's command."""
    thread = declared()
    number = thread.say("alice", "/incident resolve")
    assert f"close.{number}" in thread.look().receipts.once_keys
    thread.do("carol", EventType.REOPENED)
    assert thread.incident.ending.wants_open
    assert thread.incident.ending.open_by == ""


# What is put right afterwards


def closed() -> Thread:
    """Closed by hand at 16:30, long after it was over."""
    thread = declared("/incident declare --detected 14:00")
    thread.say("alice", "/incident claim lead")
    thread.do("carol", EventType.CLOSED, when="16:30")
    return thread


def test_when_it_was_over_is_put_right_after_the_end() -> None:
    """S66, S88: the end is the same one, and whose word it was stays."""
    thread = closed()
    number = thread.say("bob", "/incident resolve 14:50", "16:40")

    incident = thread.incident
    [entry] = thread.entries(Kind.RESOLVED)

    assert thread.mistakes == []
    assert (incident.ending.resolutions, incident.phase, incident.ending.open_by) == (1, Phase.RESOLVED, "")
    assert (entry.occurred.at, entry.recorded_at) == (at("14:50"), at("16:30"))
    assert incident.times.resolved is not None
    assert (incident.times.resolved.moment.at, incident.times.resolved.by) == (at("14:50"), "carol")
    assert incident.times.resolved.url.endswith(f"-{number}")
    summary = thread.documents["summary"].replace("\u00a0", " ")
    assert "Resolved — carol, in the tracker, noted 16:30, corrected by bob" in summary
    assert "- **Time to resolve: 50 min** (" in summary

    thread.delete(number)
    assert resolved_at(thread) == "16:30"


def test_the_fix_of_what_is_over_tells_when_it_was_over() -> None:
    """S44, S106."""
    thread = closed()
    thread.say("bob", "/incident fixed 14:45 by @erin", "16:40")
    assert thread.incident.phase is Phase.RESOLVED
    assert resolved_at(thread) == "14:45"
    assert "erin" in thread.incident.technical

    thread.say("alice", "/incident resolve 14:55", "16:45")
    thread.say("bob", "/incident fixed 14:40", "16:50")
    assert resolved_at(thread) == "14:55"
    assert thread.incident.times.fixed is not None
    assert thread.incident.times.fixed.moment.at == at("14:40")


def test_who_made_the_fix_can_be_told_after_the_end_without_its_time() -> None:
    """S44."""
    thread = closed()
    thread.say("alice", "/incident fixed by @erin", "16:40")
    assert resolved_at(thread) == "16:30"
    thread.say("alice", "/incident fixed 14:45", "16:41")
    thread.say("alice", "/incident fixed by @bob", "16:42")
    assert resolved_at(thread) == "14:45"


def test_impact_and_roles_can_be_told_after_the_end_and_only_testers_get_a_card() -> None:
    """S7, S117: what it cost is often known later."""
    thread = closed()
    before = set(thread.documents)
    thread.say("dana", "/incident impact customers: could not pay --cost 12000 EUR", "17:00")
    thread.say("dana", "/incident claim scribe")
    thread.say("alice", "/incident role comms @bob\n/incident handoff lead @carol")
    number = thread.say("erin", "/incident claim tester\n/incident test pass")

    assert thread.mistakes == []
    assert "(12000 EUR)" in thread.documents["summary"]
    assert thread.incident.people.holds("dana", Role.SCRIBE)
    assert thread.incident.people.holds("carol", Role.INCIDENT_LEAD)
    assert thread.incident.confirmed is not None
    cards = {key for key in set(thread.documents) - before if key.startswith("duty")}
    assert cards == {f"duty:{number}.erin"}


# Against a tester's word


def failed() -> Thread:
    """Led by alice; bob's fix of 14:50 failed erin's test at 15:00."""
    thread = declared("/incident declare --detected 14:00")
    thread.say("alice", "/incident claim lead\n/incident role tester @erin", "14:10")
    thread.say("bob", "/incident fixed", "14:50")
    thread.say("erin", "/incident test fail vouchers hang", "15:00")
    return thread


def test_to_resolve_against_a_failed_test_takes_a_reason_and_the_summary_tells_it() -> None:
    """S106: the tester's word stands beside the lead's."""
    thread = failed()
    reason, line = refusal(thread, "alice", "/incident resolve 14:50")
    assert reason.startswith("the last test failed (`erin`)")
    assert line == "resolve 14:50 --despite <why>"
    assert thread.incident.active
    thread.say("alice", "/incident resolve 14:50 --despite vouchers end in December anyway", "15:10")
    assert len(thread.mistakes) == 1
    assert resolved_at(thread) == "14:50"
    for document in (thread.documents["summary"], thread.documents["status"]):
        text = document.replace("\u00a0", " ")
        assert "⚠️ Not confirmed by a tester: **alice** declared it resolved." in text
        assert "⚠️ **alice** resolved it despite a failed test ([erin](" in text
        assert ") at 15:00): vouchers end in December anyway" in text
    assert "Resolved despite a failed test: vouchers end in December anyway" in thread.documents["summary"]


@pytest.mark.parametrize("typed", ["—despite it is the test's fault", "despite it is the test's fault"])
def test_what_was_meant_as_the_reason_is_one(typed: str) -> None:
    thread = failed()
    thread.say("alice", f"/incident resolve {typed}", "15:10")
    assert thread.mistakes == []
    assert thread.incident.ending.despite is not None
    assert thread.incident.ending.despite.why == "it is the test's fault"


def test_closing_by_hand_against_a_failed_test_is_recorded_as_that_and_can_be_explained() -> None:
    """S106."""
    thread = failed()
    thread.do("carol", EventType.CLOSED, when="15:10")
    assert "⚠️ **carol** closed the issue despite a failed test (" in thread.documents["summary"]
    assert "no reason given" in thread.documents["summary"]
    assert "- The reason for closing the issue despite a failed test: `/incident resolve --despite <why>`" in (
        thread.documents["status"].replace("\u00a0", " ")
    )
    thread.say("carol", "/incident resolve --despite it was her browser", "15:20")
    assert thread.mistakes == []
    assert "it was her browser" in thread.documents["summary"]
    assert "--despite" not in thread.documents["status"]
    assert resolved_at(thread) == "15:10"


def test_a_reason_is_for_what_failed_only_and_what_was_accepted_stays() -> None:
    thread = declared()
    reason, line = refusal(thread, "bob", "/incident resolve --despite the rain")
    assert (reason, line) == ("no test has failed, so `--despite` is not needed", "resolve")
    thread = failed()
    verdict = thread.issue.comments[-1].id
    thread.say("alice", "/incident resolve --despite the rain", "15:10")
    thread.look()
    thread.delete(verdict)
    assert thread.mistakes == []
    assert resolved_at(thread)
    assert "despite" not in thread.documents["summary"]


def test_a_tester_who_sees_it_work_again_or_another_fix_needs_no_reason() -> None:
    """S21, S106."""
    thread = failed()
    thread.say("erin", "/incident test pass it was my browser", "15:05")
    thread.say("bob", "/incident resolve", "15:10")
    assert thread.mistakes == []
    assert thread.incident.ending.despite is None
    thread = failed()
    thread.say("bob", "/incident fixed", "15:05")
    thread.say("alice", "/incident resolve", "15:10")
    assert thread.mistakes == []


def test_opening_it_again_ends_the_exception() -> None:
    thread = failed()
    thread.say("alice", "/incident resolve --despite the rain", "15:10")
    thread.say("alice", "/incident reopen it is back", "15:20")
    thread.say("alice", "/incident resolve", "15:30")
    assert thread.mistakes == []
    assert thread.incident.ending.despite is None
