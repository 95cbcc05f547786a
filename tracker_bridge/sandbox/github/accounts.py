"""Accounts, and what is left of the API's root. https://docs.github.com/rest/users"""

import time

from flask import Blueprint, Response, g

from tracker_bridge.sandbox.github import shapes
from tracker_bridge.sandbox.github.face import LIMIT, Refused, answer, face, site, viewer

routes = Blueprint("accounts", __name__)

_HOUR = 3600


@routes.get("/user")
def get_viewer() -> Response:
    if g.installation:
        raise Refused(403, "Resource not accessible by integration")
    return answer(shapes.profile(site(), viewer()))


@routes.get("/users/<login>")
def get_user(login: str) -> Response:
    account = face().world.account(login) or face().world.account(login.removesuffix("[bot]"))
    if account is None:
        raise Refused(404, "Not Found")
    return answer(shapes.profile(site(), account))


@routes.get("/rate_limit")
def get_rate_limit() -> Response:
    rate = {"limit": LIMIT, "used": face().used, "remaining": max(LIMIT - face().used, 1)}
    rate |= {"reset": int(time.time()) // _HOUR * _HOUR + _HOUR}
    return answer({"resources": {"core": rate, "search": rate, "graphql": rate}, "rate": rate})
