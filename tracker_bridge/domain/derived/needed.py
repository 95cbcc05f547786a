"""
What an incident needs now, the most important first: values, which others lay out (S6, S14, S18, S20, S106).

Nothing is needed before it is declared, nor after the end but for deadlines that are still open; what is missing
then is in :mod:`gaps`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tracker_bridge.domain.derived.cadence import CommunicationState, leads, talk_of
from tracker_bridge.domain.derived.clocks import Clock
from tracker_bridge.domain.derived.obligations import open_obligations
from tracker_bridge.domain.derived.reminders import Update
from tracker_bridge.domain.incident.calls import current
from tracker_bridge.domain.incident.channels import Announcement
from tracker_bridge.domain.incident.impact import propose
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.on_call import is_taken, is_unattended, responders, row_of
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.testing import confirmation
from tracker_bridge.domain.incident.timeline import About, Kind


class What(StrEnum):
    """What is needed. How each is worded is in templates/_needed.md.j2, and elsewhere in rendering/needs.py."""

    DUPLICATE = "duplicate"  # to say whether it is one: another was open under the same title
    ON_CALL = "on-call"  # somebody to take it: nobody was there who opened it
    INCIDENT_LEAD = "incident-lead"
    SUCCESSOR = "successor"  # a Technical Lead, and somebody is next in line
    TECHNICAL_LEAD = "technical-lead"
    SUGGESTED_SEVERITY = "suggested-severity"
    SEVERITY = "severity"
    IMPACT = "impact"  # of which a severity follows
    RESOLUTION = "resolution"  # the fix is confirmed
    FIX = "fix"  # to be recorded: a test passed, and nobody said that one is in
    VERDICT = "verdict"
    TESTER = "tester"
    TEST = "test"  # somebody asked for one
    UPDATE = "update"  # for an audience, whose time is half up
    DEADLINE = "deadline"  # an audience has to be told by then, also after the end
    FIRST_STEP = "first-step"  # of those who work on the fix
    NOTES = "notes"
    ALL_CLEAR = "all-clear"  # a look: the monitoring reports that no alert fires any more
    STAKEHOLDERS = "stakeholders"
    MAIN_CHANNEL = "main-channel"
    REDIRECTION = "redirection"  # of places that do not send people to the main channel
    CHANNEL_ANNOUNCED = "channel-announced"  # a main channel, since it was announced without one
    CHANNEL_USED = "channel-used"  # a main channel, since updates go out without one
    RELIEF = "relief"  # of who holds most of the roles
    INDEPENDENCE = "independence"  # of testers who work on the fix


_AT_WORK: Final = frozenset(
    {Kind.NOTE, Kind.PHASE, Kind.PROPOSED, Kind.TASK_GIVEN, Kind.TESTS_ASKED, Kind.FIXED, Kind.CHANGE_MERGED}
)
"""What shows that the work on the fix has begun."""


@dataclass(frozen=True, slots=True)
class Need:
    """
    One thing that is needed. ``lines`` are what to type, without the command's prefix, the likeliest first.

    ``who`` are the logins concerned: who is on call or next in line, can give the verdict, asked, or needs relief.
    ``detail`` is what was asked for, an audience, or the main channel; ``issue`` the possible duplicate; ``at`` is
    when the fix was confirmed, or an update is due; ``places``, each with its line, do not point to the main
    channel, or wait for one.

    Of who is on call, ``detail`` says whether they were ``asked``, or are being ``looked up``.
    """

    what: What
    lines: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    detail: str = ""
    issue: int = 0
    at: datetime | None = None
    places: tuple[Announcement, ...] = ()


def needed_now(incident: Incident, possible_duplicate: int = 0, pending: Iterable[Clock] = ()) -> tuple[Need, ...]:
    """
    Return what somebody must do now; ``possible_duplicate`` was open under the same title when it began, 0 for
    none (S23), ``pending`` are the clocks that are to be shown by now.
    """
    return tuple(_needed(incident, possible_duplicate, pending) if incident.active else _deadlines(incident))


def _needed(incident: Incident, possible_duplicate: int, pending: Iterable[Clock]) -> Iterator[Need]:
    talk = talk_of(incident)
    settled = bool(incident.people.holders(Role.INCIDENT_LEAD)) and incident.severity is not None
    if possible_duplicate and not settled:
        yield Need(What.DUPLICATE, (f"merge #{possible_duplicate}",), issue=possible_duplicate)
    if is_unattended(incident) and not is_taken(incident):
        yield Need(What.ON_CALL, ("claim tech-lead", "claim lead"), responders(incident), detail=_asked(incident))
    yield from _leads(incident)
    yield from _severity(incident)
    yield from _next_step(incident)
    yield from _updates(pending)
    yield from _deadlines(incident)
    if not incident.times.fixed:
        yield from _tracks(incident, talk)
    yield from _channels(talk)
    if incident.people.overloaded:
        yield Need(What.RELIEF, ("claim scribe",), incident.people.overloaded)
    if partial := incident.unexcused_testers:
        lines = (f"exception @{login} <why>" for login in partial)
        yield Need(What.INDEPENDENCE, ("role tester @<who>", *lines), partial)


def _asked(incident: Incident) -> str:
    """Say how far it is with those who are on call, where others than the settings know them."""
    row = row_of(incident)
    if current(incident):
        return "asked"
    return "looked up" if row and any(step.sources for step in row.steps) else ""


def _leads(incident: Incident) -> Iterator[Need]:
    if not incident.people.holders(Role.INCIDENT_LEAD):
        yield Need(What.INCIDENT_LEAD, ("claim lead", "role lead @<who>"))
    if incident.successor:
        login = incident.successor.login
        yield Need(What.SUCCESSOR, (f"role tech-lead @{login}",), (login,))
    elif not incident.people.holders(Role.TECHNICAL_LEAD):
        yield Need(What.TECHNICAL_LEAD, ("role tech-lead @<who>",))


def _severity(incident: Incident) -> Iterator[Need]:
    proposed = propose(incident.impacts, incident.rules.severities)
    if incident.severity:
        return
    if proposed:
        yield Need(What.SUGGESTED_SEVERITY, (f"severity {proposed.name}",))
    elif incident.impacts:
        yield Need(What.SEVERITY, ("severity <severity>",))
    else:
        yield Need(What.IMPACT, ("impact <who>: <how>",))


def _next_step(incident: Incident) -> Iterator[Need]:
    """Whose turn it is, now that a fix is applied, or tests were asked for."""
    testers, verdicts = incident.other_testers, ("test pass", "test fail <what you saw>")
    passed = confirmation(incident.testing.findings)
    if incident.confirmed:
        yield Need(What.RESOLUTION, ("resolve",), (incident.confirmed.tester,), at=incident.confirmed.at)
    elif passed:
        yield Need(What.FIX, ("fixed <time>",), (passed.tester,), at=passed.at)
    elif incident.times.fixed and testers:
        yield Need(What.VERDICT, verdicts, testers)
    elif incident.times.fixed:
        yield Need(What.TESTER, ("claim tester", "resolve"))
    elif (clear := _all_clear(incident)) is not None:
        yield Need(What.ALL_CLEAR, (f"fixed {clear:%H:%M}",), at=clear)
    elif incident.testing.asked:
        yield Need(What.TEST, verdicts, (incident.testing.asked.by,), detail=incident.testing.asked.what)


def _all_clear(incident: Incident) -> datetime | None:
    """Return since when no alert fires, if the last thing that the monitoring reported is that."""
    reported = [entry for entry in incident.timeline if entry.kind.traits.about is About.MONITORING]
    return reported[-1].occurred.at if reported and reported[-1].kind is Kind.ALERTS_CLEARED else None


def _updates(pending: Iterable[Clock]) -> Iterator[Need]:
    """Audiences whose time is half up (S18, S77)."""
    for clock in pending:
        if isinstance(asked := clock.reminder, Update):
            name = asked.audience
            speak = (f"update {name}: <text>", f"brief {name}")
            lines = speak if asked.wish == "speak" else (f"role comms @<who> {name}",)
            who = clock.logins if asked.wish == "speak" else ()
            yield Need(What.UPDATE, lines, who, detail=name, at=clock.since + clock.every)


def _deadlines(incident: Incident) -> Iterator[Need]:
    """The next one of each audience that is still open."""
    for one in open_obligations(incident):
        line = f"update {one.audience}: <text>"
        yield Need(What.DEADLINE, (line,), leads(incident, one.audience), detail=one.audience, at=one.due)


def _tracks(incident: Incident, talk: CommunicationState) -> Iterator[Need]:
    """What starts at the same time as the roles: the fix, the notes, and who hears what where (S28, S97)."""
    if not any(entry.kind in _AT_WORK for entry in incident.timeline):
        lines = ("task @<who> <text>", "status identified <what>")
        yield Need(What.FIRST_STEP, lines, incident.people.logins(Role.TECHNICAL_LEAD))
    if not any(entry.kind is Kind.NOTE for entry in incident.timeline):
        yield Need(What.NOTES, ("note <text> | <time>",))
    if not talk.stakeholders:
        yield Need(What.STAKEHOLDERS, ("stakeholder <who> affected",))
    if talk.main is None and not talk.places and not talk.unagreed:
        yield Need(What.MAIN_CHANNEL, ("channel main <where>",))


def _channels(talk: CommunicationState) -> Iterator[Need]:
    """What needs to be put right: places that point to a channel of before, updates without a channel."""
    if talk.main and talk.astray:
        lines = tuple(f"announced {place.where}" for place in talk.astray)
        yield Need(What.REDIRECTION, lines, detail=talk.main.where, places=talk.astray)
    elif talk.places and not talk.main:
        yield Need(What.CHANNEL_ANNOUNCED, ("channel main <where>",), places=talk.places)
    elif talk.unagreed:
        yield Need(What.CHANNEL_USED, ("channel main <where>",))
