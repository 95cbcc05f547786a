"""
The forges of one world without a port: who answers which request, and what the plan of faults does to it.

Addresses are those of :mod:`tracker_bridge.sandbox.server`, which puts this on a port. Tests without sockets ask
it themselves.
"""

import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import Flask
from werkzeug.wrappers import Request as HttpRequest
from werkzeug.wrappers import Response

from tracker_bridge.sandbox import github, gitlab, pages
from tracker_bridge.sandbox.faults import Cut, Fault, FaultResponse, Faults, Hang, Lag, Lose, Slow
from tracker_bridge.sandbox.github.face import CAPABILITIES, Grant
from tracker_bridge.sandbox.hooks import Hooks
from tracker_bridge.sandbox.listener import Reply
from tracker_bridge.sandbox.replica import Replica
from tracker_bridge.sandbox.world import Account, World

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


@dataclass(frozen=True, slots=True)
class Request:
    """
    One request and its answer. ``face``: ``github``, ``gitlab``, ``pages``.

    ``path`` is decoded and without the query. ``status`` 0: the client got no answer. ``fault`` is what the
    plan did to it.
    """

    face: str
    method: str
    path: str
    query: str
    body: bytes
    status: int
    answer: bytes
    headers: Mapping[str, str]
    fault: Fault | None = None


def checked(lacking: Mapping[str, Iterable[str]] | None) -> dict[str, frozenset[str]]:
    """Return what each face lacks. Raise ``ValueError`` for what it could not, before anything is opened."""
    found = {face: frozenset(names) for face, names in (lacking or {}).items()}
    for face, known in (("github", CAPABILITIES), ("gitlab", gitlab.CAPABILITIES)):
        if unknown := found.get(face, frozenset()) - known:
            raise ValueError(f"unknown capabilities: {sorted(unknown)}; known: {sorted(known)}")
    return found


class Switchboard:
    """
    Answer for one world, below ``url``.

    ``requests`` holds the newest requests and their answers, ``faults`` may be added to at any time. ``lacking``
    switches capabilities off, by face: ``{"github": {"pins"}}``.
    """

    def __init__(
        self,
        world: World,
        url: str,
        *,
        faults: Faults | None = None,
        lacking: Mapping[str, Iterable[str]] | None = None,
        keep: int = 20_000,
    ) -> None:
        self.world = world
        self.url = url
        self.faults = faults or Faults()
        self.hooks = Hooks(world)
        self.requests: deque[Request] = deque(maxlen=keep)
        self._lacking = checked(lacking)
        self._grants: dict[str, Grant] = {}
        self._faces: dict[tuple[str, bool], WSGIApplication] = {}
        self._replica = Replica(world)
        self.faults.before_lag = self._replica.watch

    @property
    def github_url(self) -> str:
        return f"{self.url}/api/v3"

    @property
    def gitlab_url(self) -> str:
        return f"{self.url}/gitlab"

    def job_token(self, account: Account) -> str:
        """Return a token as a job of GitHub Actions gets it: its App's, which may not ask who it is."""
        token = f"ghs_{account.id}_job"
        self._grants[token] = Grant(account, int(time.time()) + 86_400)
        return token

    def listen(self) -> None:
        """Follow what happens in the world, for reads that lag."""
        self.world.listeners.append(self._replica.heard)

    def stop_listening(self) -> None:
        """Follow it no longer."""
        self.world.listeners.remove(self._replica.heard)

    def respond(self, environ: "WSGIEnvironment") -> tuple[Reply, Fault | None]:
        """Answer one request, whose body was read whole; tell what the plan did to it."""
        asked = HttpRequest(environ)
        face = _face_of(asked.path)
        fault = self.faults.take(asked.method, asked.path)
        self._replica.count()
        response = self._respond(environ, face, fault)
        self.requests.append(
            Request(
                face=face,
                method=asked.method,
                path=asked.path,
                query=asked.query_string.decode(),
                body=environ["wsgi.input"].getvalue(),
                status=response.status_code if response else 0,
                answer=response.get_data() if response else b"",
                headers=dict(response.headers) if response else {},
                fault=fault,
            )
        )
        return Reply(response, cut=isinstance(fault, Cut)), fault

    def pause(self, seconds: float) -> None:
        """Let so much time pass: here is none."""

    def _face(self, name: str, world: World) -> "WSGIApplication":
        """Return what answers for a world; it is made when it is asked for, since not everybody asks for all."""
        key = name, world is self.world
        if key not in self._faces:
            self._faces[key] = self._made(name, world)
        return self._faces[key]

    def _made(self, name: str, world: World) -> "WSGIApplication":
        lacking, sent = self._lacking.get(name, frozenset()), self.hooks.of
        if name == "github":
            return github.create_face(world, lacking=lacking, grants=self._grants, sent=sent)
        if name == "gitlab":
            return gitlab.create_face(world, lacking=lacking, sent=sent)
        web = Flask("tracker_bridge.sandbox", static_folder=None)
        forms = cast("gitlab.http.Face", self._face("gitlab", world))
        web.register_blueprint(pages.create_face(world, forms))
        return web

    def _respond(self, environ: "WSGIEnvironment", face: str, fault: Fault | None) -> Response | None:
        """Let the face answer, unless the fault has it left undone; ``None`` when no answer goes out."""
        if isinstance(fault, Slow):
            self.pause(fault.seconds)
        done = fault.done if isinstance(fault, FaultResponse | Lose | Hang) else True
        response = self._ask(environ, face, fault) if done else None
        if isinstance(fault, FaultResponse):
            kind = {"Content-Type": "application/json"}
            return Response(fault.body, fault.status, kind | dict(fault.headers))
        return None if isinstance(fault, Lose | Hang) else response

    def _ask(self, environ: "WSGIEnvironment", face: str, fault: Fault | None) -> Response:
        with self.world.lock:
            world = self.world
            if isinstance(fault, Lag):
                self._replica.show(fault)
                world = self._replica.past
            return Response.from_app(self._face(face, world), _mounted(environ, face), buffered=True)


def _face_of(path: str) -> str:
    if path.startswith("/api/"):
        return "github"
    return "gitlab" if path.startswith("/gitlab/api/") else "pages"


def _mounted(environ: "WSGIEnvironment", face: str) -> "WSGIEnvironment":
    if face != "gitlab":
        return environ
    return environ | {"SCRIPT_NAME": "/gitlab", "PATH_INFO": environ["PATH_INFO"].removeprefix("/gitlab")}
