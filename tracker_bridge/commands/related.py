"""Issues that have to do with the incident (S26)."""

import re
from dataclasses import replace

from tracker_bridge.domain.fold.arguments import issue_number
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.relations import Relation
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.issue.invocations import Invocation

_NUMBER = re.compile(r"(?<![\w/#])#([1-9][0-9]{0,8})\b", re.ASCII)

_SMALL = frozenset({"", "also", "and", "issue", "issues", "please", "see", "the", "to", "with"})

MOST = 20
"""Issues that one incident is linked to by word."""


@command(
    "related",
    section=Section.WORK,
    usage="related #<number> [#<number> ...]",
    aliases=("relate", "relates-to"),
    examples=("related #12", "related #12 #13"),
    when=When.DECLARED,
    by_settings=True,
)
def related(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Link related issues of this project.

    They are linked natively where the tracker supports it, a short comment on each of them says so, and the
    status comment lists them. You can give an issue's number or its URL.
    """
    for word in call.text.replace(",", " ").split():
        number = issue_number(word, incident.url)
        if number is None:
            return Refused("which issues in this project?", _form(call))
        if number == incident.ref.number:
            return Refused("an incident cannot be related to itself", _form(call, number))
        if number in call.thread.link_problems and call.thread.link_problems[number].gone:
            return Refused(f"there is no issue `#{number}` in this project", _form(call, number))
        if number in call.thread.link_problems and call.thread.link_problems[number].exposed:
            return Refused(f"`#{number}` is not confidential, but this incident is", _form(call, number))
        if any(one.number == number for one in incident.relations):
            continue
        if len(incident.relations) >= MOST:
            return Refused(f"at most {MOST} issues can be linked; add others as a note", f"note see {call.text}")
        incident = replace(incident, relations=(*incident.relations, Relation(number, call.actor.login, call.url)))
    return incident if call.text else Refused("which issues in this project?", _form(call))


def _form(call: Invocation, wrong: int = 0) -> str:
    """Return the line with the issues that it names for certain; with a gap where it names none."""
    numbers = [int(number) for number in _NUMBER.findall(call.text)]
    others = [word for word in _NUMBER.sub(" ", call.text).casefold().split() if word.strip(",.") not in _SMALL]
    if others and not wrong:
        return "related #<number>"
    named = " ".join(f"#{number}" for number in dict.fromkeys(numbers) if number != wrong)
    return f"related {named or '#<number>'}"
