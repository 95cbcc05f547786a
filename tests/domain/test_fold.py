"""From a thread to an incident: order, purity, what is deleted, and what is done by hand."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import ACCESS, BEGIN, BOT, PEOPLE, Thread, at, declared
from tests.examples import examples
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.fold.authorization import Authorizer
from tracker_bridge.domain.fold.fold import all_calls, fold
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.statistics import statistics
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import EventType, IssueEvent
from tracker_bridge.domain.issue.receipts import Receipts, Verdict

LINES = [f"/incident {example}" for command in COMMANDS.values() for example in command.examples] + [
    "all quiet",
    "/incident nonsense",
    "`/incident resolve`",
    "/incident note 99:99 | 99:99",
    "@incident-bot show",
]
"""What people say: the right line for every command, and wrong ones."""

DEEDS = st.tuples(
    st.sampled_from(["alice", "bob", "rita"]),
    st.sampled_from(
        [
            (EventType.LABELED, "incident"),
            (EventType.UNLABELED, "incident"),
            (EventType.LABELED, "sev1"),
            (EventType.LABELED, "SEV2"),
            (EventType.UNLABELED, "sev1"),
            (EventType.LABELED, "bug"),
            (EventType.CLOSED, ""),
            (EventType.REOPENED, ""),
        ]
    ),
)
WORDS = st.tuples(st.sampled_from(sorted(ACCESS)), st.lists(st.sampled_from(LINES), min_size=1, max_size=3))


@st.composite
def threads(draw: st.DrawFn) -> Thread:
    """Draw a thread: things said and done, in any order, a few seconds or minutes apart."""
    thread = _opened(draw)
    for event in draw(st.lists(WORDS | DEEDS, max_size=10)):
        thread.now += timedelta(seconds=draw(st.sampled_from([-60, -59, 0, 600])))
        _go_on(thread, *event)
    return thread


@st.composite
def watched(draw: st.DrawFn) -> Thread:
    """
    Draw a thread in the order of time, that was reconciled now and then while it grew.

    Not while a line was denied before there was an incident: it stays so, even if its author gets a role later.
    """
    thread = _opened(draw)
    for event, looked in draw(st.lists(st.tuples(WORDS | DEEDS, st.booleans()), max_size=10)):
        thread.now += timedelta(seconds=draw(st.sampled_from([-59, 0, 600])))
        _go_on(thread, *event)
        if looked and (thread.incident.exists or Verdict.DENIED not in thread.verdicts):
            thread.look()
    return thread


def _opened(draw: st.DrawFn) -> Thread:
    opening, opener = st.sampled_from(["", "/incident declare", "hello"]), st.sampled_from(["bob", "rita"])
    labels = st.lists(st.sampled_from(["incident", "sev2", "sev3"]), unique=True)
    thread = Thread(draw(opening), opener=draw(opener), labels=draw(labels))
    for label in sorted(thread.issue.labels):
        event = IssueEvent(BEGIN, thread.issue.author, EventType.LABELED, label)
        thread.issue = replace(thread.issue, events=(*thread.issue.events, event))
    return thread


def _go_on(thread: Thread, who: str, what: list[str] | tuple[EventType, str]) -> None:
    if isinstance(what, list):
        thread.say(who, "\n".join(what))
    else:
        thread.do(who, *what)


# Purity


@examples(30)
@given(threads())
def test_the_same_thread_gives_the_same_incident(thread: Thread) -> None:
    assert thread.folded == thread.following(thread.trails)


@examples(30)
@given(threads())
def test_what_is_remembered_changes_nothing_while_rights_stay(thread: Thread) -> None:
    """Invariant 3: lost receipts lose nothing; the second look gives what the first one gave."""
    anew = thread.look()
    again = thread.look()
    assert again.incident == anew.incident
    assert again.receipts == anew.receipts


@examples(30)
@given(watched())
def test_reconciling_in_between_changes_nothing(thread: Thread) -> None:
    """Once at the end or now and then: the same incident."""
    looked = thread.look()
    thread.receipts = Receipts()
    assert looked.incident == thread.incident


@examples(30)
@given(threads())
def test_receipts_keep_the_incident_when_everybody_loses_their_rights(thread: Thread) -> None:
    before = thread.look().incident
    thread.access = dict.fromkeys(thread.access, ACCESS["mallory"])
    assert thread.look().incident == before


@examples(20)
@given(threads())
def test_the_order_in_which_a_tracker_lists_things_does_not_matter(thread: Thread) -> None:
    expected = thread.incident
    issue = thread.issue
    thread.issue = replace(issue, comments=issue.comments[::-1])
    assert thread.incident == expected


# Deleting and editing


@examples(30)
@given(threads(), st.sampled_from(LINES))
def test_what_is_deleted_never_happened(thread: Thread, line: str) -> None:
    before = thread.incident
    number = thread.say("alice", line)
    thread.look()
    thread.delete(number)
    thread.receipts = replace(thread.receipts, once_keys=frozenset())
    assert thread.incident == before


@examples(30)
@given(threads(), st.sampled_from(LINES))
def test_what_is_hidden_says_nothing_and_speaks_again_when_it_is_shown(thread: Thread, line: str) -> None:
    before = thread.incident
    number = thread.say("alice", line)
    said = thread.incident
    thread.look()

    thread.hide(number)
    thread.receipts = replace(thread.receipts, once_keys=frozenset())
    assert thread.look().incident == before

    thread.hide(number, hidden=False)
    thread.receipts = replace(thread.receipts, once_keys=frozenset())
    assert thread.incident == said


def test_what_is_corrected_counts_as_it_says_now_and_where_it_stood() -> None:
    thread = declared()
    number = thread.say("alice", "/incident note the database is down", "14:10")
    thread.say("alice", "/incident note the queue is full", "14:20")
    thread.edit(number, "/incident note the cache is down")
    notes = thread.entries(Kind.NOTE)
    assert [(note.text, note.occurred.at) for note in notes] == [
        ("the cache is down", at("14:10")),
        ("the queue is full", at("14:20")),
    ]


# Order


def test_of_two_commands_in_one_second_the_later_comment_wins() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev1", "14:05")
    thread.say("bob", "/incident severity sev2", "14:05")
    assert severity(thread) == "sev2"
    assert [entry.what for entry in thread.entries(Kind.SEVERITY)] == ["sev1", "sev2"]


def test_the_opening_post_comes_first_whatever_is_done_in_its_second() -> None:
    thread = Thread("/incident declare it broke --started 13:00")
    thread.do("alice", EventType.LABELED, "incident", "14:00")
    assert thread.incident.title == "it broke"
    assert thread.incident.people.opener == PEOPLE["bob"]


def test_a_label_is_put_before_a_comment_of_the_same_second_is_read() -> None:
    thread = Thread()
    thread.do("alice", EventType.LABELED, "incident", "14:05")
    thread.say("alice", "/incident note the queue is full", "14:05")
    assert thread.verdicts == [Verdict.ACCEPTED]


@pytest.mark.parametrize("order", list(permutations(["say", "do"])), ids="-".join)
def test_comment_and_close_is_read_before_it_is_done(order: tuple[str, str]) -> None:
    """S88: the statistics come from what was said, not from the closing."""
    thread = declared()
    for what in order:
        if what == "say":
            thread.say("alice", "/incident resolve 14:50", "15:00")
        else:
            thread.do("alice", EventType.CLOSED, when="15:00")
    assert thread.mistakes == []
    assert resolved_at(thread.incident) == "14:50"
    assert len(thread.entries(Kind.RESOLVED)) == 1


@pytest.mark.parametrize("order", list(permutations(["say", "do"])), ids="-".join)
def test_comment_and_reopen_is_read_before_it_is_done(order: tuple[str, str]) -> None:
    thread = declared()
    thread.say("alice", "/incident resolve 14:50", "15:00")
    for what in order:
        if what == "say":
            thread.say("alice", "/incident reopen the errors are back", "15:10")
        else:
            thread.do("alice", EventType.REOPENED, when="15:10")
    assert thread.mistakes == []
    [entry] = thread.entries(Kind.REOPENED)
    assert (entry.text, entry.by_hand) == ("the errors are back", False)


# By hand: labels


def severity(thread: Thread) -> str:
    found = thread.incident.severity
    return found.name if found else ""


def resolved_at(incident: Incident) -> str:
    assert incident.times.resolved is not None
    return incident.times.resolved.moment.at.strftime("%H:%M")


def test_putting_the_label_declares_it_and_taking_it_off_cancels_it() -> None:
    thread = Thread()
    assert not thread.incident.exists
    thread.do("alice", EventType.LABELED, "Incident")
    assert thread.incident.active
    assert thread.incident.people.holds("alice", Role.TECHNICAL_LEAD)
    [entry] = thread.entries(Kind.DECLARED)
    assert (entry.author, entry.by_hand, entry.id) == ("alice", True, "")
    thread.do("bob", EventType.UNLABELED, "incident")
    assert thread.incident.phase is Phase.CANCELLED
    assert thread.incident.ending.unlabeled
    thread.do("bob", EventType.LABELED, "incident")
    assert thread.incident.active
    assert not thread.incident.ending.unlabeled


def test_other_labels_mean_nothing() -> None:
    thread = Thread()
    for label in ("bug", "incidents", "no-incident", "sev", "sev5", ""):
        thread.do("alice", EventType.LABELED, label)
    assert not thread.incident.exists
    assert severity(thread) == ""


def test_severity_by_label_and_by_command_the_last_one_counts() -> None:
    thread = declared()
    thread.do("alice", EventType.LABELED, "sev3")
    assert severity(thread) == "sev3"
    thread.say("alice", "/incident severity sev1")
    assert severity(thread) == "sev1"
    thread.do("dana", EventType.LABELED, "SEV2")
    assert severity(thread) == "sev2"
    thread.do("dana", EventType.UNLABELED, "sev1")
    assert severity(thread) == "sev2"
    thread.issue = replace(thread.issue, labels=frozenset())
    thread.do("dana", EventType.UNLABELED, "sev2")
    assert severity(thread) == ""


def test_a_label_that_nothing_explains_was_put_by_the_author_at_the_opening() -> None:
    thread = Thread(opener="dana", labels=["incident", "sev2", "bug"])
    incident = thread.incident
    assert incident.times.declared is not None
    assert (incident.times.declared.by, incident.times.declared.moment.at) == ("dana", BEGIN)
    assert severity(thread) == "sev2"


def test_a_label_that_is_explained_is_not_put_twice() -> None:
    thread = Thread()
    thread.do("alice", EventType.LABELED, "incident", "14:30")
    thread.do("alice", EventType.LABELED, "sev2", "14:31")
    assert thread.incident.people.opener == PEOPLE["alice"]
    assert len(thread.entries(Kind.DECLARED)) == 1
    assert len(thread.entries(Kind.SEVERITY)) == 1


def test_of_several_labels_that_nothing_explains_one_counts_and_always_the_same() -> None:
    found = {severity(Thread(labels=labels)) for labels in permutations(["incident", "sev3", "sev1", "sev2"])}
    assert found == {"sev1"}


def test_the_teams_own_labels() -> None:
    thread = Thread(rules=Rules(incident_label="Outage"))
    thread.do("alice", EventType.LABELED, "incident")
    assert not thread.incident.exists
    thread.do("alice", EventType.LABELED, "outage")
    assert thread.incident.exists


# By hand: closing and opening


def test_statistics_never_come_from_closing_when_a_time_was_said() -> None:
    """S88."""
    thread = declared("/incident declare --started 13:00 --detected 13:10")
    thread.say("alice", "/incident resolve 14:50", "15:00")
    said = statistics(thread.incident)
    thread.do("alice", EventType.CLOSED, when="15:01")
    thread.do("alice", EventType.CLOSED, when="18:00")
    assert statistics(thread.incident) == said
    assert [interval.length for interval in said] == [
        timedelta(minutes=10),
        timedelta(hours=1, minutes=50),
        timedelta(hours=1, minutes=40),
    ]


def test_closing_by_hand_ends_it_when_the_fix_was_in() -> None:
    thread = declared()
    thread.say("alice", "/incident fixed 14:40", "14:45")
    thread.do("alice", EventType.CLOSED, when="15:30")
    assert thread.incident.phase is Phase.RESOLVED
    assert resolved_at(thread.incident) == "14:40"
    assert thread.incident.ending.open_by == ""


def test_closing_by_hand_without_a_word_ends_it_then() -> None:
    thread = declared()
    thread.do("alice", EventType.CLOSED, when="15:30")
    assert resolved_at(thread.incident) == "15:30"
    [entry] = thread.entries(Kind.RESOLVED)
    assert (entry.author, entry.by_hand) == ("alice", True)


def test_opening_by_hand_brings_it_back_and_drops_the_end() -> None:
    thread = declared()
    thread.say("alice", "/incident resolve 14:50", "15:00")
    thread.do("bob", EventType.REOPENED, when="15:10")
    assert thread.incident.active
    assert thread.incident.times.resolved is None
    assert thread.incident.ending.open_by == ""
    thread.say("alice", "/incident resolve 15:20", "15:30")
    assert resolved_at(thread.incident) == "15:20"
    assert thread.incident.ending.resolutions == 2


@pytest.mark.parametrize("deed", [EventType.CLOSED, EventType.REOPENED])
def test_closing_and_opening_what_is_no_incident_means_nothing(deed: EventType) -> None:
    thread = Thread()
    before = thread.incident
    thread.do("alice", deed)
    assert thread.incident == before


def test_a_deed_of_the_bots_own_never_comes_here_but_the_bots_words_are_left_out_here() -> None:
    thread = declared()
    thread.say("bob", "/incident resolve")
    mine = replace(thread.issue.comments[0], author=BOT, ours=True)
    issue = replace(thread.issue, comments=(mine,))
    grammar = COMMANDS.grammar(Rules().command_prefixes, BOT.login)
    without = replace(issue, comments=())
    assert all_calls(issue, grammar, Authorizer(), Rules()) == all_calls(without, grammar, Authorizer(), Rules())
    assert (
        fold(issue, COMMANDS, Authorizer(), Rules()).receipts
        == fold(replace(issue, comments=()), COMMANDS, Authorizer(), Rules()).receipts
    )
