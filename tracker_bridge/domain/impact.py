"""
Who is blocked, and how; and a severity proposed from it (S24).

A person confirms it: the proposal changes nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tracker_bridge.domain.rules import Severity

_MANY = re.compile(
    r"\b(all|every\w*|customers?|users?|clients?|public|company|whole|anyone|nobody)\b", re.IGNORECASE
)
_STUCK = re.compile(
    r"\b(can ?not|can['’]?t|unable|blocked|down|lost|losing|stopped|stuck|impossible|nothing|outage|fails?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Impact:
    """Who is blocked, and how (S24); ``many`` and ``cost``, where somebody knows them (S117)."""

    who: str
    how: str
    url: str
    many: str = ""
    cost: str = ""

    @property
    def extent(self) -> str:
        """How many, and what it costs: ``some 400; 2000 EUR an hour``."""
        return "; ".join(part for part in (self.many, self.cost) if part)


def propose(impacts: Iterable[Impact], scale: tuple[Severity, ...]) -> Severity | None:
    """Return the step of ``scale`` (worst first) for the worst impact; ``None`` when nobody said who is hit."""
    steps = [_step(impact) for impact in impacts]
    return scale[min(*steps, len(scale) - 1)] if steps and scale else None


def _step(impact: Impact) -> int:
    """Many and stuck: 0. Many hindered, or a few stuck: 1 and 2 in this order. A few hindered: 3."""
    many, stuck = bool(_MANY.search(impact.who)), bool(_STUCK.search(impact.how))
    return {(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}[many, stuck]
