"""
GitHub's GraphQL, as far as the bridge needs it: who edited an issue or a comment, which comments are hidden, and
what refers to an issue.

https://docs.github.com/graphql/reference/objects#issuecomment and #crossreferencedevent
"""

import re
from functools import partial
from typing import Any

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox import graphql
from tracker_bridge.sandbox.github import altering, moderation, shapes
from tracker_bridge.sandbox.github.contents import tree
from tracker_bridge.sandbox.github.face import answer, face, needs, sent, site, viewer
from tracker_bridge.sandbox.world import Account, Note, PullRequest, Ticket

routes = Blueprint("graphql", __name__)

_COMMENT = {"author": "Actor", "editor": "Actor", "userContentEdits": "UserContentEditConnection"} | dict.fromkeys(
    ("id", "databaseId", "url", "body", "createdAt", "updatedAt", "lastEditedAt", "viewerDidAuthor"), ""
)
_ACTOR = {"login": ""}
_ACCOUNT = _ACTOR | {"id": "", "databaseId": ""}
_KINDS = {"Issue": "Comment", "IssueComment": "Comment", "User": "Actor", "Bot": "Actor"}
SCHEMA = (
    {
        "Query": {"node": "Node", "nodes": "Node", "repository": "Repository", "viewer": "User"},
        "IssueConnection": {"nodes": "Issue", "totalCount": "", "pageInfo": "PageInfo"},
        "LabelConnection": {"nodes": "Label", "pageInfo": "PageInfo"},
        "Label": {"name": ""},
        "GitObject": {"oid": ""},
        "Node": {"id": ""},
        "Actor": _ACTOR,
        "User": _ACCOUNT | {"name": ""},
        "Bot": _ACCOUNT,
        "Comment": {name: to for name, to in _COMMENT.items() if name not in ("databaseId", "url")},
        "IssueComment": _COMMENT | moderation.SCHEMA["Minimizable"] | altering.SCHEMA["Reactable"],
        "IssueCommentConnection": {"nodes": "IssueComment", "totalCount": "", "pageInfo": "PageInfo"},
        "Issue": _COMMENT
        | {"number": "", "title": "", "timelineItems": "IssueTimelineItemsConnection"}
        | {"comments": "IssueCommentConnection"}
        | altering.SCHEMA["Reactable"],
        "IssueTimelineItemsConnection": {"nodes": "IssueTimelineItems", "totalCount": ""},
        "IssueTimelineItems": {},
        "CrossReferencedEvent": {"isCrossRepository": "", "source": "ReferencedSubject"},
        "ReferencedSubject": {},
        "PullRequest": dict.fromkeys(("number", "url", "title", "state", "mergedAt"), "") | {"author": "Actor"},
    }
    | moderation.SCHEMA
    | altering.SCHEMA
    | {
        "Repository": moderation.SCHEMA["Repository"]
        | {"issue": "Issue", "issues": "IssueConnection", "labels": "LabelConnection", "object": "GitObject"}
    }
)


@routes.post("/api/graphql")
def query() -> Response:
    """Errors of a query come with 200."""
    needs("graphql")
    asked = sent("query")
    try:
        text, is_mutation = re.subn(r"\A\s*mutation\b", "query", asked["query"])
        parsed = graphql.Query(text, asked.get("variables") or {})
        graphql.check(_schema(), parsed.selections, "Mutation" if is_mutation else "Query")
    except graphql.GraphQLError as refused:
        error = {"message": str(refused), "extensions": refused.more}
        return answer({"errors": [error]})
    errors: list[shapes.Json] = []
    root = {
        "viewer": partial(_account, viewer()),
        "node": lambda id: _node(id, ["node"], errors),  # noqa: A006
        "repository": lambda owner, name: _repository(f"{owner}/{name}", errors),
        "nodes": lambda ids: [_node(one, ["nodes", place], errors) for place, one in enumerate(ids)],
    }
    root = _mutations(errors) if is_mutation else root
    selected: shapes.Json = {}
    for one in parsed.selections:
        before = len(errors)
        selected |= graphql.select([one], root, _kinds)
        for error in errors[before:]:
            error.setdefault("path", [one.alias or one.name])
    return answer({"data": selected} | ({"errors": errors} if errors else {}))


def _mutations(errors: list[shapes.Json]) -> shapes.Json:
    """They are carried out in order, each for itself: one that fails leaves the others as they are."""
    return moderation.mutations(errors) | altering.mutations(errors, _comment)


def _kinds(name: str) -> set[str]:
    """Return which fragments fit."""
    more = {"Reactable", "Minimizable"} if name == "IssueComment" else {"Reactable"} if name == "Issue" else set()
    return {name, "Node", _KINDS.get(name, "")} | more


def _schema() -> graphql.Schema:
    """An older GitHub does not tell the versions of a text, or knows no reactions."""
    lacking = face().lacking
    lacks = {"userContentEdits"} if "edit_history" in lacking else set()
    lacks |= {"addReaction", "reactionGroups"} if "reactions" in lacking else set()
    return {kind: {name: to for name, to in of.items() if name not in lacks} for kind, of in SCHEMA.items()}


def _node(text: str, path: list[Any], errors: list[shapes.Json]) -> shapes.Json | None:
    found = shapes.node_of(text)
    for project in face().world.projects.values():
        if found and project.forge == "github" and face().world.access(project, viewer()) >= Access.READ:
            for ticket in project.tickets.values():
                if found == ("I", ticket.id) and not ticket.deleted:
                    return _issue(ticket)
                for note in ticket.comments if found[0] == "IC" and not ticket.deleted else ():
                    if note.id == found[1]:
                        return _comment(note)
    message = f"Could not resolve to a node with the global id of '{text}'"
    errors.append({"type": "NOT_FOUND", "path": path, "message": message})
    return None


def _repository(path: str, errors: list[shapes.Json]) -> shapes.Json | None:
    """What may not be seen is not found."""
    world = face().world
    found = world.project(path, "github")
    if found is None or world.access(found, viewer()) < Access.READ:
        errors.append(
            {"type": "NOT_FOUND", "message": f"Could not resolve to a Repository with the name '{path}'."}
        )
        return None
    tickets = [one for one in found.tickets.values() if not one.deleted]

    def labels(first: int) -> shapes.Json:
        nodes = [{"__typename": "Label", "name": one.name} for one in found.labels.values()]
        return _some("LabelConnection", nodes, first)

    def git_object(expression: str) -> shapes.Json | None:
        if "contents" in face().lacking:
            errors.append({"type": "FORBIDDEN", "message": "Resource not accessible by integration"})
            return None
        return tree(found, expression.partition(":")[2])

    shape = {"__typename": "Repository", "id": shapes.node_id("R", found.id), "name": path.partition("/")[2]}

    def issue(number: int) -> shapes.Json | None:
        if number not in found.tickets or found.tickets[number].deleted:
            message = f"Could not resolve to an issue or pull request with the number of {number}."
            errors.append({"type": "NOT_FOUND", "path": ["repository", f"i{number}"], "message": message})
            return None
        return _issue(found.tickets[number])

    return shape | {"issue": issue, "issues": partial(_issues, tickets), "labels": labels, "object": git_object}


def _issues(
    tickets: list[Ticket],
    *,
    first: int,
    orderBy: dict[str, str] | None = None,  # noqa: N803 - GitHub's name
    labels: list[str] | None = None,
    filterBy: shapes.Json | None = None,  # noqa: N803 - GitHub's name
) -> shapes.Json:
    """By when they changed or were made, whichever is asked for; any of the labels will do."""
    order, only = orderBy or {"field": "CREATED_AT", "direction": "ASC"}, filterBy or {}
    by = (lambda one: one.updated_at) if order["field"] == "UPDATED_AT" else (lambda one: one.created_at)
    fits = [one for one in tickets if labels is None or {it.name for it in one.labels} & {*labels}]
    if "states" in only:
        fits = [one for one in fits if ("OPEN" if one.open else "CLOSED") in only["states"]]
    if "since" in only:
        fits = [one for one in fits if shapes.stamp(one.updated_at) >= only["since"]]
    nodes = [_issue(one) for one in sorted(fits, key=by, reverse=order["direction"] == "DESC")]
    return _some("IssueConnection", nodes, first) | {"totalCount": len(fits)}


def _some(kind: str, nodes: list[shapes.Json], first: int) -> shapes.Json:
    page = {"__typename": "PageInfo", "hasNextPage": len(nodes) > first, "endCursor": None}
    return {"__typename": kind, "nodes": nodes[:first], "pageInfo": page}


def _comment(note: Note) -> shapes.Json:
    shape = _written("IssueComment", "IC", note, note.edited_by, note.edited_at) | moderation.hidden(note)
    return shape | {"reactionGroups": altering.groups(note)}


def _issue(ticket: Ticket) -> shapes.Json:
    shape = _written("Issue", "I", ticket, ticket.body_edited_by, ticket.body_edited_at)
    items = partial(_timeline_items, ticket)
    return shape | {
        "number": ticket.number,
        "title": ticket.title,
        "timelineItems": items,
        "comments": partial(_comments, ticket),
        "reactionGroups": altering.groups(ticket),
    }


def _comments(ticket: Ticket, first: int, after: str | None = None) -> shapes.Json:
    """Oldest first; cursors are places in the list."""
    start = int(after) if after else 0
    end = start + first
    more = end < len(ticket.comments)
    return {
        "__typename": "IssueCommentConnection",
        "totalCount": len(ticket.comments),
        "nodes": [_comment(note) for note in ticket.comments[start:end]],
        "pageInfo": {"__typename": "PageInfo", "hasNextPage": more, "endCursor": str(end)},
    }


def _timeline_items(ticket: Ticket, itemTypes: list[str], last: int) -> shapes.Json:  # noqa: N803 - GitHub's name
    """Cross-references only; none is shown from what the viewer cannot read."""
    world = face().world
    pulls = [one for one in world.pulls_of(ticket) if world.access(one.project, viewer()) >= Access.READ]
    found = [_cross_reference(ticket, pull) for pull in pulls if "CROSS_REFERENCED_EVENT" in itemTypes]
    return {
        "__typename": "IssueTimelineItemsConnection",
        "totalCount": len(found),
        "nodes": found[-last:],
    }


def _cross_reference(ticket: Ticket, pull: PullRequest) -> shapes.Json:
    source = {
        "__typename": "PullRequest",
        "number": pull.number,
        "url": f"{site()}/{pull.project.path}/pull/{pull.number}",
        "title": pull.title,
        "state": "MERGED" if pull.merged_at else "OPEN" if pull.open else "CLOSED",
        "mergedAt": shapes.stamp(pull.merged_at) if pull.merged_at else None,
        "author": _account(pull.author),
    }
    elsewhere = pull.project is not ticket.project
    return {"__typename": "CrossReferencedEvent", "isCrossRepository": elsewhere, "source": source}


def _page(one: Ticket | Note) -> str:
    if isinstance(one, Ticket):
        return shapes.issue_page(site(), one)
    projects = face().world.projects.values()
    tickets = (ticket for project in projects for ticket in project.tickets.values())
    ticket = next(ticket for ticket in tickets if any(note is one for note in ticket.notes))
    return f"{shapes.issue_page(site(), ticket)}#issuecomment-{one.id}"


def _written(kind: str, prefix: str, one: Ticket | Note, editor: Account | None, at: Any) -> shapes.Json:
    return {
        "__typename": kind,
        "id": shapes.node_id(prefix, one.id),
        "databaseId": one.id,
        "url": partial(_page, one),
        "body": one.body,
        "createdAt": shapes.stamp(one.created_at),
        "updatedAt": shapes.stamp(one.updated_at),
        "lastEditedAt": shapes.stamp(at) if at else None,
        "author": _account(one.author),
        "editor": _account(editor) if editor else None,
        "viewerDidAuthor": one.author is viewer(),
        "userContentEdits": partial(moderation.edits, one, _account),
    }


def _account(one: Account) -> shapes.Json:
    """A bot's login has no ``[bot]`` here, other than in REST."""
    return {
        "__typename": "Bot" if one.bot else "User",
        "id": shapes.node_id("BOT" if one.bot else "U", one.id),
        "databaseId": one.id,
        "login": one.login.removesuffix("[bot]"),
        "name": one.name,
    }
