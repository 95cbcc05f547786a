"""Planned work for the public status page: when, and in which words."""

import re
from dataclasses import replace
from typing import Final

from tracker_bridge.commands.communications import in_two_places
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.communications import spoken_lines
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.maintenance import Maintenance, PlannedWord, Step
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.times import BadTime
from tracker_bridge.domain.incident.times.ahead import SPANS, parse_end, parse_span
from tracker_bridge.domain.issue.grammar import Takes
from tracker_bridge.domain.issue.invocations import Invocation, are_two_messages, behind_colon
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.domain.issue.patterns import at_first_use

_STEPS: Final = {
    **dict.fromkeys(("begun", "begin", "started", "start", "begins", "starts"), Step.BEGUN),
    **dict.fromkeys(("done", "completed", "complete", "finished", "end", "ended", "over"), Step.DONE),
    **dict.fromkeys(("cancelled", "canceled", "cancel"), Step.CANCELLED),
}
_UNTIL = at_first_use(r"(?:until|till|extended\s+(?:to|until))\s+", re.IGNORECASE)
_UPDATE: Final = frozenset({"update", "news"})


@command(
    "maintenance",
    section=Section.TALK,
    usage="maintenance <time> to <time>: <text> | until <time>: <text> | begun|done|cancelled|update: <text>",
    access=Access.WRITE,
    examples=(
        "maintenance 2026-12-05 22:00 to 23:30 UTC: Card payments move to a new database.",
        "maintenance until 2026-12-06 01:00: It takes longer than we thought.",
        "maintenance done: Card payments run on the new database.",
    ),
    when=When.ALWAYS,
    takes=Takes.MESSAGE,
)
def maintenance(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Announce planned work on the public status page, or say how far it is.

    The issue's label `public-maintenance` makes it public; it need not be an incident. The words behind the colon,
    or in a quote below, are for everyone, and their first sentence names the work. Both times are exact, and to
    come; a day or a time zone in one of them holds for the other too, and `for 2h` can stand in place of the end.
    It is in progress and completed at these times by itself: `begun`, `done` and `cancelled` are for when it came
    otherwise, and `until` changes the end. Edit or delete the comment to correct it.
    """
    if are_two_messages(call.text, call.below):
        return in_two_places(f"maintenance {behind_colon(call.text, '')[0]}")
    head, lines = _message(call)
    known = incident.maintenance
    word = head.strip().casefold()
    if word in _STEPS or word in _UPDATE:
        return _stepped(incident, known, call, _STEPS.get(word), lines)
    if until := _UNTIL.match(head):
        return _moved(incident, known, call, head[until.end() :], lines)
    return _planned(incident, known, call, head, lines)


def _planned(
    incident: Incident, known: Maintenance | None, call: Invocation, head: str, lines: tuple[str, ...]
) -> Incident | Refused:
    span = parse_span(head, call.at, incident.rules.timezone)
    if isinstance(span, BadTime):
        return Refused(f"{span.reason}. Accepted: {SPANS}", form="maintenance <time> to <time>: <text>")
    if not lines:
        return Refused("what is everyone told? Put it after a colon", f"maintenance {head.strip()}: <text>")
    announced = known.announced if known else call.at
    planned = Maintenance(span.begin, span.end, announced, words=known.words if known else ())
    return _with(incident, planned, call, Step.SCHEDULED, lines)


def _moved(
    incident: Incident, known: Maintenance | None, call: Invocation, text: str, lines: tuple[str, ...]
) -> Incident | Refused:
    if known is None:
        return _unplanned()
    end = parse_end(text, known.begin, call.at, incident.rules.timezone)
    if isinstance(end, BadTime):
        return Refused(
            f"{end.reason}. Accepted: `23:30`, `2026-12-06 01:00 UTC`", form="maintenance until <time>: <text>"
        )
    return _with(incident, replace(known, end=end), call, None, lines)


def _stepped(
    incident: Incident, known: Maintenance | None, call: Invocation, step: Step | None, lines: tuple[str, ...]
) -> Incident | Refused:
    if known is None:
        return _unplanned()
    if step is None and not lines:
        return Refused("what is everyone told? Put it after a colon", "maintenance update: <text>")
    match step:
        case Step.BEGUN:
            if call.at >= known.end:
                return Refused(
                    "it was to end before that; say until when it takes", form="maintenance until <time>: <text>"
                )
            known = replace(known, begin=call.at, step=step)
        case Step.DONE:
            known = replace(known, begin=min(known.begin, call.at), end=call.at, step=step)
        case Step.CANCELLED:
            known = replace(known, step=step)
    return _with(incident, known, call, step, lines)


def _with(
    incident: Incident, known: Maintenance, call: Invocation, step: Step | None, lines: tuple[str, ...]
) -> Incident:
    said = (PlannedWord(call.id, call.at, lines, step),) if lines else ()
    return replace(incident, maintenance=replace(known, words=(*known.words, *said)))


def _unplanned() -> Refused:
    return Refused("no maintenance is planned here yet", form="maintenance <time> to <time>: <text>")


def _message(call: Invocation) -> tuple[str, tuple[str, ...]]:
    """Split what follows the verb from the words for everyone."""
    head, text = behind_colon(call.text, call.below)
    if text:
        return head, spoken_lines(f"{text}\n{call.below}")
    return call.text.strip().removesuffix(":"), spoken_lines(call.below)
