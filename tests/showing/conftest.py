"""A bridge with its pages beside a forge; nothing runs by itself, so that a test says when something is read."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.serving.test_whole import Town
from tests.wire import switched
from tracker_bridge.sandbox.world import Ticket, World
from tracker_bridge.serving.runtime import Runtime, open_runtime
from tracker_bridge.settings import Settings

Open = Callable[..., AbstractContextManager[Runtime]]


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["github", "gitlab"])
def town(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Town]:
    with switched(World(clock)) as sandbox:
        yield Town(request.param, sandbox)


@pytest.fixture
def opened(town: Town, clock: Clock, tmp_path: Path) -> Open:
    """Open a bridge, as often as you like; each with the same queue."""

    @contextmanager
    def begin(**more: Any) -> Iterator[Runtime]:
        with open_runtime(settings_of(town, tmp_path / "queue.sqlite3", **more), clock) as runtime:
            yield runtime

    return begin


def settings_of(town: Town, queue: Path, **more: Any) -> Settings:
    url = town.sandbox.github_url if town.forge == "github" else town.sandbox.gitlab_url
    table: dict[str, Any] = {"url": url, "token": town.bot.token, "projects": ["acme/api"]}
    if town.forge == "github":
        table["seconds_between_writes"] = 0
    return Settings.model_validate({town.forge: table, "queue": queue, "signing_key": "k" * 32, **more})


def incident(town: Town, *lines: str, title: str = "Secret title", confidential: bool = False) -> Ticket:
    """Open an incident of the service checkout, and say the lines."""
    world = town.sandbox.world
    labels = ["incident", "service:checkout"]
    ticket = world.open_ticket(town.project, town.alice, title, labels=labels, confidential=confidential)
    for line in lines:
        world.comment(ticket, town.alice, line)
    return ticket
