"""Alerts over HTTP, to ``tracker-bridge serve`` in a process of its own."""

import json
from pathlib import Path

import pytest

from tests.alerts.test_senders import SAMPLES
from tests.intake.monitored import BEARER, SECRET, group
from tests.serving.conftest import Start, eventually
from tests.serving.test_whole import Town, documents, queue, town

__all__ = ["queue", "town"]


def environ(town: Town, queue: Path) -> dict[str, str]:
    source = {
        "name": "prod",
        "kind": "alertmanager",
        "project": f"{town.forge}:acme/api",
        "secrets": [SECRET],
    }
    return town.environ(queue, alerts=json.dumps([source]))


def test_an_alert_that_was_accepted_becomes_one_incident_whatever_happens(
    town: Town, queue: Path, fork: Start
) -> None:
    program = fork("tracker_bridge", "serve", environ=environ(town, queue))
    program.answers()
    assert program.request("PUT", "/alerts/prod", group("a"), BEARER) == 202
    program.process.kill()
    eventually(lambda: program.request("GET", "/healthz") == 0, "its end")

    again = fork("tracker_bridge", "serve", environ=environ(town, queue))
    again.answers()
    tickets = town.project.tickets
    eventually(lambda: len(tickets) == 1 and "status" in documents(tickets[1]), "the incident")
    for _ in range(3):
        assert again.request("POST", "/alerts/prod/", group("a", "b"), BEARER) == 202
    eventually(lambda: "**2 alerts firing**" in tickets[1].body, "the other alert")
    assert len(tickets) == 1


@pytest.mark.parametrize("town", ["github"], indirect=True)
def test_what_is_not_taken_is_told_why(town: Town, queue: Path, fork: Start) -> None:
    program = fork("tracker_bridge", "serve", environ=environ(town, queue))
    program.answers()
    huge = b"x" * (4 * 1024 * 1024 + 1)
    hook = dict(BEARER)
    assert program.request("GET", "/alerts/prod", b"", hook) == 405
    assert program.request("POST", "/alerts/other", b"{}", hook) == 404
    assert program.request("POST", "/alerts/prod", b"{}", {}) == 401
    assert program.request("POST", "/alerts/prod", b"{}", {"authorization": "Bearer wrong"}) == 401
    assert program.request("POST", "/alerts/prod", b"no JSON", hook) == 400
    assert program.request("POST", "/alerts/prod", huge, hook) in (413, 0), "0: it hung up while this was sent"
    assert program.request("POST", "/alerts/prod", b"{}", {**hook, "content-type": "text/plain"}) == 202
    long = (SAMPLES / "am-truncated-300.json").read_bytes()
    assert program.request("POST", "/alerts/prod", iter([long[:9000], long[9000:]]), hook) == 202
    assert SECRET not in program.log.read_text()
