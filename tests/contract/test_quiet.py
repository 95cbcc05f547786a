"""What tells of many projects at once that nothing happened in them; where it is not certain, they are listed."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import pytest

from tests.contract.forges import PROJECT, Forge
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Quieting, TrackerError
from tracker_bridge.trackers._quiet import SETTLED

Acts = Callable[[Forge, Ticket], object]


@pytest.fixture
def tracker(forge: Forge) -> Quieting:
    found = forge.another(forge.clock.seconds)
    if not isinstance(found, Quieting):
        pytest.skip(f"{forge.name} lacks one answer about many projects")
    return found


@pytest.fixture
def ticket(forge: Forge, tracker: Quieting) -> Ticket:
    """An issue of yesterday; its project has been asked about before."""
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down", labels=["incident"])
    forge.project.files[f".{forge.name}/tracker-bridge.toml"] = 'timezone = "Europe/Berlin"'
    forge.clock.forward(24 * 3600)
    is_quiet(forge, tracker)
    forge.clock.forward(int(SETTLED))
    return ticket


def is_quiet(forge: Forge, tracker: Quieting, since: datetime | None = None) -> bool:
    return tracker.quiet({PROJECT: since or forge.clock.now}) == {PROJECT}


def test_where_nothing_happened_one_request_tells_so(forge: Forge, tracker: Quieting, ticket: Ticket) -> None:
    forge.sandbox.requests.clear()

    assert is_quiet(forge, tracker)
    assert len(forge.sandbox.requests) == 1


def test_the_first_time_nothing_is_certain(forge: Forge, tracker: Quieting) -> None:
    assert not is_quiet(forge, tracker)


@pytest.mark.parametrize(
    "act",
    [
        lambda forge, ticket: forge.world.comment(ticket, forge.rita, "Is it over?"),
        lambda forge, ticket: forge.world.label(ticket, forge.tess, "sev1"),
        lambda forge, ticket: forge.world.close(ticket, forge.alice),
        lambda forge, ticket: forge.world.edit_ticket(ticket, forge.alice, title="API slow"),
        lambda forge, _: forge.world.open_ticket(forge.project, forge.alice, "Another"),
    ],
)
def test_whatever_happens_to_an_issue_is_told(forge: Forge, tracker: Quieting, ticket: Ticket, act: Acts) -> None:
    since = forge.clock.now
    act(forge, ticket)
    forge.clock.forward(240)

    assert not is_quiet(forge, tracker, since)
    assert is_quiet(forge, tracker)


def test_settings_that_changed_are_told_until_they_were_read_again(
    forge: Forge, tracker: Quieting, ticket: Ticket
) -> None:
    forge.project.files[f".{forge.name}/tracker-bridge.toml"] = 'timezone = "UTC"'

    assert not is_quiet(forge, tracker)
    forge.clock.forward(60)
    assert not is_quiet(forge, tracker)
    forge.clock.forward(int(SETTLED))
    assert is_quiet(forge, tracker)


def test_what_may_not_be_seen_is_not_quiet(forge: Forge, tracker: Quieting, ticket: Ticket) -> None:
    assert tracker.quiet({PROJECT: forge.clock.now, "acme/gone": forge.clock.now}) == {PROJECT}
    forge.project.private = True
    del forge.project.members[forge.bot.id]
    assert not is_quiet(forge, tracker)


@pytest.mark.parametrize("lacking", ["contents", "graphql"])
def test_where_the_folder_may_not_be_read_or_nothing_is_told_nobody_is_quiet(
    forge: Forge, tracker: Quieting
) -> None:
    for _ in range(2):
        with suppress(TrackerError):
            assert not is_quiet(forge, tracker)
        forge.clock.forward(int(SETTLED))


def test_what_goes_wrong_is_said(forge: Forge, tracker: Quieting, ticket: Ticket) -> None:
    forge.sandbox.faults.add(FaultResponse(502), times=10, path="graphql")

    with pytest.raises(TrackerError):
        is_quiet(forge, tracker)
