"""
How an incident begins and ends, whether somebody says so or does it by hand.

The commands and the deeds by hand both come here, so that they can not drift apart.
"""

from dataclasses import replace

from tracker_bridge.domain.incident import Duty, Incident, Merge, Phase, Reply, mark_of
from tracker_bridge.domain.issue import Person
from tracker_bridge.domain.roles import Holding, Role
from tracker_bridge.domain.testing import Finding, Request, about_fix
from tracker_bridge.domain.timeline import Cause, Kind, entry_of
from tracker_bridge.domain.times import Moment


def declare(incident: Incident, cause: Cause, opener: Person, *, drill: bool = False, title: str = "") -> Incident:
    """
    Make it an incident. Who opens it is Technical Lead until somebody says otherwise (S98-S100).

    A bot can not lead anything: an alert's incident starts without one.
    """
    begun = incident.having(
        entry_of(cause, Kind.DECLARED),
        declared=mark_of(cause),
        opener=opener,
        title=title or incident.title,
        drill=drill,
        unlabeled=False,
        phase=Phase.INVESTIGATING,
    )
    if opener.bot or not opener.id or begun.holders(Role.TECHNICAL_LEAD):
        return begun
    lead = Holding(
        Role.TECHNICAL_LEAD, opener.login, opener.login, cause.at, cause.comment, cause.url, implied=True
    )
    duty = Duty(cause.comment, opener.login, (Role.TECHNICAL_LEAD,), cause.url, implied=True)
    return replace(begun, roles=(*begun.roles, lead), duties=(*begun.duties, duty))


def fix(incident: Incident, cause: Cause, at: Moment, who: str) -> Incident:
    """A fix is in, by ``who``. The testers are engaged (S106), unless they have been and did not answer yet."""
    asked = incident.requests[-1] if incident.requests else None
    waiting = asked and asked.fix and incident.fixed and not any(one.at >= asked.at for one in incident.findings)
    entry = entry_of(cause, Kind.FIXED, at, who=who)
    findings = about_fix(incident.findings, at)
    fixed = incident.having(entry, fixed=mark_of(cause, at), findings=findings, phase=Phase.MONITORING)
    fixed = warn(fixed, cause, incident.partial_testers)
    return fixed if waiting or fixed.confirmed else ask_testers(fixed, cause, fix=at)


def ask_testers(incident: Incident, cause: Cause, what: str = "", fix: Moment | None = None) -> Incident:
    """Let a comment ask the testers once; two requests of one comment are one."""
    before = next((one for one in incident.requests if one.comment == cause.comment), None)
    others = tuple(dict.fromkeys(h.login for h in incident.roles if h.login.casefold() not in incident.technical))
    request = Request(
        comment=cause.comment,
        by=cause.by,
        url=cause.url,
        at=cause.at,
        testers=incident.logins(Role.TESTER),
        leads=incident.logins(Role.INCIDENT_LEAD),
        others=others,
        what="; ".join(filter(None, (before.what if before else "", what))),
        fix=fix or (before.fix if before else None),
    )
    rest = tuple(one for one in incident.requests if one is not before)
    return replace(incident, requests=(*rest, request))


def judge_fix(incident: Incident, cause: Cause, finding: Finding) -> Incident:
    """
    Take a tester's verdict. One that fails says that the fix did not hold: the clock runs on (S106).

    Somebody who works on the fix is warned, and heard (S9, S107).
    """
    judged = incident.having(
        entry_of(cause, Kind.TEST_PASSED if finding.passed else Kind.TEST_FAILED, text=finding.note),
        findings=(*incident.findings, finding),
    )
    if finding.tester.casefold() in judged.technical:
        judged = _warned(judged, cause, (finding.tester,))
    if finding.passed:
        return judged
    if not judged.active:
        return replace(reopen(judged, cause), findings=judged.findings)
    held = judged.fixed is None and judged.phase is not Phase.MONITORING
    return replace(judged, fixed=None, phase=judged.phase if held else Phase.INVESTIGATING)


def warn(incident: Incident, cause: Cause, known: tuple[str, ...]) -> Incident:
    """Say it when somebody comes to test what they work on (S20, S107); ``known`` have been told before."""
    fresh = tuple(login for login in incident.partial_testers if login not in known)
    return _warned(incident, cause, fresh) if fresh else incident


def _warned(incident: Incident, cause: Cause, people: tuple[str, ...]) -> Incident:
    before = next((r for r in incident.replies if (r.kind, r.comment) == ("warning", cause.comment)), None)
    people = tuple(dict.fromkeys((*(before.people if before else ()), *people)))
    rest = tuple(reply for reply in incident.replies if reply is not before)
    return replace(incident, replies=(*rest, Reply("warning", cause.comment, cause.url, people=people)))


def resolve(incident: Incident, cause: Cause, at: Moment | None = None) -> Incident:
    """
    End it. The outage was over at ``at``; else when the fix was in, if that is known; else now (S106).

    When a person said so is kept as the entry's recorded time.
    """
    over = at or (incident.fixed.moment if incident.fixed else Moment(cause.at))
    return incident.having(
        entry_of(cause, Kind.RESOLVED, over),
        phase=Phase.RESOLVED,
        resolved=mark_of(cause, over),
        resolutions=incident.resolutions + 1,
        wants_open=False,
        open_by=cause.id,
    )


def reopen(incident: Incident, cause: Cause, text: str = "") -> Incident:
    """It is not over after all: the clock runs on, what fixed it did not, and reminders are no longer silent."""
    return incident.having(
        entry_of(cause, Kind.REOPENED, text=text),
        phase=Phase.INVESTIGATING,
        fixed=None,
        findings=(),
        merge=None,
        resolved=None,
        snoozed_until=None,
        wants_open=True,
        open_by=cause.id,
    )


def cancel(incident: Incident, cause: Cause, text: str) -> Incident:
    """It was no incident; it stays out of every statistic."""
    return incident.having(
        entry_of(cause, Kind.CANCELLED, text=text),
        phase=Phase.CANCELLED,
        wants_open=False,
        open_by=cause.id,
    )


def merge(incident: Incident, cause: Cause, number: int) -> Incident:
    """It is a duplicate of another incident, where the work goes on; it counts in no statistic."""
    return incident.having(
        entry_of(cause, Kind.MERGED, what=str(number)),
        phase=Phase.CANCELLED,
        merge=Merge(number, f"merged.{cause.id}", cause.by, cause.url),
        wants_open=False,
        open_by=cause.id,
    )
