"""Every delivery that GitHub publishes as an example, signed, is taken by the bridge; unsigned, none is."""

import hashlib
import hmac
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask.testing import FlaskClient

from tests.conformance.packages import Unavailable, member
from tests.conformance.report import Report
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.trackers.github.tracker import GITHUB_COM, GitHubTracker, Token
from tracker_bridge.web import create_app

PACKAGE, VERSION = "@octokit/webhooks-examples", "7.6.1"
SECRET = "a webhook secret of the conformance run"
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def check(report: Report) -> None:
    try:
        file = member(PACKAGE, VERSION, "api.github.com/index.json")
    except Unavailable as error:
        report.bad(str(error))
        return
    examples = [
        (str(event["name"]), body) for event in json.loads(file.read_text("utf-8")) for body in event["examples"]
    ]
    projects = sorted({body["repository"]["full_name"] for _, body in examples if "repository" in body})
    tracker = GitHubTracker(GITHUB_COM, Token("unused"), projects, [SECRET])
    try:
        _deliver(report, tracker, examples)
    finally:
        tracker.close()


def _deliver(report: Report, tracker: GitHubTracker, examples: list[tuple[str, dict[str, Any]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        queue = SqliteQueue(Path(folder) / "queue.sqlite3")
        lost: list[str] = []
        app = create_app({"github": tracker}, queue, clock=lambda: NOON, sweep_soon=lambda: lost.append("lost"))
        client = app.test_client()
        try:
            for place, (name, body) in enumerate(examples):
                _one(report, client, f"{name} {body.get('action', '')} (example {place})", name, body)
            wanted = {str(ref) for name, body in examples if (ref := _hinted(name, body))}
            seen = {str(taken.ref) for taken in iter(lambda: queue.take(NOON.replace(hour=13)), None)}
        finally:
            queue.close()
    if lost or seen != wanted:
        report.bad(f"looks wanted at {sorted(wanted)}, queued at {sorted(seen)}, {len(lost)} lost")
    else:
        report.good()
    report.say(f"  {len(examples)} examples: as JSON, as a form, and forged; {len(seen)} issues to look at")


def _one(report: Report, client: FlaskClient, what: str, name: str, body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    form = urlencode({"payload": raw}).encode()
    for shown, sent, kind, signed, expected in (
        ("JSON", raw, "application/json", raw, 202),
        ("a form", form, "application/x-www-form-urlencoded", form, 202),
        ("another's signature", raw, "application/json", raw + b" ", 401),
    ):
        headers = {
            "X-GitHub-Event": name,
            "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
            "X-Hub-Signature-256": f"sha256={hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()}",
        }
        status = client.post("/hooks/github", data=sent, content_type=kind, headers=headers).status_code
        if status == expected:
            report.good()
        else:
            report.bad(f"{what} as {shown}: {status}, not {expected}")


def _hinted(name: str, body: dict[str, Any]) -> IssueRef | None:
    """Return the issue that an example speaks of; pull requests are none."""
    if name not in {"issues", "issue_comment"} or "pull_request" in body["issue"]:
        return None
    return IssueRef("github", body["repository"]["full_name"], body["issue"]["number"])
