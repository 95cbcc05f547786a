"""The buttons of a GitHub issue."""

from collections.abc import Callable, Sequence

from tracker_bridge.sandbox.pages import rights
from tracker_bridge.sandbox.pages.forms import Form, FormError, chosen_note, need
from tracker_bridge.sandbox.world import Account, Note, Project, Ticket, World

Action = Callable[[World, Ticket, Account, Form], Note | None]

MAX_BODY = 65_536
"""Characters of a comment or an opening post."""
MAX_TITLE = 256


class GitHubForms:
    """Acts on the world directly: GitHub's page does nothing that its REST API does not."""

    def __init__(self, world: World) -> None:
        self.world = world

    def act(self, ticket: Ticket, person: Account, form: Form) -> Note | None:
        action = _ACTIONS.get(form.get("do", ""))
        if action is None:
            raise FormError("This page has no such button. Reload it.")
        return action(self.world, ticket, person, form)

    def open_ticket(self, project: Project, person: Account, form: Form, labels: Sequence[str]) -> Ticket:
        allowed = labels if rights.may_sort(self.world, project, person) else ()
        return self.world.open_ticket(project, person, _title(form), _body(form), labels=allowed)


def _comment(world: World, ticket: Ticket, person: Account, form: Form) -> Note:
    need(rights.may_comment(world, ticket, person), "This issue is locked: commenting needs write access.")
    body = _body(form)
    need(bool(body.strip()), "The comment is empty.")
    return world.comment(ticket, person, body)


def _edit(world: World, ticket: Ticket, person: Account, form: Form) -> Note | None:
    note, body = chosen_note(ticket, form), _body(form)
    if note is None:
        need(
            rights.may_change_post(world, ticket, person),
            "Only the author and people with write access edit this.",
        )
        world.edit_ticket(ticket, person, body=body)
        return None
    need(rights.may_change(world, ticket, note, person), "Only the author and people with write access edit this.")
    need(bool(body.strip()), "The comment is empty. To take it back, delete it.")
    world.edit_comment(ticket, note, person, body)
    return note


def _delete(world: World, ticket: Ticket, person: Account, form: Form) -> None:
    note = chosen_note(ticket, form)
    if note is None:
        raise FormError("The opening post stays.")
    need(
        rights.may_change(world, ticket, note, person), "Only the author and people with write access delete this."
    )
    world.delete_comment(ticket, note, person)


def _hide(world: World, ticket: Ticket, person: Account, form: Form) -> Note:
    note = chosen_note(ticket, form)
    if note is None:
        raise FormError("The opening post stays.")
    need(rights.may_hide(world, ticket, person), "Hiding needs triage access to the project.")
    world.hide(note, "outdated" if form["do"] == "hide" else "")
    return note


def _rename(world: World, ticket: Ticket, person: Account, form: Form) -> None:
    need(
        rights.may_change_post(world, ticket, person), "Only the author and people with write access rename this."
    )
    world.edit_ticket(ticket, person, title=_title(form))


def _label(world: World, ticket: Ticket, person: Account, form: Form) -> None:
    need(rights.may_sort(world, ticket.project, person), "Labels need triage access to the project.")
    name = form.get("label", "").strip()
    need(bool(name), "Which label? Type its name.")
    world.label(ticket, person, name[:50])


def _unlabel(world: World, ticket: Ticket, person: Account, form: Form) -> None:
    need(rights.may_sort(world, ticket.project, person), "Labels need triage access to the project.")
    world.unlabel(ticket, person, form.get("label", ""))


def _close(world: World, ticket: Ticket, person: Account, form: Form) -> Note | None:
    note = _say_first(world, ticket, person, form)
    world.close(ticket, person, "not_planned" if form["do"] == "close_not_planned" else "completed")
    return note


def _reopen(world: World, ticket: Ticket, person: Account, form: Form) -> Note | None:
    note = _say_first(world, ticket, person, form)
    world.reopen(ticket, person)
    return note


_ACTIONS: dict[str, Action] = {
    "comment": _comment,
    "edit": _edit,
    "delete": _delete,
    "hide": _hide,
    "show": _hide,
    "rename": _rename,
    "label": _label,
    "unlabel": _unlabel,
    "close": _close,
    "close_not_planned": _close,
    "reopen": _reopen,
}


def _say_first(world: World, ticket: Ticket, person: Account, form: Form) -> Note | None:
    """The buttons below the comment form close with a comment, when one was typed."""
    need(rights.may_close(world, ticket, person), "Only the author and people with triage access do this.")
    return _comment(world, ticket, person, form) if form.get("body", "").strip() else None


def _title(form: Form) -> str:
    title = form.get("title", "").strip()
    need(bool(title), "An issue needs a title.")
    need(len(title) <= MAX_TITLE, f"The title is too long: at most {MAX_TITLE} characters fit.")
    return title


def _body(form: Form) -> str:
    """The text with the line ends that a browser's form sends, ``\\r\\n``: GitHub keeps them, bots must cope."""
    body = form.get("body", "")
    need(len(body) <= MAX_BODY, f"The text is too long: {len(body):,} characters, at most {MAX_BODY:,} fit.")
    return body
