"""Answers about files that the sandbox does not give."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from tests.trackers import github_answers, gitlab_answers
from tracker_bridge.trackers import MAX_FILE, Busy, Files, Gone, Unreadable
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker

PATH = ".github/tracker-bridge.toml"
ON_GITHUB = f"{github_answers.REPO}/contents/{PATH}"
ON_GITLAB = f"{gitlab_answers.PROJECT}/repository/files/.github%2Ftracker-bridge.toml/raw"


@pytest.fixture(autouse=True)
def _mocked() -> Iterator[None]:
    with responses.mock:
        yield


@pytest.fixture
def github() -> Iterator[Files]:
    tracker = github_answers.tracker()
    yield tracker
    tracker.close()


@pytest.fixture
def gitlab() -> Iterator[Files]:
    tracker = GitLabTracker(gitlab_answers.URL, "token", ["acme/api"])
    yield tracker
    tracker.close()


@pytest.mark.parametrize(
    "answer",
    [
        {"type": "symlink", "size": 9, "target": "/etc/passwd"},
        {"type": "submodule", "size": 0, "submodule_git_url": "git://example.org/x"},
        [{"type": "file", "size": 5, "name": "a"}],
        [],
    ],
)
def test_a_folder_a_submodule_or_a_link_out_of_the_repository_is_no_file(github: Files, answer: Any) -> None:
    responses.get(ON_GITHUB, json=answer)

    with pytest.raises(Unreadable, match=r"^is not a file$"):
        github.file("acme/api", PATH)


def test_a_file_whose_content_github_leaves_out_is_too_large(github: Files) -> None:
    responses.get(ON_GITHUB, json={"type": "file", "size": 2_000_000, "encoding": "none", "content": ""})

    with pytest.raises(Unreadable, match="larger than 64 KiB"):
        github.file("acme/api", PATH)


@pytest.mark.parametrize(
    "answer",
    ["<html>Sign in</html>", "{}", '{"type": "file", "size": 1, "content": "ä"}', "null"],
)
def test_what_github_does_not_answer_is_no_file(github: Files, answer: str) -> None:
    responses.get(ON_GITHUB, body=answer)

    with pytest.raises(Busy, match="is malformed"):
        github.file("acme/api", PATH)


def test_base64_comes_in_lines(github: Files) -> None:
    lines = b64encode(b"timezone = 'UTC'").decode()
    responses.get(
        ON_GITHUB,
        json={"type": "file", "size": 12, "encoding": "base64", "content": f"{lines[:7]}\n{lines[7:]}\n"},
    )

    assert github.file("acme/api", PATH) == "timezone = 'UTC'"


def test_a_redirect_of_a_repository_that_has_its_name_still_is_not_followed(github: Files) -> None:
    responses.get("https://api.github.com:443/repos/acme/api", json={"id": 1, "full_name": "acme/api"})
    responses.get(ON_GITHUB, status=301, headers={"Location": "https://api.github.com/repositories/1/contents/x"})

    with pytest.raises(Gone, match="redirects elsewhere"):
        github.file("acme/api", PATH)


def test_a_page_of_a_proxy_is_no_file_of_gitlab(gitlab: Files) -> None:
    responses.get(ON_GITLAB, body="<html>Sign in</html>", content_type="text/HTML; charset=utf-8")

    with pytest.raises(Busy, match="is malformed"):
        gitlab.file("acme/api", PATH)


@pytest.mark.parametrize("headers", [{}, {"X-Gitlab-Size": ""}, {"X-Gitlab-Size": "²"}])
def test_a_file_without_its_size_is_measured(gitlab: Files, headers: dict[str, str]) -> None:
    responses.get(ON_GITLAB, body="timezone = 'UTC'", headers=headers, content_type="text/plain")
    assert gitlab.file("acme/api", PATH) == "timezone = 'UTC'"

    responses.get(ON_GITLAB, body="x" * (MAX_FILE + 1), headers=headers, content_type="text/plain")
    with pytest.raises(Unreadable, match="larger than 64 KiB"):
        gitlab.file("acme/api", PATH)


def test_gitlab_is_asked_for_the_default_branch(gitlab: Files) -> None:
    asked = responses.get(
        ON_GITLAB,
        body="a",
        headers={"X-Gitlab-Size": "1"},
        match=[responses.matchers.query_param_matcher({"ref": "HEAD"})],
    )

    assert gitlab.file("acme/api", PATH) == "a"
    assert asked.call_count == 1


def test_a_size_that_is_wrong_does_not_let_a_large_file_in(gitlab: Files) -> None:
    responses.get(ON_GITLAB, body="x" * (MAX_FILE + 1), headers={"X-Gitlab-Size": "1"})

    with pytest.raises(Unreadable, match="larger than 64 KiB"):
        gitlab.file("acme/api", PATH)
