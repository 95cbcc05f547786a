"""
Whose words a text consists of: what a forge told of its editors, put together with what earlier reconciles saw.

Nothing here asks a forge. What was not told is not guessed: then the editor is ``NOBODY``, and it is asked again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple, TypeVar

from tracker_bridge.domain.issue.issue import NOBODY, Comment, Person, Revision
from tracker_bridge.trackers._cache import NOTHING, REFERENCE_SECONDS, Thread, Unsettled

T = TypeVar("T")

SAME_MOMENT = timedelta(seconds=2)
"""Times this close together are no sign of an edit: the forges save some comments twice as they are written."""

MAX_REVISIONS = 100
"""Of a text that was changed more often, no versions are kept."""

AT_EVERY_RECONCILE = 8
"""How often in a row an answer that is missing is asked for at each reconcile; then less and less."""


@dataclass(frozen=True, slots=True)
class EditHistory:
    """
    Who changed a text last, ``None`` if its author did, or nobody (``changed``).

    ``revisions`` are its versions, where they are told.
    """

    editor: Person | None
    revisions: tuple[Revision, ...] = ()
    changed: bool = True


class Answers(NamedTuple):
    """What was told, by the comment's id, 0 for the opening post; and of what there may be more to tell."""

    told: Mapping[int, EditHistory]
    missing: frozenset[int]


@dataclass(frozen=True, slots=True)
class Text:
    """A text, and what is known of its editors: ``None`` is the author, ``NOBODY`` not told."""

    author: Person
    body: str
    edited_by: Person | None
    revisions: tuple[Revision, ...]


def perhaps_edited(one: Comment, before: Comment | None) -> bool:
    """
    Tell whether to ask who wrote this text: it differs from the one known, or was changed before the first
    look. Our own are not: ``plan`` puts them right whoever changed them.
    """
    if one.ours:
        return False
    return one.updated_at != one.created_at if before is None else one.body != before.body


def batches(texts: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the texts to ask about, so many at once."""
    rest = iter(texts)
    while batch := list(islice(rest, size)):
        yield batch


def with_author(one: Comment, before: Comment | None, answer: EditHistory | None) -> Comment:
    """Return a comment with what is known of who wrote it; of our own only where it was asked about."""
    if one.ours and answer is None and not (before and before.revisions):
        return one
    was = Text(before.author, before.body, before.edited_by, before.revisions) if before else None
    text = written(one.author, one.body, was, answer, untouched=is_untouched(one.created_at, one.updated_at))
    if (one.edited_by, one.revisions) == (text.edited_by, text.revisions):
        return one
    return replace(one, edited_by=text.edited_by, revisions=text.revisions)


def opening_post(
    author: Person, body: str, times: tuple[datetime, datetime], seen: Thread, answer: EditHistory | None
) -> Text:
    """Return who wrote the opening post of an issue that was created, and changed last, at ``times``."""
    was = None if seen is NOTHING else Text(author, seen.body, seen.body_edited_by, seen.body_revisions)
    return written(author, body, was, answer, untouched=not body or is_untouched(*times))


def written(
    author: Person, body: str, before: Text | None, answer: EditHistory | None, *, untouched: bool
) -> Text:
    """
    Return who wrote ``body``.

    ``before`` is what the last reconcile knew of it. Where the forge does not tell the versions, they are those
    that the reconciles saw. ``answer`` is ``None`` when nothing was asked or told. ``untouched``: its times show
    no edit.
    """
    if before is not None and before.body == body:
        if answer is None:
            return before
        past = before.revisions[:-1]
    elif before is not None:
        past = before.revisions or (Revision(before.body, NOBODY if before.edited_by else author),)
    else:
        past = ()
    unknown = None if before is None and untouched else NOBODY
    editor, told = (answer.editor, answer.revisions) if answer else (unknown, ())
    seen = (*past, Revision(body, author if editor is None else editor)) if past else ()
    return Text(author, body, editor, told or (seen if len(seen) <= MAX_REVISIONS else ()))


def is_untouched(created_at: datetime, updated_at: datetime) -> bool:
    """Whether its times show that it is as it was written."""
    return updated_at - created_at <= SAME_MOMENT


def due(unsettled: Unsettled, now: float) -> frozenset[int]:
    """Return what to ask again: at each reconcile, and after long in vain, every ten minutes."""
    vain = unsettled.times - AT_EVERY_RECONCILE
    pause = 0.0 if vain < 0 else min(10.0 * 2 ** min(vain, 10), REFERENCE_SECONDS)
    return unsettled.ids if now - unsettled.asked_at >= pause else frozenset()


def unsettled_after(before: Unsettled, asked: Collection[int], missing: frozenset[int], now: float) -> Unsettled:
    """Account for a reconcile that ``asked`` and got no answer about ``missing``."""
    left = missing | before.ids.difference(asked)
    if not left or not asked:
        return Unsettled(left, before.times, before.asked_at)
    news = not left <= before.ids
    return Unsettled(left, 1 if news else before.times + 1, now)
