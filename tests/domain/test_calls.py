"""Who is called out and when: the schedule, quiet hours, and what the thread remembers."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import Thread, at, declared
from tests.examples import examples
from tracker_bridge.domain.derived.calling import calling
from tracker_bridge.domain.incident.calls import Paging, Quiet
from tracker_bridge.domain.incident.on_call import OnCall, OnCallStep
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.statistics import response
from tracker_bridge.domain.issue.call_outs import CallOut, Flaw, Trouble
from tracker_bridge.domain.issue.receipts import Receipts

TEXT = st.text(max_size=30)
TIMES = st.integers(1, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
NAMES = st.lists(TEXT, max_size=4).map(tuple)
TROUBLES = st.builds(Trouble, TEXT, st.sampled_from(Flaw), st.none() | TIMES, st.none() | TIMES)
CALL_OUTS = st.builds(
    CallOut,
    TIMES,
    st.integers(0, 9),
    st.integers(1, 10),
    NAMES,
    NAMES,
    st.lists(TROUBLES, max_size=3).map(tuple),
    st.booleans(),
    NAMES,
    st.from_regex(r"\A[0-9]{0,9}(\.[0-9])?\Z"),
    st.integers(0, 10**12),
    TEXT,
)
RULES = Rules(
    on_call=(OnCall(("dana",), then=(OnCallStep(("tess",)),)),), paging=Paging(("sev1",), timedelta(minutes=10))
)
KEY = b"a key of the tests of call-outs"


@examples(30)
@given(made=CALL_OUTS)
def test_what_is_remembered_comes_back_as_it_was_but_for_what_no_line_holds(made: CallOut) -> None:
    row = made.row()
    assert "\n" not in row
    assert row.isascii()
    again = CallOut.parse(row)
    assert again is not None
    assert (again.at, again.epoch, again.level, again.pages) == (made.at, made.epoch, made.level, made.pages)
    assert (again.cause, again.after, again.there) == (made.cause, made.after, made.there)
    assert [(one.flaw, one.since) for one in again.troubles] == [(one.flaw, one.since) for one in made.troubles]
    assert CallOut.parse(again.row()) == again
    packed = Receipts(called=(again,)).pack("issue", KEY)
    assert Receipts.unpack(packed, "issue", [KEY]).called == (again,)


@pytest.mark.parametrize(
    "row", ["", "{}", "[]", "null", '{"at": "x"}', '{"at": 1, "wrong": [1]}', '{"at": 1e400}']
)
def test_a_line_that_is_none_is_nothing(row: str) -> None:
    assert CallOut.parse(row) is None


@pytest.mark.parametrize(
    ("begin", "end", "now", "over"),
    [
        (time(22), time(7), "2026-11-28T21:59+01:00", None),
        (time(22), time(7), "2026-11-28T22:00+01:00", "2026-11-29T07:00+01:00"),
        (time(22), time(7), "2026-11-29T06:59+01:00", "2026-11-29T07:00+01:00"),
        (time(22), time(7), "2026-11-29T07:00+01:00", None),
        (time(1), time(5), "2026-11-29T02:00+01:00", "2026-11-29T05:00+01:00"),
        (time(1), time(5), "2026-11-29T00:59+01:00", None),
        (time(22), time(7), "2026-10-24T23:00+02:00", "2026-10-25T07:00+01:00"),  # an hour more
        (time(22), time(7), "2027-03-27T23:00+01:00", "2027-03-28T07:00+02:00"),  # an hour less
    ],
)
def test_quiet_hours(begin: time, end: time, now: str, over: str | None) -> None:
    at = datetime.fromisoformat(now)
    quiet = Quiet(begin, end, ZoneInfo("Europe/Berlin"))
    assert quiet.over(at) == datetime.fromisoformat(over or now)


def paged(rules: Rules = RULES) -> Thread:
    """Return an incident of 14:00 that is of sev1 since 14:05."""
    thread = declared(rules=rules)
    thread.say("alice", "/incident severity sev1", "14:05")
    return thread


def called(thread: Thread, *made: CallOut) -> Thread:
    thread.receipts = Receipts(thread.receipts.calls, thread.receipts.once_keys, thread.receipts.kept, called=made)
    return thread


def test_the_first_level_at_once_and_the_next_when_nobody_answers() -> None:
    thread = paged()
    [due] = calling(thread.incident, at("14:05")).due
    assert (due.level, due.pages, due.epoch) == (1, True, 0)
    first = CallOut(at("14:05"), 0, 1, ("dana",), pages=True, after=10**6)
    called(thread, first)
    waits = calling(thread.incident, at("14:10"))
    assert (waits.due, waits.next_at) == ((), at("14:15"))
    [due] = calling(thread.incident, at("14:15")).due
    assert due.level == 2


def test_what_nobody_saw_for_an_hour_and_what_is_claimed_pages_nobody() -> None:
    assert calling(paged().incident, at("15:06")).due == ()
    thread = paged()
    thread.say("carol", "/incident claim lead", "14:06")
    assert calling(thread.incident, at("14:07")).due == ()
    assert calling(paged(Rules(on_call=RULES.on_call)).incident, at("14:06")).due == ()
    assert calling(paged(Rules(paging=RULES.paging)).incident, at("14:06")).due == ()


def test_a_plain_comment_of_who_is_paged_ends_the_time_to_acknowledge() -> None:
    thread = paged()
    called(thread, CallOut(at("14:05"), 0, 1, ("erin",), pages=True, after=thread.next_number - 1))
    thread.say("frank", "what is up?", "14:07")
    thread.say("erin", "I am looking", "14:09")
    [acknowledge] = [one for one in response(thread.incident) if one.name == "Time to acknowledge"]
    assert acknowledge.stop is not None
    assert [one.who for one in thread.incident.calls.answers] == ["erin"]
