"""Keeping an incident while no tracker answers: nothing here talks to anybody."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.commands.thread import declared
from tests.destinations.receiver import answer, receiving
from tracker_bridge.exporting.incidents import incident_json


def only_file() -> Path:
    [path] = Path.cwd().glob("incident-*.txt")
    return path


def test_what_is_typed_is_written_down_and_answered(run: Run) -> None:
    typed = "/incident claim lead\n@bob the pool is empty\n/incident severty sev1\n\n"
    result = run("offline", "--as", "alice", "--title", "Checkout is down", input=typed)
    assert result.exit_code == 0, result.output
    assert "`severty` is not a command. Try `/incident severity sev1`" in result.output
    assert "<sub>" not in result.output
    assert "Incident Lead       alice" in result.output
    text = only_file().read_text("utf-8")
    assert text.startswith("# Notebook of an incident")
    assert "title: Checkout is down\nkeeper: alice\n" in text
    assert "Z alice /incident claim lead\n" in text
    assert "Z bob the pool is empty\n" in text


def test_bytes_that_are_no_text_end_nothing(run: Run) -> None:
    """As a terminal of another encoding sends them, or a name that was pasted."""
    result = run("offline", "n.txt", "--title", "Caf\udce9", "--as", "alice", input=b"the caf\xe9 is shut\nnext\n")
    assert result.exit_code == 0, result.output
    text = Path("n.txt").read_text("utf-8")
    assert "title: Caf?\n" in text
    assert "Z alice the caf\ufffd is shut\n" in text
    assert "Z alice next\n" in text


def test_one_line_at_a_time_for_scripts(run: Run) -> None:
    lines = ("--say", "/incident severity sev1", "--say", "2020-01-05 14:05 x")
    assert run("offline", "n.txt", "--as", "alice", *lines).exit_code == 0
    again = run("offline", "n.txt", "--as", "bob", "--say", "/incident nonsense")
    assert (again.exit_code, "is not a command" in again.output) == (1, True)
    shown = run("offline", "n.txt", "--show")
    assert "Severity  sev1" in shown.output
    bad = run("offline", "n.txt", "--say", "99:00 x")
    assert (bad.exit_code, "there is no such time" in bad.output) == (1, True)


def test_lines_that_do_not_count_are_named(run: Run) -> None:
    Path("n.txt").write_text("2026-11-28T22:31Z alice one\nrestarted db1\n", "utf-8")
    assert "line 2 (it begins with no time" in run("offline", "n.txt", "--show").output


def test_the_teams_own_settings_hold(run: Run) -> None:
    Path("team.toml").write_text('[[severities]]\nname = "bad"\nmeaning = "is bad"\n', "utf-8")
    result = run("offline", "n.txt", "--settings", "team.toml", "--say", "/incident severity bad")
    assert result.exit_code == 0, result.output
    Path("team.toml").write_text("severities = 3\n", "utf-8")
    assert run("offline", "n.txt", "--settings", "team.toml", "--show").exit_code == 2


def test_an_exported_incident_goes_on(run: Run) -> None:
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident severity sev2")
    Path("12.json").write_text(incident_json(thread.incident, confidential=False), "utf-8")
    result = run(
        "offline", "n.txt", "--incident", "12.json", "--as", "kim", "--say", "/incident note on", "--show"
    )
    assert result.exit_code == 0, result.output
    assert "Severity  sev2" in result.output
    assert "incident: local:acme/shop#7" in Path("n.txt").read_text("utf-8")
    Path("12.json").write_text(json.dumps({"kind": "other"}), "utf-8")
    assert "is not the export of an incident" in run("offline", "m.txt", "--incident", "12.json").output


def test_the_status_page_is_rebuilt_from_external_updates_only(run: Run) -> None:
    """Nothing internal, and nothing confidential, gets onto it."""
    thread = declared()
    thread.say("carol", "/incident claim comms external\n/incident update external: Mail is late.")
    Path("7.json").write_text(incident_json(thread.incident, confidential=False), "utf-8")
    page = ("--status-page", "public", "--known", "7.json")
    lines = (
        *("--say", "canary-1 is empty"),
        *("--say", "/incident claim comms external", "--say", "/incident update external: Payments fail. Sorry."),
    )
    result = run("offline", "n.txt", "--title", "canary-2", "--label", "service:checkout", *page, *lines)
    assert result.exit_code == 0, result.output
    texts = {path.name: path.read_text("utf-8") for path in Path("public").rglob("*.*") if path.is_file()}
    assert "Payments fail" in texts["index.html"]
    assert "Mail is late" in texts["index.html"]
    assert "checkout.atom" in texts
    assert not [name for name, text in texts.items() if "canary" in text]
    assert (
        run("offline", "n.txt", *page, "--say", "/incident update external --now more: It works.").exit_code == 0
    )
    assert "It works" in Path("public/index.html").read_text("utf-8")
    for secret in (True, None):
        Path("7.json").write_text(incident_json(thread.incident, confidential=secret), "utf-8")
        assert run("offline", "n.txt", *page, "--say", f"again {secret}").exit_code == 0
        assert "Mail is late" not in Path("public/index.html").read_text("utf-8")
    hidden = run("offline", "m.txt", "--confidential", "--status-page", "public", *lines)
    assert hidden.exit_code == 0, hidden.output
    assert "Payments fail" not in Path("public/index.html").read_text("utf-8")


def test_a_status_page_that_cannot_be_written_holds_up_nothing(run: Run) -> None:
    Path("public").write_text("a file", "utf-8")
    result = run("offline", "n.txt", "--as", "alice", "--status-page", "public/x", "--say", "/incident claim lead")
    assert result.exit_code == 0
    assert "The status page cannot be written" in result.output
    assert "alice /incident claim lead" in Path("n.txt").read_text("utf-8")


def test_what_a_thread_would_send_goes_to_the_destinations_once(run: Run) -> None:
    Path("ops.toml").write_text("", "utf-8")
    assert run("offline", "n.txt", "--config", "ops.toml", "--notify", "--say", "x").exit_code == 2
    with receiving(answer(200)) as receiver:
        row = (
            f'[[notify]]\nname = "ops"\naddress = "ntfy+{receiver.url}/topic"\nwants = ["declared", "resolved"]\n'
        )
        Path("ops.toml").write_text(row, "utf-8")
        send = ("offline", "n.txt", "--config", "ops.toml", "--as", "alice", "--notify")
        result = run(*send, "--title", "Checkout is down", "--say", "/incident severity sev1")
        assert result.exit_code == 0, result.output
        assert "ops, declared: accepted." in result.output
        assert run(*send, "--say", "the pool is empty").exit_code == 0
        assert run(*send, "--say", "/incident resolve").exit_code == 0
        assert [one.json["title"].rpartition(": ")[2] for one in receiver.requests] == ["declared", "resolved"]
    assert "Nothing" not in result.output
    assert receiver.url not in result.output


def test_that_nothing_is_sent_of_a_confidential_incident_is_said(run: Run) -> None:
    with receiving(answer(200)) as receiver:
        row = f'[[notify]]\nname = "ops"\naddress = "ntfy+{receiver.url}/topic"\nwants = ["declared"]\n'
        Path("ops.toml").write_text(row, "utf-8")
        send = ("offline", "n.txt", "--config", "ops.toml", "--as", "alice", "--notify")
        result = run(*send, "--confidential", "--title", "A leak", "--say", "one", "--say", "two")
        assert result.exit_code == 0, result.output
        assert result.output.count("This incident is confidential: nothing is sent, and nobody is paged.") == 1
        assert receiver.requests == []
        text = Path("n.txt").read_text("utf-8").replace("confidential: yes", "confidential: no")
        Path("n.txt").write_text(text, "utf-8")
        result = run(*send, "--say", "three")
    assert "is confidential" not in result.output
    assert re.search(r"(?m)^\d\d:\d\d UTC ops, declared: accepted\.$", result.output)
    assert len(receiver.requests) == 1


def test_the_page_is_there_while_lines_are_typed(run: Run) -> None:
    result = run("offline", "n.txt", "--as", "alice", input="one\n")
    assert "The page: http://127.0.0.1:" in result.output
    assert "The page" not in run("offline", "n.txt", "--no-page", input="two\n").output


@pytest.mark.parametrize("file", [".", "missing/n.txt"])
def test_a_file_that_cannot_be_written_is_told(run: Run, file: str) -> None:
    result = run("offline", file, "--say", "x")
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output
