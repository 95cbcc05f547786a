"""
Where people talk, who must know, and where the incident was announced (S3, S12, S27-S35).

There is exactly one main channel (S34): the one point of contact to which every other place is directed (S35).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracker_bridge.domain.issue.issue import TrackerUrl


class Use(StrEnum):
    """What a channel is for. The value is what people type."""

    MAIN = "main"  # the one point of contact for updates
    CHAT = "chat"  # where those who work on it talk
    MEETING = "meeting"  # video, when it is needed


@dataclass(frozen=True, slots=True)
class Channel:
    """``where`` is free form: a chat, a list, a page, a telephone number (S3)."""

    use: Use
    where: str
    by: str
    url: TrackerUrl


@dataclass(frozen=True, slots=True)
class Announcement:
    """
    A place where the incident was announced, and the main channel to which it was directed then (S35).

    ``main`` is empty where there was none yet.
    """

    where: str
    main: str
    at: datetime
    by: str
    url: TrackerUrl


@dataclass(frozen=True, slots=True)
class Stakeholder:
    """Somebody involved, or ``affected`` (S29): a person or a team with ``login``, or others by ``name``."""

    name: str
    affected: bool
    url: TrackerUrl
    login: str = ""


def channel_for(channels: Iterable[Channel], use: Use) -> Channel | None:
    """Return the channel for ``use``; there is one at most (S34)."""
    return next((channel for channel in channels if channel.use is use), None)


def with_channel(channels: Iterable[Channel], channel: Channel) -> tuple[Channel, ...]:
    """Return ``channels`` with ``channel`` in the place of the one for the same use (S34)."""
    return (*(one for one in channels if one.use is not channel.use), channel)


def with_announcement(places: Iterable[Announcement], place: Announcement) -> tuple[Announcement, ...]:
    """Return ``places`` with ``place`` added, or directed anew."""
    return (*(one for one in places if not is_same_place(one.where, place.where)), place)


def to_direct(places: Iterable[Announcement], main: Channel | None) -> tuple[Announcement, ...]:
    """Return the places that have to send people to the main channel: all that are not that channel (S35)."""
    return tuple(place for place in places if main is None or not is_same_place(place.where, main.where))


def astray(places: Iterable[Announcement], main: Channel | None) -> tuple[Announcement, ...]:
    """Return those of them that do not point to the main channel of now (S35)."""
    directed = to_direct(places, main)
    return tuple(place for place in directed if main is None or not is_same_place(place.main, main.where))


def is_same_place(where: str, other: str) -> bool:
    """Whether two descriptions mean one place; people do not watch case and spaces."""
    return " ".join(where.casefold().split()) == " ".join(other.casefold().split())


def places(text: str) -> tuple[str, ...]:
    """Split ``#status, all@example.org`` into places; no doubles."""
    found: dict[str, str] = {}
    for part in text.split(","):
        where = " ".join(part.split())
        if where:
            found.setdefault(where.casefold(), where)
    return tuple(found.values())
