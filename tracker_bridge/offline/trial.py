"""
What the tracker's thread would amount to: the planned comments are folded with the runner's rights beforehand.

What would be refused is made words before anything is posted, each with the reason and with the line that
somebody else can post.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from tracker_bridge.domain.fold.recovery import Folded
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.documents import STATUS
from tracker_bridge.domain.issue.invocations import calls_of
from tracker_bridge.domain.issue.issue import NO_ACCOUNT, Access, Comment, Issue, Person
from tracker_bridge.domain.issue.receipts import Verdict
from tracker_bridge.offline.gathering import Gathered, gathered, marks_in, room_of
from tracker_bridge.offline.retelling import Line, Retelling, Retold, as_lead
from tracker_bridge.offline.thread import OfflineThread, judged

_ROUNDS: Final = 4
_UNHEARD: Final = "it would not be read as one command"
_BRIDGE: Final = Person(-2, "the-bridge", bot=True)
"""Stands for the bridge's account where it has not written anything yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where it is posted: an ``issue`` as the runner reads it, or as it will be opened.

    ``access`` tells what somebody may do there; ``account`` whose a name is, ``None`` if nobody's.
    """

    issue: Issue
    runner: Person
    rules: Rules
    room: int
    now: datetime
    access: Callable[[Person], Access]
    account: Callable[[str], Person | None]


@dataclass(frozen=True, slots=True)
class Planned:
    """``comments`` are to be posted, in order. ``incident`` is what the thread will amount to."""

    comments: tuple[Gathered, ...]
    incident: Incident
    lines: tuple[Line, ...]
    applied: int = 0
    asked: int = 0

    @property
    def inert(self) -> tuple[Line, ...]:
        return tuple(one for one in self.lines if one.inert)


def planned(retelling: Retelling, place: Place) -> Planned:
    """Return what to post; what was posted before is left out."""
    retold = retelling.retold()
    trial = _Trial(place, retelling.thread)
    found = trial.of(retold)
    if any(one.why and one.plain for one in found.inert):
        before = trial.leader()
        led = trial.of(as_lead(retold, retelling, before))
        found = led if len(led.inert) < len(found.inert) else found
    return found


@dataclass(slots=True)
class _Trial:
    place: Place
    thread: OfflineThread
    accounts: dict[str, Person] = field(default_factory=dict)

    def of(self, retold: Retold) -> Planned:
        """Make words of what is refused, until nothing is."""
        place = self.place
        there = marks_in(one.body for one in place.issue.comments if one.author.id == place.runner.id)
        lines: tuple[Line, ...] = tuple(one for one in retold.lines if not one.marks <= there)
        for _ in range(_ROUNDS):
            comments = gathered(lines, place.runner.login, room_of(place.room))
            folded, issue = self._folded(comments)
            refused = dict(self._refused(comments, folded, issue))
            if not refused:
                break
            lines = tuple(replace(one, inert=True, why=refused[one]) if one in refused else one for one in lines)
        comments = gathered(lines, place.runner.login, room_of(place.room))
        return Planned(comments, folded.incident, lines, retold.applied, retold.asked)

    def leader(self) -> str:
        """Return who leads the incident in the tracker now, unless it is the runner."""
        folded, _ = self._folded(())
        leads = folded.incident.people.holders(Role.INCIDENT_LEAD)
        return next((one.login for one in leads if one.who.id != self.place.runner.id), "")

    def _folded(self, comments: Sequence[Gathered]) -> tuple[Folded, Issue]:
        issue = _with(self.place, comments)
        while True:
            folded = judged(issue, self.place.rules, self.place.access, self.accounts)
            if not folded.asked:
                return folded, issue
            found = {name: self.place.account(name) for name in folded.asked}
            self.accounts |= {name.casefold(): one or Person(NO_ACCOUNT, name) for name, one in found.items()}

    def _refused(self, comments: Sequence[Gathered], folded: Folded, issue: Issue) -> Iterable[tuple[Line, str]]:
        """Yield the lines that would not be run, each with the reason."""
        verdicts = {(one.comment, one.ordinal): one.verdict for one in folded.receipts.calls}
        reasons = {
            (reply.comment, mistake.line): mistake.refused.reason
            for reply in folded.incident.outgoing.replies
            for mistake in reply.mistakes
        }
        new = issue.comments[len(issue.comments) - len(comments) :] if comments else ()
        for comment, one in zip(new, comments, strict=True):
            said = [line for line in one.lines if not line.inert]
            calls = calls_of(comment, self.thread.grammar)
            if len(calls) != len(said):  # a line that hides others must not be taken for one of them
                heard = {call.line for call in calls}
                yield from ((one, _UNHEARD) for one in said if one.text.partition("\n")[0] not in heard)
                continue
            for call, line in zip(calls, said, strict=True):
                verdict = verdicts.get((call.comment, call.ordinal))
                if verdict is not Verdict.ACCEPTED:
                    yield (
                        line,
                        reasons.get((call.comment, call.line), "your access to the project does not allow it"),
                    )


def _with(place: Place, comments: Sequence[Gathered]) -> Issue:
    """Return the issue with the comments, as the bridge would read it."""
    issue, runner = place.issue, place.runner
    bridge = next((one.author for one in issue.comments if _is_bridges(one, runner)), _BRIDGE)
    there = tuple(
        replace(one, ours=one.author.id == bridge.id and key_of(one.body) is not None) for one in issue.comments
    )
    first = max((one.id for one in there), default=0) + 1
    new = tuple(
        Comment(first + n, runner, place.now, place.now, one.document.text, issue.url)
        for n, one in enumerate(comments)
    )
    return replace(issue, viewer=bridge, comments=(*there, *new))


def _is_bridges(comment: Comment, runner: Person) -> bool:
    return comment.author.id != runner.id and key_of(comment.body) == STATUS


def differences(meant: Incident, found: Incident, logins: Mapping[str, str]) -> tuple[str, ...]:
    """Return where the thread will not say what the notebook says, a sentence each without a full stop."""
    return tuple(_differing(meant, found, logins))


def _differing(meant: Incident, found: Incident, logins: Mapping[str, str]) -> Iterable[str]:
    def login(name: str) -> str:
        return logins.get(name.casefold(), name).casefold()

    if meant.severity != found.severity:
        yield f"the severity is {found.severity.name if found.severity else 'not set'}"
    if meant.phase is not found.phase:
        yield f"the phase is {found.phase.value}, and not {meant.phase.value}"
    for name in ("started", "detected", "fixed", "resolved"):
        here, there = getattr(meant.times, name), getattr(found.times, name)
        if (here and here.moment.at) != (there and there.moment.at):
            yield f"the time `{name}` is {f'{there.moment.at:%Y-%m-%d %H:%M} UTC' if there else 'not known'}"
    held = {(one.role, login(one.login), one.audience) for one in meant.people.roles}
    holding = {(one.role, one.login.casefold(), one.audience) for one in found.people.roles}
    for role, who, audience in sorted(held ^ holding, key=str):
        what = f"{role.words}{f' for {audience}' if audience else ''}"
        yield f"{who} is {'' if (role, who, audience) in holding else 'not '}{what}"
    for kind, what in ((Kind.NOTE, "note"), (Kind.UPDATE, "update")):
        here, there = (len(one.timeline.of(kind)) for one in (meant, found))
        if here > there:
            yield f"{here - there} of {here} {what}s will not be on the timeline"
