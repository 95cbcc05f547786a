"""
``tracker-bridge demo``: an incident on a GitHub and a GitLab that live on this machine.

story.py        who does what, and when
environment.py  the sandbox, and the real bridge beside it
"""

import logging
import signal
import threading
from datetime import UTC, datetime, timedelta

import click

from tracker_bridge.demo.environment import BOARD_TOKEN, DemoEnvironment, open_demo
from tracker_bridge.demo.story import STEPS, TITLE, Step
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.documents import SUMMARY
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.settings import Configured, real_credentials
from tracker_bridge.trackers.forges import FORGES

_BACK = STEPS[-1].after + timedelta(minutes=8)
"""The incident lies so far back that it has just ended."""


def run(*, serve: bool, port: int) -> int:
    """
    Play the incident. Return the exit code: 0 when both trackers show the scribe's summary at the end.

    With ``serve`` the sandbox then stays up until Ctrl-C.
    """
    if found := real_credentials():
        _refuse(found)
        return 1
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with open_demo(port) as place:
        tickets = _play(place)
        good = _report(place, tickets)
        if serve:
            _stay(place)
    return 0 if good else 1


def _refuse(found: list[Configured]) -> None:
    """A sandbox beside real credentials is one mistake away from playing on a real forge."""
    ways_out = dict.fromkeys(one.way_out for one in found)
    click.echo("The demo does not start while credentials of a real forge are set:", err=True)
    for one in found:
        click.echo(f"  {one.place}", err=True)
    click.echo(f"For this command, {', and '.join(ways_out)}.", err=True)


def _play(place: DemoEnvironment) -> list[Ticket]:
    begun = datetime.now(UTC).replace(microsecond=0) - _BACK
    click.echo(f"The sandbox is at {place.sandbox.url}\n")
    click.echo(f"{begun:%H:%M}  {'bob':<6}opens: {TITLE}")
    tickets = place.open_tickets(begun)
    for step in STEPS:
        click.echo(f"{begun + step.after:%H:%M}  {step.who:<6}" + f"\n{'':<13}".join(_told(step, begun)))
        place.play(step, tickets, begun)
    place.clock.run()
    return tickets


def _told(step: Step, begun: datetime) -> list[str]:
    if step.label:
        return [f"adds the label {step.label}"]
    return [line for line in step.said(begun).split("\n") if line] or ["(time passes)"]


def _report(place: DemoEnvironment, tickets: list[Ticket]) -> bool:
    click.echo("")
    good = True
    for ticket in tickets:
        bots = [note for note in ticket.comments if key_of(note.body)]
        summed_up = any(key_of(note.body) == SUMMARY for note in bots)
        good = good and summed_up
        name = FORGES[ticket.project.forge].title
        verdict = "the summary is there" if summed_up else "THE SUMMARY IS MISSING"
        click.echo(f"{name}  {place.page(ticket)}")
        click.echo(f"        {len(ticket.comments)} comments, {len(bots)} of them the bot's; {verdict}")
    click.echo(f"Chat    {place.sandbox.url}/chat")
    said = place.world.chat
    customers = sum(one.room == "status-room" for one in said)
    click.echo(f"        {len(said)} messages of the bot's, {customers} of them to customers")
    click.echo(f"Status  {place.url}/status/\n        the public status page: what customers were told")
    click.echo(f"Board   {place.url}/\n        what is open now; any user name, and the password {BOARD_TOKEN}")
    deliveries = place.sandbox.hooks.log
    click.echo(f"\n{len(deliveries)} signed webhooks were sent, {_answered(place)} were accepted.")
    return good


def _answered(place: DemoEnvironment) -> int:
    return sum(1 for delivery in place.sandbox.hooks.log if delivery.status == 202)


def _stay(place: DemoEnvironment) -> None:
    project = place.projects[0]
    click.echo(
        f"\nOpen {place.sandbox.url} in a browser: read the issues, open one of your own, add the "
        "label\nincident to it, write /incident help into a comment. Ctrl-C ends the sandbox; nothing is "
        "kept.\n\nOther commands reach it, in another terminal, while it runs:\n"
        f"  tracker-bridge show {project.forge}:{project.path}#1 --config {place.settings}"
    )
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    told.wait()
