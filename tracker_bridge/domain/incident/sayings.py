"""
What a team's settings say by themselves: lines that are commands, in incidents of a kind.

A line is said once in an incident, when it becomes one of that kind, and stays said: see
:mod:`tracker_bridge.domain.fold.settings_speak`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker_bridge.domain.incident.conditions import Condition
from tracker_bridge.domain.issue.issue import Person

if TYPE_CHECKING:
    from tracker_bridge.domain.incident.incident import Incident
    from tracker_bridge.domain.incident.replies import Refused

PLACEHOLDERS: Final = ("number", "severity", "project")
"""What can stand in a line in braces; never what anybody wrote."""

_PLACEHOLDER: Final = re.compile(r"\{(?P<name>[a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Saying:
    """
    A ``line`` without its prefix, for incidents in which ``when`` holds.

    ``said``: it was said in this incident, as the one of this ``order``; ``people`` are those whom it named then.
    """

    when: Condition
    line: str
    people: tuple[Person, ...] = ()
    said: bool = False
    order: int = 0

    @property
    def key(self) -> tuple[Condition, str]:
        """What makes it the same, also when other lines of the settings change."""
        return self.when, self.line

    def filled_in(self, incident: "Incident") -> str:
        """Return the line with what stands for its placeholders."""
        severity = incident.severity.name if incident.severity else ""
        values = {"number": str(incident.ref.number), "severity": severity, "project": incident.ref.project}
        return _PLACEHOLDER.sub(lambda found: values.get(found["name"], found[0]), self.line)


@dataclass(frozen=True, slots=True)
class Said:
    """A line that was said; ``refused`` if nothing came of it. ``people`` are those whom it named."""

    saying: Saying
    line: str
    people: tuple[Person, ...] = ()
    refused: "Refused | None" = None


def unknown_placeholders(line: str) -> tuple[str, ...]:
    """Return what stands in braces and is no placeholder."""
    return tuple(found["name"] for found in _PLACEHOLDER.finditer(line) if found["name"] not in PLACEHOLDERS)


def with_said(sayings: Sequence[Saying], said: Saying) -> tuple[Saying, ...]:
    """Let a line be one that was said; it is one also when the settings do without it now."""
    keys = [one.key for one in sayings]
    if said.key not in keys:
        return (*sayings, said)
    return tuple(said if one.key == said.key else one for one in sayings)


def next_order(*sayings: Iterable[Saying]) -> int:
    """Return the place of what is said after all that was said."""
    return max((one.order + 1 for part in sayings for one in part if one.said), default=0)
