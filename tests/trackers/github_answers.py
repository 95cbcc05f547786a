"""GitHub's answers, as small as they can be, and a tracker that gets them through ``responses``."""

from typing import Any

import responses
from responses import matchers

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers._pace import UNLIMITED
from tracker_bridge.trackers.github.tracker import GITHUB_COM, GitHubTracker, Token

API = "https://api.github.com:443"  # PyGithub writes the port out
REPO = f"{API}/repos/acme/api"
REF = IssueRef("github", "acme/api", 7)
SECRET = "ghp_thisMustNeverBeShown"
BOT = {"id": 1, "login": "incident-bot", "type": "User"}
RITA = {"id": 2, "login": "rita", "type": "User"}
ALICE = {"id": 3, "login": "alice", "type": "User"}
EARLY, LATE = "2026-11-02T09:00:00Z", "2026-11-02T10:00:00Z"


class Hands:
    """A clock that goes only when it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def tracker(**more: Any) -> GitHubTracker:
    options: dict[str, Any] = {"pace": UNLIMITED, "webhook_secrets": ["It's a Secret to Everybody"]}
    return GitHubTracker(GITHUB_COM, Token(SECRET), ["acme/api"], **options | more)


def issue(**more: Any) -> dict[str, Any]:
    return {
        "id": 70,
        "node_id": "I_7",
        "number": 7,
        "repository_url": "https://api.github.com/repos/acme/api",
        "html_url": "https://github.com/acme/api/issues/7",
        "title": "API down",
        "body": "text",
        "user": RITA,
        "created_at": EARLY,
        "updated_at": EARLY,
        "state": "open",
        "labels": [],
        "comments": 0,
    } | more


def comment(id_: int, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "node_id": f"IC_{id_}",
        "issue_url": "https://api.github.com/repos/acme/api/issues/7",
        "html_url": f"https://github.com/acme/api/issues/7#issuecomment-{id_}",
        "user": RITA,
        "created_at": EARLY,
        "updated_at": EARLY,
        "body": f"comment {id_}",
        "minimized": None,
    } | more


def refer(mock: responses.RequestsMock, *events: dict[str, Any] | None, **answer: Any) -> None:
    """Let GraphQL tell, once asked, what refers to the issue; ``answer`` stands in for all it says."""
    told = {"data": {"repository": {"issue": {"timelineItems": {"nodes": list(events)}}}}}
    variables = {"owner": "acme", "name": "api", "number": 7}
    asked = matchers.json_params_matcher({"variables": variables}, strict_match=False)
    mock.post(f"{API}/graphql", match=[asked], **(answer or {"json": told}))
