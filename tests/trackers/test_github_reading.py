"""Odd answers to a look: moved issues, miscounted comments, editors that nobody knows, rights."""

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from tests.trackers.github_answers import (
    ALICE,
    API,
    BOT,
    LATE,
    REF,
    REPO,
    RITA,
    Hands,
    comment,
    issue,
    refer,
    tracker,
)
from tracker_bridge.domain.issue.issue import NOBODY, Access, Closed, Person
from tracker_bridge.trackers import Busy, Denied, Gone
from tracker_bridge.trackers.github.tracker import GitHubTracker

ASKED = Person(2, "rita")
NODE = {"body": "comment 1", "lastEditedAt": LATE, "editor": {"login": "alice", "databaseId": 3}}


@pytest.fixture
def api() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        referred(mock)
        yield mock


def referred(api: responses.RequestsMock, *events: dict[str, Any] | None, **answer: Any) -> None:
    """Let GitHub tell, from the beginning, what refers to the issue."""
    api.reset()
    api.get(f"{API}/user", json=BOT)
    api.get(f"{REPO}/issues/7/events", json=[])
    refer(api, *events, **answer)


def show(api: responses.RequestsMock, *comments: dict[str, Any], **fields: Any) -> None:
    """Let GitHub show this from now on."""
    api.upsert(responses.GET, f"{REPO}/issues/7/comments", json=list(comments))
    api.upsert(responses.GET, f"{REPO}/issues/7", json=issue(**{"comments": len(comments)} | fields))


def asked(api: responses.RequestsMock, path: str) -> int:
    return sum(str(call.request.url).partition("?")[0].endswith(path) for call in api.calls)


def asked_who_edited(api: responses.RequestsMock) -> int:
    return sum("lastEditedAt" in str(call.request.body) for call in api.calls)


@pytest.mark.parametrize(
    "fields",
    [
        {"repository_url": "https://api.github.com/repos/acme/other"},
        {"number": 8},
        {"pull_request": {"url": "https://api.github.com/repos/acme/api/pulls/7"}},
    ],
    ids=["another repository", "another number", "a pull request"],
)
def test_another_issue_than_asked_for_is_gone(api: responses.RequestsMock, fields: dict[str, Any]) -> None:
    show(api, **fields)

    with pytest.raises(Gone, match=r"github:acme/api#7"):
        tracker().read(REF)


@pytest.mark.parametrize("other", ["acme/api/issues/8", "acme/other/issues/7", "evil/acme/api/issues/"])
def test_comments_of_another_issue_are_gone(api: responses.RequestsMock, other: str) -> None:
    show(api, comment(1, issue_url=f"https://api.github.com/repos/{other}"))

    with pytest.raises(Gone):
        tracker().read(REF)


def test_github_does_not_tell_upper_from_lower_case_in_names(api: responses.RequestsMock) -> None:
    url = "https://api.github.com/repos/Acme/API"
    show(api, comment(1, issue_url=f"{url}/issues/7"), repository_url=url)

    assert len(tracker().read(REF).comments) == 1


def test_a_deleted_account_is_nobody(api: responses.RequestsMock) -> None:
    show(api, comment(1, user=None, body=None), user=None, body=None)

    read = tracker().read(REF)

    assert (read.author, read.comments[0].author) == (NOBODY, NOBODY)
    assert (read.body, read.comments[0].body) == ("", "")


def test_what_is_done_while_the_issue_is_read_is_read_once_more(api: responses.RequestsMock) -> None:
    label = {"name": "incident"}
    show(api, labels=[label])
    api.get(f"{REPO}/issues/7/events", json=[{"event": "labeled", "created_at": LATE, "label": label}])

    assert [one.label for one in tracker().read(REF).events] == ["incident"]


def test_that_it_is_no_issue_is_told_whatever_becomes_of_the_rest(api: responses.RequestsMock) -> None:
    show(api, pull_request={"url": "https://api.github.com/repos/acme/api/pulls/7"})
    api.upsert(responses.GET, f"{REPO}/issues/7/events", status=502)

    with pytest.raises(Gone, match="pull request"):
        tracker().read(REF)


def test_comments_that_are_counted_and_never_listed_do_not_cost_a_whole_read_each_time(
    api: responses.RequestsMock,
) -> None:
    """GitHub hides what spammers wrote, and counts it."""
    looking = tracker()
    show(api, comment(1), comment(2), comments=5)
    looking.read(REF)
    before = asked(api, "/comments")

    looking.read(REF)
    assert asked(api, "/comments") == before + 1

    show(api, comment(2), comments=4)
    assert [one.id for one in looking.read(REF).comments] == [2]


def test_events_of_a_deleted_account_and_unknown_ones_do_no_harm(api: responses.RequestsMock) -> None:
    show(api)
    events = [
        {"event": "labeled", "actor": None, "created_at": LATE, "label": {"name": "incident"}},
        {"event": "labeled", "actor": BOT, "created_at": LATE, "label": {"name": "ours"}},
        {"event": "some_new_event", "actor": RITA, "created_at": LATE},
    ]
    api.upsert(responses.GET, f"{REPO}/issues/7/events", json=events)

    [event] = tracker().read(REF).events

    assert (event.actor, event.label) == (NOBODY, "incident")


# Who edited


def test_nothing_edited_asks_nobody(api: responses.RequestsMock) -> None:
    api.post(f"{API}/graphql", status=500)
    show(api, comment(1), comment(2))

    tracker().read(REF)

    assert asked_who_edited(api) == 0


def test_an_edit_is_asked_about_once(api: responses.RequestsMock) -> None:
    api.post(f"{API}/graphql", json={"data": {"nodes": [NODE]}})
    show(api, comment(1, updated_at=LATE))
    looking = tracker()

    editors = [looking.read(REF).comments[0].edited_by for _ in range(3)]

    assert editors == [Person(3, "alice")] * 3
    assert asked_who_edited(api) == 1


def test_a_hundred_edits_are_one_question(api: responses.RequestsMock) -> None:
    nodes = [NODE | {"body": f"comment {number}"} for number in range(1, 101)]
    api.post(f"{API}/graphql", json={"data": {"nodes": nodes}})
    api.post(f"{API}/graphql", json={"data": {"nodes": [NODE | {"body": "comment 101"}]}})
    show(api, *(comment(number, updated_at=LATE) for number in range(1, 102)))

    read = tracker().read(REF)

    assert {one.edited_by for one in read.comments} == {Person(3, "alice")}
    assert asked_who_edited(api) == 2


@pytest.mark.parametrize(
    ("node", "editor"),
    [
        (NODE, Person(3, "alice")),
        (NODE | {"editor": {"login": "rita", "databaseId": 2}}, None),
        (NODE | {"lastEditedAt": None, "editor": None}, None),
        (NODE | {"editor": None}, NOBODY),
        (NODE | {"editor": {"login": "rita"}}, NOBODY),
        (NODE | {"body": "what it said before"}, NOBODY),
        (None, NOBODY),
    ],
    ids=["other", "author", "not edited", "deleted account", "no id", "another version", "unknown"],
)
def test_who_edited(api: responses.RequestsMock, node: dict[str, Any] | None, editor: Person | None) -> None:
    api.post(f"{API}/graphql", json={"data": {"nodes": [node]}})
    show(api, comment(1, updated_at=LATE))

    assert tracker().read(REF).comments[0].edited_by == editor


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "json": {"message": "Not Found"}},
        {"status": 403, "json": {"message": "Resource not accessible by integration"}},
        {"json": {"errors": [{"message": "Field 'lastEditedAt' doesn't exist on type 'Comment'"}]}},
        {"json": {"data": {"nodes": []}}},
        {"json": {"data": {"nodes": [None]}, "errors": [{"type": "NOT_FOUND", "message": "no such node"}]}},
    ],
    ids=["none", "no right", "older schema", "too few", "not found"],
)
def test_where_graphql_is_silent_the_editor_is_nobody(api: responses.RequestsMock, answer: dict[str, Any]) -> None:
    api.post(f"{API}/graphql", **answer)
    show(api, comment(1, updated_at=LATE))

    assert tracker().read(REF).comments[0].edited_by == NOBODY


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 502},
        {"status": 429},
        {"json": {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}},
        {"json": {"data": None, "errors": [{"message": "Something went wrong while executing your query."}]}},
        {"body": "<html>"},
    ],
    ids=["bad gateway", "too many", "limited", "timeout", "nonsense"],
)
def test_where_graphql_fails_for_now_the_reconcile_is_made_later(
    api: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    api.post(f"{API}/graphql", **answer)
    show(api, comment(1, updated_at=LATE))

    with pytest.raises(Busy):
        tracker().read(REF)


def test_an_opening_post_is_asked_about_only_if_something_happened(api: responses.RequestsMock) -> None:
    node = {"body": "text", "lastEditedAt": LATE, "editor": {"login": "alice", "databaseId": 3}}
    fresh, later, empty = tracker(), tracker(), tracker()
    for _ in (later, empty):
        refer(api)
    api.post(f"{API}/graphql", json={"data": {"nodes": [node]}})

    show(api)
    assert fresh.read(REF).body_edited_by is None
    show(api, updated_at=LATE, body=None)
    assert empty.read(REF).body_edited_by is None
    assert asked_who_edited(api) == 0

    show(api, updated_at=LATE)
    assert later.read(REF).body_edited_by == Person(3, "alice")
    assert fresh.read(REF).body_edited_by is None  # the text is still the one it had seen fresh
    assert asked_who_edited(api) == 1


# What refers to it


def reference(**source: Any) -> dict[str, Any]:
    shown = {
        "url": "https://github.com/acme/api/pull/9",
        "title": "Fix it",
        "state": "MERGED",
        "mergedAt": LATE,
        "author": {"login": "alice", "databaseId": 3},
    }
    return {"isCrossRepository": False, "source": shown | source}


def test_a_pull_request_that_refers_to_it_twice_is_one(api: responses.RequestsMock) -> None:
    """What an issue says of itself is not there; nor is what the account may not see."""
    other = {"isCrossRepository": False, "source": {}}
    nothing = {"isCrossRepository": False, "source": None}
    referred(api, reference(title="Old"), None, other, nothing, reference())
    show(api)

    [found] = tracker().read(REF).references

    assert (found.title, found.author, found.open) == ("Fix it", Person(3, "alice"), False)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "json": {"message": "Not Found"}},
        {"status": 403, "json": {"message": "Resource not accessible by integration"}},
        {"json": {"errors": [{"message": "Field 'timelineItems' doesn't exist on type 'Issue'"}]}},
        {"json": {"data": {"repository": {"issue": None}}, "errors": [{"type": "NOT_FOUND"}]}},
        {"json": {"data": {"repository": None}, "errors": [{"type": "FORBIDDEN", "message": "no right"}]}},
    ],
    ids=["none", "no right", "older schema", "no issue", "no repository"],
)
def test_where_graphql_is_silent_nothing_refers_to_it(api: responses.RequestsMock, answer: dict[str, Any]) -> None:
    referred(api, **answer)
    show(api)

    assert tracker().read(REF).references == ()


def test_where_graphql_fails_for_now_what_refers_is_read_later(api: responses.RequestsMock) -> None:
    referred(api, json={"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]})

    show(api)

    with pytest.raises(Busy):
        tracker().read(REF)


# Rights


def permit(api: responses.RequestsMock, **answer: Any) -> None:
    api.upsert(responses.GET, f"{REPO}/collaborators/rita/permission", **answer)


@pytest.mark.parametrize(
    ("permission", "role", "access"),
    [
        ("admin", "admin", Access.ADMIN),
        ("write", "maintain", Access.MAINTAIN),
        ("write", "write", Access.WRITE),
        ("read", "triage", Access.TRIAGE),
        ("read", "read", Access.READ),
        ("none", "none", Access.NONE),
        ("write", "on-call engineer", Access.WRITE),
        ("read", "security-champion", Access.READ),
        ("something new", "something new", Access.NONE),
        ("write", "", Access.WRITE),
        ("write", None, Access.WRITE),
    ],
)
def test_rights(api: responses.RequestsMock, permission: str, role: str | None, access: Access) -> None:
    permit(api, json={"permission": permission, "role_name": role, "user": RITA})

    assert tracker().access(REF, ASKED) == access


@pytest.mark.parametrize("user", [ALICE, None], ids=["somebody else", "nobody"])
def test_rights_are_of_the_account_that_was_asked_about(api: responses.RequestsMock, user: object) -> None:
    permit(api, json={"permission": "admin", "role_name": "admin", "user": user})

    assert tracker().access(REF, ASKED) == Access.NONE


def test_an_app_has_no_rights(api: responses.RequestsMock) -> None:
    path = f"{REPO}/collaborators/renovate%5Bbot%5D/permission"
    api.get(path, status=404, json={"message": "renovate[bot] is not a user"})

    assert tracker().access(REF, Person(29139614, "renovate[bot]", bot=True)) == Access.NONE


def test_a_person_whom_github_does_not_know_for_now_is_asked_about_again(api: responses.RequestsMock) -> None:
    clock = Hands()
    asking = tracker(clock=clock)
    permit(api, status=404, json={"message": "Not Found"})
    for _ in range(2):
        with pytest.raises(Busy):
            asking.access(REF, ASKED, fresh=True)

    permit(api, json={"permission": "write", "role_name": "write", "user": RITA})
    clock.now += 5
    assert asking.access(REF, ASKED, fresh=True) == Access.WRITE


def test_a_person_whom_github_does_not_know_twice_apart_has_no_rights(api: responses.RequestsMock) -> None:
    clock = Hands()
    asking = tracker(clock=clock)
    permit(api, status=404, json={"message": "Not Found"})
    with pytest.raises(Busy):
        asking.access(REF, ASKED)
    clock.now += 5
    assert asking.access(REF, ASKED) == Access.NONE
    clock.now += 3000
    assert asking.access(REF, ASKED, fresh=True) == Access.NONE


def test_rights_are_remembered_for_a_minute(api: responses.RequestsMock) -> None:
    clock = Hands()
    asking: GitHubTracker = tracker(clock=clock)
    permit(api, json={"permission": "write", "role_name": "write", "user": RITA})
    assert asking.access(REF, ASKED) == Access.WRITE
    permit(api, json={"permission": "none", "role_name": "none", "user": RITA})

    clock.now += 59
    assert asking.access(REF, ASKED) == Access.WRITE
    clock.now += 1
    assert asking.access(REF, ASKED) == Access.NONE


@pytest.mark.parametrize(("status", "error"), [(500, Busy), (429, Busy), (403, Denied), (401, Denied)])
def test_rights_that_can_not_be_asked_are_not_guessed_and_not_remembered(
    api: responses.RequestsMock, status: int, error: type[Exception]
) -> None:
    clock = Hands()
    asking = tracker(clock=clock)
    permit(api, status=status, json={"message": ""})
    with pytest.raises(error):
        asking.access(REF, ASKED)

    clock.now += 60
    permit(api, json={"permission": "write", "role_name": "write", "user": RITA})
    assert asking.access(REF, ASKED) == Access.WRITE


@pytest.mark.parametrize(
    ("by_event", "by_issue", "known"),
    [
        ({"state_reason": "duplicate"}, "not_planned", Closed.DUPLICATE),
        ({"state_reason": None}, "not_planned", Closed.NOT_PLANNED),
        ({}, "completed", Closed.COMPLETED),
        ({}, None, None),
    ],
)
def test_the_issue_tells_why_it_was_closed_last_if_the_event_does_not(
    api: responses.RequestsMock, by_event: dict[str, Any], by_issue: str | None, known: Closed | None
) -> None:
    closed = {"event": "closed", "actor": ALICE, "created_at": LATE}
    events = [closed, closed | {"event": "reopened"}, closed | by_event]
    api.upsert(responses.GET, f"{REPO}/issues/7/events", json=events)
    show(api, state="closed", state_reason=by_issue)

    assert [one.closed_as for one in tracker().read(REF).events] == [None, None, known]


# What is odd


def test_an_event_without_an_actor_is_nobodys(api: responses.RequestsMock) -> None:
    api.upsert(responses.GET, f"{REPO}/issues/7/events", json=[{"event": "closed", "created_at": LATE}])
    show(api, state="closed")

    assert [one.actor for one in tracker().read(REF).events] == [NOBODY]


def test_half_a_character_in_one_comment_holds_up_nothing(api: responses.RequestsMock) -> None:
    show(api, comment(1, body="a \ud83d b"), comment(2))

    assert tracker().read(REF).comments[0].body == "a \ufffd b"


def test_an_element_that_stays_odd_is_left_out(api: responses.RequestsMock) -> None:
    clock = Hands()
    reading = tracker(clock=clock)
    show(api, comment(1, updated_at="yesterday"), comment(2))
    with pytest.raises(Busy):
        reading.read(REF)
    clock.now += 5

    assert [one.id for one in reading.read(REF).comments] == [2]
