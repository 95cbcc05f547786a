"""A queue without a file or a thread, for processes whose queue is not what goes wrong."""

from datetime import datetime, timedelta

from tracker_bridge.queue import Lease, Priority, RequeueReason, Stats
from tracker_bridge.queue.agenda import Agenda
from tracker_bridge.trackers import IssueChanged


class InMemory:
    """Speaks :class:`tracker_bridge.queue.Queue`; nothing of it outlives the process."""

    def __init__(self) -> None:
        self._agenda = Agenda(timedelta(minutes=2))

    def add(self, change: IssueChanged, due: datetime, priority: Priority = Priority.PERSON) -> None:
        self._agenda.add(change, due, priority)

    def submit(self, change: IssueChanged, due: datetime, priority: Priority = Priority.PERSON) -> None:
        self.add(change, due, priority)

    def take(self, now: datetime) -> Lease | None:
        return self._agenda.take(now)

    def renew(self, taken: Lease, now: datetime) -> None:
        self._agenda.renew(taken, now)

    def done(self, taken: Lease, next_at: datetime | None) -> None:
        self._agenda.done(taken, next_at)

    def defer(self, taken: Lease, until: datetime, because: RequeueReason = RequeueReason.FAILED) -> None:
        self._agenda.defer(taken, until, because)

    def wait(self, now: datetime, timeout: float) -> None:
        """Nobody waits here."""

    def wake(self) -> None:
        """Nobody waits here."""

    def stats(self) -> Stats:
        return self._agenda.stats()

    def leads(self) -> bool:
        return True

    def key(self) -> bytes:
        """The simulation gives its own."""
        return b""

    def close(self) -> None:
        """There is nothing to write."""
