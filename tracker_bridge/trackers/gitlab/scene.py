"""The scratch project on which :mod:`.live` tries everything, and the requests to it."""

from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from pydantic import RootModel

from tracker_bridge.trackers import Denied, Gone
from tracker_bridge.trackers.gitlab.client import Client, project_path
from tracker_bridge.trackers.live import OVER, Bounds

Json = dict[str, Any]


class _Any(RootModel[Any]):
    """Whatever came."""


@dataclass(slots=True)
class Scene:
    """A scratch project, and the issue and the comment in it that everything is tried on."""

    client: Client
    project: str
    bounds: Bounds
    issue: Json = field(default_factory=dict)
    note: Json = field(default_factory=dict)
    removers: str = "the role Owner"

    def get(self, path: str) -> Any:
        """``path`` is below the project unless it begins with a slash."""
        self.bounds.take(write=False)
        return self.client.get(self._path(path), f"try GET {path} of gitlab:{self.project}", _Any).root

    def post(self, path: str, body: Json) -> Json:
        self.bounds.take(write=True)
        action = f"try POST {path} of gitlab:{self.project}"
        return dict(self.client.post(self._path(path), action, body, _Any).root)

    def put(self, path: str, body: Json) -> Json:
        self.bounds.take(write=True)
        action = f"try PUT {path} of gitlab:{self.project}"
        return dict(self.client.put(self._path(path), action, body, _Any).root)

    def remove(self, path: str) -> None:
        self.bounds.take(write=True)
        self.client.delete(self._path(path), f"try DELETE {path} of gitlab:{self.project}")

    def graphql(self, text: str, *, write: bool = False, **variables: Any) -> Json:
        self.bounds.take(write=write)
        action = f"ask GraphQL about gitlab:{self.project}"
        return dict(self.client.ask(text, action, _Any, **variables).root)

    def open(self, title: str, text: str) -> int:
        self.issue = self.post("issues", {"title": title, "description": text})
        return int(self.issue["iid"])

    def write(self, text: str) -> int:
        self.note = self.post(f"{self.place}/notes", {"body": text})
        return int(self.note["id"])

    def find(self, mark: str) -> int | None:
        listed = self.get("issues?scope=all&state=all&order_by=created_at&sort=desc&per_page=50")
        return next((int(one["iid"]) for one in listed if mark in one["title"]), None)

    def take(self, number: int) -> str:
        self.issue = self.get(f"issues/{number}")
        return str(self.issue["title"])

    def delete(self) -> bool:
        try:
            self.remove(self.place)
        except Gone:
            return True
        except Denied:
            if self.client.status == HTTPStatus.UNAUTHORIZED:
                raise
            return False
        return True

    def empty(self) -> None:
        """A bridge that serves the project would take it for an incident, so it is none any more."""
        for one in self.get(f"{self.place}/notes?activity_filter=only_comments&per_page=100"):
            if one["author"]["id"] == self.issue["author"]["id"]:
                with suppress(Gone):
                    self.remove(f"{self.place}/notes/{one['id']}")
        last = {"state_event": "close", "title": OVER, "description": "It may be deleted.", "issue_type": "issue"}
        self.put(self.place, last)

    def _path(self, path: str) -> str:
        return path if path.startswith("/") else f"{project_path(self.project)}/{path}"

    @property
    def place(self) -> str:
        return f"issues/{self.issue['iid']}"
