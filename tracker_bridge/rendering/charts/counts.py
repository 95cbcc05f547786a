"""Incidents over time, and what was told, left to do, and carried: charts in which marks are counted."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Final

from tracker_bridge.domain.derived.load import HEAVY, Load, load
from tracker_bridge.domain.derived.report import Report
from tracker_bridge.domain.derived.sums import Case, Group, compliance
from tracker_bridge.domain.derived.weeks import Week, weeks
from tracker_bridge.domain.incident.postmortem import Action
from tracker_bridge.domain.incident.roles import AnyRole, Role
from tracker_bridge.domain.incident.rounding import percent
from tracker_bridge.rendering.charts.signs import Shown, day_of, mark_of, of_month, severity_of, worst_first
from tracker_bridge.rendering.drawing import Chart, Row, Shape, Sign, counted

_EDGE: Final = 0.03
"""How far the first mark is from the edge."""

_MOST_PEOPLE: Final = 20
"""Rows of a picture; the table has all."""

_TURNS: Final = (
    Sign(Shape.SQUARE, "s1", Role.TECHNICAL_LEAD.words),
    Sign(Shape.DIAMOND, "s2", Role.TECHNICAL_ASSIST.words),
    Sign(Shape.CIRCLE, "s3", Role.SCRIBE.words),
)
_IN_TIME: Final = Sign(Shape.CIRCLE, "good", "all updates in time")
_LATE: Final = Sign(Shape.TRIANGLE, "bad", "some late")
_DONE: Final = Sign(Shape.CIRCLE, "good", "done")
_OPEN: Final = Sign(Shape.RING, "s2", "open")
_OVERDUE: Final = Sign(Shape.TRIANGLE, "bad", "overdue")


def by_week(report: Report, signs: dict[str, Sign]) -> Shown:
    found = weeks(report.cases)

    def row(week: Week) -> Row:
        marks = [mark_of(one, signs[severity_of(one)]) for one in worst_first(week.cases, signs)]
        return Row(day_of(week.monday), counted(marks), note=str(len(marks)))

    most = max(found, key=lambda week: len(week.cases))
    chart = Chart(
        "weeks",
        "Incidents by week and severity",
        f"One row for each week, from its Monday; one mark for each incident that was declared in it. "
        f"{len(report.cases)} incidents in {len(found)} weeks; the most, {len(most.cases)}, in the week from "
        f"{day_of(most.monday)}.",
        tuple(map(row, found)),
        legend=tuple(signs.values()),
    )
    table = tuple((day_of(week.monday), str(len(week.cases)), *_split(week.cases, signs)) for week in found)
    return Shown(chart, ("Week from", "All", *_heads(signs)), table)


def _heads(signs: dict[str, Sign]) -> tuple[str, ...]:
    return tuple(name or "not set" for name in signs)


def _split(cases: Sequence[Case], signs: dict[str, Sign]) -> tuple[str, ...]:
    return tuple(str(sum(severity_of(one) == name for one in cases)) for name in signs)


def severities(report: Report, signs: dict[str, Sign]) -> Shown:
    """Where on the way from the first incident to the last each one was."""
    first, last = report.cases[0].declared_at, report.cases[-1].declared_at
    span = (last - first) or timedelta(days=1)
    ends = tuple(dict.fromkeys(day_of(at.astimezone(UTC).date()) for at in (first, last)))

    def row(name: str) -> Row:
        marks = tuple(
            mark_of(
                one,
                signs[name],
                f"declared {day_of(one.declared_at.astimezone(UTC).date())}",
                _EDGE + (1 - 2 * _EDGE) * ((one.declared_at - first) / span),
            )
            for one in report.cases
            if severity_of(one) == name
        )
        return Row(name or "not set", marks, note=str(len(marks)))

    chart = Chart(
        "severities",
        "Severities over time",
        f"One row for each severity, the worst at the top; one mark for each incident, by when it was declared, "
        f"from {ends[0]} on the left to {ends[-1]} on the right.",
        tuple(map(row, signs)),
        tuple(zip((_EDGE, 1 - _EDGE), ends, strict=False)),
    )
    table = tuple(
        (month.name, str(month.incidents), *_split(of_month(report, month), signs)) for month in report.months
    )
    return Shown(chart, ("Month", "All", *_heads(signs)), table)


def updates(report: Report) -> Shown:
    def row(month: Group) -> Row:
        judged = [(one, compliance([one])) for one in of_month(report, month)]
        marks = [
            mark_of(
                one,
                _IN_TIME if kept.within == kept.intervals else _LATE,
                f"{kept.within} of {kept.intervals} in time",
            )
            for one, kept in judged
            if kept.intervals
        ]
        return Row(month.name, counted(marks), note=_share(month))

    def cells(label: str, group: Group) -> tuple[str, ...]:
        return label, str(group.updates.intervals), str(group.updates.within), _share(group)

    chart = Chart(
        "updates",
        "Updates in time",
        f"One row for each month of declaration; one mark for each incident in which an audience was to be kept "
        f"up to date, and at the right the share of intervals between two updates that were in time: "
        f"{_share(report.total)} in all.",
        tuple(map(row, report.months)),
        legend=(_IN_TIME, _LATE),
    )
    table = (*(cells(month.name, month) for month in report.months), cells("all", report.total))
    return Shown(chart, ("Month", "Intervals", "In time", "Share"), table)


def _share(group: Group) -> str:
    return f"{percent(group.updates.within, group.updates.intervals)}%" if group.updates.intervals else "–"


def follow_ups(report: Report) -> Shown | None:
    kept = report.total.follow_ups
    if not kept.open + kept.done:
        return None

    def row(month: Group) -> Row:
        marks = [
            mark_of(
                case,
                _state(report, case, action),
                f"{'' if case.confidential else action.text + ' · '}{_state(report, case, action).means}",
            )
            for case in of_month(report, month)
            for action in case.incident.follow_up.wanted
        ]
        return Row(month.name, counted(marks), note=str(len(marks)))

    def cells(label: str, group: Group) -> tuple[str, ...]:
        items = group.follow_ups
        return label, str(items.open), str(items.overdue), str(items.done)

    chart = Chart(
        "follow-ups",
        "Follow-ups open and overdue",
        f"One row for each month in which the incidents were declared; one mark for each action item. "
        f"{kept.open} open, {kept.overdue} of them overdue; {kept.done} done.",
        tuple(map(row, report.months)),
        legend=(_OVERDUE, _OPEN, _DONE),
    )
    table = (*(cells(month.name, month) for month in report.months), cells("all", report.total))
    return Shown(chart, ("Month", "Open", "Overdue", "Done"), table)


def _state(report: Report, case: Case, action: Action) -> Sign:
    if action.done:
        return _DONE
    today = report.now.astimezone(case.incident.rules.timezone).date()
    return _OVERDUE if action.overdue(today) else _OPEN


def loads(report: Report) -> Shown | None:
    people = load(report.cases)
    if not people:
        return None
    signs: dict[AnyRole, Sign] = dict(zip(HEAVY, _TURNS, strict=True))

    def row(one: Load) -> Row:
        marks = [
            mark_of(turn.case, signs[turn.role], f"{one.login}, {signs[turn.role].means}") for turn in one.turns
        ]
        return Row(one.login, counted(marks), note=str(len(marks)))

    drawn = people[:_MOST_PEOPLE]
    rest = f"; {len(people) - len(drawn)} more people are in the table only" if len(people) > len(drawn) else ""
    chart = Chart(
        "load",
        "Who carries the load",
        f"One row for each person, the busiest at the top; one mark for each incident in which they "
        f"were Technical Lead, Technical Assist or Scribe{rest}.",
        tuple(map(row, drawn)),
        legend=_TURNS,
    )
    table = tuple((one.login, *(str(one.count(role)) for role in HEAVY), str(len(one.turns))) for one in people)
    return Shown(chart, ("Who", *(role.words for role in HEAVY), "All"), table)
