"""
A delivery of alerts: who sent it, what it tells, and that it is kept before it is answered.

What is authentic and parses is always accepted, also if it tells nothing for us: some senders repeat what was
refused for ever, others never send again. What cannot be kept now is answered with 503, which most repeat.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from tracker_bridge.alerts.notice import Notice
from tracker_bridge.alerts.payload import Payload, Unreadable, text_of
from tracker_bridge.alerts.proof import Forged, Unanswered
from tracker_bridge.intake.answers import Answer
from tracker_bridge.intake.sources import Source
from tracker_bridge.queue import QueueError
from tracker_bridge.queue.journal import Journal

_log = logging.getLogger(__name__)

MAX_TEXT: Final = 60_000
MAX_MEMBERS: Final = 10_000
_CONFIRMS: Final = "SubscriptionConfirmation"


class Reception:
    """Answers deliveries. ``kept`` is called when there is something to do."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        journal: Journal,
        clock: Callable[[], datetime],
        kept: Callable[[], None],
    ) -> None:
        self._sources, self._journal, self._clock, self._kept = sources, journal, clock, kept

    def refusal(self, name: str, headers: Mapping[str, str], query: Mapping[str, str]) -> Answer | None:
        """Return the answer that needs no body, if there is one."""
        source = self._sources.get(name)
        if source is None:
            return Answer(404, "No source of alerts of that name is configured.", "no such source")
        try:
            source.prover.precheck(headers, query)
        except Forged as forged:
            return Answer(401, f"Not accepted: {forged}.", "forged")
        return None

    def receive(self, name: str, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Answer:
        """Answer a delivery. ``headers`` has lower-case names."""
        if (refused := self.refusal(name, headers, query)) is not None:
            return refused
        try:
            return self._received(self._sources[name], Payload(headers, body), query)
        except Forged as forged:
            return Answer(401, f"Not accepted: {forged}.", "forged")
        except Unanswered as error:
            return Answer(503, f"Amazon did not answer ({error}); try again.", "not kept")
        except Unreadable as error:
            _log.warning("alerts of %s: %s", name, error)
            return Answer(400, f"Not read: {error}.", "unreadable")

    def _received(self, source: Source, payload: Payload, query: Mapping[str, str]) -> Answer:
        now = self._clock()
        source.prover.prove(payload, query, now)
        if source.settings.kind == "sns" and self._confirmed(source, payload):
            return Answer(200, "The subscription is confirmed.", "nothing of ours")
        told = source.read(payload)
        news = [(source.key(one), _bounded(one)) for one in told.notices if not one.test]
        if not news:
            why = told.nothing or "a test"
            _log.info("alerts of %s: nothing to do: %s", source.name, why)
            return Answer(202, f"Accepted; nothing to do: {why}.", "nothing of ours")
        return self._keep(source.name, news, now)

    def _keep(self, name: str, news: list[tuple[str, Notice]], now: datetime) -> Answer:
        begun = time.monotonic()
        try:
            self._journal.keep(name, news, now)
        except QueueError as error:
            _log.error("%s", error)
            return Answer(503, "It cannot be kept now; try again.", "not kept")
        self._kept()
        _log.debug("alerts of %s: %d kept in %d ms", name, len(news), (time.monotonic() - begun) * 1000)
        return Answer(202, "Accepted.", "taken")

    def _confirmed(self, source: Source, payload: Payload) -> bool:
        """Confirm a subscription that SNS offers for one of the topics that are named."""
        message, certificates = payload.object(), source.prover.certificates
        if (
            certificates is None
            or text_of(message.get("Type")) != _CONFIRMS
            or text_of(message.get("TopicArn")) not in source.settings.topics
        ):
            return False
        certificates.confirm(message)
        return True


def _bounded(notice: Notice) -> Notice:
    """Cut what no issue could hold: of one alert, that it fires is what matters."""
    members = tuple(replace(one, name=one.name[:200]) for one in notice.members[:MAX_MEMBERS])
    complete = notice.complete and len(members) == len(notice.members)
    labels = {name[:200]: text[:1000] for name, text in list(notice.labels.items())[:200]}
    return replace(
        notice,
        key="",
        title=notice.title[:MAX_TEXT],
        text=notice.text[:MAX_TEXT],
        members=members,
        labels=labels,
        complete=complete,
        caution=notice.caution[:500],
        severity=notice.severity[:200],
    )
