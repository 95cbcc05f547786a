"""``doctor --live`` asks its questions within its bounds, only where it may, and leaves nothing behind."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tests.examples import one_in
from tracker_bridge.cli import live
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.events import Asked
from tracker_bridge.sandbox.faults import FaultResponse, Lose
from tracker_bridge.sandbox.world import Project, Ticket
from tracker_bridge.trackers.github import live as github
from tracker_bridge.trackers.gitlab import live as gitlab
from tracker_bridge.trackers.live import REQUESTS, TITLE, WRITES, Bounds, Ledger

DOCS = (Path(__file__).parents[2] / "docs" / "live-checks.md").read_text("utf-8")
QUESTIONS: dict[str, ModuleType] = {"github": github, "gitlab": gitlab}


@pytest.fixture
def scratch(forge: Forge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Project]:
    """A project for trying things out; waiting moves the world's clock."""
    project = forge.world.add_project("acme/scratch", forge.name, private=True)
    forge.world.add_member(project, forge.bot, Access.ADMIN)
    project.files["README.md"] = "A scratch project."
    prefix = f"TRACKER_BRIDGE_{forge.name.upper()}__"
    monkeypatch.setenv(f"{prefix}PROJECTS", json.dumps(["acme/api", "acme/scratch", "acme/latest"]))
    monkeypatch.setenv("TRACKER_BRIDGE_QUEUE", str(tmp_path / "queue.sqlite3"))
    monkeypatch.setattr(live, "pause", lambda seconds: forge.clock.forward(round(seconds + 0.5)))
    yield project
    assert list(forge.project.tickets.values()) == [], "nothing is done anywhere else"


def there(project: Project) -> list[Ticket]:
    return [one for one in project.tickets.values() if not one.deleted]


def ask(run: Run, forge: Forge, *more: str) -> tuple[int, dict[str, Any]]:
    result = run("doctor", "--live", "--json", f"{forge.name}:acme/scratch", *more)
    return result.exit_code, json.loads(result.stdout)


def rows_of(name: str) -> list[str]:
    title = {"github": "GitHub", "gitlab": "GitLab"}[name]
    section = DOCS.partition(f"## {title}\n")[2].partition("\n## ")[0]
    return [row.strip() for row in re.findall(r"^\| (.+?) \|", section, re.MULTILINE)][1:]


def test_every_question_of_the_docs_is_asked_or_named(forge: Forge, scratch: Project, run: Run) -> None:
    code, told = ask(run, forge)

    assert code == 0, told
    results = told["results"]
    assert sorted(one["row"] for one in results) == sorted(rows_of(forge.name))
    settled = {one["row"] for one in results if "found" in one}
    assert len(settled) >= 5, results
    assert settled.isdisjoint(QUESTIONS[forge.name].BEYOND)
    assert (told["left"], told["trouble"]) == ([], "")
    assert there(scratch) == []
    assert not Path(live.LEDGER).exists()


def test_it_keeps_within_its_bounds(forge: Forge, scratch: Project, run: Run) -> None:
    assert ask(run, forge)[0] == 0
    requests = forge.sandbox.requests
    assert len(requests) <= REQUESTS
    assert len([one for one in requests if one.method != "GET" and "graphql" not in one.path]) <= WRITES
    assert scratch.path == "acme/scratch"


def test_people_are_told_which_row_is_settled_and_how(forge: Forge, scratch: Project, run: Run) -> None:
    text = run("doctor", "--live", f"{forge.name}:{scratch.path}").stdout
    assert re.search(r"  settled  .+\n           → .+, as assumed\n", text)
    assert re.search(r"  open     .+\n           it takes an account that is deleted\n", text)
    assert re.search(
        r"\n\d+ of \d+ questions are settled: please report what you found, for docs/live-checks.md", text
    )
    assert re.search(r"\n\d+ of 70 requests, \d+ of 30 writes\.\n", text)
    assert forge.bot.token not in text


def test_an_app_settles_what_is_open_to_tokens(
    forge: Forge, scratch: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    if forge.name != "github":
        pytest.skip("GitHub only")
    forge.world.rename_account(forge.bot, "incident-bot[bot]")
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    monkeypatch.delenv("TRACKER_BRIDGE_GITHUB__TOKEN")
    monkeypatch.setenv("TRACKER_BRIDGE_GITHUB__APP_ID", str(forge.bot.id))
    monkeypatch.setenv("TRACKER_BRIDGE_GITHUB__PRIVATE_KEY", pem)

    code, told = ask(run, forge)

    found = {one["row"]: one["found"] for one in told["results"] if "found" in one}
    assert code == 0, told
    assert found[github.CREATOR] == "under incident-bot[bot]"
    assert found[github.NO_HOOK] == "404"
    assert there(scratch) == []


# Where it may


def test_a_project_that_does_not_say_so_is_refused_unless_its_name_is_repeated(
    forge: Forge, scratch: Project, run: Run
) -> None:
    latest = forge.world.add_project("acme/latest", forge.name)
    forge.world.add_member(latest, forge.bot, Access.ADMIN)
    asked = len(forge.sandbox.requests)

    refused = run("doctor", "--live", f"{forge.name}:acme/latest")
    assert refused.exit_code == 2
    assert "--scratch acme/latest" in refused.output
    assert run("doctor", "--live", f"{forge.name}:acme/latest", "--scratch", "acme/scratch").exit_code == 2
    assert run("doctor", "--live").exit_code == 2
    assert len(forge.sandbox.requests) == asked

    assert run("doctor", "--live", f"{forge.name}:acme/latest", "--scratch", "acme/latest").exit_code == 0
    assert there(latest) == there(scratch) == []


@pytest.mark.parametrize(
    ("name", "may"),
    [
        *(
            (name, True)
            for name in ("scratch", "my-sandbox", "bridge_test", "TESTS", "playground.2", "x-scratch-y")
        ),
        *((name, False) for name in ("latest", "contest", "test-infra", "scratchpad", "api")),
    ],
)
def test_what_a_name_must_say(name: str, *, may: bool) -> None:
    assert live.is_scratch(f"sandbox/{name}") is may


# What it leaves behind


def test_without_the_right_to_delete_the_issue_is_closed_and_empty(
    forge: Forge, scratch: Project, run: Run
) -> None:
    forge.world.add_member(scratch, forge.bot, Access.WRITE)
    code, told = ask(run, forge)

    [ticket] = there(scratch)
    assert (ticket.open, ticket.comments) == (False, [])
    assert ticket.kind == "issue"
    assert ticket.title == f"{TITLE} (over)"
    assert len(told["left"]) == 1
    assert "closed and empty" in told["left"][0]
    assert code == 0
    assert ask(run, forge)[0] == 0, "the next run makes one of its own"
    assert not Path(live.LEDGER).exists()


class Cut(Bounds):
    """Is cut off at a write: before it is sent, or after it was answered."""

    at, after, seen = 0, False, 0

    def take(self, *, write: bool) -> None:
        super().take(write=write)
        Cut.seen += write
        if write and Cut.seen == Cut.at and not Cut.after:
            raise KeyboardInterrupt

    def __call__(self, event: object) -> None:
        super().__call__(event)  # type: ignore[arg-type]  # handed through
        if isinstance(event, Asked) and Cut.seen == Cut.at and Cut.after:
            Cut.at = 0
            raise KeyboardInterrupt


@pytest.mark.parametrize("after", [False, True])
def test_a_run_that_is_cut_off_at_any_write_is_tidied_up_by_the_next(
    forge: Forge, scratch: Project, run: Run, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    whole = ask(run, forge)[1]
    writes = int(re.findall(r"(\d+) of 30 writes", whole["sent"])[0])
    for at in one_in(2, range(1, writes + 1), after):
        for name, value in {"at": at, "after": after, "seen": 0}.items():
            monkeypatch.setattr(Cut, name, value)
        monkeypatch.setattr(live, "Bounds", Cut)
        cut = run("doctor", "--live", f"{forge.name}:acme/scratch")
        assert cut.exit_code == 1
        assert len(there(scratch)) <= 1
        assert Ledger(Path(live.LEDGER)).left, "what was made, or was about to be, is known"

        monkeypatch.setattr(live, "Bounds", Bounds)
        code, told = ask(run, forge)
        assert (code, told["left"], told["trouble"]) == (0, [], "")
        assert there(scratch) == []
        assert not Path(live.LEDGER).exists()


def test_an_issue_whose_making_was_not_answered_is_found_and_taken_away(
    forge: Forge, scratch: Project, run: Run
) -> None:
    forge.sandbox.faults.add(Lose(done=True), method="POST", path="/issues$")
    code, told = ask(run, forge)
    assert code == 1
    assert told["trouble"]
    assert told["left"] == []
    assert len(scratch.tickets) == 1
    assert there(scratch) == []


def test_what_cannot_be_tidied_up_stays_in_the_ledger_and_nothing_else_is_asked(
    forge: Forge, scratch: Project, run: Run
) -> None:
    forge.sandbox.faults.add(FaultResponse(502), method="GET", path="/issues/1$", times=100)
    code, told = ask(run, forge)
    assert code == 1
    assert "run this again" in told["left"][0]
    made = len(scratch.tickets)
    assert ask(run, forge)[0] == 1
    assert len(scratch.tickets) == made

    forge.sandbox.faults.clear()
    assert ask(run, forge)[0] == 0
    assert there(scratch) == []


def test_an_issue_that_somebody_renamed_is_left_alone(forge: Forge, scratch: Project, run: Run) -> None:
    ledger = Ledger(Path(live.LEDGER))
    ticket = forge.world.open_ticket(scratch, forge.alice, "Our own notes")
    ledger.made(ledger.begin(forge.name, scratch.path, "issue"), ticket.number)
    code, told = ask(run, forge)
    assert (code, there(scratch)) == (0, [ticket])
    assert "is it someone else's?" in told["left"][0]


def test_half_a_line_in_the_ledger_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    first = Ledger(path).begin("github", "acme/scratch", "issue")
    path.write_text(path.read_text("utf-8") + '{"tracker": "git')
    second = Ledger(path)
    assert second.left == (first,)
    again = second.begin("github", "acme/scratch", "comment")
    assert Ledger(path).left == (first, again)
