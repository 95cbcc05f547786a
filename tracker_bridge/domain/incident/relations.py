"""Other issues that an incident is linked to: the one that it repeats, and those that it has to do with."""

from dataclasses import dataclass

from tracker_bridge.domain.issue.issue import TrackerUrl


@dataclass(frozen=True, slots=True)
class Merge:
    """The incident is a duplicate of the issue ``number``, ``by`` somebody's word. ``key`` is the command's."""

    number: int
    key: str
    by: str
    url: TrackerUrl


@dataclass(frozen=True, slots=True)
class Relation:
    """The issue ``number`` of the project is related to the incident, ``by`` somebody's word (S26)."""

    number: int
    by: str
    url: TrackerUrl

    @property
    def once_key(self) -> str:
        """What is remembered of its having been linked."""
        return f"related.{self.number}"
