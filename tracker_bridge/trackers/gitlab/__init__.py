"""
GitLab, gitlab.com or self-managed, through python-gitlab.

This file says what the rest of the bridge must know of it; ``tracker`` is the tracker itself, put together from

client      requests: connections, pages; ``errors`` what an answer means
reading     an issue, and what changed in it since the last reconcile; ``beside`` what is told of it elsewhere
sweeping    what lists tell of many issues; ``listing`` which wear a label, ``quiet`` in which projects nothing
            happened
editors     who changed a text last; ``first_sights`` the same, of many issues at once, and these issues;
            ``closings`` which of them were never closed
types       work items that are out of reach
live        what only GitLab itself can tell, for ``doctor --live``; ``scene`` where it is tried
writing     one change; ``at_once`` several with one request, ``pacing`` how much may be written
fields      one change of GitLab's own fields for incidents
opening     another issue
labels      the labels of a project
files       its files
accounts    whose a name is
checkup     what is set up, for ``tracker-bridge doctor``
hooks       deliveries
shapes      GitLab's JSON as our values
settings    what can be set
connecting  adding webhooks; ``discovering`` which projects there are
reserved    the quick actions, which no command may be called like

Differences from GitHub, for those who compare the two: what changed is found from the newest change on, a
reaction moves a comment's ``updated_at``, texts can run as quick actions, nothing can be pinned, who edited a
text is told by GraphQL alone, rights belong to members only.
"""

import re

from tracker_bridge.events import Observer
from tracker_bridge.trackers import Tracker
from tracker_bridge.trackers.forge import Forge
from tracker_bridge.trackers.gitlab.pacing import pace
from tracker_bridge.trackers.gitlab.settings import GitLab
from tracker_bridge.trackers.quotas import Quotas
from tracker_bridge.trackers.together import SideBySide


def _connect(settings: GitLab, observe: Observer, quotas: Quotas | None) -> Tracker:
    from tracker_bridge.trackers.gitlab.tracker import GitLabTracker  # noqa: PLC0415 - 30 MB

    return GitLabTracker(
        settings.url,
        settings.token.get_secret_value(),
        settings.projects,
        [token.get_secret_value() for token in settings.webhook_tokens],
        [token.get_secret_value() for token in settings.signing_tokens],
        pace=pace(settings.writes_per_minute, settings.notes_per_minute, settings.requests_per_minute),
        together=SideBySide(),
        observe=observe,
        quotas=quotas,
    )


FORGE = Forge(
    name="gitlab",
    title="GitLab",
    settings=GitLab,
    credentials=("token",),
    hook_secrets=("signing_tokens", "webhook_tokens"),
    connect=_connect,
    site=lambda settings: settings.url,
    issue_path=re.compile(
        r"/(?P<project>[\w.-]+(?:/[\w.-]+)+?)/(?:-/)?(?:issues|work_items)(?:/incident)?/(?P<number>[1-9][0-9]{0,9})/?",
        re.ASCII,
    ),
    severity_label=lambda number, _name: f"severity::{number}",
    form=".gitlab/issue_templates/Incident.md",
    confidential=True,
)
