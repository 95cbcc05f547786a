"""Who may hold how many workers: what hangs, a project or a forge, must leave some to the others."""

from collections.abc import Iterable

from tracker_bridge.queue import Caps
from tracker_bridge.trackers import Tracker


def shares(workers: int, per_project: int, trackers: Iterable[Tracker]) -> Caps:
    """
    Return the caps: a project has ``per_project``, a forge three quarters of the workers.

    Whoever is alone has them all; otherwise one is left for somebody else, if there are two. Of three or more, the
    last one is left for what a person waits for.
    """
    projects = [len(tracker.projects) for tracker in trackers]
    spare = max(1, workers - 1)
    return Caps(
        project=min(per_project, spare) if sum(projects) > 1 else None,
        tracker=min(max(1, workers * 3 // 4), spare) if len(projects) > 1 else None,
        background=spare if workers > 2 else None,
    )
