"""Refused deliveries do not fill the log."""

import pytest

from tests.web.conftest import COMMENTED, Web
from tracker_bridge.web.refusals import EVERY, Refusals


def test_all_of_a_minute_take_one_line_with_how_often_each_came(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    refusals = Refusals(lambda: now[0])
    for _ in range(1000):
        refusals.log("gitlab", "not a configured secret")
    refusals.log("gitlab", "too old")
    now[0] = EVERY
    refusals.log("gitlab", "not a configured secret")
    now[0] = 3 * EVERY
    refusals.log("github", "not a configured secret")

    assert [record.getMessage() for record in caplog.records] == [
        "gitlab: a delivery was refused: not a configured secret",
        "1001 deliveries were refused: gitlab: not a configured secret (1,000); gitlab: too old (1)",
        "github: a delivery was refused: not a configured secret",
    ]


def test_trackers_and_sources_of_alerts_share_the_line(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever tries out addresses tries those of both."""
    for _ in range(3):
        assert web.github(COMMENTED, secret="of somebody else").status_code == 401
        assert web.client.post("/alerts/prod", data=b"{}").status_code == 404

    assert [record.getMessage() for record in caplog.records] == [
        "github: a delivery was refused: not signed with a configured secret"
    ]
