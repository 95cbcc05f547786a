"""Incidents of several months, always the same ones, for what sums many up."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.commands.thread import Thread
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.domain.issue.issue import IssueRef, TrackerUrl

TITLES = (
    "Checkout answers 502",
    "Queue of mails is stuck",
    "Login is slow",
    "Search finds nothing",
    "Disk of db1 is full",
)
FIRST = datetime(2026, 6, 1, 9, tzinfo=UTC)


def cases(count: int, *, confidential: bool = False) -> tuple[Case, ...]:
    """Return so many, declared about four days apart."""
    chance = random.Random(count)
    return tuple(_case(number, chance, confidential=confidential) for number in range(1, count + 1))


def _case(number: int, chance: random.Random, *, confidential: bool) -> Case:
    begun = FIRST + timedelta(days=4 * number, minutes=chance.randrange(600))
    detected = begun - timedelta(minutes=chance.randrange(1, 20))
    started = detected - timedelta(minutes=chance.randrange(1, 90))
    thread = Thread(f"/incident declare --started {_time(started)} --detected {_time(detected)}")
    thread.issue = replace(
        thread.issue,
        ref=IssueRef("local", "acme/shop", number),
        title=TITLES[number % len(TITLES)],
        created_at=begun,
        url=TrackerUrl(f"https://forge.test/acme/shop/issues/{number}"),
    )
    takes = timedelta(minutes=int(chance.lognormvariate(4, 1)) + 5)
    said = [
        (0.05, "alice", "/incident claim lead"),
        (0.1, "carol", "/incident claim assist" if number % 3 else "/incident claim scribe"),
        (0.2, "alice", f"/incident severity sev{chance.choice((1, 2, 2, 3, 3, 3, 4))}" if number % 7 else "Hm."),
        (0.25, "alice", "/incident claim comms internal"),
        (0.3, "bob", "/incident status identified the last release" if number % 5 else "Still looking."),
        (0.4, "alice", "/incident update internal: We are on it."),
        (0.7, "bob", "/incident fixed"),
        (1, "alice", "/incident resolve"),
        (1.1, "alice", f"/incident action Watch the disk @carol due {(begun + timedelta(days=90)):%Y-%m-%d}"),
    ]
    if number % 4 < 2:
        said.append((1.2, "bob", f"/incident caused by {'#45' if number % 4 else 'none'}"))
    if number % 11 == 0:
        said = said[:5]
    for part, login, line in said:
        thread.say(login, line, f"{begun + part * takes:%Y-%m-%d %H:%M:%S}")
    return Case(thread.incident, ("checkout",) if number % 2 else (), confidential=confidential)


def _time(at: datetime) -> str:
    return f'"{at:%Y-%m-%d %H:%M}"'
