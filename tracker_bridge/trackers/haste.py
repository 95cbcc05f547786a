"""Whether somebody waits for what is being done: when requests run short, the rest comes later."""

from contextvars import ContextVar
from typing import Final

someone_waits: Final[ContextVar[bool | None]] = ContextVar("someone_waits", default=None)
"""
Whether the reconcile under way is about what somebody did just now. The worker tells; ``None`` in a command that
somebody runs once.
"""
