"""The settings' sources of who is on call, as what asks them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec

from tracker_bridge.on_call.copies import Copies
from tracker_bridge.on_call.people import Directory, Known
from tracker_bridge.on_call.shifts import Answer
from tracker_bridge.on_call.watch import Feed, Watch
from tracker_bridge.settings import BadSettings, Problem, Settings
from tracker_bridge.settings.on_call import ADDRESSES, OnCallSource
from tracker_bridge.settings.problems import named

NEEDED = ("icalendar", "recurring_ical_events")
"""What the extra installs."""


def watch_of(settings: Settings, clock: Callable[[], datetime]) -> Watch:
    """Return what asks the sources. Touches no network. Raises :class:`BadSettings`."""
    return Watch(feeds_of(settings), clock, Copies(settings.queue_file.parent / "on-call"))


def feeds_of(settings: Settings) -> dict[str, tuple[Feed, timedelta]]:
    """Return the sources by their names, each with how often it is asked. Raises :class:`BadSettings`."""
    problems = [
        Problem(named(("on_call_sources", index)), wrong)
        for index, source in enumerate(settings.on_call_sources)
        if (wrong := _wrong(source))
    ]
    if problems:
        raise BadSettings(problems)
    return {one.name: (_feed(one), one.every) for one in settings.on_call_sources}


@dataclass(frozen=True, slots=True)
class Book:
    """Who is on call, by the settings and what ``watch`` reads."""

    settings: Settings
    watch: Watch

    def directory(self, tracker: str) -> Directory:
        """Return who can be on call, with their logins on a tracker."""
        return directory_of(self.settings, tracker)

    def answer(self, name: str, at: datetime) -> Answer:
        """Return who a source says is on call, as it was last known."""
        return self.watch.answer(name, at)


def directory_of(settings: Settings, tracker: str) -> Directory:
    """Return who can be on call, with their logins on a tracker."""
    people = tuple(Known(one.login, one.names, one.page, one.tracker) for one in settings.on_call_people)
    return Directory(people).of_tracker(tracker)


def _wrong(source: OnCallSource) -> str:
    if source.kind == "calendar" and (missing := [name for name in NEEDED if find_spec(name) is None]):
        return f"is a calendar, and {', '.join(missing)} is not installed: pip install 'tracker-bridge[calendars]'"
    return ""


def _feed(source: OnCallSource) -> Feed:
    from tracker_bridge.on_call.ical import Calendar  # noqa: PLC0415 - how to ask, only where there is a source
    from tracker_bridge.on_call.services import GitLab, Grafana, Opsgenie, PagerDuty  # noqa: PLC0415 - the same

    token = source.token.get_secret_value() if source.token else ""
    url = (source.url.get_secret_value() if source.url else ADDRESSES.get(source.kind, "")).rstrip("/")
    match source.kind:
        case "pagerduty":
            return PagerDuty(url, token, source.schedules, source.policies)
        case "grafana":
            return Grafana(url, token, source.schedules, source.stack.rstrip("/"), source.logins)
        case "opsgenie":
            return Opsgenie(url, token, source.schedules)
        case "gitlab":
            return GitLab(url, token, source.project, source.schedules)
    return Calendar(
        address=source.url.get_secret_value() if source.url else "",
        file=source.file,
        zone=source.timezone,
        schedules=source.schedules,
        is_login=source.logins,
    )
