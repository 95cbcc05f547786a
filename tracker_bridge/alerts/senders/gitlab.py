"""
GitLab's own form of alerts, for tools that can send to GitLab: every field is optional, and ``end_time`` ends one.

Without a severity GitLab takes the worst one; here the setting decides.
"""

from tracker_bridge.alerts.notice import Notice, Told, hashed, single
from tracker_bridge.alerts.payload import Payload, first_of, list_of, text_of, time_of


def read(payload: Payload) -> Told:
    """Read an alert. Raises ``Unreadable``."""
    sent = payload.object()
    if not sent:
        return Told(nothing="an alert without a field")
    prints = [text_of(one) for one in list_of(sent.get("fingerprint"))]
    title = first_of(sent.get("title"), sent.get("description"), "Alert")
    hosts = ", ".join(text_of(one) for one in list_of(sent.get("hosts"))) or text_of(sent.get("hosts"))
    names = ("service", "monitoring_tool", "gitlab_environment_name")
    labels = {name.removeprefix("gitlab_"): text for name in names if (text := text_of(sent.get(name)))}
    end, started = time_of(sent.get("end_time")), time_of(sent.get("start_time"))
    notice = Notice(
        key=first_of(sent.get("fingerprint")) or (hashed(*prints) if prints else title),
        title=title,
        members=single(firing=end is None, name=hosts, since=started),
        text="\n".join(
            [first_of(sent.get("description")), *(f"{name} = {text}" for name, text in labels.items())]
        ),
        severity=text_of(sent.get("severity")),
        labels=labels,
        started=started,
        at=end,
    )
    return Told((notice,))
