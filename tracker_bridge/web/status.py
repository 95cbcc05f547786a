"""
The public status page, from its last good build.

GET /status/               the page
GET /status/<path:name>    its feeds, its calendar and its JSON
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, redirect, request
from markupsafe import Markup

from tracker_bridge.rendering.status_page import AGE, policy_of
from tracker_bridge.showing.site import PageFile, Site

INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Shown:
    """The page, for everyone. A build that is older than ``fresh`` says how old it is."""

    site: Site
    fresh: timedelta
    clock: Callable[[], datetime]


def status_pages(shown: Shown | None) -> Blueprint:
    """Return the pages; without anything to show, they are not found."""
    blueprint = Blueprint("status", __name__)

    @blueprint.get("/status")
    def status() -> Response:
        if shown is None:
            abort(404)
        return redirect("status/", 308)  # type: ignore[return-value] # Flask's own answer

    @blueprint.get("/status/", defaults={"name": INDEX})
    @blueprint.get("/status/<path:name>")
    def page(name: str) -> Response:
        if shown is None:
            abort(404)
        build = shown.site.build
        if build is None:
            answer = Response("The status page is not built yet.\n", 503, mimetype="text/plain")
            answer.headers["Retry-After"] = "30"
            return answer
        file = build.files.get(name)
        if file is None:
            abort(404)
        return _answer(file, name, shown.clock() - build.at, shown.fresh)

    return blueprint


def _answer(file: PageFile, name: str, age: timedelta, fresh: timedelta) -> Response:
    content, mark = file.content, file.mark
    if name == INDEX and age > fresh:
        content = content.replace(AGE.encode(), _old(age).encode())
        mark = f"{mark}-{age // timedelta(minutes=1)}"
    answer = Response(content, content_type=file.kind)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cache-Control"] = "public, max-age=30"
    answer.headers["Content-Security-Policy"] = f"{_policy(content, name)}; frame-ancestors 'none'"
    answer.set_etag(mark)
    answer.make_conditional(request)
    return answer


def _policy(content: bytes, name: str) -> str:
    return policy_of(content) if name == INDEX else "default-src 'none'"


def _old(age: timedelta) -> Markup:
    minutes = age // timedelta(minutes=1)
    length = f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
    return Markup(
        '<p class="old"><span aria-hidden="true">◷</span> This page is {} old: '
        "newer information cannot be read at the moment.</p>"
    ).format(length)
