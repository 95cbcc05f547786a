"""The configured trackers. One that is not configured is not even imported: each brings a large library."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

from tracker_bridge.events import Observer, silent
from tracker_bridge.settings import (
    BadSettings,
    GitHub,
    GitLab,
    Problem,
    Settings,
    demand_roots,
    demand_trackers,
)
from tracker_bridge.trackers import Tracker

if TYPE_CHECKING:
    from tracker_bridge.trackers.github import GitHubTracker
    from tracker_bridge.trackers.gitlab import GitLabTracker


@contextmanager
def open_trackers(settings: Settings, observe: Observer = silent) -> Iterator[Mapping[str, Tracker]]:
    """
    Open the configured trackers, by name, and close them at the end. Touches no network.

    Raises :class:`BadSettings` when there is none, or one cannot work.
    """
    demand_trackers(settings)
    with ExitStack() as opened:
        trackers: dict[str, Tracker] = {}
        if settings.github is not None:
            with _blaming("github"):
                trackers["github"] = opened.enter_context(closing(_github(settings.github, observe)))
        if settings.gitlab is not None:
            with _blaming("gitlab"):
                trackers["gitlab"] = opened.enter_context(closing(_gitlab(settings.gitlab, observe)))
        demand_roots(settings, trackers.values())
        yield trackers


@contextmanager
def _blaming(name: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise BadSettings([Problem(name, str(error))]) from None


def _github(settings: GitHub, observe: Observer) -> "GitHubTracker":
    from tracker_bridge.trackers.github import App, GitHubTracker, Token  # noqa: PLC0415 - 30 MB

    if settings.token is not None:
        credential: Token | App = Token(settings.token.get_secret_value())
    elif settings.app_id is not None and settings.private_key is not None:
        credential = App(str(settings.app_id), settings.private_key.get_secret_value())
    else:
        raise ValueError("no credential; set token, or app_id with private_key")
    hooks = [secret.get_secret_value() for secret in settings.webhook_secrets]
    return GitHubTracker(
        settings.url,
        credential,
        settings.projects,
        hooks,
        issue_type=settings.issue_type,
        seconds_between_writes=settings.seconds_between_writes,
        observe=observe,
    )


def _gitlab(settings: GitLab, observe: Observer) -> "GitLabTracker":
    from tracker_bridge.trackers.gitlab import GitLabTracker  # noqa: PLC0415 - 30 MB

    return GitLabTracker(
        settings.url,
        settings.token.get_secret_value(),
        settings.projects,
        [token.get_secret_value() for token in settings.webhook_tokens],
        [token.get_secret_value() for token in settings.signing_tokens],
        observe=observe,
    )
