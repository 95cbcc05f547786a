"""
GitHub: github.com and GitHub Enterprise Server, with a token or as a GitHub App.

This file says what the rest of the bridge must know of it; ``tracker`` is the tracker itself, put together from

client      requests, a thread's ``connection`` and its ``credentials``; ``conditional`` those that ask again,
            ``errors`` what an answer means
reading     an issue, and what changed in it since the last reconcile
            ``first_sights`` what a first reconcile needs, of many issues at once
authors     who wrote its texts: the last ``editors``, and all ``versions``
references  the pull requests that refer to it
hiding      the comments that were hidden
writing     one change; ``at_once`` several with one request, ``pacing`` how much may be written
fields      what an organisation keeps of issues beside that
opening     another issue
sweeping    which issues may have changed; ``listing`` which wear a label, ``quiet`` in which repositories none did
labels      the labels of a repository
files       its files
accounts    whose a name is
checkup     what is set up, for ``tracker-bridge doctor``
live        what only GitHub itself can tell, for ``doctor --live``; ``scene`` where it is tried
hooks       deliveries
shapes      GitHub's JSON as our values
settings    what can be set; ``private_key`` the shapes in which an App's key arrives
connecting  making an App with its ``manifest``, and where it is installed; ``discovering`` which repositories
            there are

Differences from GitLab, for those who compare the two: comments have ``since``, a comment can be pinned,
deletions show in the issue's count of comments, labels and state are one list of events.
"""

import re
from urllib.parse import urlsplit

from tracker_bridge.events import Observer
from tracker_bridge.trackers import Tracker
from tracker_bridge.trackers.forge import Forge
from tracker_bridge.trackers.github.pacing import pace
from tracker_bridge.trackers.github.settings import GitHub
from tracker_bridge.trackers.quotas import Quotas
from tracker_bridge.trackers.together import SideBySide


def _connect(settings: GitHub, observe: Observer, quotas: Quotas | None) -> Tracker:
    from tracker_bridge.trackers.github.tracker import App, GitHubTracker, Token  # noqa: PLC0415 - 30 MB

    if settings.token is not None:
        credential: Token | App = Token(settings.token.get_secret_value())
    elif settings.app_id is not None and settings.private_key is not None:
        credential = App(str(settings.app_id), settings.private_key.get_secret_value())
    else:
        raise ValueError("no credential; set token, or app_id with private_key")
    return GitHubTracker(
        settings.url,
        credential,
        settings.projects,
        [secret.get_secret_value() for secret in settings.webhook_secrets],
        issue_type=settings.issue_type,
        pace=pace(
            settings.seconds_between_writes,
            settings.writes_per_minute,
            settings.content_per_minute,
            settings.content_per_hour,
            settings.points_per_minute,
        ),
        together=SideBySide(),
        observe=observe,
        quotas=quotas,
    )


def _site(settings: GitHub) -> str:
    api = urlsplit(settings.url)
    return f"{api.scheme}://{api.netloc.removeprefix('api.')}{api.path.removesuffix('/api/v3')}"


FORGE = Forge(
    name="github",
    title="GitHub",
    settings=GitHub,
    credentials=("token", "private_key"),
    hook_secrets=("webhook_secrets",),
    connect=_connect,
    site=_site,
    issue_path=re.compile(r"/(?P<project>[\w.-]+/[\w.-]+)/issues/(?P<number>[1-9][0-9]{0,9})/?", re.ASCII),
    severity_label=lambda _number, name: name,
    form=".github/ISSUE_TEMPLATE/incident.yml",
)
