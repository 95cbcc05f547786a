"""What is said in which comment, read off the keys that stand in the thread."""

from hypothesis import given
from hypothesis import strategies as st

from tracker_bridge.domain.issue.bundles import MOST, bundled

ITEMS = st.sampled_from([f"1042.{n}" for n in range(9)])


def test_what_is_new_makes_one_comment_and_what_was_said_stays_in_its_own() -> None:
    first = bundled("nudge", {"quiet.1": "", "update.1": ""}, [])
    assert first == {"nudge:quiet.1+update.1": ("quiet.1", "update.1")}
    assert bundled("nudge", {"update.1": "", "lead.1": ""}, first) == {
        "nudge:quiet.1+update.1": ("update.1",),
        "nudge:lead.1": ("lead.1",),
    }
    assert bundled("nudge", {}, first) == {}


def test_comments_that_stood_there_before_they_were_put_together_stay() -> None:
    """Nobody is asked again after an upgrade in the middle of an incident."""
    there = ["status", "duty:1042.2", "duty:1042.3", "nudge:1042.4"]
    assert bundled("duty", dict.fromkeys(["1042.2", "1042.3", "1042.4"], 1042), there) == {
        "duty:1042.2": ("1042.2",),
        "duty:1042.3": ("1042.3",),
        "duty:1042.4": ("1042.4",),
    }


@given(st.lists(st.sets(ITEMS), max_size=8))
def test_nobody_is_told_the_same_twice_whatever_comes_and_goes(changes: list[set[str]]) -> None:
    there: tuple[str, ...] = ()
    for wanted in changes:
        found = bundled("duty", dict.fromkeys(sorted(wanted), 1042), there)
        said = [item for items in found.values() for item in items]
        assert sorted(said) == sorted(wanted)
        assert len([key for key in found if key not in there]) <= 1
        there = tuple(sorted(found, key=lambda key: (key not in there, key)))
        assert bundled("duty", dict.fromkeys(sorted(wanted), 1042), there) == found


def test_as_many_in_one_comment_as_a_forge_pings() -> None:
    found = bundled("duty", {str(n): 7 for n in range(100)}, [])
    assert [len(items) for items in found.values()] == [MOST, MOST, 20]
