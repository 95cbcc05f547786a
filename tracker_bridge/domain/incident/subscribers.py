"""The operator's destinations, as a thread knows them: what each wants to hear, and of which incidents."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from tracker_bridge.domain.incident.audiences import Reach, audiences, find_audience
from tracker_bridge.domain.incident.channels import Use, channel_for, is_same_place
from tracker_bridge.domain.incident.outward import Kind
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.domain.issue.projects import Projects

if TYPE_CHECKING:
    from tracker_bridge.domain.incident.communications import Communication
    from tracker_bridge.domain.incident.incident import Incident
    from tracker_bridge.domain.incident.rules import Severity

CORRECTED = 60
"""Characters by which a correction is longer than the words that it corrects, in our own template."""

MIRRORED = (Use.CHAT, Use.MAIN)
"""The channels that show the status where they name a destination."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """
    ``name`` is what people and logs call the destination. ``wants`` are the kinds that it hears of, ``audiences``
    those whose updates go there without anybody saying so. Empty ``projects`` and ``severities`` are all of them.

    ``max_text``: characters of a text that it shows. ``repeats``: the service takes a message that comes twice for
    one, so that one with an unknown fate is sent again. ``templates`` are the operator's own, by kind.
    """

    name: str
    wants: frozenset[Kind] = frozenset()
    audiences: frozenset[str] = frozenset()
    projects: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    drills: bool = False
    max_text: int = 4_000
    repeats: bool = False
    templates: Mapping[Kind, str] = field(default_factory=dict)

    @property
    def room(self) -> int:
        """How many characters of somebody's words it shows whole, also when they are corrected later."""
        return max(self.max_text - CORRECTED, 1)

    def serves(self, ref: IssueRef) -> bool:
        """Whether it may be used for a project, which is written as ``acme/api``, or ``github:acme/api``."""
        known = _projects(self.projects)
        return known.fits(ref.project) or known.fits(f"{ref.tracker}:{ref.project}")

    def hears(self, incident: "Incident") -> bool:
        """Whether it is told anything of such an incident, however bad it is."""
        return self.may_know(incident) and (self.drills or not incident.drill)

    def may_know(self, incident: "Incident") -> bool:
        """
        Whether it may be used for an incident, a drill or not.

        For those that are run in private, only if it is meant by the project's own name, and not by a pattern.
        """
        private = incident.rules.private_project.casefold()
        if private and incident.ref.project.casefold() == private:
            names = {one.casefold().rpartition(":")[2] for one in self.projects}
            return private in names and self.serves(incident.ref)
        return self.serves(incident.ref)

    def cares(self, severity: "Severity | None") -> bool:
        """Whether it wants to hear of an incident that is so bad."""
        if not self.severities:
            return True
        return severity is not None and bool(severity.words & {one.casefold() for one in self.severities})


@lru_cache(256)
def _projects(given: tuple[str, ...]) -> Projects:
    if all(one.startswith("!") for one in given):
        given = ("**", *given)
    return Projects(given)


def subscribers(incident: "Incident") -> tuple[Subscriber, ...]:
    """Return those that may hear of an incident."""
    return tuple(one for one in incident.rules.subscribers if one.hears(incident))


def told_of(incident: "Incident", one: "Communication", there: Set[str] = frozenset()) -> dict[str, str]:
    """
    Return to which destinations words go, each with the audience whose channel it is, or whose updates it wants.

    What was told earlier, somewhere else, is only recorded. Where the words are ``there`` already, they concern
    the destination however bad it is by now.
    """
    if one.backdated or not any(line.strip() for line in one.said):
        return {}
    found: dict[str, str] = {}
    for subscriber in subscribers(incident):
        for audience in one.audiences:
            named = any(is_same_place(subscriber.name, where) for where in one.channels_of(audience))
            cares = subscriber.name in there or subscriber.cares(incident.severity)
            if named or (audience in subscriber.audiences and cares):
                found.setdefault(subscriber.name, audience)
    return found


def reached(incident: "Incident", name: str) -> tuple[str, ...]:
    """Return the destinations to which words for an audience go now, if nobody says otherwise with ``via``."""
    audience = find_audience(incident, name)
    if audience is None:
        return ()
    main = channel_for(incident.comms.channels, Use.MAIN)
    places = audience.via or ((main.where,) if main else ())
    return tuple(
        one.name
        for one in subscribers(incident)
        if any(is_same_place(one.name, where) for where in places)
        or (name in one.audiences and one.cares(incident.severity))
    )


def mirrors(incident: "Incident") -> tuple[Subscriber, ...]:
    """
    Return where the status is shown: in the chat and the main channel, if these are destinations.

    It is the team's: where outsiders are told something, it is not shown.
    """
    places = [found.where for use in MIRRORED if (found := channel_for(incident.comms.channels, use))]
    outside = [one for one in audiences(incident) if one.reach is Reach.EXTERNAL]
    public = [where for one in outside for where in one.via]

    def fits(one: Subscriber) -> bool:
        told = bool(one.audiences & {audience.name for audience in outside})
        shown = any(is_same_place(one.name, where) for where in public)
        return any(is_same_place(one.name, where) for where in places) and not told and not shown

    return tuple(one for one in subscribers(incident) if fits(one))
