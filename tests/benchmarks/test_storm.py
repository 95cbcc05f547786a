"""What must hold in a storm, in simulated time; ``python -m tests.benchmarks storm`` prints the large one."""

import pytest

from tests.benchmarks.storm import storm


@pytest.mark.slow
@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_every_incident_has_its_status_comment_soon_and_nothing_is_refused_or_lost(name: str) -> None:
    told = storm(name, 30, 4, minutes=6)

    assert not told.refused
    assert len(told.waited) == 30
    assert max(told.waited) <= 150
    assert told.shown == told.notes == 120
