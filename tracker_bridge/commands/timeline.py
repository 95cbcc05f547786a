"""The scribe's words: what happened, what of it matters most, and what was not so (S16, S53-S57)."""

from dataclasses import replace

from tracker_bridge.domain.arguments import moment, quoted, trailing_time
from tracker_bridge.domain.calls import Call
from tracker_bridge.domain.command import Section, When, command
from tracker_bridge.domain.incident import Incident, Refused
from tracker_bridge.domain.timeline import Entry, Kind, entry_of, find_entries


@command(
    "note",
    section=Section.TIMELINE,
    usage="note TEXT [| TIME]",
    aliases=("event", "log"),
    examples=(
        "note rolled back the checkout service",
        "note first customer calls | ~14:05",
        "note queue began to grow | 20m ago",
    ),
    when=When.DECLARED,
)
def note(incident: Incident, call: Call) -> Incident | Refused:
    """
    Put something on the timeline.

    It happened when you wrote it, unless a time follows after a bar; times need not be exact. Several notes
    can stand in one comment, one a line. To correct one, edit or delete the comment.
    """
    text, time = trailing_time(call.text)
    at = moment(time, incident, call) if _meant_as_time(time) else None
    if isinstance(at, Refused):
        return replace(at, instead=f"note {text} | ~14:05")
    text = text if at else call.text
    if not text:
        return Refused("what happened?", "note rolled back the checkout service")
    return incident.having(entry_of(call.cause, Kind.NOTE, at, text=text))


def _meant_as_time(text: str) -> bool:
    """Whether what follows a bar is a time, right or wrong, and not the rest of a shell pipeline."""
    return text[:1] in tuple("~≈0123456789") or text.casefold().endswith("ago") or text.casefold() == "now"


@command(
    "major",
    section=Section.TIMELINE,
    usage="major [ENTRY]",
    aliases=("highlight",),
    examples=("major", "major 4823"),
    when=When.DECLARED,
)
def major(incident: Incident, call: Call) -> Incident | Refused:
    """
    Put an event into the summary timeline.

    Without a number it is the latest note; else the number that stands behind the event in the status
    comment, or the address of its comment. Start, detection, declaration, fix and end are there anyway.
    """
    entry = _named(incident, call.text, "major")
    if isinstance(entry, Refused):
        return entry
    return _with(incident, entry, replace(entry, major=True))


@command(
    "retract",
    section=Section.TIMELINE,
    usage="retract ENTRY",
    examples=("retract 4823",),
    when=When.DECLARED,
)
def retract(incident: Incident, call: Call) -> Incident | Refused:
    """
    Take a note off the timeline.

    The number stands behind the event in the status comment; the address of its comment works as well. What
    the bridge recorded itself is corrected by saying it again: `severity`, `started`, `role`, ...
    """
    if not call.text:
        return Refused("which one? Its number stands behind it in the status comment", "retract 4823")
    entry = _named(incident, call.text, "retract")
    if isinstance(entry, Refused):
        return entry
    if entry.kind is not Kind.NOTE:
        return Refused("only notes are retracted; correct this by saying it again", "help")
    return _with(incident, entry)


def _named(incident: Incident, name: str, verb: str) -> Entry | Refused:
    if not name:
        notes = [entry for entry in incident.timeline if entry.kind is Kind.NOTE]
        return notes[-1] if notes else Refused("there is no note yet", "note rolled back the checkout service")
    found = find_entries(incident.timeline, name)
    if len(found) == 1:
        return found[0]
    if not found:
        return Refused(f"{quoted(name)} is no event of the timeline", f"{verb} 4823")
    choices = " or ".join(f"`{entry.short_id}`" for entry in found[:4])
    return Refused(f"{quoted(name)} could be {choices}", f"{verb} {found[0].id}")


def _with(incident: Incident, old: Entry, *new: Entry) -> Incident:
    kept = [one for entry in incident.timeline for one in (new if entry is old else (entry,))]
    return replace(incident, timeline=tuple(kept))
