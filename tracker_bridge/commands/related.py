"""Issues that have to do with the incident (S26)."""

from dataclasses import replace

from tracker_bridge.domain.arguments import issue_number
from tracker_bridge.domain.calls import Call
from tracker_bridge.domain.command import Section, When, command
from tracker_bridge.domain.incident import Incident
from tracker_bridge.domain.relations import Relation
from tracker_bridge.domain.replies import Refused

MOST = 20
"""Issues that one incident is linked to by word."""


@command(
    "related",
    section=Section.WORK,
    usage="related #<number> [#<number> ...]",
    aliases=("relate", "relates-to"),
    examples=("related #12", "related #12 #13"),
    when=When.DECLARED,
)
def related(incident: Incident, call: Call) -> Incident | Refused:
    """
    Link issues of this project that have to do with the incident.

    They are linked natively where the tracker can do that, a short comment there tells so, and the status comment
    lists them. An issue's address does as well as its number.
    """
    for word in call.text.replace(",", " ").split():
        number = issue_number(word, incident.url)
        if number is None:
            return Refused("which issues of this project are they?", "related #NUMBER")
        if number == incident.ref.number:
            return Refused("an incident is not related to itself", "related #NUMBER")
        if number in incident.unfit and incident.unfit[number].gone:
            return Refused(f"there is no issue `#{number}` in this project", "related #NUMBER")
        if any(one.number == number for one in incident.relations):
            continue
        if len(incident.relations) >= MOST:
            return Refused(f"{MOST} issues are linked at most; put others into a note", f"note see #{number}")
        incident = replace(incident, relations=(*incident.relations, Relation(number, call.actor.login, call.url)))
    return incident if call.text else Refused("which issues of this project are they?", "related #NUMBER")
