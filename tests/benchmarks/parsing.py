"""
Parsing: finding commands in comments

Commands are found by a Markdown parser, and most comments never reach it: a plain ``in`` test tells that there
is nothing to be found. What is found is compared with what a full Markdown reading shows.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from markdown_it import MarkdownIt

from tests.benchmarks.heavy import SHAPES
from tests.benchmarks.report import Cell, progress, seconds, table
from tests.benchmarks.threads import ALICE, BOT, bodies, thread, traps
from tests.rendering.gfm import words_of
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.fold.authorization import Authorizer
from tracker_bridge.domain.fold.fold import all_calls, fold
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue import invocations
from tracker_bridge.domain.issue.invocations import find_calls
from tracker_bridge.domain.issue.issue import Access

COMMENTS = 10_000
SAMPLE = 1_000
"""Comments that the slow ways are timed with."""

TRAPS = 3_000
LONG = 100_000
THREAD = 2_400

Finder = Callable[[str], list[str]]

_RULES = Rules()
_GRAMMAR = COMMANDS.grammar(_RULES.command_prefixes, BOT.login)
_FULL = MarkdownIt("commonmark").enable("table").disable("lheading")  # people write "---" under a command
_BLOCKS = MarkdownIt("commonmark").enable("table").disable(["lheading", "inline"])
_SHOWN = re.compile(r"(?:/incident|/inc|@incident-bot)(?:\s|$)", re.IGNORECASE)
_MARK = re.compile(r"mark[0-9]+x")


def found(text: str) -> list[str]:
    """Return the commands that the product finds, as lines."""
    return [call.line for call in find_calls(text, _GRAMMAR) if not call.unread]


def found_anew(text: str) -> object:
    """The same; what was read before is read once more."""
    return invocations._read(text, _GRAMMAR) if _GRAMMAR.may_be_in(text) else ()


@cache
def shown(text: str) -> Sequence[str]:
    """Return the lines that begin with the word at column 0 and that a reader sees, as anything but code."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    marked = {n: f"mark{n}x" for n, line in enumerate(lines) if _SHOWN.match(line)}
    html = _FULL.render("\n".join(f"{line} {marked[n]}" if n in marked else line for n, line in enumerate(lines)))
    seen = words_of(html, _MARK).text
    return [lines[n].rstrip() for n, mark in marked.items() if mark in seen]


def searched(text: str) -> list[str]:
    """Return what a search for lines that begin with the word would take for commands."""
    return [line for line in text.splitlines() if _SHOWN.match(line)]


def differences(finder: Finder, texts: Sequence[str]) -> int:
    """Count the comments in which other commands are found than a full Markdown reading shows."""
    return sum(_differ(finder, text) for text in texts)


def _differ(finder: Finder, text: str) -> bool:
    return [line.rstrip() for line in finder(text)] != list(shown(text))


def main() -> None:
    progress(f"{COMMENTS:,} comments")
    texts = bodies(COMMENTS)
    _parse_costs(texts)
    progress("long comments")
    _length_costs()
    progress("comparing with a full Markdown reading")
    _correctness({"as people write": texts, "made to mislead": traps(TRAPS)})
    progress(f"folding {THREAD:,} comments")
    _fold_costs(bodies(THREAD))


def _length_costs() -> None:
    """What costs four times as much as a quarter of it is linear; GitLab takes a million characters."""
    rows = []
    for shape, made in SHAPES.items():
        whole, quarter = made(LONG), made(LONG // 4)
        times = seconds({"whole": _each(found, [whole]), "quarter": _each(found, [quarter])}, rounds=1)
        rows.append((shape, 1e3 * times["whole"], times["whole"] / times["quarter"]))
    table(f"A comment of {LONG:,} characters, of one kind of line", ("kind", "ms", "× a quarter"), rows)


def _correctness(threads: Mapping[str, Sequence[str]]) -> None:
    rows: list[Sequence[Cell]] = []
    for what, texts in threads.items():
        wrong = (differences(finder, texts) for finder in (found, searched))
        rows.append((what, len(texts), sum(len(found(text)) for text in texts), *wrong))
    columns = ("comments", "number", "commands found", "wrong comments", "wrong with a plain line search")
    table("Against a full markdown-it reading", columns, rows)


def _parse_costs(texts: Sequence[str]) -> None:
    without = [text for text in texts if "/inc" not in text]
    holding = [text for text in texts if "/inc" in text]
    sample = texts[:: len(texts) // SAMPLE]
    cases: Mapping[str, tuple[Callable[[str], object], Sequence[str]]] = {
        "ours, comments without the word": (found_anew, without),
        "ours, comments with it": (found_anew, holding),
        "ours, all comments": (found_anew, texts),
        "markdown-it, block rules only": (_BLOCKS.parse, sample),
        "markdown-it, whole": (_FULL.parse, sample),
    }
    times = seconds({what: _each(*case) for what, case in cases.items()})
    each = {what: times[what] / len(parsed) for what, (_, parsed) in cases.items()}
    rows = [
        (what, len(parsed), 1e6 * each[what], each[what] / each["markdown-it, whole"])
        for what, (_, parsed) in cases.items()
    ]
    size = sum(map(len, texts)) // len(texts)
    title = (
        f"Processor time per comment ({size} characters on average, {len(holding) / len(texts):.1%} hold the word)"
    )
    table(title, ("what is parsed", "comments", "µs each", "× whole"), rows)


def _each(parse: Callable[[str], object], texts: Sequence[str]) -> Callable[[], object]:
    return lambda: [parse(text) for text in texts]


def _fold_costs(texts: list[str]) -> None:
    issue = thread(texts)
    authorizer = Authorizer(access={ALICE.id: Access.WRITE})
    entries = len(fold(issue, COMMANDS, authorizer, _RULES).incident.timeline)
    times = seconds(
        {
            "parsing alone": lambda: all_calls(issue, _GRAMMAR, Authorizer(), _RULES),
            "the whole fold, parsing included": lambda: fold(issue, COMMANDS, authorizer, _RULES),
        }
    )
    rows = [(what, 1e3 * time, time / times["parsing alone"]) for what, time in times.items()]
    table(f"A cold fold of {THREAD:,} comments, {entries} events", ("what", "ms", "× parsing"), rows)
