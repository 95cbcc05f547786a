"""What a thread amounts to, and what of it lasts although the memory of it is lost: see :mod:`.losing`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tracker_bridge.domain.fold.authorization import Authorizer
from tracker_bridge.domain.fold.lost_receipts import (
    end_act,
    is_left_open,
    is_summarised,
    known_ends,
    last_comment,
    last_end,
    lost_end,
    past_act,
    past_of,
    unheard_act,
    unheard_of,
)
from tracker_bridge.domain.fold.resuming import Trail
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Issue, IssueEvent, Person
from tracker_bridge.domain.issue.receipts import Receipts


@dataclass(frozen=True, slots=True)
class Folded:
    """
    The incident, and how each call was judged, for the next reconcile.

    ``unknown``: whose access must be looked up as well, before what came with the opening can be judged.
    ``lacking`` are the people who said something new that they may not say, as far as is known.
    With names to be ``asked`` for, nothing of it counts yet: all is folded again when they have been looked up.
    ``forgotten`` are comments that were judged before, as it seems, and are not remembered. What is in those
    ``unproved`` would not be allowed today: how they were answered is to be looked up. ``words`` are calls among
    them that would have ended it, and were acknowledged, or would have opened it again. Comments that are ``held``
    get no reaction; those ``unheard`` do, although they are of the past. ``trails`` are where the next fold of the
    same thread can go on.
    """

    incident: Incident
    receipts: Receipts = field(default_factory=Receipts)
    unknown: Person | None = None
    lacking: frozenset[Person] = frozenset()
    asked: frozenset[str] = frozenset()
    forgotten: frozenset[int] = frozenset()
    unproved: frozenset[int] = frozenset()
    words: tuple[Invocation, ...] = ()
    held: frozenset[int] = frozenset()
    unheard: frozenset[int] = frozenset()
    trails: tuple[Trail, ...] = field(default=(), compare=False, repr=False)


Again = Callable[[Authorizer, Sequence[IssueEvent]], Folded]
"""Folds the thread once more, with manual events that it does not show."""


def lasting(issue: Issue, authorizer: Authorizer, folded: Folded, again: Again) -> Folded:
    """See to it that what is over stays over, and remember that, and up to where all is past."""
    known = known_ends(authorizer.receipts.once_keys)
    traces = authorizer.traces
    lost = traces.total or traces.bare or bool(folded.unproved)
    if lost and (end := lost_end(issue, folded.incident)) is not None:
        by_word = _by_word(folded, authorizer, again, active=False)
        known = known if by_word else (end,)
        folded = by_word or again(authorizer, known)
    elif lost and not traces.bare and is_left_open(issue, folded.incident):
        folded = _by_word(folded, authorizer, again, active=True) or _without_end(issue, folded, authorizer, again)
    if not folded.incident.exists:
        return folded
    past = max(past_of(authorizer.receipts.once_keys), _forgotten(issue, folded, authorizer))
    unheard = unheard_of(authorizer.receipts.once_keys) | (_unheard(issue, folded, authorizer) if lost else set())
    once_keys = {*map(end_act, known), *({past_act(past)} if past else ()), *map(unheard_act, unheard)}
    incident = replace(folded.incident, past=past) if past else folded.incident
    held = frozenset() if traces.bare else folded.unproved
    receipts = folded.receipts.having(frozenset(once_keys))
    return replace(folded, incident=incident, receipts=receipts, held=held, unheard=unheard)


def _forgotten(issue: Issue, folded: Folded, authorizer: Authorizer) -> int:
    """Return up to which comment it was judged before, and is forgotten, as surely as it matters."""
    over, traces = folded.incident.phase.ended, authorizer.traces
    if traces.total or (traces.moved and over):
        return last_comment(issue)
    if traces.bare:
        return 0
    times = {one.id: one.updated_at for one in (issue.opening, *issue.comments)}
    surely = {one for one in folded.forgotten if over or times[one] <= traces.sure_until}
    return max({*surely, *filter(authorizer.reactions.get, folded.unproved)}, default=0)


def _without_end(issue: Issue, folded: Folded, authorizer: Authorizer, again: Again) -> Folded:
    """
    Leave out what would end it anew: a word that was not allowed then, perhaps, and would be today.

    What was said after all that we wrote ourselves may never have been heard: it counts.
    """
    tried = folded
    while is_left_open(issue, tried.incident) and not is_summarised(issue, tried.incident):
        said = last_end(tried.incident)
        if said is None or said[0] not in tried.forgotten - _late(issue, authorizer) or said in authorizer.vetoed:
            return folded
        authorizer = replace(authorizer, vetoed=authorizer.vetoed | {said})
        tried = again(authorizer, ())
    return tried


def _late(issue: Issue, authorizer: Authorizer) -> set[int]:
    """Return the comments that were said, or changed, after all that we wrote ourselves."""
    return {one.id for one in issue.comments if one.updated_at > authorizer.traces.sure_until}


def _unheard(issue: Issue, folded: Folded, authorizer: Authorizer) -> set[int]:
    """
    Return what may never have been heard: an end that left the issue open, and what was said before and after it.

    It has no answer yet, and a reaction pings nobody; where it was heard, it has the same one.
    """
    late, said = _late(issue, authorizer), last_end(folded.incident)
    unheard = is_left_open(issue, folded.incident) and said is not None and said[0] in late
    return late & folded.forgotten if unheard else set()


def _by_word(folded: Folded, authorizer: Authorizer, again: Again, *, active: bool) -> Folded | None:
    """Let it be over, or go on, by the last word that makes it so."""
    for call in reversed(folded.words):
        said = again(replace(authorizer, words=frozenset({(call.comment, call.ordinal)})), ())
        if said.incident.active is active:
            return said
    return None
