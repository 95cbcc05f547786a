"""``tracker-bridge report``"""

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import click

from tracker_bridge.cli.cases import read_cases
from tracker_bridge.cli.options import config_option, out_option
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.session import open_house
from tracker_bridge.cli.texts import deliver
from tracker_bridge.domain.derived.report import Report, report_of
from tracker_bridge.exporting import FORMATS, report_csv, report_json
from tracker_bridge.rendering.reports import report_markdown
from tracker_bridge.templates_folder import templates_folder

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
        cases = read_cases(session, projects, since, progress)
    report = report_of(cases.found, projects=cases.projects, since=since, until=until, unread=cases.unread)
    deliver(_text(report, form), out)
    cases.complain()


def _text(report: Report, form: str) -> str:
    match form:
        case "json":
            return report_json(report)
        case "csv":
            return report_csv(report)
        case _:
            return report_markdown(templates_folder(), report)
