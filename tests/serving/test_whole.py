"""The whole corridor as a user runs it: ``tracker-bridge serve`` beside a forge, each in a process of its own."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.conftest import Program, Start, eventually
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.queue.key_file import found_key
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.sandbox.switchboard import Switchboard
from tracker_bridge.sandbox.world import Account, Hook, Project, Ticket, World

SECRET = "a webhook secret of the tests"
SCOPES = ("issues_events", "note_events", "confidential_issues_events", "confidential_note_events")


class Town:
    """A forge with one project, a person, and the bot's account."""

    def __init__(self, forge: str, sandbox: Switchboard) -> None:
        self.forge = forge
        self.sandbox = sandbox
        world = sandbox.world
        self.project: Project = world.add_project("acme/api", forge)
        self.alice: Account = world.add_account("alice")
        self.bot: Account = world.add_account("incident-bot", bot=True)
        for account in (self.alice, self.bot):
            world.add_member(self.project, account, Access.MAINTAIN)

    def environ(self, queue: Path | str, **settings: str) -> dict[str, str]:
        url = self.sandbox.github_url if self.forge == "github" else self.sandbox.gitlab_url
        table = {
            "url": url,
            "token": self.bot.token,
            "projects": '["acme/api"]',
            "webhook_secrets" if self.forge == "github" else "webhook_tokens": json.dumps([SECRET]),
        }
        if self.forge == "github":
            table["seconds_between_writes"] = "0"
        own = {f"{self.forge}__{name}": value for name, value in table.items()}
        given = {**own, "queue": str(queue), "port": "0", **settings}
        return {f"TRACKER_BRIDGE_{name.upper()}": value for name, value in given.items()}

    def connect(self, program: Program) -> None:
        """Let the project's webhook call the program, once its sweep cannot find what comes any more."""
        program.answers()
        eventually(lambda: "swept 1 projects" in program.log.read_text(), "the first round of the sweep")
        url = f"http://127.0.0.1:{program.port}/hooks/{self.forge}"
        settings: dict[str, object] = dict.fromkeys(SCOPES, True)
        self.project.hooks[1] = Hook(1, url, secret=SECRET, settings=settings)

    def report(self) -> Ticket:
        """Open an issue and declare the incident."""
        ticket = self.sandbox.world.open_ticket(self.project, self.alice, "The API answers 500")
        self.sandbox.world.comment(ticket, self.alice, "/incident declare")
        return ticket


def documents(ticket: Ticket) -> list[str | None]:
    return [key_of(note.body) for note in ticket.comments if note.author.bot]


@pytest.fixture(params=["github", "gitlab"])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    with Sandbox(World()) as sandbox:
        yield Town(request.param, sandbox)


@pytest.fixture
def queue(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite3"


def test_a_webhook_leads_to_the_status_comment(town: Town, queue: Path, start: Start, fork: Start) -> None:
    """GitHub's starts as people start it, and GitLab's does in test_roles.py."""
    begin = start if town.forge == "github" else fork
    program = begin("tracker_bridge", "serve", environ=town.environ(queue))
    town.connect(program)
    ticket = town.report()

    eventually(lambda: "status" in documents(ticket), "the status comment")
    program.process.send_signal(signal.SIGTERM)
    assert program.ends() == 0
    assert documents(ticket).count("status") == 1
    assert found_key(queue), "made at the first start"


def test_without_webhooks_the_sweep_finds_it(town: Town, queue: Path, fork: Start) -> None:
    program = fork("tracker_bridge", "work", environ=town.environ(queue, sweep_every="1s"))
    eventually(lambda: "swept 1 projects" in program.log.read_text(), "the first round of the sweep")
    ticket = town.report()

    eventually(lambda: "status" in documents(ticket), "the status comment")
    program.process.send_signal(signal.SIGINT)
    assert program.ends() == 0


def test_what_came_while_it_was_killed_is_seen_after_the_restart(town: Town, queue: Path, fork: Start) -> None:
    program = fork("tracker_bridge", "serve", environ=town.environ(queue))
    town.connect(program)
    program.process.kill()
    eventually(lambda: program.request("GET", "/healthz") == 0, "that the worker ends too")
    ticket = town.report()

    fork("tracker_bridge", "serve", environ=town.environ(queue))
    eventually(lambda: "status" in documents(ticket), "the status comment")


def test_a_second_server_on_the_same_queue_says_why_it_does_not_start(
    town: Town, queue: Path, fork: Start
) -> None:
    town.connect(fork("tracker_bridge", "serve", environ=town.environ(queue)))
    second = fork("tracker_bridge", "serve", environ=town.environ(queue))

    assert second.ends() == 1
    assert "in use by another process" in second.log.read_text()
    assert "Traceback" not in second.log.read_text()
