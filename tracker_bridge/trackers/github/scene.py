"""The scratch repository on which :mod:`.live` tries everything, and the requests to it."""

import json
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tracker_bridge.trackers import Busy, Denied, Gone
from tracker_bridge.trackers.github.checkup.identity import Identity
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.live import OVER, Bounds

_DELETE: Final = "mutation($input: DeleteIssueInput!) { deleteIssue(input: $input) { clientMutationId } }"

Json = dict[str, Any]


@dataclass(slots=True)
class Scene:
    """A scratch repository, and the issue and the comment in it that everything is tried on."""

    client: Client
    project: str
    bounds: Bounds
    pause: Callable[[float], None]
    who: Identity | None = None
    repository: Json = field(default_factory=dict)
    issue: Json = field(default_factory=dict)
    comment: Json = field(default_factory=dict)
    removers: str = "an administrator"

    def rest(
        self, verb: str, path: str, body: Mapping[str, Any] | None = None, fine: Container[int] = ()
    ) -> tuple[int, Any, Mapping[str, str]]:
        """Send one request; ``path`` is below the repository unless it begins with a slash."""
        self.bounds.take(write=verb != "GET")
        whole = path if path.startswith("/") else f"/repos/{self.project}{path and '/'}{path}"
        action = f"try {verb} {path or 'the repository'} of github:{self.project}"
        answer = self.client.send(action, verb, whole, project=self.project, body=body, fine=fine)
        return answer.status, as_json(answer.text), answer.headers

    def graphql(self, text: str, variables: Mapping[str, Any], *, write: bool = False) -> Json:
        self.bounds.take(write=write)
        answer = self.client.query(
            f"ask GraphQL about github:{self.project}", text, variables, project=self.project
        )
        told = as_json(answer.text)
        return told if isinstance(told, dict) else {}

    def comment_now(self) -> Json:
        return dict(self.rest("GET", f"issues/comments/{self.comment['id']}")[1])

    def issue_now(self) -> Json:
        return dict(self.rest("GET", f"issues/{self.issue['number']}")[1])

    def open(self, title: str, text: str) -> int:
        self.issue = self.rest("POST", "issues", {"title": title, "body": text})[1]
        return int(self.issue["number"])

    def write(self, text: str) -> int:
        self.comment = self.rest("POST", f"issues/{self.issue['number']}/comments", {"body": text})[1]
        return int(self.comment["id"])

    def find(self, mark: str) -> int | None:
        listed = self.rest("GET", "issues?state=all&sort=created&direction=desc&per_page=50")[1]
        return next((int(one["number"]) for one in listed if mark in one["title"]), None)

    def take(self, number: int) -> str:
        self.issue = self.rest("GET", f"issues/{number}")[1]
        return str(self.issue["title"])

    def delete(self) -> bool:
        try:
            told = self.graphql(_DELETE, {"input": {"issueId": self.issue["node_id"]}}, write=True)
        except (Denied, Gone):
            return False
        return (told.get("data") or {}).get("deleteIssue") is not None

    def empty(self) -> None:
        place = f"issues/{self.issue['number']}"
        for one in self.rest("GET", f"{place}/comments?per_page=100")[1]:
            if (one.get("user") or {}).get("id") == self.issue["user"]["id"]:
                self.rest("DELETE", f"issues/comments/{one['id']}", fine=(404,))
        self.rest("PATCH", place, {"state": "closed", "title": OVER, "body": "It may be deleted."})

    def edit(self, text: str) -> None:
        self.pause(1.1)
        self.rest("PATCH", f"issues/comments/{self.comment['id']}", {"body": text})


def as_json(text: str) -> Any:
    """Return what the text says; ``None`` for nothing."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        raise Busy("GitHub's answer is malformed", 60.0) from None
