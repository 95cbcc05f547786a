"""
Which lines of a text a Markdown reader sees at the start of a line of an ordinary paragraph.

markdown-it-py decides that: a scanner of our own would be wrong where Markdown is subtle, and a command run by
mistake is worse than none.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.parser_block import RuleFuncBlockType
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

MAX_PARAGRAPH: Final = 8_000
"""Characters of a paragraph in which lines below an opening sign can be shown: some take very long to read."""

_PROBE: Final = "\ue000"  # a private-use character: marks the spots in question while the inline rules run
_PROBED: Final = re.compile(f"{_PROBE}([0-9]+){_PROBE}")
_INDENTS: Final = ("    ", "\t", " \t", "  \t", "   \t", ">     ", "> \t", ">\t")
_QUOTED: Final = re.compile(r"\s*(?:(?:[-*+]|[0-9]{1,9}[.)])\s+)*>")
_DELIMITERS: Final = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_QUOTE_FENCE: Final = re.compile(r">>>+[ \t]*")


def shown_lines(lines: list[str], asked: Callable[[str], bool]) -> Iterator[int]:
    """Yield the numbers of the lines that are ``asked`` for and stand at column 0 of a top-level paragraph."""
    for token in _BLOCKS.parse("\n".join(lines)):
        if token.type == "inline" and token.level == 1 and token.map is not None:
            first, end = token.map
            end = _before_table(lines, first, end)
            asking = [n for n in range(first, end) if asked(lines[n])]
            if asking and _below_quote(lines, first):
                continue
            if asking and lines[first].lstrip().startswith("["):
                first += _definitions(lines[first:end])
            yield from _uncovered(lines, first, end, [n for n in asking if n >= first])


def _below_quote(lines: list[str], first: int) -> bool:
    """
    Whether a quote goes on, lazily, into the paragraph that begins at ``first``.

    markdown-it ends a quote in a quote at a line that is indented like code; GitHub does not.
    """
    nearest = reversed(lines[max(0, first - 100) : first])
    above = list(itertools.takewhile(lambda line: line.strip(" \t"), nearest))
    return any(line.startswith(_INDENTS) for line in above) and any(_QUOTED.match(line) for line in above)


def _before_table(lines: list[str], first: int, end: int) -> int:
    """
    Return where the paragraph ends for GitHub: before the heading of a table, however far that is indented.

    markdown-it takes a heading that is indented like code for a line of the paragraph, and the table with it.
    """
    for n in range(first + 1, end):
        if "|" in lines[n] and _DELIMITERS.fullmatch(lines[n]) and lines[n - 1].startswith(_INDENTS):
            return n - 1
    return end


def _definitions(paragraph: list[str]) -> int:
    """Return how many lines at the beginning of a paragraph define links, and are not shown."""
    tokens = _DEFINITIONS.parse("\n".join(paragraph))
    return next((token.map[0] for token in tokens if token.type == "inline" and token.map), len(paragraph))


def _uncovered(lines: list[str], first: int, end: int, asking: list[int]) -> list[int]:
    """Leave out what a code span, a link or an HTML comment that began earlier in the paragraph covers."""
    before = "\n".join(lines[first : asking[-1]]) if asking else ""
    if not any(sign in before for sign in "`<["):
        return asking
    if sum(len(line) for line in lines[first:end]) > MAX_PARAGRAPH:
        return [n for n in asking if n == first]
    marks = {n: f"{_PROBE}{n}{_PROBE}" for n in asking if n != first}
    probed = "\n".join(marks.get(n, "") + lines[n].replace(_PROBE, "") for n in range(first, end))
    text = "".join(child.content for token in _INLINE.parseInline(probed) for child in _texts(token))
    shown = {int(number) for number in _PROBED.findall(text)}
    return [n for n in asking if n == first or n in shown]


def _texts(token: Token) -> list[Token]:
    return [child for child in token.children or () if child.type == "text"]


def _quote_fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """``>>>`` alone on a line opens a quote on GitLab, up to the next such line; elsewhere nobody writes it."""
    opening = state.src[state.bMarks[start] : state.eMarks[start]]
    if not _QUOTE_FENCE.fullmatch(opening):
        return False
    if silent:
        return True
    stop = start + 1
    while stop < end and state.src[state.bMarks[stop] : state.eMarks[stop]].rstrip() != opening.rstrip():
        stop += 1
    state.line = min(stop + 1, end)
    return True


def _unless_lazy(rule: RuleFuncBlockType) -> RuleFuncBlockType:
    """
    Let a line that is indented like code, and not far enough for the list's item, go on with its paragraph.

    markdown-it measures its indent from the item that it is not in, and lets it end the paragraph.
    """

    def ends(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        lazy = state.parentType == "paragraph" and 4 <= state.sCount[start] < state.blkIndent
        return not (silent and lazy) and rule(state, start, end, silent)

    return ends


# Underlined headings are left out: people write "---" under a command. Definitions are looked at afterwards:
# markdown-it ends a quote after one, where GitHub goes on with the next line.
_BLOCKS: Final = MarkdownIt("commonmark").enable("table").disable(["inline", "lheading", "reference"])
_BLOCKS.block.ruler.before("blockquote", "quote_fence", _quote_fence, {"alt": ["paragraph", "blockquote", "list"]})
for _rule in _BLOCKS.block.ruler.__rules__:
    if "paragraph" in _rule.alt:
        _BLOCKS.block.ruler.at(_rule.name, _unless_lazy(_rule.fn), {"alt": _rule.alt})
_DEFINITIONS: Final = MarkdownIt("zero").enable("reference").disable("inline")

# The inline rules that can cover a line.
_INLINE: Final = MarkdownIt("zero", {"html": True}).enable(
    ["escape", "backticks", "link", "image", "autolink", "html_inline"]
)
