"""The tracker goes away, an incident is kept meanwhile, and the tracker has it when it is back: end to end."""

import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.conftest import Run
from tests.contract.forges import Forge, town
from tracker_bridge.cli import replay
from tracker_bridge.sandbox.server import Sandbox

SAID = (
    "/incident claim lead",
    "/incident severity sev1 nobody can pay",
    "@bob the pool is empty",
    "bob /incident claim assist",
    "tess /incident claim tester",
    "bob /incident claim comms external",
    "bob /incident update external: We are looking into failing payments.",
    "/incident channel main #inc-pay",
    "/incident status identified the pool is too small",
    "/incident fixed",
)


class Outage:
    """A forge that can be switched off, and comes back as it was, at the same address."""

    def __init__(self, name: str) -> None:
        self.place: Forge = town(name)
        self.place.clock.now = datetime.now(UTC).replace(microsecond=0)
        self._sandbox = Sandbox(self.place.world)
        self.port = int(self._sandbox.url.rpartition(":")[2])
        self._sandbox.__enter__()
        self._on = True

    @property
    def url(self) -> str:
        return self._sandbox.github_url if self.place.name == "github" else self._sandbox.gitlab_url

    def begins(self) -> None:
        if self._on:
            self._on = False
            self._sandbox.__exit__(None, None, None)

    def is_over(self) -> None:
        self.place.clock.now = datetime.now(UTC).replace(microsecond=0)
        self._sandbox = Sandbox(self.place.world, self.port)
        self._sandbox.__enter__()
        self._on = True


@pytest.fixture(params=["github", "gitlab"])
def outage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Outage]:
    outage = Outage(request.param)
    prefix = f"TRACKER_BRIDGE_{outage.place.name.upper()}__"
    monkeypatch.setenv("TRACKER_BRIDGE_SIGNING_KEY", "k" * 32)
    monkeypatch.setenv("TRACKER_BRIDGE_QUEUE", str(tmp_path / "state" / "queue.sqlite3"))
    monkeypatch.setenv(f"{prefix}URL", outage.url)
    monkeypatch.setenv(f"{prefix}TOKEN", outage.place.bot.token)
    monkeypatch.setenv(f"{prefix}PROJECTS", json.dumps(["acme/api"]))
    if outage.place.name == "github":
        monkeypatch.setenv(f"{prefix}SECONDS_BETWEEN_WRITES", "0")
    monkeypatch.setenv("REPLAY_TOKEN", outage.place.alice.token)
    monkeypatch.setattr(replay, "sleep", lambda _: None)
    yield outage
    outage.begins()


def offline(run: Run, *args: str) -> Result:
    result = run("offline", "incident.txt", "--as", "alice", *args)
    assert result.exit_code == 0, result.output
    return result


def test_an_incident_begins_while_the_tracker_is_down(outage: Outage, run: Run) -> None:
    project = f"{outage.place.name}:acme/api"
    outage.begins()
    unreachable = run("sweep")
    assert unreachable.exit_code == 1
    offline(run, "--title", "Payments fail", "--project", project, "--status-page", "public", "--show")
    for line in SAID:
        offline(run, "--status-page", "public", "--say", line)
    kept = offline(run, "--show").output
    assert "We are looking into failing payments" in Path("public/index.html").read_text("utf-8")
    assert run("replay", "incident.txt", project).exit_code == 1  # it is still down
    outage.is_over()

    posted = run("replay", "incident.txt", project)
    assert posted.exit_code == 0, posted.output
    assert run("sweep").exit_code == 0
    [ticket] = outage.place.project.tickets.values()
    assert ticket.title == "Payments fail"
    outage.place.world.comment(ticket, outage.place.tess, "/incident test pass paid by card")
    outage.place.world.comment(ticket, outage.place.alice, "/incident resolve")
    assert run("sweep").exit_code == 0

    shown = run("show", f"{project}#{ticket.number}").output
    before, after = ([line for line in text.split("\n") if " note: " in line] for text in (kept, shown))
    assert [line.replace("note: ", "note: bob: ") for line in before] == after
    for role in ("Incident Lead       alice", "Technical Assist    bob", "Tester              tess"):
        assert role in shown
    found = json.loads(run("show", f"{project}#{ticket.number}", "--json").output)
    assert found["phase"] == "resolved"
    assert [one["said"] for one in found["communications"]] == ["We are looking into failing payments."]
    assert found["confirmed"]["tester"] == "tess"
    again = run("replay", "incident.txt", project)
    assert "0 comments posted" in again.output
    assert len(outage.place.project.tickets) == 1


def test_an_incident_that_began_before_goes_on_meanwhile(outage: Outage, run: Run) -> None:
    place = outage.place
    place.clock.now -= timedelta(hours=1)
    ticket = place.world.open_ticket(place.project, place.bob, "Payments fail", "/incident declare")
    place.world.comment(ticket, place.bob, "/incident claim lead\n/incident severity sev2")
    place.world.comment(ticket, place.tess, "/incident claim comms external")
    assert run("sweep").exit_code == 0
    ref = f"{place.name}:acme/api#{ticket.number}"
    Path("export.json").write_text(run("export", ref).output, "utf-8")
    outage.begins()
    offline(run, "--incident", "export.json", "--say", "bob /incident severity sev1 it is all of them")
    offline(run, "--say", "tess /incident update external: All payments fail.", "--say", "pool empty")
    outage.is_over()
    result = run("replay", "incident.txt", ref)
    assert result.exit_code == 0, result.output
    assert run("sweep").exit_code == 0
    found = json.loads(run("show", ref, "--json").output)
    assert found["severity"]["name"] == "sev1"
    assert [one["said"] for one in found["communications"]] == ["All payments fail."]
    assert {(one["role"], one["login"]) for one in found["roles"]} == {
        ("incident-lead", "bob"),
        ("technical-lead", "bob"),
        ("communication-lead", "tess"),
    }
    notes = [one["text"] for one in found["timeline"] if one["kind"] == "note"]
    assert notes == ["pool empty"]


def test_since_when_is_said_where_a_bridge_runs_here(
    outage: Outage, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it tells is what its own health would."""
    name = outage.place.name
    outage.begins()
    told = {
        "trackers": {name: {"answers": False, "projects": {"acme/api": {"last_sweep": "2026-11-28T22:05:00Z"}}}}
    }

    class Bridge(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(told).encode()
            self.send_response(503)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Bridge) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        monkeypatch.setenv("TRACKER_BRIDGE_PORT", str(server.server_port))
        result = run("show", f"{name}:acme/api#1")
    said = f"The bridge on this machine gets no answer from {name} either; it read everything there last at"
    assert f"{said} 2026-11-28T22:05:00Z." in result.output


@pytest.mark.parametrize(
    "command", ["show", "export", "plan", "reconcile", "declare", "sweep", "report", "actions"]
)
def test_what_to_do_is_said_while_no_tracker_answers(outage: Outage, run: Run, command: str) -> None:
    outage.begins()
    project = f"{outage.place.name}:acme/api"
    args = {"sweep": (), "report": (), "actions": (), "declare": (project, "x")}.get(command, (f"{project}#1",))
    result = run(command, *args)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "tracker-bridge offline" in result.output, result.output
    assert os.environ["REPLAY_TOKEN"] not in result.output
