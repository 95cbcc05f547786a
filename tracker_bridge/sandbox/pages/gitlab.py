"""
The buttons of a GitLab issue.

Each becomes the REST request that GitLab's own page makes, answered by the sandbox's GitLab face in the same
process: so quick actions, scoped labels, system remarks and rights are the same on both ways.
"""

from collections.abc import Callable, Sequence

from werkzeug.test import Client

from tracker_bridge.sandbox.gitlab.http import Face
from tracker_bridge.sandbox.pages import rights
from tracker_bridge.sandbox.pages.forms import Form, FormError, chosen_note, need
from tracker_bridge.sandbox.world import Account, Note, Project, Ticket, World

Send = Callable[..., dict[str, object]]
"""``send(method, path below the issue, field=value, ...)`` as the person; answers GitLab's JSON."""
Action = Callable[[Send, Ticket, Form], int | None]
"""Does it, and returns the id of the comment to look at."""


class GitLabForms:
    """Speaks to ``face``, the GitLab face of the same world, with the token of the person who acts."""

    def __init__(self, world: World, face: Face) -> None:
        self.world = world
        self.face = face

    def act(self, ticket: Ticket, person: Account, form: Form) -> Note | None:
        action = _ACTIONS.get(form.get("do", ""))
        if action is None:
            raise FormError("This page has no such button. Reload it.")
        if form["do"] in {"label", "unlabel", "rate"}:
            # GitLab ignores such requests without a word.
            need(rights.may_sort(self.world, ticket.project, person), "Labels and severity need reporter access.")

        def send(method: str, path: str = "", **fields: object) -> dict[str, object]:
            return self._send(person, method, f"{ticket.project.id}/issues/{ticket.number}{path}", fields)

        noted = action(send, ticket, form)
        return next((note for note in ticket.comments if note.id == noted), None)

    def open_ticket(self, project: Project, person: Account, form: Form, labels: Sequence[str]) -> Ticket:
        fields: dict[str, object] = {
            "title": form.get("title", "").strip(),
            "description": _body(form),
            "issue_type": form.get("kind", "issue"),
            "confidential": "confidential" in form,
            "labels": ",".join(labels),
        }
        opened = self._send(person, "POST", f"{project.id}/issues", fields)
        return project.tickets[int(str(opened["iid"]))]

    def _send(self, person: Account, method: str, path: str, fields: dict[str, object]) -> dict[str, object]:
        answer = Client(self.face).open(
            f"/api/v4/projects/{path}", method=method, json=fields, headers={"PRIVATE-TOKEN": person.token}
        )
        told = answer.get_json(silent=True) or {}
        if answer.status_code >= 400:
            raise FormError(f"GitLab refuses: {told.get('message') or told.get('error') or answer.status}")
        return dict(told)


def _comment(send: Send, _ticket: Ticket, form: Form) -> int | None:
    """A comment of quick actions only is not saved: then there is none to look at."""
    saved = send("POST", "/notes", body=_body(form), internal="internal" in form)
    return int(str(saved["id"])) if "id" in saved else None


def _edit(send: Send, ticket: Ticket, form: Form) -> int | None:
    note = chosen_note(ticket, form)
    if note is None:
        send("PUT", description=_body(form))
        return None
    send("PUT", f"/notes/{note.id}", body=_body(form))
    return note.id


def _delete(send: Send, ticket: Ticket, form: Form) -> None:
    note = chosen_note(ticket, form)
    if note is None:
        raise FormError("The opening post stays.")
    send("DELETE", f"/notes/{note.id}")


def _rename(send: Send, _ticket: Ticket, form: Form) -> None:
    send("PUT", title=form.get("title", "").strip())


def _label(send: Send, _ticket: Ticket, form: Form) -> None:
    name = form.get("label", "").strip()
    need(bool(name), "Which label? Type its name.")
    need("," not in name, "A label's name has no comma.")
    send("PUT", add_labels=name)


def _unlabel(send: Send, _ticket: Ticket, form: Form) -> None:
    send("PUT", remove_labels=form.get("label", ""))


def _rate(send: Send, _ticket: Ticket, form: Form) -> None:
    """By the quick action: GitLab's page asks GraphQL, and both come to the same."""
    severity = form.get("severity", "").lower()
    need(severity in {"critical", "high", "medium", "low", "unknown"}, "GitLab has no such severity.")
    send("POST", "/notes", body=f"/severity {severity}")


def _close(send: Send, ticket: Ticket, form: Form) -> int | None:
    noted = _comment(send, ticket, form) if form.get("body", "").strip() else None
    send("PUT", state_event="close")
    return noted


def _reopen(send: Send, ticket: Ticket, form: Form) -> int | None:
    noted = _comment(send, ticket, form) if form.get("body", "").strip() else None
    send("PUT", state_event="reopen")
    return noted


_ACTIONS: dict[str, Action] = {
    "comment": _comment,
    "edit": _edit,
    "delete": _delete,
    "rename": _rename,
    "label": _label,
    "unlabel": _unlabel,
    "rate": _rate,
    "close": _close,
    "reopen": _reopen,
}


def _body(form: Form) -> str:
    """The text with plain line ends: GitLab's page sends it by script, not as a form."""
    return form.get("body", "").replace("\r\n", "\n")
