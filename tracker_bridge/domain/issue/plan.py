"""
The difference between what the thread shows and what it should show, as changes.

Only ``plan`` decides on a write. Doing everything it says makes the next plan empty.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from tracker_bridge.domain.issue.changes import (
    Assign,
    Change,
    Close,
    Describe,
    Document,
    Edit,
    Link,
    LinkedIssueSpec,
    Open,
    Pin,
    Post,
    React,
    Reaction,
    Relabel,
    Remove,
    Reopen,
    added_to,
    key_of,
    kind_of_key,
)
from tracker_bridge.domain.issue.documents import (
    ANSWERS,
    COMMUNICATIONS,
    KINDS,
    LINKED,
    PAGE,
    PASSING,
    RECEIPTS,
    STATUS,
    STAYING,
    SUMMARY,
    TIMELINE,
)
from tracker_bridge.domain.issue.elsewhere import project_in
from tracker_bridge.domain.issue.issue import Comment, EventType, Issue, IssueRef, Person, TrackerUrl
from tracker_bridge.domain.issue.native import Advance, Progress
from tracker_bridge.domain.issue.reactions import acknowledgements

ACKNOWLEDGED: Final = 30
"""Comments that get a reaction at one reconcile."""

IGNORED: Final = Advance(Progress.IGNORED)

NO_EDIT: Final = timedelta(seconds=2)
"""GitHub's two times of a comment may lie a second apart without an edit."""

_SPARE: Final = 50
_COMMENT: Final = re.compile("[0-9]{1,19}")
_ASKED: Final = re.compile(r"[a-z]+\.(?P<comment>[0-9]{1,19})")
_PRIVATE: Final = "private:"
_IN: Final = r"(?:\.in\.[a-z0-9._+]+)?"
_FROM: Final = re.compile(
    rf"(?:{COMMUNICATIONS}|{TIMELINE}|postmortem|action\.[0-9.]+{_IN}):from\.(?P<number>[0-9]{{1,10}})(?P<in>{_IN})"
)


@dataclass(frozen=True, slots=True)
class DesiredState:
    """
    What the thread should show.

    ``labels`` are to be there, ``no_labels`` not, nor those of ``unsaid_labels`` that we put there ourselves;
    others are nobody's business here. ``given`` are the reactions that were given before, ``reactions`` those that
    should be. ``open``: the state to set, or ``None`` to leave it. ``done``: how it is closed, as completed or as
    not planned; ``duplicate_of``: the issue that it repeats, of the project ``duplicate_in``, empty for its own.
    ``past``: what answers comments up to that one was said, and is neither taken back nor said again; ``over``:
    nobody is asked about them either. ``opens`` are issues not known to be there yet, ``links`` those that
    this one is not known to be linked to. ``assign`` and ``unassign`` are logins. ``native`` is to be set in the
    forge's own fields. ``pin``: whether the status comment is to be pinned.
    """

    documents: tuple[Document, ...] = ()
    labels: frozenset[str] = frozenset()
    no_labels: frozenset[str] = frozenset()
    unsaid_labels: frozenset[str] = frozenset()
    given: Mapping[int, Reaction] = field(default_factory=dict)
    reactions: Mapping[int, Reaction] = field(default_factory=dict)
    open: bool | None = None
    done: bool = True
    duplicate_of: int = 0
    duplicate_in: str = ""
    past: int = 0
    over: bool = False
    assign: tuple[str, ...] = ()
    unassign: frozenset[str] = frozenset()
    opens: tuple[Open, ...] = ()
    links: tuple[Link, ...] = ()
    native: tuple[Change, ...] = ()
    pin: bool = False


def plan(issue: Issue, wanted: DesiredState, max_comments: int) -> tuple[Change, ...]:
    """
    Return the changes, in the order in which they are safe.

    Other issues are opened and linked first: the comments that tell of them are the proof that it was done.
    Native fields, assigning and closing are remembered by the status comment, so they come before it, and so do
    reactions that change: after a crash they are repeated, which is harmless, instead of forgotten. All documents
    that follow it are found again by their keys. Reactions where there was none come last: people look for the
    documents, and whether these reactions are there can be asked.
    """
    late = [one for one in wanted.native if one == IGNORED]  # GitLab calls whatever is closed resolved
    native = [one for one in wanted.native if one not in late]
    changes: list[Change] = [*wanted.opens, *native, *wanted.links]
    reactions = _reactions(issue, wanted)
    last = acknowledgements(reactions)
    changes += [one for one in reactions if one not in last]
    changes += _labels(issue, wanted)
    changes += [Assign(wanted.assign, wanted.unassign)] if wanted.assign or wanted.unassign else []
    changes += [*_state(issue, wanted), *late]
    changes += _pin(issue) if wanted.pin else []
    changes += plan_documents(issue, wanted, max_comments)
    return (*changes, *last)


def _reactions(issue: Issue, wanted: DesiredState) -> list[Change]:
    """
    Acknowledge the latest comments only: a first reconcile of a long thread must not use up an hour's writes, and
    nobody waits for the answer to an old one.
    """
    there = {0, *(comment.id for comment in issue.comments)}
    pairs = {one: (wanted.given.get(one), wanted.reactions.get(one)) for one in {*wanted.given, *wanted.reactions}}
    differing = sorted(one for one, (old, new) in pairs.items() if one in there and old != new)
    changes: list[Change] = []
    for comment in differing[-ACKNOWLEDGED:]:
        old, new = pairs[comment]
        changes += [React(comment, old, on=False)] if old else []
        changes += [React(comment, new)] if new else []
    return changes


def _labels(issue: Issue, wanted: DesiredState) -> list[Change]:
    """Cases do not matter; some forges keep several labels that differ only there."""
    there = {label.casefold() for label in issue.labels}
    unwanted = {label.casefold() for label in wanted.no_labels}
    add = frozenset(label for label in wanted.labels if label.casefold() not in there)
    unsaid = {label.casefold() for label in wanted.unsaid_labels}
    remove = frozenset(
        label
        for label in issue.labels
        if label.casefold() in unwanted or (label in issue.own_labels and label.casefold() in unsaid)
    )
    return [Relabel(add, remove)] if add or remove else []


def _state(issue: Issue, wanted: DesiredState) -> list[Change]:
    if wanted.open is None or wanted.open == issue.open:
        return []
    return [Reopen()] if wanted.open else [Close(wanted.done, wanted.duplicate_of, wanted.duplicate_in)]


def _pin(issue: Issue) -> list[Change]:
    """
    Pin the status comment if posting it cannot have been answered: it is as it was posted, and nothing is pinned,
    unless it is another comment of ours.

    Later people may take the pin away, and that stays; so does a pin of theirs.
    """
    status = next(iter(_ours(issue).get(STATUS, [])), None)
    if status is None or status.updated_at - status.created_at > NO_EDIT:
        return []
    others = {comment.id for comment in issue.comments if comment.author.id == issue.viewer.id} - {status.id}
    return [Pin(status.id)] if issue.pinned == 0 or issue.pinned in others else []


def plan_documents(issue: Issue, wanted: DesiredState, max_comments: int) -> list[Change]:
    """
    Return the changes to our comments alone.

    The status comment comes first; but what it remembers is elsewhere before it lets go of it.
    """
    there = _ours(issue)

    def order(document: Document) -> int:
        if STATUS in there and kind_of_key(document.key) == RECEIPTS:
            return 0
        return 1 if document.key == STATUS else 2

    documents = [one for one in wanted.documents if one.key in there or not _is_past(one, wanted)]
    changes = _comments(issue, sorted(documents, key=order), KINDS, max_comments)
    kept, still = _kept(there, wanted), _still(there, wanted)
    return [
        one
        for one in changes
        if not (isinstance(one, Remove) and one.comment in kept)
        and not (isinstance(one, Edit | Remove) and one.comment in still)
    ]


def _still(there: Mapping[str, Sequence[Comment]], wanted: DesiredState) -> set[int]:
    """Return which comments nobody touches: once it is over, what was wrong in the past is no news."""
    found = ((kind_of_key(key), comments[0].id) for key, comments in there.items())
    return {id_ for kind, id_ in found if wanted.over and kind == "refusal" and id_ <= wanted.past}


def _is_past(document: Document, wanted: DesiredState) -> bool:
    """Whether it is about what is long past. Before the end, people may be asked to say something again."""
    kind, _, about = document.key.partition(":")
    asks = kind == "refusal" and not wanted.over
    number = _COMMENT.match(about)
    return kind in ANSWERS and not asks and int(number[0] if number else 0) <= wanted.past and bool(wanted.past)


def _kept(there: Mapping[str, Sequence[Comment]], wanted: DesiredState) -> set[int]:
    """Return which comments stay, wanted or not: a summary that was posted, and what was said in the past."""
    kept = {comments[0].id for key, comments in there.items() if key == SUMMARY}
    for key, comments in there.items():
        kind = kind_of_key(key)
        stays = kind not in PASSING if wanted.over else kind in STAYING
        if stays and comments[0].id <= wanted.past:
            kept.add(comments[0].id)
    return kept


def _comments(
    issue: Issue, documents: Sequence[Document], kinds: Collection[str], max_comments: int
) -> list[Change]:
    """Each document once, and none of ours of these ``kinds`` besides."""
    there = _ours(issue)
    changes: list[Change] = []
    for document in documents:
        comments = there.pop(document.key, [])
        changes += _one(document, comments, issue.viewer, full=_full(issue, document, max_comments))
        changes += [Remove(one.id) for one in comments[1:] if not _has_more(one, document)]
    stale = [c for key, comments in there.items() if kind_of_key(key) in kinds for c in comments]
    return [*changes, *(Remove(comment.id) for comment in stale)]


def plan_pages(
    issue: Issue,
    opening: LinkedIssueSpec,
    pages: Sequence[Document],
    max_comments: int,
    *,
    confidential: bool,
    closed: bool = False,
) -> tuple[Change, ...]:
    """
    Return the changes to an issue that was opened for a part of an incident: its text, and the comments below.

    It becomes confidential with the incident, and is ``closed`` with it, unless somebody opens it again. An issue
    of somebody else is left alone, whoever points to it.
    """
    if issue.author.id != issue.viewer.id:
        return ()
    secret = confidential and not (issue.confidential or opening.public)
    page = pages[0].over(issue.body, issue.body_revisions, issue.viewer.id)
    same = normal(issue.body) == normal(page.text)
    text: list[Change] = [] if same and not secret else [Describe(page, secret, read=_read(page, issue.body))]
    if opening.owner and not same:
        text = _item(issue, opening, page, secret=secret)
    reopened = any(event.type is EventType.REOPENED for event in issue.events)
    end: list[Change] = [Close()] if closed and issue.open and not reopened else []
    ours = not any(event.type is EventType.CLOSED for event in issue.events)
    end += [Reopen()] if opening.public and not (closed or issue.open) and ours else []
    return (*text, *_comments(issue, pages[1:], {PAGE}, max_comments), *end)


def _item(issue: Issue, opening: LinkedIssueSpec, document: Document, *, secret: bool) -> list[Change]:
    """
    Let an action item's issue follow what was said of it anew: its title, its day, its owner.

    Only when its text changes, so that people may rename and reassign it otherwise.
    """
    owner = opening.owner
    assigned = {login.casefold(): login for login in issue.assignees}
    read = _read(document, issue.body)
    changes: list[Change] = [Describe(document, secret, opening.title, opening.due, read)]
    if owner.casefold() not in assigned:
        changes.append(Assign((owner,), frozenset(assigned.values()) if len(assigned) == 1 else frozenset()))
    return changes


def incident_of(issue: Issue) -> IssueRef | None:
    """Return the incident that ``issue`` was opened for as a part of it; ``None`` for all other issues."""
    found = _FROM.fullmatch(key_of(issue.body) or "") if issue.author.id == issue.viewer.id else None
    if found is None:
        return None
    return replace(issue.ref, number=int(found["number"]), project=project_in(found["in"]) or issue.ref.project)


def _ours(issue: Issue) -> dict[str, list[Comment]]:
    """Our comments by key, the lowest id first: that one is kept, others came of an unclear answer."""
    found: dict[str, list[Comment]] = {}
    for comment in sorted((one for one in issue.comments if one.ours), key=lambda one: one.id):
        key = key_of(comment.body)
        if key is not None:
            found.setdefault(key, []).append(comment)
    return found


def _has_more(comment: Comment, document: Document) -> bool:
    """Whether a comment that came of an unclear answer has words of people in it by now."""
    return bool(document.parts) and added_to(comment.body, document.key) > 0


def _one(document: Document, comments: list[Comment], viewer: Person, *, full: bool) -> list[Change]:
    if comments:
        document = document.over(comments[0].body, comments[0].revisions, viewer.id)
        before, now = comments[0].body, document.text
        same = before == now or normal(before) == normal(now)
        return [] if same else [Edit(comments[0].id, document, read=_read(document, comments[0].body))]
    return [] if full else [Post(document, pin=document.key == STATUS)]


def _read(document: Document, text: str) -> str:
    """Return what was read, where people's words in it were kept."""
    return text if document.parts else ""


def _full(issue: Issue, document: Document, max_comments: int) -> bool:
    """Whether the last comments that fit are kept for the documents that matter most."""
    kept = document.key in (STATUS, SUMMARY) or document.key.startswith(f"{RECEIPTS}:")
    return not kept and len(issue.comments) >= max_comments - _SPARE


def carries(issue: Issue, document: Document) -> bool:
    """Whether a comment of ours there is this document, whatever it says by now."""
    return document.key in _ours(issue)


def is_new(change: Open, past: int) -> bool:
    """Whether another issue may be wanted that was not opened before: none is for what was said in the past."""
    number = _ASKED.match(change.document.key)
    return not (past and number and int(number["comment"]) <= past)


def known_links(issue: Issue) -> dict[str, int]:
    """
    Return the numbers of the issues that were opened for this one: our comments that tell of them say so.

    0 is the number of one that is private: nothing here tells it.
    """
    keys = [key_of(comment.body) for comment in issue.comments if comment.ours]
    parts = [key.split(":") for key in keys if key and key.startswith("linked:")]
    told = {part[1]: int(part[2]) for part in reversed(parts) if len(part) == 3 and part[2].isdecimal()}
    return told | {f"opened.{key[len(_PRIVATE) :]}": 0 for key in keys if key and key.startswith(_PRIVATE)}


def urls_of(issue: Issue) -> dict[str, TrackerUrl]:
    """Return where the documents are that others link to, by their keys."""
    return {key: comments[0].url for key, comments in _ours(issue).items() if key in LINKED}


def with_posted(issue: Issue, posted: Iterable[tuple[int, str, Document]]) -> Issue:
    """Return the issue with comments that were just posted: id, fragment of the address, and what each is."""
    at = issue.updated_at
    notes = (
        Comment(id_, issue.viewer, at, at, document.text, issue.url.at(fragment), ours=True)
        for id_, fragment, document in posted
    )
    return replace(issue, comments=(*issue.comments, *notes))


def with_written(issue: Issue, done: Iterable[Change]) -> Issue:
    """Return the issue with comments as they were just edited, and without those that were just removed."""
    done = tuple(done)
    texts = {one.comment: one.document.text for one in done if isinstance(one, Edit)}
    gone = {one.comment for one in done if isinstance(one, Remove)}
    comments = tuple(
        replace(one, body=texts.get(one.id, one.body)) for one in issue.comments if one.id not in gone
    )
    return replace(issue, comments=comments)


def written_into(issue: Issue, key: str) -> int:
    """Return how many characters people wrote into a document of ours in the thread."""
    return next((added_to(one.body, key) for one in _ours(issue).get(key, ())), 0)


def keys_of(issue: Issue) -> tuple[str, ...]:
    """Return the keys of our documents in the thread, the oldest comment first."""
    return tuple(_ours(issue))


def normal(body: str) -> str:
    """Return the text as every tracker stores it: trailing space is lost on some, line ends change on others."""
    return "\n".join(line.rstrip() for line in body.replace("\r", "").rstrip().split("\n"))
