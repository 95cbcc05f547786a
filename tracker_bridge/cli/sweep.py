"""``tracker-bridge sweep``"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from tracker_bridge.cli.changes import name_change
from tracker_bridge.cli.errors import Failed, in_plain_words
from tracker_bridge.cli.options import config_option
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.session import Session, open_house
from tracker_bridge.cli.texts import counted
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.reconcile import ReconcileResult
from tracker_bridge.sweep import OVER
from tracker_bridge.trackers import Gone, Tracker, TrackerError


@click.command(epilog="Exit codes: 0 every issue was processed; 1 some could not be; 2 wrong usage or settings.")
@click.option(
    "--hours",
    type=click.IntRange(1, 24 * 30),
    default=24,
    show_default=True,
    help="How far back to look for changes.",
)
@config_option
def command(hours: int, config: Path | None) -> None:
    """
    Reconcile every issue that may have changed, once.

    Covers every open incident of every configured project, every incident that ended and was updated in the last
    30 days (for its reminders), and every issue that was updated in the last hours. Use it for a first start,
    after an outage, or on a schedule where no server runs; serve and work do this by themselves.

    \b
    Examples:
      tracker-bridge sweep
      tracker-bridge sweep --hours 2
    """
    since = datetime.now(UTC) - timedelta(hours=hours)
    failures: list[str] = []
    with open_house(config, writes=True) as session, Progress() as progress:
        refs = dict.fromkeys(_all(session, since, progress, failures))
        looked, changed = 0, 0
        while len(refs) > looked:
            ref = list(refs)[looked]
            looked += 1
            look = _look(session, ref, f"{looked}/{len(refs)}", progress, failures)
            changed += bool(look.changes)
            refs |= dict.fromkeys(look.others)  # those that it opened, and the incident of an action item
    seen, failed = counted(len(refs), "issue"), counted(len(failures), "failure")
    click.echo(f"{seen} processed, {changed} changed, {failed}.")
    if failures:
        raise Failed("\n".join(failures))


def _all(session: Session, since: datetime, progress: Progress, failures: list[str]) -> Iterator[IssueRef]:
    """Yield each issue once. A project that cannot be asked is a failure, and the others go on."""
    for tracker in session.bridge.trackers.values():
        for project in sorted(tracker.projects):
            progress(f"checking {tracker.name}:{project}")
            try:
                yield from sorted(_changed(session, tracker, project, since))
            except TrackerError as error:
                failures.append(f"{tracker.name}:{project}: {in_plain_words(error)}")


def _changed(session: Session, tracker: Tracker, project: str, since: datetime) -> set[IssueRef]:
    now = datetime.now(UTC)
    labels = session.bridge.watched(tracker.name, project, now)
    found = set(tracker.changed(project, since=since, label=labels[0]))
    for label in labels:
        found |= set(tracker.changed(project, since=None, label=label))
        found |= set(tracker.changed(project, since=now - OVER, label=label, labelled=True))
    return found


def _look(session: Session, ref: IssueRef, place: str, progress: Progress, failures: list[str]) -> ReconcileResult:
    progress(f"{place} {ref}")
    try:
        look = session.look(ref)
    except Gone:
        return ReconcileResult()  # deleted, or moved, since the list was made
    except TrackerError as error:
        failures.append(f"{ref}: {in_plain_words(error)}")
        return ReconcileResult()
    for change in look.changes:
        progress.keep(f"{ref}: {name_change(change)}")
    return look
