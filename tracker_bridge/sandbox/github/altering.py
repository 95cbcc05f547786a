"""
What GraphQL changes of a comment: its text, and reactions to it.

https://docs.github.com/graphql/reference/mutations#updateissuecomment
https://docs.github.com/graphql/reference/mutations#addreaction
https://docs.github.com/graphql/reference/interfaces#reactable
"""

from collections.abc import Callable
from functools import partial

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.github import shapes
from tracker_bridge.sandbox.github.face import MAX_BYTES, face, viewer
from tracker_bridge.sandbox.world import Note, Ticket

Json = shapes.Json

CONTENTS = {
    "+1": "THUMBS_UP",
    "-1": "THUMBS_DOWN",
    "laugh": "LAUGH",
    "hooray": "HOORAY",
    "confused": "CONFUSED",
    "heart": "HEART",
    "rocket": "ROCKET",
    "eyes": "EYES",
}

SCHEMA = {
    "AddReactionPayload": {"reaction": "Reaction", "subject": "Reactable"},
    "UpdateIssueCommentPayload": {"issueComment": "IssueComment"},
    "Reaction": {"id": "", "content": ""},
    "Reactable": {"reactionGroups": "ReactionGroup"},
    "ReactionGroup": {"content": "", "viewerHasReacted": ""},
}
MUTATIONS = {"addReaction": "AddReactionPayload", "updateIssueComment": "UpdateIssueCommentPayload"}


def groups(one: Ticket | Note) -> list[Json]:
    """Return every kind of reaction, given or not, and whether the viewer gave it."""
    mine = {reaction.name for reaction in one.reactions if reaction.account is viewer()}
    return [
        {"__typename": "ReactionGroup", "content": content, "viewerHasReacted": name in mine}
        for name, content in CONTENTS.items()
    ]


def mutations(errors: list[Json], shape: Callable[[Note], Json]) -> Json:
    return {
        "addReaction": partial(_told, errors, _react),
        "updateIssueComment": partial(_told, errors, partial(_edit, shape)),
    }


class _Refused(Exception):
    """Why nothing was done."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _told(errors: list[Json], act: Callable[[Json], Json], input: Json) -> Json | None:  # noqa: A002
    """Note what was refused."""
    try:
        return act(input)
    except _Refused as refused:
        errors.append({"type": refused.kind, "message": str(refused)})
        return None


def _edit(shape: Callable[[Note], Json], sent: Json) -> Json:
    ticket, note = _found(str(sent.get("id")))
    text = str(sent.get("body") or "")
    if not isinstance(note, Note):
        raise _Refused("NOT_FOUND", "Could not resolve to an IssueComment")
    if note.author is not viewer() and face().world.access(ticket.project, viewer()) < Access.WRITE:
        raise _Refused("FORBIDDEN", "viewer does not have permission to update this comment")
    if not text.strip() or len(text.encode()) > MAX_BYTES:
        raise _Refused("UNPROCESSABLE", "Body is blank or too long")
    face().world.edit_comment(ticket, note, viewer(), text)
    return {"__typename": "UpdateIssueCommentPayload", "issueComment": shape(note)}


def _react(sent: Json) -> Json:
    """One that is there already is returned."""
    _, target = _found(str(sent.get("subjectId")))
    names = [name for name, content in CONTENTS.items() if content == sent.get("content")]
    if not names:
        raise _Refused("UNPROCESSABLE", "content is no ReactionContent")
    reaction, _ = face().world.react(target, viewer(), names[0])
    shown = {"__typename": "Reaction", "id": shapes.node_id("REA", reaction.id), "content": sent["content"]}
    return {"__typename": "AddReactionPayload", "reaction": shown, "subject": None}


def _found(node: str) -> tuple[Ticket, Ticket | Note]:
    """Find an issue or a comment that the viewer may read."""
    wanted, world = shapes.node_of(node), face().world
    for project in world.projects.values():
        if wanted and project.forge == "github" and world.access(project, viewer()) >= Access.READ:
            for ticket in project.tickets.values():
                if wanted == ("I", ticket.id) and not ticket.deleted:
                    return ticket, ticket
                for note in ticket.comments if wanted[0] == "IC" and not ticket.deleted else ():
                    if note.id == wanted[1]:
                        return ticket, note
    raise _Refused("NOT_FOUND", f"Could not resolve to a node with the global id of '{node}'")
