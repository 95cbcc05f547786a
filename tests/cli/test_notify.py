"""Destinations, from the command line: what is wrong with them, and whether a message arrives."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tests.destinations.receiver import answer, receiving
from tracker_bridge.destinations import apprise
from tracker_bridge.serving import messenger

TOKEN = "S3cr3tT0k3nV4lu3"


def settings(*rows: str) -> None:
    Path("tracker-bridge.toml").write_text("\n".join(f"[[notify]]\n{row}" for row in rows))


def test_a_test_message_arrives_and_its_outcome_is_said(run: Run) -> None:
    with receiving(answer()) as good, receiving(answer(404, TOKEN)) as bad, receiving(answer(503)) as busy:
        settings(
            f'name = "good"\naddress = "slack+{good.url}/services/T/B/{TOKEN}"',
            f'name = "bad"\naddress = "slack+{bad.url}/services/T/B/{TOKEN}"',
            f'name = "busy"\naddress = "slack+{busy.url}/services/T/B/{TOKEN}"',
        )
        alone, all_of_them = run("notify", "good"), run("notify", "good", "bad", "busy")
    assert (alone.exit_code, alone.output) == (0, "good: delivered\n")
    assert all_of_them.exit_code == 1
    assert all_of_them.output == (
        "good: delivered\n"
        "bad: failed, answered 404\n"
        "busy: failed, answered 503; an incident's message would be sent again\n"
        "Not delivered: bad, busy.\n"
    )
    assert "Nothing is wrong" in good.requests[0].json["text"]


def test_a_test_of_a_pager_ends_the_page_at_once(run: Run) -> None:
    with receiving(answer(202)) as receiver:
        settings(f'name = "pager"\naddress = "pagerduty+{receiver.url}"\nsecret = "{"a1" * 16}"')
        assert run("notify", "pager").exit_code == 0
    page, over = (one.json for one in receiver.requests)
    assert (page["event_action"], over["event_action"]) == ("trigger", "resolve")
    assert page["dedup_key"] == over["dedup_key"]


def test_what_is_there_is_listed_and_a_wrong_name_is_said(run: Run) -> None:
    assert "No destinations" in run("notify").output
    settings('name = "ops"\naddress = "ntfy+https://ntfy.example.org/x"\nwants = ["declared"]')
    assert run("notify").output == "ops: ntfy; hears declared\n"
    wrong = run("notify", "opps")
    assert wrong.exit_code == 2
    assert "opps is not a destination of the setting notify; there are ops." in wrong.output


@pytest.mark.usefixtures("in_forks")
def test_check_says_what_is_wrong_with_each(forge: Forge, run: Run) -> None:
    settings(
        f'name = "several"\naddress = "mailtos://u:{TOKEN}@example.org?to=a@example.org,b@example.org"',
        f'name = "odd"\naddress = "tgram://{TOKEN}"',
        'name = "good"\naddress = "ntfy+https://ntfy.example.org/x"',
    )
    found = run("check")
    assert found.exit_code == 2
    assert "Destinations: 3\n  several: mailtos; hears what people send there\n" in found.output
    assert "notify[0].address (TRACKER_BRIDGE_NOTIFY): its address names several targets" in found.output
    assert "notify[1].address (TRACKER_BRIDGE_NOTIFY): its address is not complete" in found.output
    assert "(destination odd)" in found.output
    assert TOKEN not in found.output


def test_without_the_library_check_says_what_to_install(
    forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker_bridge.destinations.opening.find_spec", lambda name: None)
    settings(f'name = "odd"\naddress = "tgram://{TOKEN}"')
    for command in (("check",), ("reconcile", f"{forge.name}:acme/api#1")):
        found = run(*command)
        assert found.exit_code == 2
        assert f"{apprise.MISSING} (destination odd)" in found.output
        assert TOKEN not in found.output


def test_a_command_that_runs_once_waits_for_its_messages(forge: Forge, run: Run) -> None:
    with receiving(answer()) as good:
        settings(
            f'name = "ops"\naddress = "slack+{good.url}/services/T/B/{TOKEN}"\nwants = ["declared"]',
        )
        forge.clock.now = datetime.now(UTC)  # what was declared long ago is no news
        ticket = forge.world.open_ticket(forge.project, forge.alice, "Mail is down", "/incident declare")
        assert run("reconcile", f"{forge.name}:{forge.project.path}#{ticket.number}").exit_code == 0
        assert len(good.requests) == 1
        again = run("reconcile", f"{forge.name}:{forge.project.path}#{ticket.number}")
        assert "up to date" in again.output
        assert len(good.requests) == 1
    assert "Mail is down" in good.requests[0].json["text"]


def test_what_a_command_could_not_send_in_its_time_is_said_in_the_thread(
    forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messenger, "SETTLING", 0.0)
    with receiving(answer(503, "", Retry_After="60")) as busy:
        settings(f'name = "ops"\naddress = "slack+{busy.url}/services/T/B/{TOKEN}"\nwants = ["declared"]')
        forge.clock.now = datetime.now(UTC)
        ticket = forge.world.open_ticket(forge.project, forge.alice, "Mail is down", "/incident declare")
        assert run("reconcile", f"{forge.name}:{forge.project.path}#{ticket.number}").exit_code == 0
    assert any("the bridge was stopped before it was sent" in one.body for one in ticket.comments)
