"""What others said, put on the timeline (S54)."""

from dataclasses import replace

from tracker_bridge.domain.fold.arguments import moment, quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.roles import is_same_account
from tracker_bridge.domain.incident.timeline import Kind, TimelineEntry, Withheld, comments_named, entry_of
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.captures import Capture
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Comment
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.thread_context import letters_of

_QUOTE = at_first_use(r"[ ]{0,3}>")
_SHORTEST = 3


@command(
    "capture",
    section=Section.TIMELINE,
    usage="capture [<comment>] [| <time>]",
    aliases=("keep",),
    examples=("capture 4823", "capture 4823 | ~14:05"),
    when=When.DECLARED,
)
def capture(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Add someone's comment to the timeline, with its text, author and time.

    Give the comment's URL or number; or quote it in your own comment, and write `capture` alone. A time after a
    `|` records when it happened, if not when it was written. If the comment is edited later, its text is hidden
    until someone captures it again; if it is deleted, the entry stays without the text.
    """
    name, bar, time = map(str.strip, call.text.partition("|"))
    at = moment(time, incident, call, f"capture {name} |") if bar else None
    if isinstance(at, Refused):
        return at
    known = call.thread.capture_by(call.id, call.digest)
    if known is not None:
        return _kept(incident, call, known, at)
    found = _named(call, name) if name else _quoted(call)
    if isinstance(found, Refused):
        return found
    text = "" if found.internal else _own_words(found, incident.rules.command_prefixes)
    if not text:
        asked = "that is an internal note; ask its author to post it as a regular comment"
        return Refused(asked if found.internal else "that comment has only commands and quotes")
    here = incident.timeline.of(found.url)
    if any(not entry.withheld for entry in here):
        return Refused("that comment is already on the timeline")
    anew = replace(incident, timeline=incident.timeline.without(*here))
    return _with(anew, Capture.of(call, found.id, text), _entry(call, found, at, text))


def _kept(incident: Incident, call: Invocation, known: Capture, at: Moment | None) -> Incident:
    """Show the words that were captured, if they are what the comment says still."""
    found = call.thread.comment(known.comment)
    if found is None:
        gone = entry_of(call.origin, Kind.NOTE, at or Moment(call.at, approximate=True))
        return _with(incident, known, replace(gone, withheld=Withheld.GONE))
    text = _own_words(found, incident.rules.command_prefixes)
    if Capture.of(call, found.id, text) == known:
        return _with(incident, known, _entry(call, found, at, text))
    return _with(incident, known, replace(_entry(call, found, at, ""), withheld=Withheld.CHANGED))


def _with(incident: Incident, capture: Capture, entry: TimelineEntry) -> Incident:
    return incident.having(entry, captures=(*incident.captures, capture))


def _entry(call: Invocation, found: Comment, at: Moment | None, text: str) -> TimelineEntry:
    own = is_same_account(found.author, call.actor)
    return replace(
        entry_of(call.origin, Kind.NOTE, at or Moment(found.created_at), text=text),
        author=found.author.login,
        author_id=found.author.id,
        url=found.url,
        captured_by=found.author.login if own else call.actor.login,
    )


def _named(call: Invocation, name: str) -> Comment | Refused:
    found = comments_named(call.thread, name)
    if len(found) > 1:
        which = " or ".join(quoted(str(comment.id)) for comment in found[:4])
        return Refused(f"{quoted(name)} could be {which}", "capture <number>")
    if not found:
        return Refused(f"{quoted(name)} is not a comment by a person on this issue", "capture <number>")
    return found[0]


def _quoted(call: Invocation) -> Comment | Refused:
    """Find what the comment of this command quotes: the words of it, whatever became of signs and spaces."""
    mine = call.thread.comment(call.comment)
    lines = mine.body.split("\n") if mine else []
    wanted = letters_of(" ".join(_QUOTE.sub("", line, count=1) for line in lines if _QUOTE.match(line)))
    if len(wanted) < _SHORTEST:
        return Refused("which comment? Quote it above, or give its number or URL", "capture <number>")
    found = call.thread.saying(wanted, call.comment)
    own = tuple(one for one in found if wanted in letters_of(_unquoted(one)))
    fitting = own or found
    if len(fitting) > 1:
        which = " or ".join(quoted(str(comment.id)) for comment in fitting[:4])
        return Refused(f"your quote could be from {which}", "capture <number>")
    return fitting[0] if fitting else Refused("no comment here contains your quote", "capture <number>")


def _own_words(comment: Comment, command_prefixes: tuple[str, ...]) -> str:
    """What the comment says, in one line; without the commands in it and what it quotes."""
    said = [
        line
        for line in _unquoted(comment).split("\n")
        if line.partition(" ")[0].casefold() not in command_prefixes
    ]
    return " ".join(" ".join(said).split())


def _unquoted(comment: Comment) -> str:
    return "\n".join(line for line in comment.body.split("\n") if not _QUOTE.match(line))
