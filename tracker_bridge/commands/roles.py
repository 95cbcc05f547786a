"""Who does what: taking a role, giving it, leaving it, handing it over (S9-S14, S37-S39)."""

import re
from collections.abc import Collection, Sequence
from itertools import groupby

from tracker_bridge.domain.fold.arguments import named_audiences, people, quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.fold.lookups import Sought, oneself, speaker, whom
from tracker_bridge.domain.incident.audiences import audience_words, audiences
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.names import NO_ONE, is_name
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.roles import (
    AnyRole,
    Role,
    RoleAssignment,
    find_role,
    is_same,
    is_same_account,
    leading_role,
    role_names,
)
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access, Person
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.spelling import mistyped, says
from tracker_bridge.domain.transitions.role_changes import briefed, leave, take

_REASON = at_first_use(
    r"[(#—–-]|//|(?:until|till?|because|as|since|while|asap|i|i['’](?:m|ll|ve)|we|they|he|she|thx|thanks)\b(?!\s+@)",
    re.IGNORECASE,
)
"""What begins a remark behind a role, and neither denies it nor names another one."""

_BREAK = at_first_use(r"[,;:(—–-]\s*$")
_BEGINNING = 4
"""Letters, at least, that are taken for the beginning of a role's name."""

_BETWEEN = frozenset({"and", "&", "+", "plus", "und", "et", "y"})
_FROM = at_first_use(r"(?<!\S)(?:over\s+)?from\s+@", re.IGNORECASE)
_SMALL = frozenset(
    (
        "a",
        "as",
        "be",
        "for",
        "i",
        "is",
        "me",
        "myself",
        "now",
        "please",
        "pls",
        "role",
        "thanks",
        "the",
        "to",
        "will",
    )
)
NAMES = "`lead`, `tech-lead`, `assist`, `scribe`, `comms`, `tester`"


@command(
    "claim",
    section=Section.ROLES,
    usage="claim <role> [<audience>]",
    examples=("claim lead", "claim scribe", "claim comms external"),
    when=When.COUNTED,
    names=oneself,
)
def claim(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Take a role yourself.

    The roles are `lead`, `tech-lead`, `assist`, `scribe`, `comms` and `tester`; their other common names work
    as well; your team may have added others. There is one Incident Lead and one Technical Lead at a time:
    claiming the role replaces its holder. `comms` covers one audience or several, and without one, all that have
    no lead of their own; `audience` adds new ones. The Incident Lead needs only triage access for the lead's work.
    """
    others, rest = people(call.text, call)
    role, audience = leading_role(rest, incident.rules.roles)
    if role is None:
        return _unknown(incident, call, rest, "claim <role>")
    other = next((one.login for one in others if not is_same(one.login, call.actor.login)), "")
    if other and _FROM.search(call.text):
        return Refused("you can only claim a role for yourself; its holder is replaced", f"claim {role.short}")
    if other:
        of = " ".join(word for word in audience.split() if word.casefold() not in _SMALL)
        return Refused("you can only claim a role for yourself", f"role {role.short} @{other} {of}".strip())
    names = _audiences(incident, call, role, audience)
    return names if isinstance(names, Refused) else _take_all(incident, call, role, (speaker(call),), names)


def _meant(incident: Incident, call: Invocation) -> Sought:
    """Return who is named; without an ``@``, who may be meant."""
    found, (_, rest) = whom(incident, call), leading_role(call.text, incident.rules.roles)
    known = {one.name for one in audiences(incident)}
    bare = next((word for word in rest.split() if is_name(word) and word.casefold() not in known), "")
    return found if found.sure or not bare else Sought(perhaps=(bare,))


@command(
    "role",
    section=Section.ROLES,
    usage="role <role> @<who> [@<who> ...] [<audience>]",
    access=Access.WRITE,
    led=True,
    examples=("role lead @alice", "role tester @dave @erin", "role comms @carol external"),
    when=When.COUNTED,
    names=_meant,
    by_settings=True,
)
def role(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Assign a role to someone, and notify them.

    You can name several people, and teams as `@org/team`. A name that does not exist is refused. The role
    belongs to the account, even if it is renamed later. There is one Incident Lead and one Technical Lead at a
    time, a person: a new one replaces the old. Members of a team act for it where the tracker shows who is in it
    (GitHub: permission Members; GitLab: the group's direct members); elsewhere they need a role of their own.
    """
    given, rest = people(call.text, call)
    wanted, audience = leading_role(rest, incident.rules.roles)
    if wanted is None:
        return _unknown(incident, call, rest, "role <role> @<who>")
    if not given:
        return _nobody(incident, wanted, audience)
    if several := _several(incident, call, wanted):
        return several
    first = given[0]
    if wanted.single and len(given) > 1:
        return Refused(f"there is only one {wanted.words} at a time", f"role {wanted.short} @{first.login}")
    if wanted.single and first.team:
        return _a_team(wanted, first, "role")
    names = _audiences(incident, call, wanted, audience)
    return names if isinstance(names, Refused) else _take_all(incident, call, wanted, given, names)


def _several(incident: Incident, call: Invocation, role: AnyRole) -> Refused | None:
    """Refuse ``comms external: @bob, internal: @carol``, or both would speak to both."""
    known = {one.name for one in audiences(incident)}
    first = leading_role(call.text, incident.rules.roles)[1]
    for parts in (re.split(r"[;,]|\band\b", first), _in_turn(first, known)):
        found = [people(part, call) for part in parts] if role is Role.COMMUNICATION_LEAD else []
        pairs = [(who, [word for word in audience_words(rest) if word in known]) for who, rest in found]
        if len(pairs) > 1 and all(who and names for who, names in pairs):
            break
    else:
        return None
    lines = [("role", role.short, *(f"@{one.login}" for one in who), *names) for who, names in pairs]
    return Refused("one audience per line, if different people speak to them", "\n".join(map(" ".join, lines)))


def _in_turn(text: str, known: Collection[str]) -> list[str]:
    """Split ``external @bob internal @carol``, where people and audiences take turns, two at a time."""
    words = [word for word in re.split(r"[\s,;:/+&]+", text) if word.startswith("@") or word.casefold() in known]
    runs = [" ".join(run) for _, run in groupby(words, lambda word: word.startswith("@"))]
    return [" ".join(pair) for pair in zip(runs[::2], runs[1::2], strict=False)] if len(runs) > 3 else []


def _nobody(incident: Incident, role: AnyRole, words: str) -> Refused:
    """Who was meant by a bare name is not guessed; the line that names them is shown, if there is somebody."""
    known = {one.name for one in audiences(incident)}
    said = [word.strip(",:") for word in words.split() if word.casefold() not in _SMALL]
    if said and all(word.casefold() in NO_ONE for word in said):
        holders = "".join(f" @{one}" for one in incident.people.logins(role))
        form = f"role {role.short} @<who>"
        return Refused("to take a role from someone, use `unrole`", f"unrole {role.short}{holders}", form=form)
    bare = [word for word in said if word.casefold() not in known]
    who = bare[0] if len(bare) == 1 and is_name(bare[0]) else "<who>"
    line = " ".join(("role", role.short, f"@{who}", *(word for word in said if word not in bare)))
    return Refused(f"who should be {role.words}? Name people with an `@`", line, form=f"role {role.short} @<who>")


def _take_all(
    incident: Incident, call: Invocation, role: AnyRole, given: tuple[Person, ...], names: tuple[str, ...]
) -> Incident:
    """Give the role to everybody; a Communication Lead's for each of the audiences ``names`` (S74)."""
    for one in given:
        for name in names or ("",):
            incident = take(incident, call, role, one, name)
    return incident


def _may_take(incident: Incident, call: Invocation) -> bool:
    """Everybody may leave what they hold themselves; from others, the Incident Lead takes it."""
    given, rest = people(call.text, call)
    wanted, _ = leading_role(rest, incident.rules.roles)
    own = wanted is not None and incident.people.holds(call.actor, wanted)
    alone = all(incident.people.stands_for(call.actor, one) for one in given)
    return (own and alone) or incident.people.holds(call.actor, Role.INCIDENT_LEAD)


@command(
    "unrole",
    section=Section.ROLES,
    usage="unrole <role> [@<who> ...] [<audience>]",
    aliases=("leave",),
    examples=("unrole scribe", "unrole tester @dave", "unrole comms external"),
    when=When.DECLARED,
    access=Access.WRITE,
    lent=_may_take,
)
def unrole(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Give up a role, or take it from someone.

    Without a name it is your own role, which anyone may give up; the Incident Lead may also take one from
    someone else. When the Technical Lead steps down, the first Technical Assist is offered as successor.
    """
    part = _part(incident, call, "unrole <role>")
    if isinstance(part, Refused):
        return part
    given, wanted, names = part
    asked = given or (call.actor,)
    leaving = [h for h in _holders(incident, wanted, names) if any(_is_meant(h, one, call) for one in asked)]
    if not leaving:
        verb, who = "is" if len(asked) == 1 else "are", " and ".join(quoted(one.login) for one in asked)
        holders = [] if given else _holders(incident, wanted, names)
        whose = " ".join(("unrole", wanted.short, f"@{holders[0].login}", *names)) if len(holders) == 1 else ""
        return Refused(f"{who} {verb} not {_words(wanted, names)}", whose)
    return leave(incident, call, wanted, leaving)


def _is_meant(assignment: RoleAssignment, named: Person, call: Invocation) -> bool:
    """Whose role ends is named as the role table has it, also if the account is called otherwise by now."""
    own = is_same_account(named, call.actor)
    return is_same_account(assignment.who, call.actor) if own else is_same(assignment.login, named.login)


@command(
    "handoff",
    section=Section.ROLES,
    usage="handoff <role> @<who> [<audience>]",
    access=Access.WRITE,
    led=True,
    aliases=("hand-off", "handover"),
    examples=("handoff tech-lead @bob", "handoff scribe @dana", "handoff comms @carol external"),
    when=When.COUNTED,
    names=whom,
)
def handoff(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Hand a role over to someone else.

    The new holder gets the role's duties and a brief: what is known, what is being done, and what each audience
    was told. The previous holder no longer has the role. If the role has several holders, only yours is handed
    over. A Communication Lead can hand over one audience and keep the others.
    """
    part = _part(incident, call, "handoff <role> @<who>")
    if isinstance(part, Refused):
        return part
    given, wanted, names = part
    if len(given) != 1:
        who = given[0].login if given else "<who>"
        return Refused("hand a role to one person", " ".join(("handoff", wanted.short, f"@{who}", *names)))
    [heir] = given
    if wanted.single and heir.team:
        return _a_team(wanted, heir, "handoff")
    leaving = _going_over(incident, call, wanted, heir, names)
    if isinstance(leaving, Refused):
        return leaving
    incident = leave(incident, call, wanted, leaving)
    for assignment in leaving:
        incident = take(incident, call, wanted, heir, assignment.audience, instead_of=assignment.login)
    return briefed(incident, call, heir)


def _going_over(
    incident: Incident, call: Invocation, role: AnyRole, heir: Person, names: tuple[str, ...]
) -> list[RoleAssignment] | Refused:
    """Return what ``heir`` is to hold in the place of others: the caller's part, or the only one."""
    holders, words = _holders(incident, role, names), _words(role, names)
    if any(is_same_account(h.who, heir) for h in holders):
        return Refused(f"{quoted(heir.login)} is already {words}")
    mine = [h for h in holders if incident.people.stands_for(call.actor, h.who)]
    if mine or len(holders) == 1:
        return mine or holders
    reason = f"nobody is {words} yet" if not holders else f"say which {words} hands over"
    return Refused(reason, " ".join(("role", role.short, f"@{heir.login}", *names)))


def _part(
    incident: Incident, call: Invocation, example: str
) -> tuple[tuple[Person, ...], AnyRole, tuple[str, ...]] | Refused:
    """Read people, their role, and for which audiences it is meant, if it is about some of them only."""
    given, text = people(call.text, call)
    role, rest = leading_role(text, incident.rules.roles)
    if role is None:
        held = [one for one in incident.people.roles if is_same_account(one.who, call.actor)]
        if not call.text and example.startswith("unrole") and len({one.role for one in held}) == 1:
            return Refused(f"which role? You are {held[0].role.words}", f"unrole {held[0].role.short}")
        return _unknown(incident, call, text, example)
    bare = [word for word in rest.split() if word.casefold() not in _SMALL]
    if not given and call.verb != "unrole" and role is not Role.COMMUNICATION_LEAD and len(bare) == 1:
        who = bare[0] if is_name(bare[0]) else "<who>"
        form = f"{call.verb} {role.short} @<who>"
        return Refused("to whom? Name people with an `@`", f"{call.verb} {role.short} @{who}", form=form)
    names = _audiences(incident, call, role, rest)
    return names if isinstance(names, Refused) else (given, role, names)


def _a_team(role: AnyRole, team: Person, verb: str) -> Refused:
    """One person answers for what only one may hold (S13)."""
    return Refused(
        f"{role.words} must be one person, and {quoted(team.login)} is a team", f"{verb} {role.short} @<who>"
    )


def _audiences(incident: Incident, call: Invocation, role: AnyRole, text: str) -> tuple[str, ...] | Refused:
    """Return the audiences that ``text`` names; other roles have none, and nothing is passed over."""
    words = [word for word in text.split() if word.casefold() not in _BETWEEN and says(word)]
    if role is not Role.COMMUNICATION_LEAD:
        return _more(incident, call, role, text) if words else ()
    found = named_audiences(" ".join(words), incident, call)
    return found if isinstance(found, Refused) else tuple(one.name for one in found)


def _holders(incident: Incident, role: AnyRole, names: tuple[str, ...]) -> list[RoleAssignment]:
    """Return who holds the role; for the audiences ``names`` only, if there are any."""
    return [held for held in incident.people.holders(role) if not names or held.audience in names]


def _words(role: AnyRole, names: tuple[str, ...]) -> str:
    return f"{role.words} for {' and '.join(names)}" if names else role.words


def _unknown(incident: Incident, call: Invocation, name: str, form: str) -> Refused:
    """Refuse what is no role; where another role, or none but one, can be meant, that line is proposed."""
    own = incident.rules.roles
    known = ", ".join((NAMES, *(f"`{role.short}`" for role in own)))
    reason = f"{quoted(name)} is not a role; the roles are {known}" if name else f"the roles are {known}"
    names = role_names(own)
    words = call.text.split()
    shorts = [role.short for role in (*Role, *own)]
    mistaken = [(at, near) for at, word in enumerate(words) if (near := _near(word.casefold(), names, shorts))]
    meant = {find_role(one, own) for _, near in mistaken for one in near}
    if len(mistaken) == 1 and len(meant) == 1:
        at, near = mistaken[0]
        return Refused(reason, " ".join((call.verb, near[0], *words[:at], *words[at + 1 :])), form=form)
    return Refused(reason, _each(incident, call), form=form)


def _near(word: str, names: Collection[str], shorts: Collection[str]) -> Sequence[str]:
    """Return which names a word may be for: a mistyped one, or else a beginning, of a short name rather."""
    if (near := mistyped(word, names)) or len(word) < _BEGINNING:
        return [*near]
    return [one for one in shorts if one.startswith(word)] or [one for one in names if one.startswith(word)]


def _more(incident: Incident, call: Invocation, role: AnyRole, more: str) -> Refused:
    """Refuse words behind a role that nobody would heed: half of what was said is not done."""
    left = [word for word in more.split() if word.casefold().strip(".,:;!") not in _SMALL]
    given, _ = people(call.text, call)
    instead = _each(incident, call)
    if not left:
        instead = " ".join((call.verb, role.short, *(f"@{one.login}" for one in given)))
    elif call.verb == "unrole" and len(left) == 1 and is_name(left[0]):
        instead = f"unrole {role.short} @{left[0]}"
    elif call.verb == "role" and all(is_name(word) or word in _BETWEEN for word in left):
        names = [*(one.login for one in given), *(word for word in left if word not in _BETWEEN)]
        instead = instead or " ".join((call.verb, role.short, *(f"@{name}" for name in names)))
    elif call.verb == "claim" and more.casefold().startswith("for ") and len(left) == 1 and is_name(left[0]):
        instead = f"role {role.short} @{left[0]}"
    if not instead and _is_remark(incident, call, more):
        who = "".join(f" @{one.login}" for one in given)
        instead = f"{call.verb} {role.short}{who}\nnote {more.lstrip('-–—#/ ')}"
    return Refused(f"{quoted(more)} does not belong after {role.words}; one role per line", instead)


def _is_remark(incident: Incident, call: Invocation, more: str) -> bool:
    """Whether words behind a role only add something, behind a dash or a comma, and are about no other role."""
    words = more.split()
    begins = _REASON.match(more) or (len(words) > 1 and _BREAK.search(call.text.partition(more)[0]))
    return bool(begins) and not any(find_role(word.strip(",.:;"), incident.rules.roles) for word in words)


def _each(incident: Incident, call: Invocation) -> str:
    """Return a line for each of the roles that are named in one, if that is all that it says."""
    parts = [part for part in re.split(r"\s*(?:[,;&+]|\band\b)\s*", call.text) if part]
    found = [(people(part, call)[0], *leading_role(people(part, call)[1], incident.rules.roles)) for part in parts]
    if len(parts) < 2 or any(role is None or rest for _, role, rest in found):
        return ""
    last = found[-1][0]
    return "\n".join(
        " ".join((call.verb, role.short, *(f"@{one.login}" for one in given or last)))
        for given, role, _ in found
        if role
    )
