"""
Which pull requests of the repository refer to an issue.

REST tells it among everything that ever happened to the issue, its comments included, a hundred a page; GraphQL
gives the latest hundred of them in one request. An App needs to read pull requests for it.
https://docs.github.com/en/graphql/reference/objects#crossreferencedevent
"""

from tracker_bridge.domain.issue.issue import IssueRef, Reference
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

QUERY = f"""
query($owner: String!, $name: String!, $number: Int!) {{
  repository(owner: $owner, name: $name) {{ issue(number: $number) {{ {EVENTS} }} }}
}}
"""
"""By the issue's number, so that it can be asked before the issue has told its id."""


def references(client: Client, ref: IssueRef, action: str) -> tuple[Reference, ...] | None:
    """Return each once, the earliest first; ``None`` where GitHub does not tell."""
    owner, _, name = client.names.now(ref.project).partition("/")
    asked = {"owner": owner, "name": name, "number": ref.number}
    try:
        answer = client.query(action, QUERY, asked, project=ref.project)
    except (Gone, Denied):
        return None
    told = answer.parse(TOLD_REFERENCES, action)
    check_faults(told.errors, action)
    if told.data is None or told.data.repository is None or told.data.repository.issue is None:
        return None
    return referring(told.data.repository.issue.timelineItems)


def referring(told: References) -> tuple[Reference, ...]:
    """Return each once, the earliest first."""
    events = [event for event in told.nodes if event and not event.isCrossRepository]
    requested = {event.source.url: event.source for event in events if event.source and event.source.url}
    return tuple(reference(one) for one in requested.values())
