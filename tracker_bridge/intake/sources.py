"""What the settings say of each source of alerts: who is believed, and which incident comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tracker_bridge.alerts.notice import Notice, hashed
from tracker_bridge.alerts.proving import Prover
from tracker_bridge.alerts.senders import Reader, reader_of
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.settings.alerts import AlertSource

if TYPE_CHECKING:
    from tracker_bridge.alerts.amazon import Certificates

_WORDS: Final[Mapping[str, int]] = MappingProxyType(
    {
        word: rank
        for rank, words in enumerate(
            (
                "critical s1 p1 sev1 emergency fatal disaster",
                "high s2 p2 sev2 major page",
                "medium s3 p3 sev3 error alert average",
                "low s4 p4 sev4 minor warn warning yellow",
                "info s5 p5 sev5 debug information notice",
            )
        )
        for word in words.split()
    }
)
"""
What monitorings call severities, worst first.

https://docs.gitlab.com/operations/incident_management/alerts/#alert-severity
"""


@dataclass(frozen=True, slots=True)
class Source:
    """One source. ``read`` reads its payloads, ``prover`` tells which are authentic."""

    settings: AlertSource
    read: Reader
    prover: Prover

    @property
    def name(self) -> str:
        return self.settings.name

    def key(self, notice: Notice) -> str:
        """Return what the incident of a notice is known by, here and in the marker of its issue."""
        return f"{self.name}.{hashed(self.settings.kind, notice.key)}"

    @property
    def storm_key(self) -> str:
        """Return the key of the incident that stands for many."""
        return f"{self.name}.{hashed(self.settings.kind, 'storm', 'of all')}"

    def project(self, notice: Notice) -> IssueRef:
        """Return where an incident of it is opened, as a ref with the number 0."""
        routes = (one for one in self.settings.routes if notice.labels.get(one.label) == one.value)
        route = next(routes, None)
        tracker, _, project = (route.project if route else self.settings.project).partition(":")
        return IssueRef(tracker, project, 0)

    def severity(self, notice: Notice, rules: Rules) -> str:
        """Return the severity that a notice asks for; empty where people are to decide."""
        word = notice.severity.strip()
        own = {name.casefold(): value for name, value in self.settings.severities.items()}
        rank = _WORDS.get(word.casefold())
        meant = rules.severities[min(rank, len(rules.severities) - 1)].name if rank is not None else ""
        for name in (own.get(word.casefold(), ""), word, meant, self.settings.severity):
            if name and (found := rules.severity(name)) is not None:
                return found.name
        return ""

    def labels(self, notice: Notice, rules: Rules) -> frozenset[str]:
        """Return the labels for its issue, besides those that every incident wears."""
        service = notice.labels.get("service", "")
        of_service = {f"{rules.service_label}{service}"} if service and rules.service_label else set()
        return frozenset({*self.settings.labels, *of_service})


def marker_of(key: str) -> str:
    """Return the key of the marker in the text of its issue."""
    return f"alert:{key.partition('.')[2]}"


def sources_of(settings: Sequence[AlertSource], certificates: "Certificates | None" = None) -> dict[str, Source]:
    """Return the sources by their names."""
    known = certificates or (_of_amazon() if any(one.topics for one in settings) else None)
    return {
        one.name: Source(
            one,
            reader_of(one.kind, one.templates),
            Prover(
                one.kind,
                [secret.get_secret_value().encode() for secret in one.secrets],
                known,
                one.timestamp_header,
                frozenset(one.topics),
            ),
        )
        for one in settings
    }


def _of_amazon() -> "Certificates":
    from tracker_bridge.alerts.amazon import Certificates  # noqa: PLC0415 - libraries that only topics of SNS need

    return Certificates()
