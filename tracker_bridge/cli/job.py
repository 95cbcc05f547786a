"""``tracker-bridge job``"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from tracker_bridge.cli.ambient import Job, NoJob, job_of
from tracker_bridge.cli.errors import Failed
from tracker_bridge.cli.options import config_option
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.session import open_house
from tracker_bridge.cli.sweep import Swept, sweep_once
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import Telling, Tracker

_RECENT = timedelta(hours=2)
_LONG = timedelta(hours=26)
"""How far a run on a schedule looks back: schedules are run late, and days are left out."""


@click.command(epilog="Exit codes: 0 everything was processed; 1 something could not be; 2 wrong usage.")
@config_option
def command(config: Path | None) -> None:
    """
    Reconcile what changed, in a CI job, without a server.

    The job of GitHub Actions or GitLab CI tells which project it is about. The issue that started it comes first,
    and then everything else that changed, so that a job which was cancelled loses nothing. On GitHub, GITHUB_TOKEN
    is enough, with the permission issues: write; on GitLab, set TRACKER_BRIDGE_GITLAB__TOKEN. Both need
    TRACKER_BRIDGE_SIGNING_KEY, a secret of at least 24 bytes that stays the same.

    See docs/no-server.md for the workflow files.

    \b
    Examples:
      tracker-bridge job
    """
    try:
        job = job_of(os.environ)
    except NoJob as error:
        raise click.UsageError(f"{error}.") from None
    for name, value in job.settings.items():
        if value:
            os.environ.setdefault(name, value)
    if job.nothing:
        click.echo(f"Nothing to do: {job.nothing}.")
        return
    on_schedule = not job.number
    since = datetime.now(UTC) - (_LONG if on_schedule else _RECENT)
    first = [IssueRef(job.tracker, job.project, job.number)] if job.number else []
    with open_house(config, writes=True) as session, Progress() as progress:
        if job.actor and job.actor == _own_id(session.bridge.trackers[job.tracker], job.project):
            click.echo("Nothing to do: it was our own doing.")
            return
        swept = sweep_once(session, since, progress, first)
    click.echo(swept.sentence)
    _summarise(job, swept)
    if swept.failures:
        raise Failed("\n".join(swept.failures))


def _own_id(tracker: Tracker, project: str) -> int:
    return tracker.viewer(project).id if isinstance(tracker, Telling) else 0


def _summarise(job: Job, swept: Swept) -> None:
    """Write the job's page, where there is one."""
    if job.summary is None:
        return
    at = datetime.now(UTC).strftime("%H:%M UTC")
    lines = [f"### Incidents of {job.project}", "", f"{swept.sentence} Last looked at {at}.", ""]
    lines += [f"- #{ref.number}: {kinds}" for ref, kinds in swept.changed.items()]
    lines += [f"- ⚠️ {failure}" for failure in swept.failures]
    with job.summary.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
