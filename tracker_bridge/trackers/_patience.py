"""When a client library may send a request again by itself: a ``GET`` only, and never after ``Retry-After``."""

from typing import Any, TypeVar

from urllib3.util.retry import Retry


class Patience(Retry):
    """
    Repeats a ``GET`` twice, after a broken connection or 500, 502, 503, 504; nothing else, ever.

    An answer with ``Retry-After`` is not repeated either: the wait is the worker's business.
    """

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        return not has_retry_after and super().is_retry(method, status_code)


P = TypeVar("P", bound=Patience)


def patience(kind: type[P], **differing: Any) -> P:
    """Return one of that kind; ``differing`` is what depends on how the library sends."""
    return kind(
        total=2,
        status_forcelist=[500, 502, 503, 504],
        backoff_factor=0.25,
        raise_on_status=False,
        respect_retry_after_header=False,
        **differing,
    )
