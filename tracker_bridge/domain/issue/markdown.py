"""
Which lines of a comment nobody reads as lines: those in code and in HTML comments.

markdown-it-py decides what a block is: a scanner of our own would be wrong where Markdown is subtle. Whether a
line stands below a quote, a list or a table does not matter here: who typed it at column 0 meant it.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock, html_block
from markdown_it.token import Token
from markdown_it.utils import EnvType

_CODE_INDENT: Final = 4
_QUOTE_FENCE: Final = re.compile(r">>>+[ \t]*")
_SIGN: Final = re.compile(r"\\.|(?P<ticks>`+)|<(?=[\w.+/!?-])", re.DOTALL)
"""What code, a tag, an address or something unseen may begin with; no other ``<`` begins anything."""

_TICKS: Final = re.compile(r"`+")
_AUTOLINK: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\x00-\x20]*>|<[\w.+-]+@[\w.-]+>")
_TAG: Final = re.compile(
    r"<[A-Za-z][A-Za-z0-9-]*"
    r"(?:[ \t\n]+[A-Za-z_:][\w.:-]*(?:[ \t\n]*=[ \t\n]*(?:[^ \t\n\"'=<>`]+|'[^']*'|\"[^\"]*\"))?)*"
    r"[ \t\n]*/?>|</[A-Za-z][A-Za-z0-9-]*[ \t\n]*>",
    re.ASCII,
)
_UNSHOWN: Final = {"<!--": "-->", "<?": "?>", "<![CDATA[": "]]>"}
"""What begins something that no reader sees, and what ends it."""

_HIDING: Final = re.compile(r"\s*<(?:!|\?|(?:script|pre|style|textarea)(?=[\s>]|$))", re.IGNORECASE)
"""How a block of HTML begins of which the lines are code, or not shown at all (CommonMark 4.6, kinds 1 to 5)."""

_CODE_IN_HTML: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<tag>pre|code|script|style|textarea)\b[^<>]*>.*?(?:</(?P=tag)|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_PLAIN: Final = re.compile(
    r"(?!\t| {4}| {0,3}(?:[-+*_~>#|:=\t]|[0-9]+[.)]))"
    r"(?:[^`<\r]*|[^`<\r\\]*(?:`[^`<\r]+`[^`<\r\\]*)+)"
)
"""A line of words, and of code that ends where it began: nothing begins here that the next line could be in."""

_FENCE: Final = re.compile(r" {0,3}(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
_FENCE_END: Final = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})[ \t]*")


@dataclass(frozen=True, slots=True)
class Layout:
    """
    ``covered`` are the lines that begin in code, in an HTML comment, or in a quote between two ``>>>``.

    ``unclosed`` are those of them in a block that goes on to the end of the text because nobody closed it.
    ``plain`` are the lines of paragraphs that stand in nothing else; a line that goes on with a quote, and has no
    sign of it, is one as well.
    """

    covered: frozenset[int]
    unclosed: frozenset[int]
    plain: frozenset[int]


BARE: Final = Layout(frozenset(), frozenset(), frozenset())
"""Nothing covers anything."""


def layout_of(lines: Sequence[str], typed: Container[int] = ()) -> Layout:
    """Read a text as a Markdown reader does. ``typed`` lines begin a command, where nothing covers them."""
    if all(map(_PLAIN.fullmatch, lines)):  # as most comments are; it takes a tenth of the time
        said = (n for n, line in enumerate(lines) if line.strip(" ") and not _is_quoted(line))
        return Layout(frozenset(), frozenset(), frozenset(said))
    return _parsed(lines, typed)


def _parsed(lines: Sequence[str], typed: Container[int]) -> Layout:
    covered: set[int] = set()
    unclosed: set[int] = set()
    plain: set[int] = set()
    lists = 0
    for token in _BLOCKS.parse("\n".join(lines), {"typed": typed}):
        lists += token.nesting if token.type.startswith("list_item") else 0
        if token.map is None:
            continue
        first, end = token.map
        match token.type:
            case "fence" | "code_block" | "quote_fence":
                covered.update(range(first, end))
            case "html_block":
                covered.update(first + n for n in _in_html(token))
            case "inline":
                covered.update(first + n for n in _begins_inside(token.content, _inline_spans(token.content)))
                plain.update(n for n in range(first, end) if not lists and not _is_quoted(lines[n]))
        if token.level == 0 and _is_left_open(token, lines[end - 1 : end]):
            unclosed.update(range(first + 1, end))
    return Layout(frozenset(covered), frozenset(unclosed), frozenset(plain))


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _is_left_open(token: Token, last: Sequence[str]) -> bool:
    """Whether a block of code, or one that is not shown, lacks the line that closes it."""
    if token.type == "fence":
        return not any(line.strip().startswith(token.markup) for line in last) or not token.content
    return token.type == "html_block" and token.content.lstrip().startswith("<!--") and "-->" not in token.content


def _in_html(token: Token) -> Iterator[int]:
    if _HIDING.match(token.content):
        yield from range(1, token.content.rstrip("\n").count("\n") + 1)
    else:
        spans = (found.span() for found in _CODE_IN_HTML.finditer(token.content))
        yield from _begins_inside(token.content, spans)


def _begins_inside(text: str, spans: Iterator[tuple[int, int]]) -> Iterator[int]:
    """Yield the numbers of the lines of ``text`` that begin inside one of ``spans``, which are in order."""
    line = at = 0
    for start, end in spans:
        line += text.count("\n", at, start)
        inside = text.count("\n", start, end)
        yield from range(line + 1, line + inside + 1)
        line, at = line + inside, end


def _inline_spans(text: str) -> Iterator[tuple[int, int]]:
    """
    Yield where code spans and what no reader sees begin and end, in order (CommonMark 6.1, 6.5, 6.6).

    Every sign is looked at once, and what was not found further on is not searched for again: pasted logs are
    long, and full of signs.
    """
    ticks = _Ticks(text)
    unclosed: set[str] = set()
    at = 0
    while found := _SIGN.search(text, at):
        at = found.end()
        if found["ticks"]:
            end = ticks.closing(at, len(found["ticks"]))
        elif found[0] == "<":
            end = _unshown(text, found.start(), unclosed)
            skipped = None if end else _TAG.match(text, found.start()) or _AUTOLINK.match(text, found.start())
            at = skipped.end() if skipped else at
        else:
            continue
        if end:
            yield found.start(), end
            at = end


class _Ticks:
    """The runs of back-ticks in a text; asked for ever later places."""

    def __init__(self, text: str) -> None:
        self._runs: dict[int, list[int]] = {}
        for run in reversed(list(_TICKS.finditer(text))):
            self._runs.setdefault(run.end() - run.start(), []).append(run.end())

    def closing(self, after: int, length: int) -> int:
        """Return where the next run of exactly so many ends, 0 when there is none."""
        ends = self._runs.get(length, [])
        while ends and ends[-1] - length < after:
            ends.pop()
        return ends[-1] if ends else 0


def _unshown(text: str, at: int, unclosed: set[str]) -> int:
    """Return where something begins at ``at`` that nobody is shown, and ends; 0 when it does not."""
    for opening, closing in _UNSHOWN.items():
        if opening not in unclosed and text.startswith(opening, at):
            end = text.find(closing, at + len(opening))
            if end >= 0:
                return end + len(closing)
            unclosed.add(opening)
    return 0


def _quote_fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """``>>>`` alone on a line opens a quote on GitLab, up to the next such line; elsewhere nobody writes it."""
    opening = state.src[state.bMarks[start] : state.eMarks[start]]
    if not _QUOTE_FENCE.fullmatch(opening):
        return False
    closing = range(start + 1, end)
    stop = next((n for n in closing if _line(state, n).rstrip() == opening.rstrip()), None)
    if stop is None:  # an ordinary quote, then: what stands below is not swallowed
        return False
    if not silent:
        state.push("quote_fence", "", 0).map = [start, stop + 1]
        state.line = stop + 1
    return True


def _told(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """
    Where a command stands with a fenced quote below, a quote above it ends: that one is its message.

    Otherwise the first ``>>>`` would be one more line of the quote above, and its last would open another.
    """
    below = state.skipEmptyLines(start + 1)
    return (
        silent
        and start in state.env["typed"]
        and below < end
        and _QUOTE_FENCE.fullmatch(_line(state, below)) is not None
    )


def _html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """
    Markdown's block of HTML, which goes on to the next blank line; here it ends where code or a quote is fenced.

    People who leave out the blank line between ``</details>`` and a fence mean a fence all the same.
    """
    if not html_block(state, start, end, silent):
        return False
    if silent or state.level or _HIDING.match(state.tokens[-1].content):
        return True
    if "fences" not in state.env:
        state.env["fences"] = _Fences(state.src)
    stop = next((n for n in range(start + 1, state.line) if state.env["fences"].opens(n)), None)
    if stop is not None:
        token = state.tokens[-1]
        token.map, state.line = [start, stop], stop
        token.content = state.getLines(start, stop, state.blkIndent, True)
    return True


class _Fences:
    """The lines of a text, of which some begin a fence that is closed further down."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._last: dict[str, int] = {}
        for number, line in enumerate(self._lines):
            if ends := _FENCE_END.fullmatch(line):
                sign, length = ends["fence"][0], len(ends["fence"])
                self._last.update(dict.fromkeys((sign * n for n in range(3, min(length, 20) + 1)), number))
            elif _QUOTE_FENCE.fullmatch(line):
                self._last[line.rstrip()] = number

    def opens(self, number: int) -> bool:
        """Whether the line opens one."""
        line = self._lines[number]
        found = _FENCE.match(line)
        sign = found["fence"] if found else line.rstrip()
        return self._last.get(sign, 0) > number and (found is not None or sign.startswith(">>>"))


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] : state.eMarks[number]]


class _State(StateBlock):
    """Knows how far a line is indented that goes on with a quote, also in a quote within one."""

    def is_code_block(self, line: int) -> bool:
        """The parser marks such a line by an indentation below zero: no fence begins there if it was four."""
        if self.sCount[line] >= 0:
            return super().is_code_block(line)
        text = _line(self, line).expandtabs(4)
        return len(text) - len(text.lstrip(" ")) >= _CODE_INDENT


class _Blocks(ParserBlock):
    def parse(self, src: str, md: MarkdownIt, env: EnvType, outTokens: list[Token]) -> list[Token]:  # noqa: N803
        state = _State(src, md, env, outTokens)
        self.tokenize(state, state.line, state.lineMax)
        return state.tokens


# Underlined headings are left out: people write "---" under a command.
_BLOCKS: Final = MarkdownIt("commonmark")
_BLOCKS.block = _Blocks()
_BLOCKS.configure("commonmark").enable("table").disable(["inline", "lheading", "reference"])
_BLOCKS.block.ruler.before("blockquote", "quote_fence", _quote_fence, {"alt": ["paragraph", "blockquote", "list"]})
_BLOCKS.block.ruler.at("html_block", _html, {"alt": ["paragraph", "reference", "blockquote"]})
_BLOCKS.block.ruler.before("blockquote", "told", _told, {"alt": ["blockquote"]})
