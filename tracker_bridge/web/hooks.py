"""Deliveries for any WSGI server: a thin application in front of Flask, which would cost more than the work."""

from collections.abc import Iterable
from concurrent.futures import TimeoutError as NotInTime
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from tracker_bridge.queue import PATIENCE, QueueError
from tracker_bridge.web.receiver import Answer, Outcome, Receiver, hook_name, length_of


class Hooks:
    """Answers ``/hooks/<tracker>``; everything else goes to the application ``behind``."""

    def __init__(self, behind: WSGIApplication, receiver: Receiver) -> None:
        self._behind = behind
        self._receiver = receiver

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name = hook_name(environ.get("PATH_INFO", ""))
        if name is None:
            return self._behind(environ, start_response)
        return _send(self._answer(name, environ), environ, start_response)

    def _answer(self, name: str, environ: WSGIEnvironment) -> Answer:
        headers = _headers(environ)
        refused = self._receiver.refusal(name, environ["REQUEST_METHOD"], headers)
        if refused is not None:
            return refused
        body = _body(environ, self._receiver.cap(name))
        if body is None:
            return self._receiver.too_long(name)
        outcome = self._receiver.take(name, headers, body)
        self._wait(outcome)
        return outcome.answer

    def _wait(self, outcome: Outcome) -> None:
        if outcome.saved is None:
            return
        try:
            outcome.saved.result(PATIENCE)
        except QueueError as error:
            self._receiver.not_saved(outcome.ref, error)
        except NotInTime:
            self._receiver.not_saved(outcome.ref, f"not written within {PATIENCE:g} s")


def _send(answer: Answer, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """A HEAD gets the headers only: on a connection that is kept, a body would be the next answer."""
    start_response(f"{answer.status.value} {answer.status.phrase}", answer.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    """Return the request's headers in lower case, but for its type."""
    headers = {
        name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
    }
    return {**headers, "content-length": environ.get("CONTENT_LENGTH", "")}


def _body(environ: WSGIEnvironment, cap: int) -> bytes | None:
    """
    Read the body; ``None`` when it is longer than ``cap``.

    Without a length, it is read to its end if the server marks that (chunked), and empty otherwise.
    """
    declared = environ.get("CONTENT_LENGTH")
    endless = cap + 1 if environ.get("wsgi.input_terminated") else 0
    parts, left = [], length_of(declared) if declared else endless
    while left > 0 and (part := environ["wsgi.input"].read(left)):
        parts.append(part)
        left -= len(part)
    body = b"".join(parts)
    return body if len(body) <= cap else None
