"""PagerDuty's webhooks, version 3: events of an incident, at least once each, and in order."""

from collections.abc import Mapping
from typing import Any, Final

from tracker_bridge.alerts.notice import Notice, Told, single
from tracker_bridge.alerts.payload import Payload, first_of, mapping_of, text_of, time_of

_ENDS: Final = "incident.resolved"
_FIRES: Final = frozenset(
    {"incident.triggered", "incident.reopened", "incident.unacknowledged", "incident.escalated"}
)
_INCIDENTS: Final = frozenset({"incident", "incident_reference"})
_MERGED: Final = "merge_resolve_reason"


def read(payload: Payload) -> Told:
    """Read an event. Only what begins or ends an incident is news. Raises ``Unreadable``."""
    event = mapping_of(payload.object().get("event"))
    kind, data = text_of(event.get("event_type")), mapping_of(event.get("data"))
    if text_of(data.get("type")) not in _INCIDENTS or not first_of(data.get("id")):
        return Told(nothing=f"an event about something else than an incident: {kind[:60]}")
    if kind != _ENDS and kind not in _FIRES:
        return Told(nothing=f"an event that neither begins nor ends an incident: {kind[:60]}")
    firing = kind != _ENDS
    at = time_of(event.get("occurred_at"))
    service = first_of(mapping_of(data.get("service")).get("summary"))
    notice = Notice(
        key=text_of(data.get("id")),
        title=first_of(data.get("title"), data.get("summary"), "PagerDuty incident"),
        members=single(firing=firing, name=first_of(data.get("html_url")), since=time_of(data.get("created_at"))),
        text=_text(data, service),
        severity=first_of(mapping_of(data.get("priority")).get("summary"), data.get("urgency")),
        labels={"service": service} if service else {},
        started=time_of(data.get("created_at")),
        at=at,
        caution=_caution(data),
        url=first_of(data.get("html_url")),
    )
    return Told((notice,))


def _caution(data: Mapping[str, Any]) -> str:
    reason = mapping_of(data.get("resolve_reason"))
    if text_of(reason.get("type")) != _MERGED:
        return ""
    into = mapping_of(reason.get("incident"))
    return f"merged into {first_of(into.get('html_url'), into.get('summary'), into.get('id'), 'another incident')}"


def _text(data: Mapping[str, Any], service: str) -> str:
    lines = [first_of(data.get("html_url"))]
    lines += [f"Service: {service}"] if service else []
    for name in ("priority", "escalation_policy"):
        said = first_of(mapping_of(data.get(name)).get("summary"))
        lines += [f"{name.replace('_', ' ').capitalize()}: {said}"] if said else []
    return "\n".join(line for line in lines if line)
