"""A bridge beside the sandbox, both forges at once; nothing runs by itself."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.intake.monitored import SECRET as ALERTS_SECRET
from tests.wire import switched
from tests.worker.conftest import Clock
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.switchboard import Switchboard
from tracker_bridge.sandbox.world import Account, Project, World
from tracker_bridge.serving.runtime import Runtime, open_runtime
from tracker_bridge.settings import Settings


def _github(project: str, number: int) -> dict[str, object]:
    repository, issue = {"full_name": project}, {"number": number}
    return {"action": "opened", "repository": repository, "issue": issue, "sender": {"id": 5}}


def _gitlab(project: str, number: int) -> dict[str, object]:
    where, issue = {"path_with_namespace": project}, {"iid": number}
    return {"object_kind": "issue", "project": where, "object_attributes": issue, "user": {"id": 5}}


BODIES = {"github": _github, "gitlab": _gitlab}
EVENTS = {"github": "issues", "gitlab": "Issue Hook"}

SECRET = "a webhook secret of the tests"
OPERATOR = "a token of whoever keeps it running"


@dataclass
class House:
    """``projects`` are one on each forge, by its name."""

    runtime: Runtime
    sandbox: Switchboard
    clock: Clock
    projects: dict[str, Project]
    bot: Account
    alice: Account

    @cached_property
    def web(self) -> FlaskClient:
        return self.runtime.web().test_client()

    def get(self, path: str, *, accept: str = "text/plain", **environ: str) -> TestResponse:
        headers = {"Accept": accept}
        given = {"REMOTE_ADDR": "127.0.0.1", **environ}
        return self.web.get(path, headers=headers, environ_overrides=given)

    @property
    def health(self) -> Any:
        return json.loads(self.get("/health", accept="application/json").text)

    def numbers(self) -> dict[str, float]:
        lines = self.get("/metrics").text.splitlines()
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}

    def deliver(self, tracker: str, delivery: Any, event: str, *, secret: str = SECRET) -> int:
        body = json.dumps(delivery).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "github": {"X-Hub-Signature-256": f"sha256={signature}", "X-GitHub-Event": event},
            "gitlab": {"X-Gitlab-Token": secret, "X-Gitlab-Event": event},
        }[tracker]
        return self.web.post(f"/hooks/{tracker}", data=body, headers=headers).status_code

    def alert(self, body: bytes, secret: str = ALERTS_SECRET, name: str = "prod") -> int:
        headers = {"Authorization": f"Bearer {secret}"}
        return self.web.post(f"/alerts/{name}", data=body, headers=headers).status_code

    def work_on_alerts(self) -> None:
        while self.runtime.alerts is not None and self.runtime.alerts.desk.step():
            pass

    def look(self) -> None:
        """Reconcile all that is due, the old issues of a sweep as well, which are due one after the other."""
        self.clock.forward(1)
        while self.runtime.worker.reconcile_once():
            pass

    def sweep(self, seconds: float = 300) -> None:
        self.clock.forward(seconds)
        self.runtime.sweep.once()


def settings(sandbox: Switchboard, token: str, queue: Path, **more: Any) -> Settings:
    shared = {"token": token, "projects": ["acme/api"]}
    github = {**shared, "url": sandbox.github_url, "webhook_secrets": [SECRET], "seconds_between_writes": 0}
    gitlab = {**shared, "url": sandbox.gitlab_url, "webhook_tokens": [SECRET]}
    own = {"github": github, "gitlab": gitlab, "queue": str(queue), "operator_token": OPERATOR}
    return Settings.model_validate({**own, "repository_settings": False, **more})


def source(forge: str) -> dict[str, Any]:
    """Return a source of alerts that become incidents there."""
    return {"name": "prod", "kind": "alertmanager", "project": f"{forge}:acme/api", "secrets": [ALERTS_SECRET]}


@contextmanager
def a_house(folder: Path, **more: Any) -> Iterator[House]:
    """``more`` are settings."""
    clock = Clock()
    world = World(clock)
    alice, bot = world.add_account("alice"), world.add_account("incident-bot", bot=True)
    projects = {}
    for forge in ("github", "gitlab"):
        projects[forge] = world.add_project("acme/api", forge)
        for account in (alice, bot):
            world.add_member(projects[forge], account, Access.MAINTAIN)
    with switched(world) as sandbox:
        chosen = settings(sandbox, bot.token, folder / "queue.sqlite3", **more)
        with open_runtime(chosen, clock, clock.seconds) as runtime:
            yield House(runtime, sandbox, clock, projects, bot, alice)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path) as house:
        yield house
