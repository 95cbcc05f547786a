"""When reminders are due, and under which key each stands."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_bridge.domain.derived.clocks import Clock, Due, Nudge, Reminder, due
from tracker_bridge.domain.derived.reminders import NoLead, Quiet
from tracker_bridge.domain.issue.changes import key_of, marker


@dataclass(frozen=True, slots=True)
class Facts(Reminder):
    """A reminder that tells something."""

    kind = "quiet"
    told: tuple[str, ...]


BEGIN = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
QUIET = Clock(Quiet(), BEGIN, timedelta(minutes=30), timedelta(minutes=60), ("erin",))
ITEM = Clock(NoLead(), BEGIN, timedelta(0), timedelta(days=2), ("erin",))

minutes = st.integers(1, 20_000).map(lambda count: timedelta(minutes=count))
clocks = st.builds(
    lambda first, more, logins, most: Clock(Quiet(), BEGIN, first, first + more, tuple(logins), most=most),
    first=minutes | st.just(timedelta()),
    more=minutes,
    logins=st.lists(st.text(), max_size=3),
    most=st.none() | st.integers(1, 5),
)
moments = st.integers(-600, 600_000).map(lambda count: BEGIN + timedelta(seconds=count))


def after(count: float) -> datetime:
    return BEGIN + timedelta(minutes=count)


@pytest.mark.parametrize(
    ("minute", "slot", "following"),
    [(-5, 0, 30), (0, 0, 30), (29.9, 0, 30), (30, 1, 60), (59, 1, 60), (60, 2, 120), (120, 3, 180), (305, 6, 360)],
)
def test_first_at_thirty_minutes_again_at_sixty_then_every_hour(minute: float, slot: int, following: int) -> None:
    """S58."""
    assert QUIET.slot(after(minute)) == slot
    assert QUIET.at(slot + 1) == after(following)


def test_what_is_past_due_is_reminded_of_at_once_and_then_again() -> None:
    assert ITEM.slot(after(-0.1)) == 0
    assert ITEM.at(1) == BEGIN
    assert [ITEM.slot(BEGIN + timedelta(days=day)) for day in (0, 1, 2, 3, 4)] == [1, 1, 2, 2, 3]


def test_the_last_reminder_stands_and_no_other_is_due() -> None:
    thrice = replace(QUIET, most=3)
    assert [thrice.slot(after(minute)) for minute in (29, 30, 60, 120, 180, 10_000)] == [0, 1, 2, 3, 3, 3]
    assert [thrice.next_at(after(minute)) for minute in (29, 60, 119)] == [after(30), after(120), after(120)]
    assert thrice.next_at(after(120)) is None
    assert due([thrice], after(500)) == Due((Nudge(thrice, 3),))
    assert due([thrice, QUIET], after(500)).next_at == after(540)


def test_after_hours_down_there_is_one_reminder_not_many() -> None:
    """F23."""
    found = due([QUIET], after(305))
    assert found.nudges == (Nudge(QUIET, 6),)
    assert found.nudges[0].at == after(300)
    assert found.next_at == after(360)


def test_silence_ends_with_the_reminder_that_is_due_by_then() -> None:
    until = after(75)
    assert due([QUIET], after(40), until) == Due(next_at=until)
    assert due([QUIET], until - timedelta(seconds=1), until) == Due(next_at=until)
    assert due([QUIET], until, until) == Due((Nudge(QUIET, 2),), next_at=after(120))


def test_a_patient_reminder_goes_with_the_next_one_that_comes_before_its_own() -> None:
    """Each new comment is a mail to everybody."""
    patient = replace(
        QUIET, since=after(5), first=timedelta(minutes=15), every=timedelta(minutes=30), patient=True
    )
    other = replace(QUIET, first=timedelta(minutes=30))
    assert [nudge.clock for nudge in due([patient, other], after(29)).nudges] == []
    assert due([patient, other], after(20)).next_at == after(30)
    assert [nudge.clock for nudge in due([patient, other], after(30)).nudges] == [patient, other]
    assert [nudge.clock for nudge in due([patient], after(20)).nudges] == [patient]


def test_without_anybody_to_ask_nothing_is_waited_for() -> None:
    nobody = replace(QUIET, logins=())
    assert due([nobody], after(305)) == Due()
    assert due([nobody], after(305), after(400)) == Due()
    assert due([], after(305), after(400)) == Due()


@given(st.lists(clocks, max_size=4), moments, st.none() | moments)
def test_nothing_changes_before_the_time_that_was_told(
    running: list[Clock], now: datetime, silent_until: datetime | None
) -> None:
    found = due(running, now, silent_until)
    if found.next_at is None:
        assert due(running, now + timedelta(days=3650), silent_until) == found
        return
    assert found.next_at > now
    just_before = due(running, found.next_at - timedelta(microseconds=1), silent_until)
    assert just_before == found
    assert due(running, found.next_at, silent_until) != found


@given(clocks, moments)
def test_the_reminder_that_stands_was_due_and_the_next_is_not_yet(clock: Clock, now: datetime) -> None:
    slot = clock.slot(now)
    assert slot == 0 or clock.at(slot) <= now
    assert slot == clock.most or clock.at(slot + 1) > now


@given(st.lists(st.text(max_size=300), max_size=200), st.lists(st.text(max_size=300), max_size=20))
def test_the_key_fits_into_a_marker_whoever_is_asked_and_whatever_about(
    logins: list[str], about: list[str]
) -> None:
    key = Nudge(replace(QUIET, logins=tuple(logins), reminder=Facts(tuple(about))), 1).key
    assert key_of(f"words\n\n{marker(key)}") == key
    assert "--" not in key
    assert len(key) < 60


def test_other_people_other_words_another_rhythm_and_another_slot_are_another_reminder() -> None:
    key = Nudge(QUIET, 1).key
    others = [
        Nudge(QUIET, 2),
        Nudge(replace(QUIET, reminder=NoLead()), 1),
        Nudge(replace(QUIET, since=after(1)), 1),
        Nudge(replace(QUIET, logins=("dana",)), 1),
        Nudge(replace(QUIET, logins=("erin", "dana")), 1),
        Nudge(replace(QUIET, logins=(), reminder=Facts(("erin",))), 1),
        Nudge(replace(QUIET, reminder=Facts(("external",))), 1),
        Nudge(replace(QUIET, every=timedelta(minutes=50)), 1),
    ]
    assert len({key, *(other.key for other in others)}) == 1 + len(others)
    assert Nudge(replace(QUIET, logins=("Erin",)), 1).key == key
