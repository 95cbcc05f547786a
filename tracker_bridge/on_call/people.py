"""Which login, and which destination, a name stands for: exactly those that the settings say (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tracker_bridge.on_call.naming import each
from tracker_bridge.on_call.shifts import Shift


@dataclass(frozen=True, slots=True)
class Known:
    """
    Somebody who can be on call: ``login`` on the ``tracker``, empty for any; the ``names`` and mail addresses that
    sources have for them, and the destination that pages them, empty for none.
    """

    login: str
    names: tuple[str, ...] = ()
    page: str = ""
    tracker: str = ""

    @property
    def words(self) -> frozenset[str]:
        return frozenset(map(_folded, self.names))


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody who can be on call."""

    people: tuple[Known, ...] = ()

    def of_tracker(self, tracker: str) -> "Directory":
        return Directory(tuple(one for one in self.people if one.tracker in ("", tracker)))

    def named(self, name: str) -> Known | None:
        """Return whose name, or mail address, this is: all of it, whatever the case."""
        word = _folded(name)
        return next((one for one in self.people if word and word in one.words), None)

    def with_login(self, login: str) -> Known | None:
        return next((one for one in self.people if one.login.casefold() == login.casefold()), None)


@dataclass(frozen=True, slots=True)
class Found:
    """The logins of some shifts, and the names that are nobody's: these are shown, and never mentioned."""

    people: tuple[Known, ...] = ()
    strangers: tuple[str, ...] = field(default=())


def find(shifts: Iterable[Shift], directory: Directory) -> Found:
    """Return who the people of ``shifts`` are; the names of people are looked up before their mail address."""
    people: dict[str, Known] = {}
    strangers: dict[str, None] = {}
    for shift in shifts:
        found, unknown = _of(shift, directory)
        people |= {one.login.casefold(): one for one in found if one.login.casefold() not in people}
        strangers |= dict.fromkeys(unknown)
    return Found(tuple(people.values()), tuple(strangers))


def _of(shift: Shift, directory: Directory) -> tuple[list[Known], list[str]]:
    if shift.is_login:
        return [directory.with_login(shift.name) or Known(shift.name)], []
    for word in (*shift.names, shift.mail):
        if (known := directory.named(word)) is not None:
            return [known], []
    parts = list(each(shift.name))
    found = [known for part in parts if (known := directory.named(part)) is not None]
    if not found:
        return [], [shift.name or "an entry without a name"]
    return found, [part for part in parts if directory.named(part) is None]


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
