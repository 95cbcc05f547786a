"""What alerts are kept in, on both engines; what several hosts do with one."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.postgres import own_schema
from tracker_bridge.alerts.notice import Member, Notice
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.events import Waiting
from tracker_bridge.queue import QueueError
from tracker_bridge.queue.database import Database
from tracker_bridge.queue.journal import FileJournal, Held, Journal
from tracker_bridge.queue.shared_journal import SharedJournal

NOTICE = Notice("", "Disk is full", (Member("a", firing=True, name="db1"),), labels={"team": "db"})
OTHER = Notice("", "Disk is fine", (Member("a", firing=False),))


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(params=["file", "postgres"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Journal]]:
    """Return what opens the same journal once more."""
    with ExitStack() as opened:
        if request.param == "postgres":
            url = opened.enter_context(own_schema(request.getfixturevalue("server")))
            yield lambda: SharedJournal(opened.enter_context(closing(Database(url))))
            return
        yield lambda: opened.enter_context(closing(FileJournal(tmp_path / "alerts.sqlite3")))


@pytest.fixture
def journal(opening: Callable[[], Journal]) -> Journal:
    return opening()


def taken(journal: Journal) -> Held:
    held = journal.take(now())
    assert held is not None
    return held


def test_news_of_a_key_come_in_their_order_and_to_one_at_a_time(journal: Journal) -> None:
    journal.keep("prod", [("prod.a", NOTICE), ("prod.a", OTHER), ("prod.b", NOTICE)], now())
    first, second = taken(journal), taken(journal)
    assert (first.key, [notice for _, notice in first.news]) == ("prod.a", [NOTICE, OTHER])
    assert (second.source, second.key) == ("prod", "prod.b")
    journal.keep("prod", [("prod.a", OTHER)], now())
    assert journal.take(now()) is None
    journal.done(first)
    assert [notice for _, notice in taken(journal).news] == [OTHER]
    journal.done(second)
    assert journal.waiting().notices == 1


def test_what_is_put_off_comes_back_with_what_came_meanwhile(journal: Journal) -> None:
    journal.keep("prod", [("prod.a", NOTICE)], now())
    held = taken(journal)
    journal.put_off(held, now() + timedelta(hours=1))
    assert journal.take(now()) is None
    journal.keep("prod", [("prod.a", OTHER)], now())
    again = taken(journal)
    assert ([notice for _, notice in again.news], again.tries) == ([NOTICE, OTHER], 1)


def test_since_when_something_waits_is_told_also_while_it_is_worked_on(journal: Journal) -> None:
    assert journal.waiting() == Waiting()
    first = now() - timedelta(minutes=7)
    journal.keep("prod", [("prod.a", NOTICE)], first)
    journal.keep("prod", [("prod.b", NOTICE)], now())
    journal.put_off(taken(journal), now() + timedelta(hours=1))
    taken(journal)
    assert journal.waiting() == Waiting(2, first)


def test_what_is_to_be_seen_later_comes_then_and_once(journal: Journal) -> None:
    journal.later("prod", "prod.a", OTHER, now() + timedelta(hours=1))
    assert journal.take(now()) is None
    assert journal.waiting().notices == 0
    journal.keep("prod", [("prod.a", NOTICE)], now())
    held = taken(journal)
    assert (len(held.news), held.check) == (1, None)
    journal.done(held)
    journal.later("prod", "prod.a", OTHER, now() - timedelta(seconds=1))
    held = taken(journal)
    assert (held.news, held.check) == ((), OTHER)
    journal.done(held)
    assert journal.take(now()) is None


def test_which_issue_is_whose_is_remembered_and_what_was_opened_counts(journal: Journal) -> None:
    assert journal.known("prod.a") is None
    journal.remember("prod.a", IssueRef("github", "acme/api", 7), now(), opened=True)
    journal.remember("prod.b", IssueRef("github", "acme/api", 8), now(), opened=False)
    journal.remember("production.c", IssueRef("github", "acme/api", 9), now(), opened=True)
    assert journal.known("prod.a") == IssueRef("github", "acme/api", 7)
    assert journal.opened_since("prod", now() - timedelta(minutes=10)) == 1
    assert journal.opened_since("prod", now() + timedelta(minutes=10)) == 0


def test_letters_of_any_kind_are_kept(journal: Journal) -> None:
    notice = Notice("", "\u202e\x1b <!-- \U0001f525 \ufffd", (Member("\x7f\u2028", firing=True),))
    journal.keep("prod", [("prod.a", notice)], now())
    assert [one for _, one in taken(journal).news] == [notice]


def test_a_restart_forgets_nothing_but_who_held_what(tmp_path: Path) -> None:
    with closing(FileJournal(tmp_path / "alerts.sqlite3")) as journal:
        journal.keep("prod", [("prod.a", NOTICE)], now())
        taken(journal)
    with closing(FileJournal(tmp_path / "alerts.sqlite3")) as journal:
        assert taken(journal).key == "prod.a"


def test_a_file_that_is_none_of_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "alerts.sqlite3").write_text("no database")
    with pytest.raises(QueueError, match="cannot be opened"):
        FileJournal(tmp_path / "alerts.sqlite3")


def test_hosts_that_ask_at_the_same_moment_get_different_keys(server: str) -> None:
    with own_schema(server) as url, ExitStack() as opened:
        hosts = [SharedJournal(opened.enter_context(closing(Database(url)))) for _ in range(4)]
        hosts[0].keep("prod", [(f"prod.{number % 20}", NOTICE) for number in range(60)], now())
        got: list[str] = []

        def work(host: SharedJournal) -> None:
            misses = 0
            while misses < 20 and host.waiting().notices:
                held = host.take(now())
                misses += held is None
                if held is not None:
                    got.append(held.key)
                    assert len(held.news) == 3
                    host.done(held)

        threads = [threading.Thread(target=work, args=(host,)) for host in hosts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(got) == sorted(f"prod.{number}" for number in range(20))
