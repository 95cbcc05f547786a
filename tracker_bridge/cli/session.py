"""Settings and bridge, opened for one command and closed after it."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from tracker_bridge.cli.refs import find_ref
from tracker_bridge.cli.running import silent_since
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.logs import configure_logging
from tracker_bridge.reconcile import Bridge, Decision, ReconcileResult
from tracker_bridge.serving.bridge import open_bridge
from tracker_bridge.serving.keys import demand_key, keys_found
from tracker_bridge.serving.messenger import Messenger, open_messenger
from tracker_bridge.settings import Settings, load, secrets
from tracker_bridge.trackers import Doubtful, Unanswered

T = TypeVar("T")

DOUBTS: Final = 4
"""What may be doubtful in one thread, one after the other: an account, an issue, a right."""


@dataclass(frozen=True, slots=True)
class Session:
    """What one-shot commands work with. ``signs``: whether there is a key of the receipts."""

    settings: Settings
    bridge: Bridge
    signs: bool

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be sent to anybody."""
        return tuple(secrets(self.settings))

    def find(self, text: str) -> IssueRef:
        """Return the issue that was named. Raises ``click.BadParameter``."""
        return find_ref(text, self.settings)

    def rules(self, tracker: str, project: str) -> Rules:
        """Return what holds in a project, its own settings included."""
        return self.bridge.in_force(tracker, project, datetime.now(UTC)).rules

    def reconcile(self, ref: IssueRef) -> ReconcileResult:
        """Bring the issue up to date."""
        return patiently(lambda: self.bridge.reconcile(ref, datetime.now(UTC), {}))

    def decide(self, ref: IssueRef) -> Decision:
        """Read the issue and decide what to do about it, without doing it."""
        tracker = self.bridge.trackers[ref.tracker]
        return patiently(lambda: self.bridge.decide(tracker.read(ref), datetime.now(UTC)))


def patiently(ask: Callable[[], T], sleep: Callable[[float], None] = time.sleep) -> T:
    """Ask again what is believed when it comes twice: whoever runs one command does not run it again."""
    for _ in range(DOUBTS):
        try:
            return ask()
        except Doubtful as doubt:
            sleep(doubt.retry_after)
    return ask()


@contextmanager
def open_house(config: Path | None, *, writes: bool = False) -> Iterator[Session]:
    """
    Read the settings and open the trackers; warnings go to standard error. What ``writes`` also sends messages to
    destinations: at the end it waits until something is known of them, and writes that as well.

    Raises :class:`BadSettings`, also where something is to be written without the key of the receipts: what other
    processes judged would not be known, and what this one judges would not be believed.
    """
    settings = load(config)
    configure_logging("warning", "text", secrets(settings))
    with _messenger(settings, writes=writes) as messenger, open_bridge(settings, messenger) as bridge:
        if writes:
            demand_key(settings)
        session = Session(settings, bridge, bool(keys_found(settings).all))
        try:
            yield session
        except Unanswered as error:
            if known := silent_since(settings):
                error.add_note(known)
            raise
        if messenger is not None:
            messenger.settle(session.reconcile)


def _messenger(settings: Settings, *, writes: bool) -> AbstractContextManager[Messenger | None]:
    return open_messenger(settings) if writes else nullcontext()
