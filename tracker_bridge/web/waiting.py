"""Deliveries that wait for the disk: all that wait for the same commit hear of it in one go of the loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress


class Waiting:
    """For one thread: that of the loop."""

    def __init__(self) -> None:
        self._acts: dict[Future[None], list[Callable[[], None]]] = {}

    def add(self, saved: Future[None], act: Callable[[], None]) -> None:
        """Let the loop ``act`` once ``saved`` is done, if there is one still."""
        acts = self._acts.get(saved)
        if acts is not None:
            acts.append(act)
            return
        self._acts[saved] = [act]
        loop = asyncio.get_running_loop()

        def done(saved: Future[None]) -> None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._act, saved)

        saved.add_done_callback(done)

    def _act(self, saved: Future[None]) -> None:
        for act in self._acts.pop(saved):
            act()
