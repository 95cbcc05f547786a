"""
The notebook: a text file that a program adds lines to, and people edit by hand.

At its top stand facts, ``name: value``. Each entry begins with a time; lines below it that are indented belong to
it. docs/when-the-tracker-is-down.md describes it for people.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from tracker_bridge.domain.incident.times.moments import earliest

CUT: Final = "# cut short"
"""Ends a line that was being written when the program was killed: it counts as words, not as a command."""

FACTS: Final = ("title", "project", "incident", "opener", "keeper", "date", "label", "confidential", "called")

_STAMP: Final = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[T ](?P<clock>\d{1,2}:\d\d(?::\d\d)?)\s?(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?(?=\s|$)",
    re.ASCII,
)
_CLOCK: Final = re.compile(r"(?P<clock>\d{1,2}:\d\d(?::\d\d)?)\s?(?P<zone>Z|UTC)?(?=\s|$)", re.ASCII)
_FACT: Final = re.compile(r"(?P<name>[a-z]+):(?:\s+(?P<value>.*))?", re.DOTALL)
LOGIN: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?(?:\[bot\])?", re.ASCII)
_NAMED: Final = re.compile(
    rf"(?:@(?P<at>{LOGIN.pattern})|<@?(?P<irc>{LOGIN.pattern})>)(?=\s|$):?\s*|(?P<bare>{LOGIN.pattern})\s+(?=/\w)",
    re.ASCII,
)
_HALF_A_DAY: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Entry:
    """
    What ``who`` said ``at`` a time. ``number`` counts from 1, ``line`` is where it stands in the file.

    ``known``: it was in the tracker before, and is not posted again. ``cut``: the line was not finished.
    """

    number: int
    line: int
    at: datetime
    who: str
    text: str
    known: bool = False
    cut: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that does not count, and why: a sentence without a full stop."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Notebook:
    """
    ``keeper`` says what nobody is named for. ``incident`` is an issue that goes on here, which ``opener``
    declared; ``project`` is where a new one will be. ``called`` are those who were called out in the tracker.
    """

    title: str = ""
    project: str = ""
    incident: str = ""
    opener: str = ""
    keeper: str = "keeper"
    labels: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    confidential: bool = False
    entries: tuple[Entry, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def mark(self) -> str:
        """What tells it from other notebooks: its first entry that the tracker does not know."""
        return next((one.mark for one in self.entries if not one.known), "empty")

    @property
    def people(self) -> tuple[str, ...]:
        """Everyone who says something in it, under the first spelling of the name."""
        return tuple(
            {one.casefold(): one for one in reversed([self.keeper, *(e.who for e in self.entries)])}.values()
        )


def read(text: str, zone: tzinfo = UTC) -> Notebook:
    """Return what a notebook says. Times without a zone are in ``zone``. No text raises anything."""
    reader = _Reader(zone)
    for number, lines in _grouped(f"{text} {CUT}" if is_unfinished(text) else text):
        reader.take(number, lines)
    return reader.notebook()


def is_unfinished(text: str) -> bool:
    """Whether a program was killed in the middle of its last line; what people write may have no line end."""
    last = text.rpartition("\n")[2]
    return bool(last.strip()) and not last.endswith(CUT) and (last[0] in " =" or last[:4].isdigit())


def written(at: datetime, who: str, text: str, *, known: bool = False) -> str:
    """Return an entry as it is written, with its line ends. Raises ``ValueError`` for what is no name."""
    if not LOGIN.fullmatch(who):
        raise ValueError(f"{who!r} is not a name")
    said = [line.rstrip() for line in re.split(r"\r\n?|[\n\x0b\x0c\x85\u2028\u2029]", text)]
    first, *more = "\n".join(said).strip("\n").split("\n")
    below = "".join(f"  {line}\n" if line.strip() else "  \n" for line in more)
    return f"{'= ' if known else ''}{at.astimezone(UTC):%Y-%m-%dT%H:%MZ} {who} {first.strip()}\n{below}"


def head(**facts: str) -> str:
    """Return the top of a new notebook."""
    lines = [f"{name}: {' '.join(value.split())}\n" for name, value in facts.items() if value]
    return "".join(("# Notebook of an incident, for tracker-bridge. Times with Z are UTC.\n", *lines, "\n"))


def with_facts(top: str, facts: Iterable[tuple[str, str]]) -> str:
    """Return the top of a notebook with more facts."""
    more = "".join(f"{name}: {' '.join(value.split())}\n" for name, value in facts)
    above, blank, below = top.partition("\n\n")
    return f"{above}\n{more}\n{below}" if blank else f"{top}{more}"


def _grouped(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield lines with those below that are indented, each with its number."""
    group: list[str] = []
    begun = 0
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        line = raw.rstrip()
        if group and raw[:1] in (" ", "\t"):
            group.append(line.removeprefix("\t") if raw[0] == "\t" else line.removeprefix("  "))
            continue
        if group:
            yield begun, group
        group, begun = ([line], number) if line and not line.startswith("#") else ([], 0)
    if group:
        yield begun, group


@dataclass(slots=True)
class _Reader:
    """Reads from the top to the bottom; ``day`` is the one of the entry before."""

    zone: tzinfo
    facts: dict[str, str] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    before: datetime | None = None
    day: date | None = None
    marks: dict[str, int] = field(default_factory=dict)

    def take(self, number: int, lines: list[str]) -> None:
        first, *more = lines
        known = first.startswith("= ")
        first = first[2:].lstrip() if known else first
        fact = None if known else _FACT.fullmatch(first)
        if fact and fact["name"] in FACTS:
            return self._fact(number, fact["name"], (fact["value"] or "").strip())
        found = self._time(number, first)
        if found is None:
            return None
        at, rest, full = found
        who, said = self._speaker(rest, full=full)
        text = "\n".join((said, *more)).rstrip()
        cut = text.endswith(CUT)
        if cut:
            self._fault(number, first, f"it was cut short; finish it, and remove `{CUT}`")
        text = text.removesuffix(CUT).rstrip() if cut else text
        if not text:
            return self._fault(number, first, "nothing stands behind its time")
        self.before = at
        entry = Entry(len(self.entries) + 1, number, at, who, text, known, cut, self._mark(at, who, text))
        self.entries.append(entry)
        return None

    def notebook(self) -> Notebook:
        facts = self.facts
        keeper = facts.get("keeper", "")
        return Notebook(
            title=facts.get("title", ""),
            project=facts.get("project", ""),
            incident=facts.get("incident", ""),
            opener=facts.get("opener", ""),
            keeper=keeper or "keeper",
            labels=tuple(self.labels),
            called=tuple(self.called),
            confidential=facts.get("confidential", "no").casefold() not in ("no", "false", ""),
            entries=tuple(self.entries),
            faults=tuple(self.faults),
        )

    def _fact(self, number: int, name: str, value: str) -> None:
        if name == "label":
            self.labels.append(value)
        elif name == "called":
            self.called.append(value)
        elif name == "date":
            self._date(number, value)
        elif name in ("keeper", "opener") and not LOGIN.fullmatch(value.removeprefix("@")):
            self._fault(number, f"{name}: {value}", "this is not a name")
        else:
            self.facts[name] = value.removeprefix("@") if name in ("keeper", "opener") else value

    def _date(self, number: int, value: str) -> None:
        try:
            self.day, self.before = date.fromisoformat(value), None
        except ValueError:
            self._fault(number, f"date: {value}", "write the date like 2026-11-28")

    def _time(self, number: int, text: str) -> tuple[datetime, str, bool] | None:
        """Return when it was said, what follows, and whether the time was written as a program writes it."""
        stamp, clock = _STAMP.match(text), _CLOCK.match(text)
        found = stamp or clock
        if found is None:
            self._fault(
                number, text, "it begins with no time; indent it by two spaces if it belongs to the entry above"
            )
            return None
        try:
            at = self._at(found, date.fromisoformat(stamp["day"]) if stamp else None)
        except (ValueError, OverflowError):
            self._fault(number, text, "there is no such time")
            return None
        if at is None:
            self._fault(number, text, "its day is not known; write `date: 2026-11-28` above it")
            return None
        return at, text[found.end() :].strip(), bool(stamp and stamp["zone"] == "Z" and "T" in stamp[0])

    def _at(self, found: re.Match[str], day: date | None) -> datetime | None:
        zone = _zone(found["zone"], self.zone)
        clock = time.fromisoformat(found["clock"].rjust(5 if found["clock"].count(":") == 1 else 8, "0"))
        if day is not None:
            return earliest(datetime.combine(day, clock, zone))
        if self.before is None:
            return earliest(datetime.combine(self.day, clock, zone)) if self.day else None
        here = self.before.astimezone(zone).date()
        near = (earliest(datetime.combine(here + timedelta(days=n), clock, zone)) for n in (-1, 0, 1))
        before = self.before
        return min(near, key=lambda one: (abs(one - before), one < before))

    def _speaker(self, text: str, *, full: bool) -> tuple[str, str]:
        named = _NAMED.match(text)
        if named:
            return named["at"] or named["irc"] or named["bare"], text[named.end() :]
        first, _, rest = text.partition(" ")
        if full and LOGIN.fullmatch(first):
            return first, rest.strip()
        return self.facts.get("keeper") or "keeper", text

    def _mark(self, at: datetime, who: str, text: str) -> str:
        """Return what tells an entry from all others, wherever it stands."""
        said = f"{at:%Y-%m-%dT%H:%M}\n{who.casefold()}\n{text}"
        count = self.marks[said] = self.marks.get(said, 0) + 1
        return hashlib.sha256(f"{said}\n{count}".encode(errors="surrogatepass")).hexdigest()[:12]

    def _fault(self, number: int, text: str, why: str) -> None:
        self.faults.append(Fault(number, text[:80], why))


def _zone(written: str | None, otherwise: tzinfo) -> tzinfo:
    if not written:
        return otherwise
    return UTC if written in ("Z", "UTC") else datetime.strptime(written, "%z").tzinfo or UTC


def typed(line: str, now: datetime, keeper: str, zone: tzinfo = UTC) -> Entry | Fault:
    """Read what somebody types ``now``: it may begin with a time, and with a name."""
    begins = _STAMP.match(line) or _CLOCK.match(line)
    said = line if begins else f"{now.astimezone(UTC):%Y-%m-%d %H:%MZ} {line}"
    indented = said.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\n  ")
    found = read(f"keeper: {keeper}\n{now.astimezone(UTC):%Y-%m-%dT%H:%MZ} {keeper} now\n{indented}\n", zone)
    return found.faults[0] if found.faults else found.entries[-1]


def said_in(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries in the order in which they were said."""
    return sorted(entries, key=lambda one: (one.at, one.number))
