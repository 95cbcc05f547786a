"""Where the incident of an alert belongs, and what the work on it takes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tracker_bridge.alerts.notice import Notice
from tracker_bridge.domain.incident.roles import is_same
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.intake.sources import Source
from tracker_bridge.queue import Queue
from tracker_bridge.queue.journal import Journal
from tracker_bridge.reconcile import Bridge
from tracker_bridge.trackers import Tracker, check_private


@dataclass(frozen=True, slots=True)
class Tools:
    """
    What the work takes. The first of the ``keys`` signs what is remembered, and all of them are believed;
    ``secrets`` appear nowhere.
    """

    bridge: Bridge
    journal: Journal
    queue: Queue
    clock: Callable[[], datetime]
    templates: Path
    keys: tuple[bytes, ...]
    secrets: frozenset[str] = frozenset()

    def covered(self, text: str) -> str:
        """Return a text without our own secrets."""
        for secret in self.secrets:
            text = text.replace(secret, "[secret]")
        return text


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where an incident belongs: a project, as a ref with the number 0, and what holds there.

    ``public`` is the project that it is about, where it is run in private.
    """

    tracker: Tracker
    project: IssueRef
    rules: Rules
    public: str = ""


def place_of(bridge: Bridge, source: Source, notice: Notice, at: datetime) -> Place:
    """Return where the incident of a notice belongs. Raises as the tracker does."""
    project = source.project(notice)
    rules, tracker = bridge.in_force(project.tracker, project.project, at).rules, bridge.trackers[project.tracker]
    private = rules.private_project
    if not (source.settings.confidential and private) or is_same(private, project.project):
        return Place(tracker, project, rules)
    inside = replace(project, project=private)
    check_private(tracker, private)
    return Place(tracker, inside, bridge.in_force(inside.tracker, private, at).rules, project.project)
