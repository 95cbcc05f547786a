"""A person's mistake, or a tracker's no, in plain words and with the next step; never a stack trace."""

from typing import IO, Any, Final

import click

from tracker_bridge.domain.incident.rounding import whole_seconds
from tracker_bridge.queue import QueueError
from tracker_bridge.serving.ports import PortTaken
from tracker_bridge.settings import BadSettings
from tracker_bridge.trackers import Busy, Denied, Gone, Unanswered

MEANWHILE: Final = (
    "If the tracker itself is down, keep the incident in a notebook: tracker-bridge offline "
    "(docs/when-the-tracker-is-down.md)."
)


class Failed(click.ClickException):
    """What was asked for failed: exit code 1. The message is printed as it is."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=file is None)


class Misused(Failed):
    """Settings or usage are wrong: exit code 2."""

    exit_code = 2


def in_plain_words(error: Exception) -> Failed | None:
    """Return what to tell the person, or ``None`` when ``error`` is a bug."""
    match error:
        case BadSettings():
            return Misused(f"{error}\nEvery setting is described in docs/settings.md.")
        case Gone():
            advice = (
                "Not found: check the number, that the bot's account can see the project, and url in the settings "
                "(docs/settings.md says what each tracker's looks like)."
            )
        case Denied():
            advice = "Not allowed: check that the token is valid, and what its account may do there."
        case Unanswered():
            return Failed("\n".join((f"{error}.", *getattr(error, "__notes__", ()), MEANWHILE)))
        case Busy():
            advice = f"Temporarily unavailable: try again in {max(1, whole_seconds(error.retry_after))} s."
        case QueueError() | PortTaken():
            return Failed(str(error))
        case _:
            return None
    return Failed(f"{error}\n{advice}")
