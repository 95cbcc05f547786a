"""Checklists of a team: what must not be forgotten in incidents of a kind, and what of it is done."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from tracker_bridge.domain.incident.conditions import ALWAYS, Condition
from tracker_bridge.domain.issue.issue import TrackerUrl

if TYPE_CHECKING:
    from tracker_bridge.domain.incident.incident import Incident


@dataclass(frozen=True, slots=True)
class Checklist:
    """
    ``first`` is the number of its first item: items are counted through all lists of a team.

    ``kept``: it was shown in this incident, and is as it was then.
    """

    name: str
    items: tuple[str, ...]
    when: Condition = ALWAYS
    first: int = 1
    kept: bool = False

    @property
    def numbers(self) -> range:
        """The numbers of its items."""
        return range(self.first, self.first + len(self.items))


@dataclass(frozen=True, slots=True)
class Tick:
    """``by`` says that the item of that number is done."""

    number: int
    by: str
    at: datetime
    url: TrackerUrl


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list that is shown; ``tick`` is ``None`` while it is open."""

    number: int
    text: str
    tick: Tick | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A list that is shown in an incident."""

    name: str
    items: tuple[Item, ...]

    @property
    def done(self) -> int:
        return sum(item.tick is not None for item in self.items)

    @property
    def complete(self) -> bool:
        return self.done == len(self.items)


def counted(lists: Iterable[Checklist]) -> tuple[Checklist, ...]:
    """Number the items through, from 1."""
    found: list[Checklist] = []
    for one in lists:
        found.append(replace(one, first=found[-1].numbers.stop if found else 1))
    return tuple(found)


def with_kept_list(lists: Sequence[Checklist], kept: Checklist) -> tuple[Checklist, ...]:
    """Put a list that was shown in the place of the one that has its name now; no other has its numbers."""
    names = [one.name.casefold() for one in lists]
    at = names.index(kept.name.casefold()) if kept.name.casefold() in names else len(lists)
    found = [*lists[:at], kept, *lists[at + 1 :]]
    for n, one in enumerate(found):
        if one is not kept and set(one.numbers) & set(kept.numbers):
            found[n] = replace(one, first=max(other.numbers.stop for other in found))
    return tuple(found)


def checklists(incident: "Incident") -> tuple[Shown, ...]:
    """Return the lists of this incident: those that it calls for, and those of which something is done."""
    ticks = {one.number: one for one in incident.ticks}
    return tuple(
        Shown(one.name, tuple(Item(n, text, ticks.get(n)) for n, text in zip(one.numbers, one.items, strict=True)))
        for one in incident.rules.checklists
        if _is_shown(one, incident)
    )


def _is_shown(one: Checklist, incident: "Incident") -> bool:
    return one.when.holds(incident) or any(tick.number in one.numbers for tick in incident.ticks)


def to_keep(incident: "Incident") -> Iterator[Checklist]:
    """Yield the lists that are, or were, shown, as they are."""
    shown = {one.name for one in checklists(incident)}
    return (one for one in incident.rules.checklists if one.kept or one.name in shown)


def item_of(incident: "Incident", number: int) -> tuple[str, str] | None:
    """Return the list and the text of an item that can be ticked in this incident."""
    for one in incident.rules.checklists:
        if number in one.numbers and _is_shown(one, incident):
            return one.name, one.items[number - one.first]
    return None
