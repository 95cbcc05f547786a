"""
Which pull requests of the repository refer to an issue.

REST tells it among everything that ever happened to the issue, its comments included, a hundred a page; GraphQL
gives the latest hundred of them in one request. An App needs to read pull requests for it.
https://docs.github.com/en/graphql/reference/objects#crossreferencedevent
"""

from tracker_bridge.domain.issue.issue import Reference
from tracker_bridge.trackers import Denied, Gone
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.editors import check_faults
from tracker_bridge.trackers.github.shapes import TOLD_REFERENCES, References, reference

EVENTS = """timelineItems(itemTypes: [CROSS_REFERENCED_EVENT], last: 100) {
        nodes {
          ... on CrossReferencedEvent {
            isCrossRepository
            source {
              ... on PullRequest {
                url
                title
                state
                mergedAt
                author { login ... on User { databaseId } ... on Bot { databaseId } }
              }
            }
          }
        }
      }"""
"""What of an issue tells what refers to it."""

QUERY = f"query($id: ID!) {{ node(id: $id) {{ ... on Issue {{ {EVENTS} }} }} }}"


def references(client: Client, project: str, node: str, action: str) -> tuple[Reference, ...] | None:
    """Return each once, the earliest first; ``None`` where GitHub does not tell. ``node`` is the issue's id."""
    try:
        answer = client.query(action, QUERY, {"id": node}, project=project)
    except (Gone, Denied):
        return None
    told = answer.parse(TOLD_REFERENCES, action)
    check_faults(told.errors, action)
    if told.data is None or told.data.node is None:
        return None
    return referring(told.data.node.timelineItems)


def referring(told: References) -> tuple[Reference, ...]:
    """Return each once, the earliest first."""
    events = [event for event in told.nodes if event and not event.isCrossRepository]
    requested = {event.source.url: event.source for event in events if event.source and event.source.url}
    return tuple(reference(one) for one in requested.values())
