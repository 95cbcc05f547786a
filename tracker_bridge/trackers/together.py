"""
Reads that do not depend on each other, side by side: a reconcile takes as long as its longest chain of requests.

A read that finds no thread idle is made by whoever wants it, so that a project that hangs holds up no other one.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Final, Protocol, TypeVar

T = TypeVar("T")
U = TypeVar("U")

THREADS: Final = 8
"""Beside those of the worker. A forge allows a hundred requests at once."""


class Together(Protocol):
    """Asks two things and returns both answers. An error is raised once both have ended; of two, the first's."""

    def __call__(self, one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]: ...

    def close(self) -> None:
        """Start nothing any more."""
        ...


def all_of(together: Together, acts: Sequence[Callable[[], T]]) -> list[T]:
    """Ask any number of things, and return the answers in the same order; errors as above."""
    if len(acts) < 2:
        return [act() for act in acts]
    half = len(acts) // 2
    first, rest = together(lambda: all_of(together, acts[:half]), lambda: all_of(together, acts[half:]))
    return [*first, *rest]


class OneByOne:
    """In the same thread, one after the other: for tests, in which the order decides what goes wrong."""

    def __call__(self, one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
        return one(), other()

    def close(self) -> None:
        """There is nothing to end."""


class SideBySide:
    """With a few threads of its own. Safe to use from several threads, and inside what it asks."""

    def __init__(self, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="reads")
        self._idle = threading.Semaphore(threads)
        self._closed = False

    def __call__(self, one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
        if self._closed or not self._idle.acquire(blocking=False):
            return one(), other()
        begun = self._pool.submit(copy_context().run, self._run, other)
        try:
            first = one()
        except BaseException:
            begun.exception()
            raise
        return first, begun.result()

    def close(self) -> None:
        self._closed = True
        self._pool.shutdown(wait=False)

    def _run(self, act: Callable[[], U]) -> U:
        try:
            return act()
        finally:
            self._idle.release()
