"""
What GitLab does beside the change itself: system notes, scoped labels, and who may change what.

Changes of labels and of state are events of their own in GitLab, not notes; everything else here writes one.
"""

from collections.abc import Iterable

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.gitlab.http import face, me, world
from tracker_bridge.sandbox.world import Account, Ticket


def may_triage(ticket: Ticket) -> bool:
    """Labels, assignees, severity: planners and above."""
    return world().access(ticket.project, me()) >= Access.TRIAGE


def may_update(ticket: Ticket) -> bool:
    """Title, description, state: those, the author and the assignees."""
    return may_triage(ticket) or me() is ticket.author or me() in ticket.assignees


def remark(ticket: Ticket, text: str) -> None:
    """A system note in the acting person's name."""
    world().comment(ticket, me(), text, system=True)


def put_labels(ticket: Ticket, names: Iterable[str]) -> None:
    """Put labels; of one scope (``scope::value``) only the last one put remains, as on GitLab Premium."""
    for name in names:
        scope = name.rpartition("::")[0]
        if scope and "scoped_labels" not in face().lacking:
            for other in [label.name for label in ticket.labels]:
                if other != name and other.rpartition("::")[0] == scope:
                    world().unlabel(ticket, me(), other)
        world().label(ticket, me(), name)


def take_labels(ticket: Ticket, names: Iterable[str]) -> None:
    for name in names:
        world().unlabel(ticket, me(), name)


def set_labels(ticket: Ticket, names: Iterable[str]) -> None:
    wanted = list(names)
    take_labels(ticket, [label.name for label in ticket.labels if label.name not in wanted])
    put_labels(ticket, wanted)


def set_title(ticket: Ticket, title: str) -> None:
    if title != ticket.title:
        world().edit_ticket(ticket, me(), title=title)


def set_description(ticket: Ticket, text: str) -> None:
    if text != ticket.body:
        world().edit_ticket(ticket, me(), body=text)


def set_confidential(ticket: Ticket, wanted: bool) -> None:
    if ticket.confidential != wanted:
        ticket.confidential = wanted
        world().edit_ticket(ticket, me())
        remark(ticket, "made the issue confidential" if wanted else "made the issue visible to everyone")


def set_locked(ticket: Ticket, wanted: bool) -> None:
    if ticket.locked != wanted:
        ticket.locked = wanted
        world().edit_ticket(ticket, me())
        remark(ticket, f"{'locked' if wanted else 'unlocked'} the discussion in this issue")


def set_assignees(ticket: Ticket, wanted: list[Account]) -> None:
    gone = [account for account in ticket.assignees if account not in wanted]
    new = [account for account in wanted if account not in ticket.assignees]
    for account in gone:
        world().unassign(ticket, me(), account)
    for account in new:
        world().assign(ticket, me(), account)


def relate(ticket: Ticket, other: Ticket) -> None:
    """Link two issues, both ways."""
    world().link(ticket, other, "relates_to")
    world().link(other, ticket, "relates_to")
    remark(ticket, f"marked this issue as related to {_reference(other, ticket)}")
    remark(other, f"marked this issue as related to {_reference(ticket, other)}")


def _reference(ticket: Ticket, seen_from: Ticket) -> str:
    path = "" if ticket.project is seen_from.project else ticket.project.path
    return f"{path}#{ticket.number}"
