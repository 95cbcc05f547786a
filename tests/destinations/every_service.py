"""Run as a program: a text goes to every service of the library. What would leave is printed, and all schemes."""

import json
import logging
import sys
from typing import Any

import requests
from apprise.manager_plugins import NotificationManager
from requests.adapters import HTTPAdapter

from tracker_bridge.destinations.attempts import Again
from tracker_bridge.destinations.child import attempt
from tracker_bridge.destinations.witness import Witness

T = "a1B2c3D4" * 4
UUID = "a1b2c3d4-e5f6-a1b2-c3d4-a1b2c3d4e5f6"
CHATS = {
    "discord": f"discord://123456789012345678/{T}{T}",
    "tgram": "tgram://123456789:abcdefg_hijklmnop123456789012345678/12315544",
    "gchat": f"gchat://workspace/{T}/{T}",
    "workflows": f"workflows://prod.example.com:443/{T}/{T}",
    "webex": f"webex://{'a1b2c3d4' * 10}",
    "zulip": f"zulip://bot@acme/{'a1B2' * 8}/incidents",
    "matrixs": f"matrixs://{T}@matrix.example.org/!room:example.org",
    "rockets": f"rockets://{T[:17]}/{T * 2}@chat.example.org/general",
    "nctalks": f"nctalks://user:{T}@cloud.example.org/roomid",
    "synologys": f"synologys://nas.example.org/{T}",
    "ryver": "ryver://acme/ckhrjW8w672m6HG",
    "flock": f"flock://{'a1b2' * 6}",
    "revolt": f"revolt://{T}/01JA1A1A1A1A1A1A1A1A1A1A1B",
    "lark": f"lark://{T}",
    "feishu": f"feishu://{T}",
    "dingtalk": f"dingtalk://{T}",
    "wecombot": f"wecombot://{UUID}",
    "line": f"line://{T}/U{'a1' * 16}",
    "zoom": f"zoom://{T}/{T}",
    "signals": "signals://signal.example.org/+15551234567/+15557654321",
    "twist": "twist://pass:user@example.org/12345:67890",
    "gotifys": f"gotifys://gotify.example.org/{T}",
    "pover": f"pover://{'u' * 30}@{'t' * 30}",
    "pbul": f"pbul://{T}",
    "barks": f"barks://bark.example.org/{T}",
    "prowl": f"prowl://{'a1' * 20}",
    "spush": f"spush://{T[:6]}",
}
PAGERS = {
    "ilert": f"ilert://{T}",
    "goalerts": f"goalerts://goalert.example.org/{UUID}",
    "signl4": f"signl4://{T}",
    "splunk": f"splunk://key@{UUID}",
    "squadcast": f"squadcast://{T}",
    "incidentio": f"incidentio://01ABCDEFGHJKMNPQRSTVWXYZ12/{T}",
    "firehydrant": f"firehydrant://{T}",
}


def main(told: dict[str, Any]) -> None:
    """``told`` is what the process for one attempt is given beside the address; ``pages`` is for pagers."""
    logging.disable(logging.CRITICAL)
    sent: list[tuple[str, str]] = []

    def send(_adapter: HTTPAdapter, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        body = request.body or b""
        sent.append((str(request.url), body if isinstance(body, str) else body.decode()))
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = 200, request, str(request.url)
        answer._content = b'{"ok": true, "result": [], "event_id": "x", "id": "x", "success": true}'
        return answer

    HTTPAdapter.send = send  # type: ignore[method-assign, assignment]
    found = {}
    for name, address in {**CHATS, **PAGERS}.items():
        kinds = ("failure", "success") if name in PAGERS else ("info",)
        for kind in kinds:
            sent.clear()
            witness = Witness()
            witness.watch()
            came = attempt(
                {"address": address, "kind": kind, "alert": "tb:x:0" * (name in PAGERS), **told}, witness
            )
            HTTPAdapter.send = send  # type: ignore[method-assign, assignment]
            outcome = "again" if isinstance(came, Again) else came.outcome.value
            found[f"{name} {kind}"] = {"came": outcome, "reason": came.reason, "sent": [*sent]}
    schemes = NotificationManager().schemas()  # type: ignore[no-untyped-call]
    print(json.dumps({"sent": found, "schemes": [*schemes]}))


if __name__ == "__main__":
    main(json.load(sys.stdin))
