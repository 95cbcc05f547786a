"""The board: what is open now, for those who may see it, from memory."""

import base64

import pytest
from werkzeug.test import TestResponse

from tests.serving.test_whole import Town
from tests.showing.conftest import Clock, Open, incident
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.serving.runtime import Runtime
from tracker_bridge.trackers import IssueChanged
from tracker_bridge.web.pages import page

TOKEN = "the board's token, thirty bytes"
SHOWN = {"board": {"token": TOKEN}}
BASIC = {"Authorization": f"Basic {base64.b64encode(f'me:{TOKEN}'.encode()).decode()}"}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def get(
    runtime: Runtime, headers: dict[str, str] = BASIC, path: str = "/", address: str = "10.0.0.9"
) -> TestResponse:
    client = runtime.web().test_client()
    return client.get(path, headers=headers, environ_overrides={"REMOTE_ADDR": address})


def look(runtime: Runtime) -> None:
    assert runtime.display.keeper is not None
    runtime.display.keeper.once()


def test_it_shows_what_is_open_the_worst_first_with_what_is_needed(town: Town, opened: Open, clock: Clock) -> None:
    incident(town, "/incident severity sev3", title="Search is slow <script>")
    clock.forward(1)
    incident(
        town, "/incident severity sev1", "/incident claim lead", "/incident claim comms", title="Payments fail"
    )
    clock.forward(1)
    incident(town, title="Nobody knows")
    incident(town, "/incident resolve", title="All is well")
    clock.forward(70)
    with opened(**SHOWN) as runtime:
        assert "the list is not complete yet" in get(runtime).text
        look(runtime)
        answer = get(runtime)
        text = answer.text
        assert text.index("Nobody knows") < text.index("Payments fail") < text.index("Search is slow")
        assert "All is well" not in text
        assert "<script>" not in text
        assert "3 open incidents" in text
        assert "<code>/incident claim lead</code>" in text
        assert "overdue" in text
        assert "alice" in text
        assert "1 h 11 min" in text
        assert "complete" not in text
        assert answer.headers["Refresh"] == "30"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'; style-src 'sha256-" in answer.headers["Content-Security-Policy"]
        assert "Refresh" not in get(runtime, path="/?refresh=off").headers


def test_no_view_asks_a_tracker(town: Town, opened: Open) -> None:
    incident(town, title="Payments fail")
    with opened(**SHOWN) as runtime:
        look(runtime)
        before = len(town.sandbox.requests)
        for _ in range(3):
            assert "Payments fail" in get(runtime).text
        assert len(town.sandbox.requests) == before


def test_what_this_process_reads_is_shown_at_once(town: Town, opened: Open, clock: Clock) -> None:
    with opened(**SHOWN) as runtime:
        look(runtime)
        ticket = incident(town, title="Payments fail")
        runtime.queue.add(IssueChanged(IssueRef(town.forge, "acme/api", ticket.number)), clock())
        while runtime.worker.reconcile_once():
            pass
        assert "Payments fail" in get(runtime).text


def test_of_what_is_confidential_only_the_number_is_shown(town: Town, opened: Open) -> None:
    if town.forge == "github":
        pytest.skip("GitHub has no confidential issues")
    incident(town, title="Customer data", confidential=True)
    with opened(**SHOWN) as runtime:
        look(runtime)
        assert "Customer data" not in get(runtime).text
        assert "1 confidential incident, not shown here" in get(runtime).text


def test_what_cannot_be_read_is_said(town: Town, opened: Open, clock: Clock) -> None:
    incident(town, title="Payments fail")
    with opened(**SHOWN) as runtime:
        look(runtime)
        town.sandbox.faults.add(FaultResponse(502), times=1_000)
        clock.forward(5)
        look(runtime)
        assert "Payments fail" in get(runtime).text
        assert f"{town.forge}:acme/api cannot be read completely" in get(runtime).text


def test_who_may_see_it(opened: Open) -> None:
    wrong = base64.b64encode(b"me:another token of thirty bytes").decode()
    with opened(**SHOWN) as runtime:
        assert get(runtime, BASIC).status_code == get(runtime, BEARER).status_code == 200
        refused = [
            {},
            {"Authorization": f"Basic {wrong}"},
            {"Authorization": "Basic é"},
            {"Authorization": "Bearer "},
        ]
        refused += [{"Authorization": TOKEN}, {"X-Forwarded-User": "alice"}]
        for headers in refused:
            answer = get(runtime, headers, address="127.0.0.1")
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
            assert TOKEN not in answer.text
    with opened() as runtime:
        assert get(runtime).status_code == 404


def test_the_login_of_a_proxy_counts_from_that_proxy_only(opened: Open) -> None:
    chosen = {"board": {"login_header": "X-Forwarded-User", "proxies": ["10.1.0.0/16"]}}
    named = {"X-Forwarded-User": "alice"}
    with opened(**chosen) as runtime:
        assert get(runtime, named, address="10.1.2.3").status_code == 200
        assert get(runtime, named, address="10.2.2.3").status_code == 403
        assert get(runtime, named, address="127.0.0.1").status_code == 403
        assert get(runtime, {}, address="10.1.2.3").status_code == 403
        assert get(runtime, {"X-Forwarded-User": " "}, address="10.1.2.3").status_code == 403
        assert get(runtime, BEARER, address="10.1.2.3").status_code == 403


def test_a_header_with_an_underscore_is_not_taken_for_the_one_that_a_proxy_sets(opened: Open) -> None:
    scope = {
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
    }
    with opened(board={"login_header": "X-Forwarded-User"}) as runtime:
        web = runtime.web()
        assert page(web, scope, {"x-forwarded-user": "alice"}).status == 200
        assert page(web, scope, {"x_forwarded_user": "alice"}).status == 403
