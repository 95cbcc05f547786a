"""A status page and a board with something of everything on them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.commands.thread import BEGIN, Thread
from tracker_bridge.domain.derived.availability import Outage
from tracker_bridge.domain.derived.board import board
from tracker_bridge.domain.derived.public import (
    WEIGHTS,
    PageRules,
    PublicImpact,
    PublicIncident,
    PublicMaintenance,
    PublicService,
    PublicUpdate,
    opaque,
    status_of,
)
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.rendering.board import board_page
from tracker_bridge.rendering.status_page import status_files
from tracker_bridge.templates_folder import templates_folder

AT = datetime(2026, 11, 28, 14, 20, tzinfo=UTC)
RULES = PageRules(
    services=(
        PublicService("Card payments", ("checkout",), "Cards and wallets", "Shop"),
        PublicService("Search", ("search",), "", "Shop"),
        PublicService("API", ("api",), "For partners"),
    ),
    since=(AT - timedelta(days=70)).date(),
)
NOW, HOUR, DAY = timedelta(), timedelta(hours=1), timedelta(days=1)
Said = tuple[timedelta, str, str]


def _updates(*said: Said) -> tuple[PublicUpdate, ...]:
    """Return updates: how long ago, in which phase, and the words."""
    return tuple(
        PublicUpdate(opaque(words), AT - ago, tuple(words.split("\n")), phase, correction="not all" in words)
        for ago, phase, words in said
    )


def _incident(
    name: str, components: tuple[str, ...], impact: PublicImpact, ended: timedelta | None, *said: Said
) -> PublicIncident:
    updates = _updates(*said)
    began, over = updates[-1].at, None if ended is None else AT - ended
    phase = updates[0].phase
    out = Outage(began, over, WEIGHTS[impact], impact.rank)
    return PublicIncident(opaque(name), name, components, phase, impact, began, over, updates, out)


def _work(
    name: str, component: str, state: str, begin: timedelta, length: timedelta, *said: Said
) -> PublicMaintenance:
    updates = _updates(*said)
    return PublicMaintenance(
        opaque(name), name, (component,), state, AT + begin, AT + begin + length, updates[-1].at, updates
    )


INCIDENTS = (
    _incident(
        "Half of all card payments fail",
        ("Card payments",),
        PublicImpact.MAJOR,
        None,
        (
            HOUR / 6,
            "identified",
            "The database of card payments is overloaded.\nWe know more at 15:00 UTC.",
        ),
        (HOUR * 5 / 6, "investigating", "Half of all card payments fail. We are looking into it."),
    ),
    _incident(
        "Search results are out of date",
        ("Search",),
        PublicImpact.MINOR,
        5 * DAY,
        (5 * DAY, "resolved", "Search works as usual again."),
        (5 * DAY + 2 * HOUR, "identified", "New articles only, not all articles, are missing."),
        (5 * DAY + 5 * HOUR, "investigating", "Search results are out of date."),
    ),
    _incident(
        "The API answers with errors",
        ("API", "Card payments"),
        PublicImpact.CRITICAL,
        31 * DAY,
        (31 * DAY, "resolved", "All is well."),
        (31 * DAY + 3 * HOUR, "investigating", "The API answers with errors."),
    ),
)
WORK = (
    _work(
        "New certificates",
        "API",
        "in_progress",
        -HOUR,
        2 * HOUR,
        (HOUR, "in_progress", "We have begun."),
        (2 * DAY, "scheduled", "New certificates. The API may be away for a minute."),
    ),
    _work(
        "Card payments move to a new database",
        "Card payments",
        "scheduled",
        7 * DAY + 8 * HOUR,
        2 * HOUR,
        (DAY, "scheduled", "Card payments move to a new database. Payments may fail for a few minutes."),
    ),
    _work(
        "A new index for the search",
        "Search",
        "completed",
        -20 * DAY,
        2 * HOUR,
        (22 * DAY, "scheduled", "A new index for the search."),
    ),
)


def status_html() -> str:
    status = status_of(INCIDENTS, WORK, AT, RULES)
    return status_files(templates_folder(), status, title="Acme status", url="https://status.example.org")[
        "index.html"
    ]


def board_html() -> str:
    payments = Thread("", labels=["incident"])
    for line in (
        "/incident severity sev1",
        "/incident claim lead",
        "/incident role comms @carol external",
        "/incident impact customers: half cannot pay",
        "/incident note the connections of the database are used up",
    ):
        payments.say("bob", line)
    search = Thread("", labels=["incident"])
    for line in ("/incident severity sev3", "/incident role lead @carol", "/incident channel main #search"):
        search.say("bob", line)
    refs = [IssueRef("github", "acme/shop", number) for number in (7, 9, 12)]
    one = replace(payments.incident, title="Half of all card payments fail", ref=refs[0])
    other = replace(search.incident, title="Search is out of date", ref=refs[1])
    drill = replace(other, title="Game day: the database goes away", drill=True, ref=refs[2])
    going_on = [(Case(one, ("checkout",)), 0), (Case(other, ("search",)), 0), (Case(drill), 0)]
    going_on.append((Case(other, (), True), 0))
    shown = board(going_on, BEGIN + timedelta(minutes=71))
    return board_page(templates_folder(), shown, read_at=BEGIN, unread=("gitlab:acme/web",), every=30).html
