"""The sources are asked in the background, one thread each; whoever wants to know gets the last answer at once."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from tracker_bridge.events import Rota
from tracker_bridge.on_call.aside import Unreadable
from tracker_bridge.on_call.copies import Copies, Copy
from tracker_bridge.on_call.shifts import Answer, Known, Listing, Snapshot, who

_log = logging.getLogger(__name__)

HANGS: Final = timedelta(minutes=1)
"""A question that has no answer for so long has none; each is bounded by less."""

AGAIN: Final = timedelta(minutes=1)
"""How soon a source that cannot be read is asked again, at the latest."""

KEPT: Final = timedelta(hours=1)
"""How often a copy is written that has not changed."""

ONCE: Final = 15.0
"""Seconds that a single command waits for all of its sources."""


class Feed(Protocol):
    """A source of shifts. One that ``reaches`` tells of other times than now as well."""

    @property
    def reaches(self) -> bool: ...

    def read(self, now: datetime) -> Listing:
        """Return what it says. Raises :class:`Unreadable`."""
        ...


@dataclass(frozen=True, slots=True)
class About:
    """A source that is asked about another time than now, where it tells of that."""

    feed: Feed
    at: datetime

    def read(self, now: datetime) -> Listing:
        """Raises :class:`Unreadable`."""
        return self.feed.read(self.at if self.feed.reaches else now)

    @property
    def reaches(self) -> bool:
        return self.feed.reaches


@dataclass(slots=True)
class _Watched:
    name: str
    feed: Feed
    every: timedelta
    snapshot: Snapshot = field(default_factory=Snapshot)
    kept_at: datetime | None = None
    asked_at: datetime | None = None


class Watch:
    """
    Sources by their names, each with how often it is asked. Safe to use from several threads.

    Before :meth:`start`, whoever asks waits for the answer, for :data:`ONCE` at most: a single command has no
    background.
    """

    def __init__(
        self,
        feeds: Mapping[str, tuple[Feed, timedelta]],
        clock: Callable[[], datetime],
        copies: Copies | None = None,
    ) -> None:
        """``copies`` outlive the process."""
        self._copies = copies
        self._clock = clock
        self._sources = {name: _Watched(name, feed, every) for name, (feed, every) in feeds.items()}
        self._stopping = threading.Event()
        self._started = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._sources)

    def start(self) -> None:
        self._started = True
        for one in self._sources.values():
            threading.Thread(target=self._go_on, args=(one,), name=f"on-call {one.name}", daemon=True).start()

    def stop(self) -> None:
        """Ask nothing more; a question under way is left to itself."""
        self._stopping.set()

    def renew(self) -> None:
        """Ask all sources now, one after the other."""
        for one in self._sources.values():
            self._ask(one)

    def standing(self) -> tuple[Rota, ...]:
        """Return how the sources are, for whoever keeps the bridge running."""
        now = self._clock()
        found = [(name, self._as_known(one)) for name, one in self._sources.items()]
        return tuple(
            Rota(name, one.read_at, one.failing_since, one.reason, who(name, one, now).tells)
            for name, one in found
        )

    def answer(self, name: str, at: datetime) -> Answer:
        """Return who a source says is on call at ``at``, as it was last known."""
        if name not in self._sources:
            return Answer(name, Known.UNREADABLE, reason="there is no source of that name")
        return who(name, self.snapshot(name), at)

    def snapshot(self, name: str) -> Snapshot:
        """Return what is known of a source; a question that hangs is no answer."""
        one = self._sources[name]
        if not self._started and one.snapshot == Snapshot():
            self._once()
        return self._as_known(one)

    def _as_known(self, one: _Watched) -> Snapshot:
        found, asked = one.snapshot, one.asked_at
        if asked is not None and found.failing_since is None and self._clock() - asked > HANGS:
            return replace(found, failing_since=asked, reason="no answer in time")
        return found

    def _once(self) -> None:
        """Ask all that have not been asked, side by side."""
        fresh = [one for one in self._sources.values() if one.snapshot == Snapshot()]
        asking = [threading.Thread(target=self._ask, args=(one,), daemon=True) for one in fresh]
        for thread in asking:
            thread.start()
        for one, thread in zip(fresh, asking, strict=True):
            thread.join(ONCE)
            if one.snapshot == Snapshot():
                self._failed(one, self._clock(), "no answer in time")

    def _go_on(self, one: _Watched) -> None:
        while not self._stopping.is_set():
            self._ask(one)
            well = one.snapshot.failing_since is None
            self._stopping.wait((one.every if well else min(one.every, AGAIN)).total_seconds())

    def _ask(self, one: _Watched) -> None:
        now = self._clock()
        one.asked_at = now
        try:
            listing = one.feed.read(now)
        except Unreadable as trouble:
            self._failed(one, now, str(trouble))
        except Exception as error:  # noqa: BLE001 - one source's oddity ends no thread, and its text may be secret
            self._failed(one, now, f"its answer is not understood ({type(error).__name__})")
        else:
            if one.snapshot.failing_since is not None:
                _log.info("on call: the source %s can be read again", one.name)
            before = one.snapshot.listing
            changed = before is None or before.shifts != listing.shifts
            one.snapshot = Snapshot(listing, self._clock())
            self._keep(one, listing, changed=changed)
        finally:
            one.asked_at = None

    def _keep(self, one: _Watched, listing: Listing, *, changed: bool) -> None:
        """Keep a copy of what is new, and once an hour that it is still so."""
        now = self._clock()
        if self._copies is None or not (changed or one.kept_at is None or now - one.kept_at >= KEPT):
            return
        self._copies.save(one.name, Copy(listing, now))
        one.kept_at = now

    def _failed(self, one: _Watched, now: datetime, reason: str) -> None:
        before = one.snapshot
        if before.failing_since is None or before.reason != reason:
            _log.warning("on call: the source %s cannot be read: %s", one.name, reason)
        copied = getattr(one.feed, "from_copy", None)
        listing, read_at = copied(now) if copied and before.listing is not None else before.listing, before.read_at
        if listing is None and self._copies is not None and (copy := self._copies.load(one.name)) is not None:
            listing, read_at = copy.listing, copy.read_at
        one.snapshot = Snapshot(listing, read_at, before.failing_since or now, reason)
