"""
What is remembered of a comment that was put on the timeline: which one it was, and a digest of what it said.

Its author can change or delete it afterwards. Whoever captured it vouched for the words of then: other words are
not shown as theirs, and without the comment the event stays.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:  # a command knows the thread that it stands in, and so what was captured there
    from tracker_bridge.domain.issue.invocations import Invocation

_ACT: Final = "capture"


@dataclass(frozen=True, slots=True)
class Capture:
    """The call that captured the comment ``comment``, and digests of both texts, in hexadecimal digits."""

    call: str
    asked: str
    comment: int
    text: str

    @classmethod
    def of(cls, call: "Invocation", comment: int, text: str) -> Self:
        """Return what is to be remembered."""
        said = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return cls(call.id, call.digest.hex()[:6], comment, said[:12])

    @property
    def once_key(self) -> str:
        """The act that remembers it."""
        return f"{_ACT}.{self.call}.{self.asked}.{self.comment}.{self.text}"

    def is_by(self, call: str, digest: bytes) -> bool:
        """Whether it was captured by the call of this id, as it reads now."""
        return (self.call, self.asked) == (call, digest.hex()[:6])


def captures_of(once_keys: Iterable[str]) -> tuple[Capture, ...]:
    """Return the captures among ``once_keys``."""
    found = [once_key.split(".") for once_key in once_keys if once_key.startswith(f"{_ACT}.")]
    return tuple(
        Capture(".".join(call), asked, int(comment), text)
        for _, *call, asked, comment, text in (one for one in found if len(one) > 4)
        if comment.isdecimal()
    )
