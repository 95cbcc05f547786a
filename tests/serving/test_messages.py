"""Messages from a real bridge to real receivers: once, whatever happens, and the thread says what came of them."""

import json
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.destinations.conftest import MESSAGE
from tests.destinations.receiver import Receiver, answer, hang, receiving, reset
from tests.observability.conftest import House, a_house
from tests.serving.conftest import Start, eventually
from tests.serving.test_whole import Town, queue, town
from tracker_bridge.destinations.attempts import failed
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.issue import Access, IssueRef
from tracker_bridge.queue import QueueError
from tracker_bridge.sandbox.world import Ticket

__all__ = ["queue", "town"]

TOKEN = "S3cr3tT0k3nV4lu3"


def ops(receiver: Receiver, name: str = "ops") -> dict[str, Any]:
    address = f"slack+{receiver.url}/services/T/B/{TOKEN}"
    return {"name": name, "address": address, "wants": ["declared", "resolved"]}


def declare(house: House, forge: str) -> Ticket:
    world, project = house.sandbox.world, house.projects[forge]
    ticket = world.open_ticket(project, house.alice, "Mail is down", "/incident declare")
    house.runtime.sweep.once()
    house.look()
    return ticket


def status(ticket: Ticket) -> str:
    return next((one.body for one in ticket.comments if key_of(one.body) == "status"), "")


def look_until(house: House, ticket: Ticket, words: str) -> None:
    """Look at what is due; what came of a message makes its issue so."""

    def seen() -> bool:
        house.look()
        return words in status(ticket)

    eventually(seen, f"the status says {words!r}")


def series(outcome: str, name: str = "ops") -> str:
    return f'tracker_bridge_messages_total{{destination="{name}",outcome="{outcome}"}}'


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_a_message_is_sent_once_and_its_outcome_is_in_the_thread(forge: str, tmp_path: Path) -> None:
    with receiving(answer()) as receiver, a_house(tmp_path, notify=[ops(receiver)]) as house:
        assert [house.numbers()[series(one)] for one in ("delivered", "failed", "unknown")] == [0, 0, 0]
        ticket = declare(house, forge)
        look_until(house, ticket, "accepted")
        house.sweep(3600)
        house.look()
        numbers = house.numbers()
        assert numbers[series("delivered")] == 1
        assert numbers['tracker_bridge_messages_waiting{destination="ops"}'] == 0
        assert TOKEN not in house.get("/metrics").text + json.dumps(house.health)
    assert len(receiver.requests) == 1
    assert "Mail is down" in receiver.requests[0].json["text"]
    assert TOKEN not in "".join(one.body for one in ticket.comments)


@pytest.mark.parametrize(("turn", "words"), [(answer(404), "answered 404"), (reset(), "unknown whether")])
def test_what_did_not_arrive_is_said(turn: Any, words: str, tmp_path: Path) -> None:
    with receiving(turn) as receiver, a_house(tmp_path, notify=[ops(receiver)]) as house:
        ticket = declare(house, "github")
        look_until(house, ticket, words)
        house.sweep(3600)
        house.look()
        assert house.numbers()[series("failed")] + house.numbers()[series("unknown")] == 1
    assert len(receiver.requests) == 1


def test_six_destinations_that_hang_hold_up_nothing(tmp_path: Path) -> None:
    with ExitStack() as stack:
        hanging = [stack.enter_context(receiving(hang)) for _ in range(6)]
        good = stack.enter_context(receiving(answer()))
        rows = [ops(one, f"d{number}") for number, one in enumerate([*hanging, good])]
        with a_house(tmp_path, notify=rows) as house:
            tickets = [declare(house, forge) for forge in ("github", "gitlab")]
            for one in hanging:
                one.wait()
            good.wait(2)
            assert all(status(ticket) for ticket in tickets)
            eventually(lambda: house.numbers()[series("delivered", "d6")] == 2, "both arrive")
            assert sum(house.numbers()[series(one, "d0")] for one in ("delivered", "failed", "unknown")) == 0
            for one in hanging:
                one.over.set()


def test_what_is_not_sent_when_the_bridge_stops_is_said_in_the_thread(tmp_path: Path) -> None:
    later = answer(503, "", Retry_After="60")
    with receiving(later) as receiver, a_house(tmp_path, notify=[ops(receiver)]) as house:
        messenger = house.runtime.messenger
        assert messenger is not None
        ticket = declare(house, "github")
        receiver.wait()
        messenger.stop()
        messenger.tell_the_last()
        assert "the bridge was stopped before it was sent" in status(ticket)
        assert house.numbers()[series("failed")] == 1
    assert len(receiver.requests) == 1


def test_a_queue_that_is_away_does_not_hold_up_the_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def away(_ref: IssueRef) -> None:
        raise QueueError("The database does not answer.")

    with receiving(answer()) as receiver, a_house(tmp_path, notify=[ops(receiver)]) as house:
        messenger = house.runtime.messenger
        assert messenger is not None
        messenger.serve(lambda _ref: None, away)
        messenger.stop()
        messenger._told(MESSAGE, failed("the bridge was stopped"))
        messenger.tell_the_last()
    assert "could not be written: The database does not answer." in caplog.text


def test_a_page_is_triggered_acknowledged_and_resolved_as_one_alert(tmp_path: Path) -> None:
    with ExitStack() as stack:
        receiver = stack.enter_context(receiving(answer(202)))
        pager = {"name": "pager", "address": f"pagerduty+{receiver.url}", "secret": "a1" * 16, "wants": ["page"]}
        more: dict[str, Any] = {"on_call": [{"who": "alice"}], "paging": {"severities": ["sev1"]}}
        house = stack.enter_context(a_house(tmp_path, notify=[pager], **more))
        world, project = house.sandbox.world, house.projects["gitlab"]
        carol = world.add_account("carol")
        world.add_member(project, carol, Access.MAINTAIN)

        def passes(count: int) -> bool:
            house.look()
            return len(receiver.requests) == count

        declared = "/incident declare\n/incident severity sev1"
        ticket = world.open_ticket(project, carol, "Mail is down", declared)
        for count, who, words in (
            (1, carol, ""),
            (2, house.alice, "I am looking"),
            (3, carol, "/incident resolve"),
        ):
            house.clock.forward(60)
            if words:
                world.comment(ticket, who, words)
            house.sweep()
            eventually(partial(passes, count), f"event {count}")
    events = [one.json for one in receiver.requests]
    assert [one["event_action"] for one in events] == ["trigger", "acknowledge", "resolve"]
    assert {one["dedup_key"] for one in events} == {f"tb:gitlab:acme/api#{ticket.number}:0"}
    assert events[0]["payload"]["severity"] == "critical"


def test_nothing_is_connected_to_while_there_is_nothing_to_say(tmp_path: Path) -> None:
    with receiving(answer()) as receiver, a_house(tmp_path, notify=[ops(receiver)]) as house:
        house.sandbox.world.open_ticket(house.projects["github"], house.alice, "A question", "Does mail work?")
        house.sweep()
        house.look()
    assert receiver.requests == []


@pytest.mark.slow
@pytest.mark.parametrize("town", ["github"], indirect=True)
def test_a_bridge_that_is_killed_sends_nothing_twice(town: Town, queue: Path, fork: Start) -> None:
    """The receiver has taken it and never answers: when the bridge is killed, nobody knows that it arrived."""
    with receiving(hang) as receiver:
        environ = town.environ(queue, notify=json.dumps([ops(receiver)]))
        program = fork("tracker_bridge", "serve", environ=environ)
        town.connect(program)
        ticket = town.report()
        receiver.wait()
        program.process.kill()
        eventually(lambda: program.request("GET", "/healthz") == 0, "its end")

        again = fork("tracker_bridge", "serve", environ=environ)
        town.connect(again)
        town.sandbox.world.comment(ticket, town.alice, "/incident note still looking")
        eventually(lambda: "still looking" in status(ticket), "the note")
        assert TOKEN not in again.log.read_text() + program.log.read_text()
    assert len(receiver.requests) == 1
