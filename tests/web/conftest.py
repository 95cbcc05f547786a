"""The web application in front of the real adapters, with a queue in memory."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from tests.worker.conftest import Clock
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.trackers import Tracker
from tracker_bridge.trackers.github.tracker import GitHubTracker, Token
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker
from tracker_bridge.web import create_app

GITHUB_SECRETS = ("the current secret of the tests", "the next secret of the tests")
GITLAB_TOKENS = ("the current token of the tests", "the next token of the tests")

COMMENTED = {
    "action": "created",
    "repository": {"full_name": "acme/api"},
    "issue": {"number": 12},
    "comment": {"id": 77, "body": "/incident severity sev1", "updated_at": "2026-11-23T12:00:00Z"},
    "sender": {"id": 5},
}
NOTED = {
    "object_kind": "note",
    "project": {"path_with_namespace": "acme/web"},
    "object_attributes": {"id": 88, "noteable_type": "Issue", "updated_at": "2026-11-23T12:00:00Z"},
    "issue": {"iid": 3},
    "user": {"id": 5},
}


@dataclass
class Web:
    """What the tests speak to, and what came of it."""

    app: Flask
    queue: SqliteQueue
    clock: Clock
    sweeps: list[None] = field(default_factory=list)

    @property
    def client(self) -> Client:
        return self.app.test_client()

    def github(
        self,
        delivery: Any,
        *,
        secret: str = GITHUB_SECRETS[0],
        headers: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """Deliver as GitHub does: bytes as they are, anything else as JSON."""
        body = delivery if isinstance(delivery, bytes) else json.dumps(delivery).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        signed = {"X-Hub-Signature-256": f"sha256={signature}", "X-GitHub-Event": "issue_comment"}
        given = {**signed, **(headers or {})}
        return self.client.post("/hooks/github", data=body, headers=given, environ_overrides=environ)

    def gitlab(self, delivery: Any, *, token: str = GITLAB_TOKENS[0]) -> TestResponse:
        body = delivery if isinstance(delivery, bytes) else json.dumps(delivery).encode()
        return self.client.post("/hooks/gitlab", data=body, headers={"X-Gitlab-Token": token})

    @property
    def waiting(self) -> int:
        return self.queue.stats().waiting


@pytest.fixture
def trackers() -> Iterator[Mapping[str, Tracker]]:
    github = GitHubTracker("https://api.github.invalid", Token("x"), ["acme/api"], GITHUB_SECRETS)
    gitlab = GitLabTracker("https://gitlab.invalid", "x", ["acme/web"], GITLAB_TOKENS)
    yield {"github": github, "gitlab": gitlab}
    github.close()


@pytest.fixture
def web(trackers: Mapping[str, Tracker]) -> Iterator[Web]:
    queue, clock, sweeps = SqliteQueue(":memory:"), Clock(), list[None]()
    app = create_app(trackers, queue, clock=clock, sweep_soon=lambda: sweeps.append(None))
    yield Web(app, queue, clock, sweeps)
    queue.close()
