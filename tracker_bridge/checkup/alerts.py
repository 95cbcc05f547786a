"""What is set up for alerts, judged with what a running bridge tells, and each project's own severities."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from tracker_bridge.checkup import CheckResult, note, ok, warning
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.settings.alerts import AlertSource

_PAGE = "docs/alerts.md"


def alert_findings(
    source: AlertSource, rules: Mapping[str, Rules], told: Mapping[str, Any] | None
) -> Iterator[CheckResult]:
    """
    Yield what there is to say of one source.

    ``rules`` are what holds in its projects, as far as they could be read; ``told`` is what ``/health`` answers.
    """
    about = f"alerts:{source.name}"
    yield ok(
        about, "alerts", f"POST /alerts/{source.name} takes those of {source.kind}{_heard(source.name, told)}"
    )
    if len(source.secrets) == 2:
        what, why = "two secrets are accepted", "the old one still opens incidents"
        yield note(about, "alert secrets", what, why, "remove it once the sender uses the new one")
    elif len(source.secrets) > 2:
        what = f"{len(source.secrets)} secrets are accepted"
        yield warning(
            about,
            "alert secrets",
            what,
            "two are enough to rotate one",
            f"remove those that nobody sends: {_PAGE}",
        )
    for project, in_force in rules.items():
        yield from _severities(about, source, project, in_force)


def _severities(about: str, source: AlertSource, project: str, rules: Rules) -> Iterator[CheckResult]:
    """A project may have a scale of its own, in its own file."""
    wanted = dict.fromkeys(name for name in (source.severity, *source.severities.values()) if name)
    unknown = [name for name in wanted if rules.severity(name) is None]
    if not unknown:
        yield ok(about, "alert severities", f"{project} has every severity that the settings name")
        return
    known = ", ".join(one.name for one in rules.severities)
    what = f"{project} has no severity {', '.join(unknown)}; its severities are {known}"
    why = "such an alert's incident gets the severity that its word usually means, or none"
    yield warning(about, "alert severities", what, why, f"correct the setting alerts of {source.name}: {_PAGE}")


def _heard(name: str, told: Mapping[str, Any] | None) -> str:
    """Return when one came last, if a bridge that runs here says so."""
    try:
        sources = (told or {})["alerts"]["sources"]
    except (KeyError, TypeError):
        return ""
    at = sources.get(name)
    if not at:
        return "; none has come since the bridge was started"
    age = datetime.now(UTC) - datetime.fromisoformat(at)
    return f", the last one came at {at}" + (f", {age.days} days ago" if age.days > 1 else "")
