"""
What GitHub allows: every minute 900 points, that is 180 changes, about 80 of them texts, and 500 texts every hour.

It does not publish what counts as a text, nor how much of it is left; so less is used, and editing counts as well.
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
"""

from tracker_bridge.trackers._pace import UNLIMITED, Pace, windows

WRITE_POINTS = 5


def pace(
    seconds_between: float,
    writes_per_minute: int,
    content_per_minute: int,
    content_per_hour: int,
    points_per_minute: int,
) -> Pace:
    """Return it; ``seconds_between`` writes in the long run, 0 for a server without limits. Others: 0 is none."""
    if not seconds_between:
        return UNLIMITED
    return Pace(
        windows(writes_per_minute, 3600 / seconds_between),
        windows(content_per_minute, content_per_hour),
        points=windows(points_per_minute),
        write_points=WRITE_POINTS,
    )
