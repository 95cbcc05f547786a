"""What writing to GitLab makes of odd answers."""

import json
from collections.abc import Iterator

import pytest
import responses

from tests.trackers.gitlab_answers import BOB, BOT, ISSUE, NOTES, URL, Json, issue, note
from tracker_bridge.domain.issue.changes import Document, Edit, Post, React, Reaction, Relabel, Remove
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import Busy, Denied, Gone, TrackerError
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker

REF = IssueRef("gitlab", "acme/api", 12)
STATUS = Document("status", "All checks passed.")


@pytest.fixture
def tracker() -> Iterator[GitLabTracker]:
    with responses.mock:
        responses.get(f"{URL}/api/v4/user", json=BOT)
        tracker = GitLabTracker(URL, "token", ["acme/api"])
        yield tracker
        tracker.close()


def sent(call: int = -1) -> Json:
    body: Json = json.loads(responses.calls[call].request.body or "")
    return body


def test_a_post_is_one_request_with_the_whole_text(tracker: GitLabTracker) -> None:
    made = responses.post(NOTES, status=201, json=note(5, STATUS.text))
    tracker.apply(REF, Post(STATUS, pin=True))
    assert sent() == {"body": STATUS.text}
    assert made.call_count == 1
    assert len(responses.calls) == 2  # and /user


def test_a_text_taken_for_quick_actions_is_an_alarm(tracker: GitLabTracker) -> None:
    answer = {"commands_changes": {"state_event": "close"}, "summary": ["Closed this issue."]}
    responses.post(NOTES, status=202, json=answer)
    responses.put(f"{NOTES}/5", status=202, json=answer)
    for change in (Post(STATUS), Edit(5, STATUS)):
        with pytest.raises(TrackerError, match="quick actions") as caught:
            tracker.apply(REF, change)
        assert type(caught.value) is TrackerError
        assert STATUS.body not in str(caught.value)


def test_a_text_that_comes_back_changed_is_an_alarm(tracker: GitLabTracker) -> None:
    responses.put(f"{NOTES}/5", json=note(5, "All"))
    with pytest.raises(TrackerError, match="different text"):
        tracker.apply(REF, Edit(5, STATUS))


def test_line_ends_and_spaces_at_the_end_are_no_change(tracker: GitLabTracker) -> None:
    document = Document("status", "one\r\ntwo")
    responses.put(f"{NOTES}/5", json=note(5, document.text.replace("\r", "") + " \n"))
    tracker.apply(REF, Edit(5, document))


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failed_post_is_unclear_and_not_repeated(tracker: GitLabTracker, status: int) -> None:
    made = responses.post(NOTES, status=status, headers={"Retry-After": "1"})
    with pytest.raises(Busy) as caught:
        tracker.apply(REF, Post(STATUS))
    assert caught.value.retry_after >= 10
    assert made.call_count == 1


def test_a_post_to_an_issue_that_is_gone_is_gone(tracker: GitLabTracker) -> None:
    responses.post(NOTES, status=404)
    with pytest.raises(Gone):
        tracker.apply(REF, Post(STATUS))


def test_editing_a_comment_that_vanished_asks_for_another_reconcile(tracker: GitLabTracker) -> None:
    responses.put(f"{NOTES}/5", status=404)
    with pytest.raises(Busy):
        tracker.apply(REF, Edit(5, STATUS))


def test_labels_are_put_and_taken_in_one_request(tracker: GitLabTracker) -> None:
    responses.put(ISSUE, json=issue(labels=["a", "severity::2", "other"]))
    tracker.apply(REF, Relabel(frozenset({"severity::2", "a"}), frozenset({"severity::1"})))
    assert sent() == {"add_labels": "a,severity::2", "remove_labels": "severity::1"}


def test_a_label_to_put_and_to_take_is_put(tracker: GitLabTracker) -> None:
    responses.put(ISSUE, json=issue(labels=["incident"]))
    tracker.apply(REF, Relabel(frozenset({"incident"}), frozenset({"incident"})))
    assert sent() == {"add_labels": "incident"}


def test_labels_that_gitlab_silently_leaves_alone_are_denied(tracker: GitLabTracker) -> None:
    responses.put(ISSUE, json=issue(labels=["severity::1"]))
    with pytest.raises(Denied, match="Reporter"):
        tracker.apply(REF, Relabel(add=frozenset({"incident"})))
    with pytest.raises(Denied, match="Reporter"):
        tracker.apply(REF, Relabel(remove=frozenset({"severity::1"})))


def test_nothing_to_label_is_no_request(tracker: GitLabTracker) -> None:
    put = responses.put(ISSUE, json=issue())
    tracker.apply(REF, Relabel())
    assert put.call_count == 0


def test_a_reaction_given_before_is_fine(tracker: GitLabTracker) -> None:
    taken = {"message": "404 Award Emoji Name has already been taken Not Found"}
    given = responses.post(f"{NOTES}/5/award_emoji", status=404, json=taken)
    tracker.apply(REF, React(5, Reaction.ACCEPTED))
    assert sent() == {"name": "thumbsup"}
    assert given.call_count == 1


def test_only_our_own_reaction_is_taken_back(tracker: GitLabTracker) -> None:
    given = [
        {"id": 1, "name": "confused", "user": BOB},
        {"id": 2, "name": "thumbsup", "user": BOT},
        {"id": 3, "name": "confused", "user": BOT},
    ]
    responses.get(f"{ISSUE}/award_emoji", json=given)
    responses.delete(f"{ISSUE}/award_emoji/3", status=204)
    tracker.apply(REF, React(0, Reaction.REFUSED, on=False))
    assert [call.request.method for call in responses.calls] == ["GET", "GET", "DELETE"]


def test_removing_what_is_gone_is_fine(tracker: GitLabTracker) -> None:
    responses.delete(f"{NOTES}/5", status=404)
    tracker.apply(REF, Remove(5))
