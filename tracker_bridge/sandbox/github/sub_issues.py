"""Issues below issues. https://docs.github.com/rest/issues/sub-issues"""

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.github import shapes
from tracker_bridge.sandbox.github.face import (
    ApiError,
    answer,
    face,
    may,
    needs,
    sent,
    site,
    ticket,
)
from tracker_bridge.sandbox.github.issues import whole
from tracker_bridge.sandbox.world import Ticket

routes = Blueprint("sub_issues", __name__)


def _other(one: Ticket) -> Ticket:
    wanted = sent("sub_issue_id")["sub_issue_id"]
    everything = (other for place in face().world.projects.values() for other in place.tickets.values())
    for other in everything:
        if other.id == wanted and other is not one and not other.deleted:
            return other
    raise ApiError(404, "The provided sub-issue does not exist")


@routes.post("/issues/<int:number>/sub_issues")
def add_sub_issue(number: int) -> Response:
    needs("sub_issues")
    may(Access.TRIAGE)
    one, world = ticket(number), face().world
    other = _other(one)
    parent = shapes.parent_of(world, other)
    if parent is not None and not sent().get("replace_parent"):
        reason = (
            "Issue may not contain duplicate sub-issues" if parent is one else "Sub issue may only have one parent"
        )
        raise ApiError(422, f"An error occurred while adding the sub-issue to the parent issue. {reason}")
    if parent is not None:
        _unlink(parent, other)
    world.link(one, other, "sub_issue")
    return answer(whole(one), 201, location=shapes.issue_url(site(), one))


def _unlink(parent: Ticket, child: Ticket) -> None:
    parent.links = [link for link in parent.links if link.kind != "sub_issue" or link.other is not child]
