"""
What a team chooses: severities, labels, audiences, and what must fit together in them.

The operator chooses for all (model.py), and a repository for itself (repository.py). The checks take what was
found so far of the table that they are part of: its labels before its severities before their intervals.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from tracker_bridge.domain.derived.targets import MEANT
from tracker_bridge.domain.incident import rules as domain
from tracker_bridge.domain.incident.audiences import Reach
from tracker_bridge.domain.incident.conditions import ALWAYS
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.setting_types import Section
from tracker_bridge.setting_types.values import Interval, Label, Line, Word
from tracker_bridge.settings.conditions import When, check_when
from tracker_bridge.settings.intervals import Intervals
from tracker_bridge.trackers.forges import FORGES

MOST = 10
"""Entries of a list: more severities or audiences than that nobody can tell apart at night."""


def _once(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    if len(set(roles)) < len(roles):
        raise ValueError("contains the same entry twice")
    return roles


Roles = Annotated[tuple[Role, ...], AfterValidator(_once)]


class OfTeams:
    """Marks a setting that a project may replace in its own file."""


class Severity(Section):
    """One step of the scale."""

    name: Word = Field(description="What people type.")
    meaning: Line = Field(description="Who is blocked, and how: shown in the help.")
    previous_names: tuple[Label, ...] = Field(
        default=(),
        max_length=MOST,
        description="Previous names and labels, if it was renamed: they still work, and the labels are "
        "replaced, so that open incidents continue.",
    )


class Audience(When):
    """Somebody who is told about incidents."""

    name: Word = Field(description="What people type.")
    reach: Reach = Field(
        description="internal for your own people, external for everyone else; sets the tone of drafts."
    )
    timezone: ZoneInfo = Field(default=ZoneInfo("UTC"), description="Where they are: drafts have its times.")
    deadlines: tuple[Interval, ...] = Field(
        default=(),
        max_length=MOST,
        description="How long after the detection it must have been told something at the latest, like 24h, 72h "
        "and 14d: with reminders before, and the proof in the summary. Such an audience has no maximum interval "
        "between updates. severity, label and service say for which incidents.",
    )


class Labels(Section):
    """The labels that the bridge reads and writes. It never touches others."""

    incident: Label = Field(default="incident", description="The label that makes an issue an incident.")
    previous_names: tuple[Label, ...] = Field(
        default=(),
        max_length=MOST,
        description="Previous labels of incidents: they still work, and are replaced.",
        examples=[["outage"]],
    )
    action: Label = Field(default="incident-action", description="The label for action item issues.")
    record: Label = Field(
        default="incident-record",
        description="The label for the issues of timelines that are too long for a comment.",
    )
    maintenance: Label = Field(
        default="public-maintenance",
        description="The label of issues whose planned work the public status page announces.",
    )
    severities: dict[str, Label] = Field(
        default={},
        description="Label of each severity, by its name. Without an entry it is the name itself on "
        "GitHub (sev1), and a scoped label with the step's number on GitLab (severity::1).",
        examples=[{"sev1": "priority: critical"}],
    )
    service: Line = Field(
        default="service:",
        description="Prefix of the labels that name services; reports count by them. Colons and spaces "
        "after it do not belong to the name: service::checkout is meant as well.",
    )


def scale(steps: tuple[Severity, ...], labels: Labels, tracker: str) -> tuple[domain.Severity, ...]:
    """Return the severities with the labels that they have on that tracker."""
    return tuple(
        domain.Severity(
            step.name,
            labels.severities.get(step.name) or FORGES[tracker].severity_label(number, step.name),
            step.meaning,
            step.previous_names,
        )
        for number, step in enumerate(steps, start=1)
    )


def check_scale(steps: tuple[Severity, ...], found: Mapping[str, Any]) -> tuple[Severity, ...]:
    """Each name and each label means one thing, now and before."""
    if not 0 < len(steps) <= MOST:
        raise ValueError(f"must have 1 to {MOST} entries")
    names = [step.name for step in steps]
    if len(set(names)) < len(names):
        raise ValueError("names the same severity twice")
    labels: Labels = found.get("labels", Labels())
    if strangers := sorted(labels.severities.keys() - set(names)):
        raise ValueError(f"does not have {', '.join(strangers)}, for which labels.severities has a label")
    for tracker in FORGES:
        given = [
            labels.incident,
            labels.action,
            labels.record,
            labels.maintenance,
            *(one.label for one in scale(steps, labels, tracker)),
        ]
        if double := next(_doubles(given), None):
            raise ValueError(f"uses the label {double} twice; see labels")
        before = [*labels.previous_names, *(former for step in steps for former in step.previous_names)]
        if double := next(_doubles([*before, *{word.casefold() for word in (*given, *names)}]), None):
            raise ValueError(f"has {double} under previous_names, but that name is also used for something else")
    return steps


def check_severity_intervals(
    given: dict[str, dict[str, timedelta]], found: Mapping[str, Any]
) -> dict[str, dict[str, timedelta]]:
    """They are of severities that there are, and fit to the intervals for all."""
    names = [step.name for step in found.get("severities", ())]
    for name, changed in given.items():
        if names and name not in names:
            raise ValueError(f"has no severity {name}; the severities are {', '.join(names)}")
        try:
            found.get("intervals", Intervals()).rule(changed)
        except ValueError as error:
            raise ValueError(f"for {name}: {error}") from None
    return given


def check_targets(
    given: dict[str, dict[str, timedelta]], found: Mapping[str, Any]
) -> dict[str, dict[str, timedelta]]:
    """They are of severities that there are, and for figures that can have one."""
    names = [step.name for step in found.get("severities", ())]
    known = tuple(MEANT.values())
    for name, wanted in given.items():
        if names and name not in names:
            raise ValueError(f"has no severity {name}; the severities are {', '.join(names)}")
        if strangers := sorted(wanted.keys() - set(known)):
            raise ValueError(f"for {name}: {strangers[0]} is not a figure; the figures are {', '.join(known)}")
    return given


def check_action_due(given: dict[str, timedelta], found: Mapping[str, Any]) -> dict[str, timedelta]:
    """They are of severities that there are, and at least a day: a due date is a day."""
    names = [step.name for step in found.get("severities", ())]
    for name, length in given.items():
        if names and name not in names:
            raise ValueError(f"has no severity {name}; the severities are {', '.join(names)}")
        if length < timedelta(days=1):
            raise ValueError(f"for {name}: must be at least a day")
    return given


def check_audiences(audiences: tuple[Audience, ...], found: Mapping[str, Any]) -> tuple[Audience, ...]:
    """There is at least one, and each once; one at least is told all the time, and not by deadlines only."""
    if not 0 < len(audiences) <= MOST:
        raise ValueError(f"must have 1 to {MOST} entries")
    if len({one.name for one in audiences}) < len(audiences):
        raise ValueError("names the same audience twice")
    for one in audiences:
        if one.condition != ALWAYS and not one.deadlines:
            raise ValueError(f"{one.name} has severity, label or service, which say when its deadlines hold")
        if list(one.deadlines) != sorted(set(one.deadlines)):
            raise ValueError(f"{one.name} must have its deadlines in order, the shortest first")
        check_when(one, one.name, found)
    if all(one.deadlines for one in audiences):
        raise ValueError("must have an audience without deadlines, which is told all the time")
    return audiences


def _doubles(words: list[str]) -> Iterator[str]:
    """Yield what comes twice; both forges find a label whatever its case."""
    seen: set[str] = set()
    for word in words:
        if word.casefold() in seen:
            yield word
        seen.add(word.casefold())
