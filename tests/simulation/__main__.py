"""
Play seeds: ``python -m tests.simulation SEED --forge gitlab``, or many with ``--seeds 20000``.

``--kills`` kills a process at every request of the scripted incident, then one of three that share a queue.
``--figures`` does all of it, and writes what came of it into docs/reliability.md.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from functools import partial
from multiprocessing import Pool

from tests.postgres import running_server, temporary_folder
from tests.simulation import figures
from tests.simulation.figures import Figures
from tests.simulation.kills import Killed, kill_everywhere
from tests.simulation.outside import killed_everywhere, twice
from tests.simulation.run import LENGTH, SHARED, Told, forge_of, play
from tests.simulation.shared import sharing

FORGES = ("github", "gitlab")


def main() -> int:
    """Return 1 when something did not hold."""
    asked = _options().parse_args()
    if asked.figures:
        found = Figures(range(asked.first, asked.first + (asked.seeds or 300)))
        problems = [*_seeds(found, asked), *_kills(found)]
        figures.write(found)
    elif asked.kills:
        problems = list(_kills(Figures(range(0))))
    elif asked.seed is not None:
        forge = asked.forge or forge_of(asked.seed)
        problems = _said(play(asked.seed, forge, length=asked.length))
        print("\n".join(problems) or "All held.")
    else:
        found = Figures(range(asked.first, asked.first + asked.seeds))
        problems = [*_seeds(found, asked), *_twice(found)]
    return bool(problems)


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    options.add_argument("seed", type=int, nargs="?", help="play this one, and say what did not hold")
    options.add_argument("--forge", choices=FORGES)
    options.add_argument("--seeds", type=int, default=0, help="play so many")
    options.add_argument("--first", type=int, default=0, help="begin with this one")
    options.add_argument("--length", type=int, default=LENGTH, help="acts of a scenario, more or less")
    options.add_argument("--kills", action="store_true", help="kill at every request of a scripted incident")
    options.add_argument("--figures", action="store_true", help="write docs/reliability.md")
    return options


def _seeds(found: Figures, asked: argparse.Namespace) -> Iterator[str]:
    """Play many on all processors; yield what did not hold, when all are done."""
    firsts = range(found.seeds.start, found.seeds.stop, SHARED)
    problems: list[str] = []
    with Pool(os.cpu_count()) as pool:
        played = partial(_played, stop=found.seeds.stop, length=asked.length, forge=asked.forge)
        for number, tolds in enumerate(pool.imap_unordered(played, firsts), start=1):
            for told in tolds:
                found.add(told)
                problems += _said(told)
                print("\n".join(_said(told)), end="", flush=True)
            if number * SHARED % 500 == 0:
                print(f"{number * SHARED} of {len(found.seeds)} seeds, {len(problems)} did not hold", flush=True)
    print(f"{len(found.seeds)} seeds: {len(problems)} did not hold.", flush=True)
    yield from problems


def _played(first: int, *, stop: int, length: int, forge: str | None) -> list[Told]:
    seeds = range(first, min(first + SHARED, stop))
    return [play(seed, forge or forge_of(seed), length=length) for seed in seeds]


_HOSTS = [(forge, two) for forge in FORGES for two in (False, True)]


def _kills(found: Figures) -> Iterator[str]:
    """Kill a process that is alone, then one of three that share a queue."""
    with Pool(os.cpu_count()) as pool:
        for whose, kill in (("killed", kill_everywhere), ("one of three killed", _kill_one_of_three)):
            for forge, killed in zip(FORGES, pool.imap(kill, FORGES), strict=True):
                found.killed[whose, forge] = killed
                healed = f"{len(killed.problems)} did not heal."
                print(f"{forge}: {whose} at {killed.points} requests: {healed}", flush=True)
                print("\n".join(killed.problems), end="", flush=True)
                yield from killed.problems
        for (forge, two), (points, problems) in zip(_HOSTS, pool.starmap(_kill_outside, _HOSTS), strict=True):
            whose = "one of two hosts" if two else "a process"
            print(f"{forge}: {whose} that sends messages killed at {points} requests: {len(problems)} went wrong.")
            yield from problems


def _twice(found: Figures) -> Iterator[str]:
    """Play some of the seeds once more, with destinations beside them."""
    seeds = found.seeds[:: 2 * SHARED]
    with Pool(os.cpu_count()) as pool:
        problems = [one for found in pool.imap(twice, seeds, 4) for one in found]
    print("\n".join([*problems, f"{len(seeds)} seeds with destinations: {len(problems)} messages arrived twice."]))
    yield from problems


def _kill_outside(forge: str, two: bool) -> tuple[int, list[str]]:
    found = [killed_everywhere(forge, two=two, slow=slow) for slow in (False, True)]
    return sum(points for points, _ in found), [one for _, problems in found for one in problems]


def _kill_one_of_three(forge: str) -> Killed:
    with running_server(temporary_folder()) as server, sharing(server) as shared:
        return kill_everywhere(forge, shared=shared)


def _said(told: Told) -> list[str]:
    length = "" if told.length == LENGTH else f" --length {told.length}"
    return [f"{told.again}{length}\n{told.problem}\n"] if told.problem else []


if __name__ == "__main__":
    sys.exit(main())
