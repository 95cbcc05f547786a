"""A project that is monitored: alerts arrive as their senders send them, and a desk works on them."""

import json
from contextlib import closing, nullcontext
from typing import Any

from tests.alerts.test_senders import SAMPLES
from tests.contract.forges import Forge
from tests.stories.story import KEY, Story
from tracker_bridge.alerts.amazon import Certificates
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.intake.answers import Answer
from tracker_bridge.intake.desk import Desk
from tracker_bridge.intake.place import Tools
from tracker_bridge.intake.reception import Reception
from tracker_bridge.intake.sources import sources_of
from tracker_bridge.queue.journal import FileJournal
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.settings.alerts import AlertSource
from tracker_bridge.templates_folder import templates_folder

SECRET = "a secret of twenty-four bytes"
BEARER = {"authorization": f"Bearer {SECRET}", "content-type": "application/json"}


class Monitored(Story):
    """The bridge reconciles what the desk queues, as the worker does."""

    def __init__(self, forge: Forge, kind: str = "alertmanager", **settings: Any) -> None:
        super().__init__(forge)
        project = f"{forge.name}:{forge.project.path}"
        source = AlertSource.model_validate(
            {"name": "prod", "kind": kind, "project": project, "secrets": [SECRET], **settings}
        )
        self.sources = sources_of([source], Certificates(lambda _: b""))
        self.queue = forge.opened.enter_context(closing(SqliteQueue(":memory:")))
        self.journal = self._journal()
        self.restart()

    def _journal(self) -> FileJournal:
        return self.forge.opened.enter_context(closing(FileJournal(":memory:")))

    def restart(self, *, forgetful: bool = False) -> None:
        """Begin again with what the journal keeps; ``forgetful``: with nothing but the tracker."""
        if forgetful:
            self.journal = self._journal()
        clock = self.forge.clock
        tools = Tools(
            self.bridge, self.journal, self.queue, clock, templates_folder(), (KEY,), frozenset({SECRET})
        )
        self.desk = Desk(tools, self.sources, lambda _: nullcontext(True))
        self.reception = Reception(self.sources, self.journal, clock, lambda: None)

    def arrives(self, sample: str, **change: Any) -> Answer:
        """A delivery comes, with changes to the sample's fields, and is worked on."""
        body = (SAMPLES / sample).read_bytes()
        if change:
            body = json.dumps({**json.loads(body), **change}).encode()
        return self.delivered(body)

    def delivered(self, body: bytes) -> Answer:
        answer = self.reception.receive("prod", BEARER, {}, body)
        self.work()
        return answer

    def work(self) -> None:
        while self.desk.step():
            pass
        for ref in self.due():
            self.bridge.reconcile(ref, self.forge.clock.now, {})
        for ticket in self.tickets:
            self.ticket = ticket

    def due(self) -> list[IssueRef]:
        found: list[IssueRef] = []
        while (lease := self.queue.take(self.forge.clock.now)) is not None:
            found.append(lease.ref)
            self.queue.done(lease, None)
        return found

    @property
    def tickets(self) -> list[Ticket]:
        return list(self.forge.project.tickets.values())

    @property
    def titles(self) -> list[str]:
        return [ticket.title for ticket in self.tickets]


def group(*firing: str, ended: tuple[str, ...] = (), key: str = '{}:{alertname="Disk"}', **more: Any) -> bytes:
    """Return a notification of Alertmanager about a group of instances."""
    alerts = [
        {
            "status": status,
            "labels": {"alertname": "Disk", "instance": name, "severity": "critical"},
            "annotations": {"summary": "Disk is full"},
            "startsAt": "2026-11-02T08:55:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": f"{name}-print",
        }
        for names, status in ((firing, "firing"), (ended, "resolved"))
        for name in names
    ]
    sent = {
        "version": "4",
        "groupKey": key,
        "status": "firing" if firing else "resolved",
        "receiver": "bridge",
        "groupLabels": {"alertname": "Disk"},
        "alerts": alerts,
        "truncatedAlerts": 0,
        **more,
    }
    return json.dumps(sent).encode()
