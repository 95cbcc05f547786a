"""A calendar at an address, or in a file: read again when its bytes change, or when its days run out."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from tracker_bridge.on_call import web
from tracker_bridge.on_call.aside import Unreadable, read_aside
from tracker_bridge.on_call.shifts import Listing

BEFORE: Final = timedelta(days=2)
AHEAD: Final = timedelta(days=40)
"""How far a calendar is read around now,"""

RENEWED: Final = timedelta(days=1)
"""and how often, while it stays the same."""


@dataclass(slots=True)
class Calendar:
    """
    ``address`` is secret. ``schedules``: only these count, where the calendar mixes several. ``is_login``: it
    names people by their logins.
    """

    reaches: ClassVar = True
    address: str = field(default="", repr=False)
    file: Path | None = None
    zone: ZoneInfo | None = None
    schedules: tuple[str, ...] = ()
    is_login: bool = False
    _content: bytes = field(default=b"", repr=False)
    _tags: dict[str, str] = field(default_factory=dict, repr=False)
    _listing: Listing | None = field(default=None, repr=False)
    _read_for: datetime | None = None

    def read(self, now: datetime) -> Listing:
        """Return the shifts around now. Raises :class:`Unreadable`; the last good copy stays."""
        content = self._fetched()
        fresh = self._read_for is not None and abs(now - self._read_for) < RENEWED
        if self._listing is not None and content == self._content and fresh:
            return self._listing
        listing = self._of(content, now)
        self._content, self._listing, self._read_for = content, listing, now
        return listing

    def from_copy(self, now: datetime) -> Listing | None:
        """Return the shifts around now of the last good copy, ``None`` without one."""
        if self._listing is not None and self._read_for is not None and now - self._read_for >= RENEWED:
            try:
                self._listing, self._read_for = self._of(self._content, now), now
            except Unreadable:
                return self._listing
        return self._listing

    def _fetched(self) -> bytes:
        if self.file is not None:
            try:
                with self.file.open("rb") as opened:
                    return opened.read(web.MOST_BYTES)
            except OSError as error:
                raise Unreadable(f"the file cannot be read ({error.strerror})") from None
        got = web.get(https(self.address), self._tags if self._content else None)
        if got.content is None:
            return self._content
        self._tags = dict(got.tags)
        return got.content

    def _of(self, content: bytes, about: datetime) -> Listing:
        listing = read_aside(content, (about - BEFORE, about + AHEAD), self.zone)
        if self.is_login:
            listing = replace(listing, shifts=tuple(replace(one, is_login=True) for one in listing.shifts))
        return _only(listing, self.schedules)


def https(address: str) -> str:
    """Return the address that ``webcal://`` stands for."""
    scheme, found, rest = address.partition("://")
    return f"https://{rest}" if found and scheme.casefold() in ("webcal", "webcals") else address


def _only(listing: Listing, schedules: tuple[str, ...]) -> Listing:
    if not schedules:
        return listing
    wanted = {one.casefold() for one in schedules}
    there = {one.schedule.casefold() for one in listing.shifts}
    missing = [one for one in schedules if one.casefold() not in there]
    said = tuple(f"no entry is of the schedule {one}" for one in missing)
    kept = tuple(one for one in listing.shifts if one.schedule.casefold() in wanted)
    return replace(listing, shifts=kept, complaints=(*said, *listing.complaints))
