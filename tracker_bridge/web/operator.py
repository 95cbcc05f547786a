"""
Pages for whoever keeps the bridge running: from this machine, or with the token of the setting.

GET /health    how each tracker and project is doing; as JSON if that is accepted. 503 when there is a complaint
GET /metrics   numbers for Prometheus
"""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, abort, request

from tracker_bridge.observability.screen import screen

_FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP")
"""Headers of proxies: what they pass on does not come from this machine, although it seems so."""


def _nothing() -> dict[str, Any]:
    return {"healthy": True, "complaints": [], "queue": {}, "trackers": {}}


@dataclass(frozen=True, slots=True)
class Window:
    """
    ``complaints`` are for everybody, and name trackers only. ``metrics`` gives the page and its type. Without a
    ``token``, only this machine may look at these.
    """

    complaints: Callable[[], Sequence[str]] = tuple

    health: Callable[[], Mapping[str, Any]] = _nothing
    metrics: Callable[[], tuple[bytes, str]] = lambda: (b"", "text/plain")
    token: str = ""


def pages(window: Window) -> Blueprint:
    blueprint = Blueprint("operator", __name__)

    @blueprint.before_request
    def only_for_operators() -> None:
        if not (_from_here() or _with(window.token)):
            abort(403)

    @blueprint.get("/health")
    def health() -> Response:
        data = window.health()
        status = 200 if data["healthy"] else 503
        if request.accept_mimetypes.best_match(["text/plain", "application/json"]) == "application/json":
            return Response(json.dumps(data) + "\n", status, mimetype="application/json")
        return Response(screen(data), status, mimetype="text/plain")

    @blueprint.get("/metrics")
    def metrics() -> Response:
        page, kind = window.metrics()
        return Response(page, content_type=kind)

    return blueprint


def _from_here() -> bool:
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _with(token: str) -> bool:
    given = request.headers.get("Authorization", "").encode("utf-8", "replace")
    return bool(token) and hmac.compare_digest(given, f"Bearer {token}".encode())
