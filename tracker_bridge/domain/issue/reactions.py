"""
Which comments have which reaction of ours: the receipts tell, since no forge does without a request for each.

A comment that had none gets its reaction after the status comment was written, which shows as well what was
taken: what the receipts tell of the last hour may therefore not have been done yet. A reaction that is to change
is changed before, and a forge may refuse that for a moment: then it is remembered that the comment is owed one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.domain.issue.changes import Change, React, Reaction
from tracker_bridge.domain.issue.issue import Comment, Issue
from tracker_bridge.domain.issue.receipts import Receipts

RECENT: Final = timedelta(hours=1)
"""For how long a reaction is made up for: later, nobody looks for it."""

_OWED: Final = "owed"
"""Followed by the comment, and by 1 if another reaction is still to be taken back from it, else 0."""

_OTHER: Final = {Reaction.ACCEPTED: Reaction.REFUSED, Reaction.REFUSED: Reaction.ACCEPTED}


def given(before: Receipts, wanted: Mapping[int, Reaction]) -> dict[int, Reaction]:
    """Return the reactions that were given, as the receipts of the reconcile ``before`` remember."""
    found = before.reactions()
    for once_key in before.once_keys:
        kind, _, owed = once_key.partition(".")
        if kind == _OWED:
            comment, _, other = owed.partition(".")
            there = _OTHER.get(wanted.get(int(comment), Reaction.REFUSED)) if other == "1" else None
            found.pop(int(comment), None)
            found |= {int(comment): there} if there else {}
    return found


def owed_acts(undone: Iterable[Change]) -> frozenset[str]:
    """Return the acts by which it is remembered what was not taken."""
    reactions = [one for one in undone if isinstance(one, React)]
    old = {one.comment for one in reactions if not one.on}
    return frozenset(f"{_OWED}.{one.comment}.{int(one.comment in old)}" for one in reactions)


def acknowledgements(changes: Iterable[Change]) -> tuple[React, ...]:
    """Return the reactions to comments that had none, which are given last."""
    reactions = [one for one in changes if isinstance(one, React)]
    changing = {one.comment for one in reactions if not one.on}
    return tuple(one for one in reactions if one.comment not in changing)


def recent(issue: Issue, now: datetime) -> dict[int, Comment]:
    """Return the comments that a reaction may still come to, by id, oldest first."""
    by_id = {one.id: one for one in sorted((issue.opening, *issue.comments), key=lambda one: one.id)}
    return {id_: one for id_, one in by_id.items() if now - _said_at(one) < RECENT}


def unsure(
    comments: Mapping[int, Comment], given: Mapping[int, Reaction], wanted: Mapping[int, Reaction]
) -> dict[int, Reaction]:
    """Return what should have been given, and perhaps was not."""
    return {one: wanted[one] for one in comments if one in wanted and wanted[one] == given.get(one)}


def _said_at(comment: Comment) -> datetime:
    """An opening post has no time of its own: its issue's moves with all that happens there."""
    return comment.updated_at if comment.id else comment.created_at
