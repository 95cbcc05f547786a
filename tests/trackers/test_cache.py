"""What is remembered is bounded, and may be forgotten at any time."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.trackers.github_answers import Hands
from tracker_bridge.domain.issue.changes import (
    Change,
    Close,
    Document,
    Edit,
    Post,
    React,
    Reaction,
    Relabel,
    Remove,
    Reopen,
)
from tracker_bridge.domain.issue.issue import Access, Comment, IssueRef, Person, TrackerUrl
from tracker_bridge.trackers._cache import ACCESS_SECONDS, AccessCache, Thread, ThreadCache

RITA = Person(2, "rita")
AT = datetime(2026, 11, 2, tzinfo=UTC)
THREAD = Thread(
    comments={number: Comment(number, RITA, AT, AT, "", TrackerUrl("")) for number in (1, 2)},
    body="text",
    body_edited_by=None,
    labels=frozenset({"a", "b"}),
    open=True,
    events=(),
)


def ref(number: int) -> IssueRef:
    return IssueRef("github", "acme/api", number)


def test_the_thread_unused_for_longest_goes_first() -> None:
    threads = ThreadCache(size=2)
    threads.put(ref(1), THREAD)
    threads.put(ref(2), THREAD)
    threads.get(ref(1))
    threads.put(ref(3), THREAD)

    assert [threads.get(ref(number)) is not None for number in (1, 2, 3)] == [True, False, True]


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (
            Relabel(frozenset({"c"}), frozenset({"a"})),
            replace(THREAD, labels=frozenset({"b", "c"}), own_labels=frozenset({"c"})),
        ),
        (Close(), replace(THREAD, open=False)),
        (Reopen(), THREAD),
        (Remove(1), replace(THREAD, comments={2: THREAD.comments[2]})),
        (Remove(9), THREAD),
        (Post(Document("status", "")), THREAD),
        (Edit(1, Document("status", "")), THREAD),
        (React(1, Reaction.ACCEPTED), THREAD),
    ],
    ids=lambda value: type(value).__name__,
)
def test_our_own_changes_are_accounted_for(change: Change, after: Thread) -> None:
    threads = ThreadCache()
    threads.put(ref(1), THREAD)

    threads.changed(ref(1), change)
    threads.changed(ref(2), change)

    assert threads.get(ref(1)) == after
    assert threads.get(ref(2)) is None


def test_a_forgotten_thread_is_not_there() -> None:
    threads = ThreadCache()
    threads.put(ref(1), THREAD)

    threads.forget(ref(1))
    threads.forget(ref(1))

    assert threads.get(ref(1)) is None


def test_rights_are_remembered_by_project_and_account_for_a_minute() -> None:
    clock = Hands()
    rights = AccessCache(clock)
    rights.put("acme/api", RITA, Access.WRITE)
    renamed, namesake = Person(2, "rita-2"), Person(3, "rita")

    assert rights.get("acme/api", renamed) == Access.WRITE
    assert rights.get("acme/api", namesake) is None
    assert rights.get("acme/other", RITA) is None
    clock.now += ACCESS_SECONDS
    assert rights.get("acme/api", RITA) is None


def test_rights_are_bounded() -> None:
    rights = AccessCache(Hands(), size=2)
    for number in (1, 2, 3):
        rights.put("acme/api", Person(number, ""), Access.READ)

    assert [rights.get("acme/api", Person(number, "")) for number in (1, 2, 3)] == [None, Access.READ, Access.READ]
