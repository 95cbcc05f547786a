"""
Try what ``make test`` tries, with many more examples: ``make soak``.

First the simulation: 20,000 seeds of longer scenarios, and a process that is killed at every request. Then many
processes with one queue in PostgreSQL, which are killed. Then the properties of what people write, round after
round, until the time is over: about an hour, unless told otherwise. What fails there is remembered by hypothesis,
and tried first by ``make test`` from then on; keep it as a row of a table all the same.
``make soak ARGS="10 500"`` is ten minutes of properties, after 500 seeds.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

FACTOR: Final = 20
"""So many times as many examples in each round as in ``make test``."""

SEEDS: Final = 20_000
LENGTH: Final = 6
"""Acts of a scenario, more or less."""


def main() -> int:
    """Return 1 as soon as something has failed, else 0."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else SEEDS
    return _simulation(seeds) or _processes() or _properties(minutes)


def _simulation(seeds: int) -> int:
    play = [sys.executable, "-m", "tests.simulation"]
    print(f"The simulation: {seeds} seeds, then a process that is killed at every request.", flush=True)
    for options in (["--seeds", str(seeds), "--length", str(LENGTH)], ["--kills"]):
        if subprocess.run([*play, *options], check=False).returncode:
            print("The simulation found something: see above.", flush=True)
            return 1
    return 0


def _processes() -> int:
    print("Processes that share a queue, and are killed.", flush=True)
    return subprocess.run([sys.executable, "-m", "tests.postgres.battery"], check=False).returncode


def _tried() -> list[str]:
    """Return the files that try more when they are asked for it: more examples, or more combinations."""
    files = sorted(Path(__file__).parent.rglob("test_*.py"))
    return [str(file) for file in files if "from tests.examples import" in file.read_text("utf-8")]


def _properties(minutes: float) -> int:
    begun = time.monotonic()
    number = 0
    while (gone := (time.monotonic() - begun) / 60) < minutes:
        number += 1
        print(f"Round {number}: {gone:.0f} of {minutes:.0f} minutes, {FACTOR} times the examples", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", *_tried()]
        done = subprocess.run(command, env={**os.environ, "SOAK": str(FACTOR)}, check=False)
        if done.returncode:
            print(f"Round {number} ended with {done.returncode}: see above.", flush=True)
            return 1
    print(f"{number} rounds, nothing found.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
