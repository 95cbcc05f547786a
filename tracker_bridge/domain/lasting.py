"""What a thread amounts to, and what of it lasts although the memory of it is lost: see :mod:`.losing`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tracker_bridge.domain.calls import Call
from tracker_bridge.domain.incident import Incident
from tracker_bridge.domain.issue import Happening, Issue, Person
from tracker_bridge.domain.judging import Judge
from tracker_bridge.domain.losing import end_act, known_ends, last_comment, lost_end, past_act, past_of
from tracker_bridge.domain.receipts import Receipts


@dataclass(frozen=True, slots=True)
class Folded:
    """
    The incident, and how each call was judged, for the next look.

    ``unknown``: whose access must be looked up as well, before what came with the opening can be judged.
    ``lacking`` are the people who said something new that they may not say, as far as is known.
    With names to be ``asked`` for, nothing of it counts yet: all is folded again when they have been looked up.
    ``forgotten`` are comments that were judged before, as it seems, and are not remembered. What is in those
    ``unproved`` would not be allowed today: how they were answered is to be looked up. ``ends`` are calls among
    them that would have ended it, and were acknowledged. Comments that are ``held`` get no reaction.
    """

    incident: Incident
    receipts: Receipts = field(default_factory=Receipts)
    unknown: Person | None = None
    lacking: frozenset[Person] = frozenset()
    asked: frozenset[str] = frozenset()
    forgotten: frozenset[int] = frozenset()
    unproved: frozenset[int] = frozenset()
    ends: tuple[Call, ...] = ()
    held: frozenset[int] = frozenset()


Again = Callable[[Judge, Sequence[Happening]], Folded]
"""Folds the thread once more, with deeds that it does not show."""


def lasting(issue: Issue, judge: Judge, folded: Folded, again: Again) -> Folded:
    """See to it that what is over stays over, and remember that, and up to where all is past."""
    known = known_ends(judge.receipts.acts)
    traces = judge.traces
    lost = traces.total or traces.bare or bool(folded.unproved)
    if lost and (end := lost_end(issue, folded.incident)) is not None:
        by_word = _over_by_word(folded, judge, again)
        known = known if by_word else (end,)
        folded = by_word or again(judge, known)
    if not folded.incident.exists:
        return folded
    past = max(past_of(judge.receipts.acts), _forgotten(issue, folded, judge))
    acts = {*map(end_act, known), *({past_act(past)} if past else ())}
    incident = replace(folded.incident, past=past)
    held = frozenset() if traces.bare else folded.unproved
    return replace(folded, incident=incident, receipts=folded.receipts.having(frozenset(acts)), held=held)


def _forgotten(issue: Issue, folded: Folded, judge: Judge) -> int:
    """Return up to which comment it was judged before, and is forgotten, as surely as it matters."""
    over, traces = folded.incident.phase.ended, judge.traces
    if traces.total or (traces.moved and over):
        return last_comment(issue)
    if traces.bare:
        return 0
    return max(folded.forgotten if over else filter(judge.reactions.get, folded.unproved), default=0)


def _over_by_word(folded: Folded, judge: Judge, again: Again) -> Folded | None:
    """Let it be over by the last word that would have ended it, of those that were acknowledged."""
    for call in reversed(folded.ends):
        ended = again(replace(judge, ends=frozenset({(call.comment, call.ordinal)})), ())
        if not ended.incident.active:
            return ended
    return None
