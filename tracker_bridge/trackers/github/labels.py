"""
The labels of a repository. https://docs.github.com/en/rest/issues/labels

A label is found by its name, whatever the case.
"""

from collections.abc import Iterator
from urllib.parse import quote

from tracker_bridge.domain.incident.labels import ProjectLabel, PutLabel
from tracker_bridge.trackers.github import shapes
from tracker_bridge.trackers.github.client import Client


def labels(client: Client, tracker: str, project: str) -> Iterator[ProjectLabel]:
    action = f"list the labels of {tracker}:{project}"
    for one in client.pages(action, f"/repos/{project}/labels", shapes.LABELS, project=project):
        yield ProjectLabel(one.name, one.color.lower(), one.description or "")


def put_label(client: Client, tracker: str, project: str, put: PutLabel) -> None:
    label = put.label
    action = f"put the label {label.name} into {tracker}:{project}"
    path, body = f"/repos/{project}/labels", {"color": label.color, "description": label.description}
    if put.new:
        client.send(action, "POST", path, project=project, body={"name": label.name, **body})
    else:
        client.send(action, "PATCH", f"{path}/{quote(label.name, safe='')}", project=project, body=body)
