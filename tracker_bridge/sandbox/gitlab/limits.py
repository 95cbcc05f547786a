"""
GitLab's rate limits: so many requests a minute, and so many new comments a minute, per account.

Off unless asked for, as on a self-managed GitLab; then there are no headers either. A request over the first
limit is stopped before the API sees it, and told when to come back (``lib/gitlab/rack_attack.rb``). A comment
over the second is not told when, and no header announces it: https://docs.gitlab.com/security/rate_limits/.
"""

from collections import Counter
from dataclasses import dataclass, field

from tracker_bridge.sandbox.gitlab.http import Failed
from tracker_bridge.sandbox.world import Account

PERIOD = 60


@dataclass(slots=True)
class Limits:
    """``None`` is no limit. Minutes are those of the world's clock."""

    requests: int | None = None
    notes: int | None = None
    _seen: Counter[tuple[str, int, int]] = field(default_factory=Counter)

    def count(self, account: Account, now: float) -> dict[str, str]:
        """Count a request; return the headers for its answer. Raise :class:`Failed` with 429 above the limit."""
        if self.requests is None:
            return {}
        seen = self._add("requests", account, now)
        reset = (int(now) // PERIOD + 1) * PERIOD
        headers = {
            "RateLimit-Name": "throttle_authenticated_api",
            "RateLimit-Limit": str(self.requests),
            "RateLimit-Observed": str(seen),
            "RateLimit-Remaining": str(max(self.requests - seen, 0)),
            "RateLimit-Reset": str(reset),
        }
        if seen > self.requests:
            raise Failed(429, "Retry later\n", headers | {"Retry-After": str(reset - int(now))})
        return headers

    def count_note(self, account: Account, now: float) -> None:
        if self.notes is not None and self._add("notes", account, now) > self.notes:
            reason = "This endpoint has been requested too many times. Try again later."
            raise Failed(429, {"message": {"error": reason}})

    def _add(self, what: str, account: Account, now: float) -> int:
        key = (what, account.id, int(now) // PERIOD)
        self._seen[key] += 1
        return self._seen[key]
