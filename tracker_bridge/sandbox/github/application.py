"""The routes of the GitHub face, put together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, g, request

from tracker_bridge.sandbox.github import (
    accounts,
    apps,
    comments,
    contents,
    face,
    graphql,
    issues,
    labels,
    reactions,
    repositories,
    sub_issues,
)
from tracker_bridge.sandbox.hooks import Delivery
from tracker_bridge.sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_REPOSITORY = ("/repos/<owner>/<repo>", "/repositories/<int:repository_id>")


@dataclass(frozen=True)
class Mounted:
    """A WSGI application: the routes, which are the same for every world, for one face."""

    face: face.Face

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return _routes()(environ | {face.KEY: self.face}, start_response)


def create_face(
    world: World,
    *,
    lacking: frozenset[str] = frozenset(),
    grants: dict[str, face.Grant] | None = None,
    sent: Callable[[int], Sequence[Delivery]] = lambda _: (),
) -> Mounted:
    """Return a WSGI application that answers ``/api/v3`` and ``/api/graphql``. See :class:`face.Face`."""
    return Mounted(face.Face(world, lacking, {} if grants is None else grants, sent))


@cache
def _routes() -> Flask:
    """Build the application once: that takes a tenth of a second, and every test wants a sandbox of its own."""
    app = Flask(__name__, static_folder=None)
    api = Blueprint("api", __name__, url_prefix="/api/v3")
    api.register_blueprint(accounts.routes)
    api.register_blueprint(apps.routes)
    for name, prefix in zip(("named", "numbered"), _REPOSITORY, strict=True):
        repository = Blueprint(name, __name__, url_prefix=prefix)
        repository.before_request(face.find_project)
        for part in (comments, contents, issues, labels, reactions, repositories, sub_issues):
            repository.register_blueprint(part.routes)
        api.register_blueprint(repository)
    app.register_blueprint(api)
    app.register_blueprint(graphql.routes)
    app.before_request(_who_asks)
    app.after_request(face.finish)
    app.register_error_handler(404, face.not_found)
    app.register_error_handler(405, face.not_found)
    return app


def _who_asks() -> None:
    if request.endpoint == "api.apps.convert":
        return
    if request.endpoint in apps.BY_JWT:
        g.viewer, g.installation = apps.app(), True
    else:
        face.authenticate()
