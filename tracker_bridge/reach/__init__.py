"""
Which addresses are talked to. Destinations and calendars are the operator's, and may be on this machine or in a
private network; what only machines of a cloud are asked for, their credentials, never is one.

resolving.py   looking up names with a deadline
"""

import ipaddress
import socket
from collections.abc import Sequence
from typing import Final

from tracker_bridge.reach.resolving import resolved

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_CLOUDS: Final = frozenset(
    map(ipaddress.ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"))
)
"""Where Alibaba, Azure, Oracle and Amazon answer about the machine, beside the addresses that are link-local."""

FORBIDDEN: Final = "its address is one that is never connected to"
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")


class Unreachable(Exception):
    """It has no address, or none that is talked to."""


def is_number(host: str) -> bool:
    """Whether a host is written as its address."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def is_reachable(text: str) -> bool:
    """Whether the numeric address is one that is talked to."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    address = _within(address)
    apart = address.is_link_local or address.is_multicast or address.is_unspecified
    return not (apart or address in _CLOUDS or address == ipaddress.IPv4Address("255.255.255.255"))


def _within(address: Address) -> Address:
    """An address of IPv4 that is written as one of IPv6 is connected to as what it is."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def addresses_of(host: str, port: int, seconds: float) -> Sequence[tuple[socket.AddressFamily, str]]:
    """Return where to connect to, in order. Raises :class:`Unreachable`, after so many seconds at most."""
    try:
        found = resolved(host, port, seconds)
    except TimeoutError:
        raise Unreachable(f"its name was not resolved in {seconds:.2g} s") from None
    except (OSError, UnicodeError):
        raise Unreachable("its name is not known") from None
    except RuntimeError:
        raise Unreachable("its name was not resolved: no thread could be started") from None
    places = dict.fromkeys((family, str(where[0])) for family, where in found)
    allowed = [(family, where) for family, where in places if is_reachable(where)]
    if not allowed:
        raise Unreachable(FORBIDDEN)
    return allowed
