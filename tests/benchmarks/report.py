"""Tables on standard output, progress on standard error, and the time that something takes."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

K = TypeVar("K")

Cell = str | int | float


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Print rows under their columns: words to the left, numbers to the right."""
    texts = [list(columns), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(columns))]
    words = [bool(rows) and isinstance(rows[0][column], str) for column in range(len(columns))]
    sys.stdout.write(f"\n{title}\n\n")
    for row in texts:
        cells = zip(row, widths, words, strict=True)
        line = "  ".join(text.ljust(width) if word else text.rjust(width) for text, width, word in cells)
        sys.stdout.write(f"  {line.rstrip()}\n")
    sys.stdout.flush()


def progress(text: str) -> None:
    """Say what is being done now."""
    sys.stderr.write(f"... {text}\n")
    sys.stderr.flush()


def seconds(acts: Mapping[K, Callable[[], object]], rounds: int = 5) -> dict[K, float]:
    """
    Return the processor time of each act: the least of its rounds, which others disturbed least.

    The acts take turns, so that a slow minute of the machine is the same for all.
    """
    return {act: min(times) for act, times in _turns(acts, rounds).items()}


def _turns(acts: Mapping[K, Callable[[], object]], rounds: int) -> Mapping[K, list[float]]:
    times: dict[K, list[float]] = {key: [] for key in acts}
    for _ in range(rounds):
        for key, act in acts.items():
            begin = time.process_time()
            act()
            times[key].append(time.process_time() - begin)
    return times


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) or cell >= 100:
        return f"{cell:,.0f}"
    return f"{cell:.1f}" if cell >= 10 else f"{cell:.2f}"
