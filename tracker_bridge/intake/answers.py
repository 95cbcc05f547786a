"""What a delivery of alerts is answered."""

from dataclasses import dataclass
from typing import Final

from tracker_bridge.events import AlertOutcome

MAX_BYTES: Final = 4 * 1024 * 1024
"""Bytes of a delivery. Alertmanager sends 300 alerts in 114 kB."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and one line of plain text: several senders log it, so it helps, and holds no secret."""

    status: int
    line: str
    outcome: AlertOutcome
