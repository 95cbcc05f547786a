"""
GitLab's GraphQL, as far as the bridge needs it: who edited a comment or a description, assignees, and the fields
of incidents.

https://docs.gitlab.com/api/graphql/reference/#note, #workitem and #mutationissuesetseverity.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox import graphql
from tracker_bridge.sandbox.gitlab import actions, changes, emoji, http, incidents, shapes
from tracker_bridge.sandbox.gitlab.incidents import FORBIDDEN, Wrong
from tracker_bridge.sandbox.gitlab.quick_actions import extract
from tracker_bridge.sandbox.world import Account, Note, Project, Ticket

routes = Blueprint("graphql", __name__)

Json = dict[str, Any]

_MOST_PATHS = 50
_EDITED = {"lastEditedAt": "", "lastEditedBy": "UserCore"}
SCHEMA = {
    "Query": {
        "currentUser": "CurrentUser",
        "issue": "Issue",
        "note": "Note",
        "project": "Project",
        "projects": "ProjectConnection",
        "workItem": "WorkItem",
    },
    "ProjectConnection": {"nodes": "Project", "pageInfo": "PageInfo"},
    "Repository": {"tree": "Tree"},
    "Tree": {"lastCommit": "Commit"},
    "Commit": {"sha": ""},
    "Mutation": {
        "awardEmojiAdd": "AwardEmojiAddPayload",
        "createNote": "CreateNotePayload",
        "issueSetAssignees": "IssueSetAssigneesPayload",
        "issueSetEscalationStatus": "IssueSetEscalationStatusPayload",
        "issueSetSeverity": "IssueSetSeverityPayload",
        "timelineEventCreate": "TimelineEventCreatePayload",
        "timelineEventDestroy": "TimelineEventDestroyPayload",
        "timelineEventUpdate": "TimelineEventUpdatePayload",
        "updateNote": "UpdateNotePayload",
    },
    "AwardEmojiAddPayload": {"awardEmoji": "AwardEmoji", "errors": ""},
    "AwardEmoji": {"name": "", "user": "UserCore"},
    "AwardEmojiConnection": {"nodes": "AwardEmoji"},
    "UpdateNotePayload": {"note": "Note", "errors": ""},
    "CreateNotePayload": {"note": "Note", "errors": ""},
    "IssueSetAssigneesPayload": {"issue": "Issue", "errors": ""},
    "IssueSetEscalationStatusPayload": {"issue": "Issue", "errors": ""},
    "IssueSetSeverityPayload": {"issue": "Issue", "errors": ""},
    "TimelineEventCreatePayload": {"timelineEvent": "TimelineEventType", "errors": ""},
    "TimelineEventDestroyPayload": {"timelineEvent": "TimelineEventType", "errors": ""},
    "TimelineEventUpdatePayload": {"timelineEvent": "TimelineEventType", "errors": ""},
    "TimelineEventTypeConnection": {"nodes": "TimelineEventType", "pageInfo": "PageInfo"},
    "TimelineEventType": {"author": "UserCore", "updatedByUser": "UserCore"}
    | dict.fromkeys(("id", "note", "action", "occurredAt"), ""),
    "PageInfo": {"hasNextPage": "", "endCursor": ""},
    "CurrentUser": dict.fromkeys(("id", "username", "name", "active", "bot"), ""),
    "UserCore": dict.fromkeys(("id", "username", "name", "active", "bot"), ""),
    "Project": {
        "id": "",
        "fullPath": "",
        "issue": "Issue",
        "issues": "IssueConnection",
        "mergeRequests": "MergeRequestConnection",
        "repository": "Repository",
        "incidentManagementTimelineEvents": "TimelineEventTypeConnection",
        "workItems": "WorkItemConnection",
        "workItemTypes": "WorkItemTypeConnection",
    },
    "MergeRequestConnection": {"nodes": "MergeRequest"},
    "MergeRequest": {"iid": "", "title": ""},
    "WorkItemTypeConnection": {"nodes": "WorkItemType", "pageInfo": "PageInfo"},
    "WorkItemConnection": {"nodes": "WorkItem", "pageInfo": "PageInfo"},
    "WorkItemType": {"id": "", "name": ""},
    "Note": {"author": "UserCore", "awardEmoji": "AwardEmojiConnection"}
    | _EDITED
    | dict.fromkeys(("id", "body", "createdAt", "updatedAt", "internal", "system", "url"), ""),
    "IssueConnection": {"nodes": "Issue", "pageInfo": "PageInfo"},
    "Issue": {"author": "UserCore", "notes": "NoteConnection"}
    | dict.fromkeys(("id", "iid", "title", "description", "state", "type", "confidential"), "")
    | dict.fromkeys(("severity", "escalationStatus", "userNotesCount", "updatedAt"), ""),
    "WorkItem": dict.fromkeys(("id", "iid", "title", "description", "state", "updatedAt"), "")
    | {"widgets": "WorkItemWidget", "workItemType": "WorkItemType"},
    "WorkItemWidget": {"type": ""},
    "WorkItemWidgetLabels": {"type": "", "labels": "LabelConnection"},
    "LabelConnection": {"nodes": "Label"},
    "Label": {"id": "", "title": ""},
    "WorkItemWidgetNotes": {"type": "", "discussions": "DiscussionConnection"},
    "DiscussionConnection": {"nodes": "Discussion", "pageInfo": "PageInfo"},
    "Discussion": {"id": "", "notes": "NoteConnection"},
    "NoteConnection": {"nodes": "Note", "pageInfo": "PageInfo"},
    "WorkItemWidgetDescription": {"type": "", "description": "", "edited": ""} | _EDITED,
}


@routes.post("/graphql")
def ask() -> Response:
    """Errors of a query come with 200."""
    http.lacks("graphql")
    root, roots = "Query", QUERIES
    text, is_mutation = re.subn(r"\A\s*mutation\b", "query", http.text("query") or "")
    if is_mutation:
        root, roots = "Mutation", MUTATIONS
    try:
        parsed = graphql.Query(text, _variables())
        graphql.check(_schema(), parsed.selections, root)
    except graphql.GraphQLError as refused:
        return http.answer({"errors": [{"message": str(refused), "extensions": refused.more}]})
    found: Json = {}
    errors: list[Json] = []
    for one in parsed.selections:  # in order, each for itself: one that fails leaves the others as they are
        try:
            found |= graphql.select([one], dict(roots), lambda name: {name, "WorkItemWidget"})
        except Wrong as wrong:
            found[one.alias or one.name] = None
            errors.append({"message": str(wrong), "path": [one.alias or one.name]})
    return http.answer({"data": found} | ({"errors": errors} if errors else {}))


def _schema() -> graphql.Schema:
    """A GitLab without reactions knows of none."""
    lacks = {"awardEmojiAdd", "awardEmoji"} if "award_emoji" in http.face().lacking else set()
    return {kind: {name: to for name, to in of.items() if name not in lacks} for kind, of in SCHEMA.items()}


def _variables() -> Json:
    sent = http.parameters().get("variables")
    return sent if isinstance(sent, dict) else {}


def _note_field(id: str) -> Json | None:  # noqa: A002 - GitLab's name
    number = _number(id, "Note")
    for ticket in _tickets():
        for note in ticket.notes:
            if note.id == number and http.can_read(ticket, note, http.me()):
                return _note(ticket, note)
    return None


def _ticket_field(shape: Callable[[Ticket], Json], kind: str, id: str) -> Json | None:  # noqa: A002
    """An issue and its work item have the same number."""
    number = _number(id, kind)
    return next((shape(ticket) for ticket in _tickets() if ticket.id == number), None)


def _projects(fullPaths: list[str], first: int = 100) -> Json:  # noqa: N803 - GitLab's name
    """Those that may be seen; at most fifty can be asked about."""
    if len(fullPaths) > _MOST_PATHS:
        raise Wrong(f"You cannot provide more than {_MOST_PATHS} full paths.")
    found = [one for path in fullPaths if (one := _project_field(path))]
    return {"__typename": "ProjectConnection", "nodes": found[:first]}


def _repository(project: Project) -> Json | None:
    """Guests may not read the code of a private project."""
    if "repository" in http.face().lacking:
        return None
    if project.private and http.access_to(project) < Access.TRIAGE:
        return None
    return {"__typename": "Repository", "tree": partial(_tree, project)}


def _tree(project: Project, path: str) -> Json | None:
    """Each version of a folder has a commit of its own here."""
    within = sorted((name, str(text)) for name, text in project.files.items() if name.startswith(f"{path}/"))
    sha = hashlib.sha1(repr(within).encode(), usedforsecurity=False).hexdigest()
    last = {"__typename": "Commit", "sha": sha} if within else None
    return {"__typename": "Tree", "lastCommit": last} if project.files else None


def _project_field(fullPath: str) -> Json | None:  # noqa: N803 - GitLab's name
    found = http.visible_project(fullPath)
    if found is None:
        return None

    def one(iid: str) -> Json | None:
        ticket = found.tickets.get(int(iid)) if iid.isdecimal() else None
        return _issue(ticket) if ticket and not ticket.deleted and http.can_see(ticket, http.me()) else None

    return {
        "__typename": "Project",
        "id": f"gid://gitlab/Project/{found.id}",
        "fullPath": found.path,
        "issue": one,
        "issues": partial(_issues, found),
        "mergeRequests": partial(_merge_requests, found),
        "repository": _repository(found),
        "workItems": partial(_work_items, found),
        "workItemTypes": lambda: _types(found),
        "incidentManagementTimelineEvents": partial(incidents.timeline, found, _user),
    }


def _issues(
    project: Project,
    *,
    iids: list[str] | None = None,
    sort: str = "",
    first: int = 100,
    labelName: list[str] | None = None,  # noqa: N803 - GitLab's name
    types: list[str] | None = None,
    state: str = "all",
    updatedAfter: str | None = None,  # noqa: N803 - GitLab's name
) -> Json:
    """An issue must have all of the labels."""
    numbers = project.tickets.keys() if iids is None else [int(one) for one in iids if one.isdecimal()]
    found = [project.tickets[one] for one in numbers if one in project.tickets]
    shown = [one for one in found if not one.deleted and http.can_see(one, http.me())]
    shown = [one for one in shown if {label.name for label in one.labels} >= set(labelName or ())]
    shown = [one for one in shown if types is None or one.kind.upper() in types]
    shown = [one for one in shown if state in ("all", "opened" if one.open else "closed")]
    if updatedAfter is not None:
        after = datetime.fromisoformat(updatedAfter)
        shown = [one for one in shown if one.updated_at >= after]
    if sort:
        by = {"UPDATED_DESC": lambda one: one.updated_at, "CREATED_DESC": lambda one: (one.created_at, one.id)}
        shown.sort(key=by[sort], reverse=True)
    page = {"__typename": "PageInfo", "hasNextPage": len(shown) > first, "endCursor": None}
    return {"__typename": "IssueConnection", "nodes": [_issue(one) for one in shown[:first]], "pageInfo": page}


def _merge_requests(project: Project, first: int = 100) -> Json:
    """The latest first; whoever may not read them sees none."""
    pulls = sorted(project.pulls.values(), key=lambda one: one.id, reverse=True)
    shown = pulls[:first] if http.access_to(project) >= Access.READ else []
    nodes = [{"__typename": "MergeRequest", "iid": str(one.number), "title": one.title} for one in shown]
    return {"__typename": "MergeRequestConnection", "nodes": nodes}


def _types(project: Project) -> Json:
    """GitLab's own, and those that the organisation made."""
    names = ("Issue", "Incident", "Test Case", "Requirement", "Task", "Ticket", *project.own_types)
    nodes = [{"__typename": "WorkItemType", "id": "", "name": name} for name in names]
    return {"__typename": "WorkItemTypeConnection", "nodes": nodes}


def _work_items(project: Project, iid: str | None = None, iids: list[str] | None = None, first: int = 100) -> Json:
    wanted = [iid] if iid is not None else iids
    found = [one for one in project.tickets.values() if wanted is None or str(one.number) in wanted]
    nodes = [_work_item(one) for one in found if not one.deleted and http.can_see(one, http.me())]
    return {"__typename": "WorkItemConnection", "nodes": nodes[:first]}


def _set_severity(input: Json) -> Json:  # noqa: A002 - GitLab's name
    """As the interface sends it: everything in one variable."""
    return _payload("IssueSetSeverityPayload", incidents.set_severity, input)


def _set_escalation_status(input: Json) -> Json:  # noqa: A002 - GitLab's name
    return _payload("IssueSetEscalationStatusPayload", incidents.set_escalation_status, input)


def _payload(name: str, change: Callable[[Ticket, str], str], sent: Json) -> Json:
    """Change the issue; what it says is what went wrong."""
    ticket = _to_change(sent)
    wrong = change(ticket, str(sent.get("severity") or sent.get("status")))
    return {"__typename": name, "issue": _issue(ticket), "errors": [wrong] if wrong else []}


def _set_assignees(input: Json) -> Json:  # noqa: A002 - GitLab's name
    """Several assignees, as paid plans have them; who is no member cannot be assigned."""
    ticket, world = _to_change(input), http.world()
    named = [world.account(str(login)) for login in input["assigneeUsernames"]]
    found = [one for one in named if one is not None and world.access(ticket.project, one) >= Access.READ]
    match input["operationMode"]:
        case "APPEND":
            found = [*ticket.assignees, *(one for one in found if one not in ticket.assignees)]
        case "REMOVE":
            found = [one for one in ticket.assignees if one not in found]
    changes.set_assignees(ticket, found)
    return {"__typename": "IssueSetAssigneesPayload", "issue": _issue(ticket), "errors": []}


def _to_change(input: Json) -> Ticket:  # noqa: A002 - GitLab's name
    project = http.visible_project(str(input["projectPath"]))
    ticket = project.tickets.get(int(input["iid"])) if project else None
    if ticket is None or not http.can_see(ticket, http.me()) or not changes.may_triage(ticket):
        raise Wrong(FORBIDDEN)
    return ticket


def _number(gid: str, kind: str) -> int:
    """Read ``gid://gitlab/Note/1``."""
    found = re.fullmatch(rf"gid://gitlab/{kind}/([0-9]+)", gid)
    if found is None:
        raise Wrong(f'"{gid}" does not represent an instance of {kind}')
    return int(found[1])


def _tickets() -> list[Ticket]:
    projects = [one for one in http.world().projects.values() if one.forge == "gitlab"]
    tickets = [ticket for project in projects for ticket in project.tickets.values() if not ticket.deleted]
    return [ticket for ticket in tickets if http.can_see(ticket, http.me())]


def _time(at: datetime | None) -> str | None:
    """GraphQL sends whole seconds (``Types::TimeType``), where REST sends milliseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _note(ticket: Ticket, note: Note) -> Json:
    """``lastEditedAt`` falls back to ``updated_at`` (``Note#last_edited_at``); ``lastEditedBy`` does not."""
    return {
        "__typename": "Note",
        "id": f"gid://gitlab/Note/{note.id}",
        "body": note.body,
        "author": _user(note.author),
        "createdAt": _time(note.created_at),
        "updatedAt": _time(note.updated_at),
        "lastEditedAt": _time(note.edited_at or note.updated_at),
        "lastEditedBy": _user(note.edited_by) if note.edited_by else None,
        "internal": note.internal,
        "system": note.system,
        "url": f"{shapes.issue_url(ticket, http.base_url())}#note_{note.id}",
        "awardEmoji": partial(emoji.awards, note, _user),
    }


def _issue(ticket: Ticket) -> Json:
    return {
        "__typename": "Issue",
        "id": f"gid://gitlab/Issue/{ticket.id}",
        "iid": str(ticket.number),
        "title": ticket.title,
        "description": ticket.body,
        "state": "opened" if ticket.open else "closed",
        "severity": ticket.severity,
        "escalationStatus": ticket.escalation if ticket.kind == "incident" else None,
        "type": ticket.kind.upper(),
        "confidential": ticket.confidential,
        "author": _user(ticket.author),
        "updatedAt": _time(ticket.updated_at),
        "userNotesCount": sum(not one.system for one in ticket.notes),
        "notes": partial(_issue_notes, ticket),
    }


def _issue_notes(ticket: Ticket, first: int = 100) -> Json:
    """Comments and GitLab's own remarks, the oldest first."""
    shown = [one for one in ticket.notes if http.can_read(ticket, one, http.me())]
    return {
        "__typename": "NoteConnection",
        "nodes": [_note(ticket, one) for one in shown[:first]],
        "pageInfo": {"__typename": "PageInfo", "hasNextPage": len(shown) > first, "endCursor": None},
    }


def _work_item(ticket: Ticket) -> Json:
    editor = ticket.body_edited_by
    description = {
        "__typename": "WorkItemWidgetDescription",
        "type": "DESCRIPTION",
        "description": ticket.body,
        "edited": editor is not None,
        "lastEditedAt": _time(ticket.body_edited_at),
        "lastEditedBy": _user(editor) if editor else None,
    }
    return {
        "__typename": "WorkItem",
        "id": f"gid://gitlab/WorkItem/{ticket.id}",
        "iid": str(ticket.number),
        "title": ticket.title,
        "description": ticket.body,
        "state": "OPEN" if ticket.open else "CLOSED",
        "updatedAt": _time(ticket.updated_at),
        "workItemType": {"__typename": "WorkItemType", "id": "", "name": ticket.kind.replace("_", " ").title()},
        "widgets": [_labels(ticket), description, _notes(ticket)],
    }


def _labels(ticket: Ticket) -> Json:
    nodes = [{"__typename": "Label", "id": "", "title": one.name} for one in ticket.labels]
    labels = {"__typename": "LabelConnection", "nodes": nodes}
    return {"__typename": "WorkItemWidgetLabels", "type": "LABELS", "labels": labels}


def _notes(ticket: Ticket) -> Json:
    """Each comment is a discussion of its own."""

    def discussions(last: int = 100, filter: str = "ALL_NOTES") -> Json:  # noqa: A002 - GitLab's name
        shown = [one for one in ticket.notes if http.can_read(ticket, one, http.me())]
        shown = [one for one in shown if not (one.system and filter == "ONLY_COMMENTS")]
        threads = [{"__typename": "NoteConnection", "nodes": [_note(ticket, one)]} for one in shown[-last:]]
        nodes = [{"__typename": "Discussion", "id": "", "notes": one} for one in threads]
        return {"__typename": "DiscussionConnection", "nodes": nodes}

    return {"__typename": "WorkItemWidgetNotes", "type": "NOTES", "discussions": discussions}


def _create_note(input: Json) -> Json:  # noqa: A002 - GitLab's name
    """On anything that has notes; quick actions run here as well."""
    number = _number(str(input["noteableId"]), "(?:WorkItem|Issue)")
    ticket = next((one for one in _tickets() if one.id == number), None)
    if ticket is None or ticket.locked:
        raise Wrong(FORBIDDEN)
    http.face().limits.count_note(http.me(), http.world().clock().timestamp())
    body, found = extract(str(input["body"]))
    outcome = actions.judge(ticket, found)
    note = http.world().comment(ticket, http.me(), body) if body else None
    outcome.carry_out()
    made = _note(ticket, note) if note else None
    return {"__typename": "CreateNotePayload", "note": made, "errors": []}


def _update_note(input: Json) -> Json:  # noqa: A002 - GitLab's name
    """Quick actions run here as well; a note of nothing else is deleted."""
    ticket, note = _found(str(input["id"]))
    if note.author is not http.me() and http.access_to(ticket.project) < Access.MAINTAIN:
        raise Wrong(FORBIDDEN)
    body, found = extract(str(input["body"]))
    outcome = actions.judge(ticket, found)
    if body:
        http.world().edit_comment(ticket, note, http.me(), body)
    else:
        http.world().delete_comment(ticket, note, http.me())
    outcome.carry_out()
    return {"__typename": "UpdateNotePayload", "note": _note(ticket, note) if body else None, "errors": []}


def _award(input: Json) -> Json:  # noqa: A002 - GitLab's name
    """One that is there already is an error."""
    _, note = _found(str(input["awardableId"]))
    errors = emoji.add(note, str(input["name"]))
    return {"__typename": "AwardEmojiAddPayload", "awardEmoji": None, "errors": errors}


def _found(gid: str) -> tuple[Ticket, Note]:
    number = _number(gid, "Note")
    for ticket in _tickets():
        for note in ticket.notes:
            if note.id == number and http.can_read(ticket, note, http.me()):
                return ticket, note
    raise Wrong(FORBIDDEN)


def _user(account: Account, kind: str = "UserCore") -> Json:
    return {
        "__typename": kind,
        "id": f"gid://gitlab/User/{account.id}",
        "username": account.login,
        "name": account.name,
        "active": True,
        "bot": account.bot,
    }


QUERIES: Json = {
    "__typename": "Query",
    "currentUser": lambda: _user(http.me(), "CurrentUser"),
    "issue": partial(_ticket_field, _issue, "Issue"),
    "workItem": partial(_ticket_field, _work_item, "WorkItem"),
    "note": _note_field,
    "project": _project_field,
    "projects": _projects,
}
MUTATIONS: Json = {
    "__typename": "Mutation",
    "awardEmojiAdd": _award,
    "createNote": _create_note,
    "issueSetAssignees": _set_assignees,
    "issueSetEscalationStatus": _set_escalation_status,
    "issueSetSeverity": _set_severity,
    "timelineEventCreate": partial(incidents.create_event, _user),
    "timelineEventDestroy": partial(incidents.destroy_event, _user),
    "timelineEventUpdate": partial(incidents.update_event, _user),
    "updateNote": _update_note,
}
