"""
The few fields of GitHub's JSON that are read, and what becomes of them.

Requests fail here, and nowhere deeper, when GitHub answers something else: see :meth:`Answer.parse`.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import AwareDatetime, BaseModel, TypeAdapter

from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.issue import (
    NOBODY,
    Access,
    Closed,
    Comment,
    EventType,
    IssueEvent,
    Person,
    Reference,
    TrackerUrl,
)

MAX_TITLE = 256
"""Characters; a longer one is answered with 422."""


class Account(BaseModel):
    id: int
    login: str
    type: str = "User"


class Viewer(BaseModel):
    login: str


class ViewerData(BaseModel):
    viewer: Viewer


class ToldViewer(BaseModel):
    """What GraphQL says of whose credential it is."""

    data: ViewerData


class NamedRepository(BaseModel):
    id: int
    full_name: str


class SeenRepository(BaseModel):
    """GitHub before 3.0 told of ``private`` only."""

    private: bool
    visibility: str = ""


class Team(BaseModel):
    slug: str


class Label(BaseModel):
    name: str


class IssueType(BaseModel):
    """https://docs.github.com/en/rest/issues/issues: organisations have types, and personal accounts none."""

    name: str


class FieldOption(BaseModel):
    """A choice in a field of the organisation's."""

    name: str


class IssueFieldValue(BaseModel):
    """
    What stands in a field for issues that the organisation defines.

    https://docs.github.com/en/rest/issues/issue-field-values: ``value`` of a choice is the option's number.
    """

    issue_field_name: str = ""
    value: str | int | float | None = None
    single_select_option: FieldOption | None = None
    multi_select_options: list[FieldOption] | None = None

    @property
    def shown(self) -> str:
        """The value as people read it; empty for none."""
        if self.single_select_option is not None:
            return self.single_select_option.name
        if self.multi_select_options:
            return ", ".join(one.name for one in self.multi_select_options)
        whole = isinstance(self.value, float) and self.value.is_integer()
        value = int(self.value) if whole and self.value is not None else self.value
        return "" if value is None else str(value)


class IssueField(BaseModel):
    """A field for issues that the organisation defines."""

    id: int
    name: str
    data_type: str = "text"

    def as_sent(self, value: str) -> str | int | float | list[str]:
        """Return a value as the field takes it: choices by their names, numbers as such."""
        match self.data_type:
            case "multi_select":
                return [one.strip() for one in value.split(",") if one.strip()]
            case "number" if re.fullmatch(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,6})?", value, re.ASCII):
                return float(value) if "." in value else int(value)
        return value


class ListedLabel(Label):
    color: str
    description: str | None


class Identified(BaseModel):
    """Something new, of which the id is needed."""

    id: int


class ShownIssue(BaseModel):
    """
    ``id`` is global, ``number`` counts within the repository; ``comments`` is how many there are;
    ``pull_request`` is there for pull requests only.
    """

    id: int
    node_id: str
    number: int
    repository_url: str
    html_url: str
    title: str
    body: str | None
    user: Account | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    state: str
    labels: list[Label]
    assignees: list[Account] = []
    comments: int
    pull_request: object = None
    type: IssueType | None = None
    state_reason: str | None = None
    pinned_comment: Identified | None = None
    reactions: Mapping[str, Any] | None = None
    issue_field_values: list[IssueFieldValue] | None = None

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """What stands in the organisation's fields, name and value; personal accounts have none."""
        told = [(one.issue_field_name, one.shown) for one in self.issue_field_values or ()]
        return tuple((name, value) for name, value in told if name and value)

    def is_typed(self, name: str) -> bool:
        """Whether it has the type of that name; the case does not matter to GitHub either."""
        return self.type is not None and self.type.name.casefold() == name.casefold()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(label.name for label in self.labels)

    @property
    def address(self) -> TrackerUrl:
        """The web address."""
        return TrackerUrl(self.html_url)


class ShownComment(BaseModel):
    """``minimized`` is an object when the comment is hidden; an older server does not tell."""

    id: int
    node_id: str
    issue_url: str
    html_url: str
    user: Account | None = None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    body: str | None
    minimized: object = None
    reactions: Mapping[str, Any] | None = None

    @property
    def tells_hidden(self) -> bool:
        return "minimized" in self.model_fields_set


class Event(BaseModel):
    """``state_reason`` is published for timelines only; here it may be missing."""

    event: str
    actor: Account | None = None
    created_at: AwareDatetime
    label: Label | None = None
    issue_type: IssueType | None = None
    state_reason: str | None = None


class Permission(BaseModel):
    permission: str
    role_name: str | None = None
    user: Account | None = None


class Given(BaseModel):
    """A reaction."""

    content: str
    user: Account | None


class Posted(Identified):
    """A comment of ours. A GitHub that can pin comments tells how it is pinned, and that it is not."""

    pin: object = None

    @property
    def tells_pin(self) -> bool:
        return "pin" in self.model_fields_set


class Editor(BaseModel):
    login: str
    databaseId: int | None = None  # noqa: N815 -- GraphQL's name


class Edited(BaseModel):
    """A comment or an issue, as GraphQL shows it. No ``lastEditedAt``: the text was never changed."""

    body: str
    lastEditedAt: AwareDatetime | None  # noqa: N815 -- GraphQL's name
    editor: Editor | None


class ShownFile(BaseModel):
    """``type`` may also be ``symlink`` or ``submodule``; ``content`` is base64, and empty for a large file."""

    type: str
    size: int
    content: str = ""


class Nodes(BaseModel):
    nodes: list[Edited | None]


class Extensions(BaseModel):
    code: str = ""


class Fault(BaseModel):
    type: str = ""
    message: str = ""
    extensions: Extensions = Extensions()

    @property
    def is_for_good(self) -> bool:
        """Whether this server never answers that question: it does not know what is asked about."""
        return self.extensions.code == "undefinedField" or "doesn't exist on type" in self.message


class Told(BaseModel):
    """GraphQL answers 200 even for errors."""

    data: Nodes | None = None
    errors: list[Fault] = []


class PageInfo(BaseModel):
    hasNextPage: bool = False  # noqa: N815 -- GraphQL's name
    endCursor: str | None = None  # noqa: N815 -- GraphQL's name


class Version(BaseModel):
    """One version of a text. ``diff`` is all of it, whatever its name says."""

    editedAt: AwareDatetime  # noqa: N815 -- GraphQL's name
    deletedAt: AwareDatetime | None = None  # noqa: N815 -- GraphQL's name
    diff: str | None
    editor: Editor | None

    @property
    def is_lost(self) -> bool:
        return self.deletedAt is not None or self.diff is None


class Versions(BaseModel):
    nodes: list[Version | None]
    pageInfo: PageInfo = PageInfo()  # noqa: N815 -- GraphQL's name


class Versioned(BaseModel):
    userContentEdits: Versions | None = None  # noqa: N815 -- GraphQL's name


class VersionedNodes(BaseModel):
    nodes: list[Versioned | None]


class ToldVersions(BaseModel):
    data: VersionedNodes | None = None
    errors: list[Fault] = []


class Hideable(BaseModel):
    databaseId: int  # noqa: N815 -- GraphQL's name
    isMinimized: bool  # noqa: N815 -- GraphQL's name


class Hideables(BaseModel):
    nodes: list[Hideable | None]
    pageInfo: PageInfo = PageInfo()  # noqa: N815 -- GraphQL's name


class Hiding(BaseModel):
    comments: Hideables


class HidingNode(BaseModel):
    node: Hiding | None


class ToldHiding(BaseModel):
    data: HidingNode | None = None
    errors: list[Fault] = []


class Altered(BaseModel):
    """What came of one part of a mutation: what it is about is there only if it was done."""

    issueComment: object = None  # noqa: N815 -- GraphQL's name
    reaction: object = None


class ToldMutation(BaseModel):
    data: dict[str, Altered | None] | None = None
    errors: list[Fault] = []


class ReactionGroup(BaseModel):
    content: str
    viewerHasReacted: bool  # noqa: N815 -- GraphQL's name


class Reactable(BaseModel):
    reactionGroups: list[ReactionGroup] | None = None  # noqa: N815 -- GraphQL's name


class Reactables(BaseModel):
    nodes: list[Reactable | None]


class ToldReactions(BaseModel):
    data: Reactables | None = None
    errors: list[Fault] = []


class Requested(BaseModel):
    """What refers to an issue, as GraphQL shows it; an issue has none of these fields."""

    url: str = ""
    title: str = ""
    state: str = ""
    mergedAt: AwareDatetime | None = None  # noqa: N815 -- GraphQL's name
    author: Editor | None = None


class Referring(BaseModel):
    isCrossRepository: bool  # noqa: N815 -- GraphQL's name
    source: Requested | None


class References(BaseModel):
    nodes: list[Referring | None]


class Referred(BaseModel):
    timelineItems: References  # noqa: N815 -- GraphQL's name


class ReferredIssue(BaseModel):
    issue: Referred | None


class ReferredRepository(BaseModel):
    repository: ReferredIssue | None


class ToldReferences(BaseModel):
    data: ReferredRepository | None = None
    errors: list[Fault] = []


ACCOUNT = TypeAdapter(Account)
ACCOUNTS = TypeAdapter(list[Account])
VIEWER = TypeAdapter(ToldViewer)
REPOSITORY = TypeAdapter(NamedRepository)
SEEN = TypeAdapter(SeenRepository)
TEAM = TypeAdapter(Team)
ISSUE = TypeAdapter(ShownIssue)
ISSUES = TypeAdapter(list[ShownIssue])
COMMENTS = TypeAdapter(list[ShownComment])
EVENTS = TypeAdapter(list[Event])
PERMISSION = TypeAdapter(Permission)
IDENTIFIED = TypeAdapter(Identified)
POSTED = TypeAdapter(Posted)
REACTIONS = TypeAdapter(list[Given])
ISSUE_FIELDS = TypeAdapter(list[IssueField])
LABELS = TypeAdapter(list[ListedLabel])
FILE = TypeAdapter(ShownFile | list[ShownFile])
TOLD = TypeAdapter(Told)
TOLD_VERSIONS = TypeAdapter(ToldVersions)
TOLD_HIDING = TypeAdapter(ToldHiding)
TOLD_MUTATION = TypeAdapter(ToldMutation)
TOLD_REACTIONS = TypeAdapter(ToldReactions)
TOLD_REFERENCES = TypeAdapter(ToldReferences)

_ROLES = {
    "admin": Access.ADMIN,
    "maintain": Access.MAINTAIN,
    "write": Access.WRITE,
    "triage": Access.TRIAGE,
    "read": Access.READ,
}


def lines(text: str | None) -> str:
    """Return the text with ``\\n`` line ends only; web forms send ``\\r\\n``, and ``None`` when empty."""
    if not text or "\r" not in text:
        return text or ""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def person(account: Account | None) -> Person:
    """``None`` is a deleted account, and so is the one that GitHub shows instead: nobody else can be called so."""
    if account is None or account.login == NOBODY.login:
        return NOBODY
    return Person(account.id, account.login, bot=account.type == "Bot")


def access(permission: Permission, asked: Person) -> Access:
    """
    Read a role. ``permission`` says ``read`` for triage and ``write`` for maintain, ``role_name`` says which;
    an organisation's own role has any name, and then the coarse word counts.

    The id must be the one asked about: a login can have been taken over by somebody else.

    https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
    """
    if permission.user is None or permission.user.id != asked.id:
        return Access.NONE
    return _ROLES.get(permission.role_name or "", _ROLES.get(permission.permission, Access.NONE))


def comment(shown: ShownComment, viewer: Person) -> Comment:
    """Who edited it is not known here yet."""
    author, body = person(shown.user), lines(shown.body)
    return Comment(
        id=shown.id,
        author=author,
        created_at=shown.created_at,
        updated_at=shown.updated_at,
        body=body,
        url=TrackerUrl(shown.html_url),
        ours=author.id == viewer.id and key_of(body) is not None,
        hidden=shown.minimized not in (None, False),
        reactions=given(shown.reactions),
    )


def given(reactions: Mapping[str, Any] | None) -> frozenset[str] | None:
    """Return the names of the reactions that anybody gave."""
    return None if reactions is None else frozenset(name for name, number in reactions.items() if number)


_DEEDS = {one.value: one for one in (EventType.LABELED, EventType.UNLABELED, EventType.CLOSED, EventType.REOPENED)}
_TYPING = ("issue_type_added", "issue_type_changed")


def event(event: Event, issue_type: str) -> IssueEvent | None:
    """Read an event of an issue; ``None`` for what does not count as input."""
    at, actor = event.created_at, person(event.actor)
    if event.event in _TYPING and event.issue_type is not None:
        typed = event.issue_type.name.casefold() == issue_type.casefold()
        return IssueEvent(at, actor, EventType.TYPED) if typed else None
    kind = _DEEDS.get(event.event)
    if kind is None:
        return None
    closed_as = Closed(event.state_reason) if event.state_reason in list(Closed) else None
    return IssueEvent(at, actor, kind, event.label.name if event.label else "", closed_as=closed_as)


def reference(requested: Requested) -> Reference:
    author = requested.author
    by = Person(author.databaseId, author.login) if author and author.databaseId else NOBODY
    url, is_open = TrackerUrl(requested.url), requested.state == "OPEN"
    return Reference(url, requested.title, by, requested.mergedAt, open=is_open)


def number_of(issue_url: str, project: str) -> int | None:
    """Return the number in ``.../repos/<project>/issues/<number>``; ``None`` for another repository's."""
    before, _, number = issue_url.rpartition("/")
    same = before.casefold().endswith(f"/repos/{project}/issues".casefold())
    return int(number) if same and number.isdecimal() else None
