"""``tracker-bridge labels``"""

from pathlib import Path

import click

from tracker_bridge.cli.errors import Failed
from tracker_bridge.cli.house import House, open_house
from tracker_bridge.cli.options import EXITS, config_option
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.refs import find_project
from tracker_bridge.cli.texts import one_line
from tracker_bridge.domain.labels import PutLabel, label_changes, wanted_labels
from tracker_bridge.trackers import Labels


@click.command(epilog=EXITS)
@click.argument("projects", metavar="PROJECT...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Print what would be done, and change nothing.")
@config_option
def command(projects: tuple[str, ...], *, dry_run: bool, config: Path | None) -> None:
    """
    Make the labels that incidents need, and keep them right.

    PROJECT is a configured one: github:acme/api, its address, or any issue in it. The labels of incidents,
    severities and action items, as the settings and the repository's own name them, get a colour that can be read,
    and what they mean as description. Other labels are never touched; none is deleted or renamed, and those of a
    group above are left alone. Doing it again changes nothing.

    \b
    Examples:
      tracker-bridge labels github:acme/api --dry-run
      tracker-bridge labels github:acme/api gitlab:acme/platform/api
    """
    done = 0
    with open_house(config) as house, Progress() as progress:
        found = [find_project(text, house.settings) for text in projects]
        for tracker, project in dict.fromkeys(found):
            done += _put(house, tracker, project, progress, dry_run=dry_run)
    if done:
        click.echo(f"{done} {'labels' if done > 1 else 'label'} {'would be ' if dry_run else ''}put right.")
    else:
        click.echo("The labels are right: nothing to do.")


def _put(house: House, name: str, project: str, progress: Progress, *, dry_run: bool) -> int:
    """Return how many labels were made or changed, or would be."""
    tracker = house.bridge.trackers[name]
    if not isinstance(tracker, Labels):
        raise Failed(f"{name} has no labels of its own.")
    progress(f"asking {name}:{project}")
    changes = label_changes(wanted_labels(house.rules(name, project)), tracker.labels(project))
    for put in changes:
        if not dry_run:
            tracker.put_label(project, put)
        progress.keep(f"{name}:{project}: {_words(put)}")
    return len(changes)


def _words(put: PutLabel) -> str:
    label = put.label
    verb = "make" if put.new else "change"
    return one_line(f"{verb} {label.name} (#{label.color}, {label.description})")
