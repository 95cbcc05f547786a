"""ntfy: a topic to which telephones subscribe. https://docs.ntfy.sh/publish/"""

from typing import Final

from tracker_bridge.destinations.attempts import Attempt, failed
from tracker_bridge.destinations.http import USUAL, Limits
from tracker_bridge.destinations.texts import TOO_LONG, cut, plain, text_of, title_of
from tracker_bridge.destinations.trying import tried
from tracker_bridge.domain.incident.outward import Kind, Message

_MOST_BYTES: Final = 4_000
"""What is longer becomes an attachment, which a telephone does not show."""

_MOST_TITLE: Final = 250
_URGENT, _USUAL, _LOW = 5, 3, 2


class Ntfy:
    """A topic, which whoever knows its name may read, and write to, unless the server wants a token."""

    service = "ntfy"
    can_edit = False
    can_dedup = False

    def __init__(self, name: str, url: str, token: str | None, max_text: int, limits: Limits = USUAL) -> None:
        """``url`` ends with the topic."""
        self.name, self.max_text = name, max_text
        self._server, _, self._topic = url.rstrip("/").rpartition("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._limits = limits

    def send(self, message: Message, handle: str | None) -> Attempt:  # noqa: ARG002 - a destination's signature
        text = plain(text_of(message))
        while len(text.encode()) > _MOST_BYTES:
            shorter = cut(message, text, len(text) - max(1, (len(text.encode()) - _MOST_BYTES) // 4) - 1)
            if shorter is None:
                return failed(TOO_LONG)
            text = shorter
        said = {
            "topic": self._topic,
            "title": plain(title_of(message))[:_MOST_TITLE],
            "message": text,
            "priority": _priority(message),
            **({"click": message.url} if message.url else {}),
        }
        return tried(self._server, said, self._headers, limits=self._limits)


def _priority(message: Message) -> int:
    if message.kind is Kind.PAGE:
        return _URGENT
    return _LOW if message.kind in (Kind.STATUS, Kind.PAGE_OVER) else _USUAL
