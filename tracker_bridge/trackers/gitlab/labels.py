"""
The labels of a project, and of the groups above it. https://docs.gitlab.com/api/labels/

A label is found by its name, to the letter.
"""

from collections.abc import Iterator
from urllib.parse import quote

from tracker_bridge.domain.incident.labels import ProjectLabel, PutLabel
from tracker_bridge.trackers.gitlab.client import Client, project_path
from tracker_bridge.trackers.gitlab.shapes import Identified, ListedLabel


def labels(client: Client, tracker: str, project: str) -> Iterator[ProjectLabel]:
    action = f"list the labels of {tracker}:{project}"
    for one in client.pages(f"{project_path(project)}/labels", action, ListedLabel):
        color = one.color.lower().removeprefix("#")
        yield ProjectLabel(one.name, color, one.description or "", inherited=not one.is_project_label)


def put_label(client: Client, tracker: str, project: str, put: PutLabel) -> None:
    label = put.label
    action = f"put the label {label.name} into {tracker}:{project}"
    path = f"{project_path(project)}/labels"
    body = {"color": f"#{label.color}", "description": label.description}
    if put.new:
        client.post(path, action, {"name": label.name, **body}, Identified)
    else:
        client.put(f"{path}/{quote(label.name, safe='')}", action, body, Identified)
