"""A forge that hangs: who waits for it waits once."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import Tracker, Unanswered
from tracker_bridge.trackers.github import connection
from tracker_bridge.trackers.github.tracker import GitHubTracker, Token
from tracker_bridge.trackers.gitlab import client
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker

TRACKERS: dict[str, Callable[[str], Tracker]] = {
    "github": lambda url: GitHubTracker(url, Token("x"), ["acme/api"], ["a secret of the tests"]),
    "gitlab": lambda url: GitLabTracker(url, "x", ["acme/api"], ["a token of the tests"]),
}


@pytest.fixture
def hanging() -> Iterator[tuple[str, list[socket.socket]]]:
    """Yield the address of a server that accepts connections, and never answers; and the connections."""
    accepted: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    accepted.append(server.accept()[0])
                except OSError:
                    return

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", accepted
        server.shutdown(socket.SHUT_RDWR)
        accepting.join(10)
    for one in accepted:
        one.close()


@pytest.mark.parametrize("forge", TRACKERS)
def test_a_read_that_is_not_answered_in_time_is_asked_once(
    hanging: tuple[str, list[socket.socket]], forge: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, accepted = hanging
    for module in (connection, client):
        monkeypatch.setattr(module, "TIMEOUT", (0.1, 0.1))
    tracker = TRACKERS[forge](url)

    with pytest.raises(Unanswered, match="did not answer in time"):
        tracker.read(IssueRef(forge, "acme/api", 1))
    tracker.close()

    assert len(accepted) == 1
