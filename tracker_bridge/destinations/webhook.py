"""
A webhook for everybody else, signed as Standard Webhooks says; docs/message.schema.json has its body.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tracker_bridge.destinations.attempts import Attempt
from tracker_bridge.destinations.http import USUAL, Limits
from tracker_bridge.destinations.trying import tried
from tracker_bridge.domain.incident.outward import Facts, Message

Clock = Callable[[], float]


class Webhook:
    """
    An address that takes JSON. ``webhook-id`` is the same at each attempt, and receivers drop what they have, so
    that an attempt with an unknown outcome is repeated.
    """

    service = "webhook"
    can_edit = False
    can_dedup = True

    def __init__(
        self, name: str, url: str, key: bytes, max_text: int, limits: Limits = USUAL, *, clock: Clock = time.time
    ) -> None:
        self.name, self.max_text = name, max_text
        self._url, self._key, self._limits, self._clock = url, key, limits, clock

    def send(self, message: Message, handle: str | None) -> Attempt:  # noqa: ARG002 - a destination's signature
        identity = identity_of(message)
        body = json.dumps(body_of(message, identity), ensure_ascii=False).encode()
        at = str(int(self._clock()))
        headers = {
            "webhook-id": identity,
            "webhook-timestamp": at,
            "webhook-signature": signature(self._key, identity, at, body),
        }
        return tried(self._url, body, headers, limits=self._limits, repeatable=True)


def signature(key: bytes, identity: str, at: str, body: bytes) -> str:
    signed = hmac.new(key, b".".join((identity.encode(), at.encode(), body)), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def identity_of(message: Message) -> str:
    """Return the same for every attempt at the same message, and nothing that tells of which incident it is."""
    named = json.dumps([message.thread, message.destination, message.key])
    return f"msg_{hashlib.sha256(named.encode()).hexdigest()[:32]}"


def body_of(message: Message, identity: str) -> dict[str, Any]:
    """Return the body. Of a message to people outside, only the words: no link and no facts."""
    return {
        "type": f"incident.{message.kind.replace('-', '_')}",
        "id": identity,
        "data": {
            "kind": message.kind.value,
            "subject": message.subject,
            "text": message.text,
            "url": message.url,
            "incident": _told(message.facts, message.thread) if message.facts else None,
        },
    }


def _told(facts: Facts, thread: str) -> dict[str, Any]:
    given = {name: _shown(value) for name, value in asdict(facts).items()}
    return {"thread": thread, **given}


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return list(value) if isinstance(value, tuple) else value
