"""
What GraphQL alone tells of a text, or does with it: its versions, and taking it out of sight.

The versions come newest first, each with its whole text in ``diff``; the original is the last of them. There are
none while a text was never changed.

https://docs.github.com/graphql/reference/objects#usercontentedit
https://docs.github.com/graphql/reference/mutations#minimizecomment
"""

from collections.abc import Callable
from functools import partial

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.github import altering, shapes
from tracker_bridge.sandbox.github.face import face, viewer
from tracker_bridge.sandbox.world import Account, Note, Project, Ticket, Version

Json = shapes.Json

REASONS = ("ABUSE", "DUPLICATE", "LOW_QUALITY", "OFF_TOPIC", "OUTDATED", "RESOLVED", "SPAM")

SCHEMA = {
    "UserContentEditConnection": {"nodes": "UserContentEdit", "totalCount": "", "pageInfo": "PageInfo"},
    "UserContentEdit": {"editor": "Actor"}
    | dict.fromkeys(("id", "createdAt", "editedAt", "deletedAt", "diff"), ""),
    "PageInfo": dict.fromkeys(("hasNextPage", "hasPreviousPage", "startCursor", "endCursor"), ""),
    "Mutation": {
        **altering.MUTATIONS,
        "deleteIssue": "DeleteIssuePayload",
        "minimizeComment": "MinimizeCommentPayload",
        "unminimizeComment": "UnminimizeCommentPayload",
    },
    "DeleteIssuePayload": {"clientMutationId": "", "repository": "Repository"},
    "Repository": {"id": "", "name": ""},
    "MinimizeCommentPayload": {"minimizedComment": "Minimizable"},
    "UnminimizeCommentPayload": {"unminimizedComment": "Minimizable"},
    "Minimizable": {"isMinimized": "", "minimizedReason": ""},
}


def edits(one: Ticket | Note, account: Callable[[Account], Json], *, first: int, after: str | None = None) -> Json:
    """Return the connection ``userContentEdits``; cursors are places in the list."""
    versions = one.versions[::-1] if one.versions[1:] else []
    start = int(after) if after else 0
    page = versions[start : start + first]
    return {
        "__typename": "UserContentEditConnection",
        "totalCount": len(versions),
        "nodes": [_edit(version, account) for version in page],
        "pageInfo": {
            "__typename": "PageInfo",
            "hasNextPage": start + first < len(versions),
            "hasPreviousPage": start > 0,
            "startCursor": str(start) if page else None,
            "endCursor": str(start + len(page)) if page else None,
        },
    }


def mutations(errors: list[Json]) -> Json:
    return {
        "__typename": "Mutation",
        "deleteIssue": partial(_delete_issue, errors),
        "minimizeComment": partial(_hide, errors),
        "unminimizeComment": partial(_show, errors),
    }


def hidden(note: Note) -> Json:
    return {"isMinimized": bool(note.hidden_as), "minimizedReason": note.hidden_as or None}


def _edit(version: Version, account: Callable[[Account], Json]) -> Json:
    at = shapes.stamp(version.at)
    return {
        "__typename": "UserContentEdit",
        "id": shapes.node_id("UCE", int(version.at.timestamp())),
        "createdAt": at,
        "editedAt": at,
        "deletedAt": None,
        "diff": version.body,
        "editor": account(version.by),
    }


def _hide(errors: list[Json], input: Json) -> Json | None:  # noqa: A002 - GitHub's name
    """The reason comes in capitals, and is told in small letters and with dashes."""
    reason = str(input.get("classifier"))
    if reason not in REASONS:
        errors.append({"message": f"{reason} is no ReportedContentClassifiers"})
        return None
    return _set(errors, input, "minimizedComment", reason.lower().replace("_", "-"))


def _show(errors: list[Json], input: Json) -> Json | None:  # noqa: A002 - GitHub's name
    return _set(errors, input, "unminimizedComment", "")


def _delete_issue(errors: list[Json], input: Json) -> Json | None:  # noqa: A002 - GitHub's name
    """Administrators only. https://docs.github.com/graphql/reference/mutations#deleteissue"""
    world, found = face().world, shapes.node_of(str(input.get("issueId")))
    for project in world.projects.values():
        for ticket in project.tickets.values() if project.forge == "github" else ():
            if found == ("I", ticket.id) and world.access(project, viewer()) >= Access.ADMIN:
                world.delete_ticket(ticket, viewer())
                return {"__typename": "DeleteIssuePayload", "clientMutationId": None, "repository": None}
    errors.append({"type": "FORBIDDEN", "message": "Viewer not authorized to delete"})
    return None


def _set(errors: list[Json], sent: Json, field: str, reason: str) -> Json | None:
    note = _note(str(sent.get("subjectId")))
    if note is None:
        errors.append({"type": "NOT_FOUND", "message": "Could not resolve to a node, or it is not yours to hide"})
        return None
    face().world.hide(note, reason)
    return {field: {"__typename": "IssueComment"} | hidden(note)}


def _note(node: str) -> Note | None:
    """Find a comment that the viewer may hide."""
    found, mine = shapes.node_of(node), partial(face().world.access, account=viewer())
    projects: list[Project] = [one for one in face().world.projects.values() if one.forge == "github"]
    tickets = [ticket for one in projects if mine(one) >= Access.TRIAGE for ticket in one.tickets.values()]
    return next((note for one in tickets for note in one.comments if found == ("IC", note.id)), None)
