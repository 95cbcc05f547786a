"""One GitLab face is served for all tests of a process; each test gives it a world of its own."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import requests
from werkzeug.wrappers import Response

from tests.sandbox.gitlab_place import Place, settle
from tracker_bridge.sandbox.gitlab import create_face
from tracker_bridge.sandbox.gitlab.http import Face
from tracker_bridge.sandbox.listener import Listener, Reply
from tracker_bridge.sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


@pytest.fixture(scope="session")
def gitlab_face() -> Iterator[tuple[Face, str]]:
    """The face, and its address; mounted below a path, as a self-managed GitLab may be."""
    face = create_face(World())

    def reply(environ: "WSGIEnvironment") -> Reply:
        path = environ["PATH_INFO"].removeprefix("/gitlab")
        mounted = environ | {"SCRIPT_NAME": "/gitlab", "PATH_INFO": path}
        return Reply(Response.from_app(face, mounted, buffered=True))

    server = Listener(0, reply)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield face, f"http://127.0.0.1:{server.port}/gitlab"
    server.shutdown()
    server.hang_up()
    server.server_close()
    thread.join()


@pytest.fixture
def place(gitlab_face: tuple[Face, str]) -> Iterator[Place]:
    face, url = gitlab_face
    with requests.Session() as session:
        found = settle(url, session)
        face.world = found.world
        yield found
