"""
Carries out changes.

Every text sent to GitLab is searched for quick actions, which would run with the bot's rights and vanish from
the text. Nothing of ours contains one; GitLab's answer is compared with what was sent all the same.
"""

from typing import Any

from tracker_bridge.domain.changes import (
    Change,
    Close,
    Document,
    Edit,
    Post,
    React,
    Reaction,
    Relabel,
    Remove,
    Reopen,
)
from tracker_bridge.domain.issue import IssueRef, Person
from tracker_bridge.trackers import Busy, Denied, Gone, TrackerError
from tracker_bridge.trackers.gitlab.client import Client, issue_path
from tracker_bridge.trackers.gitlab.errors import UNCLEAR
from tracker_bridge.trackers.gitlab.shapes import lines

Json = dict[str, Any]

EMOJI = {Reaction.ACCEPTED: "thumbsup", Reaction.REFUSED: "confused"}


def apply(client: Client, viewer: Person, ref: IssueRef, change: Change) -> None:
    """Carry out one change; ``viewer`` is the bot's own account."""
    match change:
        case Post(document=document):
            _post(client, ref, document)
        case Edit(comment=id_, document=document):
            _edit(client, ref, id_, document)
        case Remove(comment=id_):
            _remove(client, ref, id_)
        case React(on=True):
            _react(client, viewer, ref, change)
        case React():
            _unreact(client, viewer, ref, change)
        case Relabel(add=add, remove=remove):
            _relabel(client, ref, add, remove)
        case Close():
            _update(client, f"close {ref}", ref, {"state_event": "close"})
        case Reopen():
            _update(client, f"reopen {ref}", ref, {"state_event": "reopen"})


def _post(client: Client, ref: IssueRef, document: Document) -> None:
    """https://docs.gitlab.com/api/notes/#create-an-issue-note. GitLab can not pin comments."""
    act = f"post {document.key} on {ref}"
    _check(client.post(_notes(ref), act, {"body": document.text}), document, act)


def _edit(client: Client, ref: IssueRef, id_: int, document: Document) -> None:
    act = f"edit {document.key} (comment {id_}) on {ref}"
    try:
        answer = client.put(f"{_notes(ref)}/{id_}", act, {"body": document.text})
    except Gone:
        raise Busy(
            f"could not {act}: the comment is not there any more; the next look tells what to do", UNCLEAR
        ) from None
    _check(answer, document, act)


def _check(answer: Json, document: Document, act: str) -> None:
    """
    Raise :class:`TrackerError` when GitLab kept another text than the one sent, or (status 202) none.

    It deletes carriage returns and spaces at the end, and nothing else.
    """
    if "id" not in answer:
        raise TrackerError(
            f"could not {act}: GitLab took the whole text for quick actions, ran them and kept no comment"
        )
    if lines(answer["body"]).rstrip() != document.text.rstrip():
        raise TrackerError(
            f"could not {act}: GitLab kept another text than was sent; a line may have run as a quick action"
        )


def _remove(client: Client, ref: IssueRef, id_: int) -> None:
    try:
        client.delete(f"{_notes(ref)}/{id_}", f"remove comment {id_} from {ref}")
    except Gone:
        return


def _react(client: Client, viewer: Person, ref: IssueRef, change: React) -> None:
    """
    https://docs.gitlab.com/api/emoji_reactions/.

    An emoji given before is answered with 404, as a comment that is gone is: then look.
    """
    act = f"react to comment {change.comment} on {ref}"
    try:
        client.post(_awards(ref, change.comment), act, {"name": EMOJI[change.reaction]})
    except Gone:
        if not _own_awards(client, viewer, ref, change, act):
            raise Busy(
                f"could not {act}: the comment is not there any more; the next look tells what to do", UNCLEAR
            ) from None


def _unreact(client: Client, viewer: Person, ref: IssueRef, change: React) -> None:
    act = f"take back the reaction to comment {change.comment} on {ref}"
    for award in _own_awards(client, viewer, ref, change, act):
        try:
            client.delete(f"{_awards(ref, change.comment)}/{award}", act)
        except Gone:
            continue


def _own_awards(client: Client, viewer: Person, ref: IssueRef, change: React, act: str) -> list[int]:
    """Return the ids of our own emoji of that name; none on a comment that is gone."""
    name = EMOJI[change.reaction]
    try:
        found = list(client.pages(_awards(ref, change.comment), act))
    except Gone:
        return []
    return [one["id"] for one in found if one["name"] == name and one["user"]["id"] == viewer.id]


def _relabel(client: Client, ref: IssueRef, add: frozenset[str], remove: frozenset[str]) -> None:
    """
    One request for all: scoped labels exclude each other by themselves only where that is paid for.

    Labels that the account may not change are left out of a request silently.
    """
    wanted = {"add_labels": add, "remove_labels": remove - add}
    body = {key: ",".join(sorted(names)) for key, names in wanted.items() if names}
    if not body:
        return
    worn = frozenset(_update(client, f"label {ref}", ref, body)["labels"])
    if add - worn or (remove - add) & worn:
        raise Denied(
            f"could not label {ref}: GitLab left the labels as they were; the account needs the role Reporter"
        )


def _update(client: Client, act: str, ref: IssueRef, body: dict[str, str]) -> Json:
    """https://docs.gitlab.com/api/issues/#update-an-issue."""
    return client.put(issue_path(ref.project, ref.number), act, body)


def _notes(ref: IssueRef) -> str:
    return f"{issue_path(ref.project, ref.number)}/notes"


def _awards(ref: IssueRef, comment: int) -> str:
    return (
        f"{_notes(ref)}/{comment}/award_emoji" if comment else f"{issue_path(ref.project, ref.number)}/award_emoji"
    )
