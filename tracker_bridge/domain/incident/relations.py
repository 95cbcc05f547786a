"""Other issues that an incident is linked to: the one that it repeats, and those that it has to do with."""

from dataclasses import dataclass, replace

from tracker_bridge.domain.issue.elsewhere import digest, name_of, suffix
from tracker_bridge.domain.issue.issue import IssueRef, Person, TrackerUrl


@dataclass(frozen=True, slots=True)
class Merge:
    """
    The incident is a duplicate of the issue ``number``, ``by`` somebody's word. ``key`` is the command's.

    ``project`` is another one's, empty for the incident's own; ``by_id`` is the account of who said it.
    """

    number: int
    key: str
    by: str
    url: TrackerUrl
    project: str = ""
    by_id: int = 0

    @property
    def name(self) -> str:
        """How the other issue is named here."""
        return name_of(self.project, self.number)

    @property
    def told_key(self) -> str:
        """What our comment that tells of it calls it; of another project's, with that project."""
        return f"{self.key}{suffix(self.project)}"

    @property
    def asker(self) -> Person:
        """Who said it."""
        return Person(self.by_id, self.by)


@dataclass(frozen=True, slots=True)
class Relation:
    """The issue ``number`` is related to the incident, ``by`` somebody's word (S26). As :class:`Merge`."""

    number: int
    by: str
    url: TrackerUrl
    project: str = ""
    by_id: int = 0

    @property
    def name(self) -> str:
        """How the other issue is named here."""
        return name_of(self.project, self.number)

    @property
    def asker(self) -> Person:
        """Who said it."""
        return Person(self.by_id, self.by)

    @property
    def once_key(self) -> str:
        """What is remembered of its having been linked; in another project, for whom."""
        whom = f"{digest(self.project)}.{self.by_id}" if self.project else ""
        return f"related.{self.number}{whom}"


def is_taken_back(key: str, number: int, merge: Merge | None) -> bool:
    """Whether what a comment of ours says of issue ``number``, under ``key``, is of another merge."""
    return key.startswith("merged.") and (merge is None or (key, number) != (merge.told_key, merge.number))


def ref_in(here: IssueRef, one: Merge | Relation) -> IssueRef:
    """Return the other issue, where ``here`` is the incident."""
    return replace(here, number=one.number, project=one.project or here.project)
