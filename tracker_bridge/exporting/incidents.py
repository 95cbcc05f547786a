"""
One incident as data: everything that the thread says, under names that stay.

The names are a promise to other programs, so they are written out here, and not taken from our own classes.
Adding to them is fine; ``VERSION`` changes when something is taken away or means something else.
"""

from typing import Final

from tracker_bridge.domain.derived.needed import Need, needed_now
from tracker_bridge.domain.derived.obligations import Obligation, obligations
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.key_times import TimedFact
from tracker_bridge.domain.incident.statistics import Interval, every_figure
from tracker_bridge.domain.incident.timeline import TimelineEntry, in_order
from tracker_bridge.exporting.details import talk, work
from tracker_bridge.exporting.formats import Cell, Json, as_csv, as_json, instant, seconds

VERSION: Final = 1

COLUMNS: Final = (
    "incident",
    "occurred_at",
    "approximate",
    "recorded_at",
    "kind",
    "what",
    "who",
    "text",
    "author",
    "major",
    "url",
    "by_hand",
    "external",
    "captured_by",
    "corrected_by",
)


def incident_json(incident: Incident, possible_duplicate: int = 0, *, confidential: bool | None = None) -> str:
    """
    Return the whole record, as docs/incident.schema.json describes it; ``possible_duplicate`` may be the same, 0
    for none. ``confidential``: its issue is, ``None`` where that is not known.
    """
    return as_json({**record(incident, possible_duplicate), "confidential": confidential}) + "\n"


def incident_csv(incident: Incident) -> str:
    """Return the full timeline, in the order in which things occurred, and a row for each deadline."""
    rows = (_row(incident, entry) for entry in in_order(incident.timeline))
    return as_csv(COLUMNS, (*rows, *(_deadline(incident, one) for one in obligations(incident))))


def record(incident: Incident, possible_duplicate: int = 0) -> Json:
    """Return the incident as JSON has it; what is not known is ``null``."""
    severity = incident.severity
    return {
        "kind": "incident",
        "version": VERSION,
        "ref": str(incident.ref),
        "url": incident.url,
        "title": incident.title,
        "is_incident": incident.exists,
        "drill": incident.drill,
        "phase": incident.phase.value if incident.exists else None,
        "severity": {"name": severity.name, "label": severity.label, "meaning": severity.meaning}
        if severity
        else None,
        "source": incident.source or None,
        "times": {
            "started": _mark(incident.times.started),
            "detected": _mark(incident.times.detected),
            "declared": _mark(incident.times.declared),
            "fixed": _mark(incident.times.fixed),
            "resolved": _mark(incident.times.resolved),
        },
        "statistics": {name(one.name): _interval(one) for one in every_figure(incident)},
        "needed": [
            need_json(one, incident.rules.command_prefixes[0]) for one in needed_now(incident, possible_duplicate)
        ],
        "impacts": [
            {"who": one.who, "how": one.how, "many": one.many or None, "cost": one.cost or None, "url": one.url}
            for one in incident.impacts
        ],
        "fields": [
            {
                "name": value.name,
                "title": title,
                "value": value.value,
                "by": value.by or None,
                "at": instant(value.at) if value.at else None,
                "url": value.url,
            }
            for title, value in incident.named_fields
        ],
        "roles": [
            {
                "role": one.role.value,
                "login": one.login,
                "audience": one.audience or None,
                "since": instant(one.since),
            }
            for one in incident.people.roles
        ],
        "timeline": [_entry(entry) for entry in in_order(incident.timeline)],
        **talk(incident),
        **work(incident),
    }


def name(statistic: str) -> str:
    """Return a statistic's name as programs write it: ``time_to_detect``."""
    return statistic.casefold().replace(" ", "_")


def _mark(mark: TimedFact | None) -> Json | None:
    if mark is None:
        return None
    return {
        "at": instant(mark.moment.at),
        "approximate": mark.moment.approximate,
        "by": mark.by,
        "url": mark.url,
    }


def _interval(interval: Interval) -> Json:
    return {
        "seconds": None if interval.length is None else seconds(interval.length),
        "approximate": interval.approximate,
    }


def need_json(need: Need, prefix: str) -> Json:
    return {
        "what": need.what.value,
        "commands": [f"{prefix} {line}" for line in need.lines],
        "who": list(need.who),
        "detail": need.detail or None,
        "issue": need.issue or None,
        "confirmed_at": instant(need.at) if need.at else None,
        "places": [place.where for place in need.places],
    }


def _entry(entry: TimelineEntry) -> Json:
    return {
        "id": entry.id or None,
        "kind": entry.kind.value,
        "occurred_at": instant(entry.occurred.at),
        "approximate": entry.occurred.approximate,
        "recorded_at": instant(entry.recorded_at),
        "what": entry.what or None,
        "who": entry.who or None,
        "text": entry.text or None,
        "author": entry.author,
        "by_hand": entry.by_hand,
        "external": entry.external,
        "captured_by": entry.captured_by or None,
        "corrected_by": entry.corrected_by or None,
        "major": entry.major,
        "url": entry.url,
    }


def _row(incident: Incident, entry: TimelineEntry) -> tuple[Cell, ...]:
    return (
        str(incident.ref),
        entry.occurred.at,
        entry.occurred.approximate,
        entry.recorded_at,
        entry.kind.value,
        entry.what,
        entry.who,
        entry.text,
        entry.author,
        entry.major,
        entry.url,
        entry.by_hand,
        entry.external,
        entry.captured_by,
        entry.corrected_by,
    )


def _deadline(incident: Incident, one: Obligation) -> tuple[Cell, ...]:
    """It occurs when it is due, and is recorded when the audience was told."""
    told, state = one.told, {None: "open", True: "in time", False: "late"}[one.in_time]
    by, url = (told.by, told.url) if told else ("", "")
    recorded = told.occurred.at if told else None
    row = (str(incident.ref), one.due, False, recorded, "deadline", one.audience, "", state, by, False, url)
    return (*row, False, False, "", "")
