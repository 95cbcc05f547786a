"""
Traffic: what is asked of a forge

Requests are counted; those that GitHub answers with 304 cost no budget there, and are named apart.
"""

from collections.abc import Sequence

from tests.benchmarks import api_calls
from tests.benchmarks.goal import Found, Goal, at_most
from tests.benchmarks.house import house
from tests.benchmarks.place import incident

FORGES = ("github", "gitlab")
NOT_MODIFIED = 304


def never_ours(name: str) -> float:
    """Requests for five things that happen in an issue that never was an incident, by webhook."""
    with house(name) as one:
        one.sweep.once()
        world, forge = one.forge.world, one.forge
        ticket = world.open_ticket(forge.project, forge.rita, "A question", "How does one pay?")
        one.depth.clear()
        world.comment(ticket, forge.bob, "With a card.")
        world.label(ticket, forge.alice, "question")
        world.edit_ticket(ticket, forge.rita, body="How does one pay here?")
        world.assign(ticket, forge.alice, forge.bob)
        world.close(ticket, forge.alice)
        one.receive()
        return len(one.asked)


def quiet_sweep(name: str) -> tuple[int, int]:
    """Return how many requests the second of two sweeps takes in which nothing has happened, and how many cost."""
    with house(name) as one:
        one.incidents(3)
        for _ in range(3):
            one.sweep.once()
            one.work()
            one.forge.clock.forward(300)
        one.depth.clear()
        one.sweep.once()
        return len(one.asked), sum(request.status != NOT_MODIFIED for request in one.asked)


def start(name: str, issues: int) -> float:
    """Requests for each of many changed issues of others, at a start."""
    with house(name) as one:
        one.questions(issues)
        one.depth.clear()
        one.sweep.once()
        one.forge.clock.forward(600)
        one.work()
        return len(one.asked) / issues


def cold(name: str, incidents: int, *, requests: bool = False) -> float:
    """Requests for each of many open incidents, at a start; in a project with merge ``requests`` perhaps."""
    with house(name) as one:
        if requests:
            one.forge.world.open_pull(one.forge.project, one.forge.bob, "Tidy up")
        one.look_at(one.incidents(incidents))
        one.forge.clock.forward(2 * 3600)
        one.look_at([*one.forge.project.tickets.values()])
        one.restart()
        one.depth.clear()
        one.sweep.once()
        one.forge.clock.forward(60)
        one.work()
        return len(one.asked) / incidents


def first_looks(name: str, incidents: int) -> float:
    """Lists of issues asked for while many incidents begin."""
    with house(name) as one:
        tickets = one.incidents(incidents)
        one.depth.clear()
        one.look_at(tickets)
        return sum(request.method == "GET" and request.path.endswith("/issues") for request in one.asked)


def handled(name: str, kind: str, comments: int = 10) -> str:
    cost = api_calls.handled(name, comments, kind).command
    return f"{cost.reads.total()} + {cost.writes.total()}"


def commands() -> Found:
    kinds = ("note", "claim", "severity")
    found = {name: ", ".join(handled(name, kind) for kind in kinds) for name in FORGES}
    says = "; ".join(f"{name} {text}" for name, text in found.items())
    return Found(says, found["github"] == "3 + 1, 3 + 2, 3 + 2")


def long_threads() -> Found:
    """What a resolution, and a comment that was deleted, cost at 2,400 comments."""
    resolved = handled("github", "resolve", 2_400)
    with incident("github", 2_400) as place:
        place.look()
        note = next(one for one in place.ticket.comments if one.author is place.forge.bob)
        place.forge.world.delete_comment(place.ticket, note, place.forge.bob)
        cost = place.look()
    reads, writes = cost.reads.total(), cost.writes.total()
    return Found(f"{resolved}, {reads} + {writes}", reads <= 32 and int(resolved.split(" ", maxsplit=1)[0]) <= 34)


def asked_again() -> Found:
    """How many of the requests of quiet reconciles and sweeps on GitHub cost nothing."""
    with house("github") as one:
        tickets = one.incidents(5)
        for _ in range(3):
            one.sweep.once()
            one.look_at(tickets)
            one.forge.clock.forward(60)
        one.depth.clear()
        one.sweep.once()
        one.look_at(tickets)
        gets = [request for request in one.asked if request.method == "GET"]
        same = sum(request.status == NOT_MODIFIED for request in gets)
    return Found(f"{same} of {len(gets)} were 304", same >= 0.9 * len(gets))


def quiet() -> Found:
    found = {name: quiet_sweep(name) for name in FORGES}
    says = ", ".join(f"{name} {cost} of {made} requests cost" for name, (made, cost) in found.items())
    return Found(says, found["github"][1] == 0)


def by_forge(limit: float, measure: dict[str, float]) -> Found:
    return at_most(limit, measure, "", 2)


GOALS: Sequence[Goal] = (
    Goal(
        "requests for 5 events in an issue that never was an incident",
        "10, with sweeps 21",
        "0",
        lambda: at_most(0, {name: never_ours(name) for name in FORGES}, "", 0),
    ),
    Goal("requests of a quiet sweep of a project that cost budget", "3", "0 on GitHub", quiet),
    Goal(
        "start, 2,000 other issues changed: requests for each",
        "4.0",
        "0.1",
        lambda: by_forge(0.1, {name: start(name, 2_000) for name in FORGES}),
        quick=False,
    ),
    Goal(
        "cold start, 50 open incidents: requests for each",
        "4.3",
        "2.2",
        lambda: by_forge(2.2, {name: cold(name, 50) for name in FORGES}),
        quick=False,
    ),
    Goal(
        "the same, in a project with pull or merge requests",
        "-",
        "2.2",
        lambda: by_forge(2.2, {name: cold(name, 50, requests=True) for name in FORGES}),
        quick=False,
    ),
    Goal(
        "200 new incidents: lists of issues",
        "810",
        "a few",
        lambda: at_most(5, {name: first_looks(name, 200) for name in FORGES}, "", 0),
        quick=False,
    ),
    Goal("a note, a claim, a severity: reads + writes", "2 + 2, 2 + 3, 2 + 3", "one write less", commands),
    Goal(
        "GitHub, 2,400 comments: a resolution, a comment deleted",
        "34 + 4, 32 + 1",
        "as it was",
        long_threads,
        quick=False,
    ),
    Goal(
        "GitHub, asked again and unchanged", "0 of 40,000 with If-None-Match", "wherever asked again", asked_again
    ),
)
