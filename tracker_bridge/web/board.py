"""
The board: what is open now, for those who work on it. From memory: no view asks a tracker.

GET /    with the token of the setting as a password, or as a bearer; or with the login that a proxy passes on
"""

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from flask import Blueprint, Response, abort, request

from tracker_bridge.rendering.board import BoardPage

EVERY = 30
"""Seconds after which a browser asks again by itself."""


@dataclass(frozen=True, slots=True)
class Desk:
    """
    ``page`` makes the page, to come again after so many seconds. Who may see it: those with the ``token``, and
    those whom one of the ``proxies`` names in ``login_header``.
    """

    page: Callable[[int], BoardPage]
    token: str = ""
    login_header: str = ""
    proxies: Sequence[str] = ()


def board_pages(desk: Desk | None) -> Blueprint:
    """Return the page; without a desk, it is not found."""
    blueprint = Blueprint("board", __name__)

    @blueprint.get("/")
    def board() -> Response:
        if desk is None:
            abort(404)
        if not (_with_token(desk.token) or _logged_in(desk)):
            return _refused(desk)
        every = 0 if request.args.get("refresh") == "off" else EVERY
        shown = desk.page(every)
        answer = Response(shown.html, content_type="text/html; charset=utf-8")
        answer.headers["Content-Security-Policy"] = f"{shown.policy}; frame-ancestors 'none'"
        if every:
            answer.headers["Refresh"] = str(every)
        return answer

    return blueprint


def _refused(desk: Desk) -> Response:
    if not desk.token:
        return Response("Log in at the proxy in front of this page.\n", 403, mimetype="text/plain")
    answer = Response("The board needs its token, as the password.\n", 401, mimetype="text/plain")
    answer.headers["WWW-Authenticate"] = 'Basic realm="Open incidents", charset="UTF-8"'
    return answer


def _with_token(token: str) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    secret = given.strip().encode("utf-8", "replace")
    if kind.casefold() == "basic":
        try:
            secret = base64.b64decode(secret, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
    elif kind.casefold() != "bearer":
        return False
    return bool(token) and hmac.compare_digest(secret, token.encode())


def _logged_in(desk: Desk) -> bool:
    """Whether a proxy that is believed says who it is."""
    if not desk.login_header or not request.headers.get(desk.login_header, "").strip():
        return False
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(address in ip_network(one) for one in desk.proxies)
