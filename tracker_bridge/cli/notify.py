"""``tracker-bridge notify``"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import click

from tracker_bridge.cli.errors import Failed
from tracker_bridge.cli.options import config_option
from tracker_bridge.cli.texts import one_line
from tracker_bridge.destinations import Destination
from tracker_bridge.destinations.apprise import Library
from tracker_bridge.destinations.attempts import Again
from tracker_bridge.destinations.opening import lacking, opened
from tracker_bridge.domain.incident.outward import Kind, Message
from tracker_bridge.domain.issue.dispatches import Outcome
from tracker_bridge.logs import configure_logging
from tracker_bridge.settings import BadSettings, NotifyRow, Problem, Settings, load, secrets
from tracker_bridge.settings.problems import named

_AT_ONCE = 4
"""Processes, each of which loads a large library."""

_KINDS = {"pagerduty": (Kind.PAGE, Kind.PAGE_OVER)}
"""What a test sends where that is not a notice."""


@click.command(epilog="Exit codes: 0 delivered; 1 failed, or not known; 2 wrong usage or settings.")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@config_option
def command(names: tuple[str, ...], config: Path | None) -> None:
    """
    Send a test message to a destination.

    NAME is a destination of the setting notify; without any, lists them. Makes one attempt each, and says what
    came of it. A test of PagerDuty pages the people who are on call there, and ends the page at once.

    \b
    Examples:
      tracker-bridge notify
      tracker-bridge notify ops-push
    """
    settings = load(config)
    configure_logging("error", "text", secrets(settings))
    rows = {row.name: row for row in settings.notify}
    for name in names:
        if name not in rows:
            known = f"there are {', '.join(rows)}" if rows else "there are none"
            raise click.UsageError(f"{one_line(name)} is not a destination of the setting notify; {known}.")
    if not names:
        _list(settings)
        return
    failed = [name for name in dict.fromkeys(names) if not _test(rows[name])]
    if failed:
        raise Failed(f"Not delivered: {', '.join(failed)}.")


def _list(settings: Settings) -> None:
    if not settings.notify:
        click.echo("No destinations: see the setting notify in docs/settings.md.")
    for row in settings.notify:
        click.echo(described(row))


def described(row: NotifyRow) -> str:
    """Return what can be said of a destination: not where it is."""
    wants = ", ".join(row.wants) or "what people send there"
    missing = lacking(row)
    return one_line(f"{row.name}: {row.address.service}; hears {wants}") + (f"; {missing}" if missing else "")


def demand_addresses(settings: Settings) -> None:
    """Raise :class:`BadSettings` where the library finds something wrong with an address. Uses no network."""
    places = [(at, row) for at, row in enumerate(settings.notify) if not row.address.own and not lacking(row)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        faults = pool.map(lambda place: Library(place[1].name, place[1].address).fault(), places)
        problems = [
            Problem(named(("notify", at, "address")), f"{fault} (destination {row.name})")
            for (at, row), fault in zip(places, faults, strict=True)
            if fault
        ]
    if problems:
        raise BadSettings(problems)


def _test(row: NotifyRow) -> bool:
    destination = opened(row)
    return all(_sent(destination, kind) for kind in _KINDS.get(row.address.service, (Kind.DECLARED,)))


def _sent(destination: Destination, kind: Kind) -> bool:
    at = datetime.now(UTC)
    came = destination.send(
        Message(
            key=f"test.{at:%Y%m%d%H%M%S}",
            destination=destination.name,
            kind=kind,
            subject="Test message from tracker-bridge",
            text=f"Sent at {at:%H:%M} UTC to see whether it arrives. Nothing is wrong.",
            url=None,
            thread="test:tracker-bridge",
            facts=None,
        ),
        None,
    )
    if isinstance(came, Again):
        click.echo(f"{destination.name}: failed, {came.reason}; an incident's message would be sent again")
        return False
    reason = f", {came.reason}" if came.reason else ""
    unknown = "; it may have arrived" if came.outcome is Outcome.UNKNOWN else ""
    click.echo(f"{destination.name}: {came.outcome.value}{reason}{unknown}")
    return came.outcome is Outcome.DELIVERED
