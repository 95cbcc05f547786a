"""A lagging replica: the world as it was a while ago. See :class:`tracker_bridge.sandbox.faults.Lag`."""

from collections import deque
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker_bridge.sandbox.faults import Lag
from tracker_bridge.sandbox.world import Event, Note, Project, Ticket, World

Tickets = dict[int, dict[int, Ticket]]
"""By the number of the project, then by their own."""


@dataclass(frozen=True, slots=True)
class _Before:
    """What was, until something happened ``at``, after ``requests`` requests."""

    requests: int
    at: datetime
    projects: dict[int, Project]


class Replica:
    """
    What ``world`` was before each event, while somebody wants to see the past. An event costs a copy of its issue.

    ``past`` is a world of its own, whose content :meth:`show` puts in place. Accounts and labels are those of now.
    """

    def __init__(self, world: World) -> None:
        self.past = World(world.clock)
        self._world = world
        self._requests = 0
        self._latest: dict[int, Project] | None = None
        self._before: deque[_Before] = deque(maxlen=100)

    def watch(self) -> None:
        """Begin to remember."""
        with self._world.lock:
            self._latest = {id_: _project(one) for id_, one in self._world.projects.items()}

    def count(self) -> None:
        """A request came in."""
        self._requests += 1

    def heard(self, event: Event) -> None:
        """Listen to the world: keep what was before this event."""
        if self._latest is None:
            return
        self._before.append(_Before(self._requests, self._world.clock(), self._latest))
        here = event.ticket.project
        latest = copy(self._latest.get(here.id) or _project(here))
        latest.tickets = {**latest.tickets, event.ticket.number: _ticket(event.ticket)}
        latest.labels = dict(here.labels)
        self._latest = {**self._latest, here.id: latest}

    def show(self, lag: Lag) -> None:
        """Let ``past`` be the world before all that happened so lately."""
        since = self._world.clock() - timedelta(seconds=lag.seconds)
        young = [
            one.projects
            for one in self._before
            if one.requests + lag.requests >= self._requests or (lag.seconds and one.at > since)
        ]
        self.past.accounts, self.past.teams = self._world.accounts, self._world.teams
        self.past.projects = young[0] if young else self._world.projects


def _project(one: Project) -> Project:
    """Copy a project as far as time changes it, its issues included."""
    past = copy(one)
    past.members, past.labels = dict(one.members), dict(one.labels)
    past.tickets = {number: _ticket(ticket) for number, ticket in one.tickets.items()}
    return past


def _ticket(one: Ticket) -> Ticket:
    past = copy(one)
    past.notes = [_note(note) for note in one.notes]
    past.body_past, past.reactions = list(one.body_past), list(one.reactions)
    past.timeline, past.links = [copy(event) for event in one.timeline], list(one.links)
    past.labels, past.assignees, past.deeds = list(one.labels), list(one.assignees), list(one.deeds)
    past.fields = dict(one.fields)
    past.pinned = next((note for note in past.notes if one.pinned and note.id == one.pinned.id), None)
    return past


def _note(one: Note) -> Note:
    past = copy(one)
    past.past, past.reactions = list(one.past), list(one.reactions)
    return past
