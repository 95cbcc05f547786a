"""Opening an incident from the command line: for alerts and scripts (S23, S89)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tests.examples import in_turn, one_in
from tests.serving.conftest import eventually
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.world import Ticket

ROOT = Path(__file__).parents[2]


def project(forge: Forge) -> str:
    return f"{forge.name}:{forge.project.path}"


def tickets(forge: Forge) -> list[Ticket]:
    return list(forge.project.tickets.values())


def test_an_incident_is_opened_with_what_is_known_and_taken_up(forge: Forge, run: Run) -> None:
    result = run(
        "declare",
        project(forge),
        "Checkout answers 502",
        *("--started", "~2026-11-02 08:05", "--detected", "2026-11-02 08:12"),
        *("--severity", "sev1", "--label", "service:shop", "--text", "HTTP 502\n/close\n```\n@everyone"),
    )

    assert result.exit_code == 0, result.output
    [ticket] = tickets(forge)
    assert f"opened: {project(forge)}#{ticket.number}" in result.output
    assert ticket.title == "Checkout answers 502"
    assert {label.name for label in ticket.labels} == {"incident", "service:shop"}
    assert ticket.open
    shown = run("show", f"{project(forge)}#{ticket.number}")
    assert "2026-11-02 08:12" in shown.output
    assert "sev1" in shown.output
    assert "alert" in shown.output


def test_saying_it_a_hundred_times_opens_one(forge: Forge, run: Run) -> None:
    run("declare", project(forge), "Checkout answers 502")
    for title in ("Checkout answers 502", "  checkout ANSWERS 502 "):
        again = run("declare", project(forge), title)
        assert again.exit_code == 0, again.output
        assert "already open" in again.output
    assert len(tickets(forge)) == 1

    run("declare", project(forge), "Mail is slow")
    assert len(tickets(forge)) == 2


def test_one_that_people_opened_is_found(forge: Forge, run: Run) -> None:
    theirs = forge.world.open_ticket(forge.project, forge.alice, "Checkout answers 502", labels=["incident"])

    result = run("declare", project(forge), "Checkout answers 502")

    assert f"already open: {project(forge)}#{theirs.number}" in result.output
    assert tickets(forge) == [theirs]


def test_a_strangers_report_of_that_title_silences_no_alert(forge: Forge, run: Run) -> None:
    forge.project.private = False
    zoe = forge.world.add_account("zoe")
    for _ in range(2):
        forge.world.open_ticket(forge.project, zoe, "Checkout answers 502", labels=["incident"])

    first = run("declare", project(forge), "Checkout answers 502")
    again = run("declare", project(forge), "Checkout answers 502")

    assert [ticket.author.login for ticket in tickets(forge)] == ["zoe", "zoe", forge.bot.login]
    number = tickets(forge)[-1].number
    assert f"opened: {project(forge)}#{number}" in first.output
    assert f"already open: {project(forge)}#{number}" in again.output


FITS = {"github": 256, "gitlab": 255}

TITLES = {
    "Latin-1": ("Zahlung f\udce4llt aus", "Zahlung fällt aus"),
    "Windows": ("\udc93disk\udc94 full \udc80 \udc81", "“disk” full € \ufffd"),
    "half a character": ("disk \ud83d full", "disk \ufffd full"),
    "lines": ("disk full\nhost db1\r\nsince 10:02", "disk full host db1 since 10:02"),
    "control characters": ("\x1b[31mdisk\x07 full\x85\u202e", "[31mdisk full"),
    "zero-width signs": ("\u200bdisk\ufeff full", "disk full"),
    "empty": ("", "Untitled"),
    "blanks": (" \t\n", "Untitled"),
    "nothing that is seen": ("\x00\u200b\u2028", "Untitled"),
    "our marker": ("<!-- tracker-bridge:status -->", "<!\u200b-- tracker-bridge:status -->"),
    "a command": ("/incident resolve", "/incident resolve"),
    "a quick action": ("/close", "/close"),
    "a mention": ("@everyone: disk full", "@everyone: disk full"),
    "an emoji": ("🔥 disk full", "🔥 disk full"),
    "a dash": ("-5 disks left", "-5 disks left"),
    "two dashes": ("--force is broken", "--force is broken"),
}


@pytest.mark.parametrize(("forge", "name"), in_turn(("github", "gitlab"), TITLES), indirect=["forge"])
def test_whatever_an_alert_calls_it_there_is_an_incident_and_one_only(forge: Forge, run: Run, name: str) -> None:
    said, called = TITLES[name]

    first, again = (run("declare", project(forge), said) for _ in range(2))

    assert first.exit_code == again.exit_code == 0, first.output + again.output
    [ticket] = tickets(forge)
    assert ticket.title == called
    assert "incident" in {label.name for label in ticket.labels}


@pytest.mark.parametrize("length", [255, 256, 257, 100_000])
def test_a_title_that_is_too_long_is_shortened_and_whole_in_the_text(forge: Forge, run: Run, length: int) -> None:
    said = ("Zahlungen fallen aus: " + "ä" * length)[:length]

    first, again = (run("declare", project(forge), said) for _ in range(2))

    assert first.exit_code == again.exit_code == 0, first.output + again.output
    [ticket] = tickets(forge)
    if length <= FITS[forge.name]:
        assert ticket.title == said
        assert said not in ticket.body
    else:
        assert ticket.title == said[: FITS[forge.name] - 1] + "…"
        assert said[:20_000] in ticket.body


def test_the_lines_of_a_title_are_in_the_text_above_all_else(forge: Forge, run: Run) -> None:
    run("declare", project(forge), "disk full\n/close\n@everyone", "--text", "df says 100 %")

    [ticket] = tickets(forge)
    assert "```\ndisk full\n\u200b/close\n@everyone\n\ndf says 100 %\n```" in ticket.body
    assert ticket.open


def test_without_a_title_the_first_line_of_the_text_is_one(forge: Forge, run: Run) -> None:
    run("declare", project(forge), "", "--text", "\n\n  disk full on db1\nand more\n")

    [ticket] = tickets(forge)
    assert ticket.title == "disk full on db1"


TEXTS = {
    "Latin-1": (b"f\xe4llt aus", "fällt aus"),
    "UTF-8, and one byte that is not": ("größer ".encode() + b"\xfc", "größer ü"),
    "UTF-16": ("fällt aus\r\n".encode("utf-16"), "fällt aus"),
    "UTF-8 with a mark": ("fällt aus".encode("utf-8-sig"), "```\nfällt aus\n```"),
    "zero bytes": (b"a\0b\0\0c", "abc"),
    "an escape": (b"\x1b[31mred\x1b[0m", "[31mred[0m"),
    "all bytes": (bytes(range(256)), "ABC"),
    "nothing": (b"", ""),
    "back-ticks": (b"`" * 200_000, "more characters are left out here]"),
    "slashes": (b"/close\n" * 50_000, "more characters are left out here]"),
    "a long line": (b"x" * 3_000_000, "[2,970,000 more characters are left out here]"),
    "our marker": (b"<!-- tracker-bridge:status -->", "<!\u200b-- tracker-bridge:status -->"),
    "a fence": (b"```\n/incident resolve\n```", "\u200b/incident resolve"),
}


@pytest.mark.parametrize(("forge", "name"), in_turn(("github", "gitlab"), TEXTS), indirect=["forge"])
def test_whatever_comes_in_there_is_an_incident(forge: Forge, run: Run, name: str) -> None:
    said, shown = TEXTS[name]

    result = run("declare", project(forge), "Checkout answers 502", "--text", "-", input=said)

    assert result.exit_code == 0, result.output
    [ticket] = tickets(forge)
    assert shown in ticket.body
    assert run("show", f"{project(forge)}#{ticket.number}").exit_code == 0


def test_a_secret_of_ours_in_an_alert_is_covered(forge: Forge, run: Run) -> None:
    token = forge.bot.token
    said = f"curl -H 'token: {token}' and {token[:4]}\u200b{token[4:]}"

    result = run("declare", project(forge), f"failed with {token}", "--text", said)

    assert result.exit_code == 0, result.output
    [ticket] = tickets(forge)
    assert ticket.title == "failed with [secret]"
    assert ticket.body.count("[secret]") == 2
    assert token not in ticket.body


def test_a_label_that_is_none_costs_no_incident(forge: Forge, run: Run) -> None:
    names = ["service:shop", "team:z\udcfcrich", "x" * 51, "", "a,b", "\n"]
    result = run(
        "declare", project(forge), "Mail is slow", *(part for name in names for part in ("--label", name))
    )

    assert result.exit_code == 0, result.output
    [ticket] = tickets(forge)
    assert {label.name for label in ticket.labels} == {"incident", "service:shop", "team:zürich"}
    assert result.output.count("not a label; skipped") == 4


@pytest.mark.parametrize("forge", [*one_in(2, ("github", "gitlab"), 0)], indirect=True)
@pytest.mark.parametrize("sockets", [True])
def test_the_bytes_of_a_real_command_line(forge: Forge) -> None:
    """An alert in Latin-1, as a shell hands it over, with a standard input that is closed."""
    said = "Zahlung f\udce4llt aus"  # the byte E4, as Python hands it over and gets it
    command = [sys.executable, "-m", "tracker_bridge", "declare", project(forge), said, "--text", "-"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(["sh", "-c", 'exec "$@" <&-', "sh", *command], env=environ) as process:
        eventually(lambda: process.poll() is not None or tickets(forge) != [], "the issue")
        process.kill()  # it would look for one that was opened beside it, for ten seconds

    [ticket] = tickets(forge)
    assert ticket.title == "Zahlung fällt aus"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--started", "yesterday"], "--started"),
        (["--severity", "sev9"], "must be one of sev1, sev2, sev3, sev4"),
        (["--by", "mum"], "--by"),
        (["--sevrity", "sev1"], "unexpected extra argument"),
    ],
)
def test_mistakes_are_told_and_nothing_is_opened(
    forge: Forge, run: Run, options: list[str], complaint: str
) -> None:
    result = run("declare", project(forge), "Checkout answers 502", *options)

    assert result.exit_code == 2
    assert complaint in result.output
    assert tickets(forge) == []


def test_one_in_private_is_opened_in_the_private_project(
    forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = run("declare", project(forge), "Keys were leaked", "--private")
    assert refused.exit_code == 2
    assert f"the setting {forge.name}.private_project is not set" in refused.output
    private = forge.world.add_project("acme/incidents", forge.name, private=True)
    forge.world.add_member(private, forge.bot, Access.MAINTAIN)
    served = json.dumps([forge.project.path, private.path])
    monkeypatch.setenv(f"TRACKER_BRIDGE_{forge.name.upper()}__PROJECTS", served)
    monkeypatch.setenv(f"TRACKER_BRIDGE_{forge.name.upper()}__PRIVATE_PROJECT", private.path)
    for _ in range(2):
        result = run("declare", project(forge), "Keys were leaked", "--private")
        assert result.exit_code == 0, result.output
    assert [one.title for one in private.tickets.values()] == ["Keys were leaked"]
    assert tickets(forge) == []


def test_a_private_project_is_served(forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TRACKER_BRIDGE_{forge.name.upper()}__PRIVATE_PROJECT", "acme/elsewhere")
    result = run("declare", project(forge), "Keys were leaked", "--private")
    assert result.exit_code == 2
    assert f"is not in the setting {forge.name}.projects" in result.output
