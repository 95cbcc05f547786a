"""
The process in which Apprise makes one attempt: a job comes in as JSON, one line says what came of it.

The library tells only whether it worked, and prints what it dislikes, with the tokens in it: so it prints to
nowhere, and what came of it is seen below it.
"""

import json
import logging
import os
import signal
import socket
import sys
from typing import Any, Final
from urllib.parse import urlencode

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType
from apprise.common import PersistentStoreMode
from apprise.plugins.base import NotifyBase

from tracker_bridge import __version__
from tracker_bridge.destinations.attempts import Again, Attempt, delivered, failed
from tracker_bridge.destinations.texts import TOO_LONG
from tracker_bridge.destinations.witness import Witness
from tracker_bridge.reach import is_reachable

_OURS: Final = {
    "image": "no",
    "retry": "0",
    "wait": "0",
    "cto": "3",
    "rto": "10",
    "format": "text",
    "overflow": "upstream",
    "emojis": "no",
    "store": "no",
    "avatar": "no",
}
"""What the operator's address cannot set: no foreign pictures, no repeating, nothing but the text."""

_SPARE: Final = 5


class Forbidden(OSError):
    """No message is sent there."""


class Improper(Exception):
    """The address cannot be used."""


def attempt(job: dict[str, Any], witness: Witness) -> Attempt:
    """Make the attempt; without a text, only look at the address."""
    try:
        plugin = _plugin(job["address"], job.get("thread", ""), job.get("alert", ""))
    except Improper as error:
        return failed(str(error))
    if "text" not in job:
        return delivered()
    titled = plugin.title_maxlen > 0
    text = job["text"] if titled and job["text"] else job["whole"]
    if len(text) > plugin.body_maxlen:
        if not job["ours"]:
            return failed(TOO_LONG)
        text = f"{text[: plugin.body_maxlen - 1]}…"
    title = job["title"][: plugin.title_maxlen] if titled else ""
    try:
        kind = NotifyType(job["kind"])
        worked = plugin.notify(body=text, title=title, notify_type=kind, body_format=NotifyFormat.TEXT)
    except Exception:  # noqa: BLE001 - whatever it is, its message may hold the address
        worked = False
    return witness.verdict(worked=bool(worked))


def _plugin(address: str, thread: str, alert: str) -> NotifyBase:
    asset = AppriseAsset(
        app_id="tracker-bridge",
        app_desc=f"tracker-bridge {__version__}",
        async_mode=False,
        http_redirects=False,
        secure_logging=True,
        storage_mode=PersistentStoreMode.MEMORY,
        image_url_mask="",
        image_url_logo="",
    )
    try:
        plugin = Apprise.instantiate(_fixed(address, thread, alert), asset=asset)
    except Exception:  # noqa: BLE001 - the same
        plugin = None
    if plugin is None:
        raise Improper("its address is not complete, or not one of this service")
    if len(plugin) != 1:
        raise Improper("its address names several targets: make each of them a destination")
    return plugin


def _fixed(address: str, thread: str, alert: str) -> str:
    """Return the address with our options in the place of any others of these names."""
    base, _, query = address.partition("?")
    ours = dict(_OURS)
    if thread and base.startswith("mailto"):
        ours |= dict.fromkeys(("+In-Reply-To", "+References"), f"<{thread}@tracker-bridge>")
    if alert:
        ours |= {"action": "map", "dedup": alert, "entity_id": alert}
    kept = [one for one in query.split("&") if one and one.partition("=")[0].lower() not in ours]
    return f"{base}?{'&'.join((*kept, urlencode(ours, safe='+')))}"


def _guard(witness: Witness) -> None:
    """Refuse connections to addresses that are never connected to, whatever asks for them."""

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            sock, where = arguments
            inet = sock.family in (socket.AF_INET, socket.AF_INET6)
            if not inet or not is_reachable(str(where[0])):
                witness.forbade = True
                raise Forbidden

    sys.addaudithook(look)


def _told(came: Attempt) -> dict[str, object]:
    if isinstance(came, Again):
        return {"came": "again", "reason": came.reason, "after": came.after}
    return {"came": came.outcome.value, "reason": came.reason}


def main() -> None:
    job = json.loads(sys.stdin.buffer.read())
    signal.alarm(int(job["longest"]) + _SPARE)  # whoever started this may have been killed since
    logging.disable(logging.CRITICAL)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    witness = Witness()
    witness.watch()
    _guard(witness)
    print(json.dumps(_told(attempt(job, witness))), file=out, flush=True)


if __name__ == "__main__":
    main()
