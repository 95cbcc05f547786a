"""Which issues may have changed, where GitHub answers more, or something else, than was asked for."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import responses

from tests.trackers.github_answers import REPO, comment, issue, tracker
from tracker_bridge.trackers import Gone

SINCE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def api() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def numbers(label: str = "incident", since: datetime | None = None) -> list[int]:
    return [ref.number for ref in tracker().changed("acme/api", since=since, label=label)]


def test_a_filter_that_was_lost_on_the_way_is_made_up_for(api: responses.RequestsMock) -> None:
    api.get(
        f"{REPO}/issues",
        json=[
            issue(number=1, labels=[{"name": "Incident"}]),
            issue(number=2),
            issue(number=3, labels=[{"name": "incident"}], state="closed"),
            issue(number=4, labels=[{"name": "incident"}], pull_request={}),
        ],
    )

    assert numbers() == [1]


def test_a_label_with_a_comma_is_not_taken_for_two(api: responses.RequestsMock) -> None:
    api.get(f"{REPO}/issues", json=[issue(number=1, labels=[{"name": "down, now"}]), issue(number=2)])

    assert numbers("down, now") == [1]
    assert "labels=" not in str(api.calls[0].request.url)


def test_changes_are_asked_for_with_an_overlap_in_two_listings(api: responses.RequestsMock) -> None:
    url = "https://api.github.com/repos/acme/api/issues"
    api.get(f"{REPO}/issues", json=[issue(number=1), issue(number=2, pull_request={})])
    api.get(
        f"{REPO}/issues/comments",
        json=[
            comment(11, issue_url=f"{url}/1"),
            comment(12, issue_url=f"{url}/3"),
            comment(13, issue_url=f"{url}/3"),
            comment(14, issue_url=f"{url}/2", html_url="https://github.com/acme/api/pull/2#issuecomment-14"),
        ],
    )

    assert numbers(since=SINCE) == [1, 3]
    assert len(api.calls) == 2
    for call in api.calls:
        assert "since=2026-11-02T08%3A58%3A00Z" in str(call.request.url)


def test_another_repositorys_answer_is_gone(api: responses.RequestsMock) -> None:
    api.get(f"{REPO}/issues", json=[issue(repository_url="https://api.github.com/repos/acme/renamed")])

    with pytest.raises(Gone, match="new name"):
        numbers()
