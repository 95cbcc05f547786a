"""What a large organisation costs; ``python -m tests.benchmarks scale`` prints it for a thousand repositories."""

import pytest

from tests.benchmarks.scale import sweeps


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_quiet_repositories_cost_one_request_for_fifty(forge: str) -> None:
    cells = sweeps(forge, 12)

    assert cells[2] == 1
