"""
A small world of projects, people, issues, comments and labels: what the sandbox's faces speak about.

The GitHub face, the GitLab face and the pages all act on the same :class:`World`, through the same verbs.
Every verb takes the person who acts, stamps the world's clock, and tells the listeners (which send webhooks).
Nothing is stored on disk; nothing here knows HTTP or JSON.
"""

import itertools
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tracker_bridge.domain.issue.issue import Access

GHOST_LOGIN, GHOST_ID = "ghost", 10137
"""The account that both forges show for those that were deleted; the number is github.com's."""

SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW")
"""GitLab's severities, worst first: S1 to S4. ``UNKNOWN`` is none."""


@dataclass(slots=True)
class Grants:
    """
    What an account's token was given.

    ``scopes`` are those of a classic token, of whichever forge; ``None``: it is a fine-grained one.
    ``permissions`` are GitHub's, of a fine-grained token or an App; ``events`` those that an App asked for. An App
    may not be ``installed``, or be ``suspended``. An ``owner`` owns all organisations and groups.
    """

    scopes: tuple[str, ...] | None = ("repo", "read:org", "api")
    permissions: dict[str, str] = field(
        default_factory=lambda: {
            "issues": "write",
            "metadata": "read",
            "contents": "read",
            "pull_requests": "read",
            "members": "read",
        }
    )
    events: tuple[str, ...] = ("issues", "issue_comment")
    expires: datetime | None = None
    suspended: bool = False
    installed: bool = True
    owner: bool = False
    requested_by: str = ""


@dataclass(slots=True, eq=False)
class Account:
    """
    A person, or the bot. ``token`` is what the account signs its API requests with, ``grants`` what that may do.

    ``hook`` is the one that an App has for itself.
    """

    id: int
    login: str
    name: str
    token: str
    bot: bool = False
    grants: Grants = field(default_factory=Grants)
    hook: "Hook | None" = None


@dataclass(slots=True, eq=False)
class Label:
    """A label of a project. ``color`` is six hex digits without ``#``."""

    id: int
    name: str
    color: str = "ededed"
    description: str = ""


@dataclass(slots=True, eq=False)
class Reaction:
    """One account's emoji on an issue or a comment, in GitHub's name (``+1``, ``confused``)."""

    id: int
    account: Account
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a text, who wrote it, and when."""

    body: str
    by: Account
    at: datetime


@dataclass(slots=True, eq=False)
class Note:
    """
    A comment. ``system`` notes are GitLab's own remarks; ``internal`` ones hide from guests.

    ``past`` are the versions before this one, the oldest first. ``hidden_as``: why somebody hid it (GitHub).
    """

    id: int
    author: Account
    body: str
    created_at: datetime
    updated_at: datetime
    edited_by: Account | None = None
    edited_at: datetime | None = None
    system: bool = False
    internal: bool = False
    hidden_as: str = ""
    past: list[Version] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)

    @property
    def versions(self) -> list[Version]:
        """Every version of the text, the oldest first."""
        return [*self.past, _version(self.body, self.edited_by, self.edited_at, self)]


@dataclass(slots=True, eq=False)
class Deed:
    """
    Something done to an issue: ``labeled``, ``unlabeled``, ``closed``, ``reopened``, ``assigned``, ...

    ``value``: the new kind of one that was ``typed``, the new severity of one that was ``rated``, why it was
    ``closed``. ``brought``: it was done where the issue was before.
    """

    id: int
    actor: Account
    kind: str
    at: datetime
    label: Label | None = None
    account: Account | None = None
    value: str = ""
    brought: bool = False


@dataclass(slots=True, eq=False)
class TimelineEvent:
    """
    An event of an incident's own timeline, as GitLab has it.

    ``action`` is ``comment`` for what accounts put there; GitLab's own records have others.
    """

    id: int
    author: Account
    at: datetime
    text: str
    tags: list[str] = field(default_factory=list)
    action: str = "comment"
    changed_by: Account | None = None


@dataclass(slots=True, eq=False)
class Link:
    """A relation to another issue: ``relates_to``, or ``sub_issue`` (the other one is below this one)."""

    id: int
    other: "Ticket"
    kind: str


@dataclass(slots=True, eq=False)
class Said:
    """A message in the chat beside the forges."""

    id: str
    room: str
    at: datetime
    text: str
    edited_at: datetime | None = None


@dataclass(slots=True, eq=False)
class Ticket:
    """
    An issue. ``id`` is global, ``number`` counts within the project; ``kind``: ``issue``, ``incident``.

    ``body_past`` are the versions of the opening post before this one, the oldest first. ``fields`` are what
    stands in the organisation's fields (GitHub), by name: text, a number, a date, or a choice's name in a tuple.
    """

    id: int
    number: int
    project: "Project"
    author: Account
    title: str
    body: str
    created_at: datetime
    updated_at: datetime
    open: bool = True
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: Account | None = None
    confidential: bool = False
    locked: bool = False
    kind: str = "issue"
    body_edited_by: Account | None = None
    body_edited_at: datetime | None = None
    body_past: list[Version] = field(default_factory=list)
    severity: str = "UNKNOWN"
    escalation: str = "TRIGGERED"
    timeline: list[TimelineEvent] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    pinned: Note | None = None
    pinned_by: Account | None = None
    pinned_at: datetime | None = None
    fields: dict[str, str | float | tuple[str]] = field(default_factory=dict)
    deleted: bool = False

    @property
    def versions(self) -> list[Version]:
        """Every version of the text, the oldest first."""
        return [*self.body_past, _version(self.body, self.body_edited_by, self.body_edited_at, self)]

    @property
    def comments(self) -> list[Note]:
        """What people and the bot wrote, oldest first: the notes without the tracker's own remarks."""
        return [note for note in self.notes if not note.system]


@dataclass(slots=True, eq=False)
class PullRequest:
    """A pull request, or merge request, as far as issues show it: it refers to ``tickets``."""

    id: int
    number: int
    project: "Project"
    author: Account
    title: str
    tickets: list[Ticket]
    created_at: datetime
    open: bool = True
    merged_at: datetime | None = None


@dataclass(slots=True, eq=False)
class Hook:
    """A webhook of a project. ``settings`` are the forge's own flags, kept as the client sent them."""

    id: int
    url: str
    secret: str = ""
    signing_token: str = ""
    settings: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Project:
    """
    A repository. ``forge`` is ``github`` or ``gitlab``: only that face serves it.

    ``files`` are those of the default branch, by path; see :func:`raw_file` for bytes that are no text. ``types``
    are the types that its organisation has for issues (GitHub), ``own_types`` those that it made beside GitLab's.
    ``jobs`` are the states of workflows, by their path (GitHub), and of schedules, by what they are described as.
    """

    id: int
    path: str
    forge: str
    private: bool = False
    former_paths: list[str] = field(default_factory=list)
    members: dict[int, Access] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    tickets: dict[int, Ticket] = field(default_factory=dict)
    pulls: dict[int, PullRequest] = field(default_factory=dict)
    hooks: dict[int, Hook] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    types: tuple[str, ...] = ("Task", "Bug", "Feature", "Incident")
    own_types: tuple[str, ...] = ()
    archived: bool = False
    jobs: dict[str, str] = field(default_factory=dict)


def raw_file(text: str) -> bytes:
    """Return a file as it is stored; ``"\\udcff"`` stands for the byte FF, as in ``os.fsdecode``."""
    return text.encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Event:
    """
    What listeners hear. ``kind``: ``issue`` or ``comment``; ``action`` in GitHub's words.

    For issues: opened edited deleted labeled unlabeled closed reopened assigned unassigned typed rated.
    ``was`` has title and text of an issue as they were before an edit.

    For comments: created edited deleted. For reactions (``reaction``, on GitLab only): created deleted.
    """

    kind: str
    action: str
    actor: Account
    ticket: Ticket
    note: Note | None = None
    label: Label | None = None
    before: str = ""
    reaction: Reaction | None = None
    was: Mapping[str, str] = field(default_factory=dict)


class World:
    """Everything there is. Hold ``lock`` to read several things that belong together."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.accounts: dict[int, Account] = {}
        self.issue_fields: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.projects: dict[int, Project] = {}
        self.teams: dict[str, int] = {}
        self.in_teams: dict[str, list[Account]] = {}
        self.wide_hooks: dict[tuple[str, str], dict[int, Hook]] = {}
        self.drafts: dict[str, tuple[str, dict[str, object]]] = {}
        self.owners: dict[int, str] = {}
        self.chat: list[Said] = []
        self.listeners: list[Callable[[Event], None]] = []
        self._ids = itertools.count(1001)

    # People and projects

    def draft_app(self, owner: str, manifest: Mapping[str, object]) -> str:
        """Somebody confirmed the manifest of an App (GitHub); return the code for its credentials."""
        with self.lock:
            code = f"code{self.next_id()}"
            self.drafts[code] = (owner, dict(manifest))
            return code

    def make_app(self, code: str) -> tuple[str, "Account", dict[str, object]] | None:
        """Make the App of a code, which is good once; return its owner, its account, and the manifest."""
        with self.lock:
            drafted = self.drafts.pop(code, None)
            if drafted is None:
                return None
            owner, manifest = drafted
            slug = str(manifest["name"]).lower().replace(" ", "-")
            account = self.add_account(f"{slug}[bot]", str(manifest["name"]), bot=True)
            account.grants = replace(account.grants, installed=False)
            self.owners[account.id] = owner
            return owner, account, manifest

    def add_account(self, login: str, name: str = "", *, bot: bool = False, token: str = "") -> Account:
        with self.lock:
            account = Account(self.next_id(), login, name or login.title(), token or f"sandbox-{login}", bot)
            self.accounts[account.id] = account
            return account

    def add_project(self, path: str, forge: str, *, private: bool = False) -> Project:
        with self.lock:
            project = Project(self.next_id(), path, forge, private)
            self.projects[project.id] = project
            return project

    def add_wide_hook(self, forge: str, path: str, hook: Hook) -> None:
        """Add a webhook of an organisation or a group: it serves all projects below."""
        with self.lock:
            self.wide_hooks.setdefault((forge, path.casefold()), {})[hook.id] = hook

    def wide_hooks_of(self, project: Project) -> list[Hook]:
        with self.lock:
            parts = project.path.casefold().split("/")
            above = ["/".join(parts[:count]) for count in range(1, len(parts))]
            return [one for path in above for one in self.wide_hooks.get((project.forge, path), {}).values()]

    def rename_project(self, project: Project, path: str) -> None:
        """Give it another name, or another owner. Its number stays, and forges lead on from the name before."""
        with self.lock:
            project.former_paths.append(project.path)
            project.path = path

    def rename_account(self, account: Account, login: str) -> None:
        """Give it another name; the old one is free to be taken by somebody else."""
        with self.lock:
            account.login = login

    def delete_account(self, account: Account) -> None:
        """Take the account away; what it wrote and did is the ghost's from now on."""
        with self.lock:
            ghost = self.accounts.get(GHOST_ID) or Account(GHOST_ID, GHOST_LOGIN, "Ghost User", "")
            self.accounts[GHOST_ID] = ghost
            del self.accounts[account.id]
            for project in self.projects.values():
                project.members.pop(account.id, None)
                for ticket in project.tickets.values():
                    _hand_over(ticket, account, ghost)
                for pull in project.pulls.values():
                    pull.author = ghost if pull.author is account else pull.author

    def add_team(self, path: str) -> None:
        """Add a team of an organisation, or a group: ``acme/on-call``."""
        with self.lock:
            self.teams[path] = self.next_id()

    def add_to_team(self, path: str, account: Account) -> None:
        """Let somebody be in a team, or in a group itself."""
        with self.lock:
            self.in_teams.setdefault(path.casefold(), []).append(account)

    def members_of(self, path: str) -> list[Account]:
        return list(self.in_teams.get(path.casefold(), ()))

    def team(self, path: str) -> str | None:
        """Return the path as it is spelled; ``None`` when there is no such team."""
        return next((one for one in self.teams if one.lower() == path.lower()), None)

    def add_member(self, project: Project, account: Account, access: Access) -> None:
        with self.lock:
            project.members[account.id] = access

    def account(self, login: str) -> Account | None:
        return next((one for one in self.accounts.values() if one.login.lower() == login.lower()), None)

    def account_of(self, token: str) -> Account | None:
        return next((one for one in self.accounts.values() if one.token and one.token == token), None)

    def project(self, path: str, forge: str) -> Project | None:
        """Find by current path only; a former path is the face's business (GitHub answers 301)."""
        return next(
            (p for p in self.projects.values() if p.forge == forge and p.path.lower() == path.lower()), None
        )

    def access(self, project: Project, account: Account) -> Access:
        """What the account may do; everybody may read what is not private."""
        return project.members.get(account.id, Access.NONE if project.private else Access.READ)

    def next_id(self) -> int:
        with self.lock:
            return next(self._ids)

    # Issues

    def open_ticket(
        self,
        project: Project,
        author: Account,
        title: str,
        body: str = "",
        *,
        labels: Iterable[str] = (),
        confidential: bool = False,
        kind: str = "issue",
    ) -> Ticket:
        with self.lock:
            now = self.clock()
            number = _next_number(project, project.tickets)
            ticket = Ticket(
                self.next_id(),
                number,
                project,
                author,
                title,
                body,
                now,
                now,
                confidential=confidential,
                kind=kind,
            )
            project.tickets[number] = ticket
            self._record(ticket, author, "issues", "created the incident")
            self._tell(Event("issue", "opened", author, ticket))
            for name in labels:
                self.label(ticket, author, name)
            return ticket

    def edit_ticket(
        self, ticket: Ticket, actor: Account, *, title: str | None = None, body: str | None = None
    ) -> None:
        with self.lock:
            was = {"title": ticket.title} if title not in (None, ticket.title) else {}
            was |= {"body": ticket.body} if body not in (None, ticket.body) else {}
            if title is not None:
                ticket.title = title
            if body is not None and body != ticket.body:
                ticket.body_past = ticket.versions
                ticket.body, ticket.body_edited_by, ticket.body_edited_at = body, actor, self.clock()
            ticket.updated_at = self.clock()
            if "title" in was:
                self._remark(ticket, actor, f"changed title from **{{-{was['title']}-}}** to **{{+{title}+}}**")
            if "body" in was:
                self._remark(ticket, actor, "changed the description")
            self._tell(Event("issue", "edited", actor, ticket, was=was))

    def delete_ticket(self, ticket: Ticket, actor: Account) -> None:
        with self.lock:
            ticket.deleted = True
            self._tell(Event("issue", "deleted", actor, ticket))

    def close(self, ticket: Ticket, actor: Account, reason: str = "completed") -> None:
        with self.lock:
            if ticket.open:
                ticket.open, ticket.state_reason = False, reason
                ticket.closed_at, ticket.closed_by = self.clock(), actor
                if ticket.kind == "incident":
                    ticket.escalation = "RESOLVED"  # whatever it was: ``Issues::CloseService#resolve_incident``
                self._record(ticket, actor, "status", "resolved the incident")
                self._deed(ticket, actor, "closed", value=reason)

    def reopen(self, ticket: Ticket, actor: Account) -> None:
        with self.lock:
            if not ticket.open:
                ticket.open, ticket.state_reason = True, "reopened"
                ticket.closed_at = ticket.closed_by = None
                self._record(ticket, actor, "issues", "reopened the incident")
                self._deed(ticket, actor, "reopened")

    def label(self, ticket: Ticket, actor: Account, name: str) -> None:
        """Put a label, which is made when the project lacks it."""
        with self.lock:
            label = self.ensure_label(ticket.project, name)
            if label not in ticket.labels:
                ticket.labels.append(label)
                self._deed(ticket, actor, "labeled", label=label)

    def unlabel(self, ticket: Ticket, actor: Account, name: str) -> None:
        with self.lock:
            label = ticket.project.labels.get(name)
            if label is not None and label in ticket.labels:
                ticket.labels.remove(label)
                self._deed(ticket, actor, "unlabeled", label=label)

    def ensure_label(self, project: Project, name: str, color: str = "ededed", description: str = "") -> Label:
        with self.lock:
            if name not in project.labels:
                project.labels[name] = Label(self.next_id(), name, color, description)
            return project.labels[name]

    def set_kind(self, ticket: Ticket, actor: Account, kind: str) -> None:
        """Make it another kind of issue; GitLab remarks on it."""
        with self.lock:
            if ticket.kind != kind:
                before, ticket.kind = ticket.kind, kind
                self._deed(ticket, actor, "typed", value=kind)
                self._remark(ticket, actor, f"changed type from {before} to {kind}")

    def define_field(self, name: str, kind: str = "text", choices: tuple[str, ...] = ()) -> None:
        """Let organisations have a field for issues: ``text``, ``number``, ``date`` or ``single_select``."""
        with self.lock:
            self.issue_fields[name] = kind, choices

    def fill(self, ticket: Ticket, name: str, value: str | float | tuple[str]) -> None:
        """Fill in one of the organisation's fields: see :class:`Ticket`."""
        with self.lock:
            ticket.fields[name] = value
            self._touch(ticket, self.clock())

    def clear(self, ticket: Ticket, name: str) -> None:
        """Take away what stands in one of the organisation's fields."""
        with self.lock:
            del ticket.fields[name]
            self._touch(ticket, self.clock())

    def rate(self, ticket: Ticket, actor: Account, severity: str) -> None:
        """Set the native severity, one of :data:`SEVERITIES` or ``UNKNOWN``; GitLab remarks on it."""
        with self.lock:
            if ticket.severity != severity:
                ticket.severity = severity
                self._deed(ticket, actor, "rated", value=severity)
                step = f" - S{SEVERITIES.index(severity) + 1}" if severity in SEVERITIES else ""
                self._remark(ticket, actor, f"changed the severity to **{severity.capitalize()}{step}**")
                said = f"changed the incident severity to **{severity.capitalize()}**"
                self._record(ticket, actor, "severity", said)

    def escalate(self, ticket: Ticket, actor: Account, status: str) -> None:
        """Set the escalation status: ``TRIGGERED``, ``ACKNOWLEDGED``, ``RESOLVED``, ``IGNORED``."""
        with self.lock:
            if ticket.escalation != status:
                ticket.escalation = status
                said = f"changed the incident status to **{status.capitalize()}**"
                self._remark(ticket, actor, said)
                self._record(ticket, actor, "status", said)

    def add_event(
        self, ticket: Ticket, author: Account, at: datetime, text: str, tags: Iterable[str] = ()
    ) -> TimelineEvent:
        """Put an event on the incident's own timeline."""
        with self.lock:
            event = TimelineEvent(self.next_id(), author, at, text, list(tags))
            ticket.timeline.append(event)
            return event

    def _record(self, ticket: Ticket, actor: Account, action: str, said: str) -> None:
        """GitLab itself writes there, in the name of whoever acted (``TimelineEvents::CreateService``)."""
        if ticket.kind == "incident" and ticket.project.forge != "github":
            event = self.add_event(ticket, actor, self.clock(), f"@{actor.login} {said}")
            event.action = action

    def assign(self, ticket: Ticket, actor: Account, account: Account) -> None:
        with self.lock:
            if account not in ticket.assignees:
                ticket.assignees.append(account)
                self._deed(ticket, actor, "assigned", account=account)
                self._remark(ticket, actor, f"assigned to @{account.login}")

    def unassign(self, ticket: Ticket, actor: Account, account: Account) -> None:
        with self.lock:
            if account in ticket.assignees:
                ticket.assignees.remove(account)
                self._deed(ticket, actor, "unassigned", account=account)
                self._remark(ticket, actor, f"unassigned @{account.login}")

    # Comments

    def comment(
        self, ticket: Ticket, author: Account, body: str, *, internal: bool = False, system: bool = False
    ) -> Note:
        with self.lock:
            now = self.clock()
            note = Note(self.next_id(), author, body, now, now, internal=internal, system=system)
            ticket.notes.append(note)
            self._touch(ticket, now)
            if not system:
                self._tell(Event("comment", "created", author, ticket, note))
            return note

    def edit_comment(self, ticket: Ticket, note: Note, actor: Account, body: str) -> None:
        with self.lock:
            before, now = note.body, self.clock()
            note.past = note.versions
            note.body, note.updated_at, note.edited_at, note.edited_by = body, now, now, actor
            self._touch(ticket, now)
            self._tell(Event("comment", "edited", actor, ticket, note, before=before))

    def hide(self, note: Note, reason: str = "outdated") -> None:
        """Take a comment out of sight; an empty reason shows it again. Nobody is told, and no time moves."""
        with self.lock:
            note.hidden_as = reason

    def delete_comment(self, ticket: Ticket, note: Note, actor: Account) -> None:
        with self.lock:
            ticket.notes.remove(note)
            if ticket.pinned is note:
                ticket.pinned = None
            self._tell(Event("comment", "deleted", actor, ticket, note))

    def react(self, target: Ticket | Note, actor: Account, name: str) -> tuple[Reaction, bool]:
        """Return the reaction, and whether it is new."""
        with self.lock:
            for reaction in target.reactions:
                if reaction.account is actor and reaction.name == name:
                    return reaction, False
            reaction = Reaction(self.next_id(), actor, name, self.clock())
            target.reactions.append(reaction)
            self._tell_of_reaction("created", target, reaction)
            return reaction, True

    def unreact(self, target: Ticket | Note, reaction: Reaction) -> None:
        with self.lock:
            target.reactions.remove(reaction)
            self._tell_of_reaction("deleted", target, reaction)

    def pin(self, ticket: Ticket, note: Note | None, actor: Account) -> None:
        """Put one comment on top of the issue, in place of the one before; ``None`` takes it down."""
        with self.lock:
            if ticket.pinned is not note:
                ticket.pinned, ticket.pinned_by, ticket.pinned_at = note, actor, self.clock()

    def link(self, ticket: Ticket, other: Ticket, kind: str) -> Link:
        with self.lock:
            link = Link(self.next_id(), other, kind)
            ticket.links.append(link)
            return link

    # Pull requests

    def open_pull(self, project: Project, author: Account, title: str, *tickets: Ticket) -> PullRequest:
        """Open a pull request whose text refers to ``tickets``."""
        with self.lock:
            number = _next_number(project, project.pulls)
            pull = PullRequest(self.next_id(), number, project, author, title, list(tickets), self.clock())
            project.pulls[number] = pull
            return pull

    def end_pull(self, pull: PullRequest, *, merged: bool = True) -> None:
        """Merge it, or close it."""
        with self.lock:
            pull.open, pull.merged_at = False, self.clock() if merged else None

    def pulls_of(self, ticket: Ticket) -> list[PullRequest]:
        """What refers to an issue, from any project, the earliest first."""
        with self.lock:
            everything = [pull for project in self.projects.values() for pull in project.pulls.values()]
            return sorted((one for one in everything if ticket in one.tickets), key=lambda one: one.id)

    def _deed(
        self,
        ticket: Ticket,
        actor: Account,
        kind: str,
        *,
        label: Label | None = None,
        account: Account | None = None,
        value: str = "",
    ) -> None:
        now = self.clock()
        ticket.deeds.append(Deed(self.next_id(), actor, kind, now, label, account, value))
        ticket.updated_at = now
        self._tell(Event("issue", kind, actor, ticket, label=label))

    def _remark(self, ticket: Ticket, actor: Account, text: str) -> None:
        """GitLab writes a note of its own about what has no event."""
        if ticket.project.forge == "gitlab":
            self.comment(ticket, actor, text, system=True)

    def _touch(self, ticket: Ticket, now: datetime) -> None:
        """A comment moves its issue's time; on GitLab only when that was not moved for a minute."""
        if ticket.project.forge != "gitlab" or now - ticket.updated_at > timedelta(minutes=1):
            ticket.updated_at = now

    def _tell_of_reaction(self, action: str, target: Ticket | Note, reaction: Reaction) -> None:
        """Only GitLab has an event for it; there it also moves a comment's time, but not its issue's."""
        for project in self.projects.values():
            for ticket in project.tickets.values() if project.forge == "gitlab" else ():
                note = target if isinstance(target, Note) and target in ticket.notes else None
                if note is not None:
                    note.updated_at = self.clock()
                if note is not None or target is ticket:
                    event = Event("reaction", action, reaction.account, ticket, note, reaction=reaction)
                    self._tell(event)

    def _tell(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)


def _hand_over(ticket: Ticket, account: Account, ghost: Account) -> None:
    written: tuple[Ticket | Note, ...] = (ticket, *ticket.notes)
    for one in written:
        one.author = ghost if one.author is account else one.author
        one.reactions[:] = [reaction for reaction in one.reactions if reaction.account is not account]
    ticket.body_past[:] = [_given(version, account, ghost) for version in ticket.body_past]
    for note in ticket.notes:
        note.past[:] = [_given(version, account, ghost) for version in note.past]
        note.edited_by = ghost if note.edited_by is account else note.edited_by
    for deed in ticket.deeds:
        deed.actor = ghost if deed.actor is account else deed.actor
        deed.account = ghost if deed.account is account else deed.account
    ticket.body_edited_by = ghost if ticket.body_edited_by is account else ticket.body_edited_by
    ticket.closed_by = ghost if ticket.closed_by is account else ticket.closed_by
    ticket.assignees[:] = [one for one in ticket.assignees if one is not account]


def _given(version: Version, account: Account, ghost: Account) -> Version:
    return replace(version, by=ghost) if version.by is account else version


def _version(body: str, editor: Account | None, at: datetime | None, one: Ticket | Note) -> Version:
    """Return the version of now; without an editor it is the author's."""
    return Version(body, editor or one.author, at or one.created_at)


def _next_number(project: Project, own: Iterable[int]) -> int:
    """GitLab counts issues and merge requests separately; elsewhere they share their numbers."""
    taken = own if project.forge == "gitlab" else (*project.tickets, *project.pulls)
    return max(taken, default=0) + 1
