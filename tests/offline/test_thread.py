"""A notebook is folded and shown as a thread is, and an exported incident goes on in it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.thread import RENDERER, Thread, declared
from tracker_bridge.domain.incident.incident import Phase
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.exporting.incidents import incident_json
from tracker_bridge.offline.desk import Desk, Refusal
from tracker_bridge.offline.known import NoExport, known_notebook
from tracker_bridge.offline.notebook import read
from tracker_bridge.offline.notebook_file import NotebookFile
from tracker_bridge.offline.thread import OfflineThread

NOW = datetime(2026, 11, 28, 23, 50, tzinfo=UTC)
TOP = "title: Checkout is down\nkeeper: alice\n\n2026-11-28T22:30Z alice begin\n"


def thread_of(text: str) -> OfflineThread:
    return OfflineThread(read(text), Rules(), RENDERER)


def test_the_same_lines_make_the_same_incident() -> None:
    """What a notebook amounts to is what a thread with these comments amounts to."""
    lines = [
        ("bob", "/incident severity sev1 nobody can pay"),
        ("bob", "/incident claim lead"),
        ("carol", "/incident claim comms external"),
        ("carol", "/incident update external: We are looking into it."),
        ("bob", "/incident note the pool is empty | 14:01"),
        ("bob", "/incident resolve"),
    ]
    thread = declared()
    text = "title: Checkout is down\nkeeper: bob\n\n2026-11-22T14:00Z bob /incident declare\n"
    for number, (who, said) in enumerate(lines, 1):
        thread.say(who, said)
        text += f"2026-11-22T14:{number:02}Z {who} {said}\n"
    found, meant = thread_of(text).incident, thread.incident
    assert found.severity == meant.severity
    assert found.times.resolved
    assert meant.times.resolved
    assert found.times.resolved.moment == meant.times.resolved.moment
    assert [(one.kind, one.occurred, one.text, one.author) for one in found.timeline] == [
        (one.kind, one.occurred, one.text, one.author) for one in meant.timeline
    ]
    assert [(one.role, one.login) for one in found.people.roles] == [
        (one.role, one.login) for one in meant.people.roles
    ]
    assert [one.said for one in found.comms.communications] == [("We are looking into it.",)]


def test_words_without_a_command_are_notes() -> None:
    thread = thread_of(f"{TOP}22:35 @bob restarted db1 | 22:20\n22:36 x /var is full\n")
    notes = [
        (one.text, one.author, f"{one.occurred.at:%H:%M}")
        for one in thread.incident.timeline
        if one.kind is Kind.NOTE
    ]
    assert sorted(notes) == [
        ("/var is full", "x", "22:36"),
        ("begin", "alice", "22:30"),
        ("restarted db1", "bob", "22:20"),
    ]


def test_what_is_refused_in_a_thread_is_refused_here() -> None:
    thread = thread_of(f"{TOP}22:36 /incident severty sev2\n22:37 /incident brief\n")
    assert "`severty` is not a command. Try `/incident severity sev2`" in thread.answers(NOW, 2)[0]
    assert len(thread.answers(NOW)) == 2


def test_a_line_that_was_cut_short_is_not_run() -> None:
    thread = thread_of(f"{TOP}2026-11-28T22:36Z alice /incident resolve")
    assert thread.incident.active
    assert thread.notebook.faults


def test_its_clocks_run() -> None:  # S77
    thread = thread_of(
        f"{TOP}22:31 carol /incident claim comms external\n22:32 carol /incident update external: We know.\n"
    )
    due = thread.due(NOW)
    assert any(one.clock.reminder.kind == "update" for one in due.nudges)
    assert any(key.startswith("nudge") for key in thread.documents(NOW))
    assert thread.due(NOW - timedelta(hours=1, minutes=10)).nudges == ()


# An incident of the tracker that goes on


def began() -> Thread:
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident severity sev2 half fail\n/incident status identified")
    thread.say("bob", "/incident started ~13:40\n/incident detected 13:55\n/incident impact customers: cannot pay")
    thread.say("carol", "/incident claim comms external\n/incident channel main #inc")
    thread.say("carol", "/incident update external via mail:\n> Half of all payments fail.\n> More at 15:00.")
    thread.say("bob", "/incident note --external the provider has an outage | ~13:50")
    thread.say("alice", "/incident role tech-lead @carol\n/incident stakeholder support affected")
    return thread


def test_an_exported_incident_goes_on_where_it_stood() -> None:
    meant = began().incident
    notebook = read(known_notebook(incident_json(meant, confidential=False), "kim"))
    found = OfflineThread(notebook, Rules(), RENDERER).incident
    assert notebook.faults == ()
    assert all(one.known for one in notebook.entries)
    assert str(found.ref) == str(meant.ref)
    assert (found.title, found.severity, found.phase) == (meant.title, meant.severity, Phase.IDENTIFIED)
    assert found.times.started
    assert meant.times.started
    assert found.times.started.moment == meant.times.started.moment
    assert {(one.role, one.login, one.audience) for one in found.people.roles} == {
        (one.role, one.login, one.audience) for one in meant.people.roles
    }
    [update], [told] = found.comms.communications, meant.comms.communications
    assert (update.said, update.channels, update.occurred) == (told.said, told.channels, told.occurred)
    notes = [(one.text, one.occurred, one.external) for one in meant.timeline if one.kind is Kind.NOTE]
    assert [(one.text, one.occurred, one.external) for one in found.timeline if one.kind is Kind.NOTE] == notes
    assert found.impacts[0].how == "cannot pay"
    assert [one for one in found.outgoing.replies if one.mistakes] == []


@pytest.mark.parametrize("end", ["resolve", "cancel no incident"])
def test_one_that_has_ended_has_ended(end: str) -> None:
    thread = began()
    thread.say("alice", f"/incident {end}")
    found = thread_of(known_notebook(incident_json(thread.incident, confidential=False), "kim")).incident
    assert found.phase == thread.incident.phase


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"kind": "incident"}', '{"kind":"incident","is_incident":true}']
)
def test_what_is_no_export_is_told(text: str) -> None:
    with pytest.raises(NoExport):
        known_notebook(text, "kim")


# The desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    file = NotebookFile(tmp_path / "incident.txt")
    file.begin("title: Checkout is down\nkeeper: alice\n\n")
    return Desk(file, Rules(), RENDERER, clock=lambda: NOW)


def test_what_is_said_is_on_the_disk_and_answered(desk: Desk) -> None:
    heard = desk.say("/incident claim lead")
    assert heard.entry
    assert (heard.entry.who, heard.answers) == ("alice", ())
    assert desk.say("/incident claim lead").again
    assert "is not a command" in desk.say("/incident severty sev1", "bob").answers[0]
    assert desk.thread().incident.people.logins(Role.INCIDENT_LEAD) == ("alice",)
    assert "bob /incident severty sev1" in desk.file.text()


def test_an_editor_may_write_meanwhile(desk: Desk) -> None:
    desk.say("one")
    desk.path.write_text(desk.file.text() + "23:40 @bob two\n")
    desk.say("three")
    assert [(one.who, one.text) for one in desk.thread().notebook.entries] == [
        ("alice", "one"),
        ("bob", "two"),
        ("alice", "three"),
    ]


@pytest.mark.parametrize(
    ("line", "who"),
    [("", ""), ("x" * 20_001, ""), ("x", "two words"), ("99:00 x", ""), ("2027-01-01 10:00 x", "")],
)
def test_what_cannot_be_written_down_is_told_and_leaves_nothing(desk: Desk, line: str, who: str) -> None:
    before = desk.file.text()
    with pytest.raises(Refusal):
        desk.say(line, who)
    assert desk.file.text() == before
