"""Workers in several processes never meet, and miss nothing; ``make soak`` kills them as well."""

from tests.postgres.battery import ISSUES, run


def test_workers_in_three_processes_never_meet_and_nothing_is_lost(database: str) -> None:
    outcome = run(database, 200)
    assert (outcome.overlaps, outcome.lost) == (0, 0)
    assert outcome.reconciles >= ISSUES


def test_nothing_is_lost_while_the_database_is_away_and_nobody_ends(database: str) -> None:
    outcome = run(database, 100, away=1.0, lease=10.0)
    assert (outcome.overlaps, outcome.lost) == (0, 0)
    assert outcome.reconciles >= ISSUES
