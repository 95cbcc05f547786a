"""
Carries out the quick actions found in a text, with the rights of the person whose token sent it.

What applies says so in GitLab's words and in those of ``commands_changes``. What does not apply here, may not
be done by this person, or is not in the tables, is told as "Could not apply"; its line is gone all the same.
Long, since there are many; they read as one table.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tracker_bridge.sandbox.gitlab import changes
from tracker_bridge.sandbox.gitlab.http import can_see, me, world
from tracker_bridge.sandbox.gitlab.quick_actions import SUBSTITUTIONS, QuickAction
from tracker_bridge.sandbox.world import SEVERITIES, Account, Ticket

Json = dict[str, object]
Deed = Callable[[], None]

ALIASES = {"labels": "label", "remove_label": "unlabel"}
NEED_ARGUMENT = frozenset({"title", "label", "relabel", "severity", "assign", "reassign", "duplicate", "relate"})


@dataclass(slots=True)
class Outcome:
    """What the actions of one text will do: the deeds, once the note is saved, and what is told of them."""

    deeds: list[Deed] = field(default_factory=list)
    changes: Json = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def does(self, deed: Deed, said: str, **told: object) -> None:
        self.deeds.append(deed)
        self.said.append(said)
        self.changes.update(told)

    def carry_out(self) -> None:
        for deed in self.deeds:
            deed()


def judge(ticket: Ticket, actions: list[QuickAction]) -> Outcome:
    """See which actions apply; nothing is done yet, as GitLab saves the note first."""
    outcome = Outcome()
    for action in actions:
        name = ALIASES.get(action.name, action.name)
        if name in SUBSTITUTIONS or (name in NEED_ARGUMENT and not action.argument):
            continue  # nothing to do, and GitLab says nothing of it
        told = len(outcome.said)
        if name in _TRIAGE and changes.may_triage(ticket):
            _TRIAGE[name](ticket, action.argument, outcome)
        elif name in _UPDATE and changes.may_update(ticket):
            _UPDATE[name](ticket, action.argument, outcome)
        if len(outcome.said) == told:
            outcome.said.append(f"Could not apply {name} command.")
    return outcome


def _close(ticket: Ticket, _argument: str, outcome: Outcome) -> None:
    if ticket.open:
        outcome.does(lambda: world().close(ticket, me()), "Closed this issue.", state_event="close")


def _reopen(ticket: Ticket, _argument: str, outcome: Outcome) -> None:
    if not ticket.open:
        outcome.does(lambda: world().reopen(ticket, me()), "Reopened this issue.", state_event="reopen")


def _title(ticket: Ticket, argument: str, outcome: Outcome) -> None:
    outcome.does(
        lambda: changes.set_title(ticket, argument), f'Changed the title to "{argument}".', title=argument
    )


def _confidential(ticket: Ticket, _argument: str, outcome: Outcome) -> None:
    if not ticket.confidential:
        outcome.does(
            lambda: changes.set_confidential(ticket, True),
            "Made this issue confidential.",
            confidential=True,
        )


def _lock(ticket: Ticket, _argument: str, outcome: Outcome) -> None:
    if not ticket.locked:
        outcome.does(lambda: changes.set_locked(ticket, True), "Locked the discussion.", discussion_locked=True)


def _unlock(ticket: Ticket, _argument: str, outcome: Outcome) -> None:
    if ticket.locked:
        outcome.does(
            lambda: changes.set_locked(ticket, False), "Unlocked the discussion.", discussion_locked=False
        )


def _label_names(ticket: Ticket, argument: str) -> list[str]:
    """The labels named, with or without ``~`` and quotes, that the project has: GitLab makes no new ones."""
    named = [quoted or plain for quoted, plain in re.findall(r'~?"([^"]+)"|~?(\S+)', argument)]
    own = {label.name.lower(): label.name for label in ticket.project.labels.values()}
    return [own[name.lower()] for name in named if name.lower() in own]


def _label(ticket: Ticket, argument: str, outcome: Outcome) -> None:
    names = _label_names(ticket, argument)
    if names:
        ids = [ticket.project.labels[name].id for name in names]
        outcome.does(lambda: changes.put_labels(ticket, names), f"Added {_tilde(names)}.", add_label_ids=ids)


def _unlabel(ticket: Ticket, argument: str, outcome: Outcome) -> None:
    names = _label_names(ticket, argument) if argument else [label.name for label in ticket.labels]
    if names:
        ids = [ticket.project.labels[name].id for name in names]
        outcome.does(lambda: changes.take_labels(ticket, names), f"Removed {_tilde(names)}.", remove_label_ids=ids)


def _relabel(ticket: Ticket, argument: str, outcome: Outcome) -> None:
    names = _label_names(ticket, argument)
    if names:
        ids = [ticket.project.labels[name].id for name in names]
        outcome.does(
            lambda: changes.set_labels(ticket, names),
            f"Replaced all labels with {_tilde(names)}.",
            label_ids=ids,
        )


def _tilde(names: list[str]) -> str:
    return " ".join(f'~"{name}"' for name in names) + (" label" if len(names) == 1 else " labels")


def _severity(ticket: Ticket, argument: str, outcome: Outcome) -> None:
    """Severities are for incidents; by number, by ``S1`` and by word."""
    asked, every = argument.upper(), (*SEVERITIES, "UNKNOWN")
    step = asked.removeprefix("S")
    wanted = every[int(step) - 1] if step in ("1", "2", "3", "4", "5") else asked
    if ticket.kind == "incident" and wanted in every:
        outcome.does(
            lambda: world().rate(ticket, me(), wanted),
            f"Severity updated to {wanted.capitalize()}.",
            severity=wanted.lower(),
        )


def _promote(ticket: Ticket, _argument: str, outcome: Outcome) -> None:
    if ticket.kind == "issue":
        outcome.does(
            lambda: world().set_kind(ticket, me(), "incident"),
            "Issue has been promoted to incident.",
            issue_type="incident",
        )


def _people(argument: str) -> list[Account]:
    named = [me() if name == "me" else world().account(name.lstrip("@")) for name in argument.split()]
    return [account for account in named if account is not None]


def _assign(ticket: Ticket, argument: str, outcome: Outcome) -> None:
    people = _people(argument)
    if people:
        wanted = ticket.assignees + [one for one in people if one not in ticket.assignees]
        outcome.does(
            lambda: changes.set_assignees(ticket, wanted),
            f"Assigned {' '.join(f'@{one.login}' for one in people)}.",
            assignee_ids=[one.id for one in wanted],
        )


def _unassign(ticket: Ticket, argument: str, outcome: Outcome) -> None:
    people = _people(argument) if argument else ticket.assignees
    wanted = [one for one in ticket.assignees if one not in people]
    if wanted != ticket.assignees:
        outcome.does(
            lambda: changes.set_assignees(ticket, wanted),
            f"Removed assignee {' '.join(f'@{one.login}' for one in people)}.",
            assignee_ids=[one.id for one in wanted],
        )


def _reassign(ticket: Ticket, argument: str, outcome: Outcome) -> None:
    people = _people(argument)
    if people:
        outcome.does(
            lambda: changes.set_assignees(ticket, people),
            f"Assigned {' '.join(f'@{one.login}' for one in people)}.",
            assignee_ids=[one.id for one in people],
        )


def _other(ticket: Ticket, argument: str) -> Ticket | None:
    found = re.search(r"(?:#|/-/(?:issues|work_items)/(?:incident/)?)(\d+)\b", argument)
    other = ticket.project.tickets.get(int(found[1])) if found else None
    return other if other and other is not ticket and not other.deleted and can_see(other, me()) else None


def _duplicate(ticket: Ticket, argument: str, outcome: Outcome) -> None:
    other = _other(ticket, argument)
    if other is not None:

        def deed() -> None:
            changes.remark(ticket, f"marked this issue as a duplicate of #{other.number}")
            changes.remark(other, f"marked #{ticket.number} as a duplicate of this issue")
            world().close(ticket, me())

        outcome.does(deed, f"Closed this issue. Marked as a duplicate of #{other.number}.")


def _relate(ticket: Ticket, argument: str, outcome: Outcome) -> None:
    other = _other(ticket, argument)
    if other is not None:
        outcome.does(
            lambda: changes.relate(ticket, other),
            f"Added #{other.number} as a linked item related to this issue.",
        )


_TRIAGE = {
    "label": _label,
    "unlabel": _unlabel,
    "relabel": _relabel,
    "severity": _severity,
    "promote_to_incident": _promote,
    "assign": _assign,
    "unassign": _unassign,
    "reassign": _reassign,
    "lock": _lock,
    "unlock": _unlock,
    "confidential": _confidential,
    "relate": _relate,
}
_UPDATE = {"close": _close, "reopen": _reopen, "title": _title, "duplicate": _duplicate}
