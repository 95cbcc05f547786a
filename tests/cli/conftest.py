"""A working directory and a root logger of each test's own, and a forge to run the program against."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.contract.forges import Forge, town
from tests.contract.served import served
from tracker_bridge.cli import main, opening

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings file of the developer's own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in this process wait for nothing between two looks."""
    monkeypatch.setattr(opening, "sleep", lambda _: None)


@pytest.fixture(autouse=True)
def _logging_put_back() -> Iterator[None]:
    """Commands configure the root logger; what pytest had configured is put back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def sockets() -> bool:
    """Whether the forge is on a port: for processes of their own, browsers, and what looks at connections."""
    return False


@pytest.fixture(params=["github", "gitlab"])
def forge(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sockets: bool
) -> Iterator[Forge]:
    """A sandbox, and the environment that configures it, with a key for receipts and no queue yet."""
    place = town(request.param)
    place.sockets = sockets
    with served(place) as sandbox:
        place.sandbox = sandbox
        prefix = f"TRACKER_BRIDGE_{place.name.upper()}__"
        monkeypatch.setenv("TRACKER_BRIDGE_SIGNING_KEY", "k" * 32)
        monkeypatch.setenv("TRACKER_BRIDGE_QUEUE", str(tmp_path / "state" / "queue.sqlite3"))
        monkeypatch.setenv(f"{prefix}URL", sandbox.github_url if place.name == "github" else sandbox.gitlab_url)
        monkeypatch.setenv(f"{prefix}TOKEN", place.bot.token)
        monkeypatch.setenv(f"{prefix}PROJECTS", json.dumps([place.project.path]))
        if place.name == "github":
            monkeypatch.setenv(f"{prefix}SECONDS_BETWEEN_WRITES", "0")
        yield place


@pytest.fixture
def run() -> Run:
    """Run the program as ``tracker-bridge ARGS`` in this process."""
    return lambda *args, **given: CliRunner().invoke(main, args, **given)
