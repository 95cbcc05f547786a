"""What setting GitLab's own fields for incidents makes of odd answers."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import responses

from tests.trackers.gitlab_answers import BOT, ISSUE, URL, Json, issue
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.domain.issue.native import Advance, Capability, Milestone, Mirror, Progress, Rate, Retype
from tracker_bridge.trackers import DONE, Busy, lacking
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker

REF = IssueRef("gitlab", "acme/api", 12)
GRAPHQL = f"{URL}/api/graphql"
AT = datetime(2026, 11, 2, 9, 5, 30, tzinfo=UTC)
BEGUN = Milestone(AT, Kind.STARTED, "The outage began")
ME, OTHER = (
    {"id": f"gid://gitlab/User/{BOT['id']}", "username": "bot"},
    {"id": "gid://gitlab/User/9", "username": "x"},
)


NOW = [1_793_000_000.0]


@pytest.fixture
def tracker() -> Iterator[GitLabTracker]:
    with responses.mock:
        responses.get(f"{URL}/api/v4/user", json=BOT)
        responses.get(ISSUE, json=issue(id=700))
        tracker = GitLabTracker(URL, "token", ["acme/api"], monotonic=lambda: NOW[0])
        yield tracker
        tracker.close()


def asked() -> list[Json]:
    """Return what GraphQL was sent."""
    return [json.loads(call.request.body or "") for call in responses.calls if call.request.url == GRAPHQL]


def event(number: int, note: str, **changes: object) -> Json:
    shown: Json = {
        "id": f"gid://gitlab/IncidentManagement::TimelineEvent/{number}",
        "note": note,
        "action": "comment",
        "occurredAt": "2026-11-02T09:05:00Z",
        "author": ME,
        "updatedByUser": None,
    }
    return shown | changes


def timeline(*events: Json, more: str | None = None) -> Json:
    page = {"hasNextPage": more is not None, "endCursor": more}
    return {"data": {"project": {"incidentManagementTimelineEvents": {"nodes": list(events), "pageInfo": page}}}}


def test_a_severity_is_one_mutation_with_all_in_one_variable(tracker: GitLabTracker) -> None:
    responses.post(GRAPHQL, json={"data": {"done": {"errors": []}}})
    assert tracker.apply(REF, Rate(2)) == DONE
    [sent] = asked()
    assert sent["variables"] == {"input": {"projectPath": "acme/api", "iid": "12", "severity": "HIGH"}}
    assert "issueSetSeverity(input: $input)" in sent["query"]


def refused(message: str) -> Json:
    return {"data": {"done": None}, "errors": [{"message": message}]}


REFUSALS: list[Json] = [
    refused("Feature unavailable for provided issue"),
    refused(
        "The resource that you are attempting to access does not exist or "
        "you don't have permission to perform this action"
    ),
    {"data": {"done": {"errors": ["Escalation status updates are not available for this issue, user, or ..."]}}},
    {"data": None, "errors": [{"message": "Access denied: Your token lacks the required permissions: [x]."}]},
    {"errors": [{"message": "Field 'issueSetEscalationStatus' doesn't exist on type 'Mutation'"}]},
    {"errors": [{"message": "IssueSetSeverityInput isn't a defined input type (on $input)"}]},
]

PASSING: list[Json] = [
    {"data": None, "errors": [{"message": "boom"}]},
    {"data": None, "errors": [{"message": "Timeout on Query"}]},
    refused("Internal server error"),
    {"data": None},
    {},
]


@pytest.mark.parametrize("answer", REFUSALS)
def test_every_kind_of_refusal_is_an_ability_that_is_lacking(tracker: GitLabTracker, answer: Json) -> None:
    responses.post(GRAPHQL, json=answer)
    assert tracker.apply(REF, Advance(Progress.RESOLVED)) == lacking(Capability.STATUS)
    assert tracker.apply(REF, Rate(1)) == lacking(Capability.SEVERITY)


@pytest.mark.parametrize("answer", PASSING)
def test_what_is_no_refusal_is_tried_again_however_often_it_comes(tracker: GitLabTracker, answer: Json) -> None:
    responses.post(GRAPHQL, json=answer)
    for change in (Rate(1), Advance(Progress.RESOLVED), Mirror((BEGUN,))):
        for _ in range(3):
            with pytest.raises(Busy):
                tracker.apply(REF, change)
            NOW[0] += 600


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_status_that_refuses_is_believed_when_it_comes_twice_apart(tracker: GitLabTracker, status: int) -> None:
    responses.post(GRAPHQL, status=status, json={})
    responses.put(ISSUE, status=status, json={})
    for change, capability in ((Mirror((BEGUN,)), Capability.TIMELINE), (Retype(), Capability.TYPE)):
        for _ in range(2):
            with pytest.raises(Busy):
                tracker.apply(REF, change)
        NOW[0] += 5
        assert tracker.apply(REF, change) == lacking(capability)


def test_a_status_that_passes_is_forgotten(tracker: GitLabTracker) -> None:
    for _ in range(2):
        responses.put(ISSUE, status=404, json={})
        responses.put(ISSUE, json=issue(issue_type="incident"))
        with pytest.raises(Busy):
            tracker.apply(REF, Retype())
        NOW[0] += 60
        assert tracker.apply(REF, Retype()) == DONE


@pytest.mark.parametrize("status", [429, 500, 502])
def test_what_passes_is_tried_again_later(tracker: GitLabTracker, status: int) -> None:
    responses.post(GRAPHQL, status=status, json={})
    with pytest.raises(Busy):
        tracker.apply(REF, Rate(1))


def test_a_type_that_was_dropped_without_a_word_is_lacking(tracker: GitLabTracker) -> None:
    responses.put(ISSUE, json=issue(issue_type="issue"))
    assert tracker.apply(REF, Retype()) == lacking(Capability.TYPE)
    responses.upsert(responses.PUT, ISSUE, json=issue(issue_type="incident"))
    assert tracker.apply(REF, Retype()) == DONE


def test_events_are_compared_page_by_page_and_those_that_people_changed_stay(tracker: GitLabTracker) -> None:
    responses.post(GRAPHQL, json=timeline(event(1, "Old"), event(2, "Of a person", author=OTHER), more="a"))
    records = (event(5, "@bot changed it", action="severity"), event(6, "@bot resolved", action="status"))
    changed, same = event(3, "Changed", updatedByUser=OTHER), event(4, "The outage began ")
    responses.post(GRAPHQL, json=timeline(changed, same, *records))
    responses.post(GRAPHQL, json={"data": {"t0": {"errors": []}}})

    assert tracker.apply(REF, Mirror((BEGUN,))) == DONE

    first, second, removing = asked()
    assert (first["variables"]["after"], second["variables"]["after"]) == (None, "a")
    assert first["variables"]["incident"] == "gid://gitlab/Issue/700"
    assert removing["variables"] == {"t0": {"id": "gid://gitlab/IncidentManagement::TimelineEvent/1"}}
    assert "timelineEventDestroy" in removing["query"]


def test_an_event_is_made_with_its_tag_to_the_minute(tracker: GitLabTracker) -> None:
    responses.post(GRAPHQL, json=timeline())
    responses.post(GRAPHQL, json={"data": {"t0": {"errors": []}, "t1": {"errors": []}}})

    tracker.apply(REF, Mirror((BEGUN, Milestone(AT, Kind.NOTE, "Rolled back"))))

    assert asked()[-1]["variables"]["t0"] == {
        "incidentId": "gid://gitlab/Issue/700",
        "note": "The outage began",
        "occurredAt": "2026-11-02T09:05:00Z",
        "timelineEventTagNames": ["Start time"],
    }
    assert asked()[-1]["variables"]["t1"]["timelineEventTagNames"] == []


def test_a_tag_that_somebody_deleted_costs_the_tag_and_not_the_event(tracker: GitLabTracker) -> None:
    responses.post(GRAPHQL, json=timeline())
    responses.post(GRAPHQL, json={"data": {"t0": {"errors": ['Following tags don\'t exist: ["Start time"]']}}})
    responses.post(GRAPHQL, json={"data": {"t0": {"errors": []}}})

    assert tracker.apply(REF, Mirror((BEGUN,))) == DONE
    assert [one["variables"]["t0"]["timelineEventTagNames"] for one in asked()[1:]] == [["Start time"], []]


def test_an_event_that_is_refused_without_its_tag_as_well_is_left_out_alone(tracker: GitLabTracker) -> None:
    responses.post(GRAPHQL, json=timeline())
    for _ in range(2):
        responses.post(GRAPHQL, json={"data": {"t0": {"errors": ["Note is too long"]}, "t1": {"errors": []}}})

    assert tracker.apply(REF, Mirror((BEGUN, Milestone(AT, Kind.RESOLVED, "Resolved")))) == DONE


def test_an_event_that_differs_is_changed_in_its_place(tracker: GitLabTracker) -> None:
    """Each one that is made or removed is a remark in the thread."""
    responses.post(GRAPHQL, json=timeline(event(1, "The outage begann"), event(2, "Left over")))
    responses.post(GRAPHQL, json={"data": {"t0": {"errors": []}}})
    responses.post(GRAPHQL, json={"data": {"t0": {"errors": []}}})

    assert tracker.apply(REF, Mirror((BEGUN,))) == DONE

    _, updating, removing = asked()
    assert "timelineEventUpdate(input: $t0)" in updating["query"]
    assert updating["variables"]["t0"]["note"] == "The outage began"
    assert updating["variables"]["t0"]["timelineEventTagNames"] == ["Start time"]
    assert "timelineEventDestroy" in removing["query"]


def test_an_event_that_cannot_be_changed_is_not_left_saying_what_is_not_so(tracker: GitLabTracker) -> None:
    responses.post(GRAPHQL, json=timeline(event(1, "Wrong")))
    for _ in range(2):
        responses.post(GRAPHQL, json={"data": {"t0": {"errors": ["Note is too long"]}}})
    responses.post(GRAPHQL, json={"data": {"t0": {"errors": []}}})

    assert tracker.apply(REF, Mirror((BEGUN,))) == DONE
    assert "timelineEventDestroy" in asked()[-1]["query"]


def test_a_role_that_may_not_keep_a_timeline_is_told_apart_from_a_refused_event(tracker: GitLabTracker) -> None:
    said = "You have insufficient permissions to manage timeline events for this incident"
    responses.post(GRAPHQL, json=timeline())
    responses.post(GRAPHQL, json={"data": {"t0": {"errors": [said]}}})

    assert tracker.apply(REF, Mirror((BEGUN,))) == lacking(Capability.TIMELINE)


def test_a_project_that_is_not_shown_for_now_is_asked_again(tracker: GitLabTracker) -> None:
    responses.post(GRAPHQL, json={"data": {"project": None}})
    with pytest.raises(Busy):
        tracker.apply(REF, Mirror((BEGUN,)))
