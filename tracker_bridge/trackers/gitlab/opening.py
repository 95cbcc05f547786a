"""
Opening another issue: how GitLab lists, makes, assigns and links it.

https://docs.gitlab.com/api/issues/#create-an-issue
https://docs.gitlab.com/api/issue_links/
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from tracker_bridge.domain.issue.changes import Open
from tracker_bridge.domain.issue.issue import IssueRef, Person
from tracker_bridge.domain.issue.native import Capability
from tracker_bridge.trackers import DONE, Applied, Busy, Denied, Gone, TrackerError, lacking
from tracker_bridge.trackers._again import asked_twice
from tracker_bridge.trackers._opening import Opener, Shown
from tracker_bridge.trackers.gitlab.client import Client, issue_path, project_path
from tracker_bridge.trackers.gitlab.shapes import MAX_TITLE, Identified, Labelled, Linked, ShownIssue, User, lines
from tracker_bridge.trackers.gitlab.writing import check

ORDER = {"order_by": "created_at", "sort": "asc", "scope": "all"}
"""So that what is opened between two pages moves nothing onto a page already read."""


class GitLabOpener(Opener):
    """Opens issues of GitLab."""

    max_title = MAX_TITLE

    def __init__(self, client: Client, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self._client = client

    def relate(self, ref: IssueRef, there: IssueRef) -> Applied:
        """Relate the issue to another one, once. What cannot be linked to may still be told."""
        linked = self._link(ref, there, self._read(there), perhaps_linked=True)
        return DONE if linked or there.project != ref.project else lacking(Capability.LINK)

    def _opened_by(self, ref: IssueRef, viewer: Person, since: datetime, *, changed: bool) -> Iterator[Shown]:
        after = since.astimezone(UTC).isoformat().replace("+00:00", "Z")
        bound = {"updated_after" if changed else "created_after": after}
        return self._issues(ref, state="all", author_id=str(viewer.id), **bound)

    def _listed(self, ref: IssueRef, labels: Collection[str]) -> Iterator[Shown]:
        return self._issues(ref, state="opened", **({"labels": ",".join(sorted(labels))} if labels else {}))

    def _closed(self, ref: IssueRef, labels: Collection[str]) -> Iterator[Shown]:
        return self._issues(ref, state="closed", sort="desc", labels=",".join(sorted(labels)))

    def _issues(self, ref: IssueRef, **query: str) -> Iterator[Shown]:
        action = f"list the issues of {ref.tracker}:{ref.project}"
        path = f"{project_path(ref.project)}/issues"
        return map(_shown, self._client.pages(path, action, ShownIssue, **{**ORDER, **query}))

    def _one(self, ref: IssueRef) -> Shown | None:
        try:
            return self._read(ref)
        except Gone:
            return None

    def _read(self, ref: IssueRef) -> Shown:
        action = f"read #{ref.number} of {ref.tracker}:{ref.project}"
        return _shown(self._client.get(issue_path(ref.project, ref.number), action, ShownIssue))

    def _make(self, ref: IssueRef, change: Open) -> Shown:
        """GitLab leaves the labels out silently when the account may not put them."""
        action = f"open {change.document.key} for {ref}"
        body: dict[str, str | bool] = {
            "title": change.title,
            "description": change.document.text,
            "labels": ",".join(sorted(change.labels | change.more_labels)),
            "confidential": change.confidential,
        }
        if change.due:
            body["due_date"] = change.due.isoformat()
        issue = self._client.post(f"{project_path(ref.project)}/issues", action, body, ShownIssue)
        check(issue.description, change.document, action)
        if change.labels - issue.labels:
            raise Denied(
                f"could not {action}: GitLab did not add the labels to #{issue.iid}; the account needs the "
                "role Reporter"
            )
        if change.assignee:
            self._assign(ref, issue, change.assignee)
        return _shown(issue)

    def _assign(self, ref: IssueRef, issue: ShownIssue, login: str) -> None:
        """
        https://docs.gitlab.com/api/users/#as-a-regular-user

        Not everybody can be assigned; the text names them all the same.
        """
        action = f"assign #{issue.iid} of {ref.tracker}:{ref.project}"
        with suppress(Gone, Denied):
            for user in self._client.pages("/users", action, User, username=login):
                path, body = issue_path(ref.project, issue.iid), {"assignee_ids": [user.id]}
                asked_twice(partial(self._client.put, path, action, body, Labelled))

    def _link(self, ref: IssueRef, there: IssueRef, issue: Shown, *, perhaps_linked: bool) -> bool:
        """
        Relate the two, both ways. GitLab may refuse, or not offer it: then they are linked in words only.

        A link that is there already would be answered as a conflict (409), like much that passes: so it is
        looked for.
        """
        action, path = f"link #{issue.number} to {ref}", f"{issue_path(ref.project, ref.number)}/links"
        target = self._client.names.now(there.project)
        body = {"target_project_id": target, "target_issue_iid": issue.number, "link_type": "relates_to"}

        def link() -> None:
            linked = self._client.pages(path, action, Identified) if perhaps_linked else ()
            if all(one.id != issue.id for one in linked):
                self._client.post(path, action, body, Linked)

        try:
            asked_twice(link)
        except Busy:
            raise
        except TrackerError:
            return False
        return True


def _shown(issue: ShownIssue) -> Shown:
    return Shown(
        number=issue.iid,
        id=issue.id,
        title=issue.title,
        text=lines(issue.description),
        labels=issue.labels,
        author=issue.author.id if issue.author else None,
        created_at=issue.created_at,
        open=issue.open,
        confidential=issue.confidential,
    )
