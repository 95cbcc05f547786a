"""What an incident needs now in plain words, for a terminal and for the board; in the thread, templates say it."""

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Final

from tracker_bridge.domain.derived.needed import Need, What

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

_UNLED: Final = "The first technical step: someone to look for the cause"
"""While there is no Technical Lead."""


def in_words(need: Need, line: Callable[[str], str]) -> str:
    """
    Return what is needed; ``line`` makes one harmless line of what people wrote.

    That is filled in last, so that no brace of theirs counts.
    """
    unled = need.what is What.FIRST_STEP and not need.who
    words = (_UNLED if unled else WORDS[need.what]).format(
        issue=need.issue,
        who=", ".join(map(line, need.who)),
        detail=line(need.detail),
        at=f"{need.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if need.at else "",
        places=", ".join(line(place.where) for place in need.places),
    )
    return words.removesuffix(": ")
