"""
How long a request may take, and when a client library may send it again by itself.

People wait for most of what is asked: nothing is repeated that took long already.
"""

from types import TracebackType
from typing import Any, Self, TypeVar

from urllib3 import BaseHTTPResponse
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import MaxRetryError, TimeoutError  # noqa: A004 - the only one here
from urllib3.util.retry import Retry

TIMEOUT = (3.0, 10.0)
"""Seconds to connect, and to wait for each part of an answer; GitHub itself gives up after 10."""


class Patience(Retry):
    """
    Repeats a ``GET`` once, after a broken connection or 500, 502, 503, 504; nothing else, ever.

    An answer with ``Retry-After`` is not repeated either, nor one that did not come in time: the wait is the
    worker's business, who has others to look after.
    """

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        return not has_retry_after and super().is_retry(method, status_code)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        if isinstance(error, TimeoutError) and _pool is not None:
            raise MaxRetryError(_pool, url or "", error) from error
        return super().increment(method, url, response, error, _pool, _stacktrace)


P = TypeVar("P", bound=Patience)


def patience(kind: type[P], **differing: Any) -> P:
    """Return one of that kind; ``differing`` is what depends on how the library sends."""
    return kind(
        total=1,
        status_forcelist=[500, 502, 503, 504],
        backoff_factor=0.25,
        raise_on_status=False,
        respect_retry_after_header=False,
        **differing,
    )
