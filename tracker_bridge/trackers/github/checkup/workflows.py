"""Workflows that run the bridge without a server. https://docs.github.com/en/rest/actions/workflows"""

from pydantic import BaseModel, TypeAdapter

from tracker_bridge.trackers import Busy, Denied, Gone
from tracker_bridge.trackers.facts import Job
from tracker_bridge.trackers.github.client import Client

_NAME = "tracker-bridge"
_OFF = {
    "disabled_inactivity": "GitHub switched it off after 60 days without activity",
    "disabled_manually": "someone switched it off",
    "disabled_fork": "GitHub does not run it in a fork",
}


class _Workflow(BaseModel):
    name: str
    path: str
    state: str
    html_url: str = ""


class _Workflows(BaseModel):
    workflows: list[_Workflow] = []


_LISTED = TypeAdapter(_Workflows)


def workflows(client: Client, tracker: str, project: str) -> tuple[Job, ...] | None:
    """Return those whose file is called after the bridge; ``None``: the credential may not see any."""
    action = f"list the workflows of {tracker}:{project}"
    path = f"/repos/{project}/actions/workflows?per_page=100"
    try:
        answer = client.send(action, "GET", path, project=project, fine=(403, 404))
    except (Denied, Gone, Busy):
        return None
    if answer.status >= 400:
        return None
    page = f"{client.web}/{project}/actions"
    return tuple(
        Job(f"the workflow {one.path}", page, _OFF.get(one.state, ""))
        for one in answer.parse(_LISTED, action).workflows
        if _NAME in one.path.rpartition("/")[2] and one.state != "deleted"
    )
