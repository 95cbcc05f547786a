"""How many workers a project and a forge may hold."""

import pytest

from tests.worker.conftest import QuietForge
from tracker_bridge.queue import Caps
from tracker_bridge.serving.shares import shares

ONE = QuietForge("github", frozenset({"acme/api"}))
MANY = QuietForge("github", frozenset({"acme/api", "acme/shop", "acme/web"}))
OTHER = QuietForge("gitlab", frozenset({"acme/web"}))


@pytest.mark.parametrize(
    ("workers", "trackers", "caps"),
    [
        (4, [ONE], Caps(background=3)),
        (4, [MANY], Caps(project=2, background=3)),
        (4, [MANY, OTHER], Caps(project=2, tracker=3, background=3)),
        (4, [ONE, OTHER], Caps(project=2, tracker=3, background=3)),
        (16, [MANY, OTHER], Caps(project=2, tracker=12, background=15)),
        (2, [MANY, OTHER], Caps(project=1, tracker=1)),
        (1, [MANY, OTHER], Caps(project=1, tracker=1)),
    ],
)
def test_what_hangs_leaves_workers_to_the_others(workers: int, trackers: list[QuietForge], caps: Caps) -> None:
    assert shares(workers, 2, trackers) == caps
