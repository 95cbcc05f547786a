"""
Files of a project. https://docs.gitlab.com/api/repository_files/#retrieve-a-raw-file-from-a-repository

``HEAD`` is the default branch. The token's account must be allowed to read the code: in a private project that
takes the role Reporter.
"""

from urllib.parse import quote

from tracker_bridge.trackers import MAX_FILE, Gone, text_of
from tracker_bridge.trackers.gitlab.client import Client, project_path


def file(client: Client, tracker: str, project: str, path: str) -> str | None:
    action = f"read {path} of {tracker}:{project}"
    address = f"{project_path(project)}/repository/files/{quote(path, safe='')}/raw"
    try:
        raw, size = client.raw(address, action, MAX_FILE, ref="HEAD")
    except Gone:
        return None
    return text_of(raw, size)
