"""
Who sends alerts: one module each, which reads its payloads. A new sender is a module here and a line in
``READERS``.

How a sender proves itself is said in :mod:`tracker_bridge.alerts.proof`, and chosen in ``proving.py``.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from tracker_bridge.alerts.notice import Told
from tracker_bridge.alerts.payload import Payload
from tracker_bridge.alerts.senders import (
    alertmanager,
    datadog,
    gatus,
    gitlab,
    grafana,
    opsgenie,
    pagerduty,
    sentry,
    sns,
    uptime_kuma,
    uptimerobot,
)
from tracker_bridge.alerts.senders.generic import Generic

Reader = Callable[[Payload], Told]
"""
Reads what was sent. Raises :class:`~tracker_bridge.alerts.payload.Unreadable` for what does not parse, and
nothing else, whatever the bytes are.
"""

GENERIC: Final = "generic"

READERS: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        "alertmanager": alertmanager.read,
        "grafana": grafana.read,
        "pagerduty": pagerduty.read,
        "sentry": sentry.read,
        "datadog": datadog.read,
        "sns": sns.read,
        "gatus": gatus.read,
        "uptime-kuma": uptime_kuma.read,
        "uptimerobot": uptimerobot.read,
        "opsgenie": opsgenie.read,
        "gitlab": gitlab.read,
    }
)


OWN_SHAPE: Final = frozenset({"alertmanager", "grafana"})
"""Senders that let people make up a body of their own, which is told by its having no list of alerts."""


def reader_of(kind: str, templates: Mapping[str, str]) -> Reader:
    """Return what reads the payloads of a kind of sender. ``templates`` are for what has a shape of its own."""
    generic = Generic(templates).read
    if kind == GENERIC:
        return generic
    read = READERS[kind]

    def either(payload: Payload) -> Told:
        return read(payload) if "alerts" in payload.object() else generic(payload)

    return either if kind in OWN_SHAPE else read
