"""The address of each source of alerts: ``POST /alerts/<name>``, or PUT, with whatever content type."""

import time
from urllib.parse import parse_qsl
from wsgiref.types import WSGIEnvironment

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from tracker_bridge.intake.reception import MAX_BYTES, Answer, Reception
from tracker_bridge.web.refusals import Refusals

PATH = "/alerts/"

_NONE = Answer(404, "No source of alerts is configured.")
_TOO_LONG = Answer(413, f"At most {MAX_BYTES // 1024 // 1024} MiB are accepted.")


def alerts(reception: Reception | None) -> Blueprint:
    """Return the addresses; without a source of alerts, none is there."""
    blueprint = Blueprint("alerts", __name__)
    refusals = Refusals(time.monotonic)

    @blueprint.route(f"{PATH}<name>", methods=["POST", "PUT"], strict_slashes=False)
    def receive(name: str) -> Response:
        answer = _answer(reception, name) if reception else _NONE
        if answer.status == 401:
            refusals.log(f"alerts of {name}", answer.line)
        return _sent(answer)

    return blueprint


def wants_body(reception: Reception | None, environ: WSGIEnvironment) -> bool:
    """Tell whether a request with that path and headers can only be answered with its body."""
    path = environ.get("PATH_INFO", "")
    if reception is None or not path.startswith(PATH):
        return False
    headers = {key[5:].replace("_", "-").lower(): text for key, text in environ.items() if key.startswith("HTTP_")}
    query = dict(parse_qsl(environ.get("QUERY_STRING", "")))
    return reception.refusal(path.removeprefix(PATH).strip("/"), headers, query) is None


def _answer(reception: Reception, name: str) -> Answer:
    headers = {key.lower(): value for key, value in request.headers.items()}
    query = request.args.to_dict()
    if (refused := reception.refusal(name, headers, query)) is not None:
        return refused
    request.max_content_length = MAX_BYTES
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return _TOO_LONG
    return reception.receive(name, headers, query, body)


def _sent(answer: Answer) -> Response:
    response = Response(f"{answer.line}\n", answer.status, mimetype="text/plain")
    if answer.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="alerts"'
    return response
