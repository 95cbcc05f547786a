"""A notebook becomes an incident on a forge that is back, and the bridge makes of it what the notebook was."""

import fcntl
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.commands.thread import RENDERER
from tests.contract.forges import Forge
from tracker_bridge.cli import replay
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.offline.notebook import read
from tracker_bridge.offline.thread import OfflineThread
from tracker_bridge.sandbox.faults import FaultResponse, Lose
from tracker_bridge.sandbox.world import Note

NOTEBOOK = """\
title: Checkout is down
keeper: alice

{day}T08:01Z alice /incident severity sev1 nobody can pay
{day}T08:02Z bob /incident claim comms external
{day}T08:03Z alice the pool is empty
{day}T08:04Z bob restarted db1 | 07:40
{day}T08:05Z alice /incident started ~07:30
{day}T08:06Z bob /incident update external:
  > We are looking into failing payments.
  > More at 09:00.
{day}T08:07Z alice /incident claim lead
{day}T08:08Z alice /incident severty sev2
{day}T08:20Z bob /incident status identified the pool
{day}T08:25Z alice /incident role tester @tess
{day}T08:30Z bob /incident fixed
{day}T08:40Z alice /incident resolve
"""


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "sleep", lambda _: None)


@pytest.fixture
def notebook(forge: Forge) -> Path:
    """A notebook of the day before, as the sandbox's clock tells it."""
    forge.clock.now = datetime.now(UTC).replace(microsecond=0)
    path = Path("incident.txt")
    day = forge.clock.now.date() - timedelta(days=1)
    path.write_text(NOTEBOOK.format(day=day), "utf-8")
    return path


def meant(path: Path) -> Incident:
    return OfflineThread(read(path.read_text("utf-8")), Rules(), RENDERER).incident


def replayed(forge: Forge) -> list[Note]:
    """Return the comments of the only ticket that were posted from a notebook."""
    [ticket] = forge.project.tickets.values()
    return [one for one in ticket.comments if one.author is not forge.bot and "<!-- replayed " in one.body]


def swept(run: Run, forge: Forge) -> dict[str, Any]:
    """Let the bridge reconcile, and return what it makes of the issue."""
    assert run("sweep").exit_code == 0
    return record(run, forge)


def record(run: Run, forge: Forge) -> dict[str, Any]:
    """Return what the bridge would make of the issue."""
    shown = run("show", f"{forge.name}:acme/api#1", "--json")
    found: dict[str, Any] = json.loads(shown.output)
    return found


@pytest.fixture
def as_alice(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("REPLAY_TOKEN", forge.alice.token)
    return f"{forge.name}:acme/api"


def test_the_thread_becomes_what_the_notebook_was(forge: Forge, run: Run, notebook: Path, as_alice: str) -> None:
    result = run("replay", "incident.txt", as_alice)
    assert result.exit_code == 0, result.output
    assert "alice, 08:08 UTC: /incident severty sev2 (it was refused in the notebook)\n" in result.output
    [comment] = replayed(forge)
    assert comment.author is forge.alice
    assert "`bob`, 08:06 UTC:\n/incident update external at " in comment.body
    found, said = swept(run, forge), meant(notebook)
    assert (found["phase"], found["severity"]["name"]) == ("resolved", "sev1")
    assert said.times.started
    assert said.times.resolved
    assert found["times"]["started"]["approximate"]
    assert datetime.fromisoformat(found["times"]["started"]["at"]) == said.times.started.moment.at
    assert datetime.fromisoformat(found["times"]["resolved"]["at"]) == said.times.resolved.moment.at
    roles = {(one["role"], one["login"], one["audience"] or "") for one in found["roles"]}
    assert roles == {(str(one.role.value), one.login, one.audience) for one in said.people.roles}
    notes = {(one["text"], one["occurred_at"][11:16]) for one in found["timeline"] if one["kind"] == "note"}
    assert notes == {("the pool is empty", "08:03"), ("bob: restarted db1", "07:40")}
    [told] = found["communications"]
    assert told["said"] == "We are looking into failing payments.\nMore at 09:00."
    assert told["at"][11:16] == "08:06"
    times = {one.kind.value: one.occurred.at for one in said.timeline if one.kind is not Kind.DECLARED}
    for one in found["timeline"]:
        if one["kind"] in times and one["kind"] not in ("note", "role-taken"):
            assert datetime.fromisoformat(one["occurred_at"]) == times[one["kind"]], one


@pytest.mark.parametrize("said", ["severities = 3\n", "\udcff"])
def test_broken_settings_of_the_project_are_in_nobodys_way(
    forge: Forge, run: Run, notebook: Path, as_alice: str, said: str
) -> None:
    forge.project.files[f".{forge.name}/tracker-bridge.toml"] = said
    result = run("replay", "incident.txt", as_alice)
    assert result.exit_code == 0, result.output
    assert "tracker-bridge.toml is broken, so the operator's settings apply: " in result.output
    assert len(replayed(forge)) == 1


def test_run_again_it_posts_nothing(forge: Forge, run: Run, notebook: Path, as_alice: str) -> None:
    assert run("replay", "incident.txt", as_alice).exit_code == 0
    swept(run, forge)
    again = run("replay", "incident.txt", as_alice)
    assert "0 comments posted" in again.output
    assert len(replayed(forge)) == 1
    with notebook.open("a", encoding="utf-8") as file:
        file.write("08:50 @bob what was forgotten\n")
    assert "1 comment posted" in run("replay", "incident.txt", as_alice).output
    assert "what was forgotten" in replayed(forge)[1].body
    assert "the pool is empty" not in replayed(forge)[1].body


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("what", ["issue", "comment"])
def test_an_unclear_answer_posts_nothing_twice(
    forge: Forge, run: Run, notebook: Path, as_alice: str, what: str, *, done: bool
) -> None:
    path = r"/issues$" if what == "issue" else r"/(comments|notes)$"
    forge.sandbox.faults.add(Lose(done=done), method="POST", path=path)
    result = run("replay", "incident.txt", as_alice)
    assert result.exit_code == 0, result.output
    assert len(replayed(forge)) == 1
    assert record(run, forge)["phase"] == "resolved"


def test_interrupted_it_goes_on(forge: Forge, run: Run, notebook: Path, as_alice: str) -> None:
    forge.sandbox.faults.add(FaultResponse(503), method="POST", path=r"/(comments|notes)$", times=20)
    failed = run("replay", "incident.txt", as_alice)
    assert failed.exit_code == 1
    assert "Run it again: what was posted is not posted twice." in failed.output
    forge.sandbox.faults.clear()
    assert "1 comment posted" in run("replay", "incident.txt", as_alice).output
    assert len(replayed(forge)) == 1


def test_a_dry_run_shows_everything_and_posts_nothing(
    forge: Forge, run: Run, notebook: Path, as_alice: str
) -> None:
    result = run("replay", "incident.txt", as_alice, "--dry-run")
    assert result.exit_code == 0
    assert "/incident note the pool is empty | " in result.output
    assert not forge.project.tickets


def test_what_only_others_can_say_is_left_to_them(forge: Forge, run: Run, notebook: Path, as_alice: str) -> None:
    with notebook.open("a", encoding="utf-8") as file:
        file.write("08:45 tess /incident test pass paid by card\n")
    result = run("replay", "incident.txt", as_alice)
    assert "tess can post: /incident test pass paid by card | " in result.output
    assert record(run, forge)["tests"] == []
    line = next(one for one in result.output.split("\n") if "tess can post: " in one).partition("post: ")[2]
    forge.world.comment(forge.project.tickets[1], forge.tess, line)
    assert [one["passed"] for one in record(run, forge)["tests"]] == [True]


def test_without_rights_nothing_is_posted(
    forge: Forge, run: Run, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLAY_TOKEN", forge.rita.token)
    result = run("replay", "incident.txt", f"{forge.name}:acme/api")
    assert result.exit_code == 1
    assert "rita may not declare incidents there" in result.output
    assert not forge.project.tickets


def test_with_triage_access_the_runner_leads_and_everything_is_said(
    forge: Forge, run: Run, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLAY_TOKEN", forge.tess.token)
    result = run("replay", "incident.txt", f"{forge.name}:acme/api")
    assert result.exit_code == 0, result.output
    found = record(run, forge)
    assert found["phase"] == "resolved"
    assert ("incident-lead", "alice") in {(one["role"], one["login"]) for one in found["roles"]}
    assert ("technical-lead", "alice") in {(one["role"], one["login"]) for one in found["roles"]}


def test_names_of_the_notebook_are_mapped(forge: Forge, run: Run, notebook: Path, as_alice: str) -> None:
    text = notebook.read_text("utf-8").replace("bob", "robert").replace("@tess", "@theresa")
    notebook.write_text(text, "utf-8")
    result = run("replay", "incident.txt", as_alice, "--map", "robert=bob", "--map", "theresa=tess")
    assert result.exit_code == 0, result.output
    roles = {(one["role"], one["login"]) for one in record(run, forge)["roles"]}
    assert {("communication-lead", "bob"), ("tester", "tess")} <= roles
    assert "robert" not in replayed(forge)[0].body


def test_an_incident_of_the_tracker_goes_on(forge: Forge, run: Run, notebook: Path, as_alice: str) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.bob, "Checkout is down", "/incident declare")
    forge.world.comment(ticket, forge.bob, "/incident claim lead")
    swept(run, forge)
    Path("1.json").write_text(run("export", f"{as_alice}#1").output, "utf-8")
    assert run("offline", "on.txt", "--incident", "1.json", "--as", "alice", "--say", "pool empty").exit_code == 0
    assert run("offline", "on.txt", "--say", "carried on", "--as", "alice").exit_code == 0
    elsewhere = run("replay", "on.txt", as_alice)
    assert (elsewhere.exit_code, f"continues {as_alice}#1" in elsewhere.output) == (2, True)
    result = run("replay", "on.txt")
    assert result.exit_code == 0, result.output
    found = swept(run, forge)
    assert [one["text"] for one in found["timeline"] if one["kind"] == "note"] == ["pool empty", "carried on"]
    assert {(one["role"], one["login"]) for one in found["roles"]} == {
        ("incident-lead", "bob"),
        ("technical-lead", "bob"),
    }
    assert len(replayed(forge)) == 1


def test_many_entries_are_few_comments_and_no_answer_makes_two_of_one(
    forge: Forge, run: Run, as_alice: str
) -> None:
    forge.clock.now = datetime.now(UTC).replace(microsecond=0)
    day = forge.clock.now.date() - timedelta(days=1)
    lines = (f"{day}T{n // 60 + 8:02}:{n % 60:02}Z alice entry {n} of many\n" for n in range(400))
    Path("incident.txt").write_text(
        f"title: Long\nproject: {as_alice}\nkeeper: alice\n\n{''.join(lines)}", "utf-8"
    )
    for nth, done in ((1, True), (3, False), (4, True)):
        forge.sandbox.faults.add(Lose(done=done), method="POST", path=r"/(comments|notes)$", nth=nth)
    result = run("replay", "incident.txt")
    assert result.exit_code == 0, result.output
    assert len(replayed(forge)) == 3
    notes = [one["text"] for one in record(run, forge)["timeline"] if one["kind"] == "note"]
    assert notes == [f"entry {n} of many" for n in range(400)]


def test_only_one_posts_at_a_time(run: Run) -> None:
    Path("n.txt").write_text("2026-11-28T22:31Z alice one\n", "utf-8")
    folder = os.open(".", os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    assert "another replay is running" in run("replay", "n.txt", "github:acme/api").output
    os.close(folder)


def test_nothing_moves_the_cursor_of_who_looks(forge: Forge, run: Run, as_alice: str) -> None:
    Path("n.txt").write_text("2026-11-28T22:31Z alice red \x1b[31m text\n", "utf-8")
    result = run("replay", "n.txt", as_alice, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output


def test_what_is_confidential_stays_so(forge: Forge, run: Run, notebook: Path, as_alice: str) -> None:
    notebook.write_text(f"confidential: yes\n{notebook.read_text('utf-8')}", "utf-8")
    result = run("replay", "incident.txt", as_alice)
    if forge.name == "github":
        assert (result.exit_code, "has no confidential issues" in result.output) == (1, True)
        assert not forge.project.tickets
    else:
        [ticket] = forge.project.tickets.values()
        assert ticket.confidential


def test_an_incident_of_that_title_is_found_first(forge: Forge, run: Run, notebook: Path, as_alice: str) -> None:
    """S23."""
    ticket = forge.world.open_ticket(forge.project, forge.bob, "checkout is DOWN", labels=["incident"])
    result = run("replay", "incident.txt", as_alice)
    assert (result.exit_code, f"is open: {as_alice}#{ticket.number}" in result.output) == (1, True)
    assert len(forge.project.tickets) == 1
    assert run("replay", "incident.txt", as_alice, "--new").exit_code == 0
    assert len(forge.project.tickets) == 2


@pytest.mark.parametrize(
    ("token", "told"), [("", "Set REPLAY_TOKEN"), ("bot", "does not hear itself"), ("nonsense", "token")]
)
def test_whose_token_it_is_is_looked_at_first(
    forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch, token: str, told: str
) -> None:
    Path("incident.txt").write_text("2026-11-28T22:31Z alice one\n", "utf-8")
    monkeypatch.setenv("REPLAY_TOKEN", forge.bot.token if token == "bot" else token)
    result = run("replay", "incident.txt", f"{forge.name}:acme/api")
    assert result.exit_code != 0
    assert told in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("place", ["acme/api", "github:", "github:acme/api#x", "nowhere:acme/api"])
def test_a_place_that_is_none_is_told(run: Run, place: str) -> None:
    Path("n.txt").write_text("", "utf-8")
    assert "is neither a project nor an issue" in run("replay", "n.txt", place).output
