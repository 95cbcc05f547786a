"""
What GraphQL does or tells with one request, and REST with one for each: a comment's new text along with reactions,
and which reactions are there.

Aliases are carried out in order, and each tells what came of it. What is not told to be done is left to REST,
which tells why, and so is everything for a while where GraphQL is not there, refuses, or leaves it open. An answer
that leaves it open is raised: a part may have been done, so that the issue is read before anything is sent again.

https://docs.github.com/en/graphql/reference/mutations#updateissuecomment
https://docs.github.com/en/graphql/reference/mutations#addreaction
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from tracker_bridge.domain.issue.changes import REACTIONS, Edit, React, Reaction
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import Busy, Denied, Gone, Later, TrackerError
from tracker_bridge.trackers._authors import batches
from tracker_bridge.trackers._cache import ThreadCache
from tracker_bridge.trackers._silence import Silence
from tracker_bridge.trackers.github.client import Client, QueriesLimited
from tracker_bridge.trackers.github.errors import LIMITED, UNCLEAR, is_secondary
from tracker_bridge.trackers.github.shapes import TOLD_MUTATION, TOLD_REACTIONS, Altered, Fault, Reactable

AT_ONCE: Final = 100
"""Comments asked about at once."""

CONTENT: Final = {Reaction.ACCEPTED: "THUMBS_UP", Reaction.REFUSED: "CONFUSED"}

QUERY: Final = """
query($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Reactable { reactionGroups { content viewerHasReacted } }
  }
}
"""


def mutation(reactions: int, *, edits: bool = True) -> str:
    """Return the document that edits a comment, unless it does not, and then gives so many reactions."""
    names = [f"react{number}" for number in range(reactions)]
    types = ["$edit: UpdateIssueCommentInput!"] if edits else []
    types += [f"${name}: AddReactionInput!" for name in names]
    parts = ["edit: updateIssueComment(input: $edit) { issueComment { id } }"] if edits else []
    parts += [f"{name}: addReaction(input: ${name}) {{ reaction {{ content }} }}" for name in names]
    lines = "".join(f"  {part}\n" for part in parts)
    return f"mutation({', '.join(types)}) {{\n{lines}}}\n"


class AtOnce:
    """Knows the comments' ids from ``threads``. ``clock`` is monotonic, in seconds."""

    def __init__(self, client: Client, threads: ThreadCache, clock: Callable[[], float]) -> None:
        self._client = client
        self._threads = threads
        self._writing, self._telling = Silence(clock), Silence(clock)

    def edit(self, ref: IssueRef, change: Edit) -> tuple[React, ...] | None:
        """
        Edit the comment, and give the reactions that go along; return those that were given.

        ``None``: nothing was done, or nothing is told. Raises :class:`Busy` where that is not known.
        """
        nodes = self._nodes(ref)
        along = [one for one in change.along if one.comment in nodes]
        if not along or change.comment not in nodes:
            return None
        sent = {"edit": {"id": nodes[change.comment], "body": change.document.text}}
        return self._given(ref, f"edit {change.document.key} in {ref}", sent, along)

    def react(self, ref: IssueRef, change: React) -> tuple[React, ...] | None:
        """Give the reaction, and those that go along; return and raise as :meth:`edit`."""
        nodes = self._nodes(ref)
        along = [one for one in change.along if one.comment in nodes]
        if not along or change.comment not in nodes:
            return None
        given = self._given(ref, f"react to comments of {ref}", {}, [change, *along])
        return None if given is None else given[1:]

    def _given(
        self, ref: IssueRef, action: str, sent: Mapping[str, Any], reactions: Sequence[React]
    ) -> tuple[React, ...] | None:
        """Do what is ``sent``, and then give the reactions; return those that were given."""
        if self._writing.holds:
            return None
        nodes, parts = self._nodes(ref), dict(sent)
        for number, one in enumerate(reactions):
            parts[f"react{number}"] = {"subjectId": nodes[one.comment], "content": CONTENT[one.reaction]}
        done = self._mutate(ref, action, mutation(len(reactions), edits=bool(sent)), parts)
        if done is None:
            return None
        return tuple(one for number, one in enumerate(reactions) if done[f"react{number}"])

    def reactions(self, ref: IssueRef, comments: Collection[int]) -> Mapping[int, Reaction | None]:
        """Return our own reaction to each comment, as far as it is told."""
        nodes, found = self._nodes(ref), dict[int, Reaction | None]()
        action = f"read the reactions in {ref}"
        for batch in batches((one for one in comments if one in nodes), AT_ONCE):
            told = self._ask(ref, action, [nodes[one] for one in batch])
            groups = {one: node.reactionGroups for one, node in zip(batch, told, strict=True) if node}
            for comment, given in groups.items():
                ours = {group.content for group in given or () if group.viewerHasReacted}
                found[comment] = next((one for one in REACTIONS if CONTENT[one] in ours), None)
        return {one: how for one, how in found.items() if how or not self._shows_ours(ref, one)}

    def _shows_ours(self, ref: IssueRef, comment: int) -> bool:
        """Whether somebody gave a reaction of our kind, so that a denial is asked about once more."""
        thread = self._threads.get(ref)
        shown = thread.comments[comment].reactions if thread and comment in thread.comments else None
        return any(one.value in (shown or ()) for one in REACTIONS)

    def _nodes(self, ref: IssueRef) -> Mapping[int, str]:
        thread = self._threads.get(ref)
        return thread.nodes if thread else {}

    def _mutate(
        self, ref: IssueRef, action: str, text: str, variables: Mapping[str, Any]
    ) -> Mapping[str, bool] | None:
        """Return which parts are done; ``None`` when the first, on which all depends, is not."""
        try:
            answer = self._client.mutate(action, text, variables, project=ref.project)
            told = answer.parse(TOLD_MUTATION, action)
            parts = told.data or {}
            if is_done(parts.get(next(iter(variables)))):
                self._writing.answered()
                return {name: is_done(parts.get(name)) for name in variables}
            check(told.errors, action)
        except QueriesLimited as limited:
            self._writing.begin(limited.retry_after)
            return None
        except Later:
            raise
        except (Gone, Denied):
            self._writing.begin()
            return None
        except Busy:
            self._writing.stumbled()
            raise
        if all(fault.type != "NOT_FOUND" for fault in told.errors):
            self._writing.begin()
        return None

    def _ask(self, ref: IssueRef, action: str, ids: list[str]) -> Iterable[Reactable | None]:
        nothing = [None] * len(ids)
        if self._telling.holds:
            return nothing
        try:
            told = self._client.query(action, QUERY, {"ids": ids}, project=ref.project).parse(
                TOLD_REACTIONS, action
            )
        except TrackerError:
            return nothing
        if told.data is None and any(fault.is_for_good for fault in told.errors):
            self._telling.begin()
        return told.data.nodes if told.data and len(told.data.nodes) == len(ids) else nothing


def is_done(part: Altered | None) -> bool:
    return part is not None and (part.issueComment is not None or part.reaction is not None)


def check(faults: Iterable[Fault], action: str) -> None:
    """Raise for faults after which it is not known what was done, or nothing may be sent now."""
    for fault in faults:
        if fault.type == "RATE_LIMITED":
            raise QueriesLimited(f"could not {action}: GitHub limits requests (GraphQL)", LIMITED)
        if is_secondary(fault.message):
            raise Later(f"could not {action}: GitHub limits requests (GraphQL)", LIMITED)
        if fault.message.startswith("Something went wrong"):
            raise Busy(f"could not {action}: GitHub could not answer (GraphQL)", UNCLEAR)
