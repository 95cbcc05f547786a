"""Numbers that people read: a half goes up, whatever it is a half of (S62-S66)."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_bridge.domain.incident.rounding import half_up, percent, whole, whole_seconds
from tracker_bridge.domain.incident.statistics import duration


def rounded(number: Fraction) -> int:
    """Look at what is behind the point."""
    below, behind = divmod(abs(number), 1)
    nearest = below + (behind >= Fraction(1, 2))
    return -nearest if number < 0 else nearest


@pytest.mark.parametrize(
    ("part", "of", "nearest"),
    [(1, 2, 1), (3, 2, 2), (5, 2, 3), (125, 2, 63), (49, 100, 0), (-5, 2, -3), (-2, 5, 0), (7, 1, 7), (0, 3, 0)],
)
def test_a_half_goes_up(part: int, of: int, nearest: int) -> None:
    assert half_up(part, of) == nearest


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_shares_are_rounded_as_on_paper(part: int, of: int) -> None:
    assert percent(part, of) == rounded(Fraction(100 * part, of))


@given(st.timedeltas(timedelta(days=-4000), timedelta(days=4000)))
def test_lengths_are_rounded_as_on_paper(length: timedelta) -> None:
    microseconds = length // timedelta(microseconds=1)
    assert whole_seconds(length) == rounded(Fraction(microseconds, 1_000_000))
    assert whole(length, timedelta(hours=1)) == rounded(Fraction(microseconds, 3_600_000_000))


@given(st.integers(0, 100_000))
def test_no_half_minute_depends_on_the_minute_before_it(minutes: int) -> None:
    half = timedelta(minutes=minutes, seconds=30)
    assert duration(half) == duration(timedelta(minutes=minutes + 1))
    assert duration(-half) == f"−{duration(half)}"


def test_seconds_may_be_a_number() -> None:
    assert [whole_seconds(one) for one in (0.4, 0.5, 2.5, 61)] == [0, 1, 3, 61]


def test_the_examples_that_people_recomputed_by_hand() -> None:
    assert duration(timedelta(minutes=62.5)) == "1\u00a0h\u00a03\u00a0min"
    assert (percent(5, 8), percent(29, 200)) == (63, 15)
