"""What is said about a line that looks like a command, and is not run (see :class:`Unread`)."""

import re
from collections.abc import Sequence
from typing import Final

from tracker_bridge.domain.fold.command import Command, Section, When
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.issue.grammar import Unread
from tracker_bridge.domain.issue.invocations import MAX_CALLS, MAX_CHARACTERS, Invocation
from tracker_bridge.domain.issue.issue import Access

_REASONS: Final = {
    Unread.WRAPPED: "a command in code, bold, a quote or a list is not run; write it on its own line",
    Unread.INDENTED: "an indented command is not run; write it at the very start of the line",
    Unread.MISSPELLED: "that is not quite how a command starts",
    Unread.UNCLOSED: "it is inside a code block or an HTML comment that is not closed; close that first",
    Unread.MAIL: "it is in the quoted part of your mail; write it above that, on its own line",
    Unread.JOINED: "another command is in the middle of it; start each on its own line, or put "
    "plain text in backticks",
    Unread.TOO_MANY: f"only the first {MAX_CALLS} commands of a comment are run; "
    "post this line and what follows it in a new comment",
    Unread.TOO_LONG: f"a command can have at most {MAX_CHARACTERS:,} characters; "
    "keep it short, and put the details in the comment below it",
}
INTERNAL: Final = (
    "a command in an internal note is not run, because more people can read this issue than the note; "
    "post it as a regular comment"
)
_AGAIN: Final = frozenset({Unread.WRAPPED, Unread.INDENTED, Unread.MISSPELLED})
"""What is right once it stands elsewhere, or is spelled otherwise."""


def elsewhere(command: Command) -> Command:
    """Stand in for a command that was said in the review, and is about the incident as it went on."""

    def refuse(incident: Incident, _: Invocation) -> Refused:
        return Refused(f"`{command.verb}` works in the incident itself; write it in issue {incident.ref.number}")

    return Command(command.verb, command.usage, Access.TRIAGE, Section.ASK, refuse, when=When.ALWAYS)


def kept_internal(call: Invocation) -> Command:
    """Stand in for a command in an internal note: what it brings about is read by more people than the note."""

    def refuse(_: Incident, __: Invocation) -> Refused:
        return Refused(INTERNAL)

    return Command(call.verb, call.verb, Access.TRIAGE, Section.ASK, refuse, when=When.ALWAYS)


def _apart(line: str, roots: Sequence[str]) -> str:
    """Return the commands that stand in one line, each on its own."""
    parts = re.split(rf"[\s;,&|]+(?:{'|'.join(map(re.escape, roots))})[:,]?\s+", line, flags=re.IGNORECASE)
    return "\n".join(parts) if len(parts) > 1 and all(parts) else ""


def explained(call: Invocation, unread: Unread) -> Command:
    """Stand in for a command that is not run: whoever may note is told why."""

    def refuse(incident: Incident, _: Invocation) -> Refused:
        line = call.bare
        if unread is Unread.JOINED:
            return Refused(_REASONS[unread], _apart(line, incident.rules.command_prefixes))
        return Refused(_REASONS[unread], line if unread in _AGAIN else "")

    return Command(call.verb, call.verb, Access.TRIAGE, Section.ASK, refuse, when=When.ALWAYS)
