"""The last steps, the same for every forge: labels, a check, and what to do next."""

from collections.abc import Sequence

import click

from tracker_bridge.cli.connecting.kept import Folder
from tracker_bridge.cli.labels import put_labels
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.session import open_house


def finish(kept: Folder, projects: Sequence[str], hook_url: str) -> None:
    """Create the labels of the projects, and say how to go on."""
    with open_house(kept.settings) as session, Progress() as progress:
        done = 0
        for one in dict.fromkeys(projects):
            tracker, _, project = one.partition(":")
            done += put_labels(session, tracker, project, progress, dry_run=False)
    click.echo(f"✓ Labels: {done} created or changed." if done else "✓ The labels are up to date.")
    where = f" --config {kept.settings}"
    click.echo("")
    click.echo("Next:")
    click.echo(f"  tracker-bridge serve{where}" if hook_url else f"  tracker-bridge work{where}")
    click.echo(f"  tracker-bridge doctor{where}")
    click.echo("Then label an issue `incident`, or write `/incident declare` into one.")
