"""
Alertmanager's webhook, version 4, and Mimir's, which is the same.

A notification is about a group. Its members are told by their fingerprints; one that ended is listed once more and
then no more, and of a group that is too large only a part is listed.
"""

from collections.abc import Mapping
from typing import Any, Final

from tracker_bridge.alerts.notice import Member, Notice, Told, hashed
from tracker_bridge.alerts.payload import Payload, first_of, labels_of, list_of, mapping_of, text_of, time_of

_TITLES: Final = ("summary", "title")
_DETAILS: Final = ("description", "message", "runbook_url", "runbook", "dashboard_url")
_OUT_OF_NAMES: Final = frozenset({"alertname", "severity"})
_DEAD_MANS_SWITCHES: Final = frozenset({"watchdog", "infoinhibitor", "deadmansswitch"})


def read(payload: Payload) -> Told:
    """Read a notification. Raises :class:`~tracker_bridge.alerts.payload.Unreadable`."""
    return group(payload.object())


def group(sent: Mapping[str, Any], *, caution: str = "", test: bool = False, scope: str = "") -> Told:
    """Return what is told of a group. ``scope`` tells groups of the same key apart."""
    alerts = [one for one in list_of(sent.get("alerts")) if isinstance(one, Mapping)]
    if not alerts:
        return Told(nothing="a notification without alerts")
    common = labels_of(sent.get("commonLabels")) or _shared([labels_of(one.get("labels")) for one in alerts])
    group_labels = labels_of(sent.get("groupLabels"))
    name = first_of(common.get("alertname"), group_labels.get("alertname"))
    if name.casefold() in _DEAD_MANS_SWITCHES or common.get("severity", "").casefold() == "none":
        return Told(nothing="an alert that is meant to fire always")
    notes = labels_of(sent.get("commonAnnotations")) or _shared(
        [labels_of(one.get("annotations")) for one in alerts]
    )
    first = labels_of(alerts[0].get("annotations"))
    members = tuple(_member(one, common, text_of(sent.get("status"))) for one in alerts)
    known = [member.since for member in members if member.since and member.firing]
    return Told(
        (
            Notice(
                key=scope + _key(sent, group_labels, members),
                title=_title(notes, first, name, common, labels_of(alerts[0].get("labels"))),
                members=members,
                text=_text(sent, notes, first, common),
                severity=common.get("severity", "") or _worst(alerts),
                labels=common,
                started=min(known, default=None),
                at=max((at for one in alerts if (at := time_of(one.get("endsAt")))), default=None),
                complete=not _number(sent.get("truncatedAlerts")),
                caution=caution,
                test=test,
                url=first_of(sent.get("externalURL")),
            ),
        )
    )


def _member(alert: Mapping[str, Any], common: Mapping[str, str], status: str) -> Member:
    """``status`` is the group's, for a member without its own."""
    labels = labels_of(alert.get("labels"))
    own = {name: text for name, text in labels.items() if name not in common and name not in _OUT_OF_NAMES}
    shown = own or {name: text for name, text in labels.items() if name not in _OUT_OF_NAMES}
    told = "\n".join(f"{name}={text}" for name, text in sorted(labels.items()))
    return Member(
        id=first_of(alert.get("fingerprint")) or hashed(told),
        firing=first_of(alert.get("status"), status).strip().casefold() != "resolved",
        name=", ".join(f"{name}={text}" for name, text in shown.items()) or first_of(labels.get("alertname")),
        since=time_of(alert.get("startsAt")),
    )


def _key(sent: Mapping[str, Any], group_labels: Mapping[str, str], members: tuple[Member, ...]) -> str:
    """Return the key of the group; of a copy that lacks it, what it is made of, or else the first member."""
    if key := first_of(sent.get("groupKey")):
        return key
    if group_labels:
        return f"{text_of(sent.get('receiver'))}:{sorted(group_labels.items())}"
    return members[0].id


def _title(notes: Mapping[str, str], first: Mapping[str, str], name: str, *labels: Mapping[str, str]) -> str:
    said = first_of(*(of.get(key) for of in (notes, first) for key in _TITLES), name)
    return said or first_of(*(text for of in labels for text in of.values())) or "Alert"


def _text(
    sent: Mapping[str, Any], notes: Mapping[str, str], first: Mapping[str, str], common: Mapping[str, str]
) -> str:
    said = {**{key: text for key, text in first.items() if key not in _TITLES}, **notes}
    lines = [said[key] for key in _DETAILS if key in said]
    lines += [f"{key}: {text}" for key, text in said.items() if key not in (*_DETAILS, *_TITLES)]
    lines += [f"{key} = {text}" for key, text in common.items()]
    sources = dict.fromkeys(
        first_of(one.get("generatorURL")) for one in map(mapping_of, list_of(sent.get("alerts")))
    )
    return "\n".join([*lines, *[one for one in sources if one][:3]])


def _shared(labels: list[dict[str, str]]) -> dict[str, str]:
    return {key: text for key, text in labels[0].items() if all(one.get(key) == text for one in labels)}


def _worst(alerts: list[Mapping[str, Any]]) -> str:
    """Return the word of the first member that has one: of several, the settings know which is worse."""
    return first_of(*(labels_of(one.get("labels")).get("severity") for one in alerts))


def _number(value: object) -> int:
    text = text_of(value)
    return int(text) if text.isdecimal() else 0
