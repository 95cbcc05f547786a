"""What is asked again, and is the same, costs no budget: GitHub answers with 304."""

from datetime import datetime, timedelta

import pytest

from tests.contract.forges import PROJECT, Forge
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Files
from tracker_bridge.trackers.github.conditional import Answers
from tracker_bridge.trackers.github.errors import ErrorResponse


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    if forge.name != "github":
        pytest.skip(f"{forge.name} lacks answers that cost nothing")
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down", labels=["incident"])
    forge.world.comment(ticket, forge.bob, "The pods restart.")
    return ticket


def changed(forge: Forge, since: datetime) -> set[int]:
    """Ask for the open incidents, and for what changed."""
    forge.sandbox.requests.clear()
    assert list(forge.tracker.changed(PROJECT, since=None, label="incident"))
    return {ref.number for ref in forge.tracker.changed(PROJECT, since=since, label="incident")}


def statuses(forge: Forge) -> list[int]:
    return [one.status for one in forge.sandbox.requests]


def test_a_quiet_second_sweep_costs_nothing(forge: Forge, ticket: Ticket) -> None:
    assert changed(forge, forge.clock.now - timedelta(days=1)) == {ticket.number}
    assert statuses(forge) == [200, 200, 200]

    for _ in range(3):
        forge.clock.forward(600)
        assert not changed(forge, forge.clock.now)
        assert statuses(forge) == [304, 304, 304]


def test_what_is_new_is_found_after_a_quiet_time(forge: Forge, ticket: Ticket) -> None:
    other = forge.world.open_ticket(forge.project, forge.alice, "Login down")
    changed(forge, forge.clock.now - timedelta(days=1))
    forge.clock.forward(600)
    assert not changed(forge, forge.clock.now)

    asked = forge.clock.now
    forge.clock.forward(300)
    forge.world.comment(other, forge.bob, "/incident declare")

    assert changed(forge, asked) == {other.number}
    for _ in range(2):
        forge.clock.forward(600)
        assert not changed(forge, forge.clock.now)
    assert statuses(forge) == [304, 304, 304]


def test_a_round_that_was_cut_short_is_repeated_in_full(forge: Forge, ticket: Ticket) -> None:
    since = forge.clock.now - timedelta(days=1)
    next(iter(forge.tracker.changed(PROJECT, since=since, label="incident")))

    for _ in range(2):
        forge.clock.forward(600)
        assert changed(forge, since) == {ticket.number}, "nobody said that it was taken in"


def test_a_quiet_reconcile_and_the_teams_settings_cost_nothing_again(forge: Forge, ticket: Ticket) -> None:
    forge.project.files["settings.toml"] = "timezone = 'Europe/Berlin'"
    assert isinstance(forge.tracker, Files)
    for _ in range(2):
        forge.sandbox.requests.clear()
        seen = forge.tracker.read(forge.ref(ticket))
        forge.tracker.file(PROJECT, "settings.toml")

    assert statuses(forge) == [200, 304, 304], "the comments are asked for from a moment on"
    forge.sandbox.requests.clear()
    assert forge.tracker.read(forge.ref(ticket)) == seen
    assert statuses(forge) == [304, 304]

    forge.world.label(ticket, forge.alice, "sev1")
    assert "sev1" in forge.tracker.read(forge.ref(ticket)).labels
    forge.sandbox.requests.clear()
    forge.tracker.read(forge.ref(ticket), whole=True)
    assert 304 not in statuses(forge), "the record of an incident does not depend on what is remembered"


def test_what_is_remembered_is_bounded_and_may_be_lost() -> None:
    answers = Answers(room=25)
    for number in range(5):
        answer = ErrorResponse(200, {"etag": f"e{number}"}, "ten signs!")
        assert answers.settle(number, "", answer) is answer

    assert [answers.etag(number) for number in range(5)] == ["", "", "", "e3", "e4"]
    assert answers.settle(0, "e0", ErrorResponse(304, {}, "")) is None
    known = answers.settle(4, "e4", ErrorResponse(304, {}, ""))
    assert known
    assert (known.text, known.unchanged) == ("ten signs!", True)
