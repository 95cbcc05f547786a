"""Addresses of servers: what is refused here would fail at the first request, for a reason that says less."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

_ODD = re.compile(r"[\x00-\x20\x7f-\xa0\\\"<>^`{|}\u200b-\u200f\u2028\u2029\ufeff\ud800-\udfff]")
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_EXAMPLE = "write it like https://git.example.org"


def check_url(url: str, *, allow_http: bool) -> str:
    """Return ``url`` without a slash at its end. Tokens travel in the clear only to this machine."""
    if _ODD.search(url):
        raise ValueError(f"contains a space or another character that no address has; {_EXAMPLE}")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise ValueError(f"not an address; {_EXAMPLE}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"not an address; {_EXAMPLE}")
    if parts.username is not None or "?" in url or "#" in url:
        raise ValueError("must not contain a user, password, query or fragment")
    _check_port(parts)
    _check_host(host)
    if parts.scheme == "http" and not (allow_http or _loopback(host)):
        raise ValueError(
            "http would send the token in the clear; use https, or set allow_http = true on a trusted network"
        )
    return url.rstrip("/")


def _check_port(parts: SplitResult) -> None:
    _, colon, port = parts.netloc.rpartition("]")[2].partition(":")
    if colon and not (port.isascii() and port.isdecimal() and 1 <= int(port[:6]) <= 65535):
        raise ValueError(f"has an invalid port {port[:20]!r}; use a number from 1 to 65535")


def _check_host(host: str) -> None:
    """Letters of any language pass: what is not ASCII is encoded for the look-up."""
    name = host.removesuffix(".")
    if ":" in host:
        return  # the address of IPv6, which was checked when it was split
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError(f"{host[:60]!r} is not a valid server name; {_EXAMPLE}")
    if name.rpartition(".")[2].isdecimal():
        try:
            ipaddress.IPv4Address(name)
        except ValueError:
            raise ValueError(f"{host[:60]!r} is not an IPv4 address") from None


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
