"""``tracker-bridge labels``"""

from pathlib import Path

import click

from tracker_bridge.cli.errors import Failed
from tracker_bridge.cli.options import EXITS, config_option
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.refs import find_project
from tracker_bridge.cli.session import Session, open_house
from tracker_bridge.cli.texts import one_line
from tracker_bridge.domain.incident.labels import PutLabel, label_changes, wanted_labels
from tracker_bridge.trackers import Labels


@click.command(epilog=EXITS)
@click.argument("projects", metavar="PROJECT...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Print what would change, without changing anything.")
@config_option
def command(projects: tuple[str, ...], *, dry_run: bool, config: Path | None) -> None:
    """
    Create or update the labels that incidents need.

    PROJECT is a configured project: github:acme/api, its URL, or any issue in it. The labels for incidents,
    severities and action items, as named by the settings and the repository's own settings, get a readable colour
    and a description. Other labels are never touched; none is deleted or renamed, and labels of a parent group are
    left alone. Running it again changes nothing.

    \b
    Examples:
      tracker-bridge labels github:acme/api --dry-run
      tracker-bridge labels github:acme/api gitlab:acme/platform/api
    """
    done = 0
    with open_house(config) as session, Progress() as progress:
        found = [find_project(text, session.settings) for text in projects]
        for tracker, project in dict.fromkeys(found):
            done += put_labels(session, tracker, project, progress, dry_run=dry_run)
    if done:
        click.echo(f"{done} {'labels' if done > 1 else 'label'} {'would be ' if dry_run else ''}updated.")
    else:
        click.echo("The labels are up to date.")


def put_labels(session: Session, name: str, project: str, progress: Progress, *, dry_run: bool) -> int:
    """Return how many labels were made or changed, or would be."""
    tracker = session.bridge.trackers[name]
    if not isinstance(tracker, Labels):
        raise Failed(f"{name} has no labels of its own.")
    progress(f"checking {name}:{project}")
    changes = label_changes(wanted_labels(session.rules(name, project)), tracker.labels(project))
    for put in changes:
        if not dry_run:
            tracker.put_label(project, put)
        progress.keep(f"{name}:{project}: {_words(put)}")
    return len(changes)


def _words(put: PutLabel) -> str:
    label = put.label
    verb = "create" if put.new else "change"
    return one_line(f"{verb} {label.name} (#{label.color}, {label.description})")
