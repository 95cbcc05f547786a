"""Asks the bridge that runs on this machine how it is, if one does."""

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from tracker_bridge.settings import Settings

_PATIENCE = 2.0
_EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  # what is listened to, not what is opened


def address_of(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in _EVERYWHERE else settings.host
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def ask(settings: Settings) -> tuple[dict[str, Any] | None, str]:
    """Return what ``/health`` tells, or ``None`` and why not."""
    headers = {"Accept": "application/json"}
    if settings.operator_token:
        headers["Authorization"] = f"Bearer {settings.operator_token.get_secret_value()}"
    request = Request(f"{address_of(settings)}/health", headers=headers)  # noqa: S310  # http only
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=_PATIENCE) as answer:
            told = json.loads(answer.read())
    except HTTPError as error:
        with error:  # it is an answer that is read, and closed
            if error.code != 503:
                return None, f"it answers {error.code}; the setting operator_token must have the same value there"
            told = _parsed(error.read())
    except (URLError, OSError, ValueError):
        return None, "no bridge answers there"
    return (told, "") if isinstance(told, dict) else (None, "this is not tracker-bridge")


def silent_since(settings: Settings) -> str:
    """Return what the bridge on this machine knows of a forge that does not answer, a sentence or nothing."""
    told, _ = ask(settings)
    trackers = told.get("trackers") if told else None
    if not isinstance(trackers, dict):
        return ""
    for name, forge in trackers.items():
        if not isinstance(forge, dict) or forge.get("answers") is not False:
            continue
        swept = [one.get("last_sweep") for one in forge.get("projects", {}).values() if one.get("last_sweep")]
        last = f"; it read everything there last at {max(swept)}" if swept else ""
        return f"The bridge on this machine gets no answer from {name} either{last}."
    return ""


def _parsed(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        return None
