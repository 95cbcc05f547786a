"""Workers in several processes never meet, and miss nothing; ``make soak`` kills them as well."""

from tests.postgres.battery import ISSUES, run


def test_workers_in_three_processes_never_meet_and_nothing_is_lost(database: str) -> None:
    outcome = run(database, 200)
    assert (outcome.overlaps, outcome.lost) == (0, 0)
    assert outcome.reconciles >= ISSUES
