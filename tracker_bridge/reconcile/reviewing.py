"""
The review's issue as a second thread of its incident: what is said there counts for the incident, and is answered
there.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from tracker_bridge.domain.derived.post_incident import POSTMORTEM
from tracker_bridge.domain.issue.blocks import names_in
from tracker_bridge.domain.issue.changes import Change, Close, Document, Post, Relabel, added_to, key_of
from tracker_bridge.domain.issue.documents import ANSWERS
from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.issue import Issue
from tracker_bridge.domain.issue.plan import DesiredState, carries, incident_of, plan

_ABOUT: Final = re.compile(r"(?P<kind>[a-z]+):(?P<comment>[0-9]{1,19})")


@dataclass(frozen=True, slots=True)
class Beside:
    """Another issue of the incident, ``None`` while there is none, and what is to be changed there."""

    issue: Issue | None = None
    changes: tuple[Change, ...] = ()

    @property
    def added(self) -> int:
        """How many characters people wrote into its text."""
        return added_to(self.issue.body, key_of(self.issue.body) or "") if self.issue else 0


NO_REVIEW: Final = Beside()


def is_review(issue: Issue) -> bool:
    """Whether it is the review of an incident, which answers for it."""
    return incident_of(issue) is not None and (key_of(issue.body) or "").startswith(f"{POSTMORTEM}:")


def with_review(issue: Issue, review: Issue | None, grammar: Grammar) -> Issue:
    """Return the incident's issue as if the commands that people wrote in its review stood in its thread."""
    if review is None:
        return issue
    said = [one for one in review.comments if not one.ours and not one.hidden and grammar.may_be_in(one.body)]
    comments = tuple(sorted((*issue.comments, *said), key=lambda one: one.id))
    return replace(issue, comments=comments, in_review=frozenset(one.id for one in said), review=review.ref.number)


def there_of(review: Issue | None) -> frozenset[str] | None:
    """Return the names of the blocks that the review's text has; ``None`` while there is none."""
    return names_in(review.body) if review else None


def parted(documents: Iterable[Document], there: frozenset[int]) -> tuple[list[Document], list[Document]]:
    """Part the answers to comments of the review from all other documents, which come first."""
    here: list[Document] = []
    beside: list[Document] = []
    for one in documents:
        found = _ABOUT.fullmatch(one.key)
        about = int(found["comment"]) if found and found["kind"] in ANSWERS else -1
        (beside if about in there else here).append(one)
    return here, beside


def planned(review: Issue | None, wanted: DesiredState, documents: Iterable[Document], most: int) -> Beside:
    """Return what is to be changed in the review's thread: reactions as in the incident's, and these documents."""
    if review is None:
        return NO_REVIEW
    there = replace(
        DesiredState(),
        documents=tuple(documents),
        given=wanted.given,
        reactions=wanted.reactions,
        past=wanted.past,
        over=wanted.over,
    )
    return Beside(review, plan(review, there, most))


def handed_over(issue: Issue, said: Document, label: str, *, closing: bool) -> Beside:
    """Return how an action item's issue is let go of when its command is gone: with a word, and closed or not."""
    worn = frozenset(one for one in issue.labels if one.casefold() == label.casefold())
    changes: list[Change] = [] if carries(issue, said) else [Post(said)]
    changes += [Relabel(remove=worn)] if worn else []
    changes += [Close(done=False)] if closing and issue.open else []
    return Beside(issue, tuple(changes))
