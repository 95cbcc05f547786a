"""What the templates of the sandbox's pages show: addresses, threads, times."""

from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

from tracker_bridge.sandbox.markdown import render
from tracker_bridge.sandbox.pages import rights
from tracker_bridge.sandbox.world import Account, Deed, Note, Project, Reaction, Ticket, World

_EMOJI = {
    "+1": "👍",
    "-1": "👎",
    "laugh": "😄",
    "hooray": "🎉",
    "confused": "😕",
    "heart": "❤️",
    "rocket": "🚀",
    "eyes": "👀",
}
_GITLAB_DEEDS = frozenset({"labeled", "unlabeled", "closed", "reopened"})
"""The others come with a system note, which says the same."""


@dataclass(frozen=True, slots=True)
class ThreadItem:
    """One row of a thread: somebody's comment or GitLab's remark, else what was done to the issue."""

    at: datetime
    id: int
    note: Note | None = None
    deed: Deed | None = None


def thread(world: World, ticket: Ticket, person: Account | None) -> list[ThreadItem]:
    """Everything below the opening post that ``person`` may read, oldest first."""
    notes = [
        ThreadItem(note.created_at, note.id, note=note)
        for note in ticket.notes
        if rights.may_read(world, ticket, note, person)
    ]
    deeds = [
        ThreadItem(deed.at, deed.id, deed=deed)
        for deed in ticket.deeds
        if ticket.project.forge == "github" or deed.kind in _GITLAB_DEEDS
    ]
    return sorted([*notes, *deeds], key=lambda entry: (entry.at, entry.id))


def project_address(project: Project) -> str:
    return f"/gitlab/{project.path}/-/issues" if project.forge == "gitlab" else f"/{project.path}/issues"


def address(ticket: Ticket) -> str:
    """The path of the page, as the forge's REST API tells it to clients."""
    kind = "incident/" if ticket.project.forge == "gitlab" and ticket.kind == "incident" else ""
    return f"{project_address(ticket.project)}/{kind}{ticket.number}"


def anchor(ticket: Ticket, note: Note | None) -> str:
    """Where a comment is on its page; ``None`` is the opening post."""
    if note is None:
        return f"issue-{ticket.id}"
    return f"note_{note.id}" if ticket.project.forge == "gitlab" else f"issuecomment-{note.id}"


def rendered(text: str, project: Project, logins: frozenset[str]) -> Markup:
    return render(text, logins, hard_breaks=project.forge == "github")


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def emoji(reactions: list[Reaction]) -> list[tuple[str, list[str]]]:
    """Each emoji with the logins of those who gave it, in the order of the first of each."""
    given: dict[str, list[str]] = {}
    for reaction in reactions:
        given.setdefault(_EMOJI.get(reaction.name, reaction.name), []).append(reaction.account.login)
    return list(given.items())
