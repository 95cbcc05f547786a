"""The status comment: the one that lives as long as the incident, and is read first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tracker_bridge.domain.derived.cadence import talk_of
from tracker_bridge.domain.derived.clocks import Clock
from tracker_bridge.domain.derived.deliveries import deliveries, troubled
from tracker_bridge.domain.derived.gaps import missing
from tracker_bridge.domain.derived.needed import needed_now
from tracker_bridge.domain.derived.obligations import obligations, open_obligations
from tracker_bridge.domain.fold.command import Commands
from tracker_bridge.domain.incident.checklists import checklists
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.statistics import Interval, statistics
from tracker_bridge.domain.incident.timeline import in_order
from tracker_bridge.domain.issue.native import Capability
from tracker_bridge.rendering.people import Render

LATEST: Final = 6
"""Events that the status comment shows; the rest is a click away."""

COMMON: Final = (
    "note",
    "claim",
    "role",
    "severity",
    "impact",
    "status",
    "task",
    "update",
    "fixed",
    "resolve",
)
"""Commands that the status comment lists; ``help`` lists all of them."""


@dataclass(frozen=True, slots=True)
class ForgeFacts:
    """
    What no thread tells: ``unsupported``, what this forge turned out not to have; ``possible_duplicate``, an
    incident that was open under the same title when this one began (S23), 0 for none; ``pending``, the clocks
    that are to be shown by now; ``alike``, past incidents that look like this one; ``written``, how many
    characters people wrote into the summary.
    """

    unsupported: frozenset[Capability] = frozenset()
    possible_duplicate: int = 0
    pending: tuple[Clock, ...] = ()
    alike: tuple[int, ...] = ()
    written: int = 0


NO_FORGE_FACTS: Final = ForgeFacts()


def status(
    render: Render, incident: Incident, links: Mapping[str, int], commands: Commands, forge_facts: ForgeFacts
) -> str:
    """Return the text; ``links`` are the numbers of the issues that were opened for this one."""
    told = [entry for entry in in_order(incident.timeline) if not entry.kind.traits.housekeeping]
    return render(
        "status",
        incident,
        latest=told[: -LATEST - 1 : -1],
        links=links,
        lasted=_lasted(incident),
        talk=talk_of(incident),
        missing=missing(incident),
        common=[found for verb in COMMON if (found := commands.find(verb))],
        unsupported=sorted(one.name.lower() for one in forge_facts.unsupported),
        lists=[one for one in checklists(incident) if incident.active or not one.complete],
        refused_sayings=[one for one in incident.sayings if one.refused] if incident.active else (),
        duties_due=obligations(incident) if incident.active or open_obligations(incident) else (),
        sent=deliveries(incident),
        troubled=troubled(incident),
        needs=needed_now(incident, forge_facts.possible_duplicate, forge_facts.pending),
    )


def _lasted(incident: Incident) -> Interval:
    """The total outage; the time to resolve while nobody knows when it began."""
    _, outage, resolving = statistics(incident)
    return resolving if outage.length is None else outage
