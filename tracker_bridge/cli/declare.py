"""``tracker-bridge declare``"""

import sys
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from tracker_bridge.cli.errors import Failed
from tracker_bridge.cli.house import House, open_house
from tracker_bridge.cli.options import EXITS, config_option
from tracker_bridge.cli.refs import find_project
from tracker_bridge.commands.declare import SOURCES
from tracker_bridge.domain.changes import Document, Open
from tracker_bridge.domain.gate import check
from tracker_bridge.domain.issue import IssueRef
from tracker_bridge.domain.rules import Rules
from tracker_bridge.domain.times import BadTime, Moment, parse_time
from tracker_bridge.rendering.alerts import alert_text
from tracker_bridge.templates_folder import templates_folder


@click.command(epilog=EXITS)
@click.argument("project")
@click.argument("title")
@click.option("--started", metavar="TIME", default="", help='When the outage began: 14:05, "20m ago", ...')
@click.option("--detected", metavar="TIME", default="now", show_default=True, help="When it was noticed.")
@click.option(
    "--by", "source", type=click.Choice(SOURCES), default="alarm", show_default=True, help="Who noticed it."
)
@click.option("--severity", metavar="NAME", default="", help="How bad it is, by the project's own scale.")
@click.option("--label", "labels", metavar="NAME", multiple=True, help="Another label, such as service:checkout.")
@click.option("--text", default="", help="What else is known; - reads it from standard input.")
@config_option
def command(
    project: str,
    title: str,
    *,
    started: str,
    detected: str,
    source: str,
    severity: str,
    labels: tuple[str, ...],
    text: str,
    config: Path | None,
) -> None:
    """
    Open an incident, unless it is open already.

    PROJECT is a configured one: github:acme/api, its address, or any issue in it. An open incident of the same
    TITLE is found first, and nothing is opened then: an alert may say the same a hundred times. Prints the address
    of the issue. Whoever runs the bridge (serve, work, sweep) takes it up; for an alert, call this from its
    notification script.

    \b
    Examples:
      tracker-bridge declare github:acme/api "Checkout answers 502" --started "10m ago" --severity sev1
      journalctl -u shop -n 50 | tracker-bridge declare gitlab:acme/shop "Queue is stuck" --text -
    """
    now = datetime.now(UTC)
    with open_house(config) as house:
        tracker, path = find_project(project, house.settings)
        rules = house.rules(tracker, path)
        answers = {
            "started": _moment(started, "--started", rules, now),
            "detected": _moment(detected, "--detected", rules, now),
            "source": source,
            "severity": _severity(severity, rules),
            "more": sys.stdin.read() if text == "-" else text,
        }
        wish = _wish(title.strip(), answers, rules, labels, now)
        check(wish.document, rules.roots, "", house.bridge.trackers[tracker].max_body, house.secrets)
        _open(house, IssueRef(tracker, path, 0), wish)


def _wish(title: str, answers: Mapping[str, str], rules: Rules, labels: Iterable[str], now: datetime) -> Open:
    """The marker of the issue depends on the title, so that an unclear answer makes no second one."""
    if not title:
        raise click.BadParameter("say what it is", param_hint="TITLE")
    key = f"new:{zlib.crc32(title.casefold().encode())}"
    return Open(
        title=title,
        document=Document(key, alert_text(templates_folder(), answers)),
        labels=frozenset({rules.incident_label}),
        confidential=False,
        since=now,
        reuse=True,
        linked=False,
        more_labels=frozenset(labels),
    )


def _open(house: House, ref: IssueRef, wish: Open) -> None:
    tracker = house.bridge.trackers[ref.tracker]
    applied = tracker.apply(ref, wish)
    if applied.opened is None:
        raise Failed(f"{ref.tracker}:{ref.project}: the tracker did not open it.")
    what = "opened" if applied.new else "is open already"
    click.echo(f"{tracker.read(applied.opened).url}  {what}: {applied.opened}")


def _moment(text: str, option: str, rules: Rules, now: datetime) -> str:
    """Return a time as the issue's text has it: absolute, and rough where it was meant so."""
    if not text:
        return ""
    found = parse_time(text, now, rules.zone)
    if isinstance(found, BadTime):
        raise click.BadParameter(found.reason.replace("`", "'"), param_hint=option)
    if found.remark:
        remark = found.remark.replace("`", "'")
        click.echo(f"{option}: {remark}.", err=True)
    return _written(found)


def _written(moment: Moment) -> str:
    return f"{'about ' if moment.approximate else ''}{moment.at:%Y-%m-%d %H:%M} UTC"


def _severity(name: str, rules: Rules) -> str:
    if not name:
        return ""
    found = rules.severity(name)
    if found is None:
        known = ", ".join(one.name for one in rules.severities)
        raise click.BadParameter(f"there are {known}", param_hint="--severity")
    return found.name
