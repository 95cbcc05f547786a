"""Messages, and what is common to the tests of destinations."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tracker_bridge.domain.incident.outward import Facts, Kind, Message
from tracker_bridge.domain.issue.issue import TrackerUrl
from tracker_bridge.setting_types.destinations import Reached

FACTS = Facts(
    tracker="github",
    project="acme/api",
    number=42,
    title="Checkout fails",
    phase="identified",
    severity="sev1",
    rank=1,
    ranks=4,
    started_at=datetime(2026, 1, 5, 14, 5, tzinfo=UTC),
    leads=("alice",),
    services=("checkout",),
)
MESSAGE = Message(
    key="declared:chat",
    destination="chat",
    kind=Kind.DECLARED,
    subject="sev1: Checkout fails",
    text="Declared at 14:05 UTC.",
    url=TrackerUrl("https://github.com/acme/api/issues/42"),
    thread="github:acme/api#42",
    facts=FACTS,
)
SECRETS = {
    "slack": "xoxb-1234567890-abcdef",
    "mattermost": "3n5m8k1ebfyw7b4ikd3ctyr6ga",
    "pagerduty": "0123456789abcdef0123456789abcdef",
    "opsgenie": "a1b2c3d4-e5f6-a1b2-c3d4-a1b2c3d4e5f6",
    "webhook": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
}


def message(**changed: Any) -> Message:
    return replace(MESSAGE, **changed)


def reached(address: str, secret: str | None = None, **given: Any) -> Reached:
    return Reached.model_validate({"name": "chat", "address": address, "secret": secret, **given})


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
