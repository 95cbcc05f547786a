"""What is shown to people in a browser, where the settings want that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from tracker_bridge.domain.derived.board import board
from tracker_bridge.domain.derived.public import PublicStatus
from tracker_bridge.events import ShownPage
from tracker_bridge.rendering.board import BoardPage, board_page
from tracker_bridge.rendering.status_page import status_files
from tracker_bridge.settings import Settings
from tracker_bridge.showing.keeper import Keeper, Page
from tracker_bridge.showing.known import Incidents, Reads
from tracker_bridge.showing.site import Site
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.web.board import Desk
from tracker_bridge.web.status import Shown

FRESH: Final = timedelta(minutes=5)
"""How old the status page may be, at least, before it says so."""

NEVER: Final = datetime.min.replace(tzinfo=UTC)

GRACE: Final = 1.0
"""Seconds that a question under way gets when the bridge is told to stop: it loses nothing."""


@dataclass(frozen=True, slots=True)
class Display:
    """What is shown, and what keeps it up to date; nothing, without either."""

    keeper: Keeper | None = None
    status: Shown | None = None
    board: Desk | None = None
    begun: datetime = NEVER

    def standing(self) -> tuple[ShownPage, ...]:
        """Return what operators want to know of the status page, if it is shown."""
        if self.status is None or self.keeper is None:
            return ()
        build = self.status.site.build
        since = build.at if build else self.begun
        stale = self.status.clock() - since > self.status.fresh
        return (ShownPage(build.at if build else None, self.keeper.unread, stale),)

    def start(self) -> None:
        if self.keeper:
            self.keeper.start()

    def stop(self) -> None:
        if self.keeper:
            self.keeper.stop(GRACE)


def incidents_shown(settings: Settings, *, told: bool = True) -> Incidents | None:
    """Return what is to be ``told`` of incidents, or asks by itself; ``None`` where nothing is shown."""
    shown = settings.status_page.serve or settings.board.shown
    return Incidents(settings.status_page.rules, told=told) if shown else None


def open_display(
    settings: Settings, incidents: Incidents | None, reads: Reads, clock: Callable[[], datetime]
) -> Display:
    """Return what is shown of ``incidents``; nothing runs yet."""
    if incidents is None:
        return Display()
    chosen = settings.status_page
    wanted = [chosen.every] if chosen.serve else []
    every = min([*wanted, settings.board.every] if settings.board.shown else wanted)
    site = Site(settings.queue_file.with_name(f"{settings.queue_file.name}.status")) if chosen.serve else None
    page = Page(site, chosen.rules, chosen.projects, partial(_files, chosen.title, chosen.url)) if site else None
    keeper = Keeper(incidents, reads, every=every, clock=clock, page=page)
    status = Shown(site, max(FRESH, 3 * every), clock) if site else None
    return Display(keeper, status, _desk(settings, keeper, clock) if settings.board.shown else None, clock())


def _desk(settings: Settings, keeper: Keeper, clock: Callable[[], datetime]) -> Desk:
    def page(every: int) -> BoardPage:
        going_on = [(one.case, one.possible_duplicate) for one in keeper.incidents.active]
        shown = board(going_on, clock())
        return board_page(templates_folder(), shown, read_at=keeper.read_at, unread=keeper.unread, every=every)

    chosen = settings.board
    token = chosen.token.get_secret_value() if chosen.token else ""
    return Desk(page, token, chosen.login_header, chosen.proxies)


def _files(title: str, url: str, status: PublicStatus) -> Mapping[str, str]:
    return status_files(templates_folder(), status, title=title, url=url)
