"""What a job of GitHub Actions or GitLab CI says of itself: which project it is about, and what started it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tracker_bridge.environment import PREFIX

_PUBLIC: Final = "https://github.com"


class NoJob(Exception):
    """It is no job, or lacks something. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Job:
    """
    ``number`` is the issue that it is about, ``actor`` the account that started it, 0 for none. ``nothing``: why
    there is nothing to do for us. ``summary`` is the file for the job's page, if there is one. ``settings`` are
    variables of ours that follow from it.
    """

    tracker: str
    project: str
    event: str
    number: int
    settings: Mapping[str, str]
    actor: int = 0
    nothing: str = ""
    summary: Path | None = None


def job_of(environ: Mapping[str, str]) -> Job:
    """Return the job that this is. Raises :class:`NoJob`."""
    if environ.get("GITHUB_ACTIONS") == "true":
        return _of_github(environ)
    if environ.get("GITLAB_CI") == "true":
        return _of_gitlab(environ)
    raise NoJob("this is no job of GitHub Actions or GitLab CI; elsewhere, use sweep")


def _of_github(environ: Mapping[str, str]) -> Job:
    """https://docs.github.com/en/actions/reference/workflows-and-actions/variables"""
    project, event = environ.get("GITHUB_REPOSITORY", ""), environ.get("GITHUB_EVENT_NAME", "")
    token = environ.get("GITHUB_TOKEN", "")
    if not project:
        raise NoJob("GITHUB_REPOSITORY is not set")
    if not token and not environ.get(f"{PREFIX}GITHUB__TOKEN"):
        raise NoJob("GITHUB_TOKEN is not set; add it to the step: env: GITHUB_TOKEN: ${{ github.token }}")
    sent = _read(environ.get("GITHUB_EVENT_PATH", ""))
    issue = _table(sent.get("issue"))
    nothing = "this event is about a pull request" if "pull_request" in issue else ""
    summary = environ.get("GITHUB_STEP_SUMMARY", "")
    return Job(
        "github",
        project,
        event,
        _number(issue.get("number")),
        {
            f"{PREFIX}GITHUB__PROJECTS": json.dumps([project]),
            f"{PREFIX}GITHUB__TOKEN": token,
            f"{PREFIX}GITHUB__URL": environ.get("GITHUB_API_URL", ""),
        },
        nothing=nothing,
        summary=Path(summary) if summary else None,
    )


def _of_gitlab(environ: Mapping[str, str]) -> Job:
    """https://docs.gitlab.com/ci/variables/predefined_variables/, https://docs.gitlab.com/ci/triggers/"""
    project = environ.get("CI_PROJECT_PATH", "")
    if not project:
        raise NoJob("CI_PROJECT_PATH is not set")
    if not environ.get(f"{PREFIX}GITLAB__TOKEN"):
        raise NoJob(
            f"{PREFIX}GITLAB__TOKEN is not set: a job's own token may not touch issues; add a masked and "
            "protected variable with the token of a service account or of the project"
        )
    sent = _read(environ.get("TRIGGER_PAYLOAD", ""))
    about = _table(sent.get("issue")) or _table(sent.get("object_attributes"))
    kind = sent.get("object_kind")
    return Job(
        "gitlab",
        project,
        f"{environ.get('CI_PIPELINE_SOURCE', '')} {kind if isinstance(kind, str) else ''}".strip(),
        _number(about.get("iid")),
        {
            f"{PREFIX}GITLAB__PROJECTS": json.dumps([project]),
            f"{PREFIX}GITLAB__URL": environ.get("CI_SERVER_URL", ""),
        },
        actor=_number(_table(sent.get("user")).get("id")),
    )


def _read(path: str) -> Mapping[str, Any]:
    """Return what started the job; nothing where it cannot be read: then all that changed is looked at."""
    try:
        return _table(json.loads(Path(path).read_bytes())) if path else {}
    except (OSError, ValueError):
        return {}


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
