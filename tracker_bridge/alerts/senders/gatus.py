"""Gatus' custom alerts, with the body that docs/alerts.md prints. It puts texts into the JSON as they are."""

from typing import Final

from tracker_bridge.alerts.notice import Notice, Told, single
from tracker_bridge.alerts.payload import Payload, first_of, text_of

_ENDS: Final = ("resolved", "ok", "up")


def read(payload: Payload) -> Told:
    """Read a body. Raises ``Unreadable``."""
    sent = payload.object()
    key = first_of(sent.get("key"), sent.get("title"), sent.get("url"))
    if not key:
        return Told(nothing="an alert without a key")
    firing = text_of(sent.get("status")).casefold() not in _ENDS
    name = first_of(sent.get("title"), key)
    said = (text_of(sent.get("description")), text_of(sent.get("errors")), text_of(sent.get("url")))
    notice = Notice(
        key=key,
        title=f"{name}: {said[0]}" if said[0] else name,
        members=single(firing=firing, name=text_of(sent.get("url"))),
        text="\n".join(one for one in said if one),
        severity=text_of(sent.get("severity")),
        url=text_of(sent.get("url")),
    )
    return Told((notice,))
