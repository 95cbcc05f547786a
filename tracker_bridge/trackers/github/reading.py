"""
One look at an issue: two requests when the thread is known, every page when it is not. What does not depend on an
answer is asked for at the same time.

A known thread is brought up to date with a page of the comments changed last (``since``): it is not documented
that hiding one moves its time. Every ten minutes all are read again. Deleted comments are in no such list: the
issue's own count of comments tells of them, and then all are read as well.
Label, state and type events have no ``since`` and are read only when these are not those expected; with them, and
every ten minutes, the pull requests that refer to the issue.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from functools import partial

from tracker_bridge.domain.issue.issue import Comment, EventType, Issue, IssueEvent, IssueRef, Person, Reference
from tracker_bridge.trackers import Gone
from tracker_bridge.trackers._accounting import accounts_for, own_labels
from tracker_bridge.trackers._ahead import Ahead
from tracker_bridge.trackers._authors import Answers, due, opening_post, unsettled_after, with_author
from tracker_bridge.trackers._cache import NOTHING, REFERENCE_SECONDS, Thread, ThreadCache
from tracker_bridge.trackers.github import shapes
from tracker_bridge.trackers.github.authors import Authors, asked
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.editors import Asked
from tracker_bridge.trackers.github.first_sights import FirstSight, first_sights
from tracker_bridge.trackers.github.hiding import hidden
from tracker_bridge.trackers.github.references import references
from tracker_bridge.trackers.github.shapes import Event, ShownComment, ShownIssue
from tracker_bridge.trackers.together import Together

OVERLAP = timedelta(minutes=2)
"""How far before the newest comment seen to look again: comments become visible out of order."""

LATEST = 60
"""How many comments are read again at each reconcile: a page is a hundred, and some may be new."""


@dataclass(frozen=True, slots=True)
class Beside:
    """
    What is told of an issue beside itself, all of it. ``references``: ``None`` where GitHub does not tell.

    ``sight`` is what was told of it along with other issues.
    """

    listed: Mapping[int, ShownComment]
    references: tuple[Reference, ...] | None
    sight: FirstSight | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """
    What GitHub answered. ``kept``: the comments known before that are still there, as far as it tells.

    ``beside`` and the ``events`` are there when everything was read anew.
    """

    issue: ShownIssue
    listed: Mapping[int, ShownComment]
    kept: Mapping[int, Comment]
    beside: Beside | None = None
    events: Sequence[Event] | None = None

    @property
    def sight(self) -> FirstSight | None:
        return self.beside.sight if self.beside else None


def issue_path(ref: IssueRef) -> str:
    return f"/repos/{ref.project}/issues/{ref.number}"


def stamp(thread: Thread) -> str:
    """
    Return from when on to ask for changes of a thread that has comments.

    Those of which nobody knows who wrote them are among them: they are asked about again.
    """
    latest = sorted(one.updated_at for one in thread.comments.values())[-LATEST:]
    unsettled = (thread.comments[id_].updated_at for id_ in thread.unsettled.ids & thread.comments.keys())
    return (min([latest[0], *unsettled]) - OVERLAP).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Reader:
    """
    Reads issues, and remembers in ``threads`` what it read. ``clock`` is monotonic, in seconds.

    ``issue_type`` is the type of incidents.
    """

    def __init__(
        self,
        client: Client,
        threads: ThreadCache,
        clock: Callable[[], float],
        issue_type: str,
        together: Together,
    ) -> None:
        self._together = together
        self._issue_type = issue_type
        self._client = client
        self._threads = threads
        self._clock = clock
        self._authors = Authors(client, clock)
        self.ahead = Ahead(partial(first_sights, client), clock)

    def read(self, ref: IssueRef, viewer: Person, *, whole: bool) -> Issue:
        """``whole`` reads everything anew."""
        known = None if whole else self._threads.get(ref)
        try:
            look = self._look(ref, known) if known else self._everything(ref, viewer, ahead=not whole)
            thread = self._thread(ref, viewer, known, look)
        except Gone:
            self._threads.forget(ref)
            raise
        self._threads.put(ref, thread)
        self.ahead.passed(ref)
        return Issue(
            ref=ref,
            viewer=viewer,
            author=shapes.person(look.issue.user),
            title=look.issue.title,
            body=thread.body,
            url=look.issue.address,
            created_at=look.issue.created_at,
            updated_at=look.issue.updated_at,
            open=thread.open,
            labels=thread.labels,
            comments=tuple(thread.comments.values()),
            events=thread.events,
            body_edited_by=thread.body_edited_by,
            body_revisions=thread.body_revisions,
            references=thread.references,
            assignees=frozenset(one.login for one in look.issue.assignees),
            typed=thread.typed,
            uid=look.issue.id,
            pinned=look.issue.pinned_comment.id if look.issue.pinned_comment else 0,
            closed_at=look.issue.closed_at,
            reactions=shapes.given(look.issue.reactions),
            fields=look.issue.fields,
            own_labels=thread.own_labels,
        )

    def _look(self, ref: IssueRef, known: Thread) -> Answered:
        """
        Read the comments and the issue at the same time. A comment that is written meanwhile may be counted and
        not listed, which is no harm, or listed and not counted: then all are read, as after a deletion.
        """
        late = self._clock() - known.references_at >= REFERENCE_SECONDS
        listed, issue = self._together(
            lambda: self._comments(ref, NOTHING if late else known), lambda: self._issue(ref, again=True)
        )
        if issue.comments - len(known.comments.keys() | listed.keys()) >= known.uncounted:
            return Answered(issue, listed, known.comments)
        listed = self._comments(ref, NOTHING)
        return Answered(self._issue(ref), listed, {})

    def _everything(self, ref: IssueRef, viewer: Person, *, ahead: bool) -> Answered:
        """Read all that there is, at the same time: ``ahead`` with other issues, where that was foreseen."""
        (told, issue), events = self._together(
            lambda: self._together(lambda: self._beside(ref, viewer, ahead=ahead), lambda: self._issue(ref)),
            lambda: self._events(ref),
        )
        if told.sight is not None and not told.sight.fits(issue):
            told, issue = self._together(lambda: self._beside(ref, viewer, ahead=False), lambda: self._issue(ref))
        if issue.comments < len(told.listed):  # one was written, or deleted, meanwhile
            told = replace(told, listed=self._comments(ref, NOTHING))
            issue = self._issue(ref)
        look = Answered(issue, told.listed, {}, told, events)
        if told.sight or accounts_for(self._happenings(ref, look), issue.names, is_open=issue.state == "open"):
            return look
        return replace(look, events=None)  # something was done meanwhile: they are read once more

    def _beside(self, ref: IssueRef, viewer: Person, *, ahead: bool) -> Beside:
        sight = self.ahead.of(ref) if ahead else None
        if sight is None:
            return Beside(*self._together(lambda: self._comments(ref, NOTHING), lambda: self._references(ref)))
        told = sight.listed(viewer)
        return Beside(self._comments(ref, NOTHING) if told is None else told, sight.references, sight)

    def _issue(self, ref: IssueRef, *, again: bool = False) -> ShownIssue:
        """Refuse what is not the issue that was asked for, however it came to be answered."""
        action = f"read {ref}"
        answer = self._client.send(action, "GET", issue_path(ref), project=ref.project, again=again)
        shown = answer.parse(shapes.ISSUE, action)
        here = self._client.names.now(ref.project)
        if shapes.number_of(f"{shown.repository_url}/issues/{shown.number}", here) != ref.number:
            raise Gone(f"could not {action}: GitHub answered with another issue; it was transferred")
        if shown.pull_request is not None:
            raise Gone(f"could not {action}: it is a pull request")
        return shown

    def _comments(self, ref: IssueRef, known: Thread) -> Mapping[int, ShownComment]:
        """Return the comments that may have changed since ``known``, by id; all of them if it has none."""
        action = f"read the comments of {ref}"
        pages = self._client.all_pages(
            action,
            f"{issue_path(ref)}/comments",
            shapes.COMMENTS,
            project=ref.project,
            query={"since": stamp(known)} if known.comments else {},
            again=known is not NOTHING,
            together=self._together,
        )
        listed = {one.id: one for one in pages}
        here = self._client.names.now(ref.project)
        if any(shapes.number_of(one.issue_url, here) != ref.number for one in listed.values()):
            raise Gone(f"could not {action}: GitHub answered with another issue's; it was transferred")
        return listed

    def _thread(self, ref: IssueRef, viewer: Person, known: Thread | None, look: Answered) -> Thread:
        before = known or NOTHING
        issue, body = look.issue, shapes.lines(look.issue.body)
        fresh = [shapes.comment(one, viewer) for one in look.listed.values()]
        is_open, typed = issue.state == "open", issue.is_typed(self._issue_type)
        same = known is not None and (known.labels, known.open, known.typed) == (issue.names, is_open, typed)
        same = same and not before.behind
        now = self._clock()
        late = not same or now - before.references_at >= REFERENCE_SECONDS
        seen = self._threads.get(ref) or NOTHING
        texts = list(asked(issue, look.listed, fresh, known, due(seen.unsettled, now)))
        (told, missing), (done, refers) = self._together(
            lambda: self._edited(ref, texts, look.sight),
            lambda: self._together(
                lambda: () if same else self._happenings(ref, look),
                lambda: self._references_now(ref, look) if late else None,
            ),
        )
        fresh = [with_author(one, seen.comments.get(one.id), told.get(one.id)) for one in fresh]
        comments = {**look.kept, **{one.id: one for one in self._hidden(ref, look, fresh, before, late=late)}}
        author, times = shapes.person(issue.user), (issue.created_at, issue.updated_at)
        opening = opening_post(author, body, times, seen, told.get(0))
        unsettled = replace(seen.unsettled, ids=seen.unsettled.ids & {0, *comments})
        events, unaccounted, ours = before.events, before.unaccounted, before.own_labels
        if not same:
            events, ours = tuple(one for one in done if one.actor.id != viewer.id), own_labels(done, viewer)
            unaccounted = 0 if accounts_for(done, issue.names, is_open=is_open) else before.unaccounted + 1
        return Thread(
            comments=dict(sorted(comments.items())),
            body=body,
            body_edited_by=opening.edited_by,
            body_revisions=opening.revisions,
            unsettled=unsettled_after(unsettled, {text.id for text in texts}, missing, now),
            labels=issue.names,
            open=is_open,
            typed=typed,
            events=events,
            unaccounted=unaccounted,
            uncounted=max(0, issue.comments - len(comments)),
            references=before.references if refers is None else refers,
            references_at=now if late else before.references_at,
            nodes=self._nodes(look, before),
            own_labels=ours,
        )

    def _edited(self, ref: IssueRef, texts: Sequence[Asked], sight: FirstSight | None) -> Answers:
        known = sight.untouched(texts) if sight else {}
        rest = [one for one in texts if one.id not in known]
        told, missing = self._authors.of(ref.project, rest, f"ask who edited the texts of {ref}")
        return Answers({**known, **told}, missing)

    def _references_now(self, ref: IssueRef, look: Answered) -> tuple[Reference, ...] | None:
        return look.beside.references if look.beside else self._references(ref)

    def _references(self, ref: IssueRef) -> tuple[Reference, ...] | None:
        return references(self._client, ref, f"read {ref}")

    def _nodes(self, look: Answered, before: Thread) -> Mapping[int, str]:
        kept = {id_: before.nodes[id_] for id_ in look.kept if id_ in before.nodes}
        return {0: look.issue.node_id, **kept, **{one.id: one.node_id for one in look.listed.values()}}

    def _hidden(
        self, ref: IssueRef, look: Answered, fresh: list[Comment], before: Thread, *, late: bool
    ) -> Iterable[Comment]:
        """Yield the comments, with which are hidden: where REST does not tell, as GraphQL told last."""
        silent = {one.id for one in look.listed.values() if not one.tells_hidden}
        action = f"ask which comments of {ref} are hidden"
        ids = hidden(self._client, ref.project, look.issue.node_id, action) if silent and late else None
        for one in fresh:
            was = before.comments.get(one.id)
            known = one.id in ids if ids is not None else was is not None and was.hidden
            yield replace(one, hidden=known) if one.id in silent else one

    def _events(self, ref: IssueRef) -> Sequence[Event]:
        """Return what anybody did to it, whatever it is, oldest first."""
        action, path = f"read the events of {ref}", f"{issue_path(ref)}/events"
        return [*self._client.pages(action, path, shapes.EVENTS, project=ref.project)]

    def _happenings(self, ref: IssueRef, look: Answered) -> tuple[IssueEvent, ...]:
        """
        Return what anybody did to labels, state and type.

        Why an issue was closed the last time is told by the issue, if not by the event.
        """
        events = self._events(ref) if look.events is None else look.events
        last = next((event for event in reversed(events) if event.event == EventType.CLOSED), None)
        if last is not None and last.state_reason is None:
            last.state_reason = look.issue.state_reason
        happened = (shapes.event(event, self._issue_type) for event in events)
        return tuple(one for one in happened if one is not None)
