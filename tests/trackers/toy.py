"""A third forge, as small as one can be: a file that becomes the folder ``trackers/toy/`` of a scratch copy."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from tracker_bridge.domain.issue.changes import Change
from tracker_bridge.domain.issue.issue import Access, Issue, IssueRef, Person
from tracker_bridge.domain.issue.native import Capability
from tracker_bridge.events import Observer
from tracker_bridge.setting_types import Server
from tracker_bridge.setting_types.values import SharedSecret
from tracker_bridge.trackers import Applied, Denied, Forged, Gone, IssueChanged
from tracker_bridge.trackers.forge import Forge
from tracker_bridge.trackers.quotas import Quotas


class Toy(Server):
    """A toy, and what is played there."""

    hook_secret: SharedSecret | None = None


class ToyTracker:
    """Takes deliveries; its issues cannot be read."""

    name = "toy"
    max_body = max_title = max_delivery = max_comments = 1000
    native = frozenset[Capability]()
    reserved = frozenset[str]()

    def __init__(self, projects: Iterable[str], secret: str) -> None:
        self.projects = frozenset(projects)
        self._secret = secret

    def serves(self, project: str) -> bool:
        return project in self.projects

    def precheck(self, headers: Mapping[str, str]) -> None:
        if headers.get("x-toy") != self._secret:
            raise Forged("wrong")

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> IssueChanged | None:
        self.precheck(headers)
        said = json.loads(body)
        return IssueChanged(IssueRef(self.name, said["project"], said["number"]))

    def changed(
        self, project: str, *, since: datetime | None, label: str, labelled: bool = False
    ) -> Iterable[IssueRef]:
        return ()

    def read(self, ref: IssueRef, *, whole: bool = False) -> Issue:
        raise Denied(f"could not read {ref}: it is a toy")

    def access(self, ref: IssueRef, person: Person, *, fresh: bool = False) -> Access:
        return Access.NONE

    def apply(self, ref: IssueRef, change: Change) -> Applied:
        raise Gone(f"there is no {ref}")

    def close(self) -> None:
        """It has nothing open."""


def _connect(settings: Toy, _observe: Observer, _quotas: Quotas | None) -> ToyTracker:
    return ToyTracker(settings.projects, settings.hook_secret.get_secret_value() if settings.hook_secret else "")


FORGE = Forge(
    name="toy",
    title="Toy",
    settings=Toy,
    credentials=(),
    hook_secrets=("hook_secret",),
    connect=_connect,
    site=lambda settings: settings.url,
    issue_path=re.compile(r"/(?P<project>[a-z/]+)/(?P<number>[0-9]+)"),
    severity_label=lambda number, _name: f"S{number}",
    form="",
)
