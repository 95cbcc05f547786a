"""A thread to be built line by line, and what the fold and the templates make of it. No tracker, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self

from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.fold.authorization import Authorizer, new_actors
from tracker_bridge.domain.fold.command import Commands
from tracker_bridge.domain.fold.fold import all_calls, fold
from tracker_bridge.domain.fold.recovery import Folded
from tracker_bridge.domain.fold.resuming import Trail
from tracker_bridge.domain.incident.audiences import AUDIENCES, Audience, Reach
from tracker_bridge.domain.incident.checklists import Checklist
from tracker_bridge.domain.incident.fields import Field, FieldKind
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.on_call import OnCall
from tracker_bridge.domain.incident.replies import Mistake
from tracker_bridge.domain.incident.roles import OwnRole
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.timeline import Kind, TimelineEntry
from tracker_bridge.domain.issue.changes import Document
from tracker_bridge.domain.issue.gate import check
from tracker_bridge.domain.issue.issue import (
    NOBODY,
    Access,
    Comment,
    EventType,
    Issue,
    IssueEvent,
    IssueRef,
    Person,
    Revision,
    TrackerUrl,
)
from tracker_bridge.domain.issue.receipts import Receipts, Verdict
from tracker_bridge.rendering import Renderer
from tracker_bridge.templates_folder import templates_folder

BEGIN = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
BOT = Person(1, "incident-bot", bot=True)
ACCESS = {
    "alice": Access.MAINTAIN,
    "bob": Access.WRITE,
    "carol": Access.WRITE,
    "dana": Access.TRIAGE,
    "erin": Access.TRIAGE,
    "rita": Access.READ,
    "mallory": Access.NONE,
}
PEOPLE = {login: Person(number, login) for number, login in enumerate(ACCESS, start=2)}
LOGINS = {str(person.id): login for login, person in PEOPLE.items()}
URL = "https://forge.test/acme/shop/issues/7"
ROOM = 60_000
SHAPED = Rules(
    audiences=(
        *AUDIENCES,
        Audience("regulator", Reach.EXTERNAL, deadlines=(timedelta(days=1), timedelta(days=3))),
    ),
    roles=(OwnRole("security", "Security Lead", card=("Yours: who saw what.",)),),
    fields=(Field("region", "Region", FieldKind.CHOICE, ("eu-west", "us-east")),),
    checklists=(Checklist("First", ("Say who leads", "Open a chat")),),
    private_project="acme/shop",
    on_call=(OnCall(("erin",)),),
)
"""What a team has that defines something of its own."""
RENDERER = Renderer(templates_folder(), COMMANDS)


def at(clock: str) -> datetime:
    """Return a time of the thread's day; with a date in front, of that day."""
    day, _, time = clock.rpartition(" ")
    return datetime.fromisoformat(f"{day or BEGIN.date()}T{time}+00:00")


class Thread:
    """
    An issue of bob's, opened at 14:00 UTC. Each thing said or done takes a minute, unless ``when`` says else.

    ``incident``, ``documents`` and ``mistakes`` are those of the thread as it stands now. Nothing is remembered
    from one look to the next, unless :meth:`look` is called; with ``trails``, it is folded from where they end.
    ``there`` are keys of documents that stand in it.
    """

    def __init__(
        self,
        body: str = "",
        *,
        opener: str = "bob",
        labels: Iterable[str] = (),
        rules: Rules | None = None,
        commands: Commands = COMMANDS,
    ) -> None:
        self.rules = rules or Rules()
        self.commands = commands
        self._renderer = RENDERER if commands is COMMANDS else Renderer(templates_folder(), commands)
        self.access = dict(ACCESS)
        self.receipts = Receipts()
        self.trails: tuple[Trail, ...] = ()
        self.there: tuple[str, ...] = ()
        self.now = BEGIN
        self.next_number = 1001
        self._latest: tuple[tuple[object, ...], Folded] | None = None
        self.issue = Issue(
            ref=IssueRef("local", "acme/shop", 7),
            viewer=BOT,
            author=PEOPLE[opener],
            title="Checkout is down",
            body=body,
            url=TrackerUrl(URL),
            created_at=BEGIN,
            updated_at=BEGIN,
            open=True,
            labels=frozenset(labels),
        )

    # What people do

    def say(self, login: str, text: str, when: str = "") -> int:
        """Write a comment; return its number."""
        self._pass(when)
        number, self.next_number = self.next_number, self.next_number + 1
        person = PEOPLE.get(login) or Person(900, login)
        comment = Comment(number, person, self.now, self.now, text, TrackerUrl(f"{URL}#issuecomment-{number}"))
        self.issue = replace(self.issue, comments=(*self.issue.comments, comment), updated_at=self.now)
        return number

    def edit(self, number: int, text: str, by: Person | None = None) -> None:
        """Change a comment; ``by`` somebody else than its author."""
        self.now += timedelta(minutes=1)

        def edited(comment: Comment) -> Comment:
            editor = None if by == comment.author else by
            before = comment.revisions or (Revision(comment.body, comment.author),)
            told = (*before, Revision(text, by or comment.author)) if by != NOBODY else ()
            return replace(comment, body=text, updated_at=self.now, edited_by=editor, revisions=told)

        comments = tuple(edited(c) if c.id == number else c for c in self.issue.comments)
        self.issue = replace(self.issue, comments=comments)

    def hide(self, number: int, *, hidden: bool = True) -> None:
        """Take a comment out of sight, or show it again."""
        comments = tuple(replace(c, hidden=hidden) if c.id == number else c for c in self.issue.comments)
        self.issue = replace(self.issue, comments=comments)

    def delete(self, number: int) -> None:
        self.issue = replace(self.issue, comments=tuple(c for c in self.issue.comments if c.id != number))

    def do(self, login: str, deed: EventType, label: str = "", when: str = "") -> None:
        """Change label or state by hand."""
        self._pass(when)
        event = IssueEvent(self.now, PEOPLE[login], deed, label)
        labels = {
            EventType.LABELED: self.issue.labels | {label},
            EventType.UNLABELED: self.issue.labels - {label},
        }.get(deed, self.issue.labels)
        state = {EventType.CLOSED: False, EventType.REOPENED: True}.get(deed, self.issue.open)
        events = (*self.issue.events, event)
        self.issue = replace(self.issue, labels=labels, open=state, events=events)

    def settled(self) -> Self:
        """Return the thread as it is after some looks: what is said in a copy of it is folded from there."""
        for _ in range(2):  # judged by receipts, it can be followed
            self.trails = self.look().trails
        return self

    def look(self) -> Folded:
        """Judge what is new, and remember the verdicts."""
        folded = self.folded
        self.receipts = folded.receipts
        return folded

    # What came of it

    @property
    def folded(self) -> Folded:
        """What it comes to; folded once for all that is asked of it before it changes."""
        asked = self.issue, self.receipts, self.trails, self.rules, self.commands, dict(self.access)
        if self._latest is None or self._latest[0] != asked:
            self._latest = asked, self.following(self.trails)
        return self._latest[1]

    def following(self, trails: tuple[Trail, ...]) -> Folded:
        """Fold from where an earlier fold left ``trails``; only who said something new is known."""
        authorizer = Authorizer(self.receipts)
        grammar = self.commands.grammar(self.rules.command_prefixes, BOT.login)
        calls = all_calls(self.issue, grammar, authorizer, self.rules)
        new = {person.id for person in new_actors(calls, authorizer)}
        access = {PEOPLE[login].id: access for login, access in self.access.items()}
        authorizer = replace(authorizer, access={id_: access.get(id_, Access.NONE) for id_ in new})
        folded = fold(self.issue, self.commands, authorizer, self.rules, trails=trails)
        if folded.unknown is None:
            return folded
        known = {folded.unknown.id: access.get(folded.unknown.id, Access.NONE)}
        authorizer = replace(authorizer, access={**authorizer.access, **known})
        return fold(self.issue, self.commands, authorizer, self.rules, trails=trails)

    @property
    def incident(self) -> Incident:
        return self.folded.incident

    @property
    def documents(self) -> dict[str, str]:
        """The bodies by their keys; each has passed the gate, and no key comes twice."""
        found = self._rendered()
        keys = [document.key for document in found]
        assert len(keys) == len(set(keys)), keys
        for document in found:
            check(document, self.rules.command_prefixes, BOT.login, ROOM)
        return {readable(document.key, LOGINS): document.body for document in found}

    def card(self, number: int, login: str) -> str:
        """What somebody is told about the roles that comment ``number`` gave them."""
        [text] = [text for key, text in self.documents.items() if is_card(key, number, login)]
        return text

    @property
    def mentions(self) -> dict[str, frozenset[str]]:
        """Who each document pings, by its key; those that ping nobody are left out."""
        pinging = [document for document in self._rendered() if document.mentions]
        return {readable(document.key, LOGINS): document.mentions for document in pinging}

    @property
    def mistakes(self) -> list[Mistake]:
        return [mistake for reply in self.incident.outgoing.replies for mistake in reply.mistakes]

    @property
    def mistake(self) -> Mistake:
        """The only mistake of the thread."""
        [mistake] = self.mistakes
        return mistake

    @property
    def verdicts(self) -> list[Verdict]:
        return [receipt.verdict for receipt in self.folded.receipts.calls]

    def entries(self, kind: Kind) -> list[TimelineEntry]:
        return [entry for entry in self.incident.timeline if entry.kind is kind]

    def _rendered(self) -> tuple[Document, ...]:
        return self._renderer.documents(self.incident, "", ROOM, {}, there=self.there)

    def _pass(self, when: str) -> None:
        self.now = at(when) if when else self.now + timedelta(minutes=1)


def readable(key: str, logins: Mapping[str, str]) -> str:
    """Return a document's key with the login of whom it is for, instead of the account's number."""
    kind, colon, about = key.partition(":")
    if kind not in ("duty", "succession") and not about.startswith("change."):
        return key
    return kind + colon + "+".join(_readable(one, logins) for one in about.split("+"))


def is_card(key: str, number: int, login: str) -> bool:
    """Whether a readable key is that of the card with the roles that comment ``number`` gave ``login``."""
    return key.startswith("duty:") and f"{number}.{login}" in key.removeprefix("duty:").split("+")


def _readable(item: str, logins: Mapping[str, str]) -> str:
    before, dot, number = item.rpartition(".")
    return f"{before}{dot}{logins.get(number, number)}"


def declared(body: str = "/incident declare", **settings: object) -> Thread:
    """Return a thread that is an incident from its first line on: bob's, and so led technically by bob."""
    return Thread(body, **settings)  # type: ignore[arg-type]  # handed through


def refusal(thread: Thread, login: str, text: str) -> tuple[str, str]:
    """Say one wrong line; return the reason of its refusal, and the right line proposed, or the form of it."""
    thread.say(login, text)
    refused = thread.mistakes[-1].refused
    assert thread.mistakes[-1].line == text
    return refused.reason, refused.instead or refused.form
