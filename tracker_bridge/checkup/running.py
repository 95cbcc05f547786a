"""What the bridge that runs here tells of itself, judged; see docs/operations.md."""

from collections.abc import Iterator, Mapping
from typing import Any

from tracker_bridge.checkup import Finding, note, ok, warning

ABOUT = "bridge"
_PAGE = "docs/operations.md"


def running_findings(address: str, told: Mapping[str, Any] | None, refusal: str) -> Iterator[Finding]:
    """``told`` is what ``/health`` answers as JSON, ``None`` where it did not, and ``refusal`` says why."""
    if told is None:
        what, why = (
            f"{address}: {refusal}",
            "what a running bridge complains about, and holds back, is not seen here",
        )
        yield note(ABOUT, "running", what, why, f"run this where it runs, with its settings: {_PAGE}")
        return
    held = told.get("breaker", [])
    for one in held:
        what = f"{one['where']}: writing is held back ({one['holds_back']}): {one['why']}"
        why = "somebody takes back what the bridge writes, or another bridge works on the same project"
        yield warning(ABOUT, "breaker", what, why, f"end that; it goes on by itself within the hour: {_PAGE}")
    if not held:
        yield ok(ABOUT, "breaker", f"the bridge at {address} holds back nothing")
    own = {one["where"] for one in held}
    for complaint in told.get("complaints", []):
        if complaint.partition(" ")[0] not in own:
            yield warning(ABOUT, "running", complaint, "the bridge that runs here says so", f"see {_PAGE}")


def heard(told: Mapping[str, Any] | None, tracker: str, project: str) -> str:
    """Return when something of the project was delivered last; empty if never, or if changes come without."""
    try:
        of = (told or {})["trackers"][tracker]["projects"][project]
        return "" if of["problem"] == "unheard" else str(of["last_delivery"] or "")
    except (KeyError, TypeError):
        return ""
