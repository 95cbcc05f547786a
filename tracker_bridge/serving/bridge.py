"""What reconciles: the trackers and the team's rules, put together."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.events import Observer, silent
from tracker_bridge.ours import Ours
from tracker_bridge.project_settings import ProjectSettings
from tracker_bridge.reconcile import Bridge, Decision
from tracker_bridge.reconcile.outbox import Sent
from tracker_bridge.rendering import Renderer
from tracker_bridge.serving.keys import Keys, keys_found
from tracker_bridge.serving.messenger import Messenger
from tracker_bridge.serving.on_call import Book, watch_of
from tracker_bridge.serving.trackers import open_trackers
from tracker_bridge.settings import Settings, rules, secrets, team_rules
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import Tracker
from tracker_bridge.trackers.together import SideBySide, Together


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def open_bridge(settings: Settings, messenger: Messenger | None = None) -> Iterator[Bridge]:
    """
    Put the trackers and the team's rules together, and close the trackers at the end. Touches no network.

    Raises :class:`BadSettings`. This is what one-shot commands need. Without a key it can only look, and without
    a ``messenger`` nothing goes to destinations.
    """
    with open_trackers(settings) as trackers, closing(SideBySide()) as together:
        keys, on_call = keys_found(settings), Book(settings, watch_of(settings, now))
        yield bridge_of(
            settings, trackers, keys, time.monotonic, together=together, messenger=messenger, on_call=on_call
        )


def bridge_of(
    settings: Settings,
    trackers: Mapping[str, Tracker],
    keys: Keys,
    monotonic: Callable[[], float],
    observe: Observer = silent,
    *,
    together: Together,
    ours: Ours | None = None,
    sent: Sent | None = None,
    seen: Callable[[Decision], None] | None = None,
    messenger: Messenger | None = None,
    on_call: Book | None = None,
) -> Bridge:
    """Return what reconciles. What is left out is not there: nobody is told, asked or sent anything."""
    own = {name: rules(settings, name) for name in trackers}
    return Bridge(
        trackers,
        own,
        Renderer(templates_folder(), COMMANDS),
        keys=keys.all,
        secrets=secrets(settings) | {key.decode(errors="replace") for key in keys.all},
        teams=_teams(settings, trackers, own) if settings.repository_settings else None,
        monotonic=monotonic,
        observe=observe,
        ours=ours,
        sent=sent,
        together=together,
        seen=seen,
        courier=messenger.courier if messenger else None,
        on_call=on_call,
    )


def _teams(settings: Settings, trackers: Mapping[str, Tracker], own: Mapping[str, Rules]) -> ProjectSettings:
    def read(tracker: str, text: str) -> Rules:
        return team_rules(text, settings, tracker)

    return ProjectSettings(trackers, own, read, every=settings.repository_settings_every)
