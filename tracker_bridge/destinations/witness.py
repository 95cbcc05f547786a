"""
What left the process, and what was answered: seen where requests and mails leave, below a library that keeps it.

Its changes to the libraries hold for the whole process, so it is for one that makes a single attempt.
"""

import smtplib
import ssl
from collections.abc import Callable
from functools import wraps
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError

from tracker_bridge.destinations.attempts import Again, Attempt, delivered, failed, judged, unknown
from tracker_bridge.destinations.http import Answer
from tracker_bridge.reach import FORBIDDEN

_NEVER_CONNECTED = (ConnectTimeoutError, NewConnectionError, ProxyError)
_GO_ON = 354
_OPEN = frozenset({500, 502, 503, 504})
"""Replies to a command that a server does not know, such as EHLO or a way to log in: another one is tried."""


class Witness:
    """Sees the last request, and the last reply to a mail."""

    def __init__(self) -> None:
        self._last: Attempt | None = None
        self._mail_began = self._mail_taken = self._mail_decided = self.forbade = False

    def watch(self) -> None:
        _around(HTTPAdapter, "send", self._sending)
        _around(smtplib.SMTP, "getreply", self._replying)
        for step in ("connect", "starttls", "login"):
            _around(smtplib.SMTP, step, self._stepping)

    def verdict(self, *, worked: bool) -> Attempt:
        """Say what came of it, where the library says only whether it ``worked``."""
        if self._mail_taken or (worked and self._last is not None):
            return delivered()
        if self.forbade:
            return failed(FORBIDDEN)
        if self._last is None:
            return failed("was refused before anything was sent: its address may be wrong")
        if not isinstance(self._last, Again) and self._last.outcome == "delivered":
            return failed("was not accepted")
        return self._last

    def _sending(self, send: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        try:
            answer = send(*arguments, **options)
        except requests.RequestException as error:
            self._last = _unanswered(error)
            raise
        given = Answer(answer.status_code, {name.lower(): value for name, value in answer.headers.items()})
        self._last = delivered() if given.succeeded else judged(given.status, given.retry_after)
        return answer

    def _replying(self, getreply: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Each reply counts, until the one to the mail itself, or a refusal: what comes later only tidies up."""
        if self._mail_decided:
            return getreply(*arguments, **options)
        self._last = self._broken()
        code, text = getreply(*arguments, **options)
        if code >= 400:
            self._last = Again(f"answered {code}") if code < 500 else failed(f"answered {code}")
            self._mail_decided = self._mail_began or code not in _OPEN
        elif self._mail_began:
            self._mail_taken = self._mail_decided = True
        else:
            self._mail_began = code == _GO_ON
            self._last = self._broken()
        return code, text

    def _broken(self) -> Attempt:
        reason = "the connection broke before an answer came"
        return unknown(reason) if self._mail_began else Again(reason)

    def _stepping(self, step: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        try:
            return step(*arguments, **options)
        except ssl.SSLCertVerificationError:
            self._last = failed("its certificate is not trusted")
            raise
        except smtplib.SMTPNotSupportedError:
            self._last = failed("does not offer the encryption or the login that its address asks for")
            raise
        except ConnectionRefusedError:
            self._last = Again("the connection was refused")
            raise
        except OSError as error:
            if self._last is None:
                self._last = Again(
                    "no connection in time" if isinstance(error, TimeoutError) else "cannot be reached"
                )
            raise


def _around(owner: type, name: str, watching: Callable[..., Any]) -> None:
    original = getattr(owner, name)

    @wraps(original)
    def watched(*arguments: Any, **options: Any) -> Any:
        return watching(original, *arguments, **options)

    setattr(owner, name, watched)


def _unanswered(error: requests.RequestException) -> Attempt:
    if isinstance(error, requests.exceptions.SSLError):
        return failed("no encrypted connection: its certificate may not be trusted")
    inner = error.args[0] if error.args else None
    cause = inner.reason if isinstance(inner, MaxRetryError) else inner
    if isinstance(error, requests.ConnectTimeout) or isinstance(cause, _NEVER_CONNECTED):
        return Again("cannot be reached")
    if isinstance(error, requests.ConnectionError | requests.Timeout):
        return unknown("no answer in time, or a broken connection")
    return failed("was refused before anything was sent: its address may be wrong")
