"""A notebook, and a thread on a tracker that does not exist: what would be posted there, and what comes of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from tests.commands.thread import ACCESS, PEOPLE, RENDERER
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import Access, IssueRef, Person
from tracker_bridge.offline.notebook import read
from tracker_bridge.offline.posting import as_opened, opening
from tracker_bridge.offline.retelling import Retelling
from tracker_bridge.offline.thread import OfflineThread
from tracker_bridge.offline.trial import Place, Planned, planned

NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)


def thread_of(text: str, rules: Rules | None = None) -> OfflineThread:
    return OfflineThread(read(text), rules or Rules(), RENDERER)


def plan_of(
    text: str,
    runner: str = "alice",
    *,
    logins: Mapping[str, str] | None = None,
    access: Mapping[str, Access] = ACCESS,
    room: int = 60_000,
) -> Planned:
    """Return what ``runner`` would post into a new issue."""
    thread = thread_of(text)
    retelling = Retelling(thread, runner, logins or {})
    place = place_of(retelling, PEOPLE[runner], access, room)
    return planned(retelling, place)


def place_of(
    retelling: Retelling, runner: Person, access: Mapping[str, Access] = ACCESS, room: int = 60_000
) -> Place:
    thread = retelling.thread
    wish = opening(thread.notebook, thread.incident.title, retelling.opening(), NOW)
    issue = as_opened(wish, runner, IssueRef("local", "acme/shop", 7), NOW, thread.issue.url)
    known = {PEOPLE[login].id: one for login, one in access.items()}
    return Place(
        issue,
        runner,
        thread.rules,
        room,
        NOW,
        lambda one: known.get(one.id, Access.NONE),
        lambda name: PEOPLE.get(name.casefold()) and replace(PEOPLE[name.casefold()]),
    )
