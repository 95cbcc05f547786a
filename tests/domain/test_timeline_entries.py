"""The timeline as a value: whatever is done to one, it is what a tuple would be, and no other one changes."""

import pickle
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import BEGIN, URL
from tests.examples import examples
from tracker_bridge.domain.incident.timeline import Kind, Timeline, TimelineEntry
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.issue import TrackerUrl

KINDS = [Kind.NOTE, Kind.FIXED, Kind.RESOLVED]
NAMES = ["4823", "823", "23", "14823", "4823.1", "104", "4104", "", "x", f"{URL}#issuecomment-14823"]

Model = tuple[TimelineEntry, ...]

ENTRIES = st.builds(
    TimelineEntry,
    id=st.sampled_from(["4823", "14823", "4823.1", "104", "4104", "23", "8", ""]),
    kind=st.sampled_from(KINDS),
    occurred=st.just(Moment(BEGIN)),
    recorded_at=st.just(BEGIN),
    author=st.just("alice"),
    url=st.just(TrackerUrl(URL)),
)
ACTS = st.lists(
    st.tuples(st.just("add"), st.lists(ENTRIES, min_size=1, max_size=40))
    | st.tuples(st.sampled_from(["exchange", "take out", "go back"]), st.integers(0, 1000)),
    max_size=12,
)


def named(entries: Model, name: str) -> list[TimelineEntry]:
    """Find by looking at each."""
    found = re.fullmatch(r"(?:\S*#(?:issuecomment-|note_)?)?([0-9]+)(?:\.([0-9]+))?", name)
    if found is None:
        return []
    wanted, ordinal = found[1], found[2] or "0"
    fitting = [
        one
        for one in entries
        for comment in [one.id.partition(".")[0]]
        if one.id and (comment == wanted or (len(wanted) >= 3 and comment.endswith(wanted)))
    ]
    exact = [one for one in fitting if (one.id.partition(".")[2] or "0") == ordinal]
    return exact if exact or found[2] else fitting


def assert_same(timeline: Timeline, model: Model) -> None:
    assert list(map(id, timeline)) == list(map(id, model))
    assert list(map(id, reversed(timeline))) == list(map(id, reversed(model)))
    assert len(timeline) == len(model)
    assert bool(timeline) is bool(model)
    assert timeline[-1:] == model[-1:]
    assert timeline == Timeline(model)
    for name in NAMES:
        assert list(map(id, timeline.named(name))) == list(map(id, named(model, name)))
    for kinds in ([Kind.NOTE], [Kind.FIXED], [Kind.FIXED, Kind.RESOLVED]):
        expected = [one for one in model if one.kind in kinds]
        assert list(map(id, timeline.of(*kinds))) == list(map(id, expected))
        assert timeline.latest(*kinds) is (expected[-1] if expected else None)


@examples(30)
@given(ACTS)
def test_a_timeline_is_what_a_tuple_would_be(acts: list[tuple[str, list[TimelineEntry] | int]]) -> None:
    known: list[tuple[Timeline, Model]] = [(Timeline(), ())]
    timeline, model = known[0]
    for what, how in acts:
        if isinstance(how, list):
            for one in map(replace, how):  # each is an object of its own
                timeline, model = timeline.having(one), (*model, one)
        elif what == "go back":  # and on from there in another way
            timeline, model = known[how % len(known)]
        elif model:
            old = model[how % len(model)]
            new = replace(old, text="corrected")
            if what == "exchange":
                timeline = timeline.exchanging(old, new)
                model = tuple(new if one is old else one for one in model)
            else:
                timeline, model = timeline.without(old), tuple(one for one in model if one is not old)
        known.append((timeline, model))

    for each in known:
        assert_same(*each)
    assert_same(timeline, model)


def test_what_is_new_is_told() -> None:
    entries = [TimelineEntry(str(n), Kind.NOTE, Moment(BEGIN), BEGIN, "alice", TrackerUrl(URL)) for n in range(70)]
    before = Timeline(entries[:65])
    changed = replace(entries[3], text="corrected")

    after = before.exchanging(entries[3], changed).having(entries[65]).without(entries[40])

    assert after.new_to(before) == [changed, entries[65]]


def test_one_that_was_not_found_there_cannot_be_taken_out() -> None:
    one = TimelineEntry("1", Kind.NOTE, Moment(BEGIN), BEGIN, "alice", TrackerUrl(URL))
    with pytest.raises(ValueError, match="was not found here"):
        Timeline([one]).without(replace(one))


def test_it_goes_through_a_file() -> None:
    one = TimelineEntry("1", Kind.NOTE, Moment(BEGIN), BEGIN, "alice", TrackerUrl(URL))
    again = pickle.loads(pickle.dumps(Timeline([one])))
    assert (again, hash(again), repr(again)) == (Timeline([one]), hash(Timeline([one])), f"Timeline(({one!r},))")
    assert again != (one,)
