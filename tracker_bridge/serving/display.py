"""What is shown to people in a browser, where the settings want that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from tracker_bridge.domain.derived.public import PublicStatus
from tracker_bridge.rendering.status_page import status_files
from tracker_bridge.settings import Settings
from tracker_bridge.showing.keeper import Keeper, Page
from tracker_bridge.showing.known import Incidents, Reads
from tracker_bridge.showing.site import Site
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.web.status import Shown

FRESH: Final = timedelta(minutes=5)
"""How old the status page may be, at least, before it says so."""

GRACE: Final = 1.0
"""Seconds that a question under way gets when the bridge is told to stop: it loses nothing."""


@dataclass(frozen=True, slots=True)
class Display:
    """What is shown, and what keeps it up to date; nothing, without either."""

    keeper: Keeper | None = None
    status: Shown | None = None

    def start(self) -> None:
        if self.keeper:
            self.keeper.start()

    def stop(self) -> None:
        if self.keeper:
            self.keeper.stop(GRACE)


def incidents_shown(settings: Settings) -> Incidents | None:
    """Return what is to be told of incidents; ``None`` where nothing is shown."""
    return Incidents(settings.status_page.rules) if settings.status_page.serve else None


def open_display(
    settings: Settings, incidents: Incidents | None, reads: Reads, clock: Callable[[], datetime]
) -> Display:
    """Return what is shown of ``incidents``; nothing runs yet."""
    if incidents is None:
        return Display()
    chosen = settings.status_page
    every = chosen.every
    site = Site(settings.queue_file.with_name(f"{settings.queue_file.name}.status"))
    files = partial(_files, chosen.title, chosen.url)
    page = Page(site, chosen.rules, chosen.projects, files)
    keeper = Keeper(incidents, reads, every=every, clock=clock, page=page)
    return Display(keeper, Shown(site, max(FRESH, 3 * every), clock))


def _files(title: str, url: str, status: PublicStatus) -> Mapping[str, str]:
    return status_files(templates_folder(), status, title=title, url=url)
