"""
Which issues may have changed, with what is said in them: a list of issues, and for many of these at once their
comments, which no list of REST's tells.

What GraphQL does not tell is not told: these issues are looked at.

https://docs.gitlab.com/api/graphql/reference/#projectissues
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Final

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import IssueChanged, Later, TrackerError
from tracker_bridge.trackers._authors import batches
from tracker_bridge.trackers._silence import Silence
from tracker_bridge.trackers.gitlab.client import PAGE, Client
from tracker_bridge.trackers.gitlab.shapes import Discussed, Listed, ToldComments, lines

AT_ONCE: Final = 25
"""Issues whose comments are asked for at once, far below GitLab's limit; some versions count lists higher."""

QUERY: Final = f"""
query($path: ID!, $iids: [String!]) {{
  project(fullPath: $path) {{
    issues(iids: $iids, first: {AT_ONCE}) {{
      nodes {{ iid notes(first: {PAGE}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ body system }} }} }}
    }}
  }}
}}
"""


class Teller:
    """Tells what is said in issues. ``clock`` is monotonic, in seconds."""

    def __init__(self, client: Client, clock: Callable[[], float]) -> None:
        self._client = client
        self._silence = Silence(clock)
        self._at_once = AT_ONCE

    def told(
        self, tracker: str, project: str, listed: Iterable[Listed], read: Set[IssueRef]
    ) -> Iterator[IssueChanged]:
        """Yield the issues of a list with what is told of them, but for those that are to be ``read`` anyway."""
        for batch in batches(listed, AT_ONCE):
            refs = {one.iid: IssueRef(tracker, project, one.iid) for one in batch}
            talked = [one for one in batch if one.has_few_comments and refs[one.iid] not in read]
            comments = self._comments(project, talked)
            for one in batch:
                texts = comments.get(one.iid) if one.user_notes_count else ()
                yield IssueChanged(refs[one.iid], told=partial(one.told, texts))

    def _comments(self, project: str, issues: Sequence[Listed]) -> Mapping[int, Sequence[str]]:
        """Return all comments of each issue, as far as all are told."""
        found: dict[int, Sequence[str]] = {}
        rest = [*issues]
        while rest and not self._silence.holds:
            batch = rest[: self._at_once]
            told = self._ask(project, [str(one.iid) for one in batch])
            if told is None and self._at_once > 1:
                self._at_once //= 2
                continue
            if told is None:
                self._silence.begin()
                break
            rest = rest[len(batch) :]
            found |= {one.iid: told[one.iid] for one in batch if len(told.get(one.iid, ())) >= one.comments}
        return found

    def _ask(self, project: str, iids: Sequence[str]) -> Mapping[int, Sequence[str]] | None:
        """Return the comments by issue; ``None`` where GitLab does not accept the question."""
        path, action = self._client.names.now(project), f"list the comments of gitlab:{project}"
        try:
            told = self._client.ask(QUERY, action, ToldComments, path=path, iids=iids)
        except Later:
            raise
        except TrackerError:
            self._silence.begin()
            return {}
        if told.data is None:
            return None
        nodes = told.data.project.issues.nodes if told.data.project else []
        return {int(one.iid): _texts(one) for one in nodes if not one.notes.pageInfo.hasNextPage}


def _texts(issue: Discussed) -> Sequence[str]:
    return [lines(note.body) for note in issue.notes.nodes if not note.system]
