"""
One look at an issue: two requests when the thread is known, every page when it is not. What does not depend on an
answer is asked for at the same time.

What changed since the last reconcile is found in the notes, newest change first; the number of comments tells
whether one was deleted. What was done to labels, state, type and severity is read only when these are not those
expected; with it, and every ten minutes, the merge requests that refer to the issue. In a short thread that is
read whole, GitLab's own remarks are listed with the comments.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from tracker_bridge.domain.issue.issue import EventType, Issue, IssueEvent, IssueRef, Person, Reference
from tracker_bridge.trackers import Gone
from tracker_bridge.trackers._accounting import accounts_for, own_labels, own_rank
from tracker_bridge.trackers._ahead import Ahead
from tracker_bridge.trackers._authors import Answers, due, opening_post, unsettled_after, with_author
from tracker_bridge.trackers._cache import NOTHING, REFERENCE_SECONDS, Thread, ThreadCache
from tracker_bridge.trackers.gitlab.beside import Beside
from tracker_bridge.trackers.gitlab.client import PAGE, Client, issue_path
from tracker_bridge.trackers.gitlab.closings import is_brought_along
from tracker_bridge.trackers.gitlab.editors import Asked, Editors, asked
from tracker_bridge.trackers.gitlab.first_sights import FRESH, FirstSight, first_sights
from tracker_bridge.trackers.gitlab.shapes import ShownIssue, ShownNote, comment, lines, person, remark
from tracker_bridge.trackers.gitlab.types import Types
from tracker_bridge.trackers.together import Together

SETTLED = 50
"""Notes found unchanged in a row that end the search: changes become visible out of order, by far fewer."""

NEWEST_FIRST: Final = {"order_by": "updated_at", "sort": "desc"}
COMMENTS: Final = NEWEST_FIRST | {"activity_filter": "only_comments"}


@dataclass(frozen=True, slots=True)
class Answered:
    """
    What a look was answered: the comments that may have changed, by id, and the issue.

    ``remarks`` are GitLab's own, oldest first, where those listed with the comments are all of them. ``beside``
    tells what else there is of the issue, and ``sight`` what was told of it along with others.
    """

    issue: ShownIssue
    notes: Mapping[int, ShownNote]
    beside: Beside
    remarks: Sequence[ShownNote] | None = None
    sight: FirstSight | None = None


class Reader:
    """Reads issues, and remembers in ``threads`` what it read. ``clock`` is monotonic, in seconds."""

    def __init__(
        self, client: Client, threads: ThreadCache, clock: Callable[[], float], together: Together
    ) -> None:
        self._together = together
        self._client = client
        self._threads = threads
        self._clock = clock
        self._editors = Editors(client, clock)
        self.types = Types(client)
        self.ahead = Ahead(partial(first_sights, client, clock), clock)

    def read(self, ref: IssueRef, viewer: Person, *, whole: bool) -> Issue:
        try:
            return self._read(ref, viewer, whole=whole)
        except Gone:
            if hidden := self.types.out_of_reach(ref, viewer):
                raise hidden from None
            raise
        finally:
            self.ahead.passed(ref)

    def _read(self, ref: IssueRef, viewer: Person, *, whole: bool) -> Issue:
        known = None if whole else self._threads.get(ref)
        look = self._changes(ref, known) if known else self._everything(ref, ahead=not whole)
        if known and _uncounted(look.issue, known.comments.keys() | look.notes.keys()) < known.uncounted:
            known = None  # a comment was deleted
            look = self._everything(ref, ahead=False)
        thread = self._thread(ref, viewer, known, look)
        self._threads.put(ref, thread)
        self.types.within_reach(ref)
        return _shown(ref, viewer, look.issue, thread)

    def _changes(self, ref: IssueRef, known: Thread) -> Answered:
        """
        Return the notes that may have changed since the last reconcile, and the issue, read at the same time. A
        note that is written meanwhile may be listed and not counted: then all are read, as after a deletion.
        """
        notes, issue = self._together(lambda: self._latest(ref, known), lambda: self._issue(ref))
        return Answered(issue, notes, Beside(self._client, ref))

    def _latest(self, ref: IssueRef, known: Thread) -> Mapping[int, ShownNote]:
        notes: dict[int, ShownNote] = {}
        unchanged = 0
        for note in self._notes(ref):
            before = known.comments.get(note.id)
            same = before is not None and before.updated_at == note.updated_at
            unchanged = unchanged + 1 if same else 0
            if unchanged == SETTLED:
                break
            notes[note.id] = note
        return notes

    def _everything(self, ref: IssueRef, *, ahead: bool) -> Answered:
        """
        Return all that there is; what was told ``ahead``, with other issues, where that was foreseen. A note
        deleted meanwhile hides another between two pages: comments are counted, and read again; remarks are not,
        so that those of a long list are not relied upon.
        """
        sight = self.ahead.of(ref) if ahead else None
        beside, referred = Beside(self._client, ref), sight is None or sight.is_referred_to
        closed = sight is None or sight.was_closed
        (listed, issue), _ = self._together(
            lambda: self._together(
                lambda: self._all_notes(ref), lambda: self._foreseen(ref, sight) or self._issue(ref)
            ),
            lambda: beside.early(self._together, is_referred_to=referred, was_closed=closed),
        )
        if sight is not None and issue is sight.issue and not self._is_of_now(issue, sight, listed, beside):
            issue = self._issue(ref)
        notes = {note.id: note for note in listed if not note.system}
        if len(listed) >= PAGE and _uncounted(issue, notes):
            listed, issue = self._together(lambda: self._all_notes(ref), lambda: self._issue(ref))
            notes = {note.id: note for note in listed if not note.system}
        remarks = sorted((note for note in listed if note.system), key=lambda note: (note.created_at, note.id))
        whole = len(listed) < PAGE and _account_for(remarks, issue)
        if not closed and is_brought_along(remarks):
            beside.ask_again()
        if not (_is_as_foreseen(issue, sight) or beside.explains(issue, self._together)):
            beside.ask_again()  # something was done meanwhile
        return Answered(issue, notes, beside, remarks if whole else None, sight)

    def _foreseen(self, ref: IssueRef, sight: FirstSight | None) -> ShownIssue | None:
        """Return the issue as it was listed with others a moment ago."""
        fresh = sight is not None and self._clock() - sight.at < FRESH
        return self._checked(ref, sight.issue) if sight and sight.issue and fresh else None

    def _is_of_now(
        self, issue: ShownIssue, sight: FirstSight, listed: Sequence[ShownNote], beside: Beside
    ) -> bool:
        """Whether nothing was done to an issue since it was listed."""
        remarks = [note for note in listed if note.system]
        return sight.saw(listed) and _account_for(remarks, issue) and beside.explains(issue, self._together)

    def _notes(self, ref: IssueRef) -> Iterable[ShownNote]:
        """
        Yield what people wrote, latest change first, asking for pages as they are needed.

        A page can be shorter than asked for; only the missing ``Link`` ends the list.
        https://docs.gitlab.com/api/notes/#list-project-issue-notes
        """
        path = f"{issue_path(ref.project, ref.number)}/notes"
        notes = self._client.pages(path, f"read {ref}", ShownNote, **COMMENTS)
        return (note for note in notes if not note.system)

    def _all_notes(self, ref: IssueRef) -> Sequence[ShownNote]:
        path = f"{issue_path(ref.project, ref.number)}/notes"
        return self._client.all_pages(path, f"read {ref}", ShownNote, self._together, **NEWEST_FIRST)

    def _issue(self, ref: IssueRef) -> ShownIssue:
        """GitLab goes on answering for a moved issue, and some versions under the former path of a project."""
        shown = self._client.get(issue_path(ref.project, ref.number), f"read {ref}", ShownIssue)
        return self._checked(ref, shown)

    def _checked(self, ref: IssueRef, issue: ShownIssue) -> ShownIssue:
        """Refuse what is another issue by now."""
        if issue.moved_to_id is not None:
            raise Gone(f"could not read {ref}: the issue was moved to another project")
        names, id_ = self._client.names, issue.project_id
        path, _, number = issue.references.full.rpartition("#")
        same = names.is_same(ref.project, id_) if id_ else names.now(ref.project).casefold() == path.casefold()
        if number != str(ref.number) or not same:
            raise Gone(f"could not read {ref}: it is now {issue.references.full}")
        if id_:
            names.met(ref.project, id_, path)
        return issue

    def _thread(self, ref: IssueRef, viewer: Person, known: Thread | None, look: Answered) -> Thread:
        issue = look.issue
        seen, now = self._threads.get(ref) or NOTHING, self._clock()
        fresh = {id_: comment(note, issue.address, viewer) for id_, note in look.notes.items()}
        comments = {**(known.comments if known else {}), **fresh}
        texts = list(asked(issue, comments, known, due(seen.unsettled, now)))
        times = {0: issue.updated_at, **{id_: one.updated_at for id_, one in comments.items()}}
        shows = (issue.labels, issue.open, issue.is_incident, issue.rank)
        same = (
            known is not None and (known.labels, known.open, known.typed, known.rank) == shows and not known.behind
        )
        late = known is None or not same or now - known.references_at >= REFERENCE_SECONDS
        (told, missing), (done, refers) = self._together(
            lambda: self._edited(ref, texts, times, look.sight),
            lambda: self._together(
                lambda: () if same else self._happenings(ref, look),
                lambda: self._references(ref, look) if known is None or late else known.references,
            ),
        )
        comments = {id_: with_author(one, seen.comments.get(id_), told.get(id_)) for id_, one in comments.items()}
        author, body = person(issue.author), lines(issue.description)
        opening = opening_post(author, body, (issue.created_at, issue.updated_at), seen, told.get(0))
        unsettled = replace(seen.unsettled, ids=seen.unsettled.ids & {0, *comments})
        events, unaccounted, ours = seen.events, seen.unaccounted, (seen.own_labels, seen.own_rank)
        if not same:
            events = tuple(one for one in done if one.actor.id != viewer.id)
            ours = own_labels(done, viewer), own_rank(done, viewer)
            unaccounted = 0 if accounts_for(done, issue.labels, is_open=issue.open) else seen.unaccounted + 1
        return Thread(
            comments=comments,
            body=opening.body,
            body_edited_by=opening.edited_by,
            body_revisions=opening.revisions,
            unsettled=unsettled_after(unsettled, {text.id for text in texts}, missing, now),
            labels=issue.labels,
            open=issue.open,
            typed=issue.is_incident,
            rank=issue.rank,
            events=events,
            unaccounted=unaccounted,
            uncounted=max(0, _uncounted(issue, comments)),
            references=refers,
            references_at=now if known is None or late else known.references_at,
            nodes={0: issue.node},
            own_labels=ours[0],
            own_rank=ours[1],
        )

    def _edited(
        self, ref: IssueRef, texts: Sequence[Asked], times: Mapping[int, datetime], sight: FirstSight | None
    ) -> Answers:
        """Return who edited the texts, asking about those of which it was not told along with other issues."""
        known = sight.answers(texts, times) if sight else {}
        told, missing = self._editors.of((one for one in texts if one.id not in known), f"read {ref}")
        return Answers({**known, **told}, missing)

    def _references(self, ref: IssueRef, look: Answered) -> tuple[Reference, ...]:
        return look.beside.references(self._client.names.now(ref.project))

    def _happenings(self, ref: IssueRef, look: Answered) -> tuple[IssueEvent, ...]:
        """
        Return what anybody did to labels, state, type and severity, oldest first; asked for when something must
        have happened.

        All lists then: what was done and undone between two looks is found when its neighbour shows.
        """
        known = look.remarks
        events, remarks = self._together(
            lambda: look.beside.happenings(self._together), lambda: self._remarks(ref) if known is None else known
        )
        remarked = [one for note in remarks if (one := remark(note))]
        return tuple(sorted([*events, *remarked], key=lambda one: one.at))

    def _remarks(self, ref: IssueRef) -> Sequence[ShownNote]:
        """Return GitLab's own remarks: who set type and severity is told there only."""
        path = f"{issue_path(ref.project, ref.number)}/notes"
        order = {"order_by": "created_at", "sort": "asc", "activity_filter": "only_activity"}
        return [note for note in self._client.pages(path, f"read {ref}", ShownNote, **order) if note.system]


def _is_as_foreseen(issue: ShownIssue, sight: FirstSight | None) -> bool:
    """Whether no label and no state changed since it was listed: what was read later tells all that was done."""
    listed = sight.issue if sight else None
    return listed is not None and (listed.labels, listed.open) == (issue.labels, issue.open)


def _uncounted(issue: ShownIssue, comments: Collection[int]) -> int:
    """Return how many comments GitLab counts and does not show: internal notes hidden from the bot, mostly."""
    return issue.user_notes_count - len(comments)


def _account_for(remarks: Iterable[ShownNote], issue: ShownIssue) -> bool:
    """
    Tell whether these lead to the type and the severity that the issue shows: they are listed beside it, not
    after it. Of an issue that was opened as an incident there is no remark: whether one is to come is not known.
    """
    done = [one for note in remarks if (one := remark(note))]
    ranks = [one.rank for one in done if one.type is EventType.RATED]
    typed = any(one.type is EventType.TYPED for one in done)
    return (ranks[-1] if ranks else 0) == issue.rank and typed == issue.is_incident


def _shown(ref: IssueRef, viewer: Person, issue: ShownIssue, thread: Thread) -> Issue:
    return Issue(
        ref=ref,
        viewer=viewer,
        author=person(issue.author),
        title=issue.title,
        body=thread.body,
        url=issue.address,
        created_at=issue.created_at,
        updated_at=issue.updated_at,
        open=thread.open,
        labels=thread.labels,
        comments=tuple(one for _, one in sorted(thread.comments.items())),
        events=thread.events,
        confidential=issue.confidential,
        body_edited_by=thread.body_edited_by,
        body_revisions=thread.body_revisions,
        references=thread.references,
        assignees=frozenset(one.username for one in issue.assignees),
        typed=thread.typed,
        rank=thread.rank,
        uid=issue.id,
        closed_at=issue.closed_at,
        own_labels=thread.own_labels,
        own_rank=thread.own_rank,
    )
