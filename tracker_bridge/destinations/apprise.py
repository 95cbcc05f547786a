"""
All other services, through Apprise, in a process of its own that is killed when it takes too long.

A receiver that hangs, or sends a byte every few seconds, holds the library as long as it likes; what it holds
then is one process, which nobody else needs. The address goes in through a pipe: arguments can be seen by others.
Nothing that the process prints is looked at but one line: the library prints addresses that it dislikes.
"""

import hashlib
import json
import subprocess
import sys
from importlib.util import find_spec
from typing import Final, Literal

from tracker_bridge.destinations.attempts import Again, Attempt, failed, unknown
from tracker_bridge.destinations.paging import PAGES_ONLY, UNACKNOWLEDGED, page_key
from tracker_bridge.destinations.texts import defused, plain, text_of, title_of, whole_of
from tracker_bridge.domain.incident.outward import Kind, Message
from tracker_bridge.domain.issue.dispatches import Outcome, Sent
from tracker_bridge.environment import for_others
from tracker_bridge.setting_types.destinations import DestinationUrl
from tracker_bridge.setting_types.services import ALERTING, PLAIN

LONGEST: Final = 30.0
"""Seconds that one attempt gets, the start of its process included."""

MISSING: Final = "needs the extra notify: pip install 'tracker-bridge[notify]'"
_CHILD: Final = "tracker_bridge.destinations.child"


class Library:
    """One target at one of the services that Apprise knows."""

    can_edit = False

    def __init__(self, name: str, address: DestinationUrl, longest: float = LONGEST) -> None:
        self.name = name
        self.service = address.service
        self.max_text = address.max_text
        self.can_dedup = address.service in ALERTING
        self._address = address.get_secret_value()
        self._longest = longest

    def send(self, message: Message, handle: str | None) -> Attempt:  # noqa: ARG002 - a destination's signature
        if self.can_dedup and message.kind not in (Kind.PAGE, Kind.PAGE_OVER):
            return failed(UNACKNOWLEDGED if message.kind is Kind.ACKNOWLEDGED else PAGES_ONLY)
        came = self._sent(message)
        if self.can_dedup and isinstance(came, Sent) and came.outcome is Outcome.UNKNOWN:
            return Again(came.reason, doubtful=True)
        return came

    def _sent(self, message: Message) -> Attempt:
        shown = plain if self.service in PLAIN else defused
        topic = message.thread if message.facts else message.subject
        return self._run(
            title=shown(topic if self.service == "zulip" else title_of(message)),
            text=shown(text_of(message)),
            whole=shown(whole_of(message)),
            ours=message.kind not in (Kind.UPDATE, Kind.CORRECTION),
            thread=hashlib.sha256(message.thread.encode()).hexdigest()[:32],
            kind={Kind.PAGE: "failure", Kind.PAGE_OVER: "success"}.get(message.kind, "info"),
            alert=page_key(message) if self.can_dedup else "",
        )

    def fault(self) -> str:
        """Return what the library finds wrong with the address, empty for nothing. Sends nothing."""
        found = self._run()
        return "" if isinstance(found, Sent) and found.outcome is Outcome.DELIVERED else found.reason

    def _run(self, **said: object) -> Attempt:
        if find_spec("apprise") is None:
            return failed(MISSING)
        job = json.dumps({"address": self._address, "longest": self._longest, **said})
        try:
            done = subprocess.run(  # noqa: S603 - this program's own module
                [sys.executable, "-P", "-m", _CHILD],
                input=job.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=self._longest,
                env=for_others("APPRISE_"),
                check=False,
            )
        except subprocess.TimeoutExpired:
            return unknown(f"no answer in {self._longest:g} s")
        except OSError:
            return Again("no process could be started for it")
        return _read(done.stdout)


def _read(told: bytes) -> Attempt:
    try:
        given = json.loads(told)
        came: Literal["delivered", "failed", "unknown", "again"] = given["came"]
        reason, after = str(given["reason"]), given.get("after")
        if came == "again":
            return Again(reason, float(after) if after is not None else None)
        return Sent(Outcome(came), reason)
    except (ValueError, KeyError, TypeError):
        return unknown("its process ended before it said what came of it")
