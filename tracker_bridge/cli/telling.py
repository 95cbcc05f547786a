"""What goes out from a notebook at a terminal: the operator's destinations, and the status page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from tracker_bridge.cli.errors import Misused
from tracker_bridge.cli.status import put_files
from tracker_bridge.cli.texts import one_line
from tracker_bridge.destinations.courier import Courier
from tracker_bridge.destinations.opening import opened
from tracker_bridge.domain.incident.outward import Message, Outcome, Sent
from tracker_bridge.domain.issue.call_outs import CallOut
from tracker_bridge.logs import configure_logging
from tracker_bridge.offline.publishing import Publishing
from tracker_bridge.offline.sending import Sending
from tracker_bridge.offline.thread import OfflineThread
from tracker_bridge.rendering import Renderer
from tracker_bridge.serving.on_call import Book, watch_of
from tracker_bridge.settings import Settings, secrets
from tracker_bridge.templates_folder import templates_folder

Act = Callable[[OfflineThread, datetime], None]


@dataclass(frozen=True, slots=True)
class Sender:
    """``reconcile`` sends what is owed; ``called`` tells who was called out."""

    reconcile: Act
    called: Callable[[], tuple[CallOut, ...]]


PATIENCE = 20.0
"""Seconds at the end for messages that are under way."""

_CONFIDENTIAL = "This incident is confidential: nothing is sent, and nobody is paged. Tell people by other means."


def publisher(settings: Settings, folder: Path | None, others: list[OfflineThread]) -> Act:
    """Return what rebuilds the status page, if one is wanted."""
    if folder is None:
        return lambda *_: None
    page = settings.status_page
    publishing = Publishing(templates_folder(), page.rules, page.title, page.url, others)

    def publish(thread: OfflineThread, at: datetime) -> None:
        try:
            put_files(folder, publishing.files(thread, at))
        except OSError as error:  # what was written down stands all the same
            click.echo(f"The status page cannot be written: {error.filename}: {error.strerror}.", err=True)

    return publish


@contextmanager
def sender(settings: Settings, notebook: Path, renderer: Renderer, *, wanted: bool) -> Iterator[Sender]:
    """
    Give what sends to the settings' destinations and calls out who is on call, if that is wanted.

    In the end what is under way is waited for.
    """
    if not wanted:
        yield Sender(lambda *_: None, tuple)
        return
    if not settings.notify:
        raise Misused("There are no destinations in the settings here ([[notify]]), so nothing can be sent.")
    configure_logging("error", "text", secrets(settings))
    courier = Courier([opened(row) for row in settings.notify], _told)
    book = Book(settings, watch_of(settings, lambda: datetime.now(UTC)))
    sending = Sending(notebook, courier, renderer, book)
    last: list[tuple[OfflineThread, datetime]] = []
    silent = False

    def reconcile(thread: OfflineThread, now: datetime) -> None:
        nonlocal silent
        last[:] = [(thread, now)]
        if thread.notebook.confidential and not silent:
            click.echo(_CONFIDENTIAL, err=True)
        silent = thread.notebook.confidential
        try:
            sending.reconcile(thread, now)
        except OSError as error:
            click.echo(f"Nothing is sent: {error.filename}: {error.strerror}.", err=True)

    try:
        yield Sender(reconcile, sending.called)
    finally:
        courier.rest(PATIENCE)
        for thread, now in last:
            reconcile(thread, now)
        courier.stop(1.0)


def _told(message: Message, sent: Sent) -> None:
    words = {
        Outcome.DELIVERED: "accepted",
        Outcome.FAILED: f"did not get it ({sent.reason})",
        Outcome.UNKNOWN: f"may not have got it ({sent.reason})",
    }
    what = f"{datetime.now(UTC):%H:%M} UTC {message.destination}, {message.kind.value}"
    click.echo(f"{what}: {one_line(words[sent.outcome])}.", err=True)
