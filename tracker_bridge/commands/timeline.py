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
    at = moment(time, incident, call) if time else None
    if isinstance(at, Refused):
        if _meant_as_time(time):
            return replace(at, instead=f"note {text} | ~14:05")
        text, at = call.text, None
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
    entries = _named(incident, call.text, "major")
    if isinstance(entries, Refused):
        return entries
    kept = [replace(entry, major=True) if entry in entries else entry for entry in incident.timeline]
    return replace(incident, timeline=tuple(kept))


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
    entries = _named(incident, call.text, "retract")
    if isinstance(entries, Refused):
        return entries
    if any(entry.kind is not Kind.NOTE for entry in entries):
        return Refused("only notes are retracted; correct this by saying it again", "help")
    return replace(incident, timeline=tuple(entry for entry in incident.timeline if entry not in entries))


def _named(incident: Incident, name: str, verb: str) -> list[Entry] | Refused:
    """Return what one command put on the timeline, usually one entry; without a name, the latest note."""
    if not name:
        notes = [entry for entry in incident.timeline if entry.kind is Kind.NOTE]
        return notes[-1:] or Refused("there is no note yet", "note rolled back the checkout service")
    found = find_entries(incident.timeline, name)
    ids = list(dict.fromkeys(entry.id for entry in found))
    if len(ids) > 1:
        return Refused(f"{quoted(name)} could be {' or '.join(map(quoted, ids[:4]))}", f"{verb} {ids[0]}")
    return found or Refused(f"{quoted(name)} is no event of the timeline", f"{verb} 4823")
