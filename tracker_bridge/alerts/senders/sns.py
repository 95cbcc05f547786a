"""
Amazon SNS: CloudWatch's alarms, or any text that is published to a topic.

A message is signed with a certificate of Amazon's; what is delivered raw is not signed at all, and so needs the
secret. ``INSUFFICIENT_DATA`` is neither an alarm nor its end.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from tracker_bridge.alerts.notice import Notice, Told, single
from tracker_bridge.alerts.payload import (
    Payload,
    Unreadable,
    first_of,
    json_of,
    list_of,
    mapping_of,
    text_of,
    time_of,
)

_HOST: Final = re.compile(r"https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?/[^\s\\@]*", re.ASCII)
_SIGNED: Final = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip
_SIGNED["UnsubscribeConfirmation"] = _SIGNED["SubscriptionConfirmation"]


def is_amazons(address: str) -> bool:
    """Whether an address is one of SNS's own: others are never asked for anything."""
    return _HOST.fullmatch(address) is not None


def signed_text(message: Mapping[str, Any]) -> bytes:
    """Return what is signed of a message; empty for a kind that is not known."""
    names = _SIGNED.get(text_of(message.get("Type")), ())
    return "".join(f"{name}\n{message[name]}\n" for name in names if name in message).encode(
        "utf-8", "surrogatepass"
    )


def read(payload: Payload) -> Told:
    """Read a message. Raises ``Unreadable``."""
    sent = payload.object()
    sent = _state_change(sent)
    if "AlarmName" in sent:
        return _alarm(sent)
    if text_of(sent.get("Type")) != "Notification":
        return Told(nothing=f"a message that is no notification: {text_of(sent.get('Type'))[:40]}")
    message = text_of(sent.get("Message"))
    try:
        inner = _state_change(mapping_of(json_of(message.encode("utf-8", "surrogatepass"))))
    except Unreadable:
        inner = {}
    return _alarm(inner) if "AlarmName" in inner else _text(sent, message)


def _state_change(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what EventBridge tells of an alarm as CloudWatch itself would; anything else as it is."""
    detail = mapping_of(event.get("detail"))
    if event.get("source") != "aws.cloudwatch" or not text_of(detail.get("alarmName")):
        return event
    state = mapping_of(detail.get("state"))
    return {
        "AlarmName": detail.get("alarmName"),
        "AlarmArn": first_of(*list_of(event.get("resources"))),
        "AlarmDescription": mapping_of(detail.get("configuration")).get("description"),
        "NewStateValue": state.get("value"),
        "NewStateReason": state.get("reason"),
        "StateChangeTime": first_of(state.get("timestamp"), event.get("time")),
        "Region": event.get("region"),
        "AWSAccountId": event.get("account"),
    }


def _alarm(alarm: Mapping[str, Any]) -> Told:
    state = text_of(alarm.get("NewStateValue"))
    if state not in ("ALARM", "OK"):
        return Told(nothing=f"an alarm that neither begins nor ends: {state[:40]}")
    at = time_of(alarm.get("StateChangeTime"))
    trigger = mapping_of(alarm.get("Trigger"))
    shape = (mapping_of(one) for one in list_of(trigger.get("Dimensions")))
    lines = [
        first_of(alarm.get("AlarmDescription")),
        first_of(alarm.get("NewStateReason")),
        *(f"{text_of(one.get('name'))} = {text_of(one.get('value'))}" for one in shape),
        f"{first_of(alarm.get('Region'))} {first_of(alarm.get('AWSAccountId'))}".strip(),
    ]
    name = first_of(alarm.get("AlarmName"), "CloudWatch alarm")
    notice = Notice(
        key=first_of(alarm.get("AlarmArn"), name),
        title=name,
        members=single(firing=state == "ALARM", name=first_of(alarm.get("Region")), since=at),
        text="\n".join(line for line in lines if line),
        labels={"region": first_of(alarm.get("Region"))} if first_of(alarm.get("Region")) else {},
        started=at if state == "ALARM" else None,
        at=at,
    )
    return Told((notice,))


def _text(sent: Mapping[str, Any], message: str) -> Told:
    """A text has no end, and no key but itself: each is an incident of its own."""
    title = first_of(sent.get("Subject"), message.strip().partition("\n")[0], "Message")
    at = time_of(sent.get("Timestamp"))
    key = first_of(sent.get("MessageId"), title)
    return Told((Notice(key, title, single(firing=True, since=at), message, started=at, at=at),))
