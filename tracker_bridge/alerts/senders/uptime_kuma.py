"""Uptime Kuma's webhook: JSON, or a form with the JSON in its field ``data``. The monitor is the key."""

import json
from collections.abc import Mapping
from typing import Any, Final

from tracker_bridge.alerts.notice import Notice, Told, single
from tracker_bridge.alerts.payload import Payload, first_of, list_of, mapping_of, object_of, text_of, time_of

_DOWN, _UP = "0", "1"
_SEVERITY: Final = "severity"


def read(payload: Payload) -> Told:
    """Read a notification. Raises ``Unreadable``."""
    form = payload.form()
    sent = payload.object() if form is None else object_of(form.get("data", json.dumps(dict(form))).encode())
    beat, monitor = mapping_of(sent.get("heartbeat")), mapping_of(sent.get("monitor"))
    if not beat:
        return _without_beat(text_of(sent.get("msg")))
    status, number = text_of(beat.get("status")), first_of(beat.get("monitorID"), monitor.get("id"))
    if status not in (_DOWN, _UP):
        return Told(nothing="a heartbeat that is neither up nor down")
    name = first_of(monitor.get("pathName"), monitor.get("name"), f"Monitor {number}")
    at = time_of(beat.get("time"))
    tags = {
        text_of(tag.get("name")): text_of(tag.get("value"))
        for tag in map(mapping_of, list_of(monitor.get("tags")))
    }
    notice = Notice(
        key=number or name,
        title=f"{name} is down",
        members=single(
            firing=status == _DOWN, name=first_of(monitor.get("url"), monitor.get("hostname")), since=at
        ),
        text=_text(sent, beat, monitor),
        severity=tags.get(_SEVERITY, ""),
        labels={tag: value for tag, value in tags.items() if tag and value},
        started=at if status == _DOWN else None,
        at=at,
        url=first_of(monitor.get("url")),
    )
    return Told((notice,))


def _without_beat(said: str) -> Told:
    """A certificate that runs out is told without a monitor; so is the Test button."""
    if "certificate" not in said.casefold():
        return Told(nothing="a message without a heartbeat, such as a test")
    site = said.partition("]")[0].lstrip("[") or "a site"
    notice = Notice(
        key=f"certificate:{said.partition(' will expire')[0]}",
        title=f"{site}: certificate expires",
        members=single(firing=True),
        text=said,
        severity="warning",
    )
    return Told((notice,))


def _text(sent: Mapping[str, Any], beat: Mapping[str, Any], monitor: Mapping[str, Any]) -> str:
    said = dict.fromkeys(
        text_of(one)
        for one in (beat.get("msg") or sent.get("msg"), monitor.get("description"), monitor.get("url"))
    )
    return "\n".join(one for one in said if one)
