"""Whether the issue is still with whoever works on it: what lost its lease may be with another process by now."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

still_held: Final[ContextVar[Callable[[], bool] | None]] = ContextVar("still_held", default=None)
"""Asked before every write. The worker tells; ``None`` in a command that somebody runs once."""
