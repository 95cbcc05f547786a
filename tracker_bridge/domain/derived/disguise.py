"""
Incidents in which every internal text is another one: what is built of them must be the same, byte for byte.

That is how it is proved that a status page shows nothing internal, whatever its templates come to print.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, Final

from tracker_bridge.domain.derived.public import PageRules
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.domain.incident.audiences import Reach, audiences
from tracker_bridge.domain.incident.communications import Communication
from tracker_bridge.domain.incident.maintenance import Maintenance
from tracker_bridge.domain.incident.pages import Pages
from tracker_bridge.domain.incident.timeline import Kind, TimelineEntry
from tracker_bridge.domain.issue.issue import IssueRef

CANARY: Final = "canary"
"""What every other text begins with."""


def disguised(case: Case) -> Case:
    """Return the incident with another text for each that is not for everyone; the same for the same."""
    external = {one.name for one in audiences(case.incident) if one.reach is Reach.EXTERNAL}
    return replace(case, incident=_Disguise(external).of(case.incident))


def disguised_rules(rules: PageRules) -> PageRules:
    """Return the rules that go with them: severities are named there as well."""
    return replace(rules, impacts={other_text(name): impact for name, impact in rules.impacts.items()})


class _Disguise:
    def __init__(self, external: set[str]) -> None:
        self._external = external

    def of(self, value: Any) -> Any:
        match value:
            case Enum() | IssueRef() | "":
                found = value
            case str():
                found = type(value)(other_text(value))
            case Communication():
                said = value.said if self._external & {*value.audiences} else self.of(value.said)
                found = replace(self._fields(value), id=value.id, said=said)
            case Maintenance():
                found = value
            case TimelineEntry(kind=Kind.PHASE):
                found = replace(self._fields(value), what=value.what)
            case Pages() | tuple() | frozenset() | list() | set():
                found = type(value)(map(self.of, value))
            case Mapping():
                found = {self.of(key): self.of(one) for key, one in value.items()}
            case _:
                found = self._fields(value) if is_dataclass(value) else value
        return found

    def _fields(self, value: Any) -> Any:
        return replace(value, **{one.name: self.of(getattr(value, one.name)) for one in fields(value) if one.init})


def other_text(text: str) -> str:
    """Return another text, the same for all that differ by case only: labels and names do."""
    return f"{CANARY}-{hashlib.sha256(text.casefold().encode(errors='replace')).hexdigest()[:12]}"
