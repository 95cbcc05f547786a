"""
Taking and leaving roles: what follows from it for the timeline, and who is told the duties (S7, S13, S14, S50).
"""

from dataclasses import replace

from tracker_bridge.domain.incident.incident import Incident, snapshot
from tracker_bridge.domain.incident.people import Vacancy, without
from tracker_bridge.domain.incident.replies import Duty
from tracker_bridge.domain.incident.roles import AnyRole, Role, RoleAssignment, is_same_account
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Person


def take(
    incident: Incident, call: Invocation, role: AnyRole, who: Person, audience: str = "", *, instead_of: str = ""
) -> Incident:
    """
    Give ``role`` to ``who``, who is told the duties; a single role's holder is replaced (S13).

    Whoever has it already keeps it; a volunteer is confirmed when others say it.
    """
    mine = [h for h in incident.people.holders(role) if is_same_account(h.who, who) and not h.implied]
    held = next((h for h in mine if h.audience == audience), None)
    if held is not None:
        by = call.actor if held.volunteered else held.by
        return replace(
            incident,
            people=replace(
                incident.people, roles=tuple(replace(h, by=by) if h is held else h for h in incident.people.roles)
            ),
        )
    if role.single:
        replaced = [h for h in incident.people.holders(role) if not is_same_account(h.who, who)]
        instead_of = replaced[0].login if replaced else instead_of
        incident = leave(incident, call, role, replaced)
        incident = replace(incident, people=replace(incident.people, roles=without(incident.people.roles, role)))
    assignment = RoleAssignment(role, who, call.actor, call.at, call.comment, call.url, audience)
    entry = entry_of(call.origin, Kind.ROLE_TAKEN, what=role.words, who=who.login, text=audience)
    duties = _duties(incident, call, role, who, instead_of)
    return incident.having(
        entry,
        people=replace(incident.people, roles=(*incident.people.roles, assignment)),
        outgoing=replace(incident.outgoing, duties=duties),
    )


def _duties(incident: Incident, call: Invocation, role: AnyRole, who: Person, instead_of: str) -> tuple[Duty, ...]:
    """
    One card per person and comment, however many roles were taken in it; and a role's duties once (S7).

    After the end only testing is still to be done: who is put down for another role then is not disturbed.
    """
    if not incident.active and role is not Role.TESTER:
        return incident.outgoing.duties
    if any(role in duty.roles and is_same_account(duty.who, who) for duty in incident.outgoing.duties):
        return incident.outgoing.duties
    card = next((duty for duty in incident.outgoing.duties if _is_card(duty, call, who)), None)
    replaced = ((role, instead_of),) if instead_of else ()
    if card is None:
        return (*incident.outgoing.duties, Duty(call.comment, who, (role,), call.url, instead_of=replaced))
    roles = tuple(dict.fromkeys((*card.roles, role)))
    more = replace(card, roles=roles, instead_of=(*card.instead_of, *replaced))
    return tuple(more if duty is card else duty for duty in incident.outgoing.duties)


def leave(incident: Incident, call: Invocation, role: AnyRole, leaving: list[RoleAssignment]) -> Incident:
    """Let them be out of the role, each as far as ``leaving`` says."""
    for assignment in leaving:
        entry = entry_of(
            call.origin, Kind.ROLE_LEFT, what=role.words, who=assignment.login, text=assignment.audience
        )
        incident = incident.having(
            entry,
            people=replace(
                incident.people, roles=tuple(one for one in incident.people.roles if one is not assignment)
            ),
        )
        if not incident.people.holds(assignment.who, role):
            incident = replace(
                incident,
                outgoing=replace(
                    incident.outgoing, duties=_without(incident.outgoing.duties, role, assignment.who)
                ),
            )
        if role is Role.TECHNICAL_LEAD:
            vacancy = Vacancy(call.comment, assignment.who, call.at, call.url)
            incident = replace(incident, people=replace(incident.people, vacancy=vacancy))
    return incident


def _without(duties: tuple[Duty, ...], role: AnyRole, who: Person) -> tuple[Duty, ...]:
    """Forget that ``who`` was told about ``role``: who takes it again is told again."""
    left = [
        replace(duty, roles=tuple(r for r in duty.roles if r != role)) if is_same_account(duty.who, who) else duty
        for duty in duties
    ]
    return tuple(duty for duty in left if duty.roles)


def briefed(incident: Incident, call: Invocation, who: Person) -> Incident:
    """Let the card of who has just got a role carry the incident as it stands."""
    briefing = snapshot(incident)
    since = call.thread.last_there(who, call.comment)
    duties = tuple(
        replace(one, briefing=briefing, since=since) if _is_card(one, call, who) else one
        for one in incident.outgoing.duties
    )
    return replace(incident, outgoing=replace(incident.outgoing, duties=duties))


def _is_card(duty: Duty, call: Invocation, who: Person) -> bool:
    """Whether it is what ``who`` is told about the roles that the call's comment gives."""
    return duty.comment == call.comment and is_same_account(duty.who, who) and not duty.implied
