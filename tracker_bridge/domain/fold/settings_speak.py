"""
A team's settings say lines of their own: ``[[when]]``.

They are commands, judged and carried out like a person's, with the rights of an Incident Lead: never what only a
person can vouch for, such as a verdict, an update that was sent, or the end. Each line is said once in an
incident, right after what made its condition true, so that whatever people say later counts. A line may make the
condition of another true; as each is said once, that ends.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from tracker_bridge.domain.fold.command import Commands
from tracker_bridge.domain.fold.execution import Carried, carry_out
from tracker_bridge.domain.incident.conditions import Condition
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.key_times import TimedFact, Times
from tracker_bridge.domain.incident.people import People
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.sayings import PLACEHOLDERS, Said, Saying, next_order, unknown_placeholders
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.invocations import Invocation, find_calls
from tracker_bridge.domain.issue.issue import NOBODY, SETTINGS, IssueRef, Person, TrackerUrl
from tracker_bridge.domain.issue.origin import Origin
from tracker_bridge.domain.issue.thread_context import ThreadContext

_FIRST: Final = 400
"""Ordinal of the first line in the comment that made its condition true; people's have others."""


@dataclass(slots=True)
class SettingsSpeak:
    """
    Says the lines that are due. ``asked`` collects the names that must be looked up before all can be told.

    ``late`` collects lines that became due by what was there at an earlier reconcile, when they were not.
    """

    commands: Commands
    grammar: Grammar
    accounts: Mapping[str, Person] | None
    thread: ThreadContext = field(default_factory=ThreadContext)
    asked: set[str] = field(default_factory=set)
    late: bool = False

    def after(self, incident: Incident, origin: Origin, *, seen: bool) -> Incident:
        """Say what is due after what came from ``origin``; it was ``seen`` at an earlier reconcile."""
        while incident.active and (due := self._due(incident)):
            self.late = self.late or (seen and not all(one.said for one in due))
            for saying in due:
                incident = self._say(incident, saying, origin)
        return incident

    def _due(self, incident: Incident) -> list[Saying]:
        """Return the lines whose condition holds; first those that were said before, as they were first then."""
        if len(incident.sayings) == len(incident.rules.sayings):
            return []
        heard = {one.saying.key for one in incident.sayings}
        due = (one for one in incident.rules.sayings if one.key not in heard and one.when.holds(incident))
        return sorted(due, key=lambda one: (not one.said, one.order))

    def _say(self, incident: Incident, saying: Saying, origin: Origin) -> Incident:
        line = saying.filled_in(incident)
        if not saying.said:
            order = next_order(incident.rules.sayings, (one.saying for one in incident.sayings))
            saying = replace(saying, order=order, said=True)
        said = Said(saying, line)
        call = self._call(saying, line, origin)
        if isinstance(call, Refused):
            return replace(incident, sayings=(*incident.sayings, replace(said, refused=call)))
        done = self._carried(incident, call)
        self.asked.update(done.asked)
        said = replace(said, people=done.call.known)
        match done.outcome:
            case Incident():
                return replace(done.outcome, sayings=(*incident.sayings, said))
            case refused:
                return replace(incident, sayings=(*incident.sayings, replace(said, refused=refused)))

    def _carried(self, incident: Incident, call: Invocation) -> Carried:
        command = self.commands.find(call.verb)
        if command is None:
            return Carried(Refused(f"`{call.verb[:40]}` is not a command"), call)
        if not command.by_settings:
            return Carried(Refused(f"the settings cannot say `{command.verb}`: only a person can"), call)
        return carry_out(incident, call, command, self.accounts, self.grammar.bot, judged=True)

    def _call(self, saying: Saying, line: str, origin: Origin) -> Invocation | Refused:
        found = find_calls(f"{self.grammar.command_prefixes[0]} {line}", self.grammar)
        if line.split(" ", 1)[0] in self.grammar.command_prefixes and len(found) == 1:
            return Refused("lines of the settings have no prefix", f"{found[0].verb} {found[0].text}".strip())
        if len(found) != 1 or found[0].unread:
            return Refused("is not one command")
        return Invocation(
            origin.comment,
            _FIRST + saying.order,
            found[0],
            SETTINGS,
            SETTINGS,
            origin.at,
            origin.url,
            known=saying.people,
            thread=self.thread,
        )


def flaws(rules: Rules, commands: Commands, at: datetime) -> Iterator[tuple[Saying, str]]:
    """
    Yield the lines that would be refused, each with the reason, as far as that can be told beforehand.

    They are tried on an incident of their kind that has just begun ``at`` that time; who is named in them may be
    anybody.
    """
    origin = Origin("", 0, at, SETTINGS.login, TrackerUrl(""))
    for saying in rules.sayings:
        if strange := unknown_placeholders(saying.line):
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            yield saying, f"`{{{strange[0]}}}` is not a placeholder; there are {known}"
            continue
        alone = replace(rules, sayings=(saying,))
        speak = SettingsSpeak(commands, commands.grammar(rules.command_prefixes, ""), None)
        for said in speak.after(_beginning(alone, saying.when, at), origin, seen=False).sayings:
            if said.refused:
                yield saying, said.refused.reason


def _beginning(rules: Rules, when: Condition, at: datetime) -> Incident:
    """Return an incident that has just begun, of the kind that ``when`` is for."""
    severity = rules.severity(when.severities[0]) if when.severities else rules.severities[-1]
    labels = {*when.labels[:1], *(f"{rules.service_label}{name}" for name in when.services[:1])}
    begun = TimedFact(Moment(at), TrackerUrl(""), SETTINGS.login)
    return Incident(
        ref=IssueRef("local", "acme/shop", 1),
        title="",
        url=TrackerUrl(""),
        people=People(opener=NOBODY),
        rules=rules,
        created_at=at,
        severity=severity,
        labels=frozenset(labels),
        times=Times(declared=begun),
    )
