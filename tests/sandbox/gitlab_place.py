"""A GitLab project in a world of its own, people of each level, and how to speak to the face over HTTP."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.world import Account, Note, Project, Ticket, World

PATH = "acme/platform/api"
LEVELS = {
    "gina": Access.READ,
    "rita": Access.TRIAGE,
    "dev": Access.WRITE,
    "mona": Access.MAINTAIN,
    "olga": Access.ADMIN,
}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Place:
    world: World
    clock: Clock
    project: Project
    people: dict[str, Account]
    url: str
    http: requests.Session

    def call(self, who: str, method: str, path: str, **sent: Any) -> requests.Response:
        """Speak to the API as ``who``; ``path`` is below the project."""
        return self.http.request(
            method,
            f"{self.url}/api/v4/projects/{self.project.id}{path}",
            headers={"PRIVATE-TOKEN": self.people[who].token},
            params=sent if method == "GET" else None,
            json=None if method == "GET" else sent,
            timeout=10,
        )

    def graphql(self, who: str, query: str, **variables: Any) -> Any:
        answer = self.http.post(
            f"{self.url}/api/graphql",
            headers={"Authorization": f"Bearer {self.people[who].token}"},
            json={"query": query, "variables": variables},
            timeout=10,
        )
        assert answer.status_code == 200
        return answer.json()

    def ticket(self, who: str = "dev", **more: Any) -> Ticket:
        return self.world.open_ticket(self.project, self.people[who], "Checkout fails", "It does.", **more)

    def note(self, ticket: Ticket, who: str = "dev", body: str = "hello", **more: Any) -> Note:
        return self.world.comment(ticket, self.people[who], body, **more)


def settle(url: str, http: requests.Session) -> Place:
    """Make a private project with one person of each level, for a face that is served at ``url``."""
    clock = Clock()
    world = World(clock)
    project = world.add_project(PATH, "gitlab", private=True)
    people = {login: world.add_account(login) for login in [*LEVELS, "stranger"]}
    for login, access in LEVELS.items():
        world.add_member(project, people[login], access)
    return Place(world, clock, project, people, url, http)
