"""
After the incident: the postmortem review, and what is to be done so that it does not happen again (S108-S114).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from tracker_bridge.domain.derived.cadence import rows
from tracker_bridge.domain.incident.audiences import audiences
from tracker_bridge.domain.incident.communications import Communication, to_audience
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.roles import AnyRole, Role
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import NOBODY, Issue

POSTMORTEM: Final = "postmortem"
"""The key of the review's issue."""

_MORNING: Final = time(8)
"""When the invited are reminded on the day of the review, where the team is."""

_Span = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Filled:
    """How long a needed role was open (S114); ``length`` is ``None`` when nobody ever took it."""

    role: AnyRole
    length: timedelta | None


@dataclass(frozen=True, slots=True)
class Cadence:
    """
    How one audience was kept up to date (S114).

    ``longest`` is the longest silence while the incident went on: from the declaration, or from when it was
    opened again, to the next resolution. ``late`` counts silences over the ceiling, of ``silences`` in all;
    ``early`` counts updates under the floor.
    """

    audience: str
    updates: int
    longest: timedelta
    silences: int
    late: int
    early: int


def invited(incident: Incident) -> tuple[str, ...]:
    """
    Return whom to invite: who held a role, then who contributed in another way, be it a question (S111).

    No bots, and no teams.
    """
    held = [e.who for e in incident.timeline if e.kind is Kind.ROLE_TAKEN]
    current = [assignment.login for assignment in incident.people.roles]
    wrote = [entry.author for entry in incident.timeline if not entry.by_settings]
    told = [communication.by for communication in incident.comms.communications]
    tested = [finding.tester for finding in incident.testing.findings]
    worked = [one.login for task in incident.work.tasks for one in task.people]
    kept = (*incident.work.offers, *incident.work.proposals, *incident.work.questions, *incident.work.causes)
    gave = [one.who for one in kept]
    found: dict[str, str] = {}
    for login in (*current, *held, *wrote, *told, *tested, *worked, *gave):
        if login and login != NOBODY.login and "/" not in login and not login.endswith("[bot]"):
            found.setdefault(login.casefold(), login)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class ReviewNews:
    """
    What the invited are told in the review's thread: that it was ``moved`` to a day, that it is ``today``.

    ``next_at``: when that changes.
    """

    moved: date | None = None
    today: date | None = None
    next_at: datetime | None = None


def review_news(incident: Incident, review: Issue | None, there: Sequence[str], now: datetime) -> ReviewNews:
    """
    Return what is to be told about the review's day (S108).

    ``there`` are the keys of our comments in its thread. Its text says which day the invited know of; what was
    told stays as long as the day stays.
    """
    on = incident.follow_up.postmortem.on if incident.follow_up.postmortem else None
    if review is None or on is None or on.year == date.max.year:
        return ReviewNews()
    moved = f"on **{on}**" not in review.body or f"moved:{on:%Y%m%d}" in there
    begins = datetime.combine(on, _MORNING, incident.rules.timezone).astimezone(UTC)
    over = datetime.combine(on + timedelta(days=1), time.min, incident.rules.timezone).astimezone(UTC)
    due = (review.open and begins <= now < over) or f"today:{on:%Y%m%d}" in there
    next_at = begins if review.open and now < begins else None
    return ReviewNews(on if moved else None, on if due else None, next_at)


def roles_filled(incident: Incident) -> tuple[Filled, ...]:
    """Return how long each needed role was open after the declaration; who declares leads technically (S98)."""
    begun = _begun(incident)
    led = [begun] if incident.people.opener.id and not incident.people.opener.bot else []

    def first(role: AnyRole) -> timedelta | None:
        taken = [e.recorded_at for e in incident.timeline if e.kind is Kind.ROLE_TAKEN and e.what == role.words]
        moments = [*taken, *(led if role is Role.TECHNICAL_LEAD else ())]
        return max(min(moments) - begun, timedelta()) if moments else None

    return tuple(Filled(role, first(role)) for role in incident.rules.needed_roles)


def cadence(incident: Incident) -> tuple[Cadence, ...]:
    """Return how every audience was kept up to date that was told anything, or was to be (S77, S114)."""
    expected = [row.audience.name for row in rows(incident)]
    told = [name for one in incident.comms.communications for name in one.audiences]
    by_deadline = {one.name for one in audiences(incident) if one.deadlines}
    names = dict.fromkeys(name for name in (*expected, *told) if name not in by_deadline)
    return tuple(_cadence(incident, name) for name in names)


def _cadence(incident: Incident, name: str) -> Cadence:
    told = to_audience(incident.comms.communications, name)
    silences = [silence for span in _spans(incident) for silence in _silences(span, told)]
    return Cadence(
        audience=name,
        updates=len(told),
        longest=max(silences, default=timedelta()),
        silences=len(silences),
        late=sum(1 for silence in silences if silence > incident.intervals.max_update_interval),
        early=sum(1 for one in told if name in one.early),
    )


def _silences(span: _Span, told: tuple[Communication, ...]) -> list[timedelta]:
    """Return how long each silence was, from the beginning to the end; what goes on ends with the last update."""
    begun, ended = span
    said = [one.occurred.at for one in told if begun <= one.occurred.at]
    within = [at for at in said if ended is None or at <= ended]
    moments = [begun, *within, *([ended] if ended else [])]
    return [later - earlier for earlier, later in pairwise(moments)]


def _spans(incident: Incident) -> list[_Span]:
    """Return from when to when it went on: after the end and before it is opened again, silence is no lapse."""
    spans: list[_Span] = [(_begun(incident), None)]
    for entry in incident.timeline:
        begun, ended = spans[-1]
        if entry.kind.traits.ends and ended is None:
            spans[-1] = begun, max(begun, entry.occurred.at)
        elif entry.kind is Kind.REOPENED and ended is not None:
            spans.append((entry.occurred.at, None))
    return spans


def _begun(incident: Incident) -> datetime:
    return incident.times.declared.moment.at if incident.times.declared else incident.created_at
