"""The scribe's words: what happened, what of it matters most, and what was not so (S16, S53-S57)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from tracker_bridge.domain.fold.arguments import moment, quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.roles import Role, is_same_account
from tracker_bridge.domain.incident.timeline import Kind, TimelineEntry, comments_named, entry_of
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.incident.times.behind import stray_time, trailing_time
from tracker_bridge.domain.issue.grammar import Takes
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.spelling import after_break

_OPTION = at_first_use(
    r"(?:--|[-—–‐‑−]{1,2}(?=(?:ex|in)ternal\b))(?P<name>[a-z][a-z-]*)(?:\s*[=:]\s*|\s+|$)", re.IGNORECASE
)
_OPTION_LAST = at_first_use(r"\s(?:--|[—–]{1,2})(?P<name>(?:ex|in)ternal)$", re.IGNORECASE)
_NUMBER = r"[0-9]{3,19}(?:\.[0-9]{1,3})?"
_NUMBERS = at_first_use(_NUMBER, re.ASCII)
_SEVERAL = at_first_use(rf"#?{_NUMBER}(?:(?:[\s,;&+]|and)+#?{_NUMBER})+", re.ASCII)
_ORIGINS = {"external": True, "internal": False}

_SAID_AGAIN = {
    Kind.STARTED: "started <time>",
    Kind.DETECTED: "detected <time>",
    Kind.SEVERITY: "severity <severity>",
    Kind.IMPACT: "impact <who>: <how>",
    Kind.ROLE_TAKEN: "role <role> @<who>",
    Kind.ROLE_LEFT: "role <role> @<who>",
    Kind.FIXED: "fixed <time>",
    Kind.RESOLVED: "resolve <time>",
    Kind.CHANNEL: "channel main|chat|meeting <where>",
    Kind.ANNOUNCED: "announced <where>",
    Kind.STAKEHOLDER: "stakeholder <who> affected",
    Kind.UPDATE: "update <audience> --correction: <text>",
}
"""How to correct what is no note."""


@command(
    "note",
    section=Section.TIMELINE,
    usage="note [--external] <text> [| <time>]",
    aliases=("event", "log"),
    examples=(
        "note rolled back the checkout service",
        "note first customer calls | ~14:05",
        "note queue began to grow | 20m ago",
        "note --external the provider reports an outage",
    ),
    when=When.DECLARED,
    own=lambda *_: True,
    takes=Takes.TEXT,
    by_settings=True,
)
def note(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Add a timeline entry.

    Its time is when you wrote it, unless you add another one after a `|`; times can be approximate. A `|`
    without a time after it, or in code, is part of the text. A comment can hold several notes, one per line.
    `--external` marks something that happened outside the team; `--internal` is the default. To correct a note,
    edit or delete its comment.
    """
    said = _said(incident, call, call.paragraph, "note ")
    if isinstance(said, Refused):
        return said
    entry = entry_of(call.origin, Kind.NOTE, said.at, text=said.text)
    return incident.having(replace(entry, external=True) if said.external else entry)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a note says: of what happened ``external`` to the team or not, if it tells; and when, if it does."""

    text: str
    at: Moment | None
    external: bool | None


def _said(incident: Incident, call: Invocation, text: str, verb: str) -> _Said | Refused:
    """Read ``[--external] TEXT [| TIME]``; ``verb`` begins the line that is proposed instead."""
    option = _OPTION.match(text)
    name = option["name"].casefold() if option else ""
    if name and name not in _ORIGINS:
        return Refused(f"`--{name}` is not an option here; the options are `--internal` and `--external`")
    told, time = trailing_time(text[option.end() :] if option else text)
    other = trailing_time(told)[1] or stray_time(told)
    told = " ".join(told.split("\n"))
    if name == "" and (last := _OPTION_LAST.search(told)):
        line = f"{verb}--{last['name'].casefold()} {told[: last.start()]}{f' | {time}' if time else ''}"
        return Refused(f"`--{last['name'].casefold()}` goes before the text", line)
    begin = f"{verb}--{name} " if name else verb
    line = f"{begin}{told.strip(' |') or '<text>'}"
    if not told.strip(" |"):
        return Refused("what happened?", f"{line} | {time}" if time else line)
    if other:
        reason = f"only one time can follow the text, but {quoted(other)} also follows a `|`"
        return Refused(f"{reason}; put text that is not a time in backticks", f"{verb}<text> | <time>")
    at = moment(time, incident, call, f"{line} |") if time else None
    if isinstance(at, Refused):
        return replace(at, reason=f"{at.reason}. Put text that is not a time in backticks")
    return _Said(told, at, _ORIGINS.get(name))


@command(
    "major",
    section=Section.TIMELINE,
    usage="major [<number>]",
    aliases=("highlight",),
    examples=("major", "major 4823"),
    when=When.DECLARED,
)
def major(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Add an entry to the summary timeline.

    Without a number it is the latest note; otherwise, give the number shown after the entry in the status
    comment, or the URL of its comment. Start, detection, declaration, fix and resolution are there by default.
    """
    return _weighed(incident, _named(incident, call, call.text, "major"), major=True)


@command(
    "minor",
    section=Section.TIMELINE,
    usage="minor <number>",
    examples=("minor 4823",),
    when=When.DECLARED,
)
def minor(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Remove an entry from the summary timeline.

    The full timeline keeps it. This undoes `major`, and also hides entries that are in the summary by default.
    """
    if not call.text:
        return _which("minor")
    return _weighed(incident, _named(incident, call, call.text, "minor"), major=False)


def _weighed(incident: Incident, entries: list[TimelineEntry] | Refused, *, major: bool) -> Incident | Refused:
    if isinstance(entries, Refused):
        return entries
    return _each(incident, entries, lambda entry: replace(entry, major=major))


def _each(
    incident: Incident, entries: list[TimelineEntry], change: Callable[[TimelineEntry], TimelineEntry]
) -> Incident:
    timeline = incident.timeline
    for entry in entries:
        timeline = timeline.exchanging(entry, change(entry))
    return replace(incident, timeline=timeline)


def _may_correct(incident: Incident, call: Invocation) -> bool:
    """The Scribe corrects every note (S16), and everybody their own; nobody what is no note."""
    if incident.people.holds(call.actor, Role.SCRIBE):
        return True
    notes = [one for one in incident.timeline.named(call.text.partition(" ")[0]) if one.kind is Kind.NOTE]
    return bool(notes) and all(is_same_account(entry.writer, call.actor) for entry in notes)


@command(
    "edit",
    section=Section.TIMELINE,
    usage="edit <number> [--external] <text> [| <time>]",
    access=Access.WRITE,
    aliases=("correct",),
    examples=("edit 4823 rolled back the checkout service", "edit 4823 first customer calls | ~14:05"),
    when=When.DECLARED,
    lent=_may_correct,
    takes=Takes.TEXT,
)
def edit(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Correct a note on the timeline.

    Lets the Scribe correct other people's notes; you can correct your own this way too, or by editing their
    comment. Give the number shown after the entry in the status comment, or the URL of its comment. Without a
    time, the entry keeps the one it has.
    """
    name, _, text = call.paragraph.replace("\n", " \n", 1).partition(" ")
    name, text = name.rstrip(":,;."), after_break(text)
    notes = _notes(incident, call, name, "edit", text)
    if isinstance(notes, Refused):
        return notes
    said = _said(incident, call, text, f"edit {name} ")
    if isinstance(said, Refused):
        return said

    def corrected(entry: TimelineEntry) -> TimelineEntry:
        own = is_same_account(entry.writer, call.actor)
        return replace(
            entry,
            text=said.text,
            withheld=None,
            occurred=said.at or entry.occurred,
            external=entry.external if said.external is None else said.external,
            corrected_by="" if own else call.actor.login,
        )

    return _each(incident, notes, corrected)


@command(
    "retract",
    section=Section.TIMELINE,
    usage="retract <number>",
    access=Access.WRITE,
    examples=("retract 4823",),
    when=When.DECLARED,
    lent=_may_correct,
)
def retract(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Remove a note from the timeline.

    For the Scribe, and for the note's author. Give the number shown after the entry in the status comment, or
    the URL of its comment. To correct what the bridge recorded itself, use its command again: `severity`,
    `started`, `role`, ...
    """
    notes = _notes(incident, call, call.text, "retract")
    if isinstance(notes, Refused):
        return notes
    return replace(incident, timeline=incident.timeline.without(*notes))


def _notes(
    incident: Incident, call: Invocation, name: str, verb: str, text: str = ""
) -> list[TimelineEntry] | Refused:
    """Return the notes that ``name`` means; nothing else on the timeline is changed by hand."""
    if not name:
        return _which(verb)
    entries = _named(incident, call, name, verb, text)
    if isinstance(entries, Refused):
        return entries
    if any(entry.kind is not Kind.NOTE for entry in entries):
        done = "retracted" if verb == "retract" else "edited"
        return Refused(
            f"only notes can be {done}; to correct this, use its command again",
            _SAID_AGAIN.get(entries[0].kind, ""),
        )
    return entries


def _named(
    incident: Incident, call: Invocation, name: str, verb: str, text: str = ""
) -> list[TimelineEntry] | Refused:
    """Return what one command put on the timeline, usually one entry; without a name, the latest note."""
    if not name:
        last = incident.timeline.latest(Kind.NOTE)
        return [last] if last else Refused("there are no notes yet", "note <text>")
    found = incident.timeline.named(name)
    ids = list(dict.fromkeys(entry.id for entry in found))
    if len(ids) > 1:
        reason = f"{quoted(name)} could be {' or '.join(map(quoted, ids[:4]))}"
        return Refused(reason, f"{verb} <number> {text}".strip())
    return found or _no_event(incident, call, name, verb, text)


def _no_event(incident: Incident, call: Invocation, name: str, verb: str, text: str) -> Refused:
    """Name the event that a comment became which somebody else put on the timeline; else show a gap."""
    comments = comments_named(call.thread, name)
    became = incident.timeline.of(*(one.url for one in comments))
    if len(became) == 1:
        number = became[0].short_id
        reason = f"{quoted(name)} is the comment; its timeline entry is `{number}`"
        return Refused(reason, f"{verb} {number} {text}".strip())
    several = _NUMBERS.findall(name) if _SEVERAL.fullmatch(name) and not text else []
    lines = "\n".join(f"{verb} {number}" for number in several)
    reason = "one entry per line" if lines else f"{quoted(name)} is not a timeline entry"
    return Refused(reason, lines or f"{verb} <number> {text}".strip(), form=f"{verb} <number> {text}".strip())


def _which(verb: str) -> Refused:
    instead = f"{verb} <number> <text>" if verb == "edit" else f"{verb} <number>"
    return Refused("which one? Use the number shown after each entry in the status comment", instead)
