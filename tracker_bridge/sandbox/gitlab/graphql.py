"""GitLab's GraphQL endpoint."""

from flask import Blueprint, Response

from tracker_bridge.sandbox.gitlab import http

routes = Blueprint("graphql", __name__)


@routes.post("/graphql")
def ask() -> Response:
    http.lacks("graphql")
    raise http.not_found()
