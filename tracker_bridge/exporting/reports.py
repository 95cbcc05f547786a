"""
Many incidents as data: a record with everything, and a table with one row for each group.

The names are a promise, as in incidents.py.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from tracker_bridge.domain.derived.load import HEAVY, Load, load
from tracker_bridge.domain.derived.report import Month, Report
from tracker_bridge.domain.derived.sums import Case, Figure, Group, alone
from tracker_bridge.domain.incident.rounding import half_up
from tracker_bridge.domain.incident.statistics import FIGURES, every_figure
from tracker_bridge.exporting.formats import Cell, Json, as_csv, as_json, instant, seconds
from tracker_bridge.exporting.incidents import name

VERSION: Final = 1

_FIGURES: Final = tuple(map(name, FIGURES))
_FIRST: Final = 3
"""How many figures had columns from the beginning; those of the others come after, for what counts columns."""
_PARTS: Final = ("mean", "median", "known", "unknown", "negative", "approximate")
_MORE: Final = ("p50", "p90", "target_within", "target_of")
_CHANGES: Final = ("failed_changes_caused", "failed_changes_not_caused", "failed_changes_unknown")
_FOLLOW_UPS: Final = ("actions_open", "actions_overdue", "actions_done")

COLUMNS: Final = (
    "by",
    "name",
    "incidents",
    "ongoing",
    *(f"{figure}_{part}" for figure in _FIGURES[:_FIRST] for part in _PARTS),
    "updates_within_ceiling",
    "updates_intervals",
    *(f"{figure}_{part}" for figure in _FIGURES[_FIRST:] for part in _PARTS),
    *(f"{figure}_{part}" for figure in _FIGURES for part in _MORE),
    *_FOLLOW_UPS,
    *_CHANGES,
    *(f"failed_deployment_recovery_time_{part}" for part in (*_PARTS, *_MORE[:2])),
    *("deadlines_in_time", "deadlines_late", "deadlines_open"),
)


def report_json(report: Report) -> str:
    """Return the whole report, as docs/report.schema.json describes it."""
    return as_json(report_record(report)) + "\n"


def report_csv(report: Report) -> str:
    """
    Return a row for all incidents, one for each severity, month, service and value of a team's own field, and one
    for each incident.

    The columns of a team's fields come last; they have values in the rows of incidents.
    """
    names = [one.name for one in report.fields]
    rows = [[*_row(by, group), *("" for _ in names)] for by, group in _groups(report)]
    rows += [[*_row("incident", alone(one, report.now)), *_field_cells(one, names)] for one in report.cases]
    return as_csv([*COLUMNS, *(f"field_{name}" for name in names)], rows)


def report_record(report: Report) -> Json:
    return {
        "kind": "report",
        "version": VERSION,
        "projects": list(report.projects),
        "since": instant(report.since),
        "until": instant(report.until),
        "drills": report.drills,
        "cancelled": report.cancelled,
        "unread": list(report.unread),
        "all": _group(report.total),
        "severities": [_group(one) for one in report.severities],
        "months": [{**_group(one.group), "trend": _trend(one)} for one in report.trend],
        "services": [_group(one) for one in report.services],
        "fields": {one.name: [_group(group) for group in one.groups] for one in report.fields},
        "load": [_load(one) for one in load(report.cases)],
        "incidents": [_case(one) for one in report.cases],
    }


def _groups(report: Report) -> Iterator[tuple[str, Group]]:
    yield "all", report.total
    for by, groups in (("severity", report.severities), ("month", report.months), ("service", report.services)):
        for group in groups:
            yield by, group
    for field in report.fields:
        for group in field.groups:
            yield f"field_{field.name}", group


def _field_cells(case: Case, names: Sequence[str]) -> list[Cell]:
    known = {value.name: value.value for _, value in case.incident.named_fields if not case.confidential}
    return [known.get(name, "") for name in names]


def _group(group: Group) -> Json:
    return {
        "name": group.name or None,
        "incidents": group.incidents,
        "ongoing": group.ongoing,
        "statistics": {name(figure.name): _figure(figure) for figure in group.figures},
        "updates": {
            "within_ceiling": group.updates.within,
            "intervals": group.updates.intervals,
            "share": _share(group.updates.within, group.updates.intervals),
        },
        "targets": {
            name(one.figure): {"within": one.within, "of": one.of, "share": _share(one.within, one.of)}
            for one in group.targets
        },
        "failed_changes": {
            "caused": group.changes.caused,
            "not_caused": group.changes.not_caused,
            "unknown": group.changes.unknown,
            "recovery_time": _figure(group.changes.recovery),
        },
        "deadlines": {
            "in_time": group.deadlines.in_time,
            "late": group.deadlines.late,
            "open": group.deadlines.open,
        },
        "follow_ups": {
            "open": group.follow_ups.open,
            "overdue": group.follow_ups.overdue,
            "done": group.follow_ups.done,
        },
    }


def _figure(figure: Figure) -> Json:
    return {
        "mean_seconds": _seconds(figure.mean),
        "median_seconds": _seconds(figure.median),
        "p50_seconds": _seconds(figure.percentile(50)),
        "p90_seconds": _seconds(figure.percentile(90)),
        "known": len(figure.known),
        "unknown": figure.unknown,
        "negative": figure.negative,
        "approximate": figure.approximate,
    }


def _trend(month: Month) -> Json:
    """Return what changed since the month before."""
    return {
        "incidents": month.more,
        "median_seconds": {figure: _seconds(month.longer(at)) for at, figure in enumerate(_FIGURES)},
    }


def _case(case: Case) -> Json:
    """A confidential issue's title and fields stay where they are."""
    incident = case.incident
    return {
        "ref": str(incident.ref),
        "url": incident.url,
        "title": None if case.confidential else incident.title,
        "declared_at": instant(case.declared_at),
        "phase": incident.phase.value,
        "severity": incident.severity.name if incident.severity else None,
        "services": list(case.services),
        "fields": {one.name: one.value for _, one in incident.named_fields if not case.confidential},
        "caused_by_change": case.caused_by_change,
        "statistics": {name(one.name): _seconds(one.length) for one in every_figure(incident)},
    }


def _load(one: Load) -> Json:
    counts: Json = {role.value.replace("-", "_"): one.count(role) for role in HEAVY}
    return {"login": one.login, **counts}


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else seconds(length)


def _share(part: int, of: int) -> float | None:
    """Return it with four digits."""
    return half_up(10_000 * part, of) / 10_000 if of else None


def _row(by: str, group: Group) -> list[Cell]:
    first, others = group.figures[:_FIRST], group.figures[_FIRST:]
    cells: list[Cell] = [by, group.name, group.incidents, group.ongoing]
    cells += [cell for figure in first for cell in _cells(figure)]
    cells += [group.updates.within, group.updates.intervals]
    cells += [cell for figure in others for cell in _cells(figure)]
    wanted = {one.figure: (one.within, one.of) for one in group.targets}
    for figure in group.figures:
        cells += [figure.percentile(50), figure.percentile(90), *wanted.get(figure.name, (None, None))]
    cells += [group.follow_ups.open, group.follow_ups.overdue, group.follow_ups.done]
    cells += [group.changes.caused, group.changes.not_caused, group.changes.unknown]
    recovery = group.changes.recovery
    cells += [*_cells(recovery), recovery.percentile(50), recovery.percentile(90)]
    return [*cells, group.deadlines.in_time, group.deadlines.late, group.deadlines.open]


def _cells(figure: Figure) -> list[Cell]:
    return [
        figure.mean,
        figure.median,
        len(figure.known),
        figure.unknown,
        figure.negative,
        figure.approximate,
    ]
