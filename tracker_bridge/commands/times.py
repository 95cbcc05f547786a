"""When it began, when it was noticed, when the fix was in (S87, S88, S89)."""

import re
from dataclasses import replace

from tracker_bridge.domain.fold.arguments import moment, people, quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.fold.form import SOURCE_WORDS, SOURCES_MEANT, source_of
from tracker_bridge.domain.fold.lookups import whom
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.key_times import timed_fact
from tracker_bridge.domain.incident.names import is_name
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.incident.times import ACCEPTED, Moment
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.spelling import says
from tracker_bridge.domain.transitions.fixing import corrects, fix

_BY = at_first_use(r"(?<!\S)(?:--|[—–]{1,2})?by:?\s+(?:(?:an?|the|our)\s+)?", re.IGNORECASE)
_MADE_BY = at_first_use(r"(?<!\S)(?:--|[—–]{1,2})?by:?(?!\S)", re.IGNORECASE)
_SOURCE = at_first_use(rf"{_BY.pattern}(?P<source>{'|'.join(SOURCE_WORDS)})s?(?!\w)[.,]?", re.IGNORECASE)


def _when(text: str, incident: Incident, call: Invocation, after: str = "") -> Moment | Refused:
    if not text:
        return Refused(f"when? Accepted: {ACCEPTED}", f"{call.verb} <time>")
    return moment(text, incident, call, after=after)


@command(
    "started",
    section=Section.TIMELINE,
    usage="started <time>",
    examples=("started ~14:05", "started 40m ago"),
    when=When.DECLARED,
    own=lambda incident, _: incident.times.started is None,
)
def started(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Record when the outage began, roughly.

    This is not the same as when it was noticed or declared; the statistics need it. Use it again to correct it.
    """
    at = _when(call.text, incident, call)
    if isinstance(at, Refused):
        return at
    said = incident.timeline.of(Kind.STARTED)
    before = replace(incident, timeline=incident.timeline.without(*said))
    return before.having(
        entry_of(call.origin, Kind.STARTED, at), times=replace(before.times, started=timed_fact(call.origin, at))
    )


@command(
    "detected",
    section=Section.TIMELINE,
    usage="detected <time> [by alert|user|staff]",
    examples=("detected 14:12 by alert", "detected 10m ago", "detected by user"),
    when=When.DECLARED,
    own=lambda incident, _: incident.times.detected is None,
)
def detected(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Record when the incident was noticed, and by whom: an alert, a user, or staff.

    Time to resolve is measured from here. Use it again to correct it.
    """
    found = _SOURCE.search(call.text)
    source = source_of(found["source"]) if found else incident.source
    text = " ".join((_SOURCE.sub(" ", call.text, count=1) if found else call.text).split())
    if by := _BY.search(text):
        instead = " ".join(
            (
                "detected",
                *text[: by.start()].split(),
                f"by {SOURCES_MEANT.get(text[by.end() :].casefold(), '<alert, user or staff>')}",
            )
        )
        return Refused(f"{quoted(text[by.end() :])} is not `alert`, `user` or `staff`", instead)
    if found and not text:
        return replace(incident, source=source)
    at = _when(text, incident, call, f" by {source}" if found else "")
    if isinstance(at, Refused):
        return at
    entry = entry_of(call.origin, Kind.DETECTED, at, what=source)
    said = incident.timeline.of(Kind.DETECTED)
    before = replace(incident, timeline=incident.timeline.without(*said))
    return before.having(entry, times=replace(before.times, detected=timed_fact(call.origin, at)), source=source)


@command(
    "fixed",
    section=Section.TIMELINE,
    usage="fixed [<time>] [by @<who>]",
    examples=("fixed", "fixed 5m ago by @bob"),
    when=When.COUNTED,
    names=whom,
)
def fixed(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Record that a fix is in, and who made it.

    The phase becomes monitoring, and the testers are asked to verify the fix. Once a tester confirms it,
    `resolve` ends the incident at this time. Before a verdict, use it again to correct it. After the end it
    corrects when the fix went in, or who made it; the outage then ended at that time, unless `resolve` gave
    another one.
    """
    makers, rest = people(call.text, call)
    when, *named = _MADE_BY.split(rest, maxsplit=1)
    words, name = when.split(), "".join(named).strip()
    if len(makers) > 1:
        return Refused("name one person", " ".join(("fixed", *words, "by @<who>")))
    if named and not makers:
        who = f"@{name}" if is_name(name) else "@<who>"
        return Refused("name people with an `@`", " ".join(("fixed", *words, "by", who)))
    words = [word for word in (*words, *name.split()) if says(word)]
    by = f" by @{makers[0].login}" if makers else ""
    at = moment(" ".join(words), incident, call, after=by) if words else _now(incident, call)
    if isinstance(at, Refused):
        return at
    who = makers[0].login if makers else (_maker(incident, at) if words else "") or call.actor.login
    return fix(incident, call.origin, at, who)


def _maker(incident: Incident, at: Moment) -> str:
    """Return who made the fix at hand, where only its time is corrected."""
    made = incident.timeline.latest(Kind.FIXED)
    return made.who if made and corrects(incident, at) else ""


def _now(incident: Incident, call: Invocation) -> Moment:
    """Return when a fix was in that nobody gives a time for; no later than the end, if it has come."""
    known = incident.times.resolved and (incident.times.fixed or incident.times.resolved)
    return known.moment if known else Moment(call.at)
