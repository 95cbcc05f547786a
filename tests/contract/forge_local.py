"""The world itself, without HTTP."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.contract.forges import Forge
from tests.contract.local import LocalTracker
from tracker_bridge.trackers.quotas import Quotas


@contextmanager
def build(forge: Forge) -> Iterator[None]:
    def another(clock: Callable[[], float] | None = None, quotas: Quotas | None = None) -> LocalTracker:
        """It asks for no time, and has no limits."""
        return LocalTracker(forge.world, forge.served, forge.bot)

    forge.another = another
    forge.tracker = forge.another()
    forge.unsupported = frozenset({"deliveries", "http"})
    with forge.opened:
        yield
