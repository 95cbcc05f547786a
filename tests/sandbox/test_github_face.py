"""The sandbox's GitHub, asked over a socket: what clients may rely on, GitHub's limits and its refusals."""

import base64
import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import github
import pytest

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.sandbox.world import Account, World

ISSUES = "/repos/acme/api/issues"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


class Place:
    """A world whose clock moves by hand, people of each access, and a running sandbox."""

    def __init__(self, **settings: Any) -> None:
        self.now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
        self.world = World(lambda: self.now)
        self.project = self.world.add_project("acme/api", "github", private=True)
        self.bot = self._member("bot", Access.ADMIN, bot=True)
        self.bob = self._member("bob", Access.WRITE)
        self.tess = self._member("tess", Access.TRIAGE)
        self.rita = self._member("rita", Access.READ)
        self.stranger = self.world.add_account("stranger")
        self.ticket = self.world.open_ticket(self.project, self.bob, "Checkout is down", labels=["bug"])
        self.sandbox = Sandbox(self.world, **settings)

    def _member(self, login: str, access: Access, *, bot: bool = False) -> Account:
        account = self.world.add_account(login, bot=bot)
        self.world.add_member(self.project, account, access)
        return account

    def ask(
        self, verb: str, path: str, body: object = None, *, by: Account | str | None = None, **headers: str
    ) -> Answer:
        """Send one request, by the bot unless told; ``by`` a string is a token. Redirects are not followed."""
        token = by if isinstance(by, str) else (by or self.bot).token
        connection = http.client.HTTPConnection(self.sandbox.url.removeprefix("http://"), timeout=10)
        try:
            sent = None if body is None else json.dumps(body)
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            prefix = "" if path.startswith("/api/") else "/api/v3"
            connection.request(verb, prefix + path, sent, {"Authorization": f"token {token}"} | named)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        return Answer(response.status, dict(response.getheaders()), json.loads(text) if text else None)


@pytest.fixture
def place() -> Iterator[Place]:
    made = Place()
    with made.sandbox:
        yield made


@pytest.fixture
def client(place: Place) -> Iterator[github.Github]:
    made = github.Github(
        auth=github.Auth.Token(place.bot.token),
        base_url=place.sandbox.github_url,
        seconds_between_requests=0,
        seconds_between_writes=0,
        retry=None,
    )
    yield made
    made.close()


# Who asks


@pytest.mark.parametrize("token", ["", "wrong"])
def test_an_unknown_token_is_refused(place: Place, token: str) -> None:
    answer = place.ask("GET", "/user", by=token)
    assert (answer.status, answer.body["message"]) == (401, "Bad credentials")


def test_a_private_repository_hides_from_strangers(place: Place) -> None:
    assert place.ask("GET", f"{ISSUES}/1", by=place.stranger).status == 404
    assert place.ask("GET", f"{ISSUES}/1", by=place.rita).status == 200


def test_every_permission_has_its_role_name(place: Place) -> None:
    people = (place.bot, place.bob, place.tess, place.rita, place.stranger)
    told = [place.ask("GET", f"/repos/acme/api/collaborators/{one.login}/permission").body for one in people]
    assert [(one["permission"], one["role_name"]) for one in told] == [
        ("admin", "admin"),
        ("write", "write"),
        ("read", "triage"),
        ("read", "read"),
        ("none", "none"),
    ]
    assert place.ask("GET", "/repos/acme/api/collaborators/nobody/permission").status == 404


def _jwt(claims: dict[str, int], algorithm: str = "RS256") -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": algorithm, "typ": "JWT"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (*parts, b"signature"))


def test_an_app_exchanges_its_jwt_for_a_token_that_acts_as_its_account(place: Place) -> None:
    now = int(time.time())
    jwt = _jwt({"iss": place.bot.id, "iat": now - 60, "exp": now + 300})
    installation = place.ask("GET", "/repos/acme/api/installation", by=jwt).body["id"]
    made = place.ask("POST", f"/app/installations/{installation}/access_tokens", {}, by=jwt)
    assert made.status == 201
    comment = place.ask("POST", f"{ISSUES}/1/comments", {"body": "hello"}, by=made.body["token"])
    assert comment.body["user"]["id"] == place.bot.id
    refused = place.ask("GET", "/user", by=made.body["token"])
    assert (refused.status, refused.body["message"]) == (403, "Resource not accessible by integration")


def test_a_jwt_that_github_would_not_take_is_refused(place: Place) -> None:
    now, bot = int(time.time()), place.bot.id
    for claims in (
        {"iss": bot, "iat": now - 700, "exp": now - 10},
        {"iss": bot, "iat": now, "exp": now + 3600},
        {"iss": bot, "iat": now + 600, "exp": now + 900},
        {"iss": bot},
    ):
        assert place.ask("GET", "/app", by=_jwt(claims)).status == 401
    assert place.ask("GET", "/app", by=_jwt({"iss": bot, "iat": now, "exp": now + 300}, "none")).status == 401
    assert place.ask("GET", "/app", by=place.bot.token).status == 401
    assert place.ask("GET", "/app", by=_jwt({"iss": 1, "iat": now, "exp": now + 300})).status == 404


# Comments


def test_comments_come_oldest_first_in_pages_joined_by_links(place: Place) -> None:
    made = [place.world.comment(place.ticket, place.bob, f"comment {n}").id for n in range(7)]
    first = place.ask("GET", f"{ISSUES}/1/comments?per_page=3")
    base = f"<{place.sandbox.github_url}/repositories/{place.project.id}/issues/1/comments?per_page=3&page="
    assert first.headers["Link"] == f'{base}2>; rel="next", {base}3>; rel="last"'
    last = place.ask("GET", f"/repositories/{place.project.id}/issues/1/comments?per_page=3&page=3")
    assert last.headers["Link"] == f'{base}2>; rel="prev", {base}1>; rel="first"'
    middle = place.ask("GET", f"{ISSUES}/1/comments?per_page=3&page=2")
    assert [one["id"] for page in (first, middle, last) for one in page.body] == made
    assert "Link" not in place.ask("GET", f"{ISSUES}/1/comments").headers


def test_since_finds_edited_comments_and_those_of_the_same_second(place: Place) -> None:
    old, edited = (place.world.comment(place.ticket, place.bob, text) for text in ("old", "edited"))
    place.now += timedelta(minutes=1)
    place.world.edit_comment(place.ticket, edited, place.bob, "edited again")
    new = place.world.comment(place.ticket, place.bob, "new")
    found = place.ask("GET", f"{ISSUES}/1/comments?since=2026-11-02T09:01:00Z").body
    assert [one["id"] for one in found] == [edited.id, new.id]
    assert old.id not in [one["id"] for one in found]
    everywhere = place.ask("GET", f"{ISSUES}/comments?since=2026-11-02T09:01:00Z&sort=updated&direction=desc")
    assert [one["id"] for one in everywhere.body] == [new.id, edited.id]


def test_a_body_is_kept_as_it_was_sent(place: Place) -> None:
    text = "first\r\n\r\nsecond \u2014 🚒\n"
    made = place.ask("POST", f"{ISSUES}/1/comments", {"body": text})
    assert made.body["body"] == text
    assert made.body["html_url"] == f"{place.sandbox.url}/acme/api/issues/1#issuecomment-{made.body['id']}"


def test_a_body_has_at_most_262144_bytes_whatever_is_said(place: Place) -> None:
    assert place.ask("POST", f"{ISSUES}/1/comments", {"body": "🚒" * 65_536}).status == 201
    assert place.ask("POST", f"{ISSUES}/1/comments", {"body": "x" * 262_144}).status == 201
    for text in ("x" * 262_145, "é" * 131_073):
        answer = place.ask("POST", f"{ISSUES}/1/comments", {"body": text})
        assert answer.status == 422
        assert answer.body["errors"][0]["message"] == "Body is too long (maximum is 65536 characters)"
        assert place.ask("POST", ISSUES, {"title": "Long", "body": text}).status == 422
    assert place.ask("POST", f"{ISSUES}/1/comments", {"body": "  "}).status == 422


def test_a_longer_text_of_an_issue_is_answered_as_if_it_were_kept(place: Place) -> None:
    place.ask("PATCH", f"{ISSUES}/1", {"body": "short"})
    answer = place.ask("PATCH", f"{ISSUES}/1", {"body": "x" * 262_145, "title": "Another title"})

    assert (answer.status, answer.body["title"], answer.body["body"]) == (200, "Another title", "short")


def test_an_issue_takes_2500_comments(place: Place) -> None:
    for n in range(2_499):
        place.world.comment(place.ticket, place.bob, str(n))
    assert place.ask("POST", f"{ISSUES}/1/comments", {"body": "the last one"}).status == 201
    answer = place.ask("POST", f"{ISSUES}/1/comments", {"body": "one more"})
    assert answer.status == 403
    assert answer.body["message"] == "Commenting is disabled on issues with more than 2500 comments"


def test_a_locked_issue_takes_comments_of_those_who_may_write(place: Place) -> None:
    place.ticket.locked = True
    assert place.ask("POST", f"{ISSUES}/1/comments", {"body": "x"}, by=place.tess).status == 403
    assert place.ask("POST", f"{ISSUES}/1/comments", {"body": "x"}, by=place.bob).status == 201


def test_only_its_author_and_those_who_may_write_touch_a_comment(place: Place) -> None:
    note = place.world.comment(place.ticket, place.rita, "mine")
    one = f"{ISSUES}/comments/{note.id}"
    assert place.ask("PATCH", one, {"body": "yours"}, by=place.tess).status == 403
    assert place.ask("PATCH", one, {"body": "ours"}, by=place.rita).status == 200
    assert place.ask("DELETE", one, by=place.bob).status == 204
    assert place.ask("GET", one).status == 404


def test_one_comment_is_pinned_and_shown_with_its_issue(place: Place) -> None:
    first, second = (place.world.comment(place.ticket, place.bob, text) for text in ("first", "second"))
    for note in (first, second):
        assert place.ask("PUT", f"{ISSUES}/comments/{note.id}/pin").body["pin"]["pinned_by"]["login"] == "bot"
    assert place.ask("GET", f"{ISSUES}/1").body["pinned_comment"]["body"] == "second"
    assert place.ask("GET", f"{ISSUES}/comments/{first.id}").body["pin"] is None


# Issues


def test_issues_are_found_by_state_and_by_all_labels_named(place: Place) -> None:
    both = place.world.open_ticket(place.project, place.bob, "Both", labels=["bug", "Incident"])
    closed = place.world.open_ticket(place.project, place.bob, "Closed", labels=["incident", "bug"])
    place.world.close(closed, place.bob)
    gone = place.world.open_ticket(place.project, place.bob, "Gone", labels=["incident", "bug"])
    place.world.delete_ticket(gone, place.bob)

    def numbers(query: str) -> list[int]:
        return [one["number"] for one in place.ask("GET", f"{ISSUES}?{query}").body]

    assert numbers("labels=incident,bug") == [both.number]
    assert numbers("labels=incident,bug&state=all&direction=asc") == [both.number, closed.number]
    assert numbers("state=closed") == [closed.number]
    place.now += timedelta(hours=1)
    place.world.label(place.ticket, place.bob, "late")
    assert numbers(f"since={(place.now).isoformat().replace('+00:00', 'Z')}") == [place.ticket.number]


def test_labels_are_dropped_silently_without_the_right_to_write(place: Place) -> None:
    issue = {"title": "Down", "labels": ["incident"], "assignees": ["bob"]}
    made = place.ask("POST", ISSUES, issue, by=place.rita)
    assert (made.status, made.body["labels"], made.body["assignees"]) == (201, [], [])
    made = place.ask("POST", ISSUES, issue, by=place.bob)
    assert [one["name"] for one in made.body["labels"]] == ["incident"]
    assert [one["login"] for one in made.body["assignees"]] == ["bob"]


def test_changing_an_issue_needs_a_right_or_its_authorship(place: Place) -> None:
    assert place.ask("PATCH", f"{ISSUES}/1", {"state": "closed"}, by=place.rita).status == 403
    assert place.ask("PATCH", f"{ISSUES}/1", {"title": "Mine"}, by=place.tess).status == 403
    closed = place.ask("PATCH", f"{ISSUES}/1", {"state": "closed", "state_reason": "not_planned"}, by=place.tess)
    assert (closed.body["state"], closed.body["state_reason"]) == ("closed", "not_planned")
    assert closed.body["closed_by"]["login"] == "tess"


def test_labels_are_added_and_removed_without_regard_to_case(place: Place) -> None:
    labels = f"{ISSUES}/1/labels"

    def names(answer: Answer) -> list[str]:
        return [one["name"] for one in answer.body]

    assert names(place.ask("POST", labels, {"labels": ["BUG", "phase/open"]})) == ["bug", "phase/open"]
    assert names(place.ask("POST", labels, ["as a list"])) == ["bug", "phase/open", "as a list"]
    assert names(place.ask("DELETE", f"{labels}/phase%2Fopen")) == ["bug", "as a list"]
    absent = place.ask("DELETE", f"{labels}/phase%2Fopen")
    assert (absent.status, absent.body["message"]) == (404, "Label does not exist")
    assert place.ask("POST", labels, {"labels": ["no"]}, by=place.rita).status == 403


def test_events_tell_who_did_what_in_order(place: Place) -> None:
    place.world.label(place.ticket, place.tess, "incident")
    place.world.comment(place.ticket, place.rita, "what is going on?")
    place.world.close(place.ticket, place.bob)
    events = place.ask("GET", f"{ISSUES}/1/events").body
    told = [(one["event"], one["actor"]["login"], one.get("label", {}).get("name")) for one in events]
    assert told == [("labeled", "bob", "bug"), ("labeled", "tess", "incident"), ("closed", "bob", None)]


def test_a_reaction_is_given_once(place: Place) -> None:
    note = place.world.comment(place.ticket, place.bob, "/incident declare")
    for target in (f"{ISSUES}/1/reactions", f"{ISSUES}/comments/{note.id}/reactions"):
        statuses = [place.ask("POST", target, {"content": "+1"}).status for _ in range(2)]
        assert statuses == [201, 200]
        (mine,) = place.ask("GET", f"{target}?content=%2B1").body
        assert place.ask("DELETE", f"{target}/{mine['id']}", by=place.bob).status == 404
        assert place.ask("DELETE", f"{target}/{mine['id']}").status == 204
        assert place.ask("GET", target).body == []
        assert place.ask("POST", target, {"content": "shrug"}).status == 422


def test_a_sub_issue_has_one_parent(place: Place) -> None:
    child = place.world.open_ticket(place.project, place.bob, "Follow-up")
    other = place.world.open_ticket(place.project, place.bob, "Another")
    body = {"sub_issue_id": child.id}
    assert place.ask("POST", f"{ISSUES}/1/sub_issues", body).body["sub_issues_summary"]["total"] == 1
    assert place.ask("POST", f"{ISSUES}/{other.number}/sub_issues", body).status == 422
    moved = place.ask("POST", f"{ISSUES}/{other.number}/sub_issues", body | {"replace_parent": True})
    assert moved.status == 201
    parents = [place.ask("GET", f"{ISSUES}/{number}").body for number in (1, other.number)]
    assert [one["sub_issues_summary"]["total"] for one in parents] == [0, 1]
    assert place.ask("GET", f"{ISSUES}/{child.number}").body["parent_issue_url"].endswith(f"/{other.number}")


# What is gone, moved, or not changed


def test_a_deleted_issue_is_gone_and_an_unknown_one_not_found(place: Place) -> None:
    note = place.world.comment(place.ticket, place.bob, "hello")
    place.world.delete_ticket(place.ticket, place.bob)
    for path in (f"{ISSUES}/1", f"{ISSUES}/1/comments", f"{ISSUES}/1/events"):
        assert place.ask("GET", path).status == 410
    assert place.ask("GET", f"{ISSUES}/comments/{note.id}").status == 404
    assert place.ask("GET", f"{ISSUES}/99").status == 404
    assert place.ask("GET", "/repos/acme/nothing").body["message"] == "Not Found"
    assert place.ask("GET", "/nothing/at/all").body["message"] == "Not Found"


def test_a_renamed_repository_answers_with_a_redirect_to_its_number(place: Place) -> None:
    place.project.former_paths.append("acme/old")
    answer = place.ask("GET", "/repos/acme/old/issues?labels=bug")
    assert answer.status == 301
    wanted = f"{place.sandbox.github_url}/repositories/{place.project.id}/issues?labels=bug"
    assert (answer.headers["Location"], answer.body["url"]) == (wanted, wanted)
    followed = place.ask("GET", wanted.removeprefix(place.sandbox.github_url))
    assert [one["number"] for one in followed.body] == [1]


def test_an_etag_belongs_to_a_token_and_saves_the_answer(place: Place) -> None:
    first = place.ask("GET", f"{ISSUES}/1")
    again = place.ask("GET", f"{ISSUES}/1", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, None)
    assert again.headers["X-RateLimit-Remaining"] == first.headers["X-RateLimit-Remaining"]
    assert place.ask("GET", f"{ISSUES}/1", by=place.bob, If_None_Match=first.headers["ETag"]).status == 200
    place.world.comment(place.ticket, place.bob, "something new")
    assert place.ask("GET", f"{ISSUES}/1", If_None_Match=first.headers["ETag"]).status == 200


def test_every_answer_carries_the_rate_limit(place: Place) -> None:
    before, after = (int(place.ask("GET", "/user").headers["X-RateLimit-Remaining"]) for _ in range(2))
    assert after == before - 1
    assert place.ask("GET", f"{ISSUES}/99").headers["X-RateLimit-Limit"] == "5000"


# GraphQL


EDITORS = """
query ($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    ... on IssueComment { databaseId lastEditedAt editor { ...on User { databaseId } who: login } }
    ... on Issue { number editor { login } }
  }
}
"""


def test_graphql_tells_who_edited(place: Place) -> None:
    note = place.world.comment(place.ticket, place.rita, "mine")
    other = place.world.comment(place.ticket, place.rita, "untouched")
    place.world.edit_comment(place.ticket, note, place.bob, "yours")
    ids = [place.ask("GET", f"{ISSUES}/comments/{one.id}").body["node_id"] for one in (note, other)]
    ids.append(place.ask("GET", f"{ISSUES}/1").body["node_id"])
    told = place.ask("POST", "/api/graphql", {"query": EDITORS, "variables": {"ids": ids}}).body
    stamp = "2026-11-02T09:00:00Z"
    editor = {"databaseId": place.bob.id, "who": "bob"}
    assert told["data"]["nodes"] == [
        {"__typename": "IssueComment", "databaseId": note.id, "lastEditedAt": stamp, "editor": editor},
        {"__typename": "IssueComment", "databaseId": other.id, "lastEditedAt": None, "editor": None},
        {"__typename": "Issue", "number": 1, "editor": None},
    ]


VERSIONS = """
query ($id: ID!, $after: String) {
  node(id: $id) {
    ... on Comment {
      userContentEdits(first: 2, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { deletedAt diff editor { login } }
      }
    }
  }
}
"""


def versions(place: Place, node: str, after: str | None = None) -> Any:
    asked = {"query": VERSIONS, "variables": {"id": node, "after": after}}
    return place.ask("POST", "/api/graphql", asked).body["data"]["node"]["userContentEdits"]


def test_graphql_tells_the_versions_of_a_text_the_newest_first(place: Place) -> None:
    note = place.world.comment(place.ticket, place.rita, "first")
    node = place.ask("GET", f"{ISSUES}/comments/{note.id}").body["node_id"]
    assert versions(place, node)["totalCount"] == 0

    place.world.edit_comment(place.ticket, note, place.bob, "second")
    place.world.edit_comment(place.ticket, note, place.rita, "third")

    page = versions(place, node)
    told = [*page["nodes"], *versions(place, node, page["pageInfo"]["endCursor"])["nodes"]]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    assert [(one["diff"], one["editor"]["login"], one["deletedAt"]) for one in told] == [
        ("third", "rita", None),
        ("second", "bob", None),
        ("first", "rita", None),
    ]


HIDE = """
mutation ($input: MinimizeCommentInput!) {
  minimizeComment(input: $input) { minimizedComment { isMinimized } }
}
"""
SHOW = """
mutation ($input: UnminimizeCommentInput!) {
  unminimizeComment(input: $input) { unminimizedComment { isMinimized } }
}
"""


def test_a_comment_is_hidden_and_shown_again(place: Place) -> None:
    note = place.world.comment(place.ticket, place.rita, "spam")
    path = f"{ISSUES}/comments/{note.id}"
    before = place.ask("GET", path).body
    subject = {"subjectId": before["node_id"], "classifier": "OFF_TOPIC"}

    told = place.ask("POST", "/api/graphql", {"query": HIDE, "variables": {"input": subject}}).body
    assert told == {"data": {"minimizeComment": {"minimizedComment": {"isMinimized": True}}}}
    assert place.ask("GET", path).body == before | {"minimized": {"reason": "off-topic"}}

    place.ask("POST", "/api/graphql", {"query": SHOW, "variables": {"input": {"subjectId": before["node_id"]}}})
    assert place.ask("GET", path).body == before


def test_graphql_answers_null_for_a_node_that_is_not_there(place: Place) -> None:
    told = place.ask("POST", "/api/graphql", {"query": EDITORS, "variables": {"ids": ["IC_nothing"]}}).body
    assert told["data"]["nodes"] == [None]
    assert told["errors"][0]["type"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "query",
    [
        "{ nodes(ids: []) { lastEditedAt } }",
        "{ nodes(ids: []) { ... on IssueComment { editor } } }",
        "{ nodes(ids: []) { ... on Nonsense { id } } }",
        "{ nothing }",
        "{ viewer { login }",
        "{ viewer { login } } %",
    ],
)
def test_graphql_refuses_what_is_not_in_the_schema(place: Place, query: str) -> None:
    told = place.ask("POST", "/api/graphql", {"query": query})
    assert told.status == 200
    assert told.body["errors"]
    assert "data" not in told.body


# An older GitHub


def test_what_an_older_github_lacks_is_not_found_or_ignored() -> None:
    old = Place(lacking={"github": {"reactions", "pins", "sub_issues", "comment_since", "graphql"}})
    note = old.world.comment(old.ticket, old.bob, "hello")
    with old.sandbox:
        for verb, path in (
            ("POST", f"{ISSUES}/comments/{note.id}/reactions"),
            ("PUT", f"{ISSUES}/comments/{note.id}/pin"),
            ("POST", f"{ISSUES}/1/sub_issues"),
            ("POST", "/api/graphql"),
        ):
            assert old.ask(verb, path, {"content": "+1", "query": "{ viewer { login } }"}).status == 404
        assert "pinned_comment" not in old.ask("GET", f"{ISSUES}/1").body
        assert len(old.ask("GET", f"{ISSUES}/1/comments?since=2030-01-01T00:00:00Z").body) == 1


def test_an_unknown_capability_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="teleport"):
        Place(lacking={"github": {"teleport"}})


# PyGithub


def test_pygithub_needs_no_hidden_requests(place: Place, client: github.Github) -> None:
    place.world.comment(place.ticket, place.bob, "hello")
    issue = client.get_repo("acme/api").get_issue(1)
    before = len(place.sandbox.requests)
    seen = (issue.title, issue.user.login, issue.comments, issue.state_reason, issue.closed_by, issue.locked)
    assert seen == ("Checkout is down", "bob", 1, None, None, False)
    (comment,) = issue.get_comments()
    assert (comment.body, comment.user.type, comment.updated_at) == ("hello", "User", place.now)
    assert len(place.sandbox.requests) == before + 1


def test_pygithub_walks_all_pages(place: Place, client: github.Github) -> None:
    for n in range(250):
        place.world.comment(place.ticket, place.bob, str(n))
    issue = client.get_repo("acme/api").get_issue(1)
    assert [one.body for one in issue.get_comments()] == [str(n) for n in range(250)]


def test_pygithub_raises_its_own_errors(client: github.Github) -> None:
    repository = client.get_repo("acme/api")
    with pytest.raises(github.UnknownObjectException):
        repository.get_issue(99)
    with pytest.raises(github.GithubException, match="too long"):
        repository.get_issue(1).create_comment("x" * 262_145)
