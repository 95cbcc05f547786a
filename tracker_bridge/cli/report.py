"""``tracker-bridge report``"""

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import click

from tracker_bridge.cli.cases import read_cases
from tracker_bridge.cli.options import config_option, out_option
from tracker_bridge.cli.posting import Posting
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.session import open_house
from tracker_bridge.cli.texts import deliver
from tracker_bridge.domain.derived.months import finished
from tracker_bridge.domain.derived.report import Report, report_of
from tracker_bridge.exporting.formats import FORMATS
from tracker_bridge.exporting.reports import report_csv, report_json
from tracker_bridge.rendering.report_page import report_page
from tracker_bridge.rendering.reports import report_markdown
from tracker_bridge.templates_folder import templates_folder

_AGO = re.compile(r"(?P<count>[1-9][0-9]{0,3})\s*(?P<unit>[dw])", re.ASCII)


def since_of(text: str, until: datetime | None = None) -> datetime:
    """Read ``90d``, ``12w``, before ``until`` or now, or a day. Raises ``click.BadParameter``."""
    ago = _AGO.fullmatch(text.strip().casefold())
    if ago is None:
        return _day(text, "90d, 12w or 2026-01-31")
    return (until or datetime.now(UTC)) - timedelta(days=int(ago["count"]) * (7 if ago["unit"] == "w" else 1))


def _day(text: str, form: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time(), UTC)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a time; write it like {form}") from None


def _until(_context: click.Context, _parameter: click.Parameter, text: str | None) -> datetime | None:
    """Return the last moment of a day."""
    return None if text is None else _day(text, "2026-01-31") + timedelta(days=1) - timedelta.resolution


@click.command(epilog="Exit codes: 0 success; 1 some incidents could not be read; 2 wrong usage or settings.")
@click.argument("projects", metavar="[PROJECT]...", nargs=-1)
@click.option(
    "--until", callback=_until, is_eager=True, metavar="DAY", help="The last day, by UTC. The default ends now."
)
@click.option(
    "--since",
    default="90d",
    show_default=True,
    callback=lambda context, _parameter, text: since_of(text, context.params.get("until")),
    help="How far back: 90d, 12w, or a day.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS, "html"]),
    default="md",
    show_default=True,
    help="Output format.",
)
@click.option("--html", "page", metavar="FILE", help="Write a page with charts to this file; - prints it.")
@click.option("--title", default="Incidents", show_default=True, help="Title of the page with charts.")
@click.option("--post", is_flag=True, help="Keep an issue with the report of each month in every project.")
@click.option("--dry-run", is_flag=True, help="With --post: only print what would be written.")
@click.option(
    "--confidential", is_flag=True, help="Let the page with charts count confidential incidents as well."
)
@out_option
@config_option
def command(
    projects: tuple[str, ...],
    *,
    since: datetime,
    until: datetime | None,
    form: str,
    page: str | None,
    title: str,
    confidential: bool,
    post: bool,
    dry_run: bool,
    out: Path | None,
    config: Path | None,
) -> None:
    """
    Summarise many incidents: counts, durations, and updates on time.

    PROJECT is a configured project, github:acme/api or its URL; the default is all of them. Counts the incidents
    declared since then, and gives mean, median and percentiles of each duration, from time to detect to time to
    resolve, the share of incidents that met their targets, the share of updates that were on time, and the action
    items that are open: overall, and per severity, month and service (labels like
    service:checkout). Drills and cancelled incidents do not count. Read-only, unless --post is given.

    --html draws them: one page without scripts, which asks no other host, and is the same for the same incidents.
    It leaves confidential incidents out, unless told otherwise, and their titles always.

    --post opens an issue with the report of the last month in each project that had incidents, and corrects those
    that it opened for earlier months, as far back as --since. Confidential incidents are left out.

    \b
    Examples:
      tracker-bridge report github:acme/api
      tracker-bridge report --since 2026-01-01 --format csv --out incidents.csv
      tracker-bridge report --since 26w --html incidents.html
      tracker-bridge report --post --dry-run
    """
    if (post and (page or out or confidential)) or (dry_run and not post):
        raise click.UsageError("--post writes issues only, of what is not confidential; --dry-run is for --post")
    if post:
        _post(projects, since, until or datetime.now(UTC), config, dry=dry_run)
        return
    if page is not None:
        form, out = "html", None if page == "-" else Path(page)
    ends = until or datetime.now(UTC)
    with open_house(config) as session, Progress() as progress:
        cases = read_cases(session, projects, since, progress)
    shown = [one for one in cases.found if form != "html" or confidential or not one.confidential]
    report = report_of(shown, projects=cases.projects, since=since, until=ends, unread=cases.unread)
    if form == "html":
        deliver(report_page(templates_folder(), report, title=title, as_of=until), out)
    else:
        deliver(_text(report, form), out)
    cases.complain()


def _post(projects: tuple[str, ...], since: datetime, now: datetime, config: Path | None, *, dry: bool) -> None:
    months = finished(since, now)
    if not months:
        raise click.BadParameter("no month has ended since then", param_hint="--since")
    with open_house(config, writes=not dry) as session, Progress() as progress:
        cases = read_cases(session, projects, months[0].begins, progress)
        for line in Posting(session, months, now, progress, dry).keep(cases):
            click.echo(line)
    cases.complain()


def _text(report: Report, form: str) -> str:
    match form:
        case "json":
            return report_json(report)
        case "csv":
            return report_csv(report)
        case _:
            return report_markdown(templates_folder(), report)
