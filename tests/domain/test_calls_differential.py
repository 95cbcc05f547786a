"""A line at column 0 is a command but where GitHub's own Markdown parser shows it as code, or not at all."""

import re

import cmarkgfm
from cmarkgfm.cmark import Options
from hypothesis import example, given
from hypothesis import strategies as st

from tests.examples import examples
from tests.rendering.gfm import Shown, words_of
from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.invocations import find_calls

PREFIXES = [
    "",
    "",
    "",
    "",
    "> ",
    ">",
    "- ",
    "  ",
    "    ",
    "\t",
    "1. ",
    "* ",
    "+ ",
    "# ",
    "| ",
    "\u00a0",
    ">> ",
    "   ",
]
# Left out: comments that hold "--" or begin with ">", which Markdown's versions see differently; a fence in a
# block of HTML, which is no code for Markdown, and is for whoever writes it; a link's name that takes the fence
# below for its address; and a link's title of several lines, which nobody writes around a command.
LINES = [
    *["", "", "", "words", "two words", "`code`", "a `code", "`", "``", "```", "````", "~~~", "``` sh", "\u00a0"],
    *["<!--", "-->", "text <!-- text", "text --> text", "<!-- closed -->"],
    *["[a]: https://forge.test", "'title'", "[a](b \"", "[a](", ")", "![", "](c)", "[", "]"],
    *["# heading", "***", "- - -", "- item", "1. item", "2) item", "> quote", "> > quote", "> ```", "> - item"],
    *["| a | b |", "|---|---|", "--- | ---", "| c |", "*", "*a", "a*", "**", "_", "\\", "\\`", "&lt;"],
    *["<https://forge.test", "<a@b", "<x", "/>", "\x0b", "\x0c", "- ```", "  ```", "   ```", "    ```"],
]  # fmt: skip
IN_HTML = ["", "", "<div>", "</div>", "<details>", "</details>", "words", "- item", "<!-- a -->", "<pre>a</pre>"]
TOKEN = re.compile(r"T[0-9]+N")
GRAMMAR = Grammar(("/incident",), "incident-bot")


def _line(number: int, prefix: str, line: str | None) -> str:
    if line is None:
        return f"{prefix}/incident note T{number}N"
    # A quote or a list ends a comment that has no end; its HTML does not. What follows an item without a word is
    # read in different ways; a command below a fence in one is explained.
    empty = not line.strip() and prefix in ("- ", "* ", "+ ", "1. ")
    return line if "<!--" in line or empty else prefix + line


def documents(lines: list[str], prefixes: list[str]) -> st.SearchStrategy[str]:
    """Draw lines that together may be anything, among them commands, each with a word of its own."""
    drawn = st.sampled_from(lines) | st.none() | st.none()
    numbered = st.lists(st.tuples(st.sampled_from(prefixes), drawn), max_size=12).map(enumerate)
    return numbered.map(lambda rows: "\n".join(_line(number, prefix, line) for number, (prefix, line) in rows))


def found(body: str) -> set[str]:
    return {call.text for call in find_calls(body, GRAMMAR) if not call.unread}


def typed(body: str) -> set[str]:
    """Return the words of the commands that stand at column 0."""
    return {TOKEN.findall(line)[0] for line in body.split("\n") if line.startswith("/incident")}


def shown(body: str) -> Shown:
    return words_of(cmarkgfm.github_flavored_markdown_to_html(body, Options.CMARK_OPT_UNSAFE), TOKEN)


@examples(400)
@given(documents(LINES, PREFIXES))
@example("  1. item\n    ```\n/incident note T2N")
@example("> > quote\n    ```\n/incident note T2N")
@example(">> /incident note T0N\n    ```\n/incident note T2N\n    ```")
@example("- [a]: https://forge.test\n/incident note T1N\n  ```\n/incident note T3N")
@example("[b]: https://forge.test\n/incident note T1N")
@example("[b]:\n/incident note T1N")
@example("![\n/incident note T1N\n](c)")
@example(">> a `code\n/incident note T1N\n    ```\n`code`")
def test_a_command_is_found_unless_github_shows_it_as_code_or_not_at_all(body: str) -> None:
    assert found(body) == typed(body) & shown(body).text


@examples(100)
@given(documents(IN_HTML, [""]))
def test_so_it_is_among_tags(body: str) -> None:
    reader = shown(body)
    assert found(body) <= typed(body)
    assert not found(body) & (reader.code - reader.text)
