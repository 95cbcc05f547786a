"""
Opening another issue, once: it is looked for before it is made, and linked to the one that asked for it.

https://docs.gitlab.com/api/issues/#create-an-issue
https://docs.gitlab.com/api/issue_links/
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, timedelta
from functools import partial

from tracker_bridge.domain.changes import Open, key_of
from tracker_bridge.domain.cleaning import title_of
from tracker_bridge.domain.issue import IssueRef, Person
from tracker_bridge.domain.native import Ability
from tracker_bridge.trackers import DONE, Applied, Busy, Denied, Gone, TrackerError, lacking
from tracker_bridge.trackers._again import asked_twice
from tracker_bridge.trackers.gitlab.client import Client, issue_path, project_path
from tracker_bridge.trackers.gitlab.shapes import MAX_TITLE, Identified, Labelled, Linked, ShownIssue, User, lines
from tracker_bridge.trackers.gitlab.writing import check

OVERLAP = timedelta(minutes=2)
"""How far before ``since`` to begin: clocks differ."""

ORDER = {"order_by": "created_at", "sort": "asc", "scope": "all"}
"""So that what is opened between two pages moves nothing onto a page already read."""


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
        linked = self._link(ref, issue, perhaps_linked=found is not None) if change.linked else DONE
        return Applied(IssueRef(ref.tracker, ref.project, issue.iid), linked.lacks, new=found is None)

    def relate(self, ref: IssueRef, number: int) -> Applied:
        """Relate the issue to another one of its project, once."""
        act = f"read #{number} of {ref.tracker}:{ref.project}"
        other = self._client.get(issue_path(ref.project, number), act, ShownIssue)
        return self._link(ref, other, perhaps_linked=True)

    def _ours(self, ref: IssueRef, change: Open, viewer: Person) -> ShownIssue | None:
        """Find the issue that was opened before, whatever became of it; for nobody, only while it is open."""
        after = (change.since - OVERLAP).astimezone(UTC).isoformat().replace("+00:00", "Z")
        for issue in self._others(ref, state="all", author_id=str(viewer.id), created_after=after):
            if (change.linked or issue.open) and _is_ours(issue, change, viewer):
                return issue
        return None

    def _reusable(self, ref: IssueRef, change: Open, viewer: Person) -> ShownIssue | None:
        """Find an open issue that serves as well: one of that title, or of ours for the same thing."""
        wanted = _plain(change.title)
        for issue in self._open(ref, change.labels, confidential=change.confidential):
            same = _plain(issue.title) == wanted or _is_ours(issue, change, viewer)
            if same and issue.iid not in change.besides:
                return issue
        return None

    def alike(self, ref: IssueRef, title: str, labels: Collection[str]) -> ShownIssue | None:
        """Find another open issue of that title that is not confidential."""
        wanted = _plain(title)
        found = (one for one in self._open(ref, labels, confidential=False) if _plain(one.title) == wanted)
        return next(found, None)

    def _open(self, ref: IssueRef, labels: Collection[str], *, confidential: bool) -> Iterator[ShownIssue]:
        """Yield the other open issues with these labels, ``confidential`` or not."""
        wearing = {name.casefold() for name in labels}
        sent = {"labels": ",".join(sorted(labels))} if labels else {}
        for issue in self._others(ref, state="opened", **sent):
            worn = {name.casefold() for name in issue.labels}
            if issue.open and issue.confidential == confidential and wearing <= worn:
                yield issue

    def _others(self, ref: IssueRef, **query: str) -> Iterator[ShownIssue]:
        act = f"list the issues of {ref.tracker}:{ref.project}"
        pages = self._client.pages(f"{project_path(ref.project)}/issues", act, ShownIssue, **ORDER, **query)
        return (issue for issue in pages if issue.iid != ref.number)

    def _make(self, ref: IssueRef, change: Open) -> ShownIssue:
        """GitLab leaves the labels out silently when the account may not put them."""
        act = f"open {change.document.key} for {ref}"
        body: dict[str, str | bool] = {
            "title": change.title,
            "description": change.document.text,
            "labels": ",".join(sorted(change.labels | change.more_labels)),
            "confidential": change.confidential,
        }
        if change.due:
            body["due_date"] = change.due.isoformat()
        issue = self._client.post(f"{project_path(ref.project)}/issues", act, body, ShownIssue)
        check(issue.description, change.document, act)
        if change.labels - issue.labels:
            raise Denied(
                f"could not {act}: GitLab left the labels out of #{issue.iid}; the account needs the role Reporter"
            )
        if change.assignee:
            self._assign(ref, issue, change.assignee)
        return issue

    def _assign(self, ref: IssueRef, issue: ShownIssue, login: str) -> None:
        """
        https://docs.gitlab.com/api/users/#as-a-regular-user

        Not everybody can be assigned; the text names them all the same.
        """
        act = f"assign #{issue.iid} of {ref.tracker}:{ref.project}"
        with suppress(Gone, Denied):
            for user in self._client.pages("/users", act, User, username=login):
                path, body = issue_path(ref.project, issue.iid), {"assignee_ids": [user.id]}
                asked_twice(partial(self._client.put, path, act, body, Labelled))

    def _link(self, ref: IssueRef, issue: ShownIssue, *, perhaps_linked: bool) -> Applied:
        """
        Relate the two, both ways. GitLab may refuse, or not offer it: then they are linked in words only.

        A link that is there already would be answered as a conflict (409), like much that passes: so it is
        looked for.
        """
        act, path = f"link #{issue.iid} to {ref}", f"{issue_path(ref.project, ref.number)}/links"
        here = self._client.names.now(ref.project)
        body = {"target_project_id": here, "target_issue_iid": issue.iid, "link_type": "relates_to"}

        def link() -> None:
            linked = self._client.pages(path, act, Identified) if perhaps_linked else ()
            if all(one.id != issue.id for one in linked):
                self._client.post(path, act, body, Linked)

        try:
            asked_twice(link)
        except Busy:
            raise
        except TrackerError:
            return lacking(Ability.LINK)
        return DONE


def _is_ours(issue: ShownIssue, change: Open, viewer: Person) -> bool:
    """Whether the bot opened it for the same thing."""
    by_us = issue.author is not None and issue.author.id == viewer.id
    return by_us and key_of(lines(issue.description)) == change.document.key


def _plain(title: str) -> str:
    return title.strip().casefold()
