"""
The few fields of GitLab's JSON that are read, and what becomes of them.

Requests fail here, and nowhere deeper, when GitLab answers something else: see :class:`Client`.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, Field

from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.issue import (
    NOBODY,
    Access,
    Comment,
    EventType,
    IssueEvent,
    Person,
    Reference,
    TrackerUrl,
)
from tracker_bridge.trackers import Glimpse

MAX_TITLE = 255
"""https://docs.gitlab.com/user/project/issues/: characters; a longer one is answered with 400."""

_TOKEN_BOT = re.compile(r"(?:project|group)_[0-9]+_bot(?:_[0-9a-z]+)?", re.ASCII)

_LEVELS = (
    (50, Access.ADMIN),
    (40, Access.MAINTAIN),
    (30, Access.WRITE),
    (15, Access.TRIAGE),  # planner, reporter (20), security manager (25)
    (10, Access.READ),
)
"""GitLab's ``access_level``, greatest first; new levels appear between the old ones."""


INCIDENT = "incident"
SEVERITIES = ("critical", "high", "medium", "low")
"""Worst first, as GitLab's S1 to S4 are."""

_RATED = re.compile(r"changed the severity to \*\*(?:\w+ - S(?P<rank>[1-4])|Unknown)\*\*", re.ASCII)
_TYPED = re.compile(r"changed (?:issue )?type (?:from [^\n]+ )?to incident", re.IGNORECASE)
"""Types may have any name: the owners of a group can rename them, and add their own."""


_BY_TYPE = re.compile(r"/-/(?:issues/incident|work_items)/")


PLAIN = frozenset({"issue", "task"})
"""Types that are not that of incidents: this one may have any other name."""


def may_be_incident(type_: str) -> bool:
    return type_.casefold() not in PLAIN


class User(BaseModel):
    """
    ``bot`` is told of the token's own account, and where a user is asked for by number; ``name`` is what people
    read.
    """

    id: int
    username: str
    name: str = ""
    bot: bool | None = None

    @property
    def is_ghost(self) -> bool:
        """Whether it stands for deleted accounts: https://docs.gitlab.com/user/profile/account/delete_account/"""
        return self.name == "Ghost User" and self.username.startswith(NOBODY.login)


class ListedUser(User):
    state: str = "active"


class NamedProject(BaseModel):
    id: int
    path_with_namespace: str


class Group(BaseModel):
    full_path: str


class References(BaseModel):
    full: str


class NumberedIssue(BaseModel):
    """``id`` is global."""

    id: int

    @property
    def node(self) -> str:
        """What GraphQL calls it."""
        return f"gid://gitlab/Issue/{self.id}"


class ShownIssue(NumberedIssue):
    """``iid`` counts within the project; ``user_notes_count`` is without system notes."""

    iid: int
    title: str
    description: str | None
    state: str
    labels: frozenset[str]
    author: User | None
    assignees: list[User] = []
    created_at: AwareDatetime
    updated_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    user_notes_count: int
    confidential: bool
    moved_to_id: int | None = None
    project_id: int | None = None
    web_url: str
    references: References
    issue_type: str = "issue"
    severity: str | None = None

    @property
    def address(self) -> TrackerUrl:
        """The web address that stays when the type changes; GitLab leads on from it to the one of now."""
        return TrackerUrl(_BY_TYPE.sub("/-/issues/", self.web_url))

    @property
    def is_incident(self) -> bool:
        return self.issue_type.casefold() == INCIDENT

    @property
    def rank(self) -> int:
        """
        The severity as a number, 0 for none: https://docs.gitlab.com/api/graphql/reference/#issuableseverity.
        """
        word = (self.severity or "").casefold()
        return SEVERITIES.index(word) + 1 if word in SEVERITIES else 0

    @property
    def open(self) -> bool:
        return self.state == "opened"


class MergeRequest(BaseModel):
    """``state``: ``opened``, ``closed``, ``locked`` (about to be merged) or ``merged``."""

    title: str
    state: str
    merged_at: AwareDatetime | None
    author: User | None
    web_url: str
    references: References


MOST_TOLD: Final = 100
"""Comments of an issue that GraphQL lists at once, system notes included."""


class Listed(BaseModel):
    """An issue of a list. What it tells beside its number is of use only where all of it is there."""

    iid: int = Field(gt=0)
    title: Any = None
    description: Any = False
    labels: Any = None
    issue_type: Any = None
    user_notes_count: Any = None

    @property
    def comments(self) -> int:
        """How many there are; 0 as well where that is not told."""
        return self.user_notes_count if isinstance(self.user_notes_count, int) else 0

    @property
    def has_few_comments(self) -> bool:
        """Whether they are worth asking for: all are told at once, or none."""
        return 0 < self.comments <= MOST_TOLD

    def told(self, comments: Iterable[str] | None) -> Glimpse | None:
        """Return what is told of it; nothing is, if its ``comments`` are not known."""
        labels = self.labels
        if comments is None or not isinstance(labels, list) or not isinstance(self.issue_type, str):
            return None
        if not isinstance(self.user_notes_count, int):
            return None
        texts = (self.title, self.description, *comments)
        if not all(isinstance(one, str | None) for one in (*labels, *texts)):
            return None
        return Glimpse(
            frozenset(labels), tuple(lines(text) for text in texts if text), may_be_incident(self.issue_type)
        )


class ShownNote(BaseModel):
    """``confidential`` is what servers before 15.0 call ``internal``."""

    id: int
    body: str
    author: User | None
    system: bool
    internal: bool = False
    confidential: bool = False
    created_at: AwareDatetime
    updated_at: AwareDatetime


class Label(BaseModel):
    name: str


class ListedLabel(Label):
    color: str
    description: str | None
    is_project_label: bool = True


class LabelEvent(BaseModel):
    """``label`` is ``None`` when it was deleted since."""

    id: int
    user: User | None
    created_at: AwareDatetime
    action: str
    label: Label | None


class StateEvent(BaseModel):
    """``state``: ``closed`` or ``reopened``."""

    id: int
    user: User | None
    created_at: AwareDatetime
    state: str


class Member(BaseModel):
    """``state`` is the account's, ``membership_state`` (GitLab 15) the membership's."""

    state: str
    membership_state: str = "active"
    access_level: int
    expires_at: date | None = None


class ListedMember(Member):
    id: int


class GroupMember(ListedMember):
    username: str


class Award(BaseModel):
    id: int
    name: str
    user: User


class SeenProject(BaseModel):
    visibility: str = ""


class Identified(BaseModel):
    id: int


class Kept(BaseModel):
    """What became of a text that was sent. No ``id``: nothing was kept (status 202)."""

    id: int | None = None
    body: str = ""


class Linked(BaseModel):
    link_type: str


class Labelled(BaseModel):
    labels: frozenset[str]


class Editor(BaseModel):
    """``id`` is written ``gid://gitlab/User/7``."""

    id: str = Field(pattern=r"/[0-9]+$")
    username: str


class Edited(BaseModel):
    """A note, a work item or one of its widgets, as GraphQL shows it."""

    body: str | None = None
    description: str | None = None
    lastEditedBy: Editor | None = None  # noqa: N815 -- GraphQL's name
    widgets: list["Edited"] = []

    @property
    def text(self) -> str | None:
        """The version that this is about."""
        parts = (self, *self.widgets)
        return next((text for one in parts for text in (one.body, one.description) if text is not None), None)


class Outcome(BaseModel):
    """What one part of a mutation says of itself."""

    errors: list[str] = []


class Done(BaseModel):
    """What became of a mutation, part by part."""

    data: dict[str, Outcome | None] | None = None
    errors: list[object] = []


class KeptNote(BaseModel):
    body: str


class Altered(Outcome):
    note: KeptNote | None = None


class ToldMutation(BaseModel):
    data: dict[str, Altered | None] | None = None
    errors: list[object] = []


class AwardedEmoji(BaseModel):
    name: str
    user: Editor | None = None


class AwardedEmojis(BaseModel):
    nodes: list[AwardedEmoji]


class Awarded(BaseModel):
    awardEmoji: AwardedEmojis  # noqa: N815 -- GraphQL's name


class ToldAwards(BaseModel):
    data: dict[str, Awarded | None] | None = None
    errors: list[object] = []


class TimelineEvent(BaseModel):
    """
    ``note`` is Markdown. ``updatedByUser`` is missing until somebody changes it.

    ``action`` is ``comment``; GitLab's own records have others: ``issues``, ``status``, ``severity``, ``label``.
    """

    id: str
    note: str
    action: str
    occurredAt: AwareDatetime  # noqa: N815 -- GraphQL's name
    author: Editor | None
    updatedByUser: Editor | None = None  # noqa: N815 -- GraphQL's name


class PageInfo(BaseModel):
    hasNextPage: bool  # noqa: N815 -- GraphQL's name
    endCursor: str | None  # noqa: N815 -- GraphQL's name


class SaidNote(BaseModel):
    body: str
    system: bool


class SaidNotes(BaseModel):
    nodes: list[SaidNote]
    pageInfo: PageInfo  # noqa: N815 -- GraphQL's name


class Discussed(BaseModel):
    """An issue with what is said in it."""

    iid: str = Field(pattern=r"^[0-9]{1,18}$")
    notes: SaidNotes


class DiscussedIssues(BaseModel):
    nodes: list[Discussed]


class DiscussedProject(BaseModel):
    issues: DiscussedIssues


class ShownComments(BaseModel):
    project: DiscussedProject | None


class ToldComments(BaseModel):
    data: ShownComments | None = None
    errors: list[object] = []


class TimelineEvents(BaseModel):
    nodes: list[TimelineEvent]
    pageInfo: PageInfo  # noqa: N815 -- GraphQL's name


class Timeline(BaseModel):
    """Of a project's incident."""

    incidentManagementTimelineEvents: TimelineEvents | None  # noqa: N815 -- GraphQL's name


class ShownTimeline(BaseModel):
    project: Timeline | None


class ToldTimeline(BaseModel):
    data: ShownTimeline | None = None
    errors: list[object] = []


class Told(BaseModel):
    """GraphQL answers 200 even for errors; without ``data`` it did not accept the question."""

    data: dict[str, Edited | None] | None = None
    errors: list[object] = []

    @property
    def lacks_fields(self) -> bool:
        """Whether the server does not know what was asked about, and never will before an upgrade."""
        return any("doesn't exist on type" in str(error) for error in self.errors)


def lines(text: str | None) -> str:
    """Return the text with ``\\n`` line ends only; a missing description is an empty one."""
    if not text or "\r" not in text:
        return text or ""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def person(user: User | None) -> Person:
    """
    ``None`` is a deleted account.

    Authors and actors do not say whether they are bots. Those of project and group access tokens are known by
    their names, which GitLab gives: https://docs.gitlab.com/user/project/settings/project_access_tokens/
    """
    if user is None or user.is_ghost:
        return NOBODY
    bot = _TOKEN_BOT.fullmatch(user.username) is not None if user.bot is None else user.bot
    return Person(user.id, user.username, bot)


def editor(found: Edited | None) -> Person | None:
    """``None`` when the text was never changed, and for a note that was deleted meanwhile."""
    if found is None:
        return None
    told = next((part.lastEditedBy for part in (found, *found.widgets) if part.lastEditedBy), None)
    return None if told is None else person(User(id=editor_id(told), username=told.username))


def editor_id(found: Editor | None) -> int:
    """Return the account's id; 0 for a deleted one."""
    return int(found.id.rpartition("/")[2]) if found else 0


def access(member: Member, today: date) -> Access:
    """Blocked members, those awaiting approval and those whose time is over may do nothing."""
    if member.state != "active" or member.membership_state != "active":
        return Access.NONE
    if member.expires_at is not None and member.expires_at <= today:
        return Access.NONE
    return next((access for least, access in _LEVELS if member.access_level >= least), Access.NONE)


def comment(note: ShownNote, issue_url: TrackerUrl, viewer: Person) -> Comment:
    """Who edited it is not known here yet."""
    author, body = person(note.author), lines(note.body)
    return Comment(
        id=note.id,
        author=author,
        created_at=note.created_at,
        updated_at=note.updated_at,
        body=body,
        url=TrackerUrl(f"{issue_url}#note_{note.id}"),
        ours=author.id == viewer.id and key_of(body) is not None,
        internal=note.internal or note.confidential,
    )


def reference(request: MergeRequest) -> Reference:
    merged_at = request.merged_at if request.state == "merged" else None
    is_open = request.state in ("opened", "locked")
    return Reference(TrackerUrl(request.web_url), request.title, person(request.author), merged_at, is_open)


def labeling(event: LabelEvent) -> IssueEvent:
    kind = EventType.LABELED if event.action == "add" else EventType.UNLABELED
    return IssueEvent(event.created_at, person(event.user), kind, event.label.name if event.label else "")


def remark(note: ShownNote) -> IssueEvent | None:
    """
    Read GitLab's own remark about a new severity or type; ``None`` for one about anything else.

    There is no other record of who set them, and when.
    """
    rated = _RATED.fullmatch(note.body)
    if rated is not None:
        return IssueEvent(note.created_at, person(note.author), EventType.RATED, rank=int(rated["rank"] or 0))
    typed = _TYPED.fullmatch(note.body)
    return IssueEvent(note.created_at, person(note.author), EventType.TYPED) if typed else None


def closing(event: StateEvent) -> IssueEvent:
    kind = EventType.CLOSED if event.state == "closed" else EventType.REOPENED
    return IssueEvent(event.created_at, person(event.user), kind)
