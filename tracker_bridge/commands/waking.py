"""Waking somebody, and saying that one is awake."""

import re
from dataclasses import replace
from typing import Final

from tracker_bridge.domain.fold.arguments import people, quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.fold.lookups import oneself, speaker, whom
from tracker_bridge.domain.incident.calls import Wanted, answer
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.names import may_be_a_name
from tracker_bridge.domain.incident.on_call import row_of
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access, Person
from tracker_bridge.domain.issue.spelling import says
from tracker_bridge.domain.transitions.calling import answered

MOST: Final = 20
"""Pages by hand in one incident."""

_AROUND: Final = " ,.:;!?()-–—"


@command(
    "page",
    section=Section.ROLES,
    usage="page [@<who> ...]",
    access=Access.WRITE,
    led=True,
    examples=("page", "page @carol", "page @acme/database"),
    when=When.ACTIVE,
    names=whom,
)
def page(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Page someone now, at any severity and hour.

    `<who>` are people and teams; they are mentioned, assigned, and paged where the settings say how. Without
    `<who>`, it is the people on call, or, if they were paged already, the next level.
    """
    given, rest = people(call.text, call)
    if says(rest):
        return _more(given, rest)
    if len(incident.calls.wanted) >= MOST:
        return Refused(f"there are {MOST} pages in this incident already")
    if not given and row_of(incident) is None:
        return Refused("nobody is on call for this incident; name someone", "page @<who>")
    wanted = Wanted(call.id, call.at, call.actor.login, call.url, tuple(given))
    return replace(incident, calls=replace(incident.calls, wanted=(*incident.calls.wanted, wanted)))


def _more(given: tuple[Person, ...], rest: str) -> Refused:
    """Refuse words beside whom to page: names without their ``@``, or a remark."""
    line = " ".join(("page", *(f"@{one.login}" for one in given)))
    remark = rest.strip(_AROUND)
    words = [word for word in re.split(r"[\s,&+]+", remark) if word.casefold() != "and"]
    if all(map(may_be_a_name, words)):
        named = " ".join((line, *(f"@{word}" for word in words)))
        return Refused("name the people to page with `@`", named, form="page @<who>")
    if given:
        noted = f"{line}\nnote {remark}" if len(words) > 1 else line
        return Refused(f"{quoted(remark)} does not belong after whom to page", noted)
    return Refused("name the people to page with `@`", "page @<who>" if any(map(may_be_a_name, words)) else "page")


@command(
    "ack",
    section=Section.ROLES,
    usage="ack",
    access=Access.TRIAGE,
    aliases=("acknowledge",),
    examples=("ack",),
    when=When.ACTIVE,
    names=oneself,
)
def ack(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Acknowledge the incident, so that nobody else is paged.

    Any comment of someone who was paged does the same, and so does claiming a role. It is not a promise to lead:
    `claim lead` or `claim tech-lead` is.
    """
    if call.text:
        return Refused("nothing follows `ack`", "ack")
    if (got := answer(incident)) is not None:
        return Refused(f"`{got.who}` has acknowledged it already")
    return answered(incident, speaker(call), call.at, call.url, call.comment)
