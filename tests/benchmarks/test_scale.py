"""What a large organisation costs; ``python -m tests.benchmarks scale`` prints it for a thousand repositories."""

from tests.benchmarks.scale import sweeps


def test_quiet_repositories_cost_one_request_for_fifty() -> None:
    cells = sweeps("github", 12)

    assert cells[2] == 1
