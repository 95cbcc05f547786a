"""
Datadog's webhooks, with the payload that docs/alerts.md prints; its own default has neither monitor nor state.

Variables that it does not know stay as they are: ``$ALERT_CYCLE_KEY``.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from tracker_bridge.alerts.notice import Notice, Told, single
from tracker_bridge.alerts.payload import Payload, first_of, text_of, time_of

_VARIABLE: Final = re.compile(r"\$\{?[A-Z_]+(?:\[[^\]]*\])?\}?")


def read(payload: Payload) -> Told:
    """Read a payload. Raises ``Unreadable``."""
    sent = {name: _known(value) for name, value in payload.object().items()}
    transition = text_of(sent.get("alert_transition"))
    title = _title(first_of(sent.get("title"), sent.get("event_title")))
    monitor, cycle = text_of(sent.get("alert_id")), text_of(sent.get("alert_cycle_key"))
    key = cycle or (f"{monitor}:{text_of(sent.get('alert_scope'))}" if monitor else "")
    firing = not (transition or _bracketed(text_of(sent.get("title")))).casefold().startswith("recovered")
    notice = Notice(
        key=key or title,
        title=title,
        members=single(firing=firing, name=text_of(sent.get("alert_scope")), since=time_of(sent.get("date"))),
        text=_text(sent),
        severity=first_of(sent.get("alert_priority"), _level(sent, transition)),
        labels=_labels(text_of(sent.get("tags"))),
        started=time_of(sent.get("date")) if firing else None,
        at=time_of(sent.get("last_updated")),
        test=not transition and not key and "test" in title.casefold(),
        url=first_of(sent.get("link")),
    )
    return Told((notice,))


def _known(value: Any) -> Any:
    """Leave out what Datadog could not fill in."""
    return "" if isinstance(value, str) and (_VARIABLE.fullmatch(value) or value == "null") else value


def _bracketed(title: str) -> str:
    """Return the state that the default payload has in its title only: ``[Triggered on {host:a}] ...``."""
    parts = [part.partition("]")[0] for part in title.split("[")[1:]]
    return next((part for part in parts if " on " in part or part.casefold().startswith("recovered")), "")


def _title(title: str) -> str:
    """Return the title without priority and state, which change while it lasts."""
    while title.startswith("[") and "]" in title:
        title = title.partition("]")[2].strip()
    return title or "Datadog alert"


def _level(sent: Mapping[str, Any], transition: str) -> str:
    return "warning" if "warn" in transition.casefold() else text_of(sent.get("alert_type"))


def _text(sent: Mapping[str, Any]) -> str:
    said = (sent.get("alert_status"), sent.get("message"), sent.get("body"), sent.get("link"))
    return "\n".join(text for one in said if (text := text_of(one).replace("%%%", "").strip()))


def _labels(tags: str) -> dict[str, str]:
    pairs = (tag.partition(":") for tag in tags.split(",")[:200])
    return {name.strip(): value.strip() for name, colon, value in pairs if colon and value.strip()}
