"""How many items of a list fit into a comment is found out in a few tries, each of which renders them (S69)."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tracker_bridge.rendering.truncation import GUESSES, most


@examples(50)
@given(
    items=st.lists(st.one_of(st.just(100), st.integers(0, 2_000)), max_size=300),
    frame=st.integers(0, 2_000),
    room=st.integers(0, 60_000),
)
def test_as_many_are_shown_as_fit_whatever_each_is_long(items: list[int], frame: int, room: int) -> None:
    lengths = [*accumulate(items, initial=frame)]
    tried = []

    def length(count: int) -> int:
        tried.append(count)
        return lengths[count]

    found = most(len(items), length, room)
    assert found == max((count for count, one in enumerate(lengths) if one <= room), default=0)
    assert len(tried) <= 1 + GUESSES + len(items).bit_length()


def test_of_thousands_that_are_alike_no_more_are_tried_than_twice_what_fits() -> None:
    tried = []

    def length(count: int) -> int:
        tried.append(count)
        return 2_000 + 110 * count

    assert most(5_000, length, 60_000) == 527
    assert sum(tried) < 2 * 527 + 20
