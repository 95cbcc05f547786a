"""
What is waited for in an incident, and who must act (process: clocks and nudges).

The Technical Lead is never asked for status (S52): :func:`_spared` sees to that. Once it is over, only the
testers, the owners of action items and whoever has to keep a deadline are reminded.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Final, Literal

from tracker_bridge.domain.derived import clocks
from tracker_bridge.domain.derived.cadence import leads, rows
from tracker_bridge.domain.derived.clocks import Clock, Due, Nudge, Reminder
from tracker_bridge.domain.derived.obligations import open_obligations
from tracker_bridge.domain.incident.audiences import audiences
from tracker_bridge.domain.incident.calls import answer, called, current, is_claimed
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.on_call import is_taken, is_unattended, responders
from tracker_bridge.domain.incident.roles import AnyRole, Role, is_same
from tracker_bridge.domain.incident.subscribers import reached
from tracker_bridge.domain.incident.timeline import ENDS, Kind, TimelineEntry
from tracker_bridge.domain.issue.bundles import items_of
from tracker_bridge.domain.issue.call_outs import CallOut
from tracker_bridge.domain.issue.changes import kind_of_key
from tracker_bridge.domain.issue.issue import Person, TrackerUrl

_ENOUGH: Final = 3
"""How often somebody is reminded of what may never come: a role that stays open, a test after the end."""

_BEFORE: Final = timedelta(minutes=10)
"""How long before an update is overdue somebody is asked for it, unless that is most of the interval."""

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quiet(Reminder):
    """Nobody who works on the fix has been heard; an Assist is asked."""

    kind = "quiet"


@dataclass(frozen=True, slots=True)
class Unassisted(Reminder):
    """
    The same without an Assist, or where none answered who was ``asked``: somebody is to ``look``, or to ``name``
    one, or both.
    """

    kind = "unassisted"
    look: bool
    name: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class Update(Reminder):
    """
    An audience is to be told something: who is asked can ``speak`` to it, or is to ``name`` somebody.

    What they say goes ``to`` these destinations.
    """

    kind = "update"
    audience: str
    wish: Literal["speak", "name"]
    news: Literal["announce", "again"]
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Untaken(Reminder):
    """
    Nobody has taken it: who is on call is asked to. An alert opened it, or it is so bad that they are ``paged``.
    """

    kind = "untaken"
    paged: bool = False


@dataclass(frozen=True, slots=True)
class Paged(Reminder):
    """``by`` pages somebody by hand."""

    kind = "paged"
    by: str


@dataclass(frozen=True, slots=True)
class Vacant(Reminder):
    """The Technical Lead stepped off, and who was asked ``before`` has not taken over."""

    kind = "vacant"
    before: str


@dataclass(frozen=True, slots=True)
class NoLead(Reminder):
    """There is no Incident Lead."""

    kind = "lead"


@dataclass(frozen=True, slots=True)
class OpenRoles(Reminder):
    """Nobody holds these needed roles."""

    kind = "roles"
    roles: tuple[AnyRole, ...]


After = Literal["fix", "over", "request"]
"""What waits for the testers."""


@dataclass(frozen=True, slots=True)
class Testers(Reminder):
    """No tester has told what came of it."""

    kind = "testers"
    after: After


@dataclass(frozen=True, slots=True)
class Untested(Reminder):
    """There is nobody who would test it; ``own``: but for whoever made the fix."""

    kind = "untested"
    after: After
    own: bool = False


@dataclass(frozen=True, slots=True)
class Undetected(Reminder):
    """It is over, and nobody said when it was noticed."""

    kind = "undetected"


@dataclass(frozen=True, slots=True)
class PastDue(Reminder):
    """An action item is past due; ``issue`` names its own, empty for none."""

    kind = "action"
    issue: str
    text: str
    due: date
    url: TrackerUrl


@dataclass(frozen=True, slots=True)
class Deadline(Reminder):
    """
    An audience has to be told something by ``due``, which is ``within`` so long of the detection.

    What is said goes ``to`` these destinations.
    """

    kind = "deadline"
    audience: str
    within: str
    due: datetime
    to: tuple[str, ...] = ()


def due(incident: Incident, now: datetime) -> Due:
    """
    Return the reminders that should stand in the incident's thread at ``now``, and when that changes.

    Whoever wants quiet for a while has it; a deadline of the law does not wait for that, nor does a page by hand.
    """
    found = clocks.due(_running(incident), now, incident.comms.snoozed_until)
    lawful = clocks.due((*_deadlines(incident), *_by_hand(incident)), now)
    later = min((at for at in (found.next_at, lawful.next_at) if at), default=None)
    return Due((*found.nudges, *lawful.nudges), found.pending, later)


def timely(nudges: Iterable[Nudge], there: Iterable[str], now: datetime) -> tuple[Nudge, ...]:
    """
    Leave out what nobody wants to be asked any more: when an incident was noticed that ended more than a day ago
    (S66). The summary says that it is missing; a reminder that is ``there``, by the keys of our comments, stays.
    """
    told = {item for key in there if kind_of_key(key) == "nudge" for item in items_of(key)}

    def stands(nudge: Nudge) -> bool:
        late = isinstance(nudge.clock.reminder, Undetected) and now - nudge.clock.since > _DAY
        return not late or nudge.name in told

    return tuple(filter(stands, nudges))


def _running(incident: Incident) -> Iterator[Clock]:
    yield from _untaken(incident)
    if incident.active:
        yield from _quiet(incident)
        yield from _updates(incident)
        yield from _vacancy(incident)
        yield from _roles(incident)
    elif incident.exists:
        yield from _undetected(incident)
        yield from _actions(incident)
    if incident.phase is not Phase.CANCELLED:
        yield from _tests(incident)


def _untaken(incident: Incident) -> Iterator[Clock]:
    """
    Who is on call is asked to take it: at once, and again while nobody has (S98). Once one of them has answered,
    it is for them.
    """
    if not incident.active:
        return
    made = [one for one in current(incident) if not one.cause]
    got, every = answer(incident), incident.intervals.roles * 2
    asked = (got.who,) if got else ()
    if is_unattended(incident):
        on_call = () if is_taken(incident) else asked or responders(incident)
        reminder = Untaken(paged=any(one.pages for one in made))
        yield Clock(reminder, made[-1].at if made else _begun(incident), timedelta(), every, on_call)
    elif made and made[-1].pages and not made[-1].there and not asked and not is_claimed(incident):
        yield Clock(Untaken(paged=True), made[-1].at, timedelta(), every, called(incident))


def _by_hand(incident: Incident) -> Iterator[Clock]:
    """Who was paged by hand is mentioned, until they say something."""
    if not incident.active:
        return
    by = {one.id: one.by for one in incident.calls.wanted}
    for made in current(incident):
        if made.cause in by and not _is_heard(incident, made):
            yield Clock(Paged(by[made.cause]), made.at, timedelta(), _DAY, made.logins, most=1)


def _is_heard(incident: Incident, made: CallOut) -> bool:
    """Whether any of those who were asked has said or done something since."""
    people = [Person(0, login, team="/" in login) for login in made.logins]
    said = ((word.at, word.login) for word in incident.comms.words)
    done = ((entry.recorded_at, entry.author) for entry in incident.timeline)
    late = {login for at, login in (*said, *done) if at > made.at and login}
    return any(incident.people.stands_for(Person(0, login), one) for login in late for one in people)


def _quiet(incident: Incident) -> Iterator[Clock]:
    """
    Nobody who works on the fix has been heard: the first Assist is asked, then the next (S58).

    After the last of them it is the Scribe's turn to look, and the Incident Lead's to name another; then it begins
    again. Without any Assist, both are asked at once (S52). Whoever becomes an Assist meanwhile is asked first.
    While a fix waits for its test, there is no other news to ask for: that is the testers' clock.
    """
    if incident.times.fixed and not incident.confirmed:
        return
    first = incident.intervals.technical_silence
    every = first * 2
    assists = _spared(incident, incident.people.logins(Role.TECHNICAL_ASSIST))
    others = _wishes(incident, assists)
    since = _last_heard(incident, scribes_after=every * len(assists) if assists else first)
    if not assists:
        if not others and is_taken(incident):
            look = Unassisted(look=True, name=False, asked=False)
            yield Clock(look, since, first, every, _spared(incident, responders(incident)))
        for login, wishes in others.items():
            reminder = Unassisted("look" in wishes, "name" in wishes, asked=False)
            yield Clock(reminder, since, first, every, (login,))
        return
    begun = Clock(Quiet(), since, first, every, assists)
    fresh = [one for one in incident.people.holders(Role.TECHNICAL_ASSIST) if one.since >= since + first]
    turn = max((begun.slot(one.since) for one in fresh), default=1)
    new = tuple(one.login for one in fresh if one.login in assists)
    order = dict.fromkeys((*new, *assists, *others))
    for at, login in enumerate(order):
        wishes = others.get(login, ())
        asked = Unassisted("look" in wishes, "name" in wishes, asked=True) if wishes else Quiet()
        yield Clock(asked, since, first, every, (login,), turn=turn + at, turns=len(order))


def _wishes(incident: Incident, assists: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return who can be asked in place of the Assists, and what for; who is both Scribe and Lead does both."""
    asked: dict[str, tuple[str, ...]] = {}
    for role, wish in ((Role.SCRIBE, "look"), (Role.INCIDENT_LEAD, "name")):
        for login in _spared(incident, incident.people.logins(role))[:1]:
            if any(is_same(login, one) for one in assists):
                continue
            same = next((one for one in asked if is_same(one, login)), login)
            asked[same] = (*asked.get(same, ()), wish)
    return asked


def _last_heard(incident: Incident, scribes_after: timedelta) -> datetime:
    """
    Return when somebody who works on the fix was last heard.

    An answer in plain words counts like an event of the timeline. So does what a Scribe notes or says when asked
    to look: after ``scribes_after``.
    """
    since, technical = _begun(incident), incident.technical
    told = [(entry.recorded_at, _teller(entry)) for entry in incident.timeline if entry.kind.traits.technical]
    told += [(word.at, word.login) for word in incident.comms.words]
    scribes = {one for one in {login for _, login in told} if incident.people.holds(one, Role.SCRIBE)}
    for at, login in sorted(told):
        asked = login in scribes and at >= since + scribes_after
        if at > since and (asked or login.casefold() in technical):
            since = at
    return since


def _teller(entry: TimelineEntry) -> str:
    """A fix is news from whoever made it, however it got onto the timeline."""
    return (entry.who if entry.kind is Kind.FIXED else "") or entry.author


def _updates(incident: Incident) -> Iterator[Clock]:
    """
    An audience is to be told something: shortly before the maximum interval ends, and at its end (S18, S76, S77).

    Every audience has its own clock; from half of it on, the status comment says that one is needed. Nobody is
    asked for an update that would be early. While nobody is named for any audience, the first one stands for all.
    """
    max_update_interval, min_update_interval = (
        incident.intervals.max_update_interval,
        incident.intervals.min_update_interval,
    )
    paced = [one for one in audiences(incident) if not one.deadlines]
    told_of = [row for row in rows(incident) if row.audience in paced]
    last_told = {row.audience.name: row.last.occurred.at if row.last else None for row in told_of}
    for name in last_told or [one.name for one in paced[:1]]:
        told = last_told.get(name)
        shown = max_update_interval / 2
        shown = shown if told is None else max(shown, min_update_interval)
        first = max(shown, max_update_interval - _BEFORE)
        logins, wish = _speakers(incident, name)
        since = _begun(incident) if told is None else max(told, _begun(incident))
        reminder = Update(name, wish, "again" if told else "announce", reached(incident, name))
        yield Clock(reminder, since, first, max_update_interval, logins, shown=shown)


def _deadlines(incident: Incident) -> Iterator[Clock]:
    """
    An audience has to be told something by a deadline: before it, at it, and some more times if nobody did.

    Its Communication Lead is asked, else who is in charge; also after the end.
    """
    for one in open_obligations(incident):
        before = min(max(one.within / 6, _HOUR), _DAY, one.within)
        logins = leads(incident, one.audience) or _in_charge(incident)
        reminder = Deadline(one.audience, one.span, one.due, reached(incident, one.audience))
        yield Clock(reminder, one.due - before, timedelta(), before, logins, _ENOUGH + 1)


def _speakers(incident: Incident, name: str) -> tuple[tuple[str, ...], Literal["speak", "name"]]:
    """
    Return who can speak to an audience, to be asked to ``speak``; else who is to ``name`` somebody.

    A Technical Lead who is Incident Lead as well has nobody else to see to it, and is asked for this, not for
    technical news (S9, S52).
    """
    named = (leads(incident, name), incident.people.logins(Role.COMMUNICATION_LEAD))
    if own := next(filter(None, (_spared(incident, one) for one in named)), ()):
        return own, "speak"
    lead = incident.people.logins(Role.INCIDENT_LEAD) or _spared(incident, responders(incident))
    alone = any(is_same(one, login) for one in lead for login in next(filter(None, named), ()))
    return lead, "speak" if alone and not _spared(incident, lead) else "name"


def _roles(incident: Incident) -> Iterator[Clock]:
    """
    Needed roles are open: the Incident Lead fills them; without one, whoever opened it (S36, S98-S100).

    While nobody has taken an alert's incident, who is on call is asked to do that instead.
    """
    moved = [e.recorded_at for e in incident.timeline if e.kind in (Kind.ROLE_TAKEN, Kind.ROLE_LEFT)]
    since, first = max([_begun(incident), *moved]), incident.intervals.roles
    if not incident.unfilled or (responders(incident) and not is_taken(incident)):
        return
    if Role.INCIDENT_LEAD in incident.unfilled:
        yield Clock(NoLead(), since, first, first * 2, _in_charge(incident))
    else:
        yield Clock(
            OpenRoles(incident.unfilled), since, first, first * 2, _in_charge(incident), _ENOUGH, patient=True
        )


def _vacancy(incident: Incident) -> Iterator[Clock]:
    """
    Nobody has taken over from the Technical Lead who stepped off: the next Assist is asked, each once (S14).

    The first in line was asked at once.
    """
    left, line = incident.people.vacancy, incident.successors
    if left is None or len(line) < 2:
        return
    first, turns = incident.intervals.roles, len(line) - 1
    for turn, (before, one) in enumerate(pairwise(line), start=1):
        yield Clock(Vacant(before.login), left.at, first, first * 2, (one.login,), turns, turn, turns)


def _in_charge(incident: Incident) -> tuple[str, ...]:
    """Return who sees to the roles; for an alert's incident without a lead, whoever was first to take part."""
    opener = () if is_unattended(incident) else (incident.people.opener.login,)
    return (incident.people.logins(Role.INCIDENT_LEAD) or opener or incident.people.logins(*Role))[:1]


def _tests(incident: Incident) -> Iterator[Clock]:
    """
    A fix is in, or it is said to be over, or tests were asked for, and nobody has told what came of it (S106).

    Testers who do not work on the fix are reminded, after the end as well; else whoever tests, but for who made
    the fix. Without any, it is for the Incident Lead to see to it.
    """
    since, after = _untested(incident)
    if since is None:
        return
    since, first = max(since, _begun(incident)), incident.intervals.testers
    testers, technical = _spared(incident, incident.other_testers), incident.technical
    fresh = tuple(login for login in testers if login.casefold() not in technical)
    if not incident.active:
        yield Clock(Testers(after), since, first, max(first, _DAY), fresh or testers, _ENOUGH)
    elif testers:
        yield Clock(Testers(after), since, first, first * 2, fresh or testers)
    else:
        own = bool(incident.fixer) and incident.people.holds(incident.fixer, Role.TESTER)
        lead = incident.people.logins(Role.INCIDENT_LEAD)[:1] or _spared(incident, responders(incident))
        yield Clock(Untested(after, own), since, first, first * 2, lead)


def _untested(incident: Incident) -> tuple[datetime | None, After]:
    """Return since when the end, or a ``fix`` or a ``request`` while it goes on, waits for the testers."""
    if incident.phase is Phase.RESOLVED:
        if _is_past(incident):
            return None, "request"
        return (None if incident.confirmed else _over(incident)), "over"
    fixes = [entry.recorded_at for entry in incident.timeline if entry.kind is Kind.FIXED]
    if incident.times.fixed and fixes and not incident.confirmed:
        return fixes[-1], "fix"
    if incident.testing.asked:
        return incident.testing.asked.at, "request"
    return None, "request"


def _is_past(incident: Incident) -> bool:
    """Whether it was over before what we remembered was lost: perhaps they have answered."""
    end = next((e.id for e in reversed(incident.timeline) if e.kind.traits.ends), "")
    return bool(incident.past) and int(end.partition(".")[0] or 0) <= incident.past


def _undetected(incident: Incident) -> Iterator[Clock]:
    """The time to resolve lacks its beginning: one person is asked for it, once, at the end (S66)."""
    if incident.phase is not Phase.RESOLVED or incident.drill or incident.times.detected or _is_past(incident):
        return
    people = (incident.people.logins(role) for role in (Role.SCRIBE, Role.INCIDENT_LEAD, Role.TECHNICAL_LEAD))
    whom = next((logins for logins in people if logins), ())
    yield Clock(Undetected(), _over(incident), timedelta(), _DAY, whom[:1], most=1)


def _actions(incident: Incident) -> Iterator[Clock]:
    """Action items that are past due, once the incident is over: each one's owner is reminded (S113)."""
    every = incident.intervals.actions
    for action in incident.follow_up.actions:
        if not action.open or action.due is None or action.due.year == date.max.year:
            continue
        since = max(_end_of(action.due, incident.rules.timezone), _over(incident))
        reminder = PastDue(action.name if action.issue else "", action.text, action.due, action.url)
        yield Clock(reminder, since, timedelta(), every, (action.owner,) if action.owner else ())


def _end_of(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day + _DAY, time.min, zone).astimezone(UTC)


def _over(incident: Incident) -> datetime:
    """Return when it was said that it is over."""
    return max((e.recorded_at for e in incident.timeline.of(*ENDS)), default=_begun(incident))


def _begun(incident: Incident) -> datetime:
    """Return when it was declared, or opened again: before that nobody was expected to do anything."""
    again = [entry.recorded_at for entry in incident.timeline.of(Kind.REOPENED)]
    return max([incident.times.declared.moment.at if incident.times.declared else incident.created_at, *again])


def _spared(incident: Incident, logins: tuple[str, ...]) -> tuple[str, ...]:
    """
    Leave the Technical Lead out, whatever else they are: they are never asked for status (S52).

    Of a team that they are in, the others are asked, each by name.
    """
    holders = incident.people.logins(Role.TECHNICAL_LEAD)

    def each(login: str) -> tuple[str, ...]:
        them = tuple(one.login for one in incident.people.members(login))
        return them if any(is_same(one, holder) for one in them for holder in holders) else (login,)

    everyone = dict.fromkeys(one for login in logins for one in each(login))
    return tuple(one for one in everyone if not any(is_same(one, holder) for holder in holders))
