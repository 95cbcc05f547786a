"""
How an incident begins and ends, whether somebody says so or does it by hand.

The commands and the manual events both come here, so that they cannot drift apart.
"""

from dataclasses import replace

from tracker_bridge.domain.incident.ending import Despite
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.key_times import TimedFact, timed_fact
from tracker_bridge.domain.incident.relations import Merge
from tracker_bridge.domain.incident.replies import Duty
from tracker_bridge.domain.incident.roles import Role, RoleAssignment, is_same
from tracker_bridge.domain.incident.timeline import Kind, TimelineEntry, entry_of
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.issue import Person
from tracker_bridge.domain.issue.origin import Origin


def declare(
    incident: Incident, origin: Origin, opener: Person, *, drill: bool = False, title: str = ""
) -> Incident:
    """
    Make it an incident. Who opens it is Technical Lead until somebody says otherwise (S98-S100).

    A bot cannot lead anything: an alert's incident starts without one.
    """
    opener = incident.rules.known(opener)
    begun = incident.having(
        entry_of(origin, Kind.DECLARED),
        times=replace(incident.times, declared=timed_fact(origin)),
        people=replace(incident.people, opener=opener),
        report=None,
        title=title or incident.title,
        drill=drill,
        ending=replace(incident.ending, unlabeled=False),
        phase=Phase.INVESTIGATING,
    )
    if opener.bot or not opener.id or begun.people.holders(Role.TECHNICAL_LEAD):
        return begun
    lead = RoleAssignment(Role.TECHNICAL_LEAD, opener, opener, origin.at, origin.comment, origin.url, implied=True)
    duty = Duty(origin.comment, opener, (Role.TECHNICAL_LEAD,), origin.url, implied=True)
    return replace(
        begun,
        people=replace(begun.people, roles=(*begun.people.roles, lead)),
        outgoing=replace(begun.outgoing, duties=(*begun.outgoing.duties, duty)),
    )


def resolve(incident: Incident, origin: Origin, at: Moment | None = None, why: str = "") -> Incident:
    """
    End it. The outage was over at ``at``; else when the fix was in, if that is known; else now (S106).

    When a person said so is kept as the entry's recorded time; ``why``, if it is against a tester's word.
    """
    over = at or (incident.times.fixed.moment if incident.times.fixed else Moment(origin.at))
    failed = incident.testing.failed
    despite = Despite(failed, origin.by, origin.by_hand, why) if failed else None
    return incident.having(
        entry_of(origin, Kind.RESOLVED, over, what="despite" if despite else "", text=why if despite else ""),
        phase=Phase.RESOLVED,
        times=replace(incident.times, resolved=timed_fact(origin, over)),
        ending=replace(
            incident.ending,
            resolutions=incident.ending.resolutions + 1,
            wants_open=False,
            open_by=origin.id,
            despite=despite,
        ),
    )


def explain_end(incident: Incident, why: str) -> Incident:
    """Tell why it ended against a tester's word, where that was not said."""
    end, despite = _end(incident), incident.ending.despite
    if despite is None:
        return incident
    told = replace(end, text=why)
    return replace(
        incident,
        timeline=incident.timeline.exchanging(end, told),
        ending=replace(incident.ending, despite=replace(despite, why=why)),
    )


def correct_end(incident: Incident, origin: Origin, at: Moment) -> Incident:
    """
    It was over at another time than was thought: what was said about the end stays, and whose word it was.

    No other resolution is counted, and nothing else happens anew.
    """
    end = _end(incident)
    corrected_by = "" if is_same(origin.by, end.author) else origin.by
    corrected = replace(end, occurred=at, corrected_by=corrected_by)
    return replace(
        incident,
        timeline=incident.timeline.exchanging(end, corrected),
        times=replace(incident.times, resolved=TimedFact(at, origin.url, end.author)),
    )


def ended_untimed(incident: Incident) -> bool:
    """Whether it is over as of the fix, or as of when somebody said so, and nobody told another time (S106)."""
    if incident.times.resolved is None:
        return False
    fixed = incident.times.fixed.moment if incident.times.fixed else None
    return incident.times.resolved.moment in (fixed, Moment(_end(incident).recorded_at))


def _end(incident: Incident) -> TimelineEntry:
    return incident.timeline.of(Kind.RESOLVED)[-1]


def reopen(incident: Incident, origin: Origin, text: str = "") -> Incident:
    """It is not over after all: the clock runs on, what fixed it did not, and reminders are no longer silent."""
    return incident.having(
        entry_of(origin, Kind.REOPENED, text=text),
        phase=Phase.INVESTIGATING,
        times=replace(incident.times, fixed=None, resolved=None),
        testing=replace(incident.testing, findings=()),
        ending=replace(incident.ending, merge=None, despite=None, wants_open=True, open_by=origin.id),
        comms=replace(incident.comms, snoozed_until=None),
    )


def cancel(incident: Incident, origin: Origin, text: str) -> Incident:
    """It was no incident; it stays out of every statistic."""
    return incident.having(
        entry_of(origin, Kind.CANCELLED, text=text),
        phase=Phase.CANCELLED,
        ending=replace(incident.ending, despite=None, wants_open=False, open_by=origin.id),
    )


def merge(incident: Incident, origin: Origin, number: int, project: str = "") -> Incident:
    """It is a duplicate of another incident, where the work goes on; it counts in no statistic."""
    into = Merge(number, f"merged.{origin.id}", origin.by, origin.url, project, origin.by_id)
    return incident.having(
        entry_of(origin, Kind.MERGED, what=into.name),
        phase=Phase.CANCELLED,
        ending=replace(
            incident.ending,
            merge=into,
            despite=None,
            wants_open=False,
            open_by=origin.id,
        ),
    )
