"""
Opening another issue: how GitHub lists, makes, assigns and links it.

https://docs.github.com/en/rest/issues/issues#create-an-issue
https://docs.github.com/en/rest/issues/sub-issues#add-sub-issue

An issue is as visible as its repository: GitHub has no confidential ones.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from tracker_bridge.domain.issue.changes import Open
from tracker_bridge.domain.issue.issue import IssueRef, Person
from tracker_bridge.trackers import Denied, Gone
from tracker_bridge.trackers._again import asked_twice
from tracker_bridge.trackers._opening import Opener, Shown
from tracker_bridge.trackers.github import shapes
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.reading import issue_path
from tracker_bridge.trackers.github.shapes import MAX_TITLE, ShownIssue
from tracker_bridge.trackers.github.sweeping import ORDER, issues


class GitHubOpener(Opener):
    """Opens issues of GitHub."""

    max_title = MAX_TITLE

    def __init__(self, client: Client, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self._client = client

    def _opened_by(self, ref: IssueRef, viewer: Person, since: datetime, *, changed: bool) -> Iterator[Shown]:  # noqa: ARG002 - it lists by changes
        """Not every GitHub finds an App's issues by their creator; all are asked for then."""
        query = {"state": "all", "since": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        creator = {} if viewer.login.endswith("[bot]") else {"creator": viewer.login}
        return self._issues(ref, {**query, **creator})

    def _listed(self, ref: IssueRef, labels: Collection[str]) -> Iterator[Shown]:
        """A comma in a name would mean two, and is not sent."""
        sent = ",".join(sorted(name for name in labels if "," not in name))
        return self._issues(ref, {"state": "open"} | ({"labels": sent} if sent else {}))

    def _closed(self, ref: IssueRef, labels: Collection[str]) -> Iterator[Shown]:
        sent = ",".join(sorted(name for name in labels if "," not in name))
        return self._issues(ref, {"state": "closed", "direction": "desc", "labels": sent})

    def _issues(self, ref: IssueRef, query: Mapping[str, str]) -> Iterator[Shown]:
        for _, issue in issues(self._client, ref.tracker, ref.project, {**ORDER, **query}):
            yield _shown(issue)

    def _one(self, ref: IssueRef) -> Shown | None:
        action = f"read {ref}"
        try:
            answer = self._client.send(action, "GET", issue_path(ref), project=ref.project)
        except Gone:
            return None
        return _shown(answer.parse(shapes.ISSUE, action))

    def _make(self, ref: IssueRef, change: Open) -> Shown:
        """GitHub leaves the labels out silently when the account may triage, but not push; then it puts them."""
        action = f"open {change.document.key} for {ref}"
        labels = sorted(change.labels | change.more_labels)
        body = {"title": change.title, "body": change.document.text, "labels": labels}
        answer = self._client.send(action, "POST", f"/repos/{ref.project}/issues", project=ref.project, body=body)
        issue = answer.parse(shapes.ISSUE, action)
        if {name.casefold() for name in labels} - {name.casefold() for name in issue.names}:
            path = f"/repos/{ref.project}/issues/{issue.number}/labels"
            self._client.send(action, "POST", path, project=ref.project, body={"labels": labels})
        if change.assignee:
            self._assign(ref, issue, change.assignee)
        return _shown(issue)

    def _assign(self, ref: IssueRef, issue: ShownIssue, login: str) -> None:
        """
        https://docs.github.com/en/rest/issues/assignees#add-assignees-to-an-issue

        Not everybody can be assigned; the text names them all the same.
        """
        action, path = f"assign #{issue.number}", f"/repos/{ref.project}/issues/{issue.number}/assignees"
        with suppress(Gone, Denied):
            body = {"assignees": [login]}
            asked_twice(lambda: self._client.send(action, "POST", path, project=ref.project, body=body))

    def _link(self, ref: IssueRef, there: IssueRef, issue: Shown, *, perhaps_linked: bool) -> bool:  # noqa: ARG002 - 422 tells, and ids are global
        """
        Put it below ``ref``. It may have a parent already (422).

        Return whether this GitHub has sub-issues (404 if not) and lets this account make them.
        """
        action, path = f"link #{issue.number} to {ref}", f"{issue_path(ref)}/sub_issues"
        body = {"sub_issue_id": issue.id}
        try:
            asked_twice(
                lambda: self._client.send(action, "POST", path, project=ref.project, body=body, fine=(422,))
            )
        except (Gone, Denied):
            return False
        return True


def _shown(issue: ShownIssue) -> Shown:
    return Shown(
        number=issue.number,
        id=issue.id,
        title=issue.title,
        text=shapes.lines(issue.body),
        labels=issue.names,
        author=issue.user.id if issue.user else None,
        created_at=issue.created_at,
        open=issue.state == "open",
    )
