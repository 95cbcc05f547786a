"""
Many incidents as data: a record with everything, and a table with one row for each group.

The names are a promise, as in incidents.py.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from tracker_bridge.domain.derived.report import Case, Figure, Group, Report
from tracker_bridge.domain.incident.rounding import half_up
from tracker_bridge.domain.incident.statistics import statistics
from tracker_bridge.exporting.formats import Cell, Json, as_csv, as_json, instant, seconds
from tracker_bridge.exporting.incidents import name

VERSION: Final = 1

_FIGURES: Final = ("time_to_detect", "total_outage", "time_to_resolve")
_PARTS: Final = ("mean", "median", "known", "unknown", "negative", "approximate")

COLUMNS: Final = (
    "by",
    "name",
    "incidents",
    "ongoing",
    *(f"{figure}_{part}" for figure in _FIGURES for part in _PARTS),
    "updates_within_ceiling",
    "updates_intervals",
)


def report_json(report: Report) -> str:
    """Return the whole report, as docs/report.schema.json describes it."""
    return as_json(report_record(report)) + "\n"


def report_csv(report: Report) -> str:
    """Return a row for all incidents, and one for each severity, month and service."""
    return as_csv(COLUMNS, (_row(by, group) for by, group in _groups(report)))


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
        "months": [_group(one) for one in report.months],
        "services": [_group(one) for one in report.services],
        "incidents": [_case(one) for one in report.cases],
    }


def _groups(report: Report) -> Iterator[tuple[str, Group]]:
    yield "all", report.total
    for by, groups in (("severity", report.severities), ("month", report.months), ("service", report.services)):
        for group in groups:
            yield by, group


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
    }


def _figure(figure: Figure) -> Json:
    return {
        "mean_seconds": _seconds(figure.mean),
        "median_seconds": _seconds(figure.median),
        "known": len(figure.known),
        "unknown": figure.unknown,
        "negative": figure.negative,
        "approximate": figure.approximate,
    }


def _case(case: Case) -> Json:
    """A confidential issue's title stays where it is."""
    incident = case.incident
    return {
        "ref": str(incident.ref),
        "url": incident.url,
        "title": None if case.confidential else incident.title,
        "declared_at": instant(case.declared_at),
        "phase": incident.phase.value,
        "severity": incident.severity.name if incident.severity else None,
        "services": list(case.services),
        "statistics": {name(one.name): _seconds(one.length) for one in statistics(incident)},
    }


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else seconds(length)


def _share(part: int, of: int) -> float | None:
    """Return it with four digits."""
    return half_up(10_000 * part, of) / 10_000 if of else None


def _row(by: str, group: Group) -> list[Cell]:
    cells: list[Cell] = [by, group.name, group.incidents, group.ongoing]
    for figure in group.figures:
        cells += [figure.mean, figure.median, len(figure.known)]
        cells += [figure.unknown, figure.negative, figure.approximate]
    return [*cells, group.updates.within, group.updates.intervals]
