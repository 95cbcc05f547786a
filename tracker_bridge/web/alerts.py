"""The address of each source of alerts: ``POST /alerts/<name>``, or PUT, with whatever content type."""

import logging
import time

from flask import Blueprint, Response, request

from tracker_bridge.intake.reception import MAX_BYTES, Answer, Reception
from tracker_bridge.web.refusals import Refusals

_log = logging.getLogger(__name__)

PATH = "/alerts/"


def alerts(reception: Reception | None) -> Blueprint:
    """Return the addresses; without a source of alerts, none is there."""
    blueprint = Blueprint("alerts", __name__)
    refusals = Refusals(time.monotonic)

    @blueprint.route(f"{PATH}<name>", methods=["POST", "PUT"], strict_slashes=False)
    def receive(name: str) -> Response:
        if reception is None:
            return _sent(Answer(404, "No source of alerts is configured."))
        if (request.content_length or 0) > MAX_BYTES:
            return _sent(Answer(413, f"At most {MAX_BYTES // 1024 // 1024} MiB are accepted."))
        body = request.stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            return _sent(Answer(413, f"At most {MAX_BYTES // 1024 // 1024} MiB are accepted."))
        headers = {key.lower(): value for key, value in request.headers.items()}
        answer = reception.receive(name, headers, request.args.to_dict(), body)
        if answer.status == 401:
            refusals.log(f"alerts of {name}", answer.line)
        return _sent(answer)

    return blueprint


def _sent(answer: Answer) -> Response:
    response = Response(f"{answer.line}\n", answer.status, mimetype="text/plain")
    if answer.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="alerts"'
    return response
