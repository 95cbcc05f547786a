"""What the bridge that runs here tells of itself, judged; see docs/operations.md."""

from collections.abc import Iterator, Mapping
from typing import Any

from tracker_bridge.checkup import CheckResult, note, ok, warning

ABOUT = "bridge"
_PAGE = "docs/operations.md"


def running_findings(address: str, told: Mapping[str, Any] | None, refusal: str) -> Iterator[CheckResult]:
    """``told`` is what ``/health`` answers as JSON, ``None`` where it did not, and ``refusal`` says why."""
    if told is None:
        what, why = (
            f"{address}: {refusal}",
            "problems and paused writing of a running bridge cannot be seen here",
        )
        yield note(ABOUT, "running", what, why, f"run this where it runs, with its settings: {_PAGE}")
        return
    held = told.get("breaker", [])
    for one in held:
        what = f"{one['where']}: writing is paused ({one['holds_back']}): {one['why']}"
        why = "someone undoes what the bridge writes, or another bridge works on the same project"
        yield warning(
            ABOUT, "breaker", what, why, f"stop that; writing resumes by itself within the hour: {_PAGE}"
        )
    if not held:
        yield ok(ABOUT, "breaker", f"the bridge at {address} has no paused writing")
    own = {one["where"] for one in held}
    for complaint in told.get("complaints", []):
        if complaint.partition(" ")[0] not in own:
            yield warning(ABOUT, "running", complaint, "the bridge on this machine reports it", f"see {_PAGE}")


def heard(told: Mapping[str, Any] | None, tracker: str, project: str) -> str:
    """Return when something of the project was delivered last; empty if never, or if changes come without."""
    try:
        of = (told or {})["trackers"][tracker]["projects"][project]
        return "" if of["problem"] == "unheard" else str(of["last_delivery"] or "")
    except (KeyError, TypeError):
        return ""
