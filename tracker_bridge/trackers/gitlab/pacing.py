"""
What GitLab allows to be written: new notes are limited in themselves, editing them is not.

https://docs.gitlab.com/user/gitlab_com/#rate-limits-on-gitlabcom
"""

from tracker_bridge.trackers._pace import Pace, windows


def pace(writes_per_minute: int, notes_per_minute: int, requests_per_minute: int) -> Pace:
    """Return it; 0 is no limit."""
    return Pace(
        windows(writes_per_minute), windows(notes_per_minute), edits=False, points=windows(requests_per_minute)
    )
