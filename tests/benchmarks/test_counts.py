"""The counts of the benchmarks, which no machine changes. Times are printed, and held by nothing."""

import pytest

from tests.benchmarks import api_calls, fairness, parsing, rendering
from tests.benchmarks.api_calls import handled
from tests.benchmarks.threads import bodies, traps
from tests.examples import MORE

SHORTEST, *_, LONGEST = api_calls.LENGTHS
THREADS = [
    (name, comments)
    for name in api_calls.FORGES
    for comments in api_calls.LENGTHS
    if comments < LONGEST or name == "github" or MORE > 1  # GitHub takes hardly more; elsewhere it is for the soak
]
KINDS = [kind for kind in api_calls.KINDS if kind != "resolve"]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "comments"), THREADS)
def test_a_note_costs_three_reads_and_one_write_however_long_the_thread(name: str, comments: int) -> None:
    found = handled(name, comments)

    assert found.command.reads.total() <= 3, found.command.reads
    assert found.command.writes.total() == 1, found.command.writes
    assert found.command.changes == {"react": 1, "edit status": 1}
    assert found.command == handled(name, SHORTEST).command


@pytest.mark.slow
@pytest.mark.parametrize(("name", "comments"), THREADS)
def test_reconciling_again_reads_twice_and_writes_nothing(name: str, comments: int) -> None:
    found = handled(name, comments)

    assert found.first.writes
    assert not found.restarted.writes
    assert not found.second.writes
    assert found.second.reads.total() == 2, found.second.reads


@pytest.mark.parametrize("name", api_calls.FORGES)
def test_an_unknown_thread_is_read_a_hundred_comments_at_a_time(name: str) -> None:
    assert handled(name, 1_000).first.reads.total() - handled(name, 100).first.reads.total() == 9


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", api_calls.FORGES)
def test_a_command_costs_three_reads_and_two_comments_at_most_and_nothing_later(name: str, kind: str) -> None:
    found = handled(name, SHORTEST, kind)

    assert found.command.reads.total() <= 3, found.command.reads
    assert found.command.comments_written <= 2, found.command.changes
    assert not found.second.writes


@pytest.mark.parametrize("name", api_calls.FORGES)
def test_resolving_reads_everything_once_more_and_links_to_the_summary(name: str) -> None:
    found = handled(name, 100, "resolve")

    fields = {"advance": 1, "mirror": 1} if name == "gitlab" else {}  # its own status and timeline
    writes = {
        "react": 1,
        "close": 1,
        "edit status": 2,
        "post summary": 1,
    }  # the status comment links to the summary
    assert found.command.changes == {**writes, **fields}
    once = 1  # past incidents that look alike are listed
    assert found.command.reads.total() <= 3 + once + found.restarted.reads.total()
    assert not found.second.writes


@pytest.mark.parametrize("name", api_calls.FORGES)
def test_a_strangers_command_posts_no_comment(name: str) -> None:
    assert handled(name, SHORTEST, "a stranger's").command.changes == {"edit status": 1}


@pytest.mark.parametrize("name", api_calls.FORGES)
def test_a_burst_costs_one_reconcile_and_one_write(name: str) -> None:
    cost, second = api_calls.burst(name)

    assert cost.reconciles == 1
    assert cost.reads.total() <= 3, cost.reads
    assert cost.changes == {"react": api_calls.BURST, "edit status": 1}
    assert cost.writes.total() == 1, cost.writes
    assert not second.writes


def test_commands_are_found_as_a_full_markdown_reading_shows_them() -> None:
    texts = [*bodies(1_000), *traps(1_000)]

    assert sum(len(parsing.found(text)) for text in texts) > 100
    assert parsing.differences(parsing.found, texts) == 0


def test_the_comparison_tells_a_wrong_reading() -> None:
    assert parsing.differences(parsing.searched, bodies(1_000)) > 0
    assert parsing.differences(parsing.searched, traps(1_000)) > 0


@pytest.mark.parametrize("events", rendering.EVENTS)
@pytest.mark.parametrize("name", sorted(rendering.ROOMS))
def test_a_summary_shows_all_events_that_fit(name: str, events: int) -> None:
    room = rendering.ROOMS[name]

    one = rendering.rendered(rendering.resolved(events), room)

    assert one.events == events
    assert len(one.summary.text) <= room
    assert one.kept == events or len(one.summary.text) > 0.99 * room


@pytest.mark.parametrize("name", sorted(rendering.ROOMS))
def test_a_status_comment_grows_with_its_receipts_only(name: str) -> None:
    short, long = (
        rendering.rendered(folded, rendering.ROOMS[name]).status.text.split("<!-- receipts:")[0]
        for folded in (rendering.resolved(100), rendering.resolved(1_000))
    )

    assert len(long) - len(short) < 100


def test_a_noisy_project_and_one_that_hangs_do_not_let_others_wait() -> None:
    """Seconds of a simulation, which no machine changes."""

    def p99(order: str) -> float:
        return fairness.waits(*fairness.ORDERS[order])["command"].p99

    assert p99("the same, a worker left for people") <= 0.2
    assert p99("the same, 2 of a project at most") <= 0.3
    assert p99("priority, then projects in turn") > 20
