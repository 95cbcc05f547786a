"""A comment as it is being written: blocks, and what their author meant by them."""

from dataclasses import dataclass
from enum import StrEnum

from hypothesis.vendor.pretty import RepresentationPrinter


class Place(StrEnum):
    """What is to become of a line that looks like a command, by where it stands."""

    RUN = "run"
    EXPLAINED = "explained"
    NOWHERE = "nowhere"  # in code, in a quote, in what nobody sees: it is nobody's command


@dataclass(frozen=True)
class Meant:
    """
    A command that was written. ``text`` and ``message`` are the words of its own that belong to it.

    ``whole``: the message is all that stands below.
    """

    verb: str
    place: Place
    text: frozenset[str] = frozenset()
    message: frozenset[str] = frozenset()
    whole: bool = False


class Below(StrEnum):
    """What would belong to a block if it stood right below it."""

    NOTHING = "nothing"
    PARAGRAPH = "paragraph"  # the lines of a paragraph
    QUOTE = "quote"  # a quote, also after a gap
    ALL = "all"  # everything, up to a command or the end


@dataclass(frozen=True)
class Block:
    """
    Lines that stand together; ``kind`` is what Markdown makes of them. ``alone``: a blank line has to be above.

    ``free``: it belongs to no command, and whoever changes it changes none.
    """

    kind: str
    lines: tuple[str, ...]
    meant: tuple[Meant, ...] = ()
    below: Below = Below.NOTHING
    alone: bool = False
    free: bool = True


@dataclass(frozen=True)
class Draft:
    """Blocks, each with whether a blank line stands above it."""

    blocks: tuple[tuple[bool, Block], ...] = ()

    def _repr_pretty_(self, printer: RepresentationPrinter, _: bool) -> None:
        """Print what was sent, for a failing example."""
        printer.text(f"a draft of {self.body!r}, meaning {self.meant}")

    @property
    def body(self) -> str:
        """The comment as it is sent."""
        lines: list[str] = []
        for gap, block in self.blocks:
            lines += ["", *block.lines] if gap and lines else block.lines
        return "\n".join(lines)

    @property
    def meant(self) -> list[Meant]:
        """The commands in it that somebody is to hear of, in order."""
        return [one for _, block in self.blocks for one in block.meant if one.place is not Place.NOWHERE]

    @property
    def run(self) -> list[Meant]:
        """Those that are run."""
        return [one for one in self.meant if one.place is Place.RUN]

    def may_stand_below(self, block: Block) -> bool:
        """Whether the block can be added and mean the same as alone."""
        below = self.blocks[-1][1].below if self.blocks else Below.NOTHING
        if block.kind in ("command", "end"):
            return True
        if block.kind == "indented" and self._in_list:
            return False
        return below is not Below.ALL and (below is not Below.QUOTE or block.kind not in ("quote", "fence quote"))

    @property
    def _in_list(self) -> bool:
        """Whether an indented line below is in a list: what stands directly below one goes on with it."""
        for gap, block in reversed(self.blocks):
            if block.kind == "list" or block.below is Below.ALL:
                return True
            if gap:
                return False
        return False

    def needs_gap(self, block: Block) -> bool:
        """Whether it takes a blank line above to mean the same as alone."""
        below = self.blocks[-1][1].below if self.blocks else Below.NOTHING
        return block.alone or (block.kind in ("paragraph", "end") and below in (Below.PARAGRAPH, Below.QUOTE))

    def having(self, block: Block, *, gap: bool) -> "Draft":
        """Return a copy with one more block."""
        return Draft((*self.blocks, (gap or self.needs_gap(block), block)))
