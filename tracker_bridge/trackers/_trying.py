"""One request to a forge, told to the log at debug, and to whoever watches. Neither sees what was sent."""

import logging
from collections.abc import Mapping

from tracker_bridge.events import Asked, Observer, kind_of
from tracker_bridge.trackers._budget import budget

_log = logging.getLogger(__name__)


def tried(
    observe: Observer,
    tracker: str,
    *,
    verb: str,
    path: str,
    seconds: float,
    status: int = 0,
    headers: Mapping[str, str] | None = None,
    limits: str = "",
    request_id: str = "x-request-id",
) -> None:
    """
    ``status`` is 0 without an answer. The names of ``headers`` are in lower case, or it does not matter. What is
    left to ask stands in those that begin with ``limits``; what the forge calls the request, in ``request_id``.
    """
    told = headers or {}
    observe(Asked(tracker, kind_of(verb, path), status, budget(told, limits)))
    name = told.get(request_id, "")
    said = f"request {name}" if name else "no id"
    fields = {"tracker": tracker, "status": status, "request": name, "seconds": round(seconds, 3)}
    _log.debug(
        "%s %s %s: %s, %s", tracker, verb, path.partition("?")[0], status or "no answer", said, extra=fields
    )
