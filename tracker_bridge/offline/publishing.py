"""The status page from a notebook: the words of its external updates, with what is known of other incidents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tracker_bridge.domain.derived.maintenance import public_page
from tracker_bridge.domain.derived.public import PageRules
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.domain.incident.conditions import services
from tracker_bridge.offline.thread import OfflineThread
from tracker_bridge.rendering.status_page import status_files


@dataclass(frozen=True, slots=True)
class Publishing:
    """``known`` are incidents from their exports. Nothing is asked of any tracker."""

    templates: Path
    rules: PageRules
    title: str
    url: str
    known: Sequence[OfflineThread] = ()

    def files(self, thread: OfflineThread, at: datetime) -> dict[str, str]:
        """Return the page with its feeds; the notebook goes before an older export of the same incident."""
        here = case_of(thread)
        others = [case_of(one) for one in self.known if one.incident.ref != thread.incident.ref]
        return status_files(
            self.templates, public_page((here, *others), at, self.rules), title=self.title, url=self.url
        )


def case_of(thread: OfflineThread) -> Case:
    """Return a notebook's incident as one of a report."""
    named = services(thread.issue.labels, thread.rules.service_label)
    return Case(thread.incident, named, thread.notebook.confidential)
