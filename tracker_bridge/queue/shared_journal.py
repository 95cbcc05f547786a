"""
Alerts that were accepted, in the queue's database: any host receives them, and any host works on them.

Times are the database's; of the callers' only how far they are from now counts.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from tracker_bridge.alerts.notice import Notice
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.events import Waiting
from tracker_bridge.queue import statements
from tracker_bridge.queue.database import Database
from tracker_bridge.queue.journal import Held, unwritten, written

LEASE: Final = timedelta(minutes=5)
"""For how long what a host took is its own; a host that ended lets go after that."""


class SharedJournal:
    """A :class:`~tracker_bridge.queue.journal.Journal` for any number of hosts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, source: str, news: Sequence[tuple[str, Notice]], now: datetime) -> None:
        keys, notices = [key for key, _ in news], [written(notice) for _, notice in news]
        self._database.all(statements.KEEP_ALERTS, source=source, keys=keys, notices=notices, at=now)

    def take(self, now: datetime) -> Held | None:  # noqa: ARG002 - the database's clock counts
        rows = self._database.all(statements.TAKE_ALERTS, lease=LEASE)
        if not rows:
            return None
        rows.sort(key=lambda row: row["id"])
        told = [(row["at"].astimezone(UTC), row["later"], unwritten(row["notice"])) for row in rows]
        news = tuple((at, notice) for at, later, notice in told if notice is not None and not later)
        check = next((notice for _, later, notice in told if notice is not None and later), None)
        ids, tries = tuple(row["id"] for row in rows), max(row["tries"] for row in rows)
        return Held(rows[0]["source"], rows[0]["key"], ids, news, tries, check)

    def done(self, held: Held) -> None:
        self._database.all(statements.DONE_ALERTS, ids=list(held.ids))

    def put_off(self, held: Held, until: datetime) -> None:
        self._database.all(statements.PUT_OFF_ALERTS, ids=list(held.ids), delay=_from_now(until))

    def later(self, source: str, key: str, notice: Notice, due: datetime) -> None:
        self._database.all(
            statements.ALERTS_LATER, source=source, key=key, notice=written(notice), at=due, delay=_from_now(due)
        )

    def remember(self, key: str, ref: IssueRef, now: datetime, *, opened: bool) -> None:  # noqa: ARG002
        self._database.all(
            statements.PUT_ALERT_ISSUE,
            key=key,
            tracker=ref.tracker,
            project=ref.project,
            number=ref.number,
            opened=opened,
        )

    def known(self, key: str) -> IssueRef | None:
        rows = self._database.all(statements.ALERT_ISSUE, key=key)
        return IssueRef(rows[0]["tracker"], rows[0]["project"], rows[0]["number"]) if rows else None

    def opened_since(self, source: str, since: datetime) -> int:
        ago = max(-_from_now(since), timedelta())
        return int(self._database.one(statements.ALERTS_OPENED, source=source, since=ago)["many"])

    def waiting(self) -> Waiting:
        row = self._database.one(statements.ALERTS_WAITING)
        return Waiting(int(row["many"]), row["first"].astimezone(UTC) if row["many"] else None)

    def close(self) -> None:
        """The database is closed by whoever opened it."""


def _from_now(at: datetime) -> timedelta:
    return at - datetime.now(UTC)
