"""What only the embedded engine promises: its file, its lock, its batches."""

import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.queue.conftest import API, LEASE, NOON, WEB, after
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import Caps, QueueError, sqlite
from tracker_bridge.queue.queue_file import Damaged, QueueFile, Row
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.trackers import IssueChanged


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite3"


@contextmanager
def another_process(path: Path, *refs: IssueRef) -> Iterator[subprocess.Popen[str]]:
    """Start a process that adds the refs and takes the first of them; kill -9 it at the end."""
    command = [sys.executable, "-m", "tests.queue.holding", str(path), *map(str, refs)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert [process.stdout.readline() for _ in range(2)] == ["added\n", "taken\n"]
            yield process
        finally:
            process.kill()


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file of this process grow: the kernel refuses the write, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_was_asked_for_survives_closing(path: Path) -> None:
    first = SqliteQueue(path)
    first.add(IssueChanged(API, 7, after(1)), after(5))
    first.add(IssueChanged(WEB, 8, None), after(3))
    lease = first.take(after(3))
    assert lease is not None
    first.defer(lease, after(40))
    first.close()

    second = SqliteQueue(path)
    web, api = second.take(after(40)), second.take(after(40))
    second.close()
    assert api is not None
    assert web is not None
    assert (web.ref, web.expected_comments, web.attempt) == (API, {7: after(1)}, 1)
    assert (api.ref, api.expected_comments, api.attempt) == (WEB, {8: None}, 2)


def test_what_is_done_does_not_come_back(path: Path) -> None:
    first = SqliteQueue(path)
    first.add(IssueChanged(API), NOON)
    lease = first.take(NOON)
    assert lease is not None
    first.done(lease, None)
    first.close()

    second = SqliteQueue(path)
    assert second.take(after(10_000)) is None
    second.close()


def test_kill_9_during_a_reconcile_loses_nothing_and_blocks_nothing(path: Path) -> None:
    with another_process(path, API, WEB):
        pass

    queue = SqliteQueue(path)
    later = NOON.replace(year=3000)
    found = [queue.take(later), queue.take(later)]
    queue.close()
    assert {lease.ref for lease in found if lease} == {API, WEB}
    assert all(lease.expected_comments == {7: None} for lease in found if lease)


def test_a_second_process_is_refused_with_the_reason(path: Path) -> None:
    with another_process(path, API), pytest.raises(QueueError, match="in use by another process: stop that"):
        SqliteQueue(path)


def test_a_second_opening_in_the_same_process_is_refused(path: Path) -> None:
    first = SqliteQueue(path)
    with pytest.raises(QueueError, match="in use"):
        SqliteQueue(path)
    first.close()


def test_a_queue_can_be_deleted_between_two_runs(path: Path) -> None:
    SqliteQueue(path).close()
    for part in path.parent.iterdir():
        part.unlink()

    queue = SqliteQueue(path)
    queue.add(IssueChanged(API), NOON)
    queue.close()


def test_the_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE ledger (amount)")
    other.close()
    before = path.read_bytes()

    with pytest.raises(QueueError, match="is a database of another program"):
        SqliteQueue(path)
    assert path.read_bytes() == before


def scribble(path: Path) -> None:
    path.write_text("minutes of the last meeting\n" * 100)


def break_the_header(path: Path) -> None:
    path.write_bytes(b"\0" * 16 + path.read_bytes()[16:])


def break_the_pages(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 12_000)


def no_text(path: Path) -> None:
    """The schema is text, and nobody promises that what is damaged still is."""
    content = path.read_bytes()
    at = content.index(b"CREATE TABLE")
    path.write_bytes(content[:at] + b"\xff" * 12 + content[at + 12 :])


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096])


def with_sql(path: Path, script: str) -> None:
    other = sqlite3.connect(path)
    other.executescript(script)
    other.close()


@pytest.mark.parametrize(
    "damage",
    [
        scribble,
        break_the_header,
        break_the_pages,
        cut_short,
        partial(with_sql, script="PRAGMA user_version = 9"),
        no_text,
        partial(with_sql, script="DROP TABLE queue; CREATE TABLE queue (ref)"),
        partial(with_sql, script="INSERT INTO queue VALUES (1, 'x/y', 1, 'soon', 3, 0, '{}')"),
        partial(with_sql, script="INSERT INTO queue VALUES ('g', 'x/y', 1, 1, 3, 0, '[]')"),
        partial(with_sql, script="INSERT INTO queue VALUES ('g', 'x/y', 1, 1, 99, 0, '{}')"),
    ],
    ids=["text", "header", "pages", "short", "version", "no text", "other table", "row", "awaited", "priority"],
)
def test_a_damaged_queue_is_moved_aside_and_begun_anew(
    path: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    SqliteQueue(path).close()
    damage(path)
    found = path.read_bytes()

    queue = SqliteQueue(path)
    assert queue.stats().waiting == 0
    queue.add(IssueChanged(API), NOON)
    queue.close()

    [said] = caplog.messages
    assert str(path) in said
    assert "renamed" in said
    assert "next sweep" in said
    aside = path.with_name("queue.sqlite3.damaged")
    assert aside.read_bytes() == found
    again = SqliteQueue(path)
    assert again.stats().waiting == 1
    again.close()


def test_a_queue_that_is_damaged_again_and_again_leaves_one_file(path: Path) -> None:
    for _ in range(3):
        scribble(path)
        SqliteQueue(path).close()

    assert sorted(one.name for one in path.parent.iterdir()) == ["queue.sqlite3", "queue.sqlite3.damaged"]


def test_a_queue_that_is_damaged_while_it_is_used_is_replaced_with_what_is_known(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    queue = SqliteQueue(path)
    queue.add(IssueChanged(API), NOON)
    save, broken = QueueFile.save, [True]

    def damaged_once(file: QueueFile, rows: dict[IssueRef, Row | None]) -> None:
        if broken and broken.pop():
            raise Damaged("The queue is damaged (database disk image is malformed).")
        save(file, rows)

    monkeypatch.setattr(QueueFile, "save", damaged_once)
    queue.add(IssueChanged(WEB), NOON)
    queue.close()

    assert "renamed" in caplog.text
    again = SqliteQueue(path)
    assert again.stats().waiting == 2
    again.close()


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(QueueError, match=r"nowhere/queue.* its folder must exist and be writable"):
        SqliteQueue(tmp_path / "nowhere" / "queue.sqlite3")


def test_a_full_disk_is_reported_and_heals(path: Path) -> None:
    queue = SqliteQueue(path)
    with full_disk():
        with pytest.raises(QueueError, match="cannot be written"):
            queue.add(IssueChanged(API), NOON)
        with pytest.raises(QueueError, match="cannot be written"):
            queue.add(IssueChanged(API), NOON)
        assert queue.stats().waiting == 1
        assert "cannot be written" in queue.stats().unsaved
    queue.add(IssueChanged(WEB), NOON)
    assert (queue.stats().waiting, queue.stats().unsaved) == (2, "")
    queue.close()

    again = SqliteQueue(path)
    assert again.stats().waiting == 2
    again.close()


def test_what_a_full_disk_refused_is_reconciled_all_the_same(path: Path) -> None:
    queue = SqliteQueue(path)
    with full_disk(), pytest.raises(QueueError):
        queue.add(IssueChanged(API), NOON)

    lease = queue.take(NOON)
    queue.close()
    assert lease is not None


def test_callers_in_eight_threads_share_commits(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = []
    first_commit_may_end = threading.Event()
    save = QueueFile.save

    def counted(file: QueueFile, rows: dict[IssueRef, Row | None]) -> None:
        commits.append(len(rows))
        first_commit_may_end.wait(10)
        save(file, rows)

    monkeypatch.setattr(QueueFile, "save", counted)
    queue = SqliteQueue(path)
    adding = [
        threading.Thread(target=queue.add, args=(IssueChanged(IssueRef("github", "acme/api", number)), NOON))
        for number in range(1, 9)
    ]
    for thread in adding:
        thread.start()
    while queue.stats().waiting < 8:
        adding[0].join(0.001)
    assert all(thread.is_alive() for thread in adding)
    first_commit_may_end.set()
    for thread in adding:
        thread.join(10)
    queue.close()

    assert sum(commits) == 8
    assert len(commits) <= 2


def test_after_a_commit_of_several_the_next_one_waits_for_more(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that comes alone is written at once."""
    waits, commits, more = list[float](), list[int](), list[int]()
    queue, begun, goes_on = SqliteQueue(path), threading.Event(), threading.Event()

    def submit(number: int) -> "Future[None]":
        saved = queue.submit(IssueChanged(IssueRef("github", "acme/api", number)), NOON)
        assert saved is not None
        return saved

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if more:
            submit(more.pop())

    save = QueueFile.save

    def held(file: QueueFile, rows: dict[IssueRef, Row | None]) -> None:
        commits.append(len(rows))
        begun.set()
        assert goes_on.wait(10)
        save(file, rows)

    monkeypatch.setattr(sqlite, "time", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(QueueFile, "save", held)
    alone = submit(1)
    assert begun.wait(10)
    several = [submit(number) for number in (2, 3, 4)]
    goes_on.set()
    for saved in (alone, *several):
        saved.result(10)
    assert (commits, waits) == ([1, 3], [])

    more += [5, 6]
    submit(7).result(10)
    assert commits == [1, 3, 3]
    assert len(waits) == 3, "twice something came, and then nothing"
    more += range(8, 18)
    submit(18).result(10)
    queue.close()
    assert commits[3] == 1 + 4, "there is an end to that"


def test_who_submits_does_not_wait_and_learns_what_became_of_it(path: Path) -> None:
    queue = SqliteQueue(path)
    with full_disk():
        lost = queue.submit(IssueChanged(API), NOON)
        assert lost is not None
        assert isinstance(lost.exception(10), QueueError)
    kept = queue.submit(IssueChanged(WEB), NOON)
    assert kept is not None
    kept.result(10)
    assert queue.submit(IssueChanged(WEB), NOON) is None
    queue.close()

    again = SqliteQueue(path)
    assert again.stats().waiting == 2
    again.close()


def test_a_duplicate_of_what_is_pending_writes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = []
    save = QueueFile.save

    def counted(file: QueueFile, rows: dict[IssueRef, Row | None]) -> None:
        commits.append(len(rows))
        save(file, rows)

    monkeypatch.setattr(QueueFile, "save", counted)
    queue = SqliteQueue(path)
    for seconds in range(1000):
        queue.add(IssueChanged(API, seconds, NOON), after(seconds))
    queue.close()

    assert commits == [1]


def _add_in_a_fork(queue: SqliteQueue, said: "SimpleQueue[str]") -> None:
    try:
        queue.add(IssueChanged(API), NOON)
    except QueueError as error:
        said.put(str(error))


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_queue_opened_before_a_fork_is_refused_with_the_remedy(path: Path) -> None:
    context = get_context("fork")
    said = context.SimpleQueue()
    queue = SqliteQueue(path)
    child = context.Process(target=_add_in_a_fork, args=(queue, said))
    child.start()
    child.join(10)
    queue.close()

    assert not said.empty()
    assert "gunicorn without --preload" in said.get()


def test_a_late_holder_still_gives_back_what_nobody_took(path: Path) -> None:
    queue = SqliteQueue(path, lease=LEASE, caps=Caps(project=1))
    refs = [IssueRef("github", "acme/api", number) for number in (1, 2, 3)]
    queue.add(IssueChanged(refs[0]), NOON)
    late = queue.take(NOON)
    assert late is not None
    queue.wait(NOON + LEASE, 0.001)  # sees that the lease is over
    queue.renew(late, NOON + LEASE)
    for ref in refs[1:]:
        queue.add(IssueChanged(ref), NOON)
    assert queue.take(NOON + LEASE) is None

    queue.wait(NOON + 2 * LEASE, 0.001)
    queue.done(late, None)
    taken = [queue.take(NOON + 2 * LEASE) for _ in range(2)]
    queue.close()
    assert [lease and lease.ref for lease in taken] == [refs[1], None]
