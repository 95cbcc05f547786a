"""``tracker-bridge board``"""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from tracker_bridge.cli.errors import Failed, in_plain_words
from tracker_bridge.cli.options import config_option
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.reading import each, through_limits
from tracker_bridge.cli.refs import every_project, find_project
from tracker_bridge.cli.session import Session, open_house
from tracker_bridge.cli.texts import one_line
from tracker_bridge.domain.derived.board import board
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.domain.incident.conditions import services
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.exporting.board import board_json
from tracker_bridge.reconcile import Decision
from tracker_bridge.rendering.board import board_lines
from tracker_bridge.trackers import Gone, TrackerError


@click.command(epilog="Exit codes: 0 success; 1 something could not be read; 2 wrong usage or settings.")
@click.argument("projects", metavar="[PROJECT]...", nargs=-1)
@click.option("--json", "json_", is_flag=True, help="Print JSON, for other programs; docs/board.md describes it.")
@config_option
def command(projects: tuple[str, ...], *, json_: bool, config: Path | None) -> None:
    """
    Show what is open now, by severity.

    PROJECT is a configured project, github:acme/api or its URL; the default is all of them. Prints each open
    incident with its leads, since when it is open, when the next update is due, and what it needs now. Of
    confidential ones, only how many there are. Read-only.

    \b
    Examples:
      tracker-bridge board
      tracker-bridge board --json | jq '.incidents[] | select(.next_update.overdue)'
    """
    found: list[tuple[Case, int]] = []
    unread: list[str] = []
    with open_house(config) as session, Progress() as progress:
        refs = _open_ones(session, projects, progress)
        for ref, decision in each(refs, session.decide, progress):
            if isinstance(decision, Gone):
                continue  # deleted, or moved, since the list was made
            if isinstance(decision, TrackerError):
                progress(f"{ref}: {in_plain_words(decision)}")
                unread.append(str(ref))
            else:
                found.append((_case(decision), decision.possible_duplicate))
    shown = board(found, datetime.now(UTC))
    text = board_json(shown, unread=unread) if json_ else "\n".join(board_lines(shown, one_line)) + "\n"
    click.echo(text, nl=False)
    if unread:
        raise Failed(f"{len(unread)} could not be read, and are missing: {', '.join(unread)}")


def _open_ones(session: Session, named: tuple[str, ...], progress: Progress) -> list[IssueRef]:
    found = [find_project(text, session.settings) for text in named] or every_project(session.bridge.trackers)
    refs: list[IssueRef] = []
    for tracker, project in dict.fromkeys(found):
        name = f"{tracker}:{project}"
        progress(f"checking {name}")
        refs += through_limits(name, partial(_labelled, session, tracker, project), progress)
    return refs


def _labelled(session: Session, tracker: str, project: str) -> list[IssueRef]:
    labels = session.bridge.labels(tracker, project, datetime.now(UTC))
    listed = session.bridge.trackers[tracker]
    return sorted({ref for label in labels for ref in listed.changed(project, since=None, label=label)})


def _case(decision: Decision) -> Case:
    issue, incident = decision.issue, decision.incident
    return Case(incident, services(issue.labels, incident.rules.service_label), issue.confidential)
