"""
What of a notebook is posted: each entry as the lines that say the same afterwards, with its time.

The runner speaks, with the runner's rights. What others said is marked as theirs; what only they can say is left
to them, as words that are not run. The roles come last, with their times, so that the runner may say the rest.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from tracker_bridge.commands import COMMANDS
from tracker_bridge.commands.testing import REQUESTS
from tracker_bridge.domain.fold.suggestions import as_severity
from tracker_bridge.domain.incident.communications import Communication
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.names import mentions
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.timeline import Kind, TimelineEntry
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.incident.times.behind import trailing_time
from tracker_bridge.domain.issue.invocations import Invocation, calls_of
from tracker_bridge.domain.issue.receipts import Verdict
from tracker_bridge.offline.notebook import Entry, said_in
from tracker_bridge.offline.thread import OfflineThread

ASKING: Final = frozenset({"show", "brief", "catchup", "help", "export"})
"""Commands that only ask: the answers came when they were asked."""

_ROLES: Final = frozenset({"claim", "role", "unrole", "handoff"})
_TIMES: Final = {
    "started": Kind.STARTED,
    "detected": Kind.DETECTED,
    "fixed": Kind.FIXED,
    "resolve": Kind.RESOLVED,
    "declare": Kind.DECLARED,
}
_OWN_WORDS: Final = frozenset({"propose", "question", "help-offer", "cause"})
_CORRECTING: Final = frozenset({"edit", "retract", "major", "minor"})
_OF_THEN: Final = frozenset({"snooze", "capture", "page", "publish", "maintenance"})
"""What acts when it is said, or is about other comments: nobody is woken afterwards."""

_ENDING: Final = frozenset({"cancel", "merge"})
_DESPITE: Final = re.compile(r"(?<!\S)(?:--)?despite\s+(?P<why>.+)", re.DOTALL)
_HERE: Final = re.compile(r"#(?P<number>[0-9]+)")


@dataclass(frozen=True, slots=True)
class Line:
    """
    A command to be posted, its message below it; ``who`` said what it is about, ``at`` that time.

    ``plain`` is the line that ``who`` can post themselves. ``inert``: it is words, and ``why`` tells the reason.
    """

    text: str
    who: str
    at: datetime
    marks: frozenset[str]
    plain: str = ""
    inert: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Retold:
    """
    ``lines`` in the order of posting. ``applied`` corrections are in what they corrected, ``asked`` only asked.
    """

    lines: tuple[Line, ...]
    applied: int = 0
    asked: int = 0


@dataclass(frozen=True)
class Retelling:
    """``runner`` is the login that posts, ``logins`` are what names of the notebook are on the tracker."""

    thread: OfflineThread
    runner: str
    logins: Mapping[str, str]

    @property
    def _root(self) -> str:
        return self.thread.rules.command_prefixes[0]

    def retold(self) -> Retold:
        """Return what is to be posted of all entries that the tracker does not know."""
        entries = [one for one in said_in(self.thread.notebook.entries) if not one.known]
        placed: list[tuple[str, Line | None]] = [("roles", line) for line in self._declarer()]
        placed += [one for entry in entries for one in self._placed(entry)]
        lines = tuple(
            line for part in ("said", "roles", "last") for where, line in placed if where == part and line
        )
        return Retold(lines, *(sum(where == part for where, _ in placed) for part in ("applied", "asked")))

    def _placed(self, entry: Entry) -> Iterator[tuple[str, Line | None]]:
        """Yield what an entry becomes, each with where it is posted."""
        if entry.cut:
            yield "said", self._words(entry, entry.text, "the line was cut short")
        for call, verb, verdict in self._calls(entry):
            if verdict is not Verdict.ACCEPTED:
                yield "said", self._words(entry, _whole(call), "it was refused in the notebook")
            elif verb in ASKING:
                yield "asked", None
            elif verb in _ROLES:
                yield from (("roles", line) for line in self._role(entry, call))
            elif verb in _CORRECTING and self._is_here(call):
                yield "applied", None
            else:
                verdict_of_runner = verb == "test" and not _asks(call)  # it takes the role, which comes late
                last = verdict_of_runner or (verb in _ENDING and self._incident.phase is Phase.CANCELLED)
                yield from (("last" if last else "said", line) for line in self._said(entry, call, verb))

    @property
    def _incident(self) -> Incident:
        return self.thread.incident

    def login(self, name: str) -> str:
        """Return what somebody is called on the tracker."""
        return self.logins.get(name.casefold(), name)

    def is_runner(self, name: str) -> bool:
        return self.login(name).casefold() == self.runner.casefold()

    def opening(self) -> str:
        """Return the command with which the new issue begins."""
        incident = self._incident
        source = f" --by {incident.source}" if incident.source in ("alert", "user", "staff") else ""
        return f"{self._root} declare{source}{' --drill' if incident.drill else ''}"

    def _calls(self, entry: Entry) -> Iterator[tuple[Invocation, str, Verdict]]:
        comment = next(one for one in self.thread.issue.comments if one.id == entry.number)
        verdicts = {(one.comment, one.ordinal): one.verdict for one in self.thread.folded.receipts.calls}
        for call in calls_of(comment, self.thread.grammar):
            read = as_severity(call, self._incident)
            command = COMMANDS.find(read.verb or "help")
            verdict = verdicts.get((call.comment, call.ordinal), Verdict.REFUSED)
            yield read, command.verb if command else read.verb, verdict

    def _is_here(self, call: Invocation) -> bool:
        """Whether a correction is about an entry of the notebook, in which it is contained already."""
        number = call.text.partition(" ")[0].partition(".")[0].removeprefix("#entry-")
        return not number.isdigit() or int(number) <= len(self.thread.notebook.entries)

    def _words(self, entry: Entry, text: str, why: str) -> Line:
        return Line(text, self.login(entry.who), entry.at, frozenset({entry.mark}), inert=True, why=why)

    def _line(self, entry: Entry, text: str, plain: str = "") -> Line:
        marks = frozenset({entry.mark})
        return Line(
            f"{self._root} {text}", self.login(entry.who), entry.at, marks, f"{self._root} {plain or text}"
        )

    def _said(self, entry: Entry, call: Invocation, verb: str) -> Iterator[Line]:
        made = [one for one in self._incident.timeline if one.id == call.id]
        if verb == "note":
            yield from (line for one in made if one.kind is Kind.NOTE for line in self._note(entry, one))
        elif verb in ("update", "no-update"):
            told = [one for one in self._incident.comms.communications if one.id == call.id]
            yield from (self._line(entry, self._update(one, verb)) for one in told)
        elif verb in _TIMES:
            yield from self._times(entry, call, verb, made)
        elif verb == "test" and not self.is_runner(entry.who) and not _asks(call):
            line = f"{self._root} {self._timed(verb, call, entry)}"
            yield replace(self._words(entry, line, "a verdict is the tester's own"), plain=line)
        elif verb in _OF_THEN:
            yield self._words(entry, call.line, f"`{verb}` was for then")
        elif verb in ("postmortem", "action"):
            yield from self._follow_up(entry, call, verb)
        else:
            yield self._line(
                entry, self._timed(verb, call, entry, made), f"{verb} {self._named(call.text)}".strip()
            )

    def _timed(self, verb: str, call: Invocation, entry: Entry, made: list[TimelineEntry] | None = None) -> str:
        """Return a line with its time, where it puts something on the timeline: elsewhere a time is refused."""
        text, _ = trailing_time(" ".join(call.text.split()))
        own = ""
        if verb in _OWN_WORDS and not self.is_runner(entry.who):
            own = f"{self.login(entry.who)}, {entry.at:%H:%M} UTC: "
        line = f"{verb} {own}{self._named(text)}".strip()
        at = made[0].occurred if made else Moment(entry.at)
        return line if made == [] else f"{line} | {_moment(at)}"

    def _note(self, entry: Entry, one: TimelineEntry) -> Iterator[Line]:
        option = "--external " if one.external else ""
        who = "" if self.is_runner(one.author) else f"{self.login(one.author)}: "
        text = _harmless(one.text)
        at = _moment(one.occurred)
        yield self._line(entry, f"note {option}{who}{text} | {at}", f"note {option}{text} | {at}")
        if one.major:
            yield self._line(entry, "major")

    def _update(self, one: Communication, verb: str) -> str:
        via = f" via {', '.join(one.channels)}" if one.channels else ""
        now = f" --now {one.why}" if one.why else ""
        correction = " --correction" if one.correction else ""
        head = f"{verb} {', '.join(one.audiences)}{via} at {_moment(one.occurred)}{now}{correction}"
        return "\n".join((head, *(f"> {line}".rstrip() for line in one.said)))

    def _times(self, entry: Entry, call: Invocation, verb: str, made: list[TimelineEntry]) -> Iterator[Line]:
        """What a later line has replaced is not there any more, and not posted."""
        for one in made:
            at = _moment(one.occurred)
            match one.kind:
                case Kind.STARTED:
                    yield self._line(entry, f"started {at}")
                case Kind.DETECTED:
                    by = f" by {one.what}" if one.what in ("alert", "user", "staff") else ""
                    yield self._line(entry, f"detected {at}{by}")
                case Kind.FIXED:
                    who = f" by @{self.login(one.who)}" if one.who else ""
                    yield self._line(entry, f"fixed {at}{who}")
                case Kind.RESOLVED:
                    despite = _DESPITE.search(call.text)
                    why = f" --despite {_harmless(despite['why'])}" if despite else ""
                    yield self._line(entry, f"resolve {at}{why}")
        if verb == "detected" and not made and call.text.casefold().startswith("by "):
            yield self._line(entry, f"detected {call.text}")

    def _follow_up(self, entry: Entry, call: Invocation, verb: str) -> Iterator[Line]:
        """Days are as they were meant when they were said."""
        follow = self._incident.follow_up
        if verb == "postmortem" and follow.postmortem and follow.postmortem.url == call.url:
            on = follow.postmortem.on
            yield self._line(entry, f"postmortem {on.isoformat() if on else ''}".strip())
        for one in follow.actions if verb == "action" else ():
            if one.id == call.id:
                owner = f" @{self.login(one.owner)}" if one.owner else ""
                due = f" due {one.due.isoformat()}" if one.due else ""
                yield self._line(entry, f"action {self._named(one.text)}{owner}{due}")

    def _declarer(self) -> Iterator[Line]:
        """Whoever declares it is Technical Lead: in the notebook, that was not always the runner."""
        notebook = self.thread.notebook
        opener = self._incident.people.opener.login
        if not notebook.incident and not self.is_runner(opener):
            at = self.thread.issue.created_at
            line = f"{self._root} role tech-lead @{self.login(opener)} | {_moment(Moment(at))}"
            yield Line(line, self.login(opener), at, frozenset({f"declarer.{notebook.mark}"}), line)

    def _role(self, entry: Entry, call: Invocation) -> Iterator[Line]:
        """A role that was taken, or left, by whatever command: given by the runner, as of that time."""
        made = [one for one in self._incident.timeline if one.id == call.id]
        taken = {(one.what, one.text) for one in made if one.kind is Kind.ROLE_TAKEN}
        names = {role.words: role for role in self.thread.rules.every_role}
        for one in made:
            role = names.get(one.what)
            if role is None or (one.kind is Kind.ROLE_LEFT and role.single and (one.what, one.text) in taken):
                continue
            at, who = f"| {_moment(one.occurred)}", self.login(one.who)
            taking = one.kind is Kind.ROLE_TAKEN
            given = " ".join(filter(None, ("role" if taking else "unrole", role.short, f"@{who}", one.text, at)))
            claimed = " ".join(filter(None, ("claim", role.short, one.text, at))) if taking else given
            own = claimed if who.casefold() == self.login(entry.who).casefold() else given
            yield self._line(entry, claimed if self.is_runner(one.who) else given, own)

    def _named(self, text: str) -> str:
        """Return a text with the names that people have on the tracker."""
        for one in reversed(list(mentions(text))):
            if one.name.casefold() in self.logins:
                text = f"{text[: one.start]}@{self.login(one.name)}{text[one.end :]}"
        return text


def _asks(call: Invocation) -> bool:
    """Whether a `test` asks for one, instead of telling what came of it."""
    return call.text.partition(" ")[0].casefold() in REQUESTS


def as_lead(retold: Retold, retelling: Retelling, before: str = "") -> Retold:
    """
    Let the runner lead while it is posted: an Incident Lead may say nearly all of it.

    In the end it is led by whom the notebook names, else by who led it ``before``.
    """
    thread = retelling.thread
    root, at = thread.rules.command_prefixes[0], thread.issue.created_at

    def line(verb: str, rest: str) -> Line:
        return Line(f"{root} {verb} {rest}", "", at, frozenset({f"{verb}.{thread.notebook.mark}"}))

    leading = [one for one in retold.lines if " role lead " in one.text or " claim lead " in one.text]
    if leading and " claim lead " in leading[0].text:  # the runner was the first to lead: as of then, and at once
        return replace(retold, lines=(leading[0], *(one for one in retold.lines if one is not leading[0])))
    leads = [retelling.login(one) for one in thread.incident.people.logins(Role.INCIDENT_LEAD)]
    lead = "" if leads and leading else next(iter(leads), before)
    end = [line("role", f"lead @{lead}")] if lead else [] if leading else [line("unrole", "lead")]
    return replace(retold, lines=(line("claim", "lead"), *retold.lines, *end))


def _moment(at: Moment) -> str:
    return f"{'~' if at.approximate else ''}{at.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _harmless(text: str) -> str:
    """Return words that ping nobody, and that end where they end: what was said then calls nobody now."""
    words = " ".join(text.split())
    for one in reversed(list(mentions(words))):
        words = f"{words[: one.start]}`{words[one.start : one.end]}`{words[one.end :]}"
    return words


def _whole(call: Invocation) -> str:
    """Return a line with the words quoted below it, which would be lost with it."""
    return f"{call.line}\n{call.found.below}".strip()
