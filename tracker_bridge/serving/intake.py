"""What alerts take, where the settings name sources of them: the journal, who receives, and who works."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracker_bridge.intake.case import Tools
from tracker_bridge.intake.desk import Desk
from tracker_bridge.intake.journal import FileJournal
from tracker_bridge.intake.reception import Reception
from tracker_bridge.intake.sources import sources_of
from tracker_bridge.queue import Queue
from tracker_bridge.reconcile import Bridge
from tracker_bridge.serving.alone import alone
from tracker_bridge.serving.keys import Keys
from tracker_bridge.settings import Settings, secrets
from tracker_bridge.templates_folder import templates_folder

JOURNAL: Final = "alerts.sqlite3"


@dataclass(frozen=True, slots=True)
class Intake:
    """Who receives alerts, and who works on them."""

    reception: Reception
    desk: Desk


@contextmanager
def open_intake(
    settings: Settings, bridge: Bridge, queue: Queue, clock: Callable[[], datetime], keys: Keys
) -> Iterator[Intake | None]:
    """Open the journal, if there are sources of alerts. Raises ``JournalError``."""
    if not settings.alerts:
        yield None
        return
    sources = sources_of(settings.alerts)
    with closing(FileJournal(settings.queue_file.with_name(JOURNAL))) as journal:
        covered = frozenset(secrets(settings)) | {key.decode(errors="replace") for key in keys.all}
        tools = Tools(bridge, journal, queue, clock, templates_folder(), tuple(keys.all), covered)
        desk = Desk(tools, sources, lambda key: alone(settings, key))
        yield Intake(Reception(sources, journal, clock, desk.wake), desk)
