"""
Amazon's side of SNS: the certificates that its messages are signed with, and the address that confirms a topic.

Both addresses stand in the message, so only those of SNS itself are asked, over TLS and without redirects.
"""

import base64
import binascii
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.x509 import load_pem_x509_certificate

from tracker_bridge.alerts.payload import text_of
from tracker_bridge.alerts.proof import Forged, Unanswered
from tracker_bridge.alerts.senders.sns import is_amazons, signed_text

_log = logging.getLogger(__name__)

_TIMEOUT: Final = (3.0, 5.0)
_MOST_BYTES: Final = 64 * 1024
_MOST_KEPT: Final = 20
_DIGESTS: Final[Mapping[str, Callable[[], HashAlgorithm]]] = {"1": SHA1, "2": SHA256}

Fetch = Callable[[str], bytes]
"""Gets an address of Amazon's. Raises :class:`Unanswered`."""


def fetch(address: str) -> bytes:
    """Get an address. Raises :class:`Unanswered`."""
    try:
        with requests.get(address, timeout=_TIMEOUT, allow_redirects=False, stream=True) as answer:
            if answer.status_code != 200:
                raise Unanswered(f"the answer was {answer.status_code}")
            return answer.raw.read(_MOST_BYTES, decode_content=True) or b""
    except requests.RequestException as error:
        raise Unanswered(type(error).__name__) from None


class Certificates:
    """Checks signatures; the certificates are kept. Safe to use from several threads."""

    def __init__(self, get: Fetch = fetch) -> None:
        self._get = get
        self._keys: dict[str, RSAPublicKey] = {}
        self._lock = threading.Lock()

    def check(self, message: Mapping[str, Any]) -> None:
        """Raise :class:`Forged` unless Amazon signed the message, and :class:`Unanswered`."""
        digest = _DIGESTS.get(text_of(message.get("SignatureVersion")))
        signed = signed_text(message)
        if digest is None or not signed:
            raise Forged("its signature is of no kind that is known")
        try:
            signature = base64.b64decode(text_of(message.get("Signature")), validate=True)
            self._key(text_of(message.get("SigningCertURL"))).verify(signature, signed, PKCS1v15(), digest())
        except (InvalidSignature, binascii.Error, ValueError):
            raise Forged("its signature is wrong") from None

    def confirm(self, message: Mapping[str, Any]) -> None:
        """Accept the subscription that a message offers, once it is known to be Amazon's. Raises as above."""
        address = text_of(message.get("SubscribeURL"))
        if not is_amazons(address):
            raise Forged("the address that confirms it is not Amazon's")
        self._get(address)
        _log.info("the subscription to %s is confirmed", text_of(message.get("TopicArn"))[:200])

    def _key(self, address: str) -> RSAPublicKey:
        with self._lock:
            known = self._keys.get(address)
        if known is not None:
            return known
        if not is_amazons(address) or not address.partition("?")[0].endswith(".pem"):
            raise Forged("its certificate is not Amazon's")
        try:
            key = load_pem_x509_certificate(self._get(address)).public_key()
        except ValueError:
            raise Forged("its certificate is none") from None
        if not isinstance(key, RSAPublicKey):
            raise Forged("its certificate is of no kind that is known")
        with self._lock:
            if len(self._keys) >= _MOST_KEPT:
                self._keys.clear()
            self._keys[address] = key
        return key
