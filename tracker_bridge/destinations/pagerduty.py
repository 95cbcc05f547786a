"""
PagerDuty's Events API: an alert is triggered, acknowledged and resolved by one key, so that repeating is harmless.

https://developer.pagerduty.com/docs/events-api-v2-overview
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from tracker_bridge.destinations.attempts import Attempt, delivered, failed, judged
from tracker_bridge.destinations.http import USUAL, Answer, Limits
from tracker_bridge.destinations.paging import PAGES_ONLY, page_key
from tracker_bridge.destinations.texts import plain
from tracker_bridge.destinations.trying import tried
from tracker_bridge.domain.incident.outward import Facts, Kind, Message

_ACTIONS: Final[Mapping[Kind, str]] = {
    Kind.PAGE: "trigger",
    Kind.ACKNOWLEDGED: "acknowledge",
    Kind.PAGE_OVER: "resolve",
}
_SEVERITIES: Final = ("error", "critical", "error", "warning")
_MOST_SUMMARY: Final = 1_024
_MOST_TEXT: Final = 10_000


class PagerDuty:
    """One integration, by its routing key: of a service, or of an event orchestration."""

    service = "pagerduty"
    can_edit = False
    can_dedup = True

    def __init__(self, name: str, url: str, key: str, max_text: int, limits: Limits = USUAL) -> None:
        self.name, self.max_text = name, max_text
        self._url = f"{url.rstrip('/')}/v2/enqueue"
        self._key, self._limits = key, limits

    def send(self, message: Message, handle: str | None) -> Attempt:  # noqa: ARG002 - a destination's signature
        action = _ACTIONS.get(message.kind)
        if action is None:
            return failed(PAGES_ONLY)
        event = {
            "routing_key": self._key,
            "event_action": action,
            "dedup_key": page_key(message),
            **(_alert(message) if action == "trigger" else {}),
        }
        return tried(self._url, event, {}, read=_came, limits=self._limits, repeatable=True)


def _alert(message: Message) -> dict[str, Any]:
    facts = message.facts
    at = facts and (facts.started_at or facts.detected_at or facts.declared_at)
    payload = {
        "summary": plain(message.subject)[:_MOST_SUMMARY] or message.thread,
        "source": message.thread,
        "severity": _severity(facts),
        "custom_details": {"text": plain(message.text)[:_MOST_TEXT], **_details(facts)},
        **({"timestamp": _time(at)} if at else {}),
        **({"component": facts.services[0]} if facts and facts.services else {}),
        **({"group": facts.project} if facts else {}),
    }
    link = (
        {"links": [{"href": message.url, "text": message.thread}], "client_url": message.url}
        if message.url
        else {}
    )
    return {"payload": payload, "client": "tracker-bridge", **link}


def _severity(facts: Facts | None) -> str:
    """Return PagerDuty's word for the place on the team's scale; what is not known yet is an error."""
    rank = facts.rank if facts else 0
    return _SEVERITIES[rank] if rank < len(_SEVERITIES) else "info"


def _details(facts: Facts | None) -> dict[str, Any]:
    if facts is None:
        return {}
    return {"severity": facts.severity, "phase": facts.phase, "leads": list(facts.leads), "drill": facts.drill}


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _came(answer: Answer) -> Attempt:
    """202 says that the event was taken, not that somebody was woken. What is wrong with one stays wrong: 400."""
    return delivered() if answer.succeeded else judged(answer.status, answer.retry_after)
