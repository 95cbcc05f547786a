"""``tracker-bridge sweep``"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from tracker_bridge.cli.changes import name_change
from tracker_bridge.cli.errors import Failed, in_plain_words
from tracker_bridge.cli.options import config_option
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.refs import every_project
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
    with open_house(config, writes=True) as session, Progress() as progress:
        swept = sweep_once(session, since, progress)
    click.echo(swept.sentence)
    if swept.failures:
        raise Failed("\n".join(swept.failures))


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of a sweep: how many issues were ``seen``, and which changes were made where."""

    seen: int
    changed: Mapping[IssueRef, str]
    failures: tuple[str, ...]

    @property
    def sentence(self) -> str:
        seen, failed = counted(self.seen, "issue"), counted(len(self.failures), "failure")
        return f"{seen} processed, {len(self.changed)} changed, {failed}."


def sweep_once(session: Session, since: datetime, progress: Progress, first: Iterable[IssueRef] = ()) -> Swept:
    """Reconcile ``first``, and then every other issue that may have changed after ``since``."""
    failures: list[str] = []
    changed: dict[IssueRef, str] = {}
    waiting = dict.fromkeys(first)
    seen: set[IssueRef] = set()
    listed = False
    while waiting or not listed:
        if not waiting:
            waiting = dict.fromkeys(one for one in _all(session, since, progress, failures) if one not in seen)
            listed = True
            continue
        ref = next(iter(waiting))
        seen.add(ref)
        result = _reconcile(session, ref, f"{len(seen)}/{len(seen) + len(waiting) - 1}", progress, failures)
        if result.changes:
            changed[ref] = ", ".join(dict.fromkeys(name_change(change) for change in result.changes))
        others = (one for one in result.others if one not in seen)
        waiting = {**{one: None for one in waiting if one != ref}, **dict.fromkeys(others)}
    return Swept(len(seen), changed, tuple(failures))


def _all(session: Session, since: datetime, progress: Progress, failures: list[str]) -> Iterator[IssueRef]:
    """Yield each issue once. A project that cannot be asked is a failure, and the others go on."""
    for name, project in every_project(session.bridge.trackers):
        progress(f"checking {name}:{project}")
        try:
            yield from sorted(_changed(session, session.bridge.trackers[name], project, since))
        except TrackerError as error:
            failures.append(f"{name}:{project}: {in_plain_words(error)}")


def _changed(session: Session, tracker: Tracker, project: str, since: datetime) -> set[IssueRef]:
    now = datetime.now(UTC)
    labels = session.bridge.watched(tracker.name, project, now)
    found = set(tracker.changed(project, since=since, label=labels[0]))
    for label in labels:
        found |= set(tracker.changed(project, since=None, label=label))
        found |= set(tracker.changed(project, since=now - OVER, label=label, labelled=True))
    return found


def _reconcile(
    session: Session, ref: IssueRef, place: str, progress: Progress, failures: list[str]
) -> ReconcileResult:
    progress(f"{place} {ref}")
    try:
        result = session.reconcile(ref)
    except Gone:
        return ReconcileResult()  # deleted, or moved, since the list was made
    except TrackerError as error:
        failures.append(f"{ref}: {in_plain_words(error)}")
        return ReconcileResult()
    for change in result.changes:
        progress.keep(f"{ref}: {name_change(change)}")
    return result
