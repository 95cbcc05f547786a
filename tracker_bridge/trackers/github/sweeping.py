"""
Which issues may have changed: repository-wide listings, a page or two, never one request per issue.

https://docs.github.com/en/rest/issues/issues#list-repository-issues
https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import Glimpse, Gone, IssueChanged
from tracker_bridge.trackers.github import shapes
from tracker_bridge.trackers.github.client import Client

OVERLAP = timedelta(minutes=2)
"""How far before ``since`` to begin: clocks differ, and what is written becomes visible late."""

ORDER = {"sort": "created", "direction": "asc"}
"""So that what changes between two pages moves nothing onto a page already read."""


def labelled(
    client: Client, tracker: str, project: str, label: str, since: datetime | None = None
) -> Iterator[IssueRef]:
    """
    Yield the issues with ``label``: the open ones, or all that changed after ``since``.

    A comma in a name would mean two labels, and is not sent.
    """
    query = {**ORDER, "state": "open"} if since is None else {**ORDER, "state": "all", **after(since)}
    for ref, issue in issues(client, tracker, project, query | ({} if "," in label else {"labels": label})):
        wears = label.casefold() in (name.casefold() for name in issue.names)
        if wears and (since is not None or issue.state == "open"):
            yield ref


def touched(
    client: Client, tracker: str, project: str, since: datetime, issue_type: str
) -> Iterator[IssueChanged]:
    """
    Yield the issues changed after ``since``, and those with a comment changed after it: whether an edited
    comment counts as a change of its issue is not documented.
    """
    late = after(since)["since"]
    path = f"/repos/{project}/issues"
    seen = dict[IssueRef, frozenset[str]]()
    action = f"list the issues of {tracker}:{project}"
    query = {"state": "all", **ORDER}
    changes = client.changes(action, path, shapes.ISSUES, project=project, query=query, since=late)
    for ref, issue in _without_pulls(client, tracker, project, action, changes):
        seen[ref] = issue.names
        if _before(issue.updated_at, late):
            continue
        texts = (issue.title, shapes.lines(issue.body))
        typed = bool(issue_type) and issue.is_typed(issue_type)
        yield IssueChanged(ref, told=partial(Glimpse, issue.names, texts, typed))
    action = f"list the comments of {tracker}:{project}"
    path = f"{path}/comments"
    for comment in client.changes(action, path, shapes.COMMENTS, project=project, query=ORDER, since=late):
        number = shapes.number_of(comment.issue_url, client.names.now(project))
        if number is None:
            raise moved(action)
        ref = IssueRef(tracker, project, number)
        if "/pull/" in comment.html_url or _before(comment.updated_at, late):
            continue
        labels = seen.get(ref)
        if labels is None:
            yield IssueChanged(ref)
        else:
            yield IssueChanged(ref, told=partial(Glimpse, labels, (shapes.lines(comment.body),)))


def each_once(changes: Iterable[IssueChanged]) -> Iterator[IssueRef]:
    seen = set[IssueRef]()
    for change in changes:
        if change.ref not in seen:
            seen.add(change.ref)
            yield change.ref


def after(since: datetime) -> dict[str, str]:
    return {"since": _written(since - OVERLAP)}


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _before(at: datetime, since: str) -> bool:
    """Whether it had changed before a list was asked for from a moment on that is longer ago than it had to be."""
    return _written(at) < since


def issues(
    client: Client, tracker: str, project: str, query: Mapping[str, str]
) -> Iterator[tuple[IssueRef, shapes.ShownIssue]]:
    """List issues without pull requests."""
    action = f"list the issues of {tracker}:{project}"
    path = f"/repos/{project}/issues"
    listed = client.pages(action, path, shapes.ISSUES, project=project, query=query, again=True)
    return _without_pulls(client, tracker, project, action, listed)


def _without_pulls(
    client: Client, tracker: str, project: str, action: str, listed: Iterable[shapes.ShownIssue]
) -> Iterator[tuple[IssueRef, shapes.ShownIssue]]:
    for issue in listed:
        here = client.names.now(project)
        if shapes.number_of(f"{issue.repository_url}/issues/{issue.number}", here) is None:
            raise moved(action)
        if issue.pull_request is None:
            yield IssueRef(tracker, project, issue.number), issue


def moved(action: str) -> Gone:
    return Gone(f"could not {action}: GitHub answered for another repository; configure its new name")
