"""
Grafana's webhook: Alertmanager's with more fields, and version "1".

Its Test button makes a group of a new key at each press. Series that vanished, paused and deleted rules end an
alert as well; nothing is known to be well then.
"""

from typing import Final

from tracker_bridge.alerts.notice import Told
from tracker_bridge.alerts.payload import Payload, first_of, labels_of, list_of, mapping_of, text_of
from tracker_bridge.alerts.senders import alertmanager

_REASON: Final = "grafana_state_reason"
_WHILE_FIRING: Final = frozenset({"NoData", "Error"})
_TEST: Final = {"alertname": "TestAlert", "instance": "Grafana"}


def read(payload: Payload) -> Told:
    """Read a notification; one of a custom shape is the generic sender's. Raises ``Unreadable``."""
    sent = payload.object()
    alerts = [mapping_of(one) for one in list_of(sent.get("alerts"))]
    reasons = dict.fromkeys(first_of(labels_of(one.get("annotations")).get(_REASON)) for one in alerts)
    labels = labels_of(sent.get("groupLabels")) or (labels_of(alerts[0].get("labels")) if alerts else {})
    return alertmanager.group(
        sent,
        caution=", ".join(one for one in reasons if one and one not in _WHILE_FIRING),
        test=labels == _TEST,
        scope=f"{text_of(sent.get('orgId'))}:",
    )
