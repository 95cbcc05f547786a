"""Many incidents at once: all of them, and by severity, month, service and a team's own fields (S63)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from tracker_bridge.domain.derived.sums import Case, Group, group_of
from tracker_bridge.domain.incident.incident import Phase


@dataclass(frozen=True, slots=True)
class Divided:
    """Incidents by the values of a team's own field, called ``name`` in settings; those without one last."""

    name: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """Incidents that were declared in a month, and those of the month ``before``; ``None`` for the first."""

    group: Group
    before: Group | None

    @property
    def more(self) -> int | None:
        """How many incidents more than the month before."""
        return self.group.incidents - self.before.incidents if self.before else None

    def longer(self, at: int) -> timedelta | None:
        """How much longer the median of the figure in that place is; unknown where one of them is."""
        now, then = (group.figures[at].median if group else None for group in (self.group, self.before))
        return None if now is None or then is None else now - then


@dataclass(frozen=True, slots=True)
class Report:
    """
    The incidents that were declared in ``projects`` from ``since`` until ``until``, as they are ``now``.

    ``drills`` and ``cancelled`` (duplicates as well) are only counted; ``unread`` could not be read.
    ``services`` is empty when no label names one; ``fields`` has those of which any value is known.
    """

    projects: tuple[str, ...]
    since: datetime
    until: datetime
    cases: tuple[Case, ...]
    drills: int
    cancelled: int
    unread: tuple[str, ...]
    total: Group
    severities: tuple[Group, ...]
    months: tuple[Group, ...]
    services: tuple[Group, ...]
    fields: tuple[Divided, ...]
    now: datetime

    @property
    def trend(self) -> tuple[Month, ...]:
        """The months, each with the one before it."""
        return tuple(map(Month, self.months, (None, *self.months)))


def report_of(
    cases: Iterable[Case],
    *,
    projects: Iterable[str],
    since: datetime,
    until: datetime,
    unread: Iterable[str] = (),
    now: datetime | None = None,
) -> Report:
    """
    Sort the incidents by when they were declared, and sum them up.

    ``now`` is when what is open may be late, or overdue: ``until``, unless that is longer ago.
    """
    now = now or until
    declared = [one for one in cases if one.incident.exists and since <= one.declared_at <= until]
    drills = [one for one in declared if one.incident.drill]
    cancelled = [one for one in declared if not one.incident.drill and one.incident.phase is Phase.CANCELLED]
    counted = sorted(
        (one for one in declared if one not in drills and one not in cancelled),
        key=lambda one: (one.declared_at, one.incident.ref),
    )
    return Report(
        projects=tuple(projects),
        since=since,
        until=until,
        cases=tuple(counted),
        drills=len(drills),
        cancelled=len(cancelled),
        unread=tuple(unread),
        total=group_of("", counted, now),
        severities=_by_severity(counted, now),
        months=_by_month(counted, now),
        services=_by_service(counted, now),
        fields=_by_field(counted, now),
        now=now,
    )


def _groups(cases: Sequence[Case], names: Callable[[Case], tuple[str, ...]], now: datetime) -> tuple[Group, ...]:
    """Group by name, in the order of the names, those without any last; one with two counts in both."""
    found: dict[str, list[Case]] = {}
    for one in cases:
        for name in names(one) or ("",):
            found.setdefault(name, []).append(one)
    return tuple(group_of(name, found[name], now) for name in sorted(found, key=lambda name: (not name, name)))


def _by_severity(cases: Sequence[Case], now: datetime) -> tuple[Group, ...]:
    """Worst first, on the scale that is in force."""
    order = {step.name: at for one in cases for at, step in enumerate(one.incident.rules.severities)}
    found = _groups(cases, lambda one: (one.incident.severity.name,) if one.incident.severity else (), now)
    return tuple(sorted(found, key=lambda group: (not group.name, order.get(group.name, len(order)))))


def _by_month(cases: Sequence[Case], now: datetime) -> tuple[Group, ...]:
    """In their order, from the first incident to the last; a month without any is one as well."""
    found: dict[str, list[Case]] = {}
    for one in cases:
        month = one.declared_at.astimezone(UTC).date().replace(day=1)
        latest = date.fromisoformat(f"{next(reversed(found))}-01") if found else month
        while latest < month:
            latest = (latest + timedelta(days=31)).replace(day=1)
            found[f"{latest:%Y-%m}"] = []
        found.setdefault(f"{month:%Y-%m}", []).append(one)
    return tuple(group_of(name, inside, now) for name, inside in found.items())


def _by_field(cases: Sequence[Case], now: datetime) -> tuple[Divided, ...]:
    """What stands in the fields of a confidential issue stays there: it is none of any value's."""
    open_ = [one for one in cases if not one.confidential]
    names = dict.fromkeys(value.name for one in open_ for _, value in one.incident.named_fields)
    return tuple(Divided(name, _groups(open_, partial(_values, name), now)) for name in names)


def _values(name: str, case: Case) -> tuple[str, ...]:
    return tuple(value.value for _, value in case.incident.named_fields if value.name == name)


def _by_service(cases: Sequence[Case], now: datetime) -> tuple[Group, ...]:
    return _groups(cases, lambda one: one.services, now) if any(one.services for one in cases) else ()
