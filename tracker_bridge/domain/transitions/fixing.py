"""
A fix, and whether it holds: the testers are engaged when it is in, or when it is said to be over all the same,
and their verdict counts (S106, S107).
"""

from dataclasses import replace

from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.key_times import timed_fact
from tracker_bridge.domain.incident.roles import Role, is_same
from tracker_bridge.domain.incident.testing import TestRequest, TestResult, about_fix
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.origin import Origin
from tracker_bridge.domain.transitions import lifecycle


def fix(incident: Incident, origin: Origin, at: Moment, who: str = "", text: str = "") -> Incident:
    """
    A fix is in, put in by ``who`` if that is known, and the testers are engaged.

    They are not engaged again while they have not answered, nor when this only corrects the time of a fix that
    they have confirmed. What corrects a fix takes its place on the timeline, and in what the testers are asked.
    """
    engaged = _waiting(incident)
    before = _corrected(incident, at) if corrects(incident, at) else incident
    fixed = before.having(
        entry_of(origin, Kind.FIXED, at, who=who, text=text),
        times=replace(before.times, fixed=timed_fact(origin, at)),
        testing=replace(before.testing, findings=about_fix(incident.testing.findings, at)),
        phase=Phase.MONITORING if incident.active else incident.phase,
    )
    if lifecycle.ended_untimed(incident):
        fixed = lifecycle.correct_end(fixed, origin, at)
    return fixed if engaged or fixed.confirmed else ask_testers(fixed, origin, fix_at=at)


def corrects(incident: Incident, at: Moment) -> bool:
    """Whether a fix as of ``at`` is the one at hand, told anew: no verdict has been given that it would undo."""
    return (
        incident.times.fixed is not None and about_fix(incident.testing.findings, at) == incident.testing.findings
    )


def _corrected(incident: Incident, at: Moment) -> Incident:
    """Leave out what was said of the fix at hand; a request that tells its time tells that it was ``at``."""
    said = incident.timeline.of(Kind.FIXED)[-1]
    requests = tuple(
        replace(one, fix=at) if one.fix and one is incident.testing.requests[-1] else one
        for one in incident.testing.requests
    )
    return replace(
        incident,
        timeline=incident.timeline.without(said),
        testing=replace(incident.testing, requests=requests),
    )


def resolve(incident: Incident, origin: Origin, at: Moment | None = None, why: str = "") -> Incident:
    """
    It is over; ``why``, if that is against a tester's word. Where no tester has confirmed it, those who are not
    the one who says so are asked, once (S106).
    """
    ended = lifecycle.resolve(incident, origin, at, why)
    testers = [login for login in ended.other_testers if not is_same(login, origin.by)]
    if ended.confirmed or ended.times.resolved is None or not testers:
        return ended
    if _waiting(incident) and incident.testing.requests[-1].testers:
        return ended
    return ask_testers(ended, origin, over=ended.times.resolved.moment)


def take_back(incident: Incident) -> Incident:
    """The fix did not hold: its time is dropped, and what was found about it (S106)."""
    return replace(
        incident, times=replace(incident.times, fixed=None), testing=replace(incident.testing, findings=())
    )


def ask_testers(
    incident: Incident,
    origin: Origin,
    what: str = "",
    fix_at: Moment | None = None,
    over: Moment | None = None,
) -> Incident:
    """Let a comment ask the testers, once; two requests of one comment are one."""
    key = f"by.hand.{origin.at:%Y%m%d%H%M%S}" if origin.by_hand else str(origin.comment)
    before = next((one for one in incident.testing.requests if one.key == key), None)
    testers, leads = incident.other_testers, incident.people.logins(Role.INCIDENT_LEAD)
    technical = incident.technical
    others = [h.login for h in incident.people.roles if h.login.casefold() not in technical]
    request = TestRequest(
        key=key,
        by=origin.by,
        url=origin.url,
        at=origin.at,
        testers=tuple(one for one in testers if not is_same(one, origin.by)) or testers,
        leads=leads,
        others=tuple(one for one in dict.fromkeys(others) if one not in leads),
        what="; ".join(part for part in (before.what if before else "", what) if part),
        fix=fix_at or (before.fix if before else None),
        over=over,
        own=not testers and bool(incident.people.holders(Role.TESTER)),
    )
    rest = tuple(one for one in incident.testing.requests if one is not before)
    return replace(incident, testing=replace(incident.testing, requests=(*rest, request)))


def judge_fix(incident: Incident, origin: Origin, finding: TestResult) -> Incident:
    """
    Take a tester's verdict. One that fails takes the fix back, and reopens what was over: the clock runs on.

    Somebody who works on the fix is heard as well; the status comment warns of it (S9, S107).
    """
    judged = incident.having(
        entry_of(origin, Kind.TEST_PASSED if finding.passed else Kind.TEST_FAILED, text=finding.note),
        testing=replace(incident.testing, findings=(*incident.testing.findings, finding)),
    )
    if finding.passed:
        return judged
    if not judged.active:
        testing = judged.testing
        judged = lifecycle.reopen(judged, origin)
        judged = replace(judged, testing=replace(judged.testing, findings=testing.findings))
    elif judged.times.fixed:
        judged = replace(judged, phase=Phase.INVESTIGATING)
    return replace(judged, times=replace(judged.times, fixed=None))


def _waiting(incident: Incident) -> bool:
    """Whether the testers were engaged for the fix at hand, or the end, and none of them has answered."""
    last = incident.testing.requests[-1] if incident.testing.requests else None
    if last is None or not ((last.fix and incident.times.fixed) or (last.over and incident.times.resolved)):
        return False
    return not any(one.at >= last.at for one in incident.testing.findings)
