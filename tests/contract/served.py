"""The sandbox of a forge under contract: on a port, or, where HTTP is not the subject, in the same thread."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.contract.forges import Forge
from tests.wire import switched
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.sandbox.switchboard import Switchboard


@contextmanager
def served(forge: Forge) -> Iterator[Switchboard]:
    """Answer for the world of ``forge``."""
    if forge.sockets:
        with Sandbox(forge.world, lacking=forge.lacking) as sandbox:
            yield sandbox
        return
    with switched(forge.world, lacking=forge.lacking) as switchboard:
        yield switchboard
