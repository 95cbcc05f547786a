"""One request to a forge, told to the log at debug, and to whoever watches. Neither sees what was sent."""

import logging
from collections.abc import Mapping

from tracker_bridge.events import Asked, Observer, kind_of
from tracker_bridge.trackers._waiting import budget

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
) -> None:
    """``status`` is 0 without an answer. The names of ``headers`` are in lower case, or it does not matter."""
    told = headers or {}
    observe(Asked(tracker, kind_of(verb, path), status, budget(told, "x-" if tracker == "github" else "")))
    name = told.get("x-github-request-id") or told.get("x-request-id") or ""
    said = f"request {name}" if name else "no id"
    fields = {"tracker": tracker, "status": status, "request": name, "seconds": round(seconds, 3)}
    _log.debug(
        "%s %s %s: %s, %s", tracker, verb, path.partition("?")[0], status or "no answer", said, extra=fields
    )
