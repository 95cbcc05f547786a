"""The versions of a text, as GitHub lists them: newest first, some without their text, some on further pages."""

from collections.abc import Iterator
from typing import Any

import pytest
import responses
from responses import matchers

from tests.trackers.github_answers import (
    ALICE,
    API,
    BOT,
    EARLY,
    LATE,
    REF,
    REPO,
    RITA,
    comment,
    issue,
    refer,
    tracker,
)
from tracker_bridge.domain.issue.issue import NOBODY, Comment, Person
from tracker_bridge.trackers.github.tracker import GitHubTracker

RITAS, ALICES = Person(2, "rita"), Person(3, "alice")
RITAS_APP = {"id": 2, "login": "rita[bot]", "type": "Bot"}
NOON = "2026-11-02T09:30:00Z"


@pytest.fixture
def api() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{API}/user", json=BOT)
        mock.get(f"{REPO}/issues/7/events", json=[])
        refer(mock)
        yield mock


def show(api: responses.RequestsMock, body: str, **more: Any) -> None:
    """Let one comment of rita's, changed by alice last, say this from now on."""
    one = comment(1, body=body, updated_at=LATE, **more)
    api.upsert(responses.GET, f"{REPO}/issues/7/comments", json=[one])
    api.upsert(responses.GET, f"{REPO}/issues/7", json=issue(comments=1))
    editor = {"login": "alice", "databaseId": 3}
    last = {"body": body, "lastEditedAt": LATE, "editor": editor}
    asked(api, "lastEditedAt").upsert(last)


class Question:
    """One question to GraphQL, and what is answered from now on."""

    def __init__(self, api: responses.RequestsMock, word: str) -> None:
        self._api = api
        self._word = word

    def upsert(self, *nodes: dict[str, Any] | None, **answer: Any) -> None:
        said = answer or {"json": {"data": {"nodes": list(nodes)}}}
        self._api.add(responses.POST, f"{API}/graphql", match=[contains(self._word)], **said)


def contains(word: str) -> Any:
    def match(request: Any) -> tuple[bool, str]:
        return word in str(request.body), ""

    return match


def asked(api: responses.RequestsMock, word: str) -> Question:
    return Question(api, word)


def edit(diff: str | None, who: dict[str, Any] | None, at: str = NOON, **more: Any) -> dict[str, Any]:
    editor = who and {"login": who["login"].removesuffix("[bot]"), "databaseId": who["id"]}
    return {"editedAt": at, "deletedAt": None, "diff": diff, "editor": editor} | more


def keep(api: responses.RequestsMock, *edits: dict[str, Any], **page: Any) -> None:
    """Let GitHub list these versions, newest first as it does."""
    info = {"hasNextPage": False, "endCursor": None} | page
    asked(api, "userContentEdits").upsert({"userContentEdits": {"nodes": list(edits), "pageInfo": info}})


def read(looking: GitHubTracker | None = None) -> Comment:
    return (looking or tracker()).read(REF).comments[0]


def found(one: Comment) -> list[tuple[str, str]]:
    assert not one.revisions or one.revisions[-1].body == one.body
    return [(version.by.login, version.body) for version in one.revisions]


FIRST, SECOND, THIRD = edit("one", RITA, EARLY), edit("two", ALICE), edit("three", RITA, LATE)


@pytest.mark.parametrize("order", [1, -1], ids=["newest first", "oldest first"])
def test_the_order_does_not_matter(api: responses.RequestsMock, order: int) -> None:
    show(api, "three")
    keep(api, *[THIRD, SECOND, FIRST][::order])

    assert found(read()) == [("rita", "one"), ("alice", "two"), ("rita", "three")]


@pytest.mark.parametrize("order", [1, -1], ids=["newest first", "oldest first"])
def test_versions_of_one_second_lead_to_the_text_of_now(api: responses.RequestsMock, order: int) -> None:
    show(api, "two")
    keep(api, *[edit("two", ALICE, EARLY), edit("one", RITA, EARLY)][::order])

    assert found(read()) == [("rita", "one"), ("alice", "two")]


def test_line_ends_and_a_blank_end_do_not_matter(api: responses.RequestsMock) -> None:
    show(api, "two\r\nlines\r\n")
    keep(api, edit("two\r\nlines", ALICE), edit("one\r\nline", RITA, EARLY))

    assert found(read()) == [("rita", "one\nline"), ("alice", "two\nlines\n")]


LOST = {"deletedAt": LATE}


@pytest.mark.parametrize(
    ("edits", "versions"),
    [
        ([THIRD, edit(None, ALICE), FIRST], [("rita", "one"), ("ghost", "three")]),
        ([THIRD, edit("two", ALICE, **LOST), FIRST], [("rita", "one"), ("ghost", "three")]),
        ([THIRD, edit(None, RITA), FIRST], [("rita", "one"), ("rita", "three")]),
        ([THIRD, edit(None, None), FIRST], [("rita", "one"), ("ghost", "three")]),
        ([THIRD, SECOND, edit(None, RITA, EARLY)], [("ghost", "two"), ("rita", "three")]),
        ([THIRD, edit("two", None), FIRST], [("rita", "one"), ("ghost", "two"), ("rita", "three")]),
        ([edit(None, RITA, LATE), SECOND, FIRST], []),
        ([THIRD, SECOND], []),
        ([THIRD, SECOND, edit("zero", None, EARLY)], []),
    ],
    ids=[
        "lost by another",
        "deleted",
        "lost by the same",
        "lost by nobody",
        "the original is lost",
        "a deleted account",
        "the newest is lost",
        "the original is not there",
        "the original is nobody's",
    ],
)
def test_what_is_not_told_is_nobodys(
    api: responses.RequestsMock, edits: list[dict[str, Any]], versions: list[tuple[str, str]]
) -> None:
    show(api, "three")
    keep(api, *edits)

    assert found(read()) == versions


def test_an_app_is_named_as_rest_names_it(api: responses.RequestsMock) -> None:
    show(api, "two", user=RITAS_APP)
    keep(api, SECOND, edit("one", RITAS_APP, EARLY))

    assert [one.by for one in read().revisions] == [Person(2, "rita[bot]", bot=True), ALICES]


def test_all_pages_are_read_and_no_more_than_needed(api: responses.RequestsMock) -> None:
    show(api, "60")
    pages = {None: range(60, 35, -1), "25": range(35, 10, -1), "50": range(10, -1, -1)}
    for after, numbers in pages.items():
        nodes = [
            edit(str(number), ALICE if number else RITA, f"2026-11-02T09:{number // 2:02}:{number % 2}0Z")
            for number in numbers
        ]
        info = {"hasNextPage": after != "50", "endCursor": {None: "25", "25": "50"}.get(after)}
        answer = {"data": {"nodes": [{"userContentEdits": {"nodes": nodes, "pageInfo": info}}]}}
        match = matchers.json_params_matcher({"variables": {"ids": ["IC_1"], "after": after}}, strict_match=False)
        api.post(f"{API}/graphql", json=answer, match=[match])

    assert [body for _, body in found(read())] == [str(number) for number in range(61)]


def test_pages_that_do_not_end_are_given_up(api: responses.RequestsMock) -> None:
    show(api, "three")
    keep(api, *[THIRD] * 25, hasNextPage=True, endCursor="25")

    assert found(read()) == []
    assert sum("userContentEdits" in str(call.request.body) for call in api.calls) == 4


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 502},
        {"status": 404, "json": {}},
        {"status": 403, "json": {}},
        {"body": "<html>"},
        {"json": {"data": {"nodes": [None]}, "errors": [{"type": "NOT_FOUND", "message": "no such node"}]}},
        {"json": {"data": {"nodes": [{"userContentEdits": None}]}, "errors": [{"message": "timeout"}]}},
        {"json": {"data": {"nodes": []}}},
        {"json": {"data": None, "errors": [{"message": "Something went wrong while executing your query."}]}},
    ],
    ids=["bad gateway", "none", "no right", "nonsense", "not found", "partly", "too few", "timeout"],
)
def test_versions_that_are_not_told_for_now_hold_up_nothing_and_come_later(
    api: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    show(api, "three")
    asked(api, "userContentEdits").upsert(**answer)
    looking = tracker()
    first = read(looking)
    assert (first.edited_by, first.revisions) == (ALICES, ())

    api.remove(responses.POST, f"{API}/graphql")
    show(api, "three")
    keep(api, THIRD, SECOND, FIRST)
    assert found(read(looking)) == [("rita", "one"), ("alice", "two"), ("rita", "three")]


def test_versions_that_lag_behind_come_later(api: responses.RequestsMock) -> None:
    show(api, "three")
    keep(api, SECOND, FIRST)
    looking = tracker()
    assert found(read(looking)) == []

    api.remove(responses.POST, f"{API}/graphql")
    show(api, "three")
    keep(api, THIRD, SECOND, FIRST)
    assert found(read(looking)) == [("rita", "one"), ("alice", "two"), ("rita", "three")]


def test_an_author_s_own_correction_is_nobodys_only_while_graphql_lags(api: responses.RequestsMock) -> None:
    looking = tracker()
    api.upsert(responses.GET, f"{REPO}/issues/7/comments", json=[comment(1, body="/incident claim lead")])
    api.upsert(responses.GET, f"{REPO}/issues/7", json=issue(comments=1))
    read(looking)

    show(api, "/incident claim scribe")
    api.remove(responses.POST, f"{API}/graphql")
    asked(api, "lastEditedAt").upsert({"body": "/incident claim lead", "lastEditedAt": None, "editor": None})
    late = read(looking)
    assert late.edited_by == NOBODY
    assert found(late) == [("rita", "/incident claim lead"), ("ghost", "/incident claim scribe")]

    api.remove(responses.POST, f"{API}/graphql")
    mended = {"body": "/incident claim scribe", "lastEditedAt": LATE}
    asked(api, "lastEditedAt").upsert(mended | {"editor": {"login": "rita", "databaseId": 2}})
    keep(api, edit("/incident claim scribe", RITA, LATE), edit("/incident claim lead", RITA, EARLY))
    assert read(looking).edited_by is None
    assert found(read(looking)) == [("rita", "/incident claim lead"), ("rita", "/incident claim scribe")]
