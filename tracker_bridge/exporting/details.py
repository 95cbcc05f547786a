"""
The parts of an incident's record that tell of what people said and did: communications, work, the review.

The names are a promise, as in incidents.py.
"""

from datetime import datetime

from tracker_bridge.domain.derived.obligations import obligations
from tracker_bridge.domain.incident.checklists import checklists
from tracker_bridge.domain.incident.ending import Despite
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.testing import TestResult
from tracker_bridge.domain.incident.work import Contribution, FailedChange
from tracker_bridge.domain.issue.call_outs import CallOut
from tracker_bridge.exporting.formats import Json, instant, seconds


def talk(incident: Incident) -> Json:
    """Return who was told what, and where."""
    return {
        "channels": [
            {"use": one.use.value, "where": one.where, "by": one.by, "url": one.url}
            for one in incident.comms.channels
        ],
        "announcements": [
            {
                "where": one.where,
                "directed_to": one.main or None,
                "at": instant(one.at),
                "by": one.by,
                "url": one.url,
            }
            for one in incident.comms.announcements
        ],
        "stakeholders": [
            {"name": one.name, "login": one.login or None, "affected": one.affected, "url": one.url}
            for one in incident.comms.stakeholders
        ],
        "deadlines": [
            {
                "audience": one.audience,
                "within_seconds": seconds(one.within),
                "due_at": instant(one.due),
                "counts_from": "detection" if one.detected else "declaration",
                "told_at": instant(one.told.occurred.at) if one.told else None,
                "in_time": one.in_time,
                "url": one.told.url if one.told else None,
            }
            for one in obligations(incident)
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
                "unagreed": one.unagreed,
                "by": one.by,
                "corrected_by": one.corrected_by or None,
                "url": one.url,
            }
            for one in incident.comms.communications
        ],
        "messages": [
            {
                "name": one.name,
                "destination": one.destination,
                "at": instant(one.at),
                "outcome": one.sent.outcome.value if one.sent else None,
                "reason": (one.sent.reason or None) if one.sent else None,
                "known_at": _at(one.known_at),
            }
            for one in incident.comms.dispatches
        ],
        "call_outs": [_call_out(one) for one in incident.calls.made],
        "acknowledgements": [
            {"opening": one.epoch, "who": one.who, "at": instant(one.at), "url": one.url}
            for one in incident.calls.answers
        ],
    }


def _call_out(made: CallOut) -> Json:
    return {
        "at": instant(made.at),
        "opening": made.epoch,
        "level": made.level,
        "paged": made.pages,
        "logins": list(made.logins),
        "unknown_names": list(made.strangers),
        "destinations": list(made.destinations),
        "by_command": bool(made.cause),
        "opened_it": made.there or None,
        "sources": [
            {
                "name": one.source,
                "flaw": one.flaw.value,
                "failing_since": _at(one.since),
                "copied_at": _at(one.copied),
            }
            for one in made.troubles
        ],
    }


def work(incident: Incident) -> Json:
    """Return what was done about it, what was found, and what is left to do."""
    return {
        "tasks": [
            {
                "number": one.number,
                "text": one.text,
                "answers_for_it": one.who.login,
                "carried_out_by": one.people[-1].login,
                "by": one.by.login,
                "at": instant(one.at),
                "accepted": one.accepted,
                "done": one.done,
                "url": one.url,
            }
            for one in incident.work.tasks
        ],
        "tests": [_finding(one) for one in incident.testing.findings],
        "exceptions": [
            {"tester": one.who.login, "why": one.why, "at": instant(one.at), "by": one.by, "url": one.url}
            for one in incident.testing.exceptions
        ],
        "confirmed": _finding(incident.confirmed) if incident.confirmed else None,
        "despite": _despite(incident.ending.despite) if incident.ending.despite else None,
        "checklists": [
            {
                "name": one.name,
                "items": [
                    {
                        "number": item.number,
                        "text": item.text,
                        "done": item.tick is not None,
                        "by": item.tick.by if item.tick else None,
                        "at": instant(item.tick.at) if item.tick else None,
                        "url": item.tick.url if item.tick else None,
                    }
                    for item in one.items
                ],
            }
            for one in checklists(incident)
        ],
        "proposals": [_remark(one) for one in incident.work.proposals],
        "offers": [_remark(one) for one in incident.work.offers],
        "questions": [_remark(one) for one in incident.work.questions],
        "causes": [_remark(one) for one in incident.work.causes],
        "failed_change": _failed(incident.work.failed_change) if incident.work.failed_change else None,
        "review": _review(incident),
        "actions": [
            {
                "number": one.number,
                "text": one.text,
                "owner": one.owner or None,
                "due": one.due.isoformat() if one.due else None,
                "issue": one.issue or None,
                "project": one.project or None,
                "done": one.done,
                "state": one.state.value,
                "url": one.url,
            }
            for one in incident.follow_up.actions
        ],
        "duplicate_of": incident.ending.merge.number if incident.ending.merge else None,
        "duplicate_in": (incident.ending.merge.project or None) if incident.ending.merge else None,
        "related": [
            {"issue": one.number, "project": one.project or None, "by": one.by, "url": one.url}
            for one in incident.relations
        ],
    }


def _failed(said: FailedChange) -> Json:
    return {"what": said.what or None, "by": said.by, "at": instant(said.at), "url": said.url}


def _finding(finding: TestResult) -> Json:
    return {
        "tester": finding.tester,
        "passed": finding.passed,
        "at": instant(finding.at),
        "note": finding.note or None,
        "url": finding.url,
    }


def _despite(despite: Despite) -> Json:
    return {
        "failed": [_finding(one) for one in despite.failed],
        "by": despite.by,
        "by_hand": despite.by_hand,
        "why": despite.why or None,
    }


def _review(incident: Incident) -> Json | None:
    review = incident.follow_up.postmortem
    if review is None:
        return None
    return {"on": review.on.isoformat() if review.on else None, "by": review.by, "url": review.url}


def _remark(remark: Contribution) -> Json:
    return {"who": remark.who, "text": remark.text, "at": instant(remark.at), "url": remark.url}


def _at(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
