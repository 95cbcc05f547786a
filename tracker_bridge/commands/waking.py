"""Waking somebody, and saying that one is awake."""

from dataclasses import replace
from typing import Final

from tracker_bridge.domain.fold.arguments import people
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.fold.lookups import oneself, speaker, whom
from tracker_bridge.domain.incident.calls import Wanted, answer
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.names import is_name
from tracker_bridge.domain.incident.on_call import row_of
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.domain.transitions.calling import answered

MOST: Final = 20
"""Pages by hand in one incident."""


_NO_NAMES = frozenset(
    {
        "again",
        "all",
        "and",
        "anyone",
        "asap",
        "everyone",
        "help",
        "immediately",
        "next",
        "now",
        "on-call",
        "oncall",
        "please",
        "pls",
        "someone",
        "the",
        "them",
        "to",
        "us",
    }
)


def _may_be_a_name(word: str) -> bool:
    return is_name(word) and word.casefold() not in _NO_NAMES


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
    if rest.strip():
        names = [*(one.login for one in given), *(word for word in rest.split() if _may_be_a_name(word))]
        line = " ".join(("page", *(f"@{name}" for name in names)))
        return Refused("name the people to page with `@`", line)
    if len(incident.calls.wanted) >= MOST:
        return Refused(f"there are {MOST} pages in this incident already")
    if not given and row_of(incident) is None:
        return Refused("nobody is on call for this incident; name someone", "page @<who>")
    wanted = Wanted(call.id, call.at, call.actor.login, call.url, tuple(given))
    return replace(incident, calls=replace(incident.calls, wanted=(*incident.calls.wanted, wanted)))


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
