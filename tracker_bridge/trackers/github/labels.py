"""
The labels of a repository. https://docs.github.com/en/rest/issues/labels

A label is found by its name, whatever the case.
"""

from collections.abc import Iterator
from urllib.parse import quote

from tracker_bridge.domain.incident.labels import Label, PutLabel
from tracker_bridge.trackers.github import shapes
from tracker_bridge.trackers.github.client import Client


def labels(client: Client, tracker: str, project: str) -> Iterator[Label]:
    act = f"list the labels of {tracker}:{project}"
    for one in client.pages(act, f"/repos/{project}/labels", shapes.LABELS, project=project):
        yield Label(one.name, one.color.lower(), one.description or "")


def put_label(client: Client, tracker: str, project: str, put: PutLabel) -> None:
    label = put.label
    act = f"put the label {label.name} into {tracker}:{project}"
    path, body = f"/repos/{project}/labels", {"color": label.color, "description": label.description}
    if put.new:
        client.send(act, "POST", path, project=project, body={"name": label.name, **body})
    else:
        client.send(act, "PATCH", f"{path}/{quote(label.name, safe='')}", project=project, body=body)
