"""What an incident needs now, as lines for a terminal: each thing, and below it the lines to type."""

from collections.abc import Iterator, Mapping
from typing import Final

from tracker_bridge.cli.texts import one_line, stamp
from tracker_bridge.domain.derived.needed import Need, What, needed_now
from tracker_bridge.domain.incident.incident import Incident

WORDS: Final[Mapping[What, str]] = {
    What.DUPLICATE: "One incident: #{issue} was open under the same title when this one began; if it is the same",
    What.ON_CALL: "Someone to take it; on call: {who}",
    What.INCIDENT_LEAD: "An Incident Lead",
    What.SUCCESSOR: "A Technical Lead; {who} is next in line",
    What.TECHNICAL_LEAD: "A Technical Lead",
    What.SUGGESTED_SEVERITY: "A severity; the impact suggests one",
    What.SEVERITY: "A severity",
    What.IMPACT: "A severity; first say who is blocked and how",
    What.RESOLUTION: "Closing the incident: {who} confirmed the fix at {at}",
    What.FIX: "The fix: {who} reported at {at} that the test passed, and no fix is recorded",
    What.VERDICT: "A verdict on the fix, from {who}",
    What.TESTER: "A tester for the fix; without one, the Incident Lead decides",
    What.TEST: "A test, as {who} asked: {detail}",
    What.UPDATE: "An update for {detail} by {at}",
    What.DEADLINE: "To tell {detail} by {at}",
    What.FIRST_STEP: "The first technical step: {who} looks for the cause",
    What.NOTES: "Notes of what happens, with approximate times",
    What.ALL_CLEAR: "A look: the monitoring reports all clear since {at}; if all is well",
    What.STAKEHOLDERS: "Stakeholders: who is involved or affected?",
    What.MAIN_CHANNEL: "One main channel for updates",
    What.REDIRECTION: "These places do not point to {detail}: {places}",
    What.CHANNEL_ANNOUNCED: "A main channel: it was announced at {places} without one",
    What.CHANNEL_USED: "A main channel: updates are going out without one",
    What.RELIEF: "Someone else to take a role from {who}, who holds most of them",
    What.INDEPENDENCE: "An independent tester: {who} is also working on the fix",
}


def needed_lines(incident: Incident, possible_duplicate: int) -> Iterator[str]:
    """
    Yield a heading, and what is needed; nothing where nothing is. ``possible_duplicate`` is as :func:`needed_now`
    has it.
    """
    for number, need in enumerate(needed_now(incident, possible_duplicate)):
        if not number:
            yield "Needed now"
        yield f"  {_words(need)}"
        for line in need.lines:
            yield f"    {incident.rules.command_prefixes[0]} {one_line(line)}"


def _words(need: Need) -> str:
    """What people wrote is filled in last, so that no brace of theirs counts."""
    words = WORDS[need.what].format(
        issue=need.issue,
        who=", ".join(map(one_line, need.who)),
        detail=one_line(need.detail),
        at=stamp(need.at) if need.at else "",
        places=", ".join(one_line(place.where) for place in need.places),
    )
    return words.removesuffix(": ")
