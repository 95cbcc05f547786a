"""
Everything the demo needs, on this machine: a sandbox with both forges, and the real bridge beside it.

The bridge is the product as it is served: it gets signed webhooks over HTTP and talks to the forges through
their clients. Only the forges are not real.
"""

import json
import secrets
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tracker_bridge.demo.story import BODY, SETTINGS, TEAM, TITLE, Step
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.sandbox.world import Account, Hook, Project, Ticket, World
from tracker_bridge.serving.runtime import Runtime, open_runtime
from tracker_bridge.settings import FILE, Settings

BOT = "incident-bot"


SOON = timedelta(seconds=5)
"""What the bridge means to do within this time is waited for."""


class DemoClock:
    """The time of the world and of the bridge: the real one, until it is set; it goes on from there."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def set(self, at: datetime) -> None:
        self._ahead = at - datetime.now(UTC)

    def seconds(self) -> float:
        """The same time, for what waits."""
        return self().timestamp()

    def run(self) -> None:
        """Tell the real time again."""
        self._ahead = timedelta()


@dataclass(frozen=True, slots=True)
class DemoEnvironment:
    """
    ``projects`` are one on GitHub and one on GitLab; other programs reach them with the ``settings`` file. ``url``
    is the bridge's own, where its pages are.
    """

    world: World
    clock: DemoClock
    sandbox: Sandbox
    runtime: Runtime
    projects: tuple[Project, ...]
    settings: Path
    url: str

    def person(self, login: str) -> Account:
        account = self.world.account(login)
        if account is None:
            raise LookupError(f"nobody is called {login}")
        return account

    def open_tickets(self, at: datetime) -> list[Ticket]:
        """Open the story's issue in every project."""
        self.clock.set(at)
        return [self.world.open_ticket(one, self.person("bob"), TITLE, BODY) for one in self.projects]

    def play(self, step: Step, tickets: list[Ticket], begun: datetime) -> None:
        """Let a person do something in every ticket, and wait until the bridge has answered."""
        self.sandbox.hooks.hold()
        self.clock.set(begun + step.after)
        for ticket in tickets:
            if step.label:
                self.world.label(ticket, self.person(step.who), step.label)
            elif step.text:
                self.world.comment(ticket, self.person(step.who), step.said(begun))
        self.sandbox.hooks.release()
        self.runtime.queue.wake()  # what became due meanwhile is looked at now, after what was said
        self.settle()

    def page(self, ticket: Ticket) -> str:
        """Return the address where a browser shows the issue."""
        if ticket.project.forge == "github":
            return f"{self.sandbox.url}/{ticket.project.path}/issues/{ticket.number}"
        return f"{self.sandbox.gitlab_url}/{ticket.project.path}/-/issues/{ticket.number}"

    def settle(self, timeout: float = 30.0) -> None:
        """Wait until every webhook is delivered and the bridge has nothing left to do."""
        end = time.monotonic() + timeout
        before: tuple[int, int] | None = None
        while time.monotonic() < end:
            self.sandbox.hooks.settle(timeout)
            sent = len(self.sandbox.hooks.log), len(self.world.chat)
            rests = self._rests()
            if rests and sent == before:  # twice: each part may have given another one work while that was asked
                return
            before = sent if rests else None
            time.sleep(0.01)
        raise TimeoutError(f"the bridge was not done after {timeout:.0f} s")

    def _rests(self) -> bool:
        stats = self.runtime.queue.stats()
        sent = self.runtime.messenger is None or self.runtime.messenger.courier.rest(0)
        return sent and not stats.held and (stats.next_at is None or stats.next_at > self.clock() + SOON)


BOARD_TOKEN: Final = "demo-demo-demo-demo-demo"  # noqa: S105 - nothing is behind it
"""What the board asks for; both are on this machine, and gone when the demo ends."""


@contextmanager
def open_demo(port: int) -> Iterator[DemoEnvironment]:
    """Start the sandbox on ``port`` (0: any free one) and the bridge beside it; stop both at the end."""
    clock = DemoClock()
    world = World(clock)
    bot = world.add_account(BOT, "Incident Bot", bot=True, token=secrets.token_hex(20))
    for login, (name, _) in TEAM.items():
        world.add_account(login, name)
    projects = (_project(world, bot, "acme/shop", "github"), _project(world, bot, "acme/platform", "gitlab"))
    secret = secrets.token_hex(20)
    signing = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    with Sandbox(world, port) as sandbox, tempfile.TemporaryDirectory(prefix="tracker-bridge-") as folder:
        github: dict[str, object] = {"url": sandbox.github_url, "token": bot.token, "projects": [projects[0].path]}
        gitlab: dict[str, object] = {"url": sandbox.gitlab_url, "token": bot.token, "projects": [projects[1].path]}
        key = secrets.token_hex(20)
        settings = Settings.model_validate(
            {
                "github": {**github, "webhook_secrets": [secret], "seconds_between_writes": 0},
                "gitlab": {**gitlab, "signing_tokens": [signing]},
                "queue": str(Path(folder) / "queue.sqlite3"),
                "signing_key": key,
                "sweep_every": timedelta(minutes=1),
                "notify": _notify(sandbox.url),
                "status_page": {"serve": True, "title": "Acme status", "projects": ["github:acme/shop"]},
                "board": {"token": BOARD_TOKEN},
            }
        )
        file = Path(folder) / FILE
        others = {"signing_key": key, "queue": str(Path(folder) / "commands.sqlite3")}
        _write_settings(file, others, {"github": github, "gitlab": gitlab})
        with (
            open_runtime(settings, clock, clock.seconds) as runtime,
            _served(runtime.web(settle=timedelta())) as url,
        ):
            _subscribe(world, projects, url, secret, signing)
            runtime.start()
            try:
                yield DemoEnvironment(world, clock, sandbox, runtime, projects, file, url)
            finally:
                runtime.stop(5)


def _notify(url: str) -> list[dict[str, object]]:
    """Return the team's room, and the one that customers read, in the chat beside the forges."""
    chat = f"mattermost+{url}/chat"
    told = ["declared", "severity", "phase", "resolved"]
    return [
        {"name": "ops-room", "address": f"{chat}/ops-room", "secret": "demo", "wants": told},
        {"name": "status-room", "address": f"{chat}/status-room", "secret": "demo"},
    ]


def _write_settings(
    file: Path, settings: Mapping[str, object], tables: Mapping[str, Mapping[str, object]]
) -> None:
    """Write settings for other programs of whoever runs the demo. JSON's strings and lists are TOML's as well."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    for table, values in tables.items():
        lines += [f"[{table}]", *(f"{name} = {json.dumps(value)}" for name, value in values.items())]
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _project(world: World, bot: Account, path: str, forge: str) -> Project:
    project = world.add_project(path, forge)
    project.files[f".{forge}/{FILE}"] = SETTINGS
    world.add_member(project, bot, Access.WRITE)
    for login, (_, access) in TEAM.items():
        account = world.account(login)
        if account is not None:
            world.add_member(project, account, access)
    return project


def _subscribe(world: World, projects: tuple[Project, ...], url: str, secret: str, signing: str) -> None:
    """Set the webhooks up as the README tells."""
    github, gitlab = projects
    events: dict[str, object] = {"events": ["issues", "issue_comment"]}
    flags = ("issues_events", "confidential_issues_events", "note_events", "confidential_note_events")
    number = world.next_id()
    github.hooks[number] = Hook(number, f"{url}/hooks/github", secret=secret, settings=events)
    number = world.next_id()
    gitlab.hooks[number] = Hook(
        number, f"{url}/hooks/gitlab", signing_token=signing, settings=dict.fromkeys(flags, True)
    )


class _Quiet(WSGIRequestHandler):
    """The receiver's requests are no news in a demo."""

    def log_request(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="receiver")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
