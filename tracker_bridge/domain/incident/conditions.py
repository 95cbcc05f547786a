"""When a part of a team's settings holds in an incident: at a severity, with a label, for a service."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tracker_bridge.domain.incident.incident import Incident


@dataclass(frozen=True, slots=True)
class Condition:
    """One of each that is given; without any, it always holds."""

    severities: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    def holds(self, incident: "Incident") -> bool:
        """Whether it does, as things stand."""
        words = incident.severity.words if incident.severity else frozenset()
        there = services(incident.labels, incident.rules.service_label)
        return incident.exists and all(
            not wanted or bool(_folded(wanted) & found)
            for wanted, found in (
                (self.severities, words),
                (self.labels, _folded(incident.labels)),
                (self.services, _folded(there)),
            )
        )


ALWAYS: Final = Condition()
"""It holds in every incident."""


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def services(labels: Iterable[str], prefix: str) -> tuple[str, ...]:
    """Return the services that labels like ``service:shop`` or ``service::shop`` name."""
    named = (label[len(prefix) :] for label in labels if label.casefold().startswith(prefix.casefold()))
    return tuple(sorted(name for name in (part.lstrip(": ").strip() for part in named) if name))
