"""
What GraphQL does or tells with one request, and REST with one for each: a comment's new text along with emoji, and
which emoji are there.

Aliases are carried out in order, and each tells what came of it. What is not told to be done is left to REST,
which tells why, and so is everything for a while where GraphQL is not there, refuses, or leaves it open. An answer
that leaves it open is raised: a part may have been done, so that the issue is read before anything is sent again.

https://docs.gitlab.com/api/graphql/reference/#mutationupdatenote
https://docs.gitlab.com/api/graphql/reference/#mutationawardemojiadd
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from tracker_bridge.domain.issue.changes import REACTIONS, Edit, React, Reaction
from tracker_bridge.domain.issue.issue import IssueRef, Person
from tracker_bridge.trackers import Busy, Denied, Gone, Later, TrackerError
from tracker_bridge.trackers._authors import batches
from tracker_bridge.trackers._silence import Silence
from tracker_bridge.trackers.gitlab.client import TAKEN, Client
from tracker_bridge.trackers.gitlab.shapes import Altered, Awarded, ToldAwards, ToldMutation, editor_id

AT_ONCE: Final = 10
"""Comments asked about at once: a list of ten counts much against GitLab's limit of 250."""

AWARDS: Final = 20
"""Emoji listed of a comment; of one that has more, REST tells."""

EMOJI: Final = {Reaction.ACCEPTED: "thumbsup", Reaction.REFUSED: "confused"}


def mutation(awards: int, *, edits: bool = True) -> str:
    """Return the document that edits a comment, unless it does not, and then gives so many emoji."""
    names = [f"award{number}" for number in range(awards)]
    types = ["$edit: UpdateNoteInput!"] if edits else []
    types += [f"${name}: AwardEmojiAddInput!" for name in names]
    parts = ["edit: updateNote(input: $edit) { note { body } errors }"] if edits else []
    parts += [f"{name}: awardEmojiAdd(input: ${name}) {{ errors }}" for name in names]
    return f"mutation({', '.join(types)}) {{ {' '.join(parts)} }}"


class AtOnce:
    """``clock`` is monotonic, in seconds."""

    def __init__(self, client: Client, clock: Callable[[], float]) -> None:
        self._client = client
        self._writing, self._telling = Silence(clock), Silence(clock)

    def edit(self, ref: IssueRef, change: Edit) -> tuple[str, tuple[React, ...]] | None:
        """
        Edit the comment, and give the emoji that go along; return the text that was kept, and those given.

        ``None``: nothing was done, or nothing is told. Raises :class:`Busy` where that is not known.
        """
        along = [one for one in change.along if one.comment]
        if not along:
            return None
        sent = {"edit": {"id": note_gid(change.comment), "body": change.document.text}}
        parts = self._mutate(f"edit {change.document.key} in {ref}", sent, along)
        edit = parts.get("edit")
        if edit is None or edit.errors or edit.note is None:
            return None
        return edit.note.body, _given(parts, along)

    def react(self, ref: IssueRef, change: React) -> tuple[React, ...] | None:
        """Give the emoji, and those that go along; return the latter, and raise as :meth:`edit`."""
        along = [one for one in change.along if one.comment]
        if not along or not change.comment:
            return None
        given = _given(self._mutate(f"react to comments of {ref}", {}, [change, *along]), [change, *along])
        return given[1:] if given[:1] == (change,) else None

    def _mutate(
        self, action: str, sent: Mapping[str, Any], reactions: Sequence[React]
    ) -> Mapping[str, Altered | None]:
        """Do what is ``sent``, and then give the emoji; return what came of each part, as far as it is told."""
        if self._writing.holds:
            return {}
        variables = dict(sent)
        for number, one in enumerate(reactions):
            variables[f"award{number}"] = {"awardableId": note_gid(one.comment), "name": EMOJI[one.reaction]}
        document = mutation(len(reactions), edits=bool(sent))
        try:
            told = self._client.ask(document, action, ToldMutation, **variables)
        except Later:
            raise
        except Busy:
            self._writing.stumbled()
            raise
        except TrackerError:  # not offered at this address, or not to this token
            self._writing.begin()
            return {}
        if next(iter(variables)) in (told.data or {}):
            self._writing.answered()
        else:
            self._writing.begin()
        return told.data or {}

    def reactions(self, comments: Collection[int], viewer: Person) -> Mapping[int, Reaction | None]:
        """Return the emoji that ``viewer`` gave to each comment, as far as it is told."""
        found: dict[int, Reaction | None] = {}
        for batch in batches((one for one in comments if one), AT_ONCE):
            told = self._ask(batch)
            for comment in batch:
                awards = told.get(f"note{comment}")
                if awards is not None and len(awards.awardEmoji.nodes) < AWARDS:
                    ours = {one.name for one in awards.awardEmoji.nodes if editor_id(one.user) == viewer.id}
                    found[comment] = next((one for one in REACTIONS if EMOJI[one] in ours), None)
        return found

    def _ask(self, batch: Sequence[int]) -> Mapping[str, Awarded | None]:
        if self._telling.holds:
            return {}
        awards = f"awardEmoji(first: {AWARDS}) {{ nodes {{ name user {{ id username }} }} }}"
        parts = " ".join(f'note{one}: note(id: "{note_gid(one)}") {{ {awards} }}' for one in batch)
        try:
            told = self._client.ask(f"query {{ {parts} }}", "read the emoji of comments", ToldAwards)
        except (Gone, Denied):
            return {}
        if told.data is None:
            self._telling.begin()
        return told.data or {}


def _given(parts: Mapping[str, Altered | None], reactions: Sequence[React]) -> tuple[React, ...]:
    return tuple(one for number, one in enumerate(reactions) if is_given(parts.get(f"award{number}")))


def is_given(part: Altered | None) -> bool:
    """Whether it is there now: one that was there before is refused by that name."""
    return part is not None and all(TAKEN in one for one in part.errors)


def note_gid(comment: int) -> str:
    return f"gid://gitlab/Note/{comment}"
