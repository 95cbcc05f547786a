"""
Files of a repository. https://docs.github.com/en/rest/repos/contents#get-repository-content

The credential needs *Contents: read*; a token without it is refused, or sees nothing. GitHub sends the text in
JSON up to a megabyte, and of larger files the size alone: so nothing large is ever fetched.
"""

from base64 import b64decode
from urllib.parse import quote

from tracker_bridge.trackers import Busy, Unreadable, text_of
from tracker_bridge.trackers.github import shapes
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.errors import LIMITED


def file(client: Client, tracker: str, project: str, path: str) -> str | None:
    action = f"read {path} of {tracker}:{project}"
    answer = client.send(
        action, "GET", f"/repos/{project}/contents/{quote(path)}", project=project, fine=(404,), again=True
    )
    if answer.status == 404:
        return None
    shown = answer.parse(shapes.FILE, action)
    if isinstance(shown, list) or shown.type != "file":
        raise Unreadable("is not a file")
    try:
        raw = b64decode(shown.content)
    except ValueError:
        raise Busy(f"could not {action}: GitHub's answer is malformed", LIMITED) from None
    return text_of(raw, shown.size)
