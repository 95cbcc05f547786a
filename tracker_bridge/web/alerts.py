"""The address of each source of alerts: ``POST /alerts/<name>``, or PUT, with whatever content type."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from tracker_bridge.events import AlertsDelivered, Observer
from tracker_bridge.intake.answers import MAX_BYTES, Answer
from tracker_bridge.web.refusals import Refusals

if TYPE_CHECKING:
    from tracker_bridge.intake.reception import Reception

PATH = "/alerts/"

_NONE = Answer(404, "No source of alerts is configured.", "no such source")
_TOO_LONG = Answer(413, f"At most {MAX_BYTES // 1024 // 1024} MiB are accepted.", "too large")


def alerts(reception: "Reception | None", observe: Observer, refusals: Refusals) -> Blueprint:
    """Return the addresses; without a source of alerts, none is there. ``observe`` is told of deliveries."""
    blueprint = Blueprint("alerts", __name__)

    @blueprint.route(f"{PATH}<name>", methods=["POST", "PUT"], strict_slashes=False)
    def receive(name: str) -> Response:
        answer = _answer(reception, name) if reception else _NONE
        observe(AlertsDelivered(name, answer.outcome))
        if answer.status in (401, 404):
            refusals.log(f"alerts of {name}" if answer.status == 401 else "alerts", answer.line)
        return _sent(answer)

    return blueprint


def wanted(reception: "Reception | None", path: str, query: str, headers: Mapping[str, str]) -> int:
    """Return how many bytes of a request's body are read: none where it can be answered without."""
    if reception is None or not path.startswith(PATH):
        return 0
    name = path.removeprefix(PATH).strip("/")
    return MAX_BYTES if reception.refusal(name, headers, dict(parse_qsl(query))) is None else 0


def _answer(reception: "Reception", name: str) -> Answer:
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
