"""What the lines of a notebook mean, whoever wrote them; and that what was taken stays."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_bridge.offline.notebook import CUT, Entry, Fault, read, typed, written
from tracker_bridge.offline.notebook_file import NotebookFile

AT = datetime(2026, 11, 28, 22, 31, tzinfo=UTC)


def said(text: str) -> list[tuple[str, str, str]]:
    return [(f"{one.at:%d %H:%M}", one.who, one.text) for one in read(text).entries]


def whys(text: str) -> list[str]:
    return [one.why for one in read(text).faults]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("2026-11-28T22:31Z alice /incident severity sev1", ("28 22:31", "alice", "/incident severity sev1")),
        ("2026-11-28T22:31Z alice the pool is empty", ("28 22:31", "alice", "the pool is empty")),
        ("2026-11-28T22:31:59Z alice x", ("28 22:31", "alice", "x")),
        ("2026-11-28 22:31 restarted db1", ("28 22:31", "kim", "restarted db1")),
        ("2026-11-28 23:31 +01:00 restarted db1", ("28 22:31", "kim", "restarted db1")),
        ("2026-11-28 22:31Z restarted db1", ("28 22:31", "kim", "restarted db1")),
        ("22:35 restarted db1", ("28 22:35", "kim", "restarted db1")),
        ("9:05 restarted db1", ("29 09:05", "kim", "restarted db1")),
        ("22:35 @bob restarted db1", ("28 22:35", "bob", "restarted db1")),
        ("22:35 <bob> restarted db1", ("28 22:35", "bob", "restarted db1")),
        ("22:35 bob /incident claim scribe", ("28 22:35", "bob", "/incident claim scribe")),
        ("00:10 after midnight", ("29 00:10", "kim", "after midnight")),
        ("21:50 what was forgotten", ("28 21:50", "kim", "what was forgotten")),
        ("22:35 | a bar", ("28 22:35", "kim", "| a bar")),
    ],
)
def test_an_entry_begins_with_a_time_and_may_name_who_said_it(line: str, meant: tuple[str, str, str]) -> None:
    assert said(f"keeper: kim\n\n2026-11-28T22:30Z kim begin\n{line}\n")[1] == meant


def test_bare_times_are_in_the_teams_time_zone() -> None:
    [_, entry] = read("2026-11-28T22:30Z kim x\n23:35 y\n", ZoneInfo("Europe/Berlin")).entries
    assert f"{entry.at:%H:%M}" == "22:35"


def test_lines_that_are_indented_belong_to_the_entry_above() -> None:
    [entry] = read("2026-11-28T22:31Z a /incident update external:\n  > one\n  \n\t> two\n").entries
    assert entry.text == "/incident update external:\n> one\n\n> two"


def test_facts_stand_above_and_comments_are_left_out() -> None:
    found = read("# a\ntitle: Checkout: is down\nproject: github:acme/api\nkeeper: @kim\nlabel: service:x\n# b\n")
    assert (found.title, found.project, found.keeper, found.labels) == (
        "Checkout: is down",
        "github:acme/api",
        "kim",
        ("service:x",),
    )


def test_a_date_above_makes_bare_times_known() -> None:
    assert said("22:35 x\n") == []
    assert whys("22:35 x\n") == ["its day is not known; write `date: 2026-11-28` above it"]
    assert said("date: 2026-11-28\n22:35 x\n") == [("28 22:35", "keeper", "x")]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("restarted db1", "it begins with no time; indent it by two spaces if it belongs to the entry above"),
        ("2026-13-28T22:31Z a x", "there is no such time"),
        ("2026-11-28T22:31Z", "nothing stands behind its time"),
        ("date: yesterday", "write the date like 2026-11-28"),
        ("keeper: two words", "this is not a name"),
    ],
)
def test_what_is_no_entry_is_told_and_hides_nothing(line: str, why: str) -> None:
    text = f"2026-11-28T22:30Z a one\n{line}\n22:40 two\n"
    assert whys(text) == [why]
    assert [one[2] for one in said(text)] == ["one", "two"]


@given(st.text())
def test_no_text_raises(text: str) -> None:
    read(text)
    read(f"2026-11-28T22:30Z {text}")


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1c\x1d\x1e"), min_size=1).filter(
        lambda text: text.strip() and not text.rstrip().endswith(CUT)
    )
)
def test_what_is_written_is_read_again_whatever_it_says(text: str) -> None:
    found = read(written(AT, "alice", text) + written(AT, "bob", "next"))
    assert [one.who for one in found.entries] == ["alice", "bob"]
    assert found.faults == ()
    assert found.entries[0].text.split() == text.split()


def test_each_entry_has_a_mark_of_its_own_that_stays_when_others_come() -> None:
    line = written(AT, "alice", "same")
    before = [one.mark for one in read(line * 2).entries]
    after = [one.mark for one in read(written(AT, "zoe", "other") + line * 2).entries]
    assert len(set(before)) == 2
    assert after[1:] == before


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("restarted db1", ("22:31", "kim", "restarted db1")),
        ("@bob restarted db1", ("22:31", "bob", "restarted db1")),
        ("bob /incident claim scribe", ("22:31", "bob", "/incident claim scribe")),
        ("22:10 @bob first calls", ("22:10", "bob", "first calls")),
        ("/incident update external:\n> one\n> two", ("22:31", "kim", "/incident update external:\n> one\n> two")),
    ],
)
def test_what_is_typed_may_begin_with_a_time_and_a_name(line: str, meant: tuple[str, str, str]) -> None:
    found = typed(line, AT, "kim")
    assert isinstance(found, Entry)
    assert (f"{found.at:%H:%M}", found.who, found.text) == meant


def test_what_cannot_be_typed_is_told() -> None:
    assert isinstance(typed("99:99 x", AT, "kim"), Fault)


# The file


@pytest.fixture
def notebook(tmp_path: Path) -> NotebookFile:
    return NotebookFile(tmp_path / "incident.txt")


def test_entries_are_added_and_the_same_twice_in_a_row_is_one(notebook: NotebookFile) -> None:
    assert notebook.begin("title: x\n\n")
    assert not notebook.begin("title: y\n\n")
    assert notebook.add(AT, "alice", "one")
    assert not notebook.add(AT, "alice", "one")
    assert notebook.add(AT, "alice", "two")
    assert [one.text for one in read(notebook.text()).entries] == ["one", "two"]
    assert notebook.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("left", [*range(1, 44, 6)])
def test_a_line_that_was_cut_short_commands_nothing(notebook: NotebookFile, left: int) -> None:
    line = written(AT, "alice", "/incident resolve 22:10 --despite x")
    notebook.path.write_text(line[:left])
    assert all(one.cut for one in read(notebook.text()).entries)
    notebook.add(AT, "bob", "next")
    found = read(notebook.text())
    assert found.entries[-1].text == "next"
    assert all(one.cut for one in found.entries[:-1])
    assert found.faults


def test_what_a_person_left_without_a_line_end_counts(notebook: NotebookFile) -> None:
    notebook.path.write_text("date: 2026-11-28\n22:35 restarted db1")
    notebook.add(AT, "bob", "next")
    assert [one.text for one in read(notebook.text()).entries] == ["restarted db1", "next"]


def test_a_full_disk_leaves_no_half_of_a_line(notebook: NotebookFile, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook.add(AT, "alice", "one")
    before = notebook.text()
    whole = os.write

    def half(file: int, text: bytes) -> int:
        if len(text) < 10:
            raise OSError(28, "No space left on device")
        return whole(file, text[: len(text) // 2])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space"):
        notebook.add(AT, "alice", "two")
    assert notebook.text() == before


def test_bytes_that_are_no_text_hide_nothing(notebook: NotebookFile) -> None:
    notebook.path.write_bytes(b"\xef\xbb\xbf2026-11-28T22:30Z a caf\xe9\r\n22:31 b\r\n")
    assert [one.text for one in read(notebook.text()).entries] == ["caf\ufffd", "b"]


def test_what_was_acknowledged_is_there_after_kill_9(notebook: NotebookFile) -> None:
    script = (
        "import sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from tracker_bridge.offline.notebook_file import NotebookFile\n"
        "file, n = NotebookFile(Path(sys.argv[1])), 0\n"
        "while True:\n"
        "    n += 1\n"
        "    file.add(datetime(2026, 11, 28, 22, 31, tzinfo=UTC), 'alice', f'entry {n}')\n"
        "    print(n, flush=True)\n"
    )
    command = [sys.executable, "-c", script, str(notebook.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        seen = [int(child.stdout.readline()) for _ in range(20)]
        child.send_signal(signal.SIGKILL)
        seen += [int(line) for line in child.stdout.read().split("\n") if line.strip()]
    there = [one.text for one in read(notebook.text()).entries if not one.cut]
    assert there[: len(seen)] == [f"entry {n}" for n in seen]
    assert len(there) <= len(seen) + 1
