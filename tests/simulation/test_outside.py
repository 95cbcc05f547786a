"""No message twice, and none lost in silence, whenever the process that sends it is killed."""

from unittest.mock import patch

import pytest

from tests.simulation.outside import SCRIPT, killed_everywhere, twice
from tracker_bridge.reconcile.outward import Outward


@pytest.mark.parametrize(
    ("forge", "hosts", "slow"),
    [("github", 1, False), ("gitlab", 1, True), ("gitlab", 2, False), ("github", 2, True)],
)
def test_whenever_it_is_killed_no_message_is_sent_twice_or_lost_in_silence(
    forge: str, hosts: int, *, slow: bool
) -> None:
    """One in sixty of the requests; ``make soak`` has them all."""
    points, problems = killed_everywhere(forge, two=hosts == 2, slow=slow, every=60)
    assert problems == []
    assert points >= 5


def test_a_bridge_that_sends_before_it_has_written_is_found_out() -> None:
    """So that nobody believes in kills that find nothing."""
    with patch.object(Outward, "about_to_write", lambda self, ref, going: self.hand_over(ref, going.parcels)):
        _, problems = killed_everywhere("github", every=3, script=SCRIPT[:1])
    assert any("arrived 2 times" in problem for problem in problems)


def test_bad_weather_sends_nothing_twice() -> None:
    """``make soak`` plays more of them."""
    assert [problem for seed in range(0, 120, 20) for problem in twice(seed)] == []
