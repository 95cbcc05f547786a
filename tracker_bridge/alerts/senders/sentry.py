"""
Sentry's internal integrations. One attempt, one second: what is not taken then never comes again.

An issue alert has no end of its own; the issue of the same id is resolved. New issues alone are no alerts.
"""

from collections.abc import Mapping
from typing import Any, Final

from tracker_bridge.alerts.notice import Notice, Told, single
from tracker_bridge.alerts.payload import Payload, first_of, list_of, mapping_of, text_of, time_of

_RESOURCE: Final = "sentry-hook-resource"


def read(payload: Payload) -> Told:
    """Read a hook. Raises ``Unreadable``."""
    sent = payload.object()
    data, action = mapping_of(sent.get("data")), text_of(sent.get("action"))
    resource = payload.headers.get(_RESOURCE, "") or _guessed(data)
    match resource:
        case "event_alert":
            return _event(data)
        case "metric_alert":
            return _metric(data, action)
        case "issue" if action in ("resolved", "archived", "ignored"):
            return _issue(data, action)
    return Told(nothing=f"a hook that is no alert: {resource[:40]} {action[:40]}".rstrip())


def _guessed(data: Mapping[str, Any]) -> str:
    """Return the resource where a proxy took the header away."""
    return next(
        (one for of, one in (("metric_alert",) * 2, ("event", "event_alert"), ("issue",) * 2) if of in data), ""
    )


def _event(data: Mapping[str, Any]) -> Told:
    event = mapping_of(data.get("event"))
    issue = first_of(event.get("issue_id"), event.get("groupID"), event.get("title"), event.get("event_id"))
    if not issue:
        return Told(nothing="an issue alert without an issue")
    rule = first_of(mapping_of(data.get("issue_alert")).get("title"), data.get("triggered_rule"))
    tags = [list_of(one) for one in list_of(event.get("tags"))]
    labels = {text_of(tag[0]): text_of(tag[1]) for tag in tags if len(tag) == 2 and text_of(tag[0])}
    at = time_of(event.get("datetime"))
    lines = [f"Alert rule: {rule}" if rule else "", first_of(event.get("culprit")), first_of(event.get("web_url"))]
    notice = Notice(
        key=f"issue:{issue}",
        title=first_of(event.get("title"), rule, "Sentry alert"),
        members=single(firing=True, since=at),
        text="\n".join(line for line in lines if line),
        severity=first_of(event.get("level")),
        labels=labels,
        started=at,
        at=at,
        url=first_of(event.get("web_url")),
    )
    return Told((notice,))


def _metric(data: Mapping[str, Any], action: str) -> Told:
    alert = mapping_of(data.get("metric_alert"))
    identifier = first_of(alert.get("identifier"), alert.get("id"))
    if action not in ("critical", "warning", "resolved") or not identifier:
        return Told(nothing=f"a metric alert that neither fires nor ends: {action[:40]}")
    rule = mapping_of(alert.get("alert_rule"))
    notice = Notice(
        key=f"metric:{first_of(rule.get('id'))}:{identifier}",
        title=first_of(alert.get("title"), rule.get("name"), data.get("description_title"), "Sentry alert"),
        members=single(firing=action != "resolved", since=time_of(alert.get("date_started"))),
        text="\n".join(
            one for one in (first_of(data.get("description_text")), first_of(data.get("web_url"))) if one
        ),
        severity="" if action == "resolved" else action,
        labels={"project": first_of(*list_of(alert.get("projects")))},
        started=time_of(alert.get("date_started")),
        at=time_of(alert.get("date_closed")) if action == "resolved" else time_of(alert.get("date_detected")),
        url=first_of(data.get("web_url")),
    )
    return Told((notice,))


def _issue(data: Mapping[str, Any], action: str) -> Told:
    issue = mapping_of(data.get("issue"))
    if not first_of(issue.get("id")):
        return Told(nothing="an issue without an id")
    notice = Notice(
        key=f"issue:{first_of(issue.get('id'))}",
        title=first_of(issue.get("title"), "Sentry issue"),
        members=single(firing=False),
        at=time_of(issue.get("lastSeen")),
        caution="" if action == "resolved" else f"{action} in Sentry",
        url=first_of(issue.get("web_url"), issue.get("permalink")),
    )
    return Told((notice,))
