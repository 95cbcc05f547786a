"""What one request does with one odd answer: how often it is sent, which error it becomes, where it goes."""

from collections.abc import Iterator

import pytest
import requests
import responses
from github import Auth
from urllib3.exceptions import ProtocolError

from tests.trackers.github_answers import API, BOT, REF, REPO, SECRET, Hands, comment, issue, refer, tracker
from tracker_bridge.domain.issue.changes import Close, Document, Edit, Post, Relabel, Remove
from tracker_bridge.trackers import Busy, Denied, Gone
from tracker_bridge.trackers.github.connection import Unfollowing, connect
from tracker_bridge.trackers.github.tracker import GITHUB_COM, App, GitHubTracker, Token

POST = Post(Document("status", "All checks passed."))


@pytest.fixture
def api() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def test_no_verb_that_writes_is_ever_repeated() -> None:
    github = connect(GITHUB_COM, Auth.Token(SECRET))
    settings = github.requester.kwargs
    patience = settings["retry"]

    assert isinstance(patience, Unfollowing)
    assert patience.allowed_methods == {"GET", "HEAD"}
    assert settings["timeout"] == (3.0, 10.0)
    assert settings["api_version"]
    for verb in ("POST", "PATCH", "PUT", "DELETE"):
        assert not patience.is_retry(verb, 502)
        assert not patience.is_retry(verb, 403, has_retry_after=True)
        with pytest.raises(ProtocolError):
            patience.increment(verb, "/", error=ProtocolError("cut"))


def test_the_longest_pause_between_two_tries_is_short() -> None:
    patience = connect(GITHUB_COM, Auth.Token(SECRET)).requester.kwargs["retry"]
    pauses = 0.0
    while patience.total:
        patience = patience.increment("GET", "/", error=ProtocolError("cut"))
        pauses += patience.get_backoff_time()

    assert pauses <= 2
    assert not patience.respect_retry_after_header


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("change", [POST, Edit(5, POST.document), Remove(5), Close()], ids=repr)
def test_a_failed_write_is_one_request(api: responses.RequestsMock, status: int, change: Post) -> None:
    for verb in (responses.POST, responses.PATCH, responses.DELETE):
        for path in ("issues/7/comments", "issues/comments/5", "issues/7"):
            api.add(verb, f"{REPO}/{path}", status=status, json={"message": "Server Error"})
    api.assert_all_requests_are_fired = False

    with pytest.raises(Busy, match=r"github:acme/api#7") as busy:
        tracker().apply(REF, change)

    assert busy.value.retry_after >= 10
    assert len(api.calls) == 1


@pytest.mark.parametrize(
    "broken",
    [
        requests.ConnectionError("reset by peer"),
        requests.ReadTimeout("read timed out"),
        requests.exceptions.ChunkedEncodingError("half an answer"),
        ProtocolError("cut"),
    ],
    ids=lambda broken: type(broken).__name__,
)
def test_a_write_without_an_answer_is_one_request(api: responses.RequestsMock, broken: Exception) -> None:
    api.post(f"{REPO}/issues/7/comments", body=broken)

    with pytest.raises(Busy) as busy:
        tracker().apply(REF, POST)

    assert busy.value.retry_after >= 10
    assert len(api.calls) == 1


def test_a_failed_read_is_tried_twice(api: responses.RequestsMock) -> None:
    api.get(f"{API}/user", status=502, body="<html>Bad Gateway</html>")

    with pytest.raises(Busy):
        tracker().read(REF)

    assert len(api.calls) == 2


def test_a_read_that_fails_once_is_made_up_for(api: responses.RequestsMock) -> None:
    api.get(f"{API}/user", status=502)
    api.get(f"{API}/user", json=BOT)
    api.get(f"{REPO}/issues/7/comments", json=[])
    api.get(f"{REPO}/issues/7", json=issue())
    api.get(f"{REPO}/issues/7/events", json=[])
    refer(api)

    assert tracker().read(REF).title == "API down"


def test_a_read_that_is_to_wait_is_not_tried_again(api: responses.RequestsMock) -> None:
    api.get(f"{API}/user", status=503, headers={"Retry-After": "30"})

    with pytest.raises(Busy) as busy:
        tracker().read(REF)

    assert busy.value.retry_after == 30
    assert len(api.calls) == 1


LIMIT = "API rate limit exceeded for user ID 1."
AT_NINE = {"Date": "Mon, 02 Nov 2026 09:00:00 GMT"}
RESET = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1793613600"}  # 2026-11-02 10:00:00


@pytest.mark.parametrize(
    ("status", "headers", "message", "wait"),
    [
        (403, {"Retry-After": "17"}, "You have exceeded a secondary rate limit.", 60),
        (403, {"Retry-After": "72"}, "You have exceeded a secondary rate limit.", 72),
        (403, {}, "You have exceeded a secondary rate limit and have been temporarily blocked.", 60),
        (429, {}, "Too many requests", 60),
        (429, AT_NINE | {"Retry-After": "Mon, 02 Nov 2026 09:00:45 GMT"}, "Too many requests", 45),
        (403, AT_NINE | {"Retry-After": "Monday, 02-Nov-26 09:00:45 GMT"}, "", 45),
        (403, AT_NINE | {"Retry-After": "Mon Nov  2 09:00:45 2026"}, "", 45),
        (429, AT_NINE | {"Retry-After": "Mon, 02 Nov 2026 08:00:00 GMT"}, "Too many requests", 1),
        (429, AT_NINE | {"Retry-After": "Mon, 02 Nov 2026 23:00:00 GMT"}, "Too many requests", 3700),
        (429, {"Retry-After": "Mon, 02 Nov 2020 10:00:00 GMT"}, "Too many requests", 1),
        (429, {"Date": "now", "Retry-After": "Mon, 02 Nov 2020 10:00:00 GMT"}, "Too many requests", 1),
        (429, {"Retry-After": "0"}, "Too many requests", 1),
        (429, {"Retry-After": "soon"}, "Too many requests", 60),
        (429, {"Retry-After": "-5"}, "Too many requests", 60),
        (429, {"Retry-After": "Mon, 99 Foo 99999999999999999999 10:00:00 GMT"}, "Too many requests", 60),
        (429, {"Retry-After": "9" * 400}, "Too many requests", 3700),
        (429, {"Retry-After": "999999"}, "Too many requests", 3700),
        (403, RESET | {"Date": "Mon, 02 Nov 2026 09:58:00 GMT"}, LIMIT, 121),
        (403, RESET | {"Date": "Mon, 02 Nov 2026 10:00:30 GMT"}, LIMIT, 1),
    ],
)
def test_a_limit_is_busy_with_githubs_own_delay(
    api: responses.RequestsMock, status: int, headers: dict[str, str], message: str, wait: float
) -> None:
    for verb, path in ((responses.GET, "/user"), (responses.POST, "/repos/acme/api/issues/7/comments")):
        api.add(verb, f"{API}{path}", status=status, headers=headers, json={"message": message})

    with pytest.raises(Busy) as reading:
        tracker().read(REF)
    with pytest.raises(Busy) as writing:
        tracker().apply(REF, POST)

    assert reading.value.retry_after == writing.value.retry_after == wait
    assert len(api.calls) == 2


def test_nothing_is_sent_until_the_limit_has_passed(api: responses.RequestsMock) -> None:
    api.post(f"{REPO}/issues/7/comments", status=403, headers={"Retry-After": "30"}, json={"message": ""})
    clock = Hands()
    limited = tracker(clock=clock)
    with pytest.raises(Busy):
        limited.apply(REF, POST)

    clock.now += 10
    with pytest.raises(Busy) as busy:
        limited.read(REF)
    assert busy.value.retry_after == 20
    assert len(api.calls) == 1

    clock.now += 21
    api.delete(f"{REPO}/issues/comments/5", status=204)
    limited.apply(REF, Remove(5))


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (403, "Resource not accessible by integration"),
        (403, "Commenting is disabled on issues with more than 2500 comments"),
        (401, "Bad credentials"),
        (422, "body is too long (maximum is 65536 characters)"),
        (451, "Repository access blocked"),
    ],
)
def test_a_refusal_is_denied_without_repeating_what_was_said(
    api: responses.RequestsMock, status: int, message: str
) -> None:
    api.post(f"{REPO}/issues/7/comments", status=status, json={"message": message})

    with pytest.raises(Denied, match=rf"post status to github:acme/api#7: .*\({status}\)") as denied:
        tracker().apply(REF, POST)

    for secret in (SECRET, "All is well", message):
        assert secret not in str(denied.value)


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_gone(api: responses.RequestsMock, status: int) -> None:
    api.post(f"{REPO}/issues/7/comments", status=status, json={"message": "This issue was deleted"})

    with pytest.raises(Gone, match=r"github:acme/api#7"):
        tracker().apply(REF, POST)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("change", [POST, Edit(5, POST.document), Remove(5), Close()], ids=repr)
def test_a_write_to_an_issue_that_was_transferred_is_not_followed(
    api: responses.RequestsMock, status: int, change: Post
) -> None:
    api.assert_all_requests_are_fired = False
    api.get(REPO, json={"id": 1, "full_name": "Acme/API"})
    for verb in (responses.POST, responses.PATCH, responses.DELETE):
        for path in ("issues/7/comments", "issues/comments/5", "issues/7"):
            api.add(verb, f"{REPO}/{path}", status=status, headers={"Location": f"{API}/repositories/9/{path}"})
            api.add(verb, f"{API}/repositories/9/{path}", json={"id": 1})

    with pytest.raises(Gone, match=r"redirects"):
        tracker().apply(REF, change)

    assert len(api.calls) == 2
    assert not any("/repositories/" in str(call.request.url) for call in api.calls)


def test_a_write_to_a_repository_that_was_renamed_is_sent_once_more_and_not_to_the_number(
    api: responses.RequestsMock,
) -> None:
    moved = {"Location": f"{API}/repositories/9/issues/7/comments"}
    api.post(f"{REPO}/issues/7/comments", status=307, headers=moved)
    api.get(REPO, status=301, headers={"Location": f"{API}/repositories/9"})
    api.get(f"{API}/repositories/9", json={"id": 9, "full_name": "acme/new"})
    api.post(f"{API}/repos/acme/new/issues/7/comments", json={"id": 1})

    tracker().apply(REF, POST)


@pytest.mark.parametrize("status", [404, 500])
def test_while_nobody_tells_what_it_is_called_now_it_is_not_taken_for_renamed(
    api: responses.RequestsMock, status: int
) -> None:
    api.post(f"{REPO}/issues/7/comments", status=307, headers={"Location": f"{API}/repositories/9/x"})
    api.get(REPO, status=301, headers={"Location": f"{API}/repositories/9"})
    api.get(f"{API}/repositories/9", status=status, json={})

    with pytest.raises(Gone if status == 404 else Busy):
        tracker().apply(REF, POST)


@pytest.mark.parametrize("location", ["/repositories/9/issues/7/comments", "https://evil.example/", ""])
def test_a_redirected_read_is_not_followed(api: responses.RequestsMock, location: str) -> None:
    api.get(f"{API}/user", json=BOT)
    api.get(REPO, json={"id": 1, "full_name": "acme/api"})
    api.get(f"{REPO}/issues/7/comments", status=301, headers={"Location": location})

    with pytest.raises(Gone, match=r"configure its new name"):
        tracker().read(REF)

    assert len(api.calls) == 3


def test_pages_are_followed_on_the_path_that_was_asked_for(api: responses.RequestsMock) -> None:
    """GitHub's links name the repository by number, and may page by cursor."""
    api.get(f"{API}/user", json=BOT)
    api.get(
        f"{REPO}/issues/7/comments",
        json=[comment(1)],
        headers={"Link": '<https://elsewhere.example/repositories/9/x?per_page=100&after=abc%3D>; rel="next"'},
        match=[responses.matchers.query_param_matcher({"per_page": "100"})],
    )
    api.get(
        f"{REPO}/issues/7/comments",
        json=[comment(2)],
        headers={"Link": f'<{REPO}/issues/7/comments?page=1>; rel="prev"'},
        match=[responses.matchers.query_param_matcher({"per_page": "100", "after": "abc="})],
    )
    api.get(f"{REPO}/issues/7", json=issue(comments=2))
    api.get(f"{REPO}/issues/7/events", json=[])
    refer(api)

    assert [one.id for one in tracker().read(REF).comments] == [1, 2]


def test_requests_name_the_version_of_the_api_and_of_the_bridge(api: responses.RequestsMock) -> None:
    api.delete(f"{REPO}/issues/comments/5", status=204)

    tracker().apply(REF, Remove(5))

    sent = api.calls[0].request.headers
    assert sent["X-GitHub-Api-Version"] == "2022-11-28"
    assert sent["User-Agent"].startswith("tracker-bridge/")
    assert sent["Authorization"].endswith(SECRET)


@pytest.mark.parametrize("url", ["https://git.acme.example/api/v3", "https://git.acme.example/api/v3/"])
def test_an_enterprise_server_is_asked_below_its_own_address(api: responses.RequestsMock, url: str) -> None:
    api.delete("https://git.acme.example:443/api/v3/repos/acme/api/issues/comments/5", status=204)

    GitHubTracker(url, Token(SECRET), ["acme/api"]).apply(REF, Remove(5))

    assert len(api.calls) == 1


def test_names_in_paths_are_quoted(api: responses.RequestsMock) -> None:
    api.delete(f"{REPO}/issues/7/labels/a%2F..%2Fb%3Fc%20%23", status=404, json={"message": "Not Found"})

    tracker().apply(REF, Relabel(remove=frozenset({"a/../b?c #"})))

    assert len(api.calls) == 1


@pytest.mark.parametrize("answer", [b"", b"{", b"[]", b'{"id": null}'])
def test_a_comment_is_posted_even_if_its_id_can_not_be_read(api: responses.RequestsMock, answer: bytes) -> None:
    api.post(f"{REPO}/issues/7/comments", status=201, body=answer)

    tracker().apply(REF, Post(POST.document, pin=True))

    assert len(api.calls) == 1


@pytest.mark.parametrize("status", [403, 404, 410, 422, 429, 500, 503])
def test_a_pin_that_fails_is_left_out(api: responses.RequestsMock, status: int) -> None:
    api.post(f"{REPO}/issues/7/comments", status=201, json={"id": 5})
    api.put(f"{REPO}/issues/comments/5/pin", status=status, json={"message": "no"})

    tracker().apply(REF, Post(POST.document, pin=True))

    assert len(api.calls) == 2


def test_secrets_are_not_shown() -> None:
    shown = tracker(webhook_secrets=["hush-hush"])
    texts = [repr(shown), repr(Token(SECRET)), repr(App("1", "-----BEGIN KEY")), repr(vars(shown))]

    assert not any(secret in text for text in texts for secret in (SECRET, "BEGIN KEY"))


@pytest.mark.parametrize("url", ["api.github.com", "ftp://api.github.com", "https://", ""])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match=r"https://api\.github\.com"):
        GitHubTracker(url, Token(SECRET), ["acme/api"])


def test_an_empty_token_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="empty"):
        GitHubTracker(GITHUB_COM, Token(""), ["acme/api"])


def test_an_empty_webhook_secret_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="empty"):
        tracker(webhook_secrets=["good", ""])


def test_the_time_of_the_last_reconcile_is_asked_in_utc(api: responses.RequestsMock) -> None:
    api.get(f"{API}/user", json=BOT)
    api.get(f"{REPO}/issues/7/comments", json=[comment(1, updated_at="2026-11-02T14:00:00+05:00")])
    api.get(f"{REPO}/issues/7", json=issue(comments=1))
    api.get(f"{REPO}/issues/7/events", json=[])
    refer(api)
    looking = tracker()
    looking.read(REF)

    looking.read(REF)

    last = [one.request for one in api.calls if "/comments" in str(one.request.url)][-1]
    assert "since=2026-11-02T08%3A58%3A00Z" in str(last.url)
