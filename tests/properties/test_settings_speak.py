"""Whatever people do, and however often a team changes its file, its settings say each line once, and it stays."""

from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import Thread, declared
from tests.examples import examples
from tracker_bridge.domain.incident.checklists import Checklist, counted
from tracker_bridge.domain.incident.conditions import ALWAYS, Condition
from tracker_bridge.domain.incident.roles import OwnRole
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.sayings import Saying
from tracker_bridge.domain.issue.issue import EventType
from tracker_bridge.domain.issue.receipts import Receipts

WORST, BAD, DATA = Condition(severities=("sev1",)), Condition(severities=("sev2",)), Condition(labels=("data",))
SAYINGS = tuple(
    Saying(when, line)
    for when, line in (
        *(
            (WORST, "note worst {number}"),
            (WORST, "severity sev2 for now"),
            (BAD, "note bad"),
            (DATA, "note data"),
        ),
        *(
            (DATA, "severity sev1 data"),
            (ALWAYS, "note always"),
            (BAD, "role security @carol"),
            (WORST, "sevrity 1"),
        ),
    )
)
LISTS = (Checklist("A", ("a1", "a2")), Checklist("B", ("b1", "b2"), WORST), Checklist("C", ("c1",), DATA))
FILES = st.builds(
    lambda sayings, lists, own: Rules(sayings=tuple(sayings), checklists=counted(lists), roles=tuple(own)),
    st.lists(st.sampled_from(SAYINGS), unique=True),
    st.lists(st.sampled_from(LISTS), unique=True),
    st.lists(st.just(OwnRole("security", "Security Lead")), max_size=1),
)
WORDS = st.sampled_from(
    (
        "severity sev1",
        "severity sev2",
        "severity sev3",
        "note x",
        "check 1",
        "check 2 3",
        "claim security",
        "uncheck 1",
    )
)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), WORDS),
        st.tuples(st.just("label"), st.just("data")),
        st.tuples(st.just("unlabel"), st.just("data")),
        st.tuples(st.just("look"), st.just("")),
        st.tuples(st.just("file"), FILES),
    ),
    min_size=1,
    max_size=12,
)


def do(thread: Thread, act: str, what: str | Rules) -> None:
    if isinstance(what, Rules):
        thread.rules = what
    elif act == "say":
        thread.say("alice", f"/incident {what}")
    elif act == "look":
        thread.receipts = Receipts.unpack(thread.look().receipts.pack("7", b"key"), "7", [b"key"])
    else:
        deed = EventType.LABELED if act == "label" else EventType.UNLABELED
        thread.do("alice", deed, what)


def by_settings(thread: Thread) -> list[tuple[str, str, str]]:
    return [(e.kind, e.what, e.text) for e in thread.incident.timeline if e.by_settings]


def ticked(thread: Thread) -> list[tuple[str, str]]:
    return [(e.what, e.text) for e in thread.incident.timeline if e.kind == "checked"]


@given(FILES, ACTS)
@examples(20)
def test_each_line_is_said_once_and_stays_said(rules: Rules, acts: list[tuple[str, str | Rules]]) -> None:
    thread = declared(rules=rules)
    do(thread, "look", "")
    for act, what in acts:
        said, done = by_settings(thread), ticked(thread)
        known = bool(thread.receipts.calls)
        do(thread, act, what)
        if act == "look" and known:
            assert (by_settings(thread), ticked(thread)) == (said, done), "to remember changes nothing"
        assert len(set(by_settings(thread))) == len(by_settings(thread))
    do(thread, "look", "")
    said, done, held = by_settings(thread), ticked(thread), thread.incident.people.roles
    thread.rules = Rules()
    assert (by_settings(thread), ticked(thread), thread.incident.people.roles) == (said, done, held)
    do(thread, "look", "")
    assert (by_settings(thread), ticked(thread), thread.incident.people.roles) == (said, done, held)
