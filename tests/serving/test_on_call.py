"""A calendar at an address, an alert at night, PagerDuty: with a real bridge, from end to end."""

from pathlib import Path
from typing import Any

import pytest

from tests.destinations.receiver import answer, hang, receiving
from tests.observability.conftest import House, a_house
from tests.on_call.test_calendars import calendar
from tests.serving.conftest import eventually
from tests.serving.test_messages import look_until, status
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.world import Ticket

SECRET = "sEcReTpAtHoFaCaLeNdAr"
KEY = "R0uT1nGkEyOfPaGeRdUtY12345678901"
ROTA = calendar("SUMMARY:On Call - Dana Example - Payments\r\nDTSTART:20200101T000000Z\r\nDTEND:20400101T000000Z")


def settings(calendar_url: str, pagerduty_url: str) -> dict[str, Any]:
    return {
        "on_call": [{"source": "payments"}],
        "on_call_sources": [{"name": "payments", "url": f"{calendar_url}/private/{SECRET}/feed"}],
        "on_call_people": [{"login": "dana", "names": "Dana Example"}],
        "paging": {"severities": ["sev1"]},
        "alert_accounts": ["alertmanager"],
        "notify": [
            {"name": "pager", "address": f"pagerduty+{pagerduty_url}", "secret": KEY, "wants": ["page"]},
        ],
    }


def at_night(house: House, forge: str) -> Ticket:
    world, project = house.sandbox.world, house.projects[forge]
    world.add_member(project, world.account("dana") or world.add_account("dana"), Access.TRIAGE)
    bot = world.account("alertmanager") or world.add_account("alertmanager", bot=True)
    ticket = world.open_ticket(project, bot, "Payments fail", "", labels=["incident", "sev1"])
    house.runtime.sweep.once()
    house.look()
    return ticket


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_who_is_on_call_is_paged_and_answers_and_it_ends(forge: str, tmp_path: Path) -> None:
    accepted = answer(202, {"status": "success", "message": "Event processed", "dedup_key": "x"})
    with (
        receiving(answer(200, ROTA.decode())) as rota,
        receiving(accepted) as pagerduty,
        a_house(tmp_path, **settings(rota.url, pagerduty.url)) as house,
    ):
        ticket = at_night(house, forge)
        look_until(house, ticket, "**dana** paged")
        assert any(one.body.startswith("@dana, you are paged") for one in ticket.comments)
        assert [one.login for one in ticket.assignees] == ["dana"]
        pagerduty.wait()
        house.clock.forward(60)
        dana = house.sandbox.world.account("dana")
        assert dana is not None
        house.sandbox.world.comment(ticket, dana, "I am up")
        house.runtime.sweep.once()
        look_until(house, ticket, "acknowledged by **dana**")
        pagerduty.wait()
        house.sandbox.world.comment(ticket, house.alice, "/incident resolve")
        house.runtime.sweep.once()
        house.look()
        pagerduty.wait()
        house.look()
        numbers = house.numbers()
        for name in ("readable", "known"):
            assert numbers[f'tracker_bridge_on_call_source_{name}{{source="payments"}}'] == 1
        said = "".join(one.body for one in ticket.comments) + house.get("/metrics").text + str(house.health)
        assert SECRET not in said
        assert KEY not in said
    events = [one.json for one in pagerduty.requests]
    assert [one["event_action"] for one in events] == ["trigger", "acknowledge", "resolve"]
    assert {one["dedup_key"] for one in events} == {f"tb:{forge}:acme/api#{ticket.number}:0"}
    assert len(rota.requests) == 1


def test_a_calendar_that_cannot_be_read_is_said_to_everybody_concerned(tmp_path: Path) -> None:
    with (
        receiving(answer(404)) as rota,
        receiving(answer(202, {"status": "success"})) as pagerduty,
        a_house(tmp_path, **settings(rota.url, pagerduty.url)) as house,
    ):
        ticket = at_night(house, "github")
        look_until(house, ticket, "`payments` could not be read")
        assert "Nobody who is on call could be asked" in status(ticket)
        assert any("source payments cannot be read" in one for one in house.health["complaints"])
        numbers = house.numbers()
        for name in ("readable", "known"):
            assert numbers[f'tracker_bridge_on_call_source_{name}{{source="payments"}}'] == 0
        assert numbers['tracker_bridge_problem{kind="rota",project="",tracker=""}'] == 1
        pagerduty.wait()  # the service is paged all the same: its own policy knows whom to wake


def test_a_calendar_that_hangs_holds_up_no_reconcile(tmp_path: Path) -> None:
    with (
        receiving(hang) as rota,
        receiving(answer(202, {"status": "success"})) as pagerduty,
        a_house(tmp_path, **settings(rota.url, pagerduty.url)) as house,
    ):
        assert house.runtime.on_call is not None
        house.runtime.on_call.start()
        eventually(lambda: bool(rota.requests), "it is asked")
        ticket = at_night(house, "github")
        assert "Who is on call is being looked up" in status(ticket)
        house.clock.forward(61)
        look_until(house, ticket, "`payments` could not be read")
        rota.over.set()
        house.runtime.on_call.stop()
