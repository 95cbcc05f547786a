"""Issues of other projects, as commands name them, and why one cannot be linked."""

import re
from typing import Final

from tracker_bridge.domain.fold.arguments import quoted
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.issue.elsewhere import NAMED, PROJECT
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.thread_context import LinkProblem

_ADDRESS: Final = at_first_use(
    r"(?P<place>https?://\S+?)(?:/-)?/(?:issues|work_items|incidents)/(?P<number>[1-9][0-9]{0,8})(?:[#?]\S*)?",
    re.ASCII,
)
_BARE: Final = at_first_use("[1-9][0-9]{0,8}", re.ASCII)


def issue_named(text: str, incident: Incident) -> tuple[str, int] | None:
    """
    Read ``#12``, ``12``, ``acme/web#12``, or the address of an issue of the same forge.

    Return its project, empty for the incident's own, and its number.
    """
    if _BARE.fullmatch(text):
        return "", int(text)
    if found := NAMED.fullmatch(text):
        return foreign(found["project"] or "", incident), int(found["number"])
    there, here = _ADDRESS.fullmatch(text), _ADDRESS.fullmatch(incident.url)
    if there is None or here is None:
        return None
    if there["place"] == here["place"]:
        return "", int(there["number"])
    forge = here["place"].removesuffix(incident.ref.project)
    project = there["place"].removeprefix(forge)
    if forge == here["place"] or not there["place"].startswith(forge) or not PROJECT.fullmatch(project):
        return None
    return foreign(project, incident), int(there["number"])


def foreign(project: str, incident: Incident) -> str:
    """Return a project's name; empty where it is the incident's own."""
    return "" if project.casefold() == incident.ref.project.casefold() else project


def why_not(problem: LinkProblem, name: str, project: str, access: str) -> str:
    """
    Return why an issue cannot be linked. ``access`` is what it takes in its project.

    What is not served, not there, or not for everybody who reads here looks the same to whoever asks.
    """
    if problem.barred:
        return f"{quoted(project)} is not served by this bridge, or you do not have {access} access there"
    if problem.exposed and project:
        return f"{quoted(name)} can be seen by more people than this incident"
    if problem.exposed:
        return f"`#{name}` is not confidential, but this incident is"
    if project:
        return f"there is no issue {quoted(name)} that everyone who can read this one can read as well"
    return f"there is no issue `#{name}` in this project"
