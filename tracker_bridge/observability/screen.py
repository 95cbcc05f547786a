"""What health tells, for people: one screen."""

from collections.abc import Mapping
from typing import Any


def screen(data: Mapping[str, Any]) -> str:
    """``data`` is that of :meth:`tracker_bridge.observability.health.Health.data`."""
    lines = ["healthy" if data["healthy"] else "NOT healthy"]
    lines += [f"  ! {one}" for one in data["complaints"]]
    queue = data["queue"]
    if "waiting" in queue:
        lines += [
            "",
            f"queue: {queue['waiting']} waiting, {queue['held']} held, {queue['overdue_seconds']} s overdue",
        ]
    if data["alerts"].get("waiting"):
        told = "alerts: {waiting} waiting, the first for {waiting_seconds} s".format(**data["alerts"])
        lines.append(told)
    if data["unsupported"]:
        told = ", ".join(f"{what} ({count})" for what, count in data["unsupported"].items())
        lines += ["", f"missing capabilities, by number of issues: {told}"]
    for name, forge in data["trackers"].items():
        left = ", ".join(f"{resource} {count}" for resource, count in forge["remaining"].items())
        lines += [
            "",
            f"{name}: requests left: {left or 'unknown'}; forged deliveries: {forge['forged_deliveries']}",
        ]
        if forge["other_projects"]:
            lines.append(f"  deliveries of other projects: {', '.join(forge['other_projects'])}")
        for project, one in forge["projects"].items():
            times = (f"{what} {one[f'last_{what}'] or 'never'}" for what in ("delivery", "sweep", "look"))
            lines.append(f"  {project}: last {', '.join(times)}")
    return "\n".join(lines) + "\n"
