"""The world itself, without HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.contract.forges import Forge
from tracker_bridge.trackers.local import LocalTracker


@contextmanager
def build(forge: Forge) -> Iterator[None]:
    forge.another = lambda: LocalTracker(forge.world, [forge.project.path], forge.bot)
    forge.tracker = forge.another()
    forge.lacks = frozenset({"deliveries", "http"})
    yield
