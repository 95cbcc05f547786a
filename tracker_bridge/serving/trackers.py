"""The configured trackers. One that is not configured is not even imported: each brings a large library."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager

from tracker_bridge.events import Observer, silent
from tracker_bridge.settings import BadSettings, Problem, Settings, demand_lines, demand_roots, demand_trackers
from tracker_bridge.trackers import Tracker
from tracker_bridge.trackers.forges import FORGES
from tracker_bridge.trackers.quotas import Quotas


@contextmanager
def open_trackers(
    settings: Settings, observe: Observer = silent, quotas: Quotas | None = None
) -> Iterator[Mapping[str, Tracker]]:
    """
    Open the configured trackers, by name, and close them at the end. Touches no network. ``quotas``: what hosts
    share of what they wrote.

    Raises :class:`BadSettings` when there is none, or one cannot work.
    """
    demand_trackers(settings)
    with ExitStack() as opened:
        trackers: dict[str, Tracker] = {}
        for name, table in settings.forges.items():
            with _blaming(name):
                trackers[name] = opened.enter_context(closing(FORGES[name].connect(table, observe, quotas)))
        demand_roots(settings, trackers.values())
        demand_lines(settings)
        yield trackers


@contextmanager
def _blaming(name: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise BadSettings([Problem(name, str(error))]) from None
