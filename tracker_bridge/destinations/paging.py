"""What services that wake people have in common."""

import hashlib
from typing import Final

from tracker_bridge.domain.incident.outward import Message

PAGES_ONLY: Final = "takes pages only"
UNACKNOWLEDGED: Final = "has to be acknowledged there"
"""Why somebody's answer in the thread does not stop a service from waking the next one."""

_MOST_KEY: Final = 255


def page_key(message: Message) -> str:
    """Return by what the alert is known: one for each incident, and another after it was reopened."""
    epoch = message.facts.epoch if message.facts else 0
    key = f"tb:{message.thread}:{epoch}"
    return key if len(key) <= _MOST_KEY else f"tb:{hashlib.sha256(message.thread.encode()).hexdigest()}:{epoch}"
