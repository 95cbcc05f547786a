"""What one request to GitLab does with one odd answer."""

import threading
from collections.abc import Callable, Iterator

import pytest
import requests
import responses

from tracker_bridge.trackers import Busy, Denied, Gone, Later, TrackerError
from tracker_bridge.trackers.gitlab.client import Client, issue_path
from tracker_bridge.trackers.gitlab.shapes import Identified

URL = "https://git.example.org/gitlab"
API = f"{URL}/api/v4"
TOKEN = "glpat-very-secret"  # made up
NOW = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[Client]:
    client = Client(URL, TOKEN, clock=clock, monotonic=clock)
    yield client
    client.close()


@responses.activate
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Denied),
        (403, Denied),
        (404, Gone),
        (410, Gone),
        (408, Busy),
        (409, Busy),
        (429, Later),
        (500, Busy),
        (502, Busy),
        (503, Busy),
        (520, Busy),
        (400, TrackerError),
        (422, TrackerError),
    ],
)
def test_each_status_has_its_error_which_names_the_act_and_shows_no_secret(
    client: Client, status: int, error: type[TrackerError]
) -> None:
    responses.put(f"{API}/x", status=status, json={"message": f"leaked {TOKEN}"})
    with pytest.raises(TrackerError) as caught:
        client.put("/x", "label gitlab:acme/api#12", {}, Identified)
    assert type(caught.value) is error
    assert "could not label gitlab:acme/api#12" in str(caught.value)
    assert str(status) in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "7"}, 7),
        (429, {"Retry-After": "0"}, 1),
        (429, {"Retry-After": "Fri, 15 Jan 2027 08:00:30 GMT"}, 30),
        (429, {"Retry-After": "Friday, 15-Jan-27 08:00:30 GMT"}, 30),
        (429, {"Retry-After": "Fri Jan 15 08:00:30 2027"}, 30),
        (429, {"Retry-After": "Fri, 15 Jan 2027 07:00:00 GMT"}, 1),
        (429, {"Retry-After": "Fri, 15 Jan 2027 09:00:30 GMT", "Date": "Fri, 15 Jan 2027 09:00:00 GMT"}, 30),
        (429, {"Retry-After": "Fri, 99 Foo 99999999999999999999 08:00:30 GMT"}, 60),
        (503, {"Retry-After": "Fri, 15 Jan 2027 08:00:30 GMT"}, 30),
        (429, {"RateLimit-Reset": str(int(NOW) + 42)}, 42),
        (429, {"Retry-After": "soon"}, 60),
        (429, {"Retry-After": "999999999"}, 3600),
        (429, {}, 60),
        (503, {"Retry-After": "120"}, 120),
        (503, {"Retry-After": "1"}, 10),
        (503, {"RateLimit-Reset": str(int(NOW) + 42)}, 10),
        (500, {}, 10),
    ],
)
def test_busy_waits_as_long_as_the_server_asks(
    client: Client, status: int, headers: dict[str, str], seconds: float
) -> None:
    responses.put(f"{API}/x", status=status, headers=headers)
    with pytest.raises(Busy) as caught:
        client.put("/x", "label", {}, Identified)
    assert caught.value.retry_after == seconds


@responses.activate
def test_nothing_is_sent_until_a_limit_has_passed(client: Client, clock: Clock) -> None:
    limited = responses.get(f"{API}/user", status=429, headers={"Retry-After": "30"})
    with pytest.raises(Busy):
        client.get("/user", "ask", Identified)
    clock.now += 10
    with pytest.raises(Busy) as caught:
        client.post("/anything", "post", {}, Identified)
    assert caught.value.retry_after == 20
    assert limited.call_count == len(responses.calls) == 1

    clock.now += 21
    responses.replace(responses.GET, f"{API}/user", json={"id": 1})
    assert client.get("/user", "ask", Identified).id == 1


SEND: dict[str, Callable[[Client], object]] = {
    "GET": lambda client: client.get("/x", "ask", Identified),
    "POST": lambda client: client.post("/x", "post", {"body": "x"}, Identified),
    "PUT": lambda client: client.put("/x", "edit", {"body": "x"}, Identified),
    "DELETE": lambda client: client.delete("/x", "remove"),
}


@responses.activate
@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "broken",
    [
        requests.ConnectionError("reset by peer"),
        requests.ReadTimeout("too slow"),
        requests.exceptions.ChunkedEncodingError("cut short"),
    ],
)
def test_a_write_without_an_answer_is_sent_once_and_unclear(client: Client, verb: str, broken: Exception) -> None:
    sent = responses.add(verb, f"{API}/x", body=broken)
    with pytest.raises(Busy) as caught:
        SEND[verb](client)
    assert caught.value.retry_after >= 10
    assert sent.call_count == 1


@responses.activate
def test_a_failed_read_is_repeated_once_and_then_busy(client: Client) -> None:
    failing = responses.get(f"{API}/user", status=502)
    with pytest.raises(Busy):
        client.get("/user", "ask", Identified)
    assert failing.call_count == 2


@responses.activate
def test_a_failed_read_that_says_when_to_come_back_is_not_repeated(client: Client) -> None:
    failing = responses.get(f"{API}/user", status=503, headers={"Retry-After": "1"})
    with pytest.raises(Busy):
        client.get("/user", "ask", Identified)
    assert failing.call_count == 1


def test_the_transport_is_told_to_repeat_reads_only(client: Client) -> None:
    for prefix in ("https://", "http://"):
        retry = client._session().get_adapter(prefix).max_retries  # type: ignore[attr-defined]  # HTTPAdapter has it
        assert retry.allowed_methods == {"GET"}
        assert (retry.total, retry.connect, retry.redirect, retry.other) == (1, 0, 0, 0)
        assert not retry.respect_retry_after_header


@responses.activate
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"id": 5, "body": "cut', "application/json"),
        ("<html>Sign in</html>", "text/html"),
        ("[]", "application/json"),
        ("", "application/json"),
        ("{}", "application/json"),
    ],
)
def test_an_answer_to_a_write_that_makes_no_sense_is_unclear(client: Client, body: str, kind: str) -> None:
    responses.post(f"{API}/notes", status=201, body=body, content_type=kind)
    with pytest.raises(Busy) as caught:
        client.post("/notes", "post", {}, Identified)
    assert caught.value.retry_after >= 10


@responses.activate
@pytest.mark.parametrize("body", ["{}", "null", '"text"', "[1]", "[{}]", "<html>", "[", '{"0": {"id": 1}}'])
def test_a_list_that_makes_no_sense_is_busy(client: Client, body: str) -> None:
    responses.get(f"{API}/list", body=body, content_type="application/json")
    with pytest.raises(Busy):
        list(client.pages("/list", "list", Identified))


@responses.activate
@pytest.mark.parametrize("verb", SEND)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed_so_the_token_stays_here(client: Client, verb: str, status: int) -> None:
    responses.add(verb, f"{API}/x", status=status, headers={"Location": "https://evil.example.org/api/v4/x"})
    elsewhere = responses.add(verb, "https://evil.example.org/api/v4/x", json={})
    with pytest.raises(Denied, match="TRACKER_BRIDGE_GITLAB__URL"):
        SEND[verb](client)
    assert elsewhere.call_count == 0


@responses.activate
def test_pages_are_followed_by_link_though_one_is_short_and_only_as_needed(client: Client) -> None:
    def link(page: int) -> dict[str, str]:
        return {"Link": f'<http://internal:8080/api/v4/list?per_page=100&page={page}>; rel="next"'}

    responses.get(f"{API}/list", json=[{"id": 1}], headers=link(2))
    second = responses.get(f"{API}/list?page=2&per_page=100", json=[{"id": 2}], headers=link(3))
    third = responses.get(f"{API}/list?page=3&per_page=100", json=[{"id": 3}])

    pages = client.pages("/list", "list", Identified, sort="desc")
    assert next(pages).id == 1
    assert second.call_count == 0
    assert [one.id for one in pages] == [2, 3]
    assert third.call_count == 1
    assert "per_page=100" in str(responses.calls[0].request.url)


@responses.activate
def test_the_next_page_is_asked_for_by_all_that_the_link_says(client: Client) -> None:
    query = "cursor=a%2Bb&iids%5B%5D=1&iids%5B%5D=2&search="
    responses.get(f"{API}/list", json=[{"id": 1}], headers={"Link": f'<{API}/list?{query}>; rel="next"'})
    responses.get(f"{API}/list?{query}", json=[{"id": 2}])
    assert [one.id for one in client.pages("/list", "list", Identified, sort="desc")] == [1, 2]
    assert str(responses.calls[1].request.url) == f"{API}/list?{query}"


@responses.activate
def test_a_failure_on_a_later_page_is_told_like_any_other(client: Client) -> None:
    next_page = {"Link": f'<{API}/list?page=2>; rel="next"'}
    responses.get(f"{API}/list", json=[{"id": 1}], headers=next_page)
    responses.get(f"{API}/list?page=2", status=429, headers={"Retry-After": "9"})
    with pytest.raises(Busy) as caught:
        list(client.pages("/list", "list", Identified))
    assert caught.value.retry_after == 9


@responses.activate
def test_the_sub_path_is_kept_for_graphql_and_the_project_is_one_part_of_the_path(client: Client) -> None:
    responses.post(f"{URL}/api/graphql", json={"data": {}})
    assert client.query("query { x }", "ask").data == {}
    assert issue_path("acme/platform/api", 12) == "/projects/acme%2Fplatform%2Fapi/issues/12"


@responses.activate
def test_each_thread_has_a_connection_of_its_own(client: Client) -> None:
    responses.get(f"{API}/user", json={"id": 1})
    wires: list[object] = []

    def ask() -> None:
        client.get("/user", "ask", Identified)
        client.get("/user", "ask", Identified)
        wires.append(client._wire())

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len({id(wire) for wire in wires}) == 3


@responses.activate
def test_every_request_has_a_time_limit_and_carries_the_token_in_a_header_alone(client: Client) -> None:
    responses.get(f"{API}/user", json={"id": 1})
    client.get("/user", "ask", Identified)
    request = responses.calls[0].request
    assert request.headers["PRIVATE-TOKEN"] == TOKEN
    assert TOKEN not in str(request.url)
    assert request.req_kwargs["timeout"] == (3.0, 10.0)  # type: ignore[attr-defined]  # added by responses
    assert TOKEN not in repr(client)


@pytest.mark.parametrize("url", ["", "gitlab.com", "ftp://gitlab.com", "https://"])
def test_what_is_not_an_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="not the address of a GitLab"):
        Client(url, TOKEN)


@responses.activate
@pytest.mark.parametrize("set_by", [-3600, 3600])
def test_a_clock_that_is_set_makes_a_limit_neither_longer_nor_shorter(set_by: int) -> None:
    wall, passed = [NOW], [5.0]
    client = Client(URL, TOKEN, clock=lambda: wall[0], monotonic=lambda: passed[0])
    limited = responses.put(f"{API}/x", status=429, headers={"Retry-After": "30"})
    with pytest.raises(Busy):
        client.put("/x", "label", {}, Identified)
    wall[0] += set_by
    passed[0] += 29
    with pytest.raises(Busy):
        client.put("/x", "label", {}, Identified)
    assert limited.call_count == 1
    passed[0] += 1
    with pytest.raises(Busy):
        client.put("/x", "label", {}, Identified)
    assert limited.call_count == 2
