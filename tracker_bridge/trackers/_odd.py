"""
One odd thing in an answer that makes sense otherwise: it costs itself, not the whole issue.

Half of a surrogate pair, which JSON can spell and no text can hold, is replaced. An element of a list that has
not the shape of the others is passed over, when it is the same at a second look, apart: a server that is being
upgraded may answer oddly for a while.
"""

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from tracker_bridge.trackers import Busy
from tracker_bridge.trackers.doubts import APART

T = TypeVar("T")

_REMEMBERED: Final = 1000

_log = logging.getLogger(__name__)


class Oddities:
    """Remembers odd elements, the longest unseen forgotten first. ``monotonic`` tells seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._first: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._said: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def pass_over(self, element: object, action: str) -> None:
        """Say it once; raise :class:`Busy` when it was not there before. What is no object never passes."""
        key = (action, json.dumps(element, sort_keys=True))
        with self._lock:
            now = self._monotonic()
            first = self._first.setdefault(key, now)
            self._first.move_to_end(key)
            while len(self._first) > _REMEMBERED:
                self._said.discard(self._first.popitem(last=False)[0])
            known = isinstance(element, dict) and now - first >= APART
            new = known and key not in self._said
            self._said |= {key} if known else set()
        if not known:
            raise Busy(f"could not {action}: an element of a list is malformed", APART)
        if new:
            said = "could not fully %s: an element is malformed, and is skipped: %s"
            _log.warning(said, action, _named(element))


def validated(shape: TypeAdapter[T], text: str | bytes) -> T:
    """Read JSON of that shape. Raises ``ValueError``."""
    try:
        # As shape.validate_json does it, without its dozen options.
        return shape.validator.validate_json(text)  # type: ignore[no-any-return]
    except ValidationError:
        half = b"\\ud" if isinstance(text, bytes) else "\\ud"
        if half not in text.lower():  # type: ignore[operator]  # of the same kind
            raise
    try:
        return shape.validate_python(mended(json.loads(text)))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def mended(value: Any) -> Any:
    """Return ``value`` with whole characters only."""
    try:
        json.dumps(value, ensure_ascii=False).encode()  # as a rule all are, and this is quicker than a walk
    except (UnicodeEncodeError, TypeError):  # half a character, or no JSON
        return _mended(value)
    return value


def _mended(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_mended(one) for one in value]
        case dict():
            return {_mended(key): _mended(one) for key, one in value.items()}
        case _:
            return value


def _named(element: object) -> str:
    """Name it by its number; what it says is not for the log."""
    id_ = element.get("id") if isinstance(element, dict) else None
    return f"number {id_}" if isinstance(id_, int) else "without a number"
