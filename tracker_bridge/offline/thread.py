"""
A notebook as an issue: its entries are comments, and the product's own fold says what they amount to.

Who may say what cannot be asked while the tracker is down: everyone who writes into the notebook may say
everything. What the tracker allows is seen when it is posted.
"""

import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.derived.clocks import Due
from tracker_bridge.domain.derived.reminders import due
from tracker_bridge.domain.fold.authorization import Authorizer, new_actors
from tracker_bridge.domain.fold.fold import all_calls, fold
from tracker_bridge.domain.fold.recovery import Folded
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.call_outs import CallOut
from tracker_bridge.domain.issue.changes import Document
from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.invocations import calls_of
from tracker_bridge.domain.issue.issue import Access, Comment, Issue, IssueRef, Person, TrackerUrl
from tracker_bridge.domain.issue.receipts import Receipts
from tracker_bridge.offline.notebook import Entry, Notebook
from tracker_bridge.rendering import Renderer
from tracker_bridge.rendering.status import ForgeFacts

BOT: Final = Person(1, "tracker-bridge", bot=True)
ROOM: Final = 60_000
_HERE: Final = TrackerUrl("")
"""Nothing can be linked to in a file."""

_PLACE: Final = ("notebook", "notebook/notebook")
_FIRST: Final = 100_000_000
"""Numbers of nine digits are those of no issue; they are shown nowhere."""


@dataclass(frozen=True)
class OfflineThread:
    """
    What a notebook amounts to under the rules of a team.

    ``began``: when there is no entry to tell. ``called`` are those who were called out because of it.
    """

    notebook: Notebook
    rules: Rules
    renderer: Renderer
    began: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    called: tuple[CallOut, ...] = ()

    @cached_property
    def grammar(self) -> Grammar:
        return COMMANDS.grammar(self.rules.command_prefixes, BOT.login)

    @cached_property
    def issue(self) -> Issue:
        """Return the notebook as an issue: declared where its lines say so, else when it begins."""
        bare = self._issue("")
        says = any(one.verb == "declare" for comment in bare.comments for one in calls_of(comment, self.grammar))
        begins = says and judged(bare, self.rules, lambda _: Access.ADMIN, None).incident.exists
        return (
            bare if begins or self.notebook.incident else self._issue(f"{self.rules.command_prefixes[0]} declare")
        )

    def _issue(self, body: str) -> Issue:
        entries = self.notebook.entries
        first = entries[0].at if entries else self.began
        comments = tuple(
            Comment(one.number, person(one.who), one.at, one.at, self.body(one), _HERE.at(f"entry-{one.number}"))
            for one in entries
        )
        return Issue(
            ref=_ref(self.notebook),
            viewer=BOT,
            author=person(self.notebook.opener or self.notebook.keeper),
            title=self.notebook.title or "Untitled incident",
            body=body,
            url=_HERE,
            created_at=first,
            updated_at=max((one.at for one in entries), default=first),
            open=True,
            labels=frozenset(self.notebook.labels),
            comments=comments,
            confidential=self.notebook.confidential,
        )

    def body(self, entry: Entry) -> str:
        """Return an entry as a comment: what is no command is a note, since that is what a notebook is for."""
        if entry.cut:
            return "\n".join(f"> {line}" for line in entry.text.split("\n"))
        if self.is_command(entry):
            return entry.text
        words = " ".join(line.strip() for line in entry.text.split("\n") if line.strip())
        return f"{self.rules.command_prefixes[0]} note {words}"

    def is_command(self, entry: Entry) -> bool:
        first = entry.text.partition("\n")[0]
        return self.grammar.may_be_in(first) and self.grammar.spelling(first) is not None

    @cached_property
    def folded(self) -> Folded:
        accounts: dict[str, Person] = {}
        while True:
            folded = judged(self.issue, self.rules, lambda _: Access.ADMIN, accounts, self.receipts)
            if not folded.asked:
                return folded
            accounts |= {name.casefold(): person(name) for name in folded.asked}

    @property
    def receipts(self) -> Receipts:
        """Return what is remembered: who was called out."""
        before = (CallOut.parse(one) for one in self.notebook.called)
        return Receipts(called=(*(one for one in before if one), *self.called))

    @property
    def incident(self) -> Incident:
        return self.folded.incident

    def due(self, now: datetime) -> Due:
        """Return the clocks."""
        return due(self.incident, now)

    def documents(self, now: datetime) -> Mapping[str, Document]:
        """Return what the thread would show now, by key."""
        clocks = self.due(now)
        facts = ForgeFacts(pending=clocks.pending)
        found = self.renderer.documents(self.incident, "", ROOM, {}, clocks.nudges, forge_facts=facts)
        return {one.key: one for one in found}

    def answers(self, now: datetime, *numbers: int) -> tuple[str, ...]:
        """Return what entries were answered with: refusals, and what was asked for."""
        wanted = {f"{reply.kind}:{reply.comment}" for reply in self.incident.outgoing.replies}
        documents = self.documents(now)
        return tuple(
            documents[key].body
            for key in sorted(wanted & documents.keys())
            if not numbers or int(key.rpartition(":")[2]) in numbers
        )


def judged(
    issue: Issue,
    rules: Rules,
    access: Callable[[Person], Access],
    accounts: Mapping[str, Person] | None,
    receipts: Receipts | None = None,
) -> Folded:
    """Fold an issue of which no more than that is remembered."""
    authorizer = Authorizer(receipts or Receipts(), accounts=accounts)
    grammar = COMMANDS.grammar(rules.command_prefixes, issue.viewer.login)
    people = new_actors(all_calls(issue, grammar, authorizer, rules), authorizer) | {issue.author}
    known = {one.id: access(one) for one in people}
    return fold(issue, COMMANDS, replace(authorizer, access=known), rules)


def person(name: str) -> Person:
    """Return the account of a name: the same for each spelling of it."""
    team = "/" in name
    return Person(0 if team else 1000 + zlib.crc32(name.casefold().encode()), name, team=team)


def _ref(notebook: Notebook) -> IssueRef:
    """Return the issue that it continues; else one that no project has, and no other notebook."""
    number = _FIRST + zlib.crc32(notebook.mark.encode()) % (9 * _FIRST)
    for place in (notebook.incident, f"{notebook.project}#{number}"):
        with suppress(ValueError):
            return IssueRef.parse(place)
    return IssueRef(*_PLACE, _FIRST)
