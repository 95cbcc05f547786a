"""``tracker-bridge report``"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import click

from tracker_bridge.cli.errors import Failed, in_plain_words
from tracker_bridge.cli.options import config_option, out_option
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.refs import every_project, find_project
from tracker_bridge.cli.session import Session, open_house
from tracker_bridge.cli.texts import deliver
from tracker_bridge.domain.derived.report import Case, Report, report_of, services
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.exporting import FORMATS, report_csv, report_json
from tracker_bridge.rendering.reports import report_markdown
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import Gone, TrackerError

_AGO = re.compile(r"(?P<count>[1-9][0-9]{0,3})\s*(?P<unit>[dw])", re.ASCII)


def since_of(text: str) -> datetime:
    """Read ``90d``, ``12w`` or a day. Raises ``click.BadParameter``."""
    ago = _AGO.fullmatch(text.strip().casefold())
    if ago is not None:
        return datetime.now(UTC) - timedelta(days=int(ago["count"]) * (7 if ago["unit"] == "w" else 1))
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time(), UTC)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a time; write it like 90d, 12w or 2026-01-31") from None


@click.command(epilog="Exit codes: 0 success; 1 some incidents could not be read; 2 wrong usage or settings.")
@click.argument("projects", metavar="[PROJECT]...", nargs=-1)
@click.option(
    "--since",
    default="90d",
    show_default=True,
    callback=lambda _context, _parameter, text: since_of(text),
    help="How far back: 90d, 12w, or a day.",
)
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="md", show_default=True, help="Output format."
)
@out_option
@config_option
def command(projects: tuple[str, ...], since: datetime, form: str, out: Path | None, config: Path | None) -> None:
    """
    Summarise many incidents: counts, durations, and updates on time.

    PROJECT is a configured project, github:acme/api or its URL; the default is all of them. Counts the incidents
    declared since then, and gives mean, median and percentiles of each duration, from time to detect to time to
    resolve, the share of incidents that met their targets, the share of updates that were on time, and the action
    items that are open: overall, and per severity, month and service (labels like
    service:checkout). Drills and cancelled incidents do not count. Read-only.

    \b
    Examples:
      tracker-bridge report github:acme/api
      tracker-bridge report --since 2026-01-01 --format csv --out incidents.csv
    """
    until = datetime.now(UTC)
    with open_house(config) as session, Progress() as progress:
        found = [find_project(text, session.settings) for text in projects] or every_project(session.settings)
        wanted = tuple(dict.fromkeys(found))
        report = _report(session, wanted, since, until, progress)
    deliver(_text(report, form), out)
    if report.unread:
        raise Failed(f"{len(report.unread)} could not be read, and are not counted: {', '.join(report.unread)}")


def _report(
    session: Session, projects: tuple[tuple[str, str], ...], since: datetime, until: datetime, progress: Progress
) -> Report:
    refs = [ref for tracker, project in projects for ref in _incidents(session, tracker, project, since, progress)]
    cases: list[Case] = []
    unread: list[str] = []
    for number, ref in enumerate(refs, 1):
        progress(f"{number}/{len(refs)} {ref}")
        try:
            decision = session.decide(ref)
        except Gone:
            continue  # deleted, or moved, since the list was made
        except TrackerError as error:
            progress(f"{ref}: {in_plain_words(error)}")
            unread.append(str(ref))
            continue
        named = services(decision.issue.labels, decision.incident.rules.service_label)
        cases.append(Case(decision.incident, named, decision.issue.confidential))
    names = [f"{tracker}:{project}" for tracker, project in projects]
    return report_of(cases, projects=names, since=since, until=until, unread=unread)


def _incidents(
    session: Session, tracker: str, project: str, since: datetime, progress: Progress
) -> Iterator[IssueRef]:
    """Yield every issue that wears the label, of now or before; what was declared since has changed since."""
    progress(f"checking {tracker}:{project}")
    found = session.bridge.trackers[tracker]
    yield from sorted(
        {
            ref
            for label in session.bridge.labels(tracker, project, datetime.now(UTC))
            for ref in found.changed(project, since=since, label=label, labelled=True)
        }
    )


def _text(report: Report, form: str) -> str:
    match form:
        case "json":
            return report_json(report)
        case "csv":
            return report_csv(report)
        case _:
            return report_markdown(templates_folder(), report)
