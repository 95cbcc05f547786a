"""An incident as text."""

from collections.abc import Iterator

from tracker_bridge.cli.needed import needed_lines
from tracker_bridge.cli.texts import one_line, stamp
from tracker_bridge.domain.derived.deliveries import Delivery, deliveries
from tracker_bridge.domain.derived.obligations import Obligation, obligations
from tracker_bridge.domain.incident.checklists import checklists
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.key_times import TimedFact
from tracker_bridge.domain.incident.statistics import Interval, duration, telling
from tracker_bridge.domain.incident.timeline import TimelineEntry, in_order
from tracker_bridge.domain.incident.times import Moment


def describe(incident: Incident, possible_duplicate: int = 0) -> str:
    """
    Return all that is known about ``incident``, as lines for a terminal; ``possible_duplicate`` may be the same
    one.
    """
    return "\n".join(_lines(incident, possible_duplicate))


def _lines(incident: Incident, possible_duplicate: int) -> Iterator[str]:
    yield f"{incident.ref}  {one_line(incident.title)}"
    yield one_line(incident.url)
    if not incident.exists:
        yield "This issue is not an incident."
        return
    yield ""
    for name, value in _facts(incident):
        yield f"{name:<10}{value}"
    if needed := list(needed_lines(incident, possible_duplicate)):
        yield ""
        yield from needed
    yield ""
    yield "Figures"
    for figure in telling(incident):
        yield f"  {figure.name:<20}{_figure(figure)}"
    yield ""
    yield "Roles"
    for assignment in incident.people.roles:
        audience = f" ({one_line(assignment.audience)})" if assignment.audience else ""
        yield f"  {assignment.role.words:<20}{one_line(assignment.login)}{audience}"
    for role in incident.unfilled:
        yield f"  {role.words:<20}open"
    yield from _of_the_team(incident)
    if sent := deliveries(incident):
        yield ""
        yield "Messages"
        yield from (f"  {_delivery(one)}" for one in reversed(sent))
    yield ""
    yield "Timeline"
    for entry in in_order(incident.timeline):
        yield f"  {_entry(entry)}"


def _delivery(one: Delivery) -> str:
    came = one.outcome.value if one.outcome else "under way"
    why = f" ({one_line(one.reason)})" if one.reason else ""
    return f"{stamp(one.at)}  {one.what} to {one.destination}: {came}{why}"


def _of_the_team(incident: Incident) -> Iterator[str]:
    """Yield its checklists, and the deadlines of its audiences."""
    for one in checklists(incident):
        yield ""
        yield f"Checklist: {one_line(one.name)}"
        for item in one.items:
            by = f", by {one_line(item.tick.by)} {stamp(item.tick.at)}" if item.tick else ""
            yield f"  [{'x' if item.tick else ' '}] {item.number}: {one_line(item.text)}{by}"
    if deadlines := obligations(incident):
        yield ""
        yield "Deadlines"
        yield from (f"  {_deadline(due)}" for due in deadlines)


def _facts(incident: Incident) -> Iterator[tuple[str, str]]:
    yield "Phase", incident.phase.value + (" (drill)" if incident.drill else "")
    severity = incident.severity
    yield "Severity", f"{severity.name}: {severity.meaning}" if severity else "not set"
    for impact in incident.impacts:
        yield (
            "Impact",
            f"{one_line(impact.who)}: {one_line(impact.how)}"
            + (f" ({one_line(impact.extent)})" if impact.extent else ""),
        )
    for title, value in incident.named_fields:
        yield "Field", f"{one_line(title)}: {one_line(value.value)}"
    for name in ("started", "detected", "declared", "fixed", "resolved"):
        mark: TimedFact | None = getattr(incident.times, name)
        if mark is not None:
            yield name.title(), f"{_moment(mark.moment)}, by {one_line(mark.by)}"


def _deadline(one: Obligation) -> str:
    told = "not told yet"
    if one.told:
        told = f"told {_moment(one.told.occurred)}, {'in time' if one.in_time else 'late'}"
    return f"{one.audience} within {one.span}, by {stamp(one.due)}: {told}".replace("\u00a0", " ")


def _figure(figure: Interval) -> str:
    if figure.length is None:
        return f"unknown, {' and '.join(figure.missing)} not recorded"
    backwards = ", ends before it begins" if figure.negative else ""
    without = f", without the {duration(figure.without)} in which it was resolved" if figure.without else ""
    text = f"{'~' if figure.approximate else ''}{duration(figure.length)}{backwards}{without}"
    return text.replace("\u00a0", " ")


def _entry(entry: TimelineEntry) -> str:
    said = " ".join(one_line(part) for part in (entry.what, entry.who, entry.text) if part)
    mark = "*" if entry.major else " "
    return f"{_moment(entry.occurred):>21} {mark} {entry.kind.value}: {said}".rstrip(": ")


def _moment(moment: Moment) -> str:
    return ("~" if moment.approximate else "") + stamp(moment.at)
