"""
The comments that somebody is to act on: duties, hand-offs, tests, succession, reminders; and those that tell of
a merge.

Each mentions only whom it is for. What a comment of this kind says of the moment is kept as it was then, so
that it is not edited with every event.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from tracker_bridge.domain.derived.cadence import audiences_of, talk_of
from tracker_bridge.domain.derived.clocks import Nudge
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.relations import is_taken_back
from tracker_bridge.domain.incident.replies import Duty, Reply
from tracker_bridge.domain.incident.roles import AnyRole, Role, is_same, is_same_account
from tracker_bridge.domain.incident.testing import TestRequest
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.bundles import bundled
from tracker_bridge.domain.issue.changes import Document, Link
from tracker_bridge.domain.issue.documents import DOCUMENTS
from tracker_bridge.domain.issue.elsewhere import name_of, project_in, suffix
from tracker_bridge.domain.issue.issue import Person
from tracker_bridge.rendering.catching_up import past_of
from tracker_bridge.rendering.clock import ShownClock, since

Render = Callable[..., str]
"""Renders a template: its name, the incident, and values by name."""

_UNUSUAL: Final = re.compile(r"[^a-z0-9_.]")


def for_people(render: Render, incident: Incident, there: Sequence[str]) -> Iterator[Document]:
    """Yield every comment of this kind that should be in the thread, in which there are the keys ``there``."""
    yield from _duties(render, incident, there)
    for request in incident.testing.requests:
        if f"test:{request.key}" in there or (_has_reader(request) and not _answered(incident, request)):
            yield _test(render, incident, request)
    for one in incident.people.conflicts:
        key = f"warning:change.{_key(one.who)}"
        yield Document(key, render("conflict", incident, conflict=one), frozenset({one.who.login}))
    if incident.people.vacancy and (next_one := incident.successor):
        body = render("succession", incident, login=next_one.login)
        key = f"succession:{incident.people.vacancy.comment}.{_key(next_one)}"
        yield Document(key, body, frozenset({next_one.login}))
    yield from _readings(render, incident)
    yield from _simple(render, incident)
    if incident.ending.merge:
        key = f"linked:{incident.ending.merge.told_key}:{incident.ending.merge.number}"
        yield Document(key, render("merged", incident))


def _simple(render: Render, incident: Incident) -> Iterator[Document]:
    """Yield the documents that need nothing but their template."""
    for one in DOCUMENTS:
        if one.about and (about := one.about(incident)):
            yield Document(f"{one.kind}:{about}", render(one.templates[0], incident))


def _readings(render: Render, incident: Incident) -> Iterator[Document]:
    """Yield what tells the author of a comment how an unclear time in it was read (S55)."""
    unclear = [entry for entry in incident.timeline if entry.id and entry.occurred.remark]
    for comment in dict.fromkeys(entry.id.partition(".")[0] for entry in unclear):
        mine = [entry for entry in unclear if entry.id.partition(".")[0] == comment]
        remarks = dict.fromkeys(entry.occurred.remark for entry in mine)
        yield Document(f"reading:{comment}", render("reading", incident, url=mine[0].url, remarks=remarks))


def reminders(
    render: Render, incident: Incident, nudges: Iterable[Nudge], there: Sequence[str]
) -> Iterator[Document]:
    """
    Yield the reminders: one comment for all that become due together.

    What the words of each depend on is in its key, so that they are never edited; what is over goes.
    """
    due = {nudge.name: nudge for nudge in nudges}
    for key, names in bundled("nudge", dict.fromkeys(due, ""), there).items():
        asked = [_asked(due[name]) for name in names]
        mentions = frozenset(login for name in names for login in due[name].clock.logins)
        yield Document(key, render("nudge", incident, asked=asked), mentions)


def _asked(nudge: Nudge) -> dict[str, object]:
    """Return what the words of a reminder are made of."""
    clock = nudge.clock
    return {
        "clock": clock,
        "reminder": clock.reminder,
        "late": nudge.late,
        "since": since(clock.since, nudge.at),
        "until": since(clock.at(2), nudge.at),
    }


def catch_up(render: Render, then: Incident, reply: Reply) -> str:
    """Return what somebody must know who joins (S50), as things stood at ``reply.at``."""
    return render("catchup", then, reply=reply, talk=talk_of(then), past=past_of(then, reply.since))


def merge_link(render: Render, incident: Incident) -> Link | None:
    """Return the link to the incident that this one is a duplicate of, with the comment for over there."""
    if incident.ending.merge is None:
        return None
    merge = incident.ending.merge
    abroad = incident.ref.project if merge.project else ""
    name = name_of(abroad, incident.ref.number)
    key = f"merged:{incident.ref.number}.{merge.key.partition('.')[2]}{suffix(abroad)}"
    return Link(merge.number, Document(key, render("merged_here", incident, itself=name)), merge.project)


def unmerge_links(render: Render, incident: Incident, links: Mapping[str, int]) -> Iterator[Link]:
    """Yield the word for those that were told of a duplicate which is none any more: it was taken back."""
    for key, number in links.items():
        if is_taken_back(key, number, incident.ending.merge):
            project = project_in(key)
            abroad = incident.ref.project if project else ""
            comment = key.removesuffix(suffix(project)).partition(".")[2]
            body = render("unmerged_here", incident, itself=name_of(abroad, incident.ref.number))
            about = f"unmerged:{incident.ref.number}.{comment}{suffix(abroad)}"
            yield Link(number, Document(about, body), project)


def relation_links(render: Render, incident: Incident, done: Set[str]) -> Iterator[Link]:
    """Yield the links to related issues that are not known to be made, each with the comment for over there."""
    for one in incident.relations:
        if one.once_key not in done:
            abroad = incident.ref.project if one.project else ""
            name = name_of(abroad, incident.ref.number)
            key = f"related:{incident.ref.number}.{one.number}{suffix(abroad)}"
            body = render("related_here", incident, relation=one, itself=name)
            yield Link(one.number, Document(key, body), one.project)


@dataclass(frozen=True, slots=True)
class Card:
    """What people are told who got the same roles with one comment; ``logins`` are theirs."""

    logins: tuple[str, ...]
    roles: tuple[AnyRole, ...]
    replaced: tuple[str, ...]
    whom: str
    implied: bool
    partial: bool
    overloaded: bool


def _duties(render: Render, incident: Incident, there: Sequence[str]) -> Iterator[Document]:
    """Yield the cards of the roles: one comment for all that were given by one comment (S7)."""
    duties = {_name(duty): duty for duty in incident.outgoing.duties if _held(incident, duty)}
    comments = {name: duty.comment for name, duty in duties.items()}
    for key, names in bundled("duty", comments, there).items():
        yield _duty(render, incident, key, [duties[name] for name in names])


def _name(duty: Duty) -> str:
    return "opener" if duty.implied else f"{duty.comment}.{_key(duty.who)}"


def _duty(render: Render, incident: Incident, key: str, duties: Sequence[Duty]) -> Document:
    briefed = [duty for duty in duties if duty.briefing]
    then = briefed[-1].briefing if briefed else None
    since = [duty.since for duty in briefed]
    cards = _alike(_card(incident, duty) for duty in duties)
    meant = dict.fromkeys((role, _whom(card, role)) for card in cards for role in card.roles)
    body = render(
        "duty",
        incident,
        cards=cards,
        unseen=[duty.login for duty in duties if incident.people.unseen(duty.who)],
        meant=list(meant),
        url=duties[0].url,
        then=then,
        then_at=ShownClock(then) if then else None,
        past=past_of(then, min((one for one in since if one), default=None) if all(since) else None)
        if then
        else None,
        talk=talk_of(then) if then else None,
    )
    return Document(key, body, frozenset(duty.login for duty in duties))


def _card(incident: Incident, duty: Duty) -> Card:
    last = next(one for one in reversed(incident.outgoing.duties) if is_same_account(one.who, duty.who))
    roles = tuple(role for role in duty.roles if incident.people.holds(duty.who, role))
    tests = incident.people.holds(duty.who, Role.TESTER)
    return Card(
        logins=(duty.login,),
        roles=roles,
        replaced=tuple(duty.replaced(role) for role in roles),
        whom=_audiences(incident, duty.who),
        implied=duty.implied,
        partial=tests and any(is_same(login, duty.login) for login in incident.unexcused_testers),
        overloaded=duty is last and any(is_same(login, duty.login) for login in incident.people.overloaded),
    )


def _alike(cards: Iterable[Card]) -> list[Card]:
    """Put together who is told the same."""
    found: dict[Card, list[str]] = {}
    for card in cards:
        found.setdefault(replace(card, logins=()), []).extend(card.logins)
    return [replace(card, logins=tuple(dict.fromkeys(logins))) for card, logins in found.items()]


def _whom(card: Card, role: AnyRole) -> str:
    return card.whom if role is Role.COMMUNICATION_LEAD else ""


def _audiences(incident: Incident, who: Person) -> str:
    """Return whom a Communication Lead speaks to; where others speak to all of them, to the first one too."""
    return ", ".join(audiences_of(incident, who) or [incident.rules.audiences[0].name])


def _held(incident: Incident, duty: Duty) -> bool:
    return any(incident.people.holds(duty.who, role) for role in duty.roles)


def _test(render: Render, incident: Incident, request: TestRequest) -> Document:
    """Mention the testers; without any, the Incident Lead, unless it was they who asked."""
    lead = "" if request.testers else next((one for one in request.leads if not is_same(one, request.by)), "")
    body = render("test", incident, request=request, lead=lead)
    whom = request.testers or (lead,)
    return Document(f"test:{request.key}", body, frozenset(filter(None, whom)))


def _has_reader(request: TestRequest) -> bool:
    """Whether the comment reaches somebody; without anybody to ask, the status comment says so anyway."""
    others = any(not is_same(one, request.by) for one in request.leads)
    return bool(request.testers) or request.fix is None or others


def _answered(incident: Incident, request: TestRequest) -> bool:
    """Whether a tester has told what came of it: nobody needs to be asked any more who was not asked before."""
    verdicts = (one for one in incident.timeline if one.kind in (Kind.TEST_PASSED, Kind.TEST_FAILED))
    return any(one.recorded_at >= request.at for one in verdicts)


def _key(who: Person) -> str:
    """
    Return what tells one person's document from another's, whatever they are called by then.

    Without it, a new login would look like a new person, who is told everything that is long over. A team, and an
    account that the forge did not tell about, are known by their names alone.
    """
    return str(who.id) if who.id else _UNUSUAL.sub(lambda sign: f":{ord(sign[0]):x}:", who.login.casefold())
