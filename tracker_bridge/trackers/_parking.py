"""
What is left alone because the forge told of a limit, and for how long.

A limit that comes again is kept for twice as long, up to an hour. When it should have passed, one request finds
out, and the others wait for its answer.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from enum import Enum, auto
from typing import Any, Final, Self

LEAST_DOUBLED: Final = 60.0
"""Seconds that a limit which came again is kept for at least; told are as few as one."""
MOST_DOUBLED: Final = 3600.0
REPEATED: Final = 600.0
"""Seconds after a limit has passed in which another one counts as the same again."""
PROBING: Final = 15.0
"""Seconds until a request that was to find out whether a limit has passed is given up."""
WHILE_PROBING: Final = 2.0


class Scope(Enum):
    """What a limit is about."""

    ALL = auto()
    REST = auto()
    GRAPHQL = auto()
    CONTENT = auto()
    """New texts; everything else goes on."""


@dataclass(slots=True)
class _Limit:
    """Kept until ``until``, ``wait`` seconds long; ``doubtful`` until something was answered after that."""

    until: float
    wait: float
    doubtful: bool = True
    probed_until: float = 0.0


@dataclass(slots=True)
class Parking:
    """The limits of one credential. All times are seconds of one clock."""

    limits: dict[Scope, _Limit] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """``kept`` is what :meth:`kept` gave."""
        return cls({Scope[name]: _Limit(*limit) for name, limit in kept.items()})

    def kept(self) -> dict[str, Any]:
        """Return all of it, as JSON takes it."""
        return {scope.name: list(astuple(limit)) for scope, limit in self.limits.items()}

    def in_doubt(self, *scopes: Scope) -> bool:
        """Whether there is a limit that was not answered after."""
        return any(limit.doubtful for scope in scopes if (limit := self.limits.get(scope)))

    def seconds(self, now: float, *scopes: Scope) -> float:
        """Return for how long nothing may be sent of what ``scopes`` are about; 0: the caller sends now."""
        found = [limit for scope in scopes if (limit := self.limits.get(scope)) and limit.doubtful]
        waits = [_left(limit, now) for limit in found]
        if any(waits):
            return max(waits)
        for limit in found:
            limit.probed_until = now + PROBING
        return 0.0

    def limited(self, now: float, scope: Scope, told: float) -> float:
        """Note a limit of ``told`` seconds; return for how many it is kept."""
        known = self.limits.get(scope)
        if known and known.until > now:  # several requests were on their way
            known.until = max(known.until, now + told)
            return known.until - now
        again = known is not None and now - known.until < REPEATED
        doubled = min(2 * max(known.wait, LEAST_DOUBLED / 2), MOST_DOUBLED) if known and again else 0.0
        wait = max(told, doubled)
        self.limits[scope] = _Limit(now + wait, wait)
        return wait

    def passed(self, now: float, *scopes: Scope) -> None:
        """Note an answer that these limits did not keep from being given."""
        for scope in scopes:
            if (limit := self.limits.get(scope)) and limit.until <= now:
                limit.doubtful = False


def _left(limit: _Limit, now: float) -> float:
    """A clock that was set back since must not make it longer."""
    limit.until = min(limit.until, now + limit.wait)
    if limit.until > now:
        return limit.until - now
    return WHILE_PROBING if limit.probed_until > now else 0.0
