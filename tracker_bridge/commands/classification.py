"""How bad it is, for whom, and where the work stands (S24, S25, S90, S91)."""

import re
from collections.abc import Callable
from dataclasses import replace

from tracker_bridge.domain.fold.arguments import plain_dashes, quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.impact import Impact
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.grammar import Takes
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.spelling import denies, first_word, mistyped
from tracker_bridge.domain.transitions.fixing import fix, take_back

MAX_IMPACTS = 12

_SMALL = frozenset(
    {
        "is",
        "to",
        "now",
        "as",
        "a",
        "it",
        "be",
        "should",
        "=",
        "->",
        "→",
        "set",
        "change",
        "change:",
        "make",
        "from",
    }
)
_WORKING = {phase.value: phase for phase in Phase if not phase.ended}
_STEMS = {
    "investigate": "investigating", "investigation": "investigating", "analysing": "investigating",
    "analyzing": "investigating", "identify": "identified", "identifying": "identified", "ident": "identified",
    "identification": "identified", "monitor": "monitoring", "monitored": "monitoring", "watching": "monitoring",
} | {phase: phase for phase in _WORKING}  # fmt: skip
_LIST = at_first_use(
    r"(?:(?P<and>(?:or|and|to|then|into)(?=\s)|[-=–—]+>|[/+&>→⇒➔]+)|[-–,])?\s*(?P<next>[^\s,;.:]+)[\s,;.:]*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_WHO_HOW = at_first_use(
    r"(?P<who>\S.*?)\s+(?P<how>(?:can ?not|can['’]?t|could not|couldn['’]?t|are|is|have|has|see|get|lose|do not|"
    r"don['’]?t|must|may|was|were|will)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_CHANGED = at_first_use(r"\S\s*(?:(?<=\s)(?:to|into)\s|[-=–—]+>|[>→⇒➔]+)\s*(?P<to>[\w-]+)[.!]?$", re.IGNORECASE)
"""``sev3 -> sev2``: the one that it is to be."""

_NAMING = 100
"""Characters at the end of a line that name it: a search through more takes the cube of their number."""

_APART = at_first_use(r"(?P<who>\S.*?)(?:\s+[-–—=]+>?\s+|\s*;\s+)(?P<how>\S.*)", re.DOTALL)
"""Other signs than a colon between who is blocked and how."""

_EXTENT = at_first_use(r"(?<!\S)--(many|cost)(?!\S)")


@command(
    "severity",
    section=Section.BEGIN,
    usage="severity <severity> [<why>]",
    access=Access.WRITE,
    led=True,
    aliases=("sev",),
    examples=("severity sev1 nobody can pay",),
    when=When.DECLARED,
    takes=Takes.REASON,
    by_settings=True,
)
def severity(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Set the severity.

    Puts the severity's label on the issue; adding the label by hand does the same. The status comment lists
    what each severity means.
    """
    rules = incident.rules
    found, why = rules.severity_in(call.text)
    if found is None:
        name, _, why = call.text.partition(" ")
        found = rules.severity(f"sev{name}")
    if found is None or _goes_on(why, lambda word: rules.severity(word) or rules.severity(f"sev{word}")):
        known = ", ".join(f"`{one.name}` ({one.meaning})" for one in incident.rules.severities)
        return Refused(f"the severities are {known}", _severity_meant(incident, call.text))
    entry = entry_of(call.origin, Kind.SEVERITY, what=found.name, text=why.strip())
    return incident.having(entry, severity=found)


def _goes_on(why: str, known: Callable[[str], object]) -> bool:
    """Whether a reason is none, but the next of a list: ``sev2 or sev3``, ``monitoring and identified``."""
    found = _LIST.fullmatch(why.strip())
    if found is None or not known(found["next"].casefold()):
        return False
    return not found["rest"] or bool(found["and"] and not found["next"].isdigit())


def _severity_meant(incident: Incident, text: str) -> str:
    """Return the line for the one severity that stands among other words; else one with a gap."""
    changed = _CHANGED.search(text[-_NAMING:])
    to = incident.rules.severity(changed["to"].casefold()) if changed else None
    if to is not None:
        return f"severity {to.name}"
    words = [word.strip("?,;") for word in text.split()]
    named = [one for one in incident.rules.severities if any(incident.rules.severity(w) is one for w in words)]
    rest = " ".join(word for word in words if not incident.rules.severity(word) and word not in _SMALL)
    alone = len(named) == 1 and not denies(text)
    return f"severity {named[0].name} {rest}".strip() if alone else "severity <severity>"


@command(
    "impact",
    section=Section.BEGIN,
    usage="impact <who>: <how> [--many <how many>] [--cost <cost>]",
    examples=(
        "impact customers: cannot pay by card",
        "impact support: flooded with calls --many 40 people --cost 2000 EUR an hour",
    ),
    when=When.COUNTED,
    own=lambda *_: True,
    takes=Takes.TEXT,
    by_settings=True,
)
def impact(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Record who is blocked, and how.

    The bot proposes a severity from it; a person confirms it. A second entry for the same people replaces the
    first. Add how many they are, and what it costs (money, reputation, work that cannot be done), if you know.
    """
    said, *extent = _EXTENT.split(plain_dashes(call.text, ("many", "cost")))
    known = {name: text.strip() for name, text in zip(extent[::2], extent[1::2], strict=True)}
    said = re.sub(r"：\s*", ": ", said, count=1)
    between = re.search(r":(?!//)", said)
    who, how = (said[: between.start()], said[between.end() :]) if between else (said, "")
    who, colon, how = who.strip(), bool(between), how.strip()
    if not colon or not who or not how:
        meant = (_APART.fullmatch(said) or _WHO_HOW.fullmatch(said)) if not colon else None
        line = f"{meant['who']}: {meant['how']}" if meant else f"{who or '<who>'}: {how or '<how>'}"
        if not colon and not meant and " " in who:
            line = f"<who>: {who}"
        return Refused("write who is blocked, a colon, and how", f"impact {line}")
    others = tuple(one for one in incident.impacts if one.who.casefold() != who.casefold())
    if len(others) >= MAX_IMPACTS:
        return Refused(f"there are already {MAX_IMPACTS}; add the details as a note", f"note {call.text}")
    told = Impact(who, how, call.url, **known)
    entry = entry_of(call.origin, Kind.IMPACT, what=who, text=f"{how} ({told.extent})" if told.extent else how)
    return incident.having(entry, impacts=(*others, told))


@command(
    "status",
    section=Section.BEGIN,
    usage="status investigating|identified|monitoring [<why>]",
    access=Access.WRITE,
    led=True,
    aliases=("phase",),
    examples=("status identified",),
    takes=Takes.REASON,
)
def status(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Set the phase: investigating, identified (the cause is known), or monitoring (a fix is in).

    Monitoring asks the testers to verify the fix; `fixed` does the same, and also records when the fix went in
    and who made it. Going back from monitoring means that the fix did not hold, and drops its time. To end the
    incident, use `resolve` or `cancel`.
    """
    word, rest = first_word(call.text)
    phase = _WORKING.get(word.strip("\"'`*_“”‘’:,"))
    if phase is None:
        return _no_phase(word, rest)
    if _goes_on(rest, _WORKING.get):
        return Refused("an incident is in one phase at a time", f"status {word}")
    if phase is Phase.MONITORING and not incident.times.fixed:
        return fix(incident, call.origin, Moment(call.at), text=rest)
    entry = entry_of(call.origin, Kind.PHASE, what=phase.value, text=rest)
    going_on = incident if phase is Phase.MONITORING else take_back(incident)
    return going_on.having(replace(entry, major=phase is Phase.IDENTIFIED), phase=phase)


def _no_phase(word: str, rest: str) -> Refused:
    if word in ("resolved", "resolve", "closed", "done", "over"):
        return Refused("to end the incident, use `resolve`", f"resolve {rest}".strip())
    if word in ("cancelled", "canceled", "cancel"):
        return Refused("to cancel the incident, use `cancel`", f"cancel {rest or '<why>'}")
    if word in ("fixed", "fix"):
        return Refused("to record a fix, use `fixed`", f"fixed {rest}".strip())
    bare = [one for one in f"{word} {rest}".split() if one.casefold() not in _SMALL]
    meant, why = first_word(" ".join(bare))
    near = (_STEMS[meant],) if meant in _STEMS else mistyped(meant, _WORKING)
    line = f"status {near[0]} {why}" if near else "status <investigating, identified or monitoring>"
    return Refused(f"{quoted(word)} is not a phase" if word else "which phase?", line.strip())
