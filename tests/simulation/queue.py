"""A queue without a file or a thread, for processes whose queue is not what goes wrong."""

from datetime import datetime, timedelta

from tracker_bridge.hints import Because, Stats, Taken
from tracker_bridge.hints.agenda import Agenda
from tracker_bridge.trackers import Hint


class InMemory:
    """Speaks :class:`tracker_bridge.hints.Hints`; nothing of it outlives the process."""

    def __init__(self) -> None:
        self._agenda = Agenda(timedelta(minutes=2))

    def add(self, hint: Hint, due: datetime) -> None:
        self._agenda.add(hint, due)

    def take(self, now: datetime) -> Taken | None:
        return self._agenda.take(now)

    def renew(self, taken: Taken, now: datetime) -> None:
        self._agenda.renew(taken, now)

    def done(self, taken: Taken, look_again_at: datetime | None) -> None:
        self._agenda.done(taken, look_again_at)

    def defer(self, taken: Taken, until: datetime, because: Because = Because.FAILED) -> None:
        self._agenda.defer(taken, until, because)

    def wait(self, now: datetime, timeout: float) -> None:
        """Nobody waits here."""

    def wake(self) -> None:
        """Nobody waits here."""

    def stats(self) -> Stats:
        return self._agenda.stats()

    def key(self) -> bytes:
        """The simulation gives its own."""
        return b""

    def close(self) -> None:
        """There is nothing to write."""
