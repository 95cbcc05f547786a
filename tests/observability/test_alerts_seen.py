"""Whoever keeps the bridge running sees which alerts come, and which wait."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.monitored import group
from tests.observability.conftest import House, a_house, source
from tests.queue.test_sqlite import full_disk
from tracker_bridge.sandbox.faults import FaultResponse


@pytest.fixture(params=["github", "gitlab"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path, alerts=[source(request.param)]) as house:
        yield house


def test_every_delivery_of_alerts_is_counted_by_what_became_of_it(house: House) -> None:
    told = 'tracker_bridge_alert_deliveries_total{{outcome="{}",source="{}"}}'.format
    outcomes = ("taken", "nothing of ours", "forged", "unreadable", "too large", "not kept")
    assert [house.numbers()[told(one, "prod")] for one in outcomes] == [0] * 6

    assert house.alert(group("a")) == 202
    assert house.alert(group()) == 202
    assert house.alert(b"{}", "wrong") == 401
    assert house.alert(b"no JSON") == 400
    assert house.alert(b"x" * (4 * 1024 * 1024 + 1)) == 413
    with full_disk():
        assert house.alert(group("b")) == 503
    for stranger in ("other", "another"):
        assert house.alert(b"{}", name=stranger) == 404
    numbers = house.numbers()
    assert [numbers[told(one, "prod")] for one in outcomes] == [1] * 6
    assert numbers[told("no such source", "unknown")] == 2
    assert "another" not in house.get("/metrics").text


def test_a_wrong_name_in_the_address_is_logged_once(house: House, caplog: pytest.LogCaptureFixture) -> None:
    client = house.runtime.web().test_client()
    for name in ("prd", "prodd"):
        assert client.post(f"/alerts/{name}", data=b"{}").status_code == 404
    told = [one for one in caplog.messages if "No source of alerts of that name is configured" in one]
    assert told == ["alerts: a delivery was refused: No source of alerts of that name is configured."]


def test_alerts_that_wait_are_told_and_after_some_minutes_complained_about(house: House) -> None:
    house.sandbox.faults.add(FaultResponse(503), times=1000)
    assert house.alert(group("a")) == 202
    house.work_on_alerts()
    house.clock.forward(240)
    assert house.numbers()["tracker_bridge_alerts_waiting"] == 1
    assert house.numbers()["tracker_bridge_alerts_waiting_seconds"] == 240
    assert "alerts: 1 waiting, the first for 240 s" in house.get("/health").text
    assert "alerts wait" not in house.get("/readyz").text

    house.clock.forward(120)
    house.work_on_alerts()
    told = "alerts have waited for 6 min to become incidents: the log says what fails"
    assert told in house.health["complaints"]
    assert house.get("/health").status_code == 503
    assert "alerts wait to become incidents" in house.get("/readyz").text

    house.sandbox.faults.clear()
    house.clock.forward(3600)
    house.work_on_alerts()
    alerts = house.health["alerts"]
    assert (alerts["waiting"], alerts["waiting_seconds"], set(alerts["sources"])) == (0, 0, {"prod"})
    assert told not in house.get("/health").text


def test_a_journal_that_cannot_be_read_is_told(house: House) -> None:
    assert house.runtime.alerts is not None
    house.runtime.alerts.desk._tools.journal.close()
    [told] = house.health["complaints"]
    assert told.startswith("alerts cannot be accepted: The alerts' journal ")
    assert "tracker_bridge_alerts_waiting" not in house.numbers()
    assert house.alert(group("a")) == 503
