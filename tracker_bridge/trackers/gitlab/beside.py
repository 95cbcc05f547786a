"""
What is told of an issue beside itself: who labelled and closed it, and which merge requests refer to it.

Each is a list of REST's own, for one issue. They are asked for at the same time as the issue when all is read;
what is refused then is asked for once more, when it is known that the issue is there.

Merge requests are asked for even where no text names one: people can relate one to an issue by hand (GitLab 19.5),
which leaves no remark in it. Nor is there a remark on who labelled or closed it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel

from tracker_bridge.domain.issue.issue import IssueEvent, IssueRef, Reference
from tracker_bridge.trackers import Busy, Denied, Gone, TrackerError
from tracker_bridge.trackers._accounting import accounts_for
from tracker_bridge.trackers._again import asked_twice
from tracker_bridge.trackers.gitlab.client import Client, issue_path
from tracker_bridge.trackers.gitlab.shapes import (
    LabelEvent,
    MergeRequest,
    ShownIssue,
    StateEvent,
    closing,
    labeling,
    reference,
)
from tracker_bridge.trackers.together import Together

T = TypeVar("T", bound=BaseModel)
E = TypeVar("E", LabelEvent, StateEvent)


class Told(Generic[T]):
    """One list, which ``ask`` asks for; safe between two threads that do not use it at the same time."""

    def __init__(self, ask: Callable[[], list[T]]) -> None:
        self._ask = ask
        self._found: list[T] | None = None
        self._refused = False

    def early(self) -> None:
        """Ask once. A refusal says nothing yet; an answer that does not come is raised."""
        if self._found is not None:
            return
        try:
            self._found = self._ask()
        except Busy:
            raise
        except TrackerError:
            self._refused = True

    def now(self) -> list[T]:
        """Return what was told; else ask, twice in all where that is refused. Raises what it is refused with."""
        if self._found is None:
            self._found = self._ask() if self._refused else asked_twice(self._ask)
        return self._found

    def lacks(self) -> None:
        """Take it that there is no such list."""
        self._found, self._refused = [], True

    def expect_none(self) -> None:
        """Take it that the list is empty, until it is asked for again."""
        self._found = []

    def forget(self) -> None:
        if not self._refused:
            self._found = None


class Beside:
    """The lists of one issue, asked for as they are needed, and once."""

    def __init__(self, client: Client, ref: IssueRef) -> None:
        def listed(what: str, shape: type[T]) -> Told[T]:
            path = f"{issue_path(ref.project, ref.number)}/{what}"
            return Told(lambda: [*client.pages(path, f"read {ref}", shape)])

        self._labels = listed("resource_label_events", LabelEvent)
        self._states = listed("resource_state_events", StateEvent)
        self._requests = listed("related_merge_requests", MergeRequest)

    def early(self, together: Together, *, is_referred_to: bool, was_closed: bool) -> None:
        """
        Ask for all of them, before it is known what the issue shows, or whether it is there; for merge requests
        only where there are some, for who closed it only where it may have been closed.
        """
        if not is_referred_to:
            self._requests.lacks()
        if not was_closed:
            self._states.expect_none()
        together(self._labels.early, lambda: together(self._states.early, self._requests.early))

    def explains(self, issue: ShownIssue, together: Together) -> bool:
        """Whether the events lead to what the issue shows."""
        return accounts_for(self.happenings(together), issue.labels, is_open=issue.open)

    def ask_again(self) -> None:
        """Ask for the events once more when they are needed."""
        self._labels.forget()
        self._states.forget()

    def happenings(self, together: Together) -> Sequence[IssueEvent]:
        """
        Return what anybody did to labels and state, oldest first.

        https://docs.gitlab.com/api/resource_label_events/ and /resource_state_events/. A server that does not
        offer them just does not tell who labelled and closed.
        """
        labels, states = together(lambda: _events(self._labels), lambda: _events(self._states))
        found = [labeling(event) for event in labels if event.label]
        return sorted([*found, *map(closing, states)], key=lambda one: one.at)

    def references(self, project: str) -> tuple[Reference, ...]:
        """
        Return which merge requests of the ``project``, by its path of now, refer to the issue.

        https://docs.gitlab.com/api/issues/#list-all-merge-requests-related-to-an-issue. Those of other projects
        are left out. A project without merge requests has none.
        """
        try:
            found = self._requests.now()
        except (Gone, Denied):
            return ()
        same = project.casefold()
        return tuple(reference(o) for o in found if o.references.full.casefold().rpartition("!")[0] == same)


def _events(told: Told[E]) -> Iterable[E]:
    try:
        return sorted(told.now(), key=lambda event: event.id)
    except Gone:
        told.lacks()
        return ()
