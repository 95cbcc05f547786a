"""What was said before an issue became an incident: it counts from the beginning on (S23, S25)."""

from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import Thread
from tests.examples import examples
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import EventType
from tracker_bridge.domain.issue.receipts import Verdict

FORM = "/incident started 13:40\n/incident severity sev2\n/incident note The queue is full."


def test_commands_of_an_issue_that_is_opened_with_the_label_count() -> None:
    thread = Thread(FORM, labels=["incident"])

    assert thread.verdicts == [Verdict.ACCEPTED] * 3
    assert thread.mistakes == []
    incident = thread.incident
    assert incident.severity is not None
    assert (incident.severity.name, incident.times.started is not None) == ("sev2", True)
    assert [entry.text for entry in thread.entries(Kind.NOTE)] == ["The queue is full."]


def test_so_they_do_when_the_label_comes_later_whoever_puts_it() -> None:
    thread = Thread(FORM)
    thread.say("carol", "/incident claim scribe")
    assert len(thread.mistakes) == 4

    thread.do("alice", EventType.LABELED, "incident")

    assert thread.mistakes == []
    assert thread.verdicts == [Verdict.ACCEPTED] * 4
    assert thread.incident.people.holds("carol", Role.SCRIBE)
    assert thread.incident.people.holds("alice", Role.TECHNICAL_LEAD)


def test_while_it_is_no_incident_whoever_may_is_told_what_is_missing() -> None:
    thread = Thread()
    number = thread.say("carol", "/incident claim scribe\n/incident note x")
    thread.say("mallory", "/incident note let me in")

    shown = thread.documents[f"refusal:{number}"]
    assert set(thread.documents) == {f"refusal:{number}"}
    assert "not an incident yet; this line takes effect once it is" in shown
    assert "Try `/incident declare`" in shown


def test_they_are_applied_in_their_order_also_within_one_comment() -> None:
    thread = Thread()
    thread.say("alice", "/incident severity sev3\n/incident claim scribe")
    thread.say("bob", "/incident severity sev1\n/incident declare\n/incident severity sev2")

    assert [entry.what for entry in thread.entries(Kind.SEVERITY)] == ["sev3", "sev1", "sev2"]
    assert thread.incident.people.holds("alice", Role.SCRIBE)


def test_what_makes_no_sense_then_is_refused_like_any_other_line() -> None:
    thread = Thread()
    number = thread.say("alice", "/incident claim boss\n/incident task done 1")
    thread.say("alice", "/incident declare")

    assert [mistake.line for mistake in thread.mistakes] == ["/incident claim boss", "/incident task done 1"]
    assert {reply.comment for reply in thread.incident.outgoing.replies} == {number}
    assert thread.verdicts == [Verdict.ACCEPTED, Verdict.REFUSED, Verdict.REFUSED]


def test_who_had_no_right_is_judged_when_it_begins_and_costs_no_comment_before() -> None:
    thread = Thread(opener="rita")
    thread.say("rita", "/incident severity sev1")
    thread.look()
    assert (thread.mistakes, thread.receipts.calls) == ([], ())

    thread.do("alice", EventType.LABELED, "incident")
    assert thread.verdicts == [Verdict.IGNORED]
    assert thread.incident.severity is None


def test_who_had_the_right_keeps_it_until_it_begins() -> None:
    thread = Thread()
    thread.say("carol", "/incident severity sev1")
    thread.look()
    thread.access["carol"] = thread.access["mallory"]
    thread.do("alice", EventType.LABELED, "incident")
    assert thread.verdicts == [Verdict.ACCEPTED]


LINES = [
    f"/incident {one}" for command in COMMANDS.values() for one in command.examples if command.verb != "declare"
]


@examples(30)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=5))
def test_it_makes_no_difference_whether_the_label_came_a_moment_earlier_or_later(lines: list[str]) -> None:
    """But for who is told: the reaction to each line, and what it did, are the same."""
    early, late = Thread(), Thread()
    early.do("alice", EventType.LABELED, "incident", "14:01")
    early.say("alice", "\n".join(lines), "14:02")
    late.say("alice", "\n".join(lines), "14:02")
    late.do("alice", EventType.LABELED, "incident", "14:02:30")

    assert set(late.folded.receipts.calls) == set(early.folded.receipts.calls)
    assert sorted(one.line for one in late.mistakes) == sorted(one.line for one in early.mistakes)
    said = [(e.kind, e.what, e.who, e.text) for e in early.incident.timeline if e.id]
    assert [(e.kind, e.what, e.who, e.text) for e in late.incident.timeline if e.id] == said
