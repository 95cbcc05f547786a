"""Who is asked to take an incident that no person opened: those whom the settings name for it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker_bridge.domain.incident.calls import called, current
from tracker_bridge.domain.incident.conditions import ALWAYS, Condition
from tracker_bridge.domain.incident.roles import Role

if TYPE_CHECKING:
    from tracker_bridge.domain.incident.incident import Incident


@dataclass(frozen=True, slots=True)
class OnCallStep:
    """Who is asked at one level: logins and teams, and whoever is on call by ``sources``, by name."""

    who: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OnCall:
    """
    ``who`` are logins and teams, as the forge calls them. ``projects`` are paths; without any, it is for all.
    ``sources`` know who is on call besides, ``then`` are the levels after the first.

    It gives nobody a right: it only tells who is asked.
    """

    who: tuple[str, ...]
    when: Condition = ALWAYS
    projects: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    then: tuple[OnCallStep, ...] = ()

    @property
    def steps(self) -> tuple[OnCallStep, ...]:
        """The levels, one after the other."""
        return (OnCallStep(self.who, self.sources), *self.then)

    def holds(self, incident: "Incident") -> bool:
        """Whether it is for this incident, as things stand."""
        return self.is_of(incident.ref.project) and self.when.holds(incident)

    def is_of(self, project: str) -> bool:
        """Whether it is for incidents of a project."""
        return not self.projects or project.casefold() in {one.casefold() for one in self.projects}


def teams_of(incident: "Incident") -> frozenset[str]:
    """Return the teams that hold something in it, or are on call for it: it matters who is in them."""
    tasks = (one for task in incident.work.tasks for one in task.people)
    holders = (*(held.who for held in incident.people.roles), *tasks)
    on_call = (name for name in (*responders(incident), *called(incident)) if "/" in name)
    return frozenset((*(one.login for one in holders if one.team), *on_call))


def is_unattended(incident: "Incident") -> bool:
    """Whether an alert opened it, or an account that is gone: nobody was there who could be asked."""
    return incident.people.opener.bot or not incident.people.opener.id


def is_taken(incident: "Incident") -> bool:
    """Whether somebody leads the work, or the incident."""
    return bool(incident.people.holders(Role.TECHNICAL_LEAD, Role.INCIDENT_LEAD))


def responders(incident: "Incident") -> tuple[str, ...]:
    """
    Return who is on call for an incident that nobody opened in person: those who were asked, if any were; else
    those whom the first row that fits names.
    """
    if not is_unattended(incident):
        return ()
    if current(incident):
        return called(incident)
    row = row_of(incident)
    return row.who if row else ()


def row_of(incident: "Incident") -> OnCall | None:
    """Return who the settings name for an incident: the first row that fits counts."""
    return next((one for one in incident.rules.on_call if one.holds(incident)), None)
