"""How a sender proves that it is one: a secret in a header, or a signature over the body."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(minutes=5)
"""How far a signed time may be from ours."""

_HEADER: Final = "x-alert-token"


class Forged(Exception):
    """It is not authentic. The message is for the log, and repeats nothing that was sent."""


class Unanswered(Exception):
    """Who keeps what proves it did not answer; the sender tries again."""


def by_secret(headers: Mapping[str, str], query: Mapping[str, str], secrets: Sequence[bytes]) -> None:
    """
    Raise :class:`Forged` unless one of the secrets was sent.

    As ``Authorization: Bearer``, as the password of ``Authorization: Basic``, as ``X-Alert-Token``, or, for what
    can send no header, as ``?token=`` in the address.
    """
    authorized = _authorization(headers.get("authorization", ""))
    given = [*authorized, headers.get(_HEADER, ""), query.get("token", "")]
    sent = [one.encode("utf-8", "surrogatepass") for one in given if one]
    if not sent:
        raise Forged("it has no secret")
    if not any(hmac.compare_digest(one, secret) for one in sent for secret in secrets):
        raise Forged("its secret is wrong")


def _authorization(header: str) -> list[str]:
    scheme, _, value = header.strip().partition(" ")
    if scheme.casefold() == "basic":
        try:
            pair = base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return []
        return [pair.partition(":")[2]]
    return [value.strip() if value else scheme]


def by_signature(given: Sequence[str], signed: bytes, secrets: Sequence[bytes]) -> None:
    """Raise :class:`Forged` unless one of the ``given`` is the HMAC-SHA256, in hex digits, of ``signed``."""
    if not given:
        raise Forged("it has no signature")
    right = [hmac.new(secret, signed, hashlib.sha256).hexdigest().encode() for secret in secrets]
    sent = [one.strip().casefold().encode("utf-8", "surrogatepass") for one in given]
    if not any(hmac.compare_digest(one, known) for one in sent for known in right):
        raise Forged("its signature is wrong")


def by_signature_of_now(
    given: Sequence[str], timestamp: str, body: bytes, secrets: Sequence[bytes], now: datetime
) -> None:
    """The same for a signature over ``<unix seconds>:<body>``, which is refused when it is old."""
    if not re.fullmatch("[0-9]{1,12}", timestamp, re.ASCII):
        raise Forged("it has no time")
    by_signature(given, timestamp.encode() + b":" + body, secrets)
    if abs(now.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        raise Forged("its signature is from another time")
