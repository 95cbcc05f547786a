"""
Why nobody answered, in words: the address, the cause, and what to do about it.

The libraries wrap what the system said in several layers; here the layers are taken off. Nothing that came over
the wire is repeated, and of an address no more than the host and the port: the rest may hold a password.
"""

import errno
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit
from urllib.request import getproxies

import requests
from urllib3 import exceptions as wire

from tracker_bridge.trackers import Unanswered

_UNTRUSTED = frozenset({2, 18, 19, 20, 21})
"""OpenSSL's numbers for a chain that ends in no authority known here; 18 and 19 are signed by themselves."""
_EXPIRED, _OTHER_NAME = 10, frozenset({62, 64})
_BUNDLE = (
    "if your own CA signed it, set REQUESTS_CA_BUNDLE to a PEM file with its certificate and the "
    "public ones that you need"
)
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})


def unanswered(action: str, address: str, error: BaseException, retry_after: float) -> Unanswered:
    """Make an error of ours of what a library raised when it asked at ``address``."""
    place = _place(address)
    return Unanswered(action, place, *_explained(place, error), retry_after)


def _place(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _explained(place: str, error: BaseException) -> tuple[str, str]:
    layers = list(_layers(error))
    return (
        _proxy(place, layers)
        or _certificate(place, layers)
        or _name(place, layers)
        or _connection(place, layers)
        or (type(error).__name__, f"try it yourself: curl -v {place}")
    )


def _layers(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and all that it was made of; the libraries keep that in four places."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [other for other in inner if isinstance(other, BaseException)]


def _proxy(place: str, layers: list[BaseException]) -> tuple[str, str] | None:
    if not any(isinstance(one, requests.exceptions.ProxyError | wire.ProxyError) for one in layers):
        if any(isinstance(one, requests.exceptions.InvalidSchema) for one in layers):
            return "its proxy type is not supported", "set an http proxy in HTTPS_PROXY, or unset it"
        return None
    scheme, host = urlsplit(place).scheme, urlsplit(place).hostname
    proxies = getproxies()
    proxy = _place(proxies.get(scheme) or proxies.get("all") or "").removeprefix("://")
    said = " ".join(str(one) for one in layers)
    if " 407 " in said:
        cause = f"the proxy {proxy} requires a name and a password"
        return cause, f"put them in {scheme.upper()}_PROXY: http://NAME:PASSWORD@HOST:PORT"
    cause = (
        f"the proxy {proxy} refuses the connection" if "Tunnel" in said else f"the proxy {proxy} cannot be reached"
    )
    return cause, f"correct {scheme.upper()}_PROXY, or add {host} to NO_PROXY if no proxy is needed"


def _certificate(place: str, layers: list[BaseException]) -> tuple[str, str] | None:
    if any(isinstance(one, OSError) and "CA certificate bundle" in str(one) for one in layers):
        return (
            "the file that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names is not there",
            "correct the path, or unset the variable",
        )
    for one in layers:
        if isinstance(one, ssl.SSLCertVerificationError):
            return _refused_certificate(place, one.verify_code)
    if any(isinstance(one, ssl.SSLError | wire.SSLError | requests.exceptions.SSLError) for one in layers):
        host = urlsplit(place).netloc
        return "the TLS handshake failed", f"inspect it: openssl s_client -connect {_with_port(host, 443)}"
    return None


def _refused_certificate(place: str, code: int) -> tuple[str, str]:
    host = urlsplit(place).hostname
    if code == _EXPIRED:
        return "its certificate has expired", "renew it there, or correct this machine's clock"
    if code in _OTHER_NAME:
        return (
            f"its certificate is not for {host}",
            "use the name in the certificate for the setting url",
        )
    if code in _UNTRUSTED:
        kind = "self-signed" if code in (18, 19) else "signed by an unknown authority"
        return f"its certificate is not trusted: {kind}", _BUNDLE
    return "its certificate is not accepted", _BUNDLE


def _name(place: str, layers: list[BaseException]) -> tuple[str, str] | None:
    if any(isinstance(one, socket.gaierror | wire.NameResolutionError) for one in layers):
        host = urlsplit(place).hostname
        return f"the name {host} cannot be resolved", "correct the setting url, or this machine's name servers"
    return None


def _connection(place: str, layers: list[BaseException]) -> tuple[str, str] | None:
    host = urlsplit(place).netloc
    if any(isinstance(one, ConnectionRefusedError) for one in layers):
        return "the connection was refused: nothing listens there", f"correct the setting url, or start {host}"
    if any(isinstance(one, OSError) and one.errno in _NO_ROUTE for one in layers):
        return "there is no route to it from this machine", "check the network, or set a proxy in HTTPS_PROXY"
    if any(isinstance(one, requests.ConnectTimeout | wire.ConnectTimeoutError) for one in layers):
        return "the connection timed out", f"allow {host} in the firewall, or set a proxy in HTTPS_PROXY"
    if any(isinstance(one, requests.Timeout | wire.TimeoutError | TimeoutError) for one in layers):
        return "it accepted the request, but did not answer in time", "check whether it is overloaded"
    if any(isinstance(one, ConnectionError | wire.ProtocolError | requests.ConnectionError) for one in layers):
        return "it closed the connection", "check its log, and the proxy in front of it if there is one"
    return None


def _with_port(host: str, port: int) -> str:
    return host if ":" in host.rpartition("]")[2] else f"{host}:{port}"
