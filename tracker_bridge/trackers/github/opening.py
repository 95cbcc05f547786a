"""
Opening another issue, once: it is looked for before it is made, and linked to the one that asked for it.

https://docs.github.com/en/rest/issues/issues#create-an-issue
https://docs.github.com/en/rest/issues/sub-issues#add-sub-issue

An issue is as visible as its repository: GitHub has no confidential ones.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC

from tracker_bridge.domain.changes import Open, key_of
from tracker_bridge.domain.cleaning import title_of
from tracker_bridge.domain.issue import IssueRef, Person
from tracker_bridge.domain.native import Ability
from tracker_bridge.trackers import DONE, Applied, Denied, Gone
from tracker_bridge.trackers._again import asked_twice
from tracker_bridge.trackers.github import shapes
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.reading import issue_path
from tracker_bridge.trackers.github.shapes import MAX_TITLE, ShownIssue
from tracker_bridge.trackers.github.sweeping import ORDER, OVERLAP, issues


class Opener:
    """Opens issues. The oldest wins where several would do."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def apply(self, ref: IssueRef, change: Open, viewer: Person) -> Applied:
        """``viewer`` is the bot's own account, by which its issues are found."""
        change = replace(change, title=title_of(change.title, MAX_TITLE))
        found = self._ours(ref, change, viewer)
        if found is None and change.reuse:
            found = self._reusable(ref, change, viewer)
        if found is None and not change.make:
            return DONE
        issue = self._make(ref, change) if found is None else found
        linked = not change.linked or self._link(ref, issue)
        lacks = frozenset[Ability]() if linked else frozenset({Ability.LINK})
        return Applied(IssueRef(ref.tracker, ref.project, issue.number), lacks, new=found is None)

    def _ours(self, ref: IssueRef, change: Open, viewer: Person) -> ShownIssue | None:
        """
        Find the issue that was opened before, whatever became of it since; for nobody, only while it is open.

        Not every GitHub finds an App's issues by their creator; those are picked out here.
        """
        since = change.since - OVERLAP
        query = {"state": "all", "since": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        creator = {} if viewer.login.endswith("[bot]") else {"creator": viewer.login}
        for issue in self._others(ref, {**query, **creator}):
            counts = change.linked or issue.state == "open"
            if counts and issue.created_at >= since and _is_ours(issue, change, viewer):
                return issue
        return None

    def _reusable(self, ref: IssueRef, change: Open, viewer: Person) -> ShownIssue | None:
        """Find an open issue that serves as well: one of that title, or of ours for the same thing."""
        wanted = _plain(change.title)
        for issue in self._open(ref, change.labels):
            same = _plain(issue.title) == wanted or _is_ours(issue, change, viewer)
            if same and issue.number not in change.besides:
                return issue
        return None

    def alike(self, ref: IssueRef, title: str, labels: Collection[str]) -> ShownIssue | None:
        """Find another open issue of that title."""
        wanted = _plain(title)
        return next((issue for issue in self._open(ref, labels) if _plain(issue.title) == wanted), None)

    def _open(self, ref: IssueRef, labels: Collection[str]) -> Iterator[ShownIssue]:
        """Yield the other open issues with these labels. A comma in a name would mean two, and is not sent."""
        wearing = {name.casefold() for name in labels}
        sent = ",".join(sorted(name for name in labels if "," not in name))
        for issue in self._others(ref, {"state": "open"} | ({"labels": sent} if sent else {})):
            if issue.state == "open" and wearing <= {name.casefold() for name in issue.names}:
                yield issue

    def _others(self, ref: IssueRef, query: Mapping[str, str]) -> Iterator[ShownIssue]:
        return (
            issue
            for other, issue in issues(self._client, ref.tracker, ref.project, {**ORDER, **query})
            if other != ref
        )

    def _make(self, ref: IssueRef, change: Open) -> ShownIssue:
        """GitHub leaves the labels out silently when the account may triage, but not push; then it puts them."""
        act = f"open {change.document.key} for {ref}"
        labels = sorted(change.labels | change.more_labels)
        body = {"title": change.title, "body": change.document.text, "labels": labels}
        answer = self._client.send(act, "POST", f"/repos/{ref.project}/issues", project=ref.project, body=body)
        issue = answer.parse(shapes.ISSUE, act)
        if {name.casefold() for name in labels} - {name.casefold() for name in issue.names}:
            path = f"/repos/{ref.project}/issues/{issue.number}/labels"
            self._client.send(act, "POST", path, project=ref.project, body={"labels": labels})
        if change.assignee:
            self._assign(ref, issue, change.assignee)
        return issue

    def _assign(self, ref: IssueRef, issue: ShownIssue, login: str) -> None:
        """
        https://docs.github.com/en/rest/issues/assignees#add-assignees-to-an-issue

        Not everybody can be assigned; the text names them all the same.
        """
        act, path = f"assign #{issue.number}", f"/repos/{ref.project}/issues/{issue.number}/assignees"
        with suppress(Gone, Denied):
            body = {"assignees": [login]}
            asked_twice(lambda: self._client.send(act, "POST", path, project=ref.project, body=body))

    def _link(self, ref: IssueRef, issue: ShownIssue) -> bool:
        """
        Put it below ``ref``. It may have a parent already (422).

        Return whether this GitHub has sub-issues (404 if not) and lets this account make them.
        """
        act, path = f"link #{issue.number} to {ref}", f"{issue_path(ref)}/sub_issues"
        body = {"sub_issue_id": issue.id}
        try:
            asked_twice(lambda: self._client.send(act, "POST", path, project=ref.project, body=body, fine=(422,)))
        except (Gone, Denied):
            return False
        return True


def _is_ours(issue: ShownIssue, change: Open, viewer: Person) -> bool:
    """Whether the bot opened it for the same thing."""
    by_us = issue.user is not None and issue.user.id == viewer.id
    return by_us and key_of(shapes.lines(issue.body)) == change.document.key


def _plain(title: str) -> str:
    return title.strip().casefold()
