"""Labels of the groups above a project, which the sandbox does not have."""

import json
from collections.abc import Iterator

import pytest
import responses

from tests.trackers.gitlab_answers import PROJECT, URL
from tracker_bridge.domain.incident.labels import ProjectLabel, PutLabel
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker


@pytest.fixture
def tracker() -> Iterator[GitLabTracker]:
    with responses.mock:
        tracker = GitLabTracker(URL, "token", ["acme/api"])
        yield tracker
        tracker.close()


def test_a_label_of_the_group_is_known_as_inherited(tracker: GitLabTracker) -> None:
    one = {"id": 1, "name": "severity::1", "color": "#FF0000", "description": None}
    answer = [one | {"is_project_label": False}, one | {"name": "bug", "is_project_label": True}]
    responses.get(f"{PROJECT}/labels", json=answer)

    assert list(tracker.labels("acme/api")) == [
        ProjectLabel("severity::1", "ff0000", inherited=True),
        ProjectLabel("bug", "ff0000"),
    ]


def test_a_name_with_a_slash_stays_one_part_of_the_address(tracker: GitLabTracker) -> None:
    put = responses.put(f"{PROJECT}/labels/ops%2Fnow%3F", json={"id": 1})

    tracker.put_label("acme/api", PutLabel(ProjectLabel("ops/now?", "b60205", "now"), new=False))

    assert put.call_count == 1
    assert json.loads(responses.calls[-1].request.body or "") == {"color": "#b60205", "description": "now"}
