"""
How many connections there may be at once, in all and from one address, and how much they may be sending.

Where there are too many, those end that have waited longest without a whole request: a forge sends its delivery at
once. So nobody keeps others out by holding connections, or fills the disk with bodies of which nobody knows yet
whether they are authentic.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final, Protocol, TypeVar

MOST: Final = 400
"""Open at once. They stay below the usual limit of 1,024 open files, with a file each for a large body."""

FROM_ONE: Final = 100
"""From one address; behind a proxy, all of them are the proxy's."""

ROOM: Final = 128 * 1024 * 1024
"""Bytes of large bodies that are on their way at once: five of the largest deliveries."""


class Guest(Protocol):
    """
    A connection. ``host`` is where it comes from, ``room`` the bytes that its body may still take.

    ``waiting``: no request of it is being answered.
    """

    @property
    def host(self) -> str: ...

    @property
    def room(self) -> int: ...

    @property
    def waiting(self) -> bool: ...


G = TypeVar("G", bound=Guest)


def excess(guests: Iterable[G]) -> Iterator[G]:
    """Yield those that must go; ``guests`` are in the order in which they came."""
    here = list(guests)
    each = Counter(one.host for one in here)
    number, room = len(here), sum(one.room for one in here)
    for one in here:
        if number <= MOST and room <= ROOM and max(each.values(), default=0) <= FROM_ONE:
            return
        crowding = number > MOST or each[one.host] > FROM_ONE or (room > ROOM and one.room)
        if crowding and one.waiting:
            number, room = number - 1, room - one.room
            each[one.host] -= 1
            yield one


def host_of(address: object) -> str:
    """Return by what the connections of one sender are counted: whoever has one IPv6 address has many."""
    text = str(address[0]) if isinstance(address, tuple) else ""
    try:
        return str(IPv4Address(text))
    except AddressValueError:
        pass
    try:
        packed = IPv6Address(text.partition("%")[0])
    except AddressValueError:
        return text
    return str(packed.ipv4_mapped or IPv6Address(int(packed) >> 64 << 64))
