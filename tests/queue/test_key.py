"""The key of the receipts, which is kept with the queue: made once, the same for all, and not lost with it."""

import os
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.serving.forked import forking
from tracker_bridge.queue import Queue, QueueError
from tracker_bridge.queue import key_file as module
from tracker_bridge.queue.key_file import found_key, kept_key, key_file
from tracker_bridge.queue.sqlite import SqliteQueue


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite3"


def key_of(path: Path) -> bytes:
    queue = SqliteQueue(path)
    key = queue.key()
    queue.close()
    return key


def test_every_engine_keeps_a_key_and_one_only(queue: Queue) -> None:
    assert len(queue.key()) >= module.LEAST
    assert queue.key() == queue.key()


def test_it_is_made_at_the_first_start_for_its_owner_only_and_stays(path: Path) -> None:
    made = key_of(path)
    assert key_file(path).stat().st_mode & 0o777 == 0o600
    assert [key_of(path), found_key(path)] == [made, made]
    assert sorted(one.name for one in path.parent.iterdir()) == ["queue.sqlite3", "queue.sqlite3.key"]


def test_each_queue_has_its_own(path: Path) -> None:
    assert kept_key(path) != kept_key(path.with_name("other.sqlite3"))


def test_it_survives_a_queue_that_is_deleted_or_damaged(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = key_of(path)
    path.unlink()
    assert key_of(path) == made
    path.write_bytes(b"no database" * 100)
    assert key_of(path) == made
    assert "The signing key is in a separate file and is kept." in caplog.text


def test_threads_that_make_it_at_once_agree(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(kept_key, [path] * 8))) == 1


def tell(path: Path, told: Connection) -> None:
    told.send(kept_key(path))


def test_processes_that_make_it_at_once_agree(path: Path) -> None:
    pipes = [forking().Pipe(duplex=False) for _ in range(4)]
    started = [forking().Process(target=tell, args=(path, theirs), daemon=True) for _, theirs in pipes]
    for one in started:
        one.start()
    assert len({ours.recv() for ours, _ in pipes}) == 1
    for one in started:
        one.join(60)
    assert [one.exitcode for one in started] == [0] * 4
    assert [one.name for one in path.parent.iterdir()] == ["queue.sqlite3.key"]


def test_a_file_system_without_hard_links_keeps_it_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    assert kept_key(path) == kept_key(path) == found_key(path)
    assert [one.name for one in path.parent.iterdir()] == ["queue.sqlite3.key"]


@pytest.mark.parametrize("damage", [b"", b"cut off", b" \n"])
def test_one_that_is_damaged_is_moved_aside_and_said(
    path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    key_file(path).write_bytes(damage)
    assert found_key(path) is None

    assert len(key_of(path)) >= module.LEAST
    assert path.with_name("queue.sqlite3.key.damaged").read_bytes() == damage
    assert "all commands are judged again" in caplog.text


def test_an_operators_own_text_is_a_key_as_well(path: Path) -> None:
    key_file(path).write_text("correct horse battery staple\n")
    assert key_of(path) == b"correct horse battery staple"


def test_what_cannot_be_read_or_kept_is_said_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite3"
    key_file(path).mkdir()
    with pytest.raises(QueueError, match=r"queue\.sqlite3\.key cannot be read \(Is a directory\)"):
        kept_key(path)
    with pytest.raises(QueueError, match="its folder must be writable, or set the setting key"):
        kept_key(tmp_path / "absent" / "queue.sqlite3")
