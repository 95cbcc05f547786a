"""The public status page as a bridge serves it: from its last good build, whatever is away."""

import json
import re
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.serving.conftest import eventually
from tests.serving.test_whole import Town
from tests.showing.conftest import Clock, Open, incident, settings_of
from tracker_bridge.domain.derived.public import PageRules
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.reconcile import Decision
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.serving.runtime import Runtime, open_receiver
from tracker_bridge.showing.known import Incidents
from tracker_bridge.trackers import IssueChanged

SHOWN = {"status_page": {"serve": True, "title": "Acme status"}}


def get(runtime: Runtime, path: str = "/status/", **headers: str) -> TestResponse:
    return runtime.web().test_client().get(path, headers=headers)


def look(runtime: Runtime) -> None:
    assert runtime.display.keeper is not None
    runtime.display.keeper.once()


def test_the_page_is_what_everyone_was_told(town: Town, opened: Open) -> None:
    incident(town, "/incident claim comms external", "/incident update external: Payments fail.")
    with opened(**SHOWN) as runtime:
        assert get(runtime).status_code == 503
        look(runtime)
        page, summary = get(runtime), get(runtime, "/status/api/v2/summary.json")
        assert "<h3>Payments fail</h3>" in page.text
        assert "Secret title" not in page.text
        assert "This page is" not in page.text
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert summary.headers["Access-Control-Allow-Origin"] == "*"
        assert summary.mimetype == "application/json"
        assert json.loads(summary.text)["incidents"][0]["name"] == "Payments fail"
        assert get(runtime, "/status/feed.atom").mimetype == "application/atom+xml"
        assert get(runtime, "/status/calendar.ics").mimetype == "text/calendar"
        again = get(runtime, "/status/calendar.ics", **{"If-None-Match": page.headers["ETag"]})
        assert again.status_code == 200
        assert get(runtime, **{"If-None-Match": page.headers["ETag"]}).status_code == 304
        assert get(runtime, "/status").headers["Location"] == "status/"
        for path in ("/status/../queue.sqlite3", "/status/api/v2/", "/status/nothing"):
            assert get(runtime, path).status_code == 404


def test_it_is_off_unless_the_settings_want_it(town: Town, opened: Open) -> None:
    incident(town, "/incident claim comms external", "/incident update external: Payments fail.")
    with opened() as runtime:
        assert runtime.display.keeper is None
        assert get(runtime).status_code == 404


def test_what_a_reconcile_read_is_shown_without_asking(town: Town, opened: Open, clock: Clock) -> None:
    with opened(**SHOWN) as runtime:
        look(runtime)
        assert "No incident is open" in get(runtime).text
        ticket = incident(town, "/incident claim comms external", "/incident update external: Payments fail.")
        change = IssueChanged(IssueRef(town.forge, "acme/api", ticket.number))
        runtime.queue.add(change, clock())
        while runtime.worker.reconcile_once():
            pass
        keeper = runtime.display.keeper
        assert keeper is not None
        assert keeper.incidents.changed.is_set()
        keeper._build(clock())
        assert "Payments fail" in get(runtime).text


def test_what_cannot_be_shown_does_not_hold_up_the_incident(
    town: Town, opened: Open, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_decision: Decision) -> None:
        raise KeyError("oh")

    with opened(**SHOWN) as runtime:
        assert runtime.display.keeper is not None
        monkeypatch.setattr(runtime.display.keeper.incidents, "seen", broken)
        ticket = incident(town)
        runtime.queue.add(IssueChanged(IssueRef(town.forge, "acme/api", ticket.number)), clock())
        while runtime.worker.reconcile_once():
            pass
        assert any(note.author.bot for note in ticket.comments)


def test_while_the_tracker_is_away_the_last_good_page_says_how_old_it_is(
    town: Town, opened: Open, clock: Clock, tmp_path: Path
) -> None:
    ticket = incident(town, "/incident claim comms external", "/incident update external: Payments fail.")
    with opened(**SHOWN) as runtime:
        look(runtime)
        town.sandbox.faults.add(FaultResponse(502), times=1_000)
        town.sandbox.world.comment(ticket, town.alice, "/incident update external --correction: It works again.")
        clock.forward(3)
        look(runtime)
        assert "This page is" not in get(runtime).text
        clock.forward(87)
        look(runtime)
        assert "This page is 90 minutes old" in get(runtime).text
        health = runtime.web().test_client().get("/health").text
        assert f"is from 2026-11-28 14:00 UTC: {town.forge}:acme/api cannot be read completely" in health
        metrics = runtime.web().test_client().get("/metrics").text
        [built] = re.findall(r"^tracker_bridge_status_page_built_timestamp_seconds (\S+)$", metrics, re.MULTILINE)
        assert clock().timestamp() - float(built) == 90 * 60
        assert 'tracker_bridge_problem{kind="stale",project="",tracker=""} 1.0' in metrics
    clock.forward(90)
    with opened(**SHOWN) as runtime:
        look(runtime)
        assert "Payments fail" in get(runtime).text
        assert "This page is 3 hours old" in get(runtime).text
        assert "It works again" not in get(runtime).text
        town.sandbox.faults.clear()
        clock.forward(1)
        look(runtime)
        assert "It works again" in get(runtime).text
        assert "This page is" not in get(runtime).text
    folder = tmp_path / "queue.sqlite3.status"
    assert "It works again" in (folder / "current" / "index.html").read_text()


def test_what_turns_confidential_is_gone_with_the_next_build(town: Town, opened: Open, clock: Clock) -> None:
    if town.forge == "github":
        pytest.skip("GitHub has no confidential issues")
    ticket = incident(town, "/incident claim comms external", "/incident update external: Payments fail.")
    with opened(**SHOWN) as runtime:
        look(runtime)
        assert "Payments fail" in get(runtime).text
        clock.forward(1)
        ticket.confidential = True
        town.sandbox.world.edit_ticket(ticket, town.alice)
        look(runtime)
        for name in ("", "feed.atom", "calendar.ics", "api/v2/summary.json", "api/v2/incidents.json"):
            assert "Payments fail" not in get(runtime, f"/status/{name}").text


def test_planned_work_is_answered_shown_and_begins_by_itself(town: Town, opened: Open, clock: Clock) -> None:
    world = town.sandbox.world
    ticket = world.open_ticket(
        town.project, town.alice, "Secret title", "Postgres 17, see the runbook.", labels=["public-maintenance"]
    )
    world.comment(ticket, town.alice, "/incident maintenance soon: Payments move.")
    with opened(**SHOWN) as runtime:
        runtime.sweep.once()
        while runtime.worker.reconcile_once():
            pass
        assert "does not say from when to when" in ticket.comments[-1].body
        world.comment(ticket, town.alice, "/incident maintenance 15:00 to 16:00: Payments move.\n")
        look(runtime)
        page = get(runtime).text
        assert "Payments move" in page
        assert "Scheduled" in page
        assert "Secret title" not in page
        assert "runbook" not in page
        clock.forward(70)
        look(runtime)
        assert "In progress" in get(runtime).text
        assert json.loads(get(runtime, "/status/api/v2/scheduled-maintenances/active.json").text)[
            "scheduled_maintenances"
        ]


def test_a_process_that_only_receives_reads_for_itself(town: Town, tmp_path: Path, clock: Clock) -> None:
    incident(town, "/incident claim comms external", "/incident update external: Payments fail.")
    with open_receiver(settings_of(town, tmp_path / "queue.sqlite3", **SHOWN), clock) as web:
        client = web.test_client()
        eventually(lambda: client.get("/status/").status_code == 200, "the page")
        assert "Payments fail" in client.get("/status/").text


def test_what_was_heard_while_all_were_listed_stays(
    town: Town, opened: Open, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(board={"token": "t" * 30}) as runtime:
        keeper = runtime.display.keeper
        assert keeper is not None
        look(runtime)
        clock.forward(61)
        ticket = incident(town)
        runtime.queue.add(IssueChanged(IssueRef(town.forge, "acme/api", ticket.number)), clock())
        while runtime.worker.reconcile_once():
            pass
        monkeypatch.setattr(keeper.incidents, "_listed", lambda *_: iter(()))
        look(runtime)
        assert len(keeper.incidents.active) == 1
        clock.forward(61)
        look(runtime)
        assert not keeper.incidents.active


def test_who_is_told_nothing_reads_everything_again_every_hour(town: Town, opened: Open, clock: Clock) -> None:
    """A correction of which a list may not tell."""
    said = "/incident claim comms external", "/incident update external: Payments fail."
    ticket = incident(town, *said)
    changed_at = ticket.updated_at
    with opened(**SHOWN) as runtime:
        assert runtime.display.keeper is not None
        known = Incidents(PageRules(), told=False)
        for minutes in (0, 5):
            clock.forward(minutes)
            known.refresh(runtime.display.keeper._reads, clock(), lambda: False)
        corrected = said[1].replace("Payments", "Card payments")
        town.sandbox.world.edit_comment(ticket, ticket.comments[-1], town.alice, corrected)
        ticket.updated_at = changed_at
        clock.forward(61)
        assert known.refresh(runtime.display.keeper._reads, clock(), lambda: False) == ()
        assert [one.name for one in known.public(())] == ["Card payments fail"]


def test_an_issue_that_cannot_be_shown_hides_no_other(
    town: Town, opened: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = incident(town, "/incident claim comms external", "/incident update external: Payments fail.")
    incident(town, title="Search is slow")
    with opened(board={"token": "t" * 30}) as runtime:
        assert runtime.display.keeper is not None
        seen = runtime.display.keeper.incidents.seen

        def broken(decision: Decision) -> None:
            if decision.issue.ref.number == first.number:
                raise KeyError("oh")
            seen(decision)

        monkeypatch.setattr(runtime.display.keeper.incidents, "seen", broken)
        look(runtime)
        assert [one.case.incident.title for one in runtime.display.keeper.incidents.active] == ["Search is slow"]
        assert runtime.display.keeper.unread == (f"{town.forge}:acme/api",)
        assert "cannot be shown: unexpected error" in caplog.text
