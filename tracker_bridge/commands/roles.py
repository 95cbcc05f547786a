"""Who does what: taking a role, giving it, leaving it, handing it over (S9-S14, S37-S39)."""

from dataclasses import replace

from tracker_bridge.domain.arguments import people, quoted
from tracker_bridge.domain.calls import Call
from tracker_bridge.domain.command import Section, When, command
from tracker_bridge.domain.incident import Duty, Incident, Refused, Vacancy, snapshot, without
from tracker_bridge.domain.issue import Access
from tracker_bridge.domain.roles import Holding, Role, find_role, is_same
from tracker_bridge.domain.timeline import Kind, entry_of

NAMES = "`lead`, `tech-lead`, `assist`, `scribe`, `comms`, `tester`"


def take(
    incident: Incident, call: Call, role: Role, login: str, audience: str = "", *, instead_of: str = ""
) -> Incident:
    """
    Give ``role`` to ``login``, who is told the duties; a single role's holder is replaced (S13).

    Whoever has it already keeps it; a volunteer is confirmed when others say it.
    """
    mine = [h for h in incident.holders(role) if is_same(h.login, login) and not h.implied]
    held = next((h for h in mine if h.audience == audience), None)
    if held is not None:
        by = call.actor.login if held.volunteered else held.by
        return replace(incident, roles=tuple(replace(h, by=by) if h is held else h for h in incident.roles))
    if role.single:
        replaced = [h for h in incident.holders(role) if not is_same(h.login, login)]
        instead_of = replaced[0].login if replaced else instead_of
        incident = _leave(incident, call, role, replaced)
        incident = replace(incident, roles=without(incident.roles, role))
    holding = Holding(role, login, call.actor.login, call.at, call.comment, call.url, audience)
    entry = entry_of(call.cause, Kind.ROLE_TAKEN, what=role.words, who=login, text=audience)
    duties = _duties(incident, call, role, login, instead_of)
    return incident.having(entry, roles=(*incident.roles, holding), duties=duties)


def _duties(incident: Incident, call: Call, role: Role, login: str, instead_of: str) -> tuple[Duty, ...]:
    """
    One card per person and comment, however many roles were taken in it; and a role's duties once (S7).

    After the end only testing is still to be done: who is put down for another role then is not disturbed.
    """
    if not incident.active and role is not Role.TESTER:
        return incident.duties
    if any(role in duty.roles and is_same(duty.login, login) for duty in incident.duties):
        return incident.duties
    card = next(
        (d for d in incident.duties if d.comment == call.comment and is_same(d.login, login) and not d.implied),
        None,
    )
    if card is None:
        return (*incident.duties, Duty(call.comment, login, (role,), call.url, instead_of=instead_of))
    roles = tuple(dict.fromkeys((*card.roles, role)))
    more = replace(card, roles=roles, instead_of=card.instead_of or instead_of)
    return tuple(more if duty is card else duty for duty in incident.duties)


def _leave(incident: Incident, call: Call, role: Role, leaving: list[Holding]) -> Incident:
    for holding in leaving:
        entry = entry_of(call.cause, Kind.ROLE_LEFT, what=role.words, who=holding.login, text=holding.audience)
        duties = _without(incident.duties, role, holding.login)
        incident = incident.having(entry, roles=without(incident.roles, role, holding.login), duties=duties)
        if role is Role.TECHNICAL_LEAD:
            vacancy = Vacancy(call.comment, holding.login, call.at, call.url)
            incident = replace(incident, vacancy=vacancy)
    return incident


def _without(duties: tuple[Duty, ...], role: Role, login: str) -> tuple[Duty, ...]:
    """Forget that ``login`` was told about ``role``: who takes it again is told again."""
    left = [
        replace(duty, roles=tuple(r for r in duty.roles if r is not role)) if is_same(duty.login, login) else duty
        for duty in duties
    ]
    return tuple(duty for duty in left if duty.roles)


def _named(text: str) -> tuple[Role | None, str]:
    """Split ``communication lead external``: the role, in two words or one, and what follows it."""
    words = text.split()
    for count in (2, 1):
        role = find_role(" ".join(words[:count]))
        if role is not None:
            return role, " ".join(words[count:])
    return None, text


@command(
    "claim",
    section=Section.ROLES,
    usage="claim ROLE [AUDIENCE]",
    examples=("claim lead", "claim scribe", "claim comms external"),
    when=When.COUNTED,
)
def claim(incident: Incident, call: Call) -> Incident | Refused:
    """
    Take a role yourself.

    The roles are `lead`, `tech-lead`, `assist`, `scribe`, `comms` and `tester`; their usual other names work
    as well. There is one Incident Lead and one Technical Lead at a time: whoever claims replaces the holder.
    """
    others, rest = people(call.text)
    role, audience = _named(rest)
    if role is None:
        return _unknown(rest, "claim lead")
    if any(not is_same(login, call.actor.login) for login in others):
        return Refused("you can only claim a role for yourself", f"role {role.short} @{others[0]}")
    return take(incident, call, role, call.actor.login, _audience(role, audience))


@command(
    "role",
    section=Section.ROLES,
    usage="role ROLE @who [@who ...] [AUDIENCE]",
    access=Access.WRITE,
    examples=("role lead @alice", "role tester @dave @erin", "role comms @carol external"),
    when=When.COUNTED,
)
def role(incident: Incident, call: Call) -> Incident | Refused:
    """
    Give a role to somebody, who is told about it.

    Several people can be named, and teams as `@org/team`. There is one Incident Lead and one Technical Lead
    at a time, a person: a new one replaces the old. Who is in a team is not known here: a team that tests sees
    to it that nobody tests what they work on.
    """
    logins, rest = people(call.text)
    wanted, audience = _named(rest)
    if wanted is None:
        return _unknown(rest, "role lead @alice")
    if not logins:
        return Refused(f"who is to be {wanted.words}?", f"role {wanted.short} @alice")
    if wanted.single and len(logins) > 1:
        return Refused(f"there is one {wanted.words} at a time", f"role {wanted.short} @{logins[0]}")
    if wanted.single and "/" in logins[0]:
        return _a_team(wanted, logins[0], "role")
    for login in logins:
        incident = take(incident, call, wanted, login, _audience(wanted, audience))
    return incident


@command(
    "unrole",
    section=Section.ROLES,
    usage="unrole ROLE [@who ...]",
    aliases=("leave",),
    examples=("unrole scribe", "unrole tester @dave"),
    when=When.DECLARED,
)
def unrole(incident: Incident, call: Call) -> Incident | Refused:
    """
    Leave a role, or take it from somebody.

    Without a name it is your own. When the Technical Lead leaves, the first Technical Assist is offered as
    successor.
    """
    logins, rest = people(call.text)
    wanted = find_role(rest)
    if wanted is None:
        return _unknown(rest, "unrole scribe")
    asked = logins or (call.actor.login,)
    leaving = [h for h in incident.holders(wanted) if any(is_same(h.login, login) for login in asked)]
    if not leaving:
        verb = "is" if len(asked) == 1 else "are"
        return Refused(f"{' and '.join(map(quoted, asked))} {verb} not {wanted.words}", "show")
    return _leave(incident, call, wanted, leaving)


@command(
    "handoff",
    section=Section.ROLES,
    usage="handoff ROLE @who",
    access=Access.WRITE,
    aliases=("hand-off", "handover"),
    examples=("handoff tech-lead @bob", "handoff scribe @dana"),
    when=When.COUNTED,
)
def handoff(incident: Incident, call: Call) -> Incident | Refused:
    """
    Hand a role over to somebody else.

    The new holder gets the role's duties and a brief: what is known, what is being done, who was told what.
    The old one is out of it. With several holders it is your own holding that goes over.
    """
    logins, rest = people(call.text)
    wanted = find_role(rest)
    if wanted is None:
        return _unknown(rest, "handoff tech-lead @bob")
    if len(logins) != 1:
        return Refused("a role is handed to one person", f"handoff {wanted.short} @bob")
    if wanted.single and "/" in logins[0]:
        return _a_team(wanted, logins[0], "handoff")
    if incident.holds(logins[0], wanted):
        return Refused(f"{quoted(logins[0])} is {wanted.words} already", "show")
    holders = incident.holders(wanted)
    mine = [h for h in holders if is_same(h.login, call.actor.login)]
    leaving = mine or list(holders) if len(holders) == 1 or mine else []
    if not leaving:
        reason = f"nobody is {wanted.words} yet" if not holders else f"say whose part of {wanted.words} goes over"
        return Refused(reason, f"role {wanted.short} @{logins[0]}")
    incident = _leave(incident, call, wanted, leaving)
    for holding in leaving:
        incident = take(incident, call, wanted, logins[0], holding.audience, instead_of=holding.login)
    return _briefed(incident, call, logins[0])


def _briefed(incident: Incident, call: Call, login: str) -> Incident:
    """Let the card of who has just got a role carry the incident as it stands."""

    def card(duty: Duty) -> bool:
        return duty.comment == call.comment and is_same(duty.login, login) and not duty.implied

    briefing = snapshot(incident)
    duties = tuple(replace(one, briefing=briefing) if card(one) else one for one in incident.duties)
    return replace(incident, duties=duties)


def _a_team(role: Role, team: str, verb: str) -> Refused:
    """One person answers for what only one may hold (S13)."""
    return Refused(f"{role.words} is one person, and {quoted(team)} is a team", f"{verb} {role.short} @alice")


def _audience(role: Role, name: str) -> str:
    return name.strip().casefold() if role is Role.COMMUNICATION_LEAD else ""


def _unknown(name: str, instead: str) -> Refused:
    return Refused(
        f"{quoted(name)} is not a role; the roles are {NAMES}" if name else f"the roles are {NAMES}", instead
    )
