"""A fold that goes on from where an earlier one was comes to what a fold of the whole thread comes to."""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import ACCESS, PEOPLE, Thread, declared
from tests.domain.test_fold import DEEDS, LINES
from tests.examples import examples
from tracker_bridge.domain.fold import execution, talk
from tracker_bridge.domain.incident.conditions import Condition
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.sayings import Saying
from tracker_bridge.domain.issue.issue import Access, Comment
from tracker_bridge.domain.issue.receipts import Receipts

ROOT = Path(__file__).parents[2]
WHO = st.sampled_from(sorted(ACCESS))
WHICH = st.integers(0, 9)
NAMING = [
    "/incident capture {number}",
    "/incident major {number}",
    "/incident edit {number} x",
    "> hello\n\n/incident capture",
]
WORDS = st.lists(st.sampled_from([*LINES, *NAMING, "hello"]), min_size=1, max_size=2).map("\n".join)
ACTS = (
    st.tuples(st.just("say"), WHO, WORDS)
    | st.tuples(st.just("edit"), WHICH, WORDS, st.sampled_from([None, *PEOPLE.values()]))
    | st.tuples(st.sampled_from(["delete", "hide", "come late", "touch"]), WHICH)
    | DEEDS.map(lambda deed: ("do", deed[0], *deed[1]))
    | st.tuples(st.just("access"), WHO, st.sampled_from(Access))
    | st.tuples(st.sampled_from(["lose receipts", "call it something else"]))
)
SAYING = Saying(Condition(severities=("sev1",)), "claim scribe for @carol")


def act(thread: Thread, what: str, *how: object) -> None:
    """Let something happen in the thread; what cannot be done is left."""
    there = thread.issue.comments
    match what, *how:
        case "say", str(who), str(text):
            number = there[len(text) % len(there)].id if there else 1
            thread.say(who, text.replace("{number}", str(number)))
        case _, int(which), *more if which < len(there):
            _act_on(thread, there[which], what, *more)
        case "do", str(who), deed, str(label):
            thread.do(who, deed, label)  # type: ignore[arg-type]  # drawn so
        case "access", str(who), Access() as access:
            thread.access[who] = access
        case ("lose receipts",):
            thread.receipts = Receipts()
        case ("call it something else",):
            thread.issue = replace(thread.issue, title=f"{thread.issue.title} again")


def _act_on(thread: Thread, comment: Comment, what: str, *how: object) -> None:
    match what, *how:
        case "edit", str(text), by:
            thread.edit(comment.id, text, by)  # type: ignore[arg-type]  # drawn so
        case ("delete",):
            thread.delete(comment.id)
        case ("hide",):
            thread.hide(comment.id, hidden=not comment.hidden)
        case ("touch",):
            touched = replace(comment, updated_at=thread.issue.updated_at + timedelta(minutes=10))
            comments = tuple(touched if one is comment else one for one in thread.issue.comments)
            thread.issue = replace(thread.issue, comments=comments, updated_at=touched.updated_at)
        case ("come late",):
            late = replace(comment, id=comment.id + 500, body="/incident note late")
            there = {one.id: one for one in (late, *thread.issue.comments)}
            thread.issue = replace(thread.issue, comments=tuple(one for _, one in sorted(there.items())))


@examples(50)
@given(st.sampled_from(["/incident declare", ""]), st.booleans(), st.lists(ACTS, max_size=14))
def test_it_is_what_a_whole_fold_comes_to(opening: str, speaks: bool, acts: list[tuple[str, ...]]) -> None:
    rules = replace(Rules(), sayings=(SAYING,)) if speaks else Rules()
    thread = Thread(opening, labels=("incident",), rules=rules)
    trails = thread.look().trails
    for one in acts:
        act(thread, *one)
        for _ in range(2):
            whole, followed = thread.folded, thread.following(trails)
            assert followed == whole
            assert list(followed.incident.timeline) == list(whole.incident.timeline)
            thread.receipts, trails = followed.receipts, followed.trails


def carried_out(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> int:
    """Count the commands that are carried out."""
    count = 0

    def counted(*args: object, **named: object) -> object:
        nonlocal count
        count += 1
        return execution.carry_out(*args, **named)  # type: ignore[arg-type]  # handed through

    with monkeypatch.context() as patched:
        patched.setattr(talk, "carry_out", counted)
        act()
    return count


def noted(number: int) -> Thread:
    thread = declared()
    for n in range(number):
        thread.say("alice", f"/incident note {n}")
    thread.look()
    return thread


def test_one_more_note_is_all_that_is_carried_out(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = noted(50)
    trails = thread.look().trails

    for n in range(20):
        thread.say("alice", f"/incident note more {n}")
        folded = thread.following(trails)
        thread.receipts, trails = folded.receipts, folded.trails
        assert carried_out(monkeypatch, lambda: thread.following(trails)) == 1  # noqa: B023  # called at once
        assert len(trails[0].points) < 12


def test_an_edit_near_the_end_costs_what_comes_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = noted(50)
    trails = thread.look().trails

    thread.edit(thread.issue.comments[-10].id, "/incident note better")

    assert carried_out(monkeypatch, lambda: thread.following(trails)) < 25


@pytest.mark.parametrize(
    "line",
    ["/incident capture {number}", "/incident role lead @carol", "/incident catchup", "/incident sevverity sev1"],
)
def test_what_was_asked_of_other_comments_has_the_same_answer(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    thread = declared()
    said = thread.say("carol", "The cache is full")
    thread.say("alice", line.format(number=str(said)[-3:]))
    for n in range(10):
        thread.say("alice", f"/incident note {n}")
    thread.look()
    trails = thread.look().trails

    thread.say("alice", "/incident note last")
    assert carried_out(monkeypatch, lambda: thread.following(trails)) == 1

    thread.edit(said, "The disk is full")
    assert thread.following(trails) == thread.folded


def test_who_may_do_more_by_now_is_judged_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = noted(5)
    thread.say("rita", "/incident severity sev1")
    thread.look()
    trails = thread.look().trails
    thread.access["rita"] = Access.WRITE
    thread.now += timedelta(minutes=1)
    thread.say("rita", "/incident note x")

    followed = thread.following(trails)

    assert followed == thread.folded
    assert followed.incident.severity is not None


def test_nobody_else_reads_the_comments_of_a_thread() -> None:
    """What is read in another way is not asked again when a fold goes on."""
    rooms = [ROOT / "tracker_bridge/commands", ROOT / "tracker_bridge/domain"]
    found = [
        f"{path.name}: {line.strip()}"
        for room in rooms
        for path in room.rglob("*.py")
        for line in path.read_text().split("\n")
        if re.search(r"thread\.(comments|captured|link_problems|known_as)\b", line)
    ]

    assert [one for one in found if not one.startswith("thread_context.py")] == []


def test_a_trail_tells_apart_whatever_equality_does_not() -> None:
    """``captures`` are none at the beginning; ``teams`` are compared beside the incident."""
    incident = declared().incident
    groups = [incident, *(getattr(incident, one.name) for one in fields(incident))]
    left_out = {one.name for group in groups if is_dataclass(group) for one in fields(group) if not one.compare}
    assert left_out == {"captures", "teams"}
