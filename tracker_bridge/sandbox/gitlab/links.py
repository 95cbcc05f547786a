"""Related issues, always in both directions: https://docs.gitlab.com/api/issue_links/"""

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.gitlab import changes, http, shapes
from tracker_bridge.sandbox.world import Link, Ticket

routes = Blueprint("links", __name__)

ISSUE = "/projects/<project:project>/issues/<int:ticket>"


@routes.get(f"{ISSUE}/links")
def listed(ticket: Ticket) -> Response:
    http.lacks("links")
    rows = [link for link in _related(ticket) if not link.other.deleted]
    rows = [link for link in rows if http.can_see(link.other, http.me())]
    return http.listing(rows, lambda link: shapes.linked_issue(link, http.base_url()))


@routes.post(f"{ISSUE}/links")
def created(ticket: Ticket) -> Response:
    http.lacks("links")
    other = _target()
    if http.choice("link_type", ("relates_to", "blocks", "is_blocked_by"), "relates_to") != "relates_to":
        raise http.Failed(403, {"message": "Blocked issues not available for current license"})
    http.need(ticket.project, Access.READ)
    if other is ticket:
        raise http.Failed(
            404, {"message": "No matching issue found. Make sure that you are adding a valid issue URL."}
        )
    if any(link.other is other for link in _related(ticket)):
        raise http.Failed(409, {"message": "Issue(s) already assigned"})
    changes.relate(ticket, other)
    base = http.base_url()
    sides = {"source_issue": shapes.issue(ticket, base), "target_issue": shapes.issue(other, base)}
    return http.answer(sides | {"link_type": "relates_to"}, 201)


@routes.delete(f"{ISSUE}/links/<int:link>")
def deleted(ticket: Ticket, link: int) -> Response:
    http.lacks("links")
    found = next((one for one in _related(ticket) if one.id == link), None)
    if found is None:
        raise http.not_found("Issue Link")
    other = found.other
    ticket.links.remove(found)
    other.links = [one for one in other.links if one.other is not ticket or one.kind != "relates_to"]
    base = http.base_url()
    sides = {"source_issue": shapes.issue(ticket, base), "target_issue": shapes.issue(other, base)}
    return http.answer(sides | {"link_type": "relates_to"})


def _related(ticket: Ticket) -> list[Link]:
    return [link for link in ticket.links if link.kind == "relates_to"]


def _target() -> Ticket:
    project = http.visible_project(http.text("target_project_id", required=True) or "")
    number = http.number("target_issue_iid", required=True) or 0
    if project is None:
        raise http.not_found("Project")
    ticket = project.tickets.get(number)
    if ticket is None or ticket.deleted or not http.can_see(ticket, http.me()):
        raise http.not_found()
    return ticket
