"""Which engine the queue has: a file, or a PostgreSQL database."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tracker_bridge.ours import Index
from tracker_bridge.queue import Queue, QueueError
from tracker_bridge.queue.key_file import found_key
from tracker_bridge.serving.shares import shares
from tracker_bridge.setting_types.databases import DatabaseUrl
from tracker_bridge.settings import BadSettings, Problem, Settings
from tracker_bridge.settings.problems import named
from tracker_bridge.trackers import Tracker
from tracker_bridge.trackers.quotas import Quotas

if TYPE_CHECKING:
    from tracker_bridge.queue.database import Database

NEEDED = ("procrastinate", "psycopg", "psycopg_pool")
"""What the extra installs."""


def database_of(settings: Settings) -> DatabaseUrl | None:
    """Return the queue's database, ``None`` for a file. Raises :class:`BadSettings` without the extra."""
    if not isinstance(settings.queue, DatabaseUrl):
        return None
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        what = (
            f"is a PostgreSQL database, and {', '.join(missing)} is not installed: "
            "pip install 'tracker-bridge[postgres]'"
        )
        raise BadSettings([Problem(named(["queue"]), what)])
    return settings.queue


def demand_database(settings: Settings, who: str) -> None:
    """Raise :class:`BadSettings` where ``who`` shares the queue with other processes, and it is a file."""
    if database_of(settings) is None:
        what = f"is a file, which one process can use; {who} needs PostgreSQL, postgresql://... (docs/scaling.md)"
        raise BadSettings([Problem(named(["queue"]), what)])


@contextmanager
def open_database(settings: Settings) -> Iterator["Database | None"]:
    """
    Open what the hosts share, also while it is away; there is none beside a queue in a file.

    Raises :class:`BadSettings` or :class:`QueueError`.
    """
    if (address := database_of(settings)) is None:
        yield None
        return
    from tracker_bridge.queue.database import Database  # noqa: PLC0415 - only with the extra

    with closing(Database(address.get_secret_value())) as database:
        yield database


def shared_quotas(database: "Database | None") -> Quotas | None:
    """Return the quotas that all hosts share, if there are several."""
    if database is None:
        return None
    from tracker_bridge.queue.shared_quotas import SharedQuotas  # noqa: PLC0415 - only with the extra

    return SharedQuotas(database)


def shared_index(database: "Database | None") -> Index | None:
    """Return what all hosts know of which issues are ours, if there are several."""
    if database is None:
        return None
    from tracker_bridge.queue.shared_index import SharedIndex  # noqa: PLC0415 - only with the extra

    return SharedIndex(database)


def open_queue(settings: Settings, trackers: Mapping[str, Tracker], database: "Database | None") -> Queue:
    """Open the queue. Raises :class:`QueueError`."""
    caps = shares(settings.workers, settings.project_workers, trackers.values())
    if database is not None:
        from tracker_bridge.queue.postgres import PostgresQueue  # noqa: PLC0415 - only with the extra

        key = None if settings.signing_key else found_key(settings.queue_file)
        return PostgresQueue(database, lease=settings.lease, caps=caps, key=key or b"")
    from tracker_bridge.queue.sqlite import SqliteQueue  # noqa: PLC0415 - only for who takes from it

    folder = settings.queue_file.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise QueueError(f"The queue's folder {folder} cannot be created: {error.strerror}.") from None
    return SqliteQueue(settings.queue_file, lease=settings.lease, caps=caps)
