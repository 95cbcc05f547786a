"""How many items of a list fit into a comment is found out in a few tries, each of which renders them (S69)."""

from collections.abc import Callable
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tracker_bridge.rendering.truncation import GUESSES, most


def found(count: int, length: Callable[[int], int], room: int) -> tuple[int, list[int]]:
    """Return how many fit, and how many were rendered each time to find out."""
    tried: list[int] = []

    def rendered(items: int) -> int:
        tried.append(items)
        return length(items)

    return most(count, rendered, room), tried


@examples(50)
@given(
    items=st.lists(st.one_of(st.just(100), st.integers(0, 2_000)), max_size=300),
    frame=st.integers(0, 2_000),
    room=st.integers(0, 60_000),
)
def test_as_many_are_shown_as_fit_whatever_each_is_long(items: list[int], frame: int, room: int) -> None:
    lengths = [*accumulate(items, initial=frame)]

    shown, tried = found(len(items), lengths.__getitem__, room)

    assert shown == max((count for count, one in enumerate(lengths) if one <= room), default=0)
    assert len(tried) <= GUESSES + len(items).bit_length()


def test_of_thousands_that_are_alike_no_more_are_rendered_than_three_times_what_fits() -> None:
    shown, tried = found(5_000, lambda count: 2_000 + 110 * count, 60_000)

    assert shown == 527
    assert sum(tried) < 3 * 527


def test_a_short_list_that_fits_is_rendered_once() -> None:
    assert found(30, lambda count: 100 * count, 60_000) == (30, [30])
