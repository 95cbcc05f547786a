"""
One incident as data: everything that the thread says, under names that stay.

The names are a promise to other programs, so they are written out here, and not taken from our own classes.
Adding to them is fine; ``VERSION`` changes when something is taken away or means something else.
"""

from datetime import datetime
from typing import Final

from tracker_bridge.domain.incident import Incident, Mark
from tracker_bridge.domain.statistics import Interval, statistics
from tracker_bridge.domain.timeline import Entry, in_order
from tracker_bridge.domain.work import Remark
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
)


def incident_json(incident: Incident) -> str:
    """Return the whole record, as docs/incident.schema.json describes it."""
    return as_json(record(incident)) + "\n"


def incident_csv(incident: Incident) -> str:
    """Return the full timeline, in the order in which things occurred."""
    return as_csv(COLUMNS, (_row(incident, entry) for entry in in_order(incident.timeline)))


def record(incident: Incident) -> Json:
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
            "started": _mark(incident.started),
            "detected": _mark(incident.detected),
            "declared": _mark(incident.declared),
            "fixed": _mark(incident.fixed),
            "resolved": _mark(incident.resolved),
        },
        "statistics": {name(one.name): _interval(one) for one in statistics(incident)},
        "impacts": [
            {"who": one.who, "how": one.how, "many": one.many or None, "cost": one.cost or None, "url": one.url}
            for one in incident.impacts
        ],
        "roles": [
            {
                "role": one.role.value,
                "login": one.login,
                "audience": one.audience or None,
                "since": instant(one.since),
            }
            for one in incident.roles
        ],
        "timeline": [_entry(entry) for entry in in_order(incident.timeline)],
        **_talk(incident),
        **_work(incident),
    }


def name(statistic: str) -> str:
    """Return a statistic's name as programs write it: ``time_to_detect``."""
    return statistic.casefold().replace(" ", "_")


def _talk(incident: Incident) -> Json:
    return {
        "channels": [
            {"use": one.use.value, "where": one.where, "by": one.by, "url": one.url} for one in incident.channels
        ],
        "announcements": [
            {
                "where": one.where,
                "directed_to": one.main or None,
                "at": instant(one.at),
                "by": one.by,
                "url": one.url,
            }
            for one in incident.announcements
        ],
        "stakeholders": [
            {"name": one.name, "login": one.login or None, "affected": one.affected, "url": one.url}
            for one in incident.stakeholders
        ],
        "communications": [
            {
                "audiences": list(one.audiences),
                "channels": list(one.channels),
                "at": instant(one.occurred.at),
                "approximate": one.occurred.approximate,
                "recorded_at": instant(one.recorded_at),
                "said": "\n".join(one.said),
                "nothing_new_since": _at(one.since),
                "early": list(one.early),
                "why": one.why or None,
                "correction": one.correction,
                "by": one.by,
                "url": one.url,
            }
            for one in incident.communications
        ],
    }


def _work(incident: Incident) -> Json:
    return {
        "tasks": [
            {
                "number": one.number,
                "text": one.text,
                "answers_for_it": one.who,
                "carried_out_by": one.carrier or one.who,
                "by": one.by,
                "at": instant(one.at),
                "done": one.done,
                "url": one.url,
            }
            for one in incident.tasks
        ],
        "tests": [
            {
                "tester": one.tester,
                "passed": one.passed,
                "at": instant(one.at),
                "note": one.note or None,
                "url": one.url,
            }
            for one in incident.findings
        ],
        "proposals": [_remark(one) for one in incident.proposals],
        "offers": [_remark(one) for one in incident.offers],
        "questions": [_remark(one) for one in incident.questions],
        "causes": [_remark(one) for one in incident.causes],
        "review": _review(incident),
        "actions": [
            {
                "number": one.number,
                "text": one.text,
                "owner": one.owner or None,
                "due": one.due.isoformat() if one.due else None,
                "issue": one.issue or None,
                "done": one.done,
                "url": one.url,
            }
            for one in incident.actions
        ],
        "duplicate_of": incident.merge.number if incident.merge else None,
    }


def _review(incident: Incident) -> Json | None:
    review = incident.postmortem
    if review is None:
        return None
    return {"on": review.on.isoformat() if review.on else None, "by": review.by, "url": review.url}


def _mark(mark: Mark | None) -> Json | None:
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


def _entry(entry: Entry) -> Json:
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
        "major": entry.major,
        "url": entry.url,
    }


def _remark(remark: Remark) -> Json:
    return {"who": remark.who, "text": remark.text, "at": instant(remark.at), "url": remark.url}


def _at(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


def _row(incident: Incident, entry: Entry) -> tuple[Cell, ...]:
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
    )
