"""What somebody did under a right that they had then stays, also when the right is taken back (S13, S42, S106)."""

import pytest

from tests.commands.thread import Thread, declared
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.timeline import Kind


def seen(thread: Thread, login: str, text: str) -> int:
    """Say something, and let the bridge look."""
    number = thread.say(login, text)
    thread.look()
    return number


def test_tasks_of_an_assist_stay_when_the_role_is_deleted() -> None:
    thread = declared()
    role = seen(thread, "bob", "/incident role assist @dana")
    seen(thread, "dana", "/incident task @erin read the logs")
    seen(thread, "dana", "/incident task @erin count the rows\n/incident test request with all cards")
    seen(thread, "erin", "/incident task accept 1")
    seen(thread, "erin", "/incident task done 1 nothing in them")
    seen(thread, "dana", "/incident task pass 2 @carol")
    before = [(entry.kind, entry.text) for entry in thread.incident.timeline if entry.kind is not Kind.ROLE_TAKEN]

    thread.delete(role)

    assert thread.mistakes == []
    assert not thread.incident.people.holds("dana")
    told = [(entry.kind, entry.text) for entry in thread.incident.timeline if entry.kind is not Kind.ROLE_TAKEN]
    assert told == before
    thread.say("dana", "/incident task @erin and now this")
    assert "tasks can only be assigned by" in thread.mistake.refused.reason


def test_a_verdict_stays_when_the_testers_role_is_deleted() -> None:
    thread = declared()
    role = seen(thread, "alice", "/incident role tester @dana")
    seen(thread, "bob", "/incident fixed")
    seen(thread, "dana", "/incident test pass")
    thread.delete(role)
    assert thread.incident.confirmed is not None
    assert thread.mistakes == []


@pytest.mark.parametrize("gone", ["lead", "verdict"])
def test_an_end_stays_when_what_gave_the_right_to_it_is_deleted(gone: str) -> None:
    thread = declared()
    lead = seen(thread, "alice", "/incident role lead @carol\n/incident role tester @dana")
    seen(thread, "bob", "/incident fixed")
    verdict = seen(thread, "dana", "/incident test pass")
    seen(thread, "bob" if gone == "verdict" else "carol", "/incident resolve")
    thread.delete(verdict if gone == "verdict" else lead)
    assert thread.incident.times.resolved is not None
    assert thread.mistakes == []


def test_what_was_refused_is_judged_anew_when_the_role_is_given() -> None:
    thread = declared()
    thread.say("alice", "/incident role scribe @erin\n/incident fixed by @bob", "14:05")
    late = thread.say("dana", "/incident test pass", "14:10")
    thread.look()
    thread.say("alice", "/incident role tester @dana", "14:20")
    thread.look()
    assert {"use `/incident claim tester` first" in one.refused.reason for one in thread.mistakes} == {True}
    thread.edit(late, "/incident claim tester\n/incident test pass")
    assert thread.incident.confirmed is not None


def test_lost_receipts_judge_by_what_the_thread_says_now() -> None:
    thread = declared()
    role = thread.say("bob", "/incident role assist @dana")
    thread.say("dana", "/incident task @erin read the logs")
    thread.delete(role)
    assert thread.incident.work.tasks == ()
    assert not thread.incident.people.holds("dana", Role.TECHNICAL_ASSIST)
