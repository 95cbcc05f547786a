"""How bad it is, for whom, and where the work stands (S24, S25, S90, S91)."""

import re
from dataclasses import replace

from tracker_bridge.domain.arguments import plain_dashes, quoted
from tracker_bridge.domain.calls import Call
from tracker_bridge.domain.command import Section, When, command
from tracker_bridge.domain.fixing import fix, take_back
from tracker_bridge.domain.grammar import Takes
from tracker_bridge.domain.impact import Impact
from tracker_bridge.domain.incident import Incident, Phase
from tracker_bridge.domain.issue import Access
from tracker_bridge.domain.replies import Refused
from tracker_bridge.domain.timeline import Kind, entry_of
from tracker_bridge.domain.times import Moment

MAX_IMPACTS = 12

_EXTENT = re.compile(r"(?<!\S)--(many|cost)(?!\S)")


@command(
    "severity",
    section=Section.BEGIN,
    usage="severity <severity> [<why>]",
    access=Access.WRITE,
    aliases=("sev",),
    examples=("severity sev1 nobody can pay",),
    when=When.DECLARED,
    takes=Takes.REASON,
)
def severity(incident: Incident, call: Call) -> Incident | Refused:
    """
    Say how bad it is.

    The severity's label is put on the issue, and putting the label by hand does the same. What each one means
    is listed in the status comment.
    """
    name, _, why = call.text.partition(" ")
    found = incident.rules.severity(name) or incident.rules.severity(f"sev{name}")
    if found is None:
        known = ", ".join(f"`{one.name}`" for one in incident.rules.severities)
        return Refused(f"the severities are {known}", f"severity {incident.rules.severities[0].name}")
    entry = entry_of(call.cause, Kind.SEVERITY, what=found.name, text=why.strip())
    return incident.having(entry, severity=found)


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
)
def impact(incident: Incident, call: Call) -> Incident | Refused:
    """
    Say who is blocked, and how.

    A severity is proposed from it; a person confirms it. Saying it again for the same people replaces it. How
    many they are, and what it costs (money, reputation, work that cannot be done), is said where it is known.
    """
    said, *extent = _EXTENT.split(plain_dashes(call.text, ("many", "cost")))
    known = {name: text.strip() for name, text in zip(extent[::2], extent[1::2], strict=True)}
    who, colon, how = (part.strip() for part in said.partition(":"))
    if not colon or not who or not how:
        said = f"{who or 'WHO'}: {how or 'HOW'}" if colon or " " not in who else f"WHO: {who}"
        return Refused("say who is blocked, a colon, and how", f"impact {said}")
    others = tuple(one for one in incident.impacts if one.who.casefold() != who.casefold())
    if len(others) >= MAX_IMPACTS:
        return Refused(f"there are {MAX_IMPACTS} already; put the details into a note", "note " + call.text)
    told = Impact(who, how, call.url, **known)
    entry = entry_of(call.cause, Kind.IMPACT, what=who, text=f"{how} ({told.extent})" if told.extent else how)
    return incident.having(entry, impacts=(*others, told))


@command(
    "status",
    section=Section.BEGIN,
    usage="status investigating|identified|monitoring [<why>]",
    access=Access.WRITE,
    aliases=("phase",),
    examples=("status identified",),
    takes=Takes.REASON,
)
def status(incident: Incident, call: Call) -> Incident | Refused:
    """
    Say where the work stands: investigating, identified (the cause is known), or monitoring (a fix is in).

    Monitoring engages the testers; `fixed` does the same, and tells when the fix was in and who made it. Going
    back from monitoring means that the fix did not hold: its time is dropped. The end has words of its own:
    `resolve` and `cancel`.
    """
    word = call.text.casefold().split(" ", 1)[0]
    if word in ("resolved", "resolve"):
        return Refused("the end has a word of its own", "resolve")
    if word in ("cancelled", "canceled", "cancel"):
        return Refused("the end has a word of its own", f"cancel {call.text[len(word) :].strip() or 'WHY'}")
    if word in ("fixed", "fix"):
        return Refused("a fix has a word of its own", "fixed")
    working = {phase.value: phase for phase in Phase if not phase.ended}
    if word not in working:
        return Refused(f"{quoted(word)} is not a phase" if word else "which phase?", "status identified")
    phase = working[word]
    why = call.text[len(word) :].strip()
    if phase is Phase.MONITORING and not incident.fixed:
        return fix(incident, call.cause, Moment(call.at), text=why)
    entry = entry_of(call.cause, Kind.PHASE, what=phase.value, text=why)
    going_on = incident if phase is Phase.MONITORING else take_back(incident)
    return going_on.having(replace(entry, major=phase is Phase.IDENTIFIED), phase=phase)
