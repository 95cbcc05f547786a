"""What a command needs beyond settings that are right in themselves, and the rules that they make."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from tracker_bridge.domain.incident import rules as domain
from tracker_bridge.domain.incident.audiences import Audience
from tracker_bridge.domain.issue.native import Capability
from tracker_bridge.settings import shape
from tracker_bridge.settings.alerts import AlertSource
from tracker_bridge.settings.model import Settings
from tracker_bridge.settings.problems import BadSettings, Problem, named
from tracker_bridge.settings.team import scale
from tracker_bridge.trackers import Tracker
from tracker_bridge.trackers.forges import FORGES
from tracker_bridge.trackers.served import Served


def rules(settings: Settings, tracker: str) -> domain.Rules:
    """Return how incidents are run on the tracker of that name. A rule that is called like a setting is one."""
    same = {one.name for one in fields(domain.Rules)} & Settings.model_fields.keys()
    told: dict[str, Any] = {name: getattr(settings, name) for name in same}
    told |= {
        "private_project": settings.forges[tracker].private_project if tracker in settings.forges else "",
        "incident_label": settings.labels.incident,
        "action_label": settings.labels.action,
        "record_label": settings.labels.record,
        "maintenance_label": settings.labels.maintenance,
        "previous_names": settings.labels.previous_names,
        "service_label": settings.labels.service,
        "severities": scale(settings.severities, settings.labels, tracker),
        "audiences": tuple(
            Audience(one.name, one.reach, (), one.timezone, one.deadlines, one.condition)
            for one in settings.audiences
        ),
        "roles": tuple(one.role for one in settings.roles),
        "needed_roles": (*settings.needed_roles, *(one.role for one in settings.roles if one.needed)),
        "assign": (*settings.assign, *(one.role for one in settings.roles if one.assign)),
        "on_call": tuple(one.on_call for one in settings.on_call),
        "subscribers": tuple(one.subscriber for one in settings.notify),
        "paging": settings.paging.rule(settings.timezone),
        "checklists": shape.checklists(settings.checklists),
        "sayings": shape.sayings(settings.when),
        "fields": shape.fields(settings.fields),
        "native_fields": frozenset(Capability[word.upper()] for word in settings.native_fields),
        "separate_communications": settings.communication_issue == "always",
        "intervals": settings.intervals.rule({}),
        "severity_intervals": {
            name: settings.intervals.rule(changed) for name, changed in settings.severity_intervals.items()
        },
    }
    return domain.Rules(**told)


def demand_trackers(settings: Settings) -> None:
    """Raise :class:`BadSettings` when no tracker is configured, or a private project is not served."""
    if not settings.forges:
        raise BadSettings(
            [
                Problem(
                    " and ".join(named([name]) for name in FORGES),
                    "no tracker is configured; set at least token and projects of one of them, or try it without "
                    "any: tracker-bridge demo",
                )
            ]
        )
    homes = {name: table for name, table in settings.forges.items() if table.private_project}
    if unserved := [one for one in homes if not Served(homes[one].projects).fits(homes[one].private_project)]:
        wrong = "is not in the setting {0}.projects"
        raise BadSettings(Problem(named([one, "private_project"]), wrong.format(one)) for one in unserved)


def demand_secrets(settings: Settings) -> None:
    """Raise :class:`BadSettings` when a configured tracker could not prove its deliveries."""
    if problems := missing_secrets({name: dict(table) for name, table in settings.forges.items()}):
        raise BadSettings(problems)


def missing_secrets(given: Mapping[str, Any]) -> list[Problem]:
    """Return the same for tables of trackers as they were written, whatever else is wrong with them."""
    return [
        Problem(
            " or ".join(named([tracker, name]) for name in forge.hook_secrets),
            "is missing; webhooks without a secret are not accepted",
        )
        for tracker, forge in FORGES.items()
        if isinstance(table := given.get(tracker), Mapping) and not any(map(table.get, forge.hook_secrets))
    ]


def demand_roots(settings: Settings, trackers: Iterable[Tracker]) -> None:
    """Raise :class:`BadSettings` when a tracker keeps a command's root for itself."""
    problems = [
        Problem(named(["command_prefixes"]), f"{root} is a quick action of {tracker.name}; choose another word")
        for tracker in trackers
        for root in settings.command_prefixes
        if root.removeprefix("/") in tracker.reserved
    ]
    if problems:
        raise BadSettings(problems)


def demand_lines(settings: Settings) -> None:
    """Raise :class:`BadSettings` when a line that the settings say by themselves would be refused."""
    found = [rules(settings, tracker) for tracker in settings.forges]
    refused = dict(line for one in found for line in shape.refused_lines(settings.when, one, datetime.now(UTC)))
    if refused:
        raise BadSettings(Problem(where, what) for where, what in refused.items())


def demand_libraries(settings: Settings) -> None:
    """Raise :class:`BadSettings` where the library for a destination's service is not installed."""
    if not settings.notify:
        return
    from tracker_bridge.destinations.opening import lacking  # noqa: PLC0415 - only where there are destinations

    problems = [
        Problem(named(("notify", index, "address")), f"{missing} (destination {row.name})")
        for index, row in enumerate(settings.notify)
        if (missing := lacking(row))
    ]
    if problems:
        raise BadSettings(problems)


def demand_alerts(settings: Settings) -> None:
    """
    Raise :class:`BadSettings` when incidents of alerts would belong to no project, or have no severity.

    Where projects may have a scale of their own, only doctor can tell.
    """
    if problems := [*_of_alerts(settings)]:
        raise BadSettings(problems)


def _of_alerts(settings: Settings) -> Iterator[Problem]:
    served = {name: Served(table.projects) for name, table in settings.forges.items()}
    known = [one.name for one in settings.severities]
    for index, source in enumerate(settings.alerts):
        name = source.project.partition(":")[0]
        private = name not in settings.forges or settings.forges[name].private_project
        if source.confidential and not private and not FORGES[name].confidential:
            wrong = f"needs the setting {name}.private_project: {FORGES[name].title} has no confidential issues"
            yield Problem(named(("alerts", index, "confidential")), wrong)
        places: dict[tuple[str | int, ...], str] = {("project",): source.project}
        places |= {("routes", at, "project"): route.project for at, route in enumerate(source.routes)}
        for where, place in places.items():
            tracker, _, project = place.partition(":")
            if tracker not in served or not served[tracker].fits(project):
                wrong = f"{place} is not in the setting {tracker}.projects"
                yield Problem(named(("alerts", index, *where)), wrong)
        for way, name in foreign_severities(settings, source) if not settings.repository_settings else ():
            wrong = f"has no severity {name}; the severities are {', '.join(known)}"
            yield Problem(named(("alerts", index, *way)), wrong)


def foreign_severities(settings: Settings, source: AlertSource) -> Iterator[tuple[tuple[str, ...], str]]:
    """Return names that the operator's scale does not have, with where they stand; a project's may have them."""
    known = {one.name.casefold() for one in settings.severities}
    words: dict[tuple[str, ...], str] = {("severity",): source.severity}
    words |= {("severities", word): name for word, name in source.severities.items()}
    return ((way, name) for way, name in words.items() if name and name.casefold() not in known)
