"""
Work items that REST does not show: those of types that an organisation made itself (GitLab 19, Premium).

They are in no list, and 404 by their number; only GraphQL knows them, and webhooks tell of them. The bridge cannot
work on them. https://docs.gitlab.com/api/graphql/reference/#projectworkitems
"""

import logging
from typing import Final

from tracker_bridge.domain.issue import IssueRef
from tracker_bridge.trackers import TrackerError
from tracker_bridge.trackers.gitlab.client import Client
from tracker_bridge.trackers.gitlab.shapes import ToldTypes

QUERY: Final = """
query($path: ID!, $iid: String!) {
  project(fullPath: $path) { workItems(iid: $iid) { nodes { workItemType { name } } } }
}
"""

SHOWN: Final = frozenset({"issue", "incident", "task", "test case"})
"""Types that REST shows; one of these that is not there is not visible yet."""

_MOST: Final = 1000

_log = logging.getLogger(__name__)


class Types:
    """Tells once of each work item that is out of reach."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._said: set[IssueRef] = set()

    def hidden(self, ref: IssueRef) -> str:
        """Return the type for which REST says that ``ref`` is not there; empty without one, or an answer."""
        path, iid = self._client.names.now(ref.project), str(ref.number)
        try:
            told = self._client.ask(QUERY, f"ask of which type {ref} is", ToldTypes, path=path, iid=iid)
        except TrackerError:
            return ""
        project = told.data.project if told.data else None
        names = [one.workItemType.name for one in project.workItems.nodes] if project else []
        name = next((one for one in names if one.casefold() not in SHOWN), "")
        if name and ref not in self._said and len(self._said) < _MOST:
            self._said.add(ref)
            _log.warning(
                "%s is of the type %s, which GitLab's REST API does not show: nothing can be done there; "
                "make it an issue or an incident",
                ref,
                name,
            )
        return name
