"""
Who may do what on the sandbox's pages: the forges' rules, as far as the pages offer buttons.

Read access reads and comments, triage labels and closes; what others wrote is changed with write access on
GitHub and by maintainers on GitLab. ``None`` is a visitor of a world without people.
"""

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.world import Account, Note, Project, Ticket, World


def may_see_project(world: World, project: Project, account: Account | None) -> bool:
    return not project.private if account is None else world.access(project, account) >= Access.READ


def may_see(world: World, ticket: Ticket, account: Account | None) -> bool:
    """Confidential issues are for triage and above, their author and their assignees."""
    if ticket.deleted or not may_see_project(world, ticket.project, account):
        return False
    return not ticket.confidential or _inside(world, ticket, account)


def may_read(world: World, ticket: Ticket, note: Note, account: Account | None) -> bool:
    """Internal notes are for the same people as confidential issues."""
    return not note.internal or _inside(world, ticket, account)


def may_comment(world: World, ticket: Ticket, account: Account | None) -> bool:
    least = Access.READ
    if ticket.locked:
        least = Access.WRITE if ticket.project.forge == "github" else Access.TRIAGE
    return account is not None and world.access(ticket.project, account) >= least


def may_sort(world: World, project: Project, account: Account | None) -> bool:
    """Put and take labels."""
    return account is not None and world.access(project, account) >= Access.TRIAGE


def may_close(world: World, ticket: Ticket, account: Account | None) -> bool:
    return account is ticket.author or may_sort(world, ticket.project, account)


def may_change_post(world: World, ticket: Ticket, account: Account | None) -> bool:
    """Edit the title and the opening post."""
    if ticket.project.forge == "gitlab":
        return _inside(world, ticket, account)
    return account is ticket.author or _has(world, ticket, account, Access.WRITE)


def may_change(world: World, ticket: Ticket, note: Note, account: Account | None) -> bool:
    """Edit or delete a comment."""
    least = Access.MAINTAIN if ticket.project.forge == "gitlab" else Access.WRITE
    return not note.system and (account is note.author or _has(world, ticket, account, least))


def may_hide(world: World, ticket: Ticket, account: Account | None) -> bool:
    """Take a comment out of sight, or show it again; GitLab has no such thing."""
    return ticket.project.forge == "github" and may_sort(world, ticket.project, account)


def _inside(world: World, ticket: Ticket, account: Account | None) -> bool:
    if account is None:
        return False
    return account is ticket.author or account in ticket.assignees or may_sort(world, ticket.project, account)


def _has(world: World, ticket: Ticket, account: Account | None, least: Access) -> bool:
    return account is not None and world.access(ticket.project, account) >= least
