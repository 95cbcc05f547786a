"""
The organisation's own fields of issues: what people say of a team's field in the thread is put there as well.

https://docs.github.com/en/rest/issues/issue-field-values, https://docs.github.com/en/rest/orgs/issue-fields
"""

from collections.abc import Callable, Mapping
from typing import Final

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.domain.issue.native import Capability, Fill
from tracker_bridge.trackers import DONE, Applied, Denied, Gone, lacking
from tracker_bridge.trackers._cache import Remembered
from tracker_bridge.trackers.doubts import Doubts
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.reading import issue_path
from tracker_bridge.trackers.github.shapes import ISSUE_FIELDS, IssueField

_UNFIT: Final = (400, 422)
"""What GitHub answers to a value that the field does not take, such as a choice that it does not have."""


class Fields:
    """Fills in one field at a time, by its number: the fields of an owner are asked for once a minute at most."""

    def __init__(self, client: Client, doubts: Doubts, clock: Callable[[], float]) -> None:
        self._client = client
        self._doubts = doubts
        self._known: Remembered[Mapping[str, IssueField]] = Remembered(clock)

    def apply(self, ref: IssueRef, change: Fill) -> Applied:
        """A refusal is believed when it comes twice; an owner that is a person has no fields (404)."""
        try:
            with self._doubts.twice((ref.project, "fields")):
                done = self._fill(ref, change)
        except (Gone, Denied):
            return lacking(Capability.FIELDS)
        return DONE if done else lacking(Capability.FIELDS)

    def _fill(self, ref: IssueRef, change: Fill) -> bool:
        """Return whether there is such a field, and it takes such a value."""
        owner, action = ref.project.partition("/")[0], f"set the field {change.field!r} of {ref}"
        field = self._known.find(owner, lambda: self._asked(ref, owner)).get(change.field.casefold())
        if field is None:
            return False
        path = f"{issue_path(ref)}/issue-field-values"
        if not change.value:
            self._client.send(action, "DELETE", f"{path}/{field.id}", project=ref.project, fine=(404,))
            return True
        body = {"issue_field_values": [{"field_id": field.id, "value": field.as_sent(change.value)}]}
        answer = self._client.send(action, "POST", path, project=ref.project, body=body, fine=_UNFIT)
        return answer.status not in _UNFIT

    def _asked(self, ref: IssueRef, owner: str) -> Mapping[str, IssueField]:
        action = f"list the issue fields of {owner}"
        answer = self._client.send(action, "GET", f"/orgs/{owner}/issue-fields", project=ref.project)
        return {one.name.casefold(): one for one in answer.parse(ISSUE_FIELDS, action)}
