"""
Texts that the bot and people write together: marked blocks are the bot's, everything else is people's.

A block stands between two hidden lines, which carry a digest of what was written between them. So a block that
somebody wrote into is noticed, and their lines move below it; of two that claim the same name, the one that the
digest proves counts; and one that lost a line of its marks is found again. What is not proven to be ours stays.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

MARK: Final = "<!-- bot:"
"""How both hidden lines begin. They are short: GitLab's mails in plain text print them."""

_MARK: Final = re.compile(rf"{MARK}(?P<ends>/?)(?P<name>[a-z]+)\b[^>]*?(?: (?P<seal>[0-9a-f]{{6}}))? -->")
_QUICK: Final = re.compile(r"^([ \t]*)/", re.MULTILINE)
"""A forge may run what begins so, with the rights of whoever saves the text."""

_TELLING: Final = 2
"""Lines of ours, at least, that are told from a person's without any mark."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text that is the bot's: ``text`` stands between its marks."""

    name: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The block as it is written, marks included; empty lines part them from what Markdown would join."""
        inner = ["", *self.text.strip("\n").split("\n"), ""] if self.text.strip() else []
        seal = _seal(inner)
        return [f"{MARK}{self.name} {seal} -->", *inner, f"{MARK}/{self.name} {seal} -->"]


Part = Block | str
"""A block, or what people write: the first text of theirs is the team's template."""


class _Mark(NamedTuple):
    """One of the two hidden lines of a block, at line ``at``."""

    at: int
    begins: bool
    name: str
    seal: str


class _Place(NamedTuple):
    """Where a block stands: from line ``begin`` to before line ``end``. ``sound``: nobody wrote into it."""

    begin: int
    end: int
    sound: bool = True


class _Segment(NamedTuple):
    """Lines that follow each other, of the block ``name``; of people without one."""

    name: str
    lines: list[str]


def together(parts: Iterable[Part]) -> str:
    """Write a text for the first time."""
    return "\n\n".join("\n".join(one.lines) if isinstance(one, Block) else one.strip("\n") for one in parts)


def people_words(text: str) -> str:
    """Return what stands outside the blocks, whatever their names are."""
    lines = text.split("\n")
    marks = _marks(lines)
    taken = {at for place in _pairs(lines, marks).values() for at in range(place.begin, place.end)}
    return "\n".join(line for at, line in enumerate(lines) if at not in taken)


def names_in(text: str) -> frozenset[str]:
    """Return the names of the blocks in a text."""
    return frozenset(mark.name for mark in _marks(text.split("\n")))


def merged(text: str, parts: Sequence[Part]) -> str:
    """
    Return ``text`` with its blocks brought up to date, each exactly once; every other line stays as it is.

    A block that is not there is put where ``parts`` have it: below the line that comes before it there, or else
    below the block before it.
    """
    lines = text.split("\n")
    blocks = {one.name: one for one in parts if isinstance(one, Block)}
    segments: list[_Segment] = []
    done = 0
    places = _places(lines, blocks)
    for name, place in sorted(places.items(), key=lambda item: item[1].begin):
        segments += [_Segment("", lines[done : place.begin]), _Segment(name, blocks[name].lines)]
        if not place.sound:
            segments.append(_Segment("", _rescued(lines[place.begin : place.end], blocks[name])))
        done = place.end
    segments.append(_Segment("", lines[done:]))
    for at, one in enumerate(parts):
        if isinstance(one, Block) and one.name not in places:
            _put(segments, one, parts, at)
    return "\n".join(line for segment in segments for line in segment.lines)


def quieted(text: str) -> str:
    """Return a text so that no line of it acts when we save it; people read the same."""
    return _QUICK.sub("\\1\u200b/", text)


def restored(text: str, versions: Sequence[tuple[str, bool | None]]) -> str:
    """
    Return ``text`` with what people wrote between a read of ours and the write that followed it.

    ``versions`` are those of the text, the oldest first, and whether each is ours; ``None`` where nobody knows. A
    line counts as lost that a person added, and that neither our next version has nor any after it.
    """
    lines = text.split("\n")
    ours: set[str] = set()
    for at, ((theirs, by_us), (_, next_by_us)) in enumerate(pairwise(versions)):
        if by_us is not False:
            ours |= {_bare(line) for line in theirs.split("\n")}
        elif next_by_us:
            later = [body for body, _ in versions[at + 1 :]]
            kept = {_bare(line) for body in (*later, text) for line in body.split("\n")}
            lines = _with_added(lines, theirs.split("\n"), ours | kept)
    return "\n".join(lines)


def _with_added(lines: list[str], theirs: Sequence[str], known: set[str]) -> list[str]:
    """Put the lines of ``theirs`` that are not known below the one that they stood below."""
    above: list[str] = []
    for line in theirs:
        bare = _bare(line)
        if bare and bare not in known and not _MARK.fullmatch(line.strip()):
            lines = _below(lines, above, line)
        above += [bare] if bare else []
    return lines


def _below(lines: list[str], above: Sequence[str], line: str) -> list[str]:
    """Put a line below the nearest of those ``above`` it that still stands outside the blocks; else at the end."""
    pairs = _pairs(lines, _marks(lines)).values()
    inside = {at for place in pairs for at in range(place.begin, place.end - 1)}
    last = {_bare(one): at for at, one in enumerate(lines) if at not in inside}
    at = next((last[bare] + 1 for bare in reversed(above) if bare in last), len(lines))
    return [*lines[:at], *([""] if at and _MARK.fullmatch(lines[at - 1].strip()) else []), line, *lines[at:]]


def _bare(line: str) -> str:
    """Return what a line says: saving may change its spaces, and a mark's digest is no word."""
    bare = line.replace("\u200b", "").strip()
    found = _MARK.fullmatch(bare)
    return f"{found['ends']}{found['name']}" if found else bare


def _marks(lines: Sequence[str], names: Iterable[str] | None = None) -> list[_Mark]:
    found = ((at, _MARK.fullmatch(line.strip())) for at, line in enumerate(lines) if "<!--" in line)
    known = None if names is None else set(names)
    return [
        _Mark(at, not mark["ends"], mark["name"], mark["seal"] or "")
        for at, mark in found
        if mark and (known is None or mark["name"] in known)
    ]


def _pairs(lines: Sequence[str], marks: Sequence[_Mark]) -> dict[str, _Place]:
    """Return the blocks that have both marks. Of several of one name the first that is sound counts."""
    found: dict[str, _Place] = {}
    for one, two in pairwise(marks):
        if one.begins and not two.begins and one.name == two.name:
            sound = _seal(lines[one.at + 1 : two.at]) == one.seal == two.seal
            place = _Place(one.at, two.at + 1, sound)
            if one.name not in found or (sound and not found[one.name].sound):
                found[one.name] = place
    return found


def _places(lines: Sequence[str], blocks: Mapping[str, Block]) -> dict[str, _Place]:
    """Return where each block stands: between its marks, beside the one that is left, or without any."""
    marks = _marks(lines, blocks)
    found = _pairs(lines, marks)
    for mark in marks:
        if mark.name not in found:
            found[mark.name] = _beside(lines, mark, blocks[mark.name], _free(lines, found))
    for name, block in blocks.items():
        if name not in found and (place := _unmarked(lines, block, _free(lines, found))):
            found[name] = place
    return found


def _free(lines: Sequence[str], found: Mapping[str, _Place]) -> list[int]:
    taken = {at for place in found.values() for at in range(place.begin, place.end)}
    return [at for at in range(len(lines)) if at not in taken]


def _beside(lines: Sequence[str], mark: _Mark, block: Block, free: Sequence[int]) -> _Place:
    """
    Find the other end of a block that has one mark left: as far as its digest goes.

    Somebody may have written there as well: then as far as what stands there is what we are about to write.
    """
    allowed, step = set(free), 1 if mark.begins else -1
    reach: list[int] = []
    at = mark.at + step
    while at in allowed:
        reach.append(at)
        at += step
    total, edge = 0, None
    for count, at in enumerate(reach, start=1):
        total += _worth(lines[at])
        if f"{total % 2**24:06x}" == mark.seal:
            edge = count
            break
    if edge is None:
        wanted = {_bare(line) for line in block.lines}
        edge = next((n for n, at in enumerate(reach) if _bare(lines[at]) not in wanted), len(reach))
    ends = (mark.at, *reach[:edge])
    return _Place(min(ends), max(ends) + 1)


def _unmarked(lines: Sequence[str], block: Block, free: Sequence[int]) -> _Place | None:
    """Find a block that lost both marks: what stands there is what we are about to write, line by line."""
    wanted = [_bare(line) for line in block.text.split("\n") if line.strip()]
    if len(wanted) < _TELLING:
        return None
    said = [(at, bare) for at in free if (bare := _bare(lines[at]))]
    for first in range(len(said) - len(wanted) + 1):
        run = said[first : first + len(wanted)]
        if [bare for _, bare in run] == wanted:
            return _Place(run[0][0], run[-1][0] + 1)
    return None


def _rescued(lines: Sequence[str], block: Block) -> list[str]:
    """Return the lines that somebody wrote into the block, or changed there."""
    left = Counter(_bare(line) for line in block.lines)
    found: list[str] = []
    for line in lines[1:-1]:
        bare = _bare(line)
        if left[bare] > 0:
            left[bare] -= 1
        elif bare:
            found.append(line)
    return ["", *found] if found else []


def _put(segments: list[_Segment], block: Block, parts: Sequence[Part], at: int) -> None:
    """Put a block that is not there at its place in ``parts``."""
    names = [one.name if isinstance(one, Block) else "" for one in parts]
    before = [n for n, one in enumerate(segments) if one.name and one.name in names[:at]]
    begin = before[-1] + 1 if before else 0
    behind = [n for n, one in enumerate(segments) if n >= begin and one.name and one.name in names[at + 1 :]]
    end = behind[0] if behind else len(segments)
    above = parts[at - 1] if at else ""
    heading = _bare(above.strip().rpartition("\n")[2]) if isinstance(above, str) else ""
    for n in range(begin, end):
        lines = segments[n].lines
        for line in range(len(lines) if heading else 0):
            if _bare(lines[line]) == heading:
                parted = _Segment("", lines[: line + 1]), _Segment("", lines[line + 1 :])
                segments[n : n + 1] = [parted[0], *_apart(block), parted[1]]
                return
    segments[begin:begin] = _apart(block)


def _apart(block: Block) -> list[_Segment]:
    return [_Segment("", [""]), _Segment(block.name, block.lines), _Segment("", [""])]


def _seal(lines: Iterable[str]) -> str:
    """Return a digest that can be taken from either end. It keeps secret nothing, and proves no author."""
    return f"{sum(map(_worth, lines)) % 2**24:06x}"


def _worth(line: str) -> int:
    bare = line.strip()
    return int.from_bytes(hashlib.sha256(bare.encode(errors="surrogatepass")).digest()[:4]) if bare else 0
