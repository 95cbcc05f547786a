"""
The issue for everyone, of an incident that is run in private: what external updates say, and fixed words.

Nothing else of the incident may be in it: neither its title nor its number, nor who spoke, nor its phase.
"""

from collections.abc import Mapping, Sequence

from tracker_bridge.domain.derived.public import external_updates
from tracker_bridge.domain.incident.communications import Communication
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.issue.changes import Document, LinkedIssueSpec
from tracker_bridge.domain.issue.documents import PUBLIC_ISSUE
from tracker_bridge.domain.issue.elsewhere import project_in, suffix
from tracker_bridge.rendering.overflow import Appendix, Render
from tracker_bridge.rendering.truncation import MARKER_ROOM, most


def published(
    render: Render, incident: Incident, room: int, links: Mapping[str, int], token: str
) -> tuple[Appendix, ...]:
    """
    Return it, once there is an external update; one that is there stays, whatever was taken back.

    A drill is nobody's business outside.
    """
    there = [key for key in links if key.startswith(f"{PUBLIC_ISSUE}.in.")]
    public, said = incident.comms.public, external_updates(incident)
    wanted = public is not None and bool(said) and incident.exists and not incident.drill
    if not there and not wanted:
        return ()
    project = project_in(there[0]) if there else public.project if public else ""
    opening = LinkedIssueSpec(
        key=f"{PUBLIC_ISSUE}{suffix(project)}",
        title=f"Incident of {said[0].occurred.at:%d %b %Y}" if said else "Incident",
        by="",
        url=incident.url,
        template=PUBLIC_ISSUE,
        told="told_public",
        project=project,
        public=True,
    )
    newest = [*reversed(said)]
    over = not incident.active

    def text(shown: Sequence[Communication]) -> str:
        return render("public", incident, updates=shown, more=len(newest) - len(shown), over=over)

    count = most(len(newest), lambda shown: len(text(newest[:shown])), room - MARKER_ROOM)
    return (Appendix(opening, (Document(f"{PUBLIC_ISSUE}:{token}", text(newest[:count])),), closed=over),)
