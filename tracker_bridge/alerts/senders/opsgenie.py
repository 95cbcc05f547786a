"""Opsgenie's webhook: the alias tells alerts apart, and of some twenty actions three begin or end one."""

from typing import Final

from tracker_bridge.alerts.notice import Notice, Told, single
from tracker_bridge.alerts.payload import Payload, first_of, labels_of, mapping_of, text_of, time_of

_FIRES: Final = frozenset({"create", "escalate"})
_ENDS: Final = frozenset({"close", "delete"})


def read(payload: Payload) -> Told:
    """Read an action. Raises ``Unreadable``."""
    sent = payload.object()
    said, alert = text_of(sent.get("action")), mapping_of(sent.get("alert"))
    action, key = said.casefold(), first_of(alert.get("alias"), alert.get("alertId"), alert.get("tinyId"))
    if action not in _FIRES | _ENDS or not key:
        return Told(nothing=f"an action that neither begins nor ends an alert: {said[:40]}")
    started = time_of(alert.get("createdAt"))
    details = labels_of(alert.get("details"))
    notice = Notice(
        key=key,
        title=first_of(alert.get("message"), alert.get("alias"), "Opsgenie alert"),
        members=single(firing=action in _FIRES, name=text_of(alert.get("entity")), since=started),
        text="\n".join(
            [first_of(alert.get("description")), *(f"{name} = {text}" for name, text in details.items())]
        ),
        severity=text_of(alert.get("priority")),
        labels=details,
        started=started if action in _FIRES else None,
        at=time_of(alert.get("updatedAt")),
        caution="deleted in Opsgenie" if action == "delete" else "",
    )
    return Told((notice,))
