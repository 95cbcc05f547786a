"""Which proof each kind of sender gives: a signature where it can sign, else a secret in a header."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker_bridge.alerts.payload import Payload, Unreadable, text_of
from tracker_bridge.alerts.proof import Forged, by_secret, by_signature, by_signature_of_now

if TYPE_CHECKING:
    from tracker_bridge.alerts.amazon import Certificates

_GRAFANA: Final = "x-grafana-alerting-signature"
_PAGERDUTY: Final = "x-pagerduty-signature"
_SENTRY: Final = "sentry-hook-signature"


@dataclass(frozen=True, slots=True)
class Prover:
    """
    Tells authentic payloads from others. ``secrets`` are all that are accepted.

    ``timestamp_header`` has the time that Grafana signs along; it has no name by default. ``topics`` are those of
    SNS whose signed messages are believed, by Amazon's ``certificates``.
    """

    kind: str
    secrets: Sequence[bytes]
    certificates: "Certificates | None" = None
    timestamp_header: str = ""
    topics: frozenset[str] = frozenset()

    def prove(self, payload: Payload, query: Mapping[str, str], now: datetime) -> None:
        """Raise :class:`Forged`."""
        check = _CHECKS.get(self.kind)
        if check is None or not check(self, payload, now):
            by_secret(payload.headers, query, self.secrets)

    def precheck(self, headers: Mapping[str, str], query: Mapping[str, str]) -> None:
        """Raise :class:`Forged` when no body could be authentic with these headers."""
        signed = _SIGNATURES.get(self.kind)
        if not (signed in headers or (self.kind == "sns" and self.topics)):
            by_secret(headers, query, self.secrets)

    def grafana(self, payload: Payload, now: datetime) -> bool:
        """Return whether it is proven; raise :class:`Forged` where a signature is wrong."""
        given = payload.headers.get(_GRAFANA)
        if given is None:
            return False
        if self.timestamp_header:
            stamp = payload.headers.get(self.timestamp_header.lower(), "")
            by_signature_of_now([given], stamp, payload.body, self.secrets, now)
        else:
            by_signature([given], payload.body, self.secrets)
        return True

    def pagerduty(self, payload: Payload, now: datetime) -> bool:  # noqa: ARG002 - it signs no time
        """The same: of several signatures, of other versions as well, one must fit."""
        given = payload.headers.get(_PAGERDUTY)
        if given is None:
            return False
        ours = [one.strip().removeprefix("v1=") for one in given.split(",") if one.strip().startswith("v1=")]
        by_signature(ours, payload.body, self.secrets)
        return True

    def sentry(self, payload: Payload, now: datetime) -> bool:  # noqa: ARG002 - its time is not signed
        """The same."""
        given = payload.headers.get(_SENTRY)
        if given is None:
            return False
        by_signature([given], payload.body, self.secrets)
        return True

    def sns(self, payload: Payload, now: datetime) -> bool:  # noqa: ARG002 - a message may be hours old
        """The same for a message of one of the topics, which is signed by Amazon and not with our secret."""
        try:
            message = payload.object()
        except Unreadable:
            return False
        if self.certificates is None or not self.topics or "Signature" not in message:
            return False
        if text_of(message.get("TopicArn")) not in self.topics:
            raise Forged("it is from another topic")
        self.certificates.check(message)
        return True


_SIGNATURES: Final[Mapping[str, str]] = {"grafana": _GRAFANA, "pagerduty": _PAGERDUTY, "sentry": _SENTRY}
"""Which header has the signature."""

_CHECKS: Final[Mapping[str, Callable[[Prover, Payload, datetime], bool]]] = {
    "grafana": Prover.grafana,
    "pagerduty": Prover.pagerduty,
    "sentry": Prover.sentry,
    "sns": Prover.sns,
}
