"""The words, names and times of the status page, in all of its files."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from tracker_bridge.domain.derived.public import PublicImpact


@dataclass(frozen=True, slots=True)
class Wording:
    """
    What an impact is called: of a component in words, its ``state`` for programs, all of it in ``overall``, and
    its mark, which needs no colour.
    """

    component: str
    state: str
    overall: str
    mark: str


IMPACTS: Final = {
    PublicImpact.NONE: Wording("Operational", "operational", "All Systems Operational", "●"),
    PublicImpact.MINOR: Wording("Degraded", "degraded_performance", "Partially Degraded Service", "◆"),
    PublicImpact.MAJOR: Wording("Partial outage", "partial_outage", "Partial System Outage", "▲"),
    PublicImpact.CRITICAL: Wording("Major outage", "major_outage", "Major Service Outage", "■"),
}


def slug(name: str) -> str:
    """Return a name for paths, which no other name has: what is lost of it is told by a few digits."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:60]
    if plain == name:
        return plain
    return f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:6]}".lstrip("-")


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d %b %Y}".lstrip("0")


def clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M}"


def share(part: float | None) -> str:
    """Three decimals, rounded down: 100% means that there was nothing."""
    return "unknown" if part is None else f"{int(part * 100_000 + 1e-6) / 1000:g}%"
