"""
The sandbox's world itself as a tracker, without HTTP: for tests and for quick stories.

It remembers nothing and is never busy. Nobody signs deliveries here: listen to the world's events instead.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import NoReturn, assert_never

from tracker_bridge.domain.derived.similar import PastIssue
from tracker_bridge.domain.incident.labels import ProjectLabel, PutLabel
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.changes import (
    REACTIONS,
    Assign,
    Change,
    Close,
    Describe,
    Edit,
    Link,
    Open,
    Pin,
    Post,
    React,
    Reaction,
    Relabel,
    Remove,
    Reopen,
    key_of,
)
from tracker_bridge.domain.issue.cleaning import title_of
from tracker_bridge.domain.issue.elsewhere import Visibility
from tracker_bridge.domain.issue.issue import (
    NOBODY,
    Access,
    Closed,
    Comment,
    EventType,
    Issue,
    IssueEvent,
    IssueRef,
    Person,
    Reference,
    Revision,
    TrackerUrl,
)
from tracker_bridge.domain.issue.native import OF_INCIDENTS, Advance, Fill, Mirror, NativeChange, Rate, Retype
from tracker_bridge.domain.issue.plan import carries
from tracker_bridge.sandbox.world import (
    GHOST_ID,
    SEVERITIES,
    Account,
    Note,
    Project,
    PullRequest,
    Ticket,
    Version,
    World,
    raw_file,
)
from tracker_bridge.settings import Settings, team_rules
from tracker_bridge.trackers import DONE, Applied, Busy, Denied, Forged, Gone, still_there, text_of
from tracker_bridge.trackers._accounting import own_labels, own_rank

_DEEDS = frozenset(EventType)


def rules_of(text: str, settings: Settings, tracker: str) -> Rules:
    """Return a team's rules; here labels are called as on GitHub, since the registry knows real forges only."""
    return team_rules(text, settings, "github" if tracker == "local" else tracker)


class LocalTracker:
    """Looks at those projects of ``world`` whose forge is ``local``, as ``bot``."""

    name = "local"
    max_body = 60_000
    max_delivery = 0
    max_title = 255
    max_comments = 2_500
    native = OF_INCIDENTS
    reserved: frozenset[str] = frozenset()

    def __init__(self, world: World, projects: Collection[str], bot: Account) -> None:
        self.projects = frozenset(projects)
        self._world = world
        self._bot = bot

    def close(self) -> None:
        """There is nothing to close."""

    def serves(self, project: str) -> bool:
        return project in self.projects

    def precheck(self, headers: Mapping[str, str]) -> NoReturn:  # the protocol's
        raise Forged("nobody signs deliveries of the local world")

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> NoReturn:  # the protocol's
        self.precheck(headers)

    def changed(
        self, project: str, *, since: datetime | None, label: str, labelled: bool = False
    ) -> Iterator[IssueRef]:
        with self._world.lock:
            for ticket in list(self._project(project, f"list the issues of local:{project}").tickets.values()):
                wears = label in _labels(ticket)
                late = (ticket.open and wears) if since is None else _newest(ticket) >= since
                if not ticket.deleted and late and (wears or not labelled):
                    yield IssueRef(self.name, project, ticket.number)

    def read(self, ref: IssueRef, *, whole: bool = False) -> Issue:  # the protocol's
        with self._world.lock:
            ticket = self._ticket(ref, "read")
            url = f"local:{ref.project}/issues/{ref.number}"
            return Issue(
                ref=ref,
                viewer=_person(self._bot),
                author=_person(ticket.author),
                uid=ticket.id,
                pinned=ticket.pinned.id if ticket.pinned else 0,
                closed_at=ticket.closed_at,
                title=ticket.title,
                body=_lines(ticket.body),
                url=TrackerUrl(url),
                created_at=ticket.created_at,
                updated_at=ticket.updated_at,
                open=ticket.open,
                labels=_labels(ticket),
                comments=tuple(self._comment(note, url) for note in ticket.comments),
                events=tuple(one for one in self._happenings(ticket) if one.actor.id != self._bot.id),
                own_labels=own_labels(self._happenings(ticket), _person(self._bot)),
                own_rank=own_rank(self._happenings(ticket), _person(self._bot)),
                confidential=ticket.confidential,
                body_edited_by=_editor(ticket.body_edited_by, ticket.author),
                body_revisions=_revisions(ticket.versions),
                assignees=frozenset(one.login for one in ticket.assignees),
                typed=ticket.kind == "incident",
                rank=SEVERITIES.index(ticket.severity) + 1 if ticket.severity in SEVERITIES else 0,
                references=tuple(
                    _reference(pull) for pull in self._world.pulls_of(ticket) if pull.project is ticket.project
                ),
            )

    def reactions(self, ref: IssueRef, comments: Collection[int]) -> dict[int, Reaction | None]:
        with self._world.lock:
            ticket = self._ticket(ref, "read the reactions in")
            return {one: self._reaction(_note(ticket, one) if one else ticket) for one in comments}

    def _reaction(self, target: Note | Ticket | None) -> Reaction | None:
        ours = {one.name for one in target.reactions if one.account is self._bot} if target else set()
        return next((one for one in REACTIONS if one.value in ours), None)

    def access(self, ref: IssueRef, person: Person, *, fresh: bool = False) -> Access:  # always is
        with self._world.lock:
            project = self._project(ref.project, f"ask what {person.login} may do in local:{ref.project}")
            account = self._world.accounts.get(person.id)
            return Access.NONE if account is None else self._world.access(project, account)

    def apply(self, ref: IssueRef, change: Change) -> Applied:
        with self._world.lock:
            if isinstance(change, Open):
                return self._open(ref, change)
            ticket = self._ticket(ref, "change")
            match change:
                case Post() | Edit() | Pin() | Remove():
                    return self._write(ref, ticket, change)
                case React():
                    self._react(ticket, change)
                case Assign():
                    self._assign(ticket, change)
                case Relabel() | Close() | Reopen():
                    self._set(ref, ticket, change)
                case Describe():
                    title = title_of(change.title, self.max_title) if change.title else None
                    self._world.edit_ticket(ticket, self._bot, title=title, body=change.document.text)
                    ticket.confidential = ticket.confidential or change.confidential
                case Link():
                    self._link(ref, ticket, change)
                case Retype() | Rate() | Advance() | Mirror() | Fill():
                    self._native(ticket, change)
                case _:
                    assert_never(change)
        return DONE

    def visibility(self, project: str) -> Visibility:
        with self._world.lock:
            seen = self._project(project, f"ask who may see local:{project}")
            return Visibility.PRIVATE if seen.private else Visibility.PUBLIC

    def labels(self, project: str) -> tuple[ProjectLabel, ...]:
        with self._world.lock:
            there = self._project(project, f"list the labels of local:{project}").labels.values()
            return tuple(ProjectLabel(one.name, one.color, one.description) for one in there)

    def put_label(self, project: str, put: PutLabel) -> None:
        act = f"put the label {put.label.name} into local:{project}"
        with self._world.lock:
            owner = self._project(project, act)
            if self._world.access(owner, self._bot) < Access.WRITE:
                raise Denied(f"could not {act}: the bot needs to write there")
            one = self._world.ensure_label(owner, put.label.name)
            one.color, one.description = put.label.color, put.label.description

    def file(self, project: str, path: str) -> str | None:
        with self._world.lock:
            owner = self._world.project(project, self.name)
            hidden = owner is None or self._world.access(owner, self._bot) < Access.READ
            found = None if owner is None or hidden else owner.files.get(path)
        return None if found is None else text_of(raw := raw_file(found), len(raw))

    def past(self, ref: IssueRef, labels: Collection[str]) -> Sequence[PastIssue]:
        with self._world.lock:
            others = self._project(ref.project, f"list the issues of {ref}").tickets.values()
            closed = [one for one in others if not (one.open or one.deleted or one.confidential)]
            found = [PastIssue(one.number, one.title, _labels(one)) for one in closed if one.number != ref.number]
            return [one for one in reversed(found) if set(labels) <= one.labels]

    def alike(self, ref: IssueRef, title: str, label: str) -> int | None:
        with self._world.lock:
            others = self._project(ref.project, f"list the issues of {ref}").tickets.values()
            found = (one for one in others if one.number != ref.number and not (one.deleted or one.confidential))
            return next((one.number for one in found if _is_alike(one, title, {label})), None)

    def account(self, ref: IssueRef, login: str) -> Person | None:  # the same in every project
        with self._world.lock:
            found, team = self._world.account(login), self._world.team(login)
            return _person(found) if found else Person(0, team, team=True) if team else None

    def members(self, ref: IssueRef, team: str) -> tuple[Person, ...] | None:  # the same in every project
        with self._world.lock:
            known = self._world.team(team) is not None
            return tuple(map(_person, self._world.members_of(team))) if known else None

    def _write(self, ref: IssueRef, ticket: Ticket, change: Post | Edit | Pin | Remove) -> Applied:
        if isinstance(change, Post):
            note = self._world.comment(ticket, self._bot, change.document.text)
            ticket.pinned = note if change.pin else ticket.pinned
            return Applied(posted=(note.id, str(note.id)))
        found = _note(ticket, change.comment)
        match change:
            case Pin():
                self._world.pin(ticket, found, self._bot)
            case Remove():
                if found is not None:
                    self._world.delete_comment(ticket, found, self._bot)
            case Edit():
                if found is None:
                    raise Busy(f"could not edit {change.document.key} in {ref}: it is no longer there", 2.0)
                self._world.edit_comment(ticket, found, self._bot, change.document.text)
        return DONE

    def _react(self, ticket: Ticket, change: React) -> None:
        target = _note(ticket, change.comment) if change.comment else ticket
        if target is not None:
            reaction, _ = self._world.react(target, self._bot, change.reaction.value)
            if not change.on:
                self._world.unreact(target, reaction)

    def _assign(self, ticket: Ticket, change: Assign) -> None:
        if self._world.access(ticket.project, self._bot) < Access.TRIAGE:
            return
        for login in change.add:
            account = self._world.account(login)
            if account is not None and self._world.access(ticket.project, account) >= Access.READ:
                self._world.assign(ticket, self._bot, account)
        for login in sorted(change.remove):
            account = self._world.account(login)
            if account is not None:
                self._world.unassign(ticket, self._bot, account)

    def _native(self, ticket: Ticket, change: NativeChange) -> None:
        match change:
            case Retype():
                self._world.set_kind(ticket, self._bot, "incident")
            case Rate(rank=rank):
                self._world.rate(ticket, self._bot, SEVERITIES[rank - 1] if rank else "UNKNOWN")
            case Advance(progress=progress):
                self._world.escalate(ticket, self._bot, progress.name)
            case Mirror(milestones=milestones):
                ours = [o for o in ticket.timeline if o.author is self._bot and o.action == "comment"]
                ticket.timeline = [one for one in ticket.timeline if one not in ours]
                for one in milestones:
                    self._world.add_event(ticket, self._bot, one.at, one.text)

    def _set(self, ref: IssueRef, ticket: Ticket, change: Relabel | Close | Reopen) -> None:
        if self._world.access(ticket.project, self._bot) < Access.TRIAGE:
            raise Denied(f"could not change labels or state of {ref}: the bot needs to triage there")
        match change:
            case Relabel(add=add, remove=remove):
                for name in sorted(add):
                    self._world.label(ticket, self._bot, name)
                for name in sorted(remove):
                    self._world.unlabel(ticket, self._bot, name)
            case Close(done=done):
                reason = "duplicate" if change.duplicate_of else "completed" if done else "not_planned"
                self._world.close(ticket, self._bot, reason)
            case Reopen():
                self._world.reopen(ticket, self._bot)

    def _open(self, ref: IssueRef, change: Open) -> Applied:
        change = replace(change, title=title_of(change.title, self.max_title))
        project = self._project(change.project or ref.project, f"open {change.document.key} for {ref}")
        if self._world.access(project, self._bot) < Access.TRIAGE:
            raise Denied(f"could not open {change.document.key} for {ref}: the bot needs to triage there")
        own = self._world.project(ref.project, self.name)
        itself = own.tickets.get(ref.number) if own else None
        others = [one for one in project.tickets.values() if one is not itself and not one.deleted]
        ours = [one for one in others if self._is_ours(one, change)]
        open_to = [one for one in others if change.reuse and one.confidential == change.confidential]
        other = [one for one in open_to if one.number not in change.besides]
        alike = [one for one in other if self._is_reusable(one, change)]
        found = next(iter(ours or alike), None)
        if found is None and not change.make:
            return DONE
        new = found is None
        if found is None:
            found = self._world.open_ticket(
                project,
                self._bot,
                change.title,
                change.document.text,
                labels=sorted(change.labels | change.more_labels),
                confidential=change.confidential,
            )
            owner = self._world.account(change.assignee)
            if owner is not None:
                self._world.assign(found, self._bot, owner)
        if change.linked and not change.public:
            self._relate(self._ticket(ref, "change"), found)
        return Applied(IssueRef(self.name, change.project or ref.project, found.number), new=new)

    def _link(self, ref: IssueRef, ticket: Ticket, change: Link) -> None:
        other = change.other(ref)
        with still_there(other):
            there = self._ticket(other, "link")
            self._relate(ticket, there)
            if not carries(self.read(other), change.document):
                self._write(other, there, Post(change.document))

    def _relate(self, ticket: Ticket, found: Ticket) -> None:
        for one, other in ((ticket, found), (found, ticket)):
            if all(link.other is not other for link in one.links):
                self._world.link(one, other, "relates_to")

    def _is_ours(self, ticket: Ticket, change: Open) -> bool:
        if change.ended:
            return ticket.updated_at >= change.since and self._is_for_it(ticket, change)
        counts = change.linked or ticket.open
        return counts and ticket.created_at >= change.since and self._is_for_it(ticket, change)

    def _is_for_it(self, ticket: Ticket, change: Open) -> bool:
        """Whether the bot opened it for the same thing."""
        return ticket.author is self._bot and key_of(ticket.body) == change.document.key

    def _is_reusable(self, ticket: Ticket, change: Open) -> bool:
        for_it = self._is_for_it(ticket, change)
        if not change.titled and not for_it:
            return False
        title = ticket.title if for_it else change.title
        return _is_alike(ticket, title, change.labels)

    def _project(self, path: str, act: str) -> Project:
        former = (one for one in self._world.projects.values() if path in one.former_paths)
        project = self._world.project(path, self.name) or next(former, None)
        if project is None or self._world.access(project, self._bot) < Access.READ:
            raise Gone(f"could not {act}: there is no such project")
        return project

    def _ticket(self, ref: IssueRef, verb: str) -> Ticket:
        ticket = self._project(ref.project, f"{verb} {ref}").tickets.get(ref.number)
        if ticket is None or ticket.deleted:
            raise Gone(f"could not {verb} {ref}: there is no such issue")
        return ticket

    def _comment(self, note: Note, url: str) -> Comment:
        body = _lines(note.body)
        return Comment(
            id=note.id,
            author=_person(note.author),
            created_at=note.created_at,
            updated_at=note.updated_at,
            body=body,
            url=TrackerUrl(f"{url}#{note.id}"),
            ours=note.author is self._bot and key_of(body) is not None,
            edited_by=_editor(note.edited_by, note.author),
            revisions=_revisions(note.versions),
            hidden=bool(note.hidden_as),
        )

    def _happenings(self, ticket: Ticket) -> Iterator[IssueEvent]:
        for deed in ticket.deeds:
            counts = deed.kind in _DEEDS and (deed.kind != EventType.TYPED or deed.value == "incident")
            if counts:
                label = deed.label.name if deed.label else ""
                rank = SEVERITIES.index(deed.value) + 1 if deed.value in SEVERITIES else 0
                reason = Closed(deed.value) if deed.kind == EventType.CLOSED else None
                yield IssueEvent(deed.at, _person(deed.actor), EventType(deed.kind), label, rank, reason)


def _person(account: Account) -> Person:
    if account.id == GHOST_ID:
        return NOBODY
    return Person(account.id, account.login, bot=account.bot)


def _reference(pull: PullRequest) -> Reference:
    url = f"local:{pull.project.path}/pull/{pull.number}"
    return Reference(TrackerUrl(url), pull.title, _person(pull.author), pull.merged_at, pull.open)


def _editor(editor: Account | None, author: Account) -> Person | None:
    return None if editor is None or editor is author else _person(editor)


def _revisions(versions: Sequence[Version]) -> tuple[Revision, ...]:
    """Return every version; none where the text was never changed."""
    return tuple(Revision(_lines(one.body), _person(one.by)) for one in versions) if versions[1:] else ()


def _is_alike(ticket: Ticket, title: str, labels: Set[str]) -> bool:
    """Whether it is an open issue of that title with these labels."""
    same = ticket.title.strip().casefold() == title.strip().casefold()
    return ticket.open and same and labels <= _labels(ticket)


def _labels(ticket: Ticket) -> frozenset[str]:
    return frozenset(label.name for label in ticket.labels)


def _newest(ticket: Ticket) -> datetime:
    return max(ticket.updated_at, *(note.updated_at for note in ticket.comments), ticket.created_at)


def _note(ticket: Ticket, id_: int) -> Note | None:
    return next((note for note in ticket.comments if note.id == id_), None)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
