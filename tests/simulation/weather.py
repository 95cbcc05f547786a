"""
What goes wrong, drawn from a seed: every kind of trouble that a network, a forge and a machine make.

A seed has a climate: a few kinds, and how often they come. What was done to whom is counted.
"""

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Final

from tracker_bridge.sandbox.faults import Cut, Fault, FaultResponse, Faults, Hang, Lag, Lose

AHEAD: Final = "clock set forwards"
BEHIND: Final = "clock set back"

REQUESTS: Final = (
    "answer lost after the change",
    "connection reset before the change",
    "5xx before the change",
    "5xx after the change",
    "server says nothing",
    "answer cut in the middle",
    "403 that passes",
    "404 that passes",
    "429",
    "secondary limit",
    "read lags up to 30 s",
    "GraphQL down for a while",
)
PROCESS: Final = (
    "killed before a request",
    "killed after a request",
    "stopped and started",
    "queue deleted",
    "queue damaged",
    "token expired for a while",
    "key rotated",
    AHEAD,
    BEHIND,
    "hint lost",
    "hint doubled",
    "hint late and out of order",
)
KINDS: Final = (*REQUESTS, *PROCESS)

FORGETS: Final = ("killed before a request", "killed after a request", "stopped and started", "key rotated")
_PASSING: Final = ("403 that passes", "404 that passes")
_LAGS: Final = "read lags up to 30 s"

_SECONDARY: Final = b'{"message": "You have exceeded a secondary rate limit. Please wait."}'

_LONG: Final = 120
"""Seconds that what lasts for a while lasts, at most."""


class Weather(Faults):
    """
    A plan of faults that is drawn as requests come. It is ``fair`` in between, and for good in the end.
    """

    def __init__(self, seed: int, forge: str, kinds: tuple[str, ...] = KINDS, rate: float = 0.0) -> None:
        super().__init__()
        self.dice = Random(f"weather {seed} {forge}")
        climate = self.dice.sample(kinds, min(len(kinds), self.dice.randint(3, 7)))
        # A process that forgets what it sent a moment ago, on a forge that does not show it yet, sends it again:
        # the copy goes at the next look. So one or the other, not both.
        if _LAGS in climate and set(climate) & set(FORGETS):
            climate = [one for one in climate if one not in (FORGETS if self.dice.random() < 0.5 else (_LAGS,))]
        self.climate = frozenset(climate)
        self.rate = rate or self.dice.choice((0.03, 0.08, 0.2))
        self._forge = forge
        self.counts: Counter[str] = Counter()
        self.fair = False
        self.graphql_down = False
        self._refused: set[tuple[str, str]] = set()

    def has(self, kind: str, chance: float) -> bool:
        """Whether it happens now; it counts as having happened then."""
        happens = not self.fair and kind in self.climate and self.dice.random() < chance
        self.counts[kind] += happens
        return happens

    def take(self, method: str, path: str) -> Fault | None:
        if self.fair:
            return None
        if self.graphql_down and path.endswith("graphql"):
            self.counts["GraphQL down for a while"] += 1
            return FaultResponse(
                self.dice.choice((500, 502, 503))
            )  # 403 and 404 that last for a while are an answer
        kinds = [one for one in REQUESTS[:-1] if one in self.climate and self._fits(one, method, path)]
        if not kinds or self.dice.random() >= self.rate:
            return None
        kind = self.dice.choice(kinds)
        self.counts[kind] += 1
        if kind in _PASSING:
            self._refused.add((method, path))
        return self._fault(kind)

    def kill(self, method: str, path: str) -> tuple[bool, bool]:  # any request will do
        """Whether the process dies before this request, and after it."""
        chance = self.rate / 3
        before = self.has("killed before a request", chance)
        return before, not before and self.has("killed after a request", chance)

    def _fits(self, kind: str, method: str, path: str) -> bool:
        """Reads lag, writes do not; and a refusal that comes again means it."""
        if kind in _PASSING:
            return (method, path) not in self._refused
        if kind == "secondary limit":
            return self._forge == "github"  # GitLab always says 429
        return method == "GET" or kind != _LAGS

    def _fault(self, kind: str) -> Fault:
        dice, seconds = self.dice, {"Retry-After": str(self.dice.randint(1, 60))}
        broken = FaultResponse(dice.choice((500, 502, 503, 504)))
        made: dict[str, Fault] = {
            "answer lost after the change": Lose(done=True),
            "connection reset before the change": Lose(done=False),
            "5xx before the change": broken,
            "5xx after the change": replace(broken, done=True),
            "server says nothing": Hang(done=dice.random() < 0.5),
            "answer cut in the middle": Cut(),
            "403 that passes": FaultResponse(403, body=b'{"message": "Forbidden"}'),
            "404 that passes": FaultResponse(404, body=b'{"message": "404 Not Found"}'),
            "429": FaultResponse(429, seconds, b"Retry later\n"),
            "secondary limit": FaultResponse(403, seconds, _SECONDARY),
            _LAGS: Lag(seconds=dice.randint(1, 30)),
        }
        return made[kind]

    def lasting(self) -> float:
        """Return the seconds that what lasts for a while lasts this time."""
        return self.dice.randint(5, _LONG)
