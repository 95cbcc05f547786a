"""
Which comments have which reaction of ours: the receipts tell, since no forge does without a request for each.

A forge may refuse one for a moment. Then it is remembered that the comment is owed one, and it is given at a later
reconcile.
"""

from collections.abc import Iterable
from typing import Final

from tracker_bridge.domain.issue.changes import Change, React, Reaction
from tracker_bridge.domain.issue.receipts import Receipts

_OWED: Final = "owed"
"""Followed by the comment, and by 1 if another reaction is still to be taken back from it, else 0."""

_OTHER: Final = {Reaction.ACCEPTED: Reaction.REFUSED, Reaction.REFUSED: Reaction.ACCEPTED}


def given(before: Receipts, now: Receipts) -> dict[int, Reaction]:
    """Return the reactions that were given, as the receipts of the reconcile ``before`` remember."""
    found, wanted = before.reactions(), now.reactions()
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
