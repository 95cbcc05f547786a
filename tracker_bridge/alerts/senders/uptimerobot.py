"""UptimeRobot's webhook: JSON, or a form with its default variables. The monitor is the key."""

from typing import Final

from tracker_bridge.alerts.notice import Notice, Told, single
from tracker_bridge.alerts.payload import Payload, first_of, text_of, time_of

_DOWN, _UP, _CERTIFICATE = "1", "2", "3"
_NAMED: Final = {"down": _DOWN, "up": _UP, "ssl expiry": _CERTIFICATE}
_KINDS: Final = (_DOWN, _UP, _CERTIFICATE)


def read(payload: Payload) -> Told:
    """Read a payload. Raises ``Unreadable``."""
    form = payload.form()
    sent = form if form is not None else payload.object()
    said = first_of(sent.get("alertType"), sent.get("alertTypeFriendlyName"))
    kind = _NAMED.get(said.strip().casefold(), said)
    monitor = first_of(sent.get("monitorID"), sent.get("monitorURL"))
    if kind not in _KINDS or not monitor:
        return Told(nothing="neither up nor down, or without a monitor")
    name = first_of(sent.get("monitorFriendlyName"), sent.get("monitorURL"), monitor)
    state = "certificate expires" if kind == _CERTIFICATE else "is down"
    at = time_of(sent.get("alertDateTime"))
    notice = Notice(
        key=f"{monitor}:certificate" if kind == _CERTIFICATE else monitor,
        title=f"{name}: {state}" if kind == _CERTIFICATE else f"{name} {state}",
        members=single(firing=kind != _UP, name=first_of(sent.get("monitorURL")), since=at),
        text="\n".join(one for one in (text_of(sent.get("alertDetails")), text_of(sent.get("monitorURL"))) if one),
        severity="warning" if kind == _CERTIFICATE else "",
        started=at if kind != _UP else None,
        at=at,
        url=first_of(sent.get("monitorURL")),
    )
    return Told((notice,))
