"""
Try the properties of what people write with many more examples: ``make soak``.

Round after round, until the time is over: about an hour, unless told otherwise. What fails is remembered by
hypothesis, and tried first by ``make test`` from then on; keep it as a row of a table all the same.
"""

import os
import subprocess
import sys
import time
from typing import Final

FACTOR: Final = 10
"""So many times as many examples in each round as in ``make test``."""

TRIED: Final = ("tests/properties", "tests/commands/test_proposals.py", "tests/domain/test_calls_differential.py")


def main() -> int:
    """Return 1 as soon as a round has failed, else 0."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    begun = time.monotonic()
    number = 0
    while (gone := (time.monotonic() - begun) / 60) < minutes:
        number += 1
        print(f"Round {number}: {gone:.0f} of {minutes:.0f} minutes, {FACTOR} times the examples", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", *TRIED]
        done = subprocess.run(command, env={**os.environ, "SOAK": str(FACTOR)}, check=False)
        if done.returncode:
            print(f"Round {number} ended with {done.returncode}: see above.", flush=True)
            return 1
    print(f"{number} rounds, nothing found.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
