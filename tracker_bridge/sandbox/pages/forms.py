"""What the forms of the sandbox's pages ask of a forge. Each forge carries it out in its own way."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from tracker_bridge.sandbox.world import Account, Note, Project, Ticket

Form = Mapping[str, str]
"""The submitted fields. ``do`` is the pressed button, ``note`` the comment meant, none for the opening post."""


class FormError(Exception):
    """The person may not do this, or what they typed is no good; the message says which."""


class Forge(Protocol):
    """Acts on the world as the forge does when that person presses that button."""

    def act(self, ticket: Ticket, person: Account, form: Form) -> Note | None:
        """Return the comment to look at afterwards. May raise :class:`FormError`, with nothing done."""
        ...

    def open_ticket(self, project: Project, person: Account, form: Form, labels: Sequence[str]) -> Ticket:
        """Open an issue; labels are left out for who may not put them. May raise :class:`FormError`."""
        ...


def need(allowed: bool, complaint: str) -> None:
    if not allowed:
        raise FormError(complaint)


def chosen_note(ticket: Ticket, form: Form) -> Note | None:
    """The comment that the form names; ``None`` for the opening post."""
    wanted = form.get("note", "")
    if not wanted:
        return None
    found = next((note for note in ticket.comments if str(note.id) == wanted), None)
    if found is None:
        raise FormError("That comment no longer exists.")
    return found
