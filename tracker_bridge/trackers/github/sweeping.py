"""
Which issues may have changed: repository-wide listings, a page or two, never one request per issue.

https://docs.github.com/en/rest/issues/issues#list-repository-issues
https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

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
    late = after(since)
    seen = dict[IssueRef, frozenset[str]]()
    for ref, issue in issues(client, tracker, project, {"state": "all", **ORDER, **late}):
        seen[ref] = issue.names
        texts = (issue.title, shapes.lines(issue.body))
        yield IssueChanged(ref, told=Glimpse(issue.names, texts, bool(issue_type) and issue.is_typed(issue_type)))
    action = f"list the comments of {tracker}:{project}"
    path = f"/repos/{project}/issues/comments"
    for comment in client.pages(action, path, shapes.COMMENTS, project=project, query={**ORDER, **late}):
        number = shapes.number_of(comment.issue_url, client.names.now(project))
        if number is None:
            raise moved(action)
        ref = IssueRef(tracker, project, number)
        if "/pull/" in comment.html_url:
            continue
        labels = seen.get(ref)
        told = None if labels is None else Glimpse(labels, (shapes.lines(comment.body),))
        yield IssueChanged(ref, told=told)


def after(since: datetime) -> dict[str, str]:
    return {"since": (since - OVERLAP).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


def issues(
    client: Client, tracker: str, project: str, query: Mapping[str, str]
) -> Iterator[tuple[IssueRef, shapes.ShownIssue]]:
    """List issues without pull requests."""
    action = f"list the issues of {tracker}:{project}"
    path = f"/repos/{project}/issues"
    for issue in client.pages(action, path, shapes.ISSUES, project=project, query=query):
        here = client.names.now(project)
        if shapes.number_of(f"{issue.repository_url}/issues/{issue.number}", here) is None:
            raise moved(action)
        if issue.pull_request is None:
            yield IssueRef(tracker, project, issue.number), issue


def moved(action: str) -> Gone:
    return Gone(f"could not {action}: GitHub answered for another repository; configure its new name")
