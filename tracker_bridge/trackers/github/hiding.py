"""
Which comments are hidden ("minimized"), where REST does not tell: asked of GraphQL, now and then.

https://docs.github.com/en/graphql/reference/interfaces#minimizable
"""

from tracker_bridge.trackers import TrackerError
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.shapes import TOLD_HIDING

MAX_PAGES = 30
"""Of a hundred comments; an issue has 2,500 at most."""

QUERY = """
query($id: ID!, $after: String) {
  node(id: $id) {
    ... on Issue {
      comments(first: 100, after: $after) {
        nodes { databaseId isMinimized }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""


def hidden(client: Client, project: str, node: str, action: str) -> frozenset[int] | None:
    """Return the ids of the hidden comments; ``None`` where GitHub does not tell. ``node`` is the issue's id."""
    found: set[int] = set()
    after: str | None = None
    for _ in range(MAX_PAGES):
        try:
            answer = client.query(action, QUERY, {"id": node, "after": after}, project=project)
            told = answer.parse(TOLD_HIDING, action)
        except TrackerError:
            return None
        if told.data is None or told.data.node is None:
            return None
        comments = told.data.node.comments
        found |= {one.databaseId for one in comments.nodes if one and one.isMinimized}
        after = comments.pageInfo.endCursor
        if not comments.pageInfo.hasNextPage:
            break
    return frozenset(found)
