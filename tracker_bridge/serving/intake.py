"""What alerts take, where the settings name sources of them: the journal, who receives, and who works."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker_bridge.events import Standing
from tracker_bridge.queue import Queue
from tracker_bridge.reconcile import Bridge
from tracker_bridge.serving.alone import alone
from tracker_bridge.serving.keys import Keys
from tracker_bridge.settings import Settings, demand_alerts, secrets
from tracker_bridge.templates_folder import templates_folder

if TYPE_CHECKING:
    from tracker_bridge.intake.desk import Desk
    from tracker_bridge.intake.reception import Reception
    from tracker_bridge.queue.database import Database
    from tracker_bridge.queue.journal import Journal

JOURNAL: Final = "alerts.sqlite3"


@dataclass(frozen=True, slots=True)
class Intake:
    """Who receives alerts, and who works on them."""

    reception: "Reception"
    desk: "Desk"


@contextmanager
def open_journal(settings: Settings, database: "Database | None") -> Iterator["Journal | None"]:
    """
    Open what alerts are kept in: a file beside the queue, or where hosts share it, its database. ``None`` without
    a source of alerts.

    Raises ``QueueError``, and ``BadSettings`` where what comes of them has no place.
    """
    if not settings.alerts:
        yield None
        return
    demand_alerts(settings)
    if database is not None:
        from tracker_bridge.queue.shared_journal import SharedJournal  # noqa: PLC0415 - only with the extra

        yield SharedJournal(database)
        return
    from tracker_bridge.queue.journal import FileJournal  # noqa: PLC0415 - only where there are sources of alerts

    with closing(FileJournal(settings.queue_file.with_name(JOURNAL))) as journal:
        yield journal


def intake_of(
    settings: Settings,
    bridge: Bridge,
    queue: Queue,
    clock: Callable[[], datetime],
    *,
    keys: Keys,
    journal: "Journal | None",
) -> Intake | None:
    """Return who receives and who works, if there are sources of alerts."""
    if journal is None:
        return None
    from tracker_bridge.intake.desk import Desk  # noqa: PLC0415 - only where there are sources of alerts
    from tracker_bridge.intake.place import Tools  # noqa: PLC0415 - the same
    from tracker_bridge.intake.reception import Reception  # noqa: PLC0415 - the same
    from tracker_bridge.intake.sources import sources_of  # noqa: PLC0415 - the same

    sources = sources_of(settings.alerts)
    covered = frozenset(secrets(settings)) | {key.decode(errors="replace") for key in keys.all}
    tools = Tools(bridge, journal, queue, clock, templates_folder(), tuple(keys.all), covered)
    desk = Desk(tools, sources, lambda key: alone(settings, key))
    return Intake(Reception(sources, journal, clock, desk.wake), desk)


def reception_of(
    settings: Settings, clock: Callable[[], datetime], journal: "Journal | None"
) -> "Reception | None":
    """Return who only receives alerts, for others who work on them."""
    if journal is None:
        return None
    from tracker_bridge.intake.reception import Reception  # noqa: PLC0415 - only where there are sources of alerts
    from tracker_bridge.intake.sources import sources_of  # noqa: PLC0415 - the same

    return Reception(sources_of(settings.alerts), journal, clock, lambda: None)


def standing_of(standing: Standing, journal: "Journal | None") -> Standing:
    """Return the same, with the alerts that wait."""
    return replace(standing, alerts=journal.waiting) if journal is not None else standing
