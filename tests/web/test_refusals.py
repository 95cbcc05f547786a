"""Forged deliveries do not fill the log."""

import pytest

from tracker_bridge.web.refusals import EVERY, Refusals


def test_the_same_is_said_once_a_minute_with_how_often_it_came(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    refusals = Refusals(lambda: now[0])
    for _ in range(1000):
        refusals.log("gitlab", "not a configured secret")
    refusals.log("gitlab", "signed more than 300 s ago")
    now[0] = EVERY
    refusals.log("gitlab", "not a configured secret")

    assert [record.getMessage() for record in caplog.records] == [
        "gitlab: a delivery was refused: not a configured secret",
        "gitlab: a delivery was refused: signed more than 300 s ago",
        "gitlab: a delivery was refused: not a configured secret (999 more since the last such line)",
    ]
