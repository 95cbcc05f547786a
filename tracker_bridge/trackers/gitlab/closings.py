"""
Which of several issues were never closed: the events of their project tell that of all of them.

Whatever closes an issue leaves an event in its project, and only then one in the issue. An issue that was moved or
copied here brings its own events, and leaves the project's behind: GitLab remarks on that. A project's events
are dropped after three years, and along with the account of whoever closed the issue.

https://docs.gitlab.com/api/events/#list-all-visible-events-for-a-project
"""

from collections.abc import Collection, Iterable, Set
from datetime import timedelta
from itertools import islice
from typing import Final

from pydantic import BaseModel

from tracker_bridge.trackers import TrackerError
from tracker_bridge.trackers.gitlab.client import PAGE, Client, project_path
from tracker_bridge.trackers.gitlab.shapes import ShownIssue, ShownNote

KEPT: Final = timedelta(days=2 * 365)
"""Issues that are older are not asked about, well before GitLab drops what it told of them."""

_DAYS: Final = timedelta(days=2)
"""How long before the first of the issues to begin: the day that is named is left out, by the server's clock."""

_BROUGHT: Final = ("moved from ", "cloned from ")


class _Closing(BaseModel):
    """Of an issue, or of anything else: what shares its number only costs a request."""

    target_iid: int | None = None


def never_closed(client: Client, project: str, issues: Collection[ShownIssue]) -> Set[int]:
    """Return the numbers of the issues that are known never to have been closed in this project."""
    if not issues:
        return frozenset()
    latest = max(one.updated_at for one in issues)
    asked = [one for one in issues if one.open and latest - one.created_at < KEPT]
    if not asked:
        return frozenset()
    after = min(one.created_at for one in asked) - _DAYS
    path, action = f"{project_path(project)}/events", f"list what was closed in gitlab:{project}"
    listed = client.pages(path, action, _Closing, action="closed", after=after.date().isoformat())
    try:
        closed = [one.target_iid for one in islice(listed, PAGE)]
    except TrackerError:
        return frozenset()
    return {one.iid for one in asked} - {*closed} if len(closed) < PAGE else frozenset()


def is_brought_along(remarks: Iterable[ShownNote]) -> bool:
    """Whether an issue came from another project, or is the copy of another."""
    return any(note.body.startswith(_BROUGHT) for note in remarks)
