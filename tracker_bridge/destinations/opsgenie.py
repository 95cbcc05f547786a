"""
Opsgenie, and Jira Service Management, which takes its place: an alert by its alias, so that repeating is harmless.

https://docs.opsgenie.com/docs/alert-api
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from tracker_bridge.destinations.attempts import Attempt, failed
from tracker_bridge.destinations.http import USUAL, Limits
from tracker_bridge.destinations.paging import PAGES_ONLY, page_key
from tracker_bridge.destinations.texts import plain
from tracker_bridge.destinations.trying import tried
from tracker_bridge.domain.incident.outward import Facts, Kind, Message

_VERBS: Final[Mapping[Kind, str]] = {Kind.ACKNOWLEDGED: "acknowledge", Kind.PAGE_OVER: "close"}
_MOST_MESSAGE: Final = 130
_MOST_DESCRIPTION: Final = 15_000
_UNKNOWN_PRIORITY: Final = 2
_LEAST_PRIORITY: Final = 5


class Opsgenie:
    """One integration of the kind API, by its key."""

    service = "opsgenie"
    can_edit = False
    can_dedup = True

    def __init__(self, name: str, url: str, key: str, max_text: int, limits: Limits = USUAL) -> None:
        self.name, self.max_text = name, max_text
        self._alerts = f"{url.rstrip('/')}/v2/alerts"
        self._headers = {"Authorization": f"GenieKey {key}"}
        self._limits = limits

    def send(self, message: Message, handle: str | None) -> Attempt:  # noqa: ARG002 - a destination's signature
        alias = page_key(message)
        if message.kind is Kind.PAGE:
            return self._tried(self._alerts, _alert(message, alias))
        verb = _VERBS.get(message.kind)
        if verb is None:
            return failed(PAGES_ONLY)
        url = f"{self._alerts}/{quote(alias, safe='')}/{verb}?identifierType=alias"
        return self._tried(url, {"source": message.thread, "note": plain(message.subject)})

    def _tried(self, url: str, given: Mapping[str, Any]) -> Attempt:
        """It answers 202 to what it will do: that is no proof of it."""
        return tried(url, given, self._headers, limits=self._limits, repeatable=True)


def _alert(message: Message, alias: str) -> dict[str, Any]:
    facts = message.facts
    lines = filter(None, (plain(message.text), message.url))
    return {
        "message": plain(message.subject)[:_MOST_MESSAGE] or message.thread,
        "alias": alias,
        "description": "\n".join(lines)[:_MOST_DESCRIPTION],
        "priority": f"P{_priority(facts)}",
        "source": message.thread,
        **({"entity": facts.services[0]} if facts and facts.services else {}),
        "details": {"url": message.url or "", "severity": facts.severity if facts else ""},
    }


def _priority(facts: Facts | None) -> int:
    rank = facts.rank if facts else 0
    return min(rank, _LEAST_PRIORITY) or _UNKNOWN_PRIORITY
