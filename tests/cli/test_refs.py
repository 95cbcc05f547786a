"""Which issue is meant."""

import click
import pytest

from tracker_bridge.cli.refs import find_project, find_ref
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.settings import Settings


def _settings(github: str = "https://api.github.com", gitlab: str = "https://gitlab.com") -> Settings:
    return Settings.model_validate(
        {
            "github": {"url": github, "token": "x", "projects": ["acme/api"]},
            "gitlab": {"url": gitlab, "token": "x", "projects": ["acme/platform/api", "acme/web"]},
        }
    )


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("github:acme/api#12", IssueRef("github", "acme/api", 12)),
        (" gitlab:acme/platform/api#3 ", IssueRef("gitlab", "acme/platform/api", 3)),
        ("https://github.com/acme/api/issues/12", IssueRef("github", "acme/api", 12)),
        ("https://github.com/acme/api/issues/12#issuecomment-99", IssueRef("github", "acme/api", 12)),
        ("HTTPS://GitHub.com/acme/api/issues/12/?a=b", IssueRef("github", "acme/api", 12)),
        ("https://gitlab.com/acme/platform/api/-/issues/3", IssueRef("gitlab", "acme/platform/api", 3)),
        ("https://gitlab.com/acme/web/-/issues/incident/3#note_7", IssueRef("gitlab", "acme/web", 3)),
        ("https://gitlab.com/acme/web/-/work_items/3", IssueRef("gitlab", "acme/web", 3)),
        ("https://gitlab.com/acme/web/issues/3", IssueRef("gitlab", "acme/web", 3)),
    ],
)
def test_a_reference_and_an_address_name_the_same_issue(text: str, ref: IssueRef) -> None:
    assert find_ref(text, _settings()) == ref


@pytest.mark.parametrize(
    ("api", "address"),
    [
        ("https://github.acme.org/api/v3", "https://github.acme.org/acme/api/issues/12"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com/acme/api/issues/12"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000/acme/api/issues/12"),
    ],
)
def test_an_enterprise_servers_addresses_are_understood(api: str, address: str) -> None:
    assert find_ref(address, _settings(github=api)) == IssueRef("github", "acme/api", 12)


def test_a_gitlab_under_a_sub_path_is_understood() -> None:
    settings = _settings(gitlab="https://acme.org/git")
    address = "https://acme.org/git/acme/platform/api/-/issues/3"
    assert find_ref(address, settings) == IssueRef("gitlab", "acme/platform/api", 3)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("acme/api#12", "write it like github:acme/api#12, or give the issue's URL"),
        ("github:acme/api#0", "is not an issue"),
        ("https://github.com/acme/api/pull/12", "not the URL of an issue on a configured tracker"),
        ("https://git.elsewhere.org/acme/api/issues/12", "not the URL of an issue"),
        ("https://github.com.evil.org/acme/api/issues/12", "not the URL of an issue"),
        ("github:acme/other#1", "acme/other is not in the setting github.projects: acme/api"),
        ("jira:acme/api#1", "jira is not configured (configured: github, gitlab)"),
    ],
)
def test_what_can_not_be_meant_is_refused_with_the_way_out(text: str, reason: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        find_ref(text, _settings())
    assert reason in caught.value.message


def test_the_project_is_spelt_as_it_is_configured() -> None:
    assert find_ref("github:Acme/API#12", _settings()) == IssueRef("github", "acme/api", 12)


@pytest.mark.parametrize(
    ("text", "project"),
    [
        ("github:acme/api", ("github", "acme/api")),
        (" github:ACME/API#12 ", ("github", "acme/api")),
        ("https://github.com/acme/api", ("github", "acme/api")),
        ("https://github.com/acme/api/issues/12#issuecomment-99", ("github", "acme/api")),
        ("gitlab:acme/platform/api", ("gitlab", "acme/platform/api")),
        ("HTTPS://GitLab.com/acme/platform/api/-/issues", ("gitlab", "acme/platform/api")),
        ("https://gitlab.com/acme/web?sort=desc", ("gitlab", "acme/web")),
    ],
)
def test_a_project_is_named_by_itself_by_its_address_or_by_any_of_its_issues(
    text: str, project: tuple[str, str]
) -> None:
    assert find_project(text, _settings()) == project


@pytest.mark.parametrize(
    "text",
    ["acme/api", "github:acme/ap", "gitlab:acme", "https://github.com/acme/apis", "https://x.org/acme/api", ""],
)
def test_what_is_no_configured_project_is_said_to_be_none(text: str) -> None:
    with pytest.raises(click.BadParameter):
        find_project(text, _settings())


def test_a_project_of_a_pattern_is_named_like_one_that_is_configured() -> None:
    settings = Settings.model_validate(
        {
            "github": {"token": "t" * 30, "projects": ["acme/*", "!acme/secret-*"], "webhook_secrets": ["s" * 24]},
            "gitlab": {"token": "t" * 30, "projects": ["acme/**"]},
        }
    )
    assert find_project("github:acme/new", settings) == ("github", "acme/new")
    assert find_project("https://github.com/acme/new/issues/3", settings) == ("github", "acme/new")
    assert find_project("https://gitlab.com/acme/a/b/-/issues/3", settings) == ("gitlab", "acme/a/b")
    with pytest.raises(click.BadParameter, match="github:acme/NAME"):
        find_project("https://github.com/acme/secret-keys/issues/3", settings)
