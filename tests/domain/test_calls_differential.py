"""Commands are found where GitHub's own Markdown parser shows them at the start of a line, and nowhere else."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.rendering.gfm import paragraph_lines
from tracker_bridge.domain.calls import find_calls

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
# Left out: tags that may not interrupt a paragraph, and tables of one column without bars. GitHub's parser reads
# both in ways that no person would expect.
LINES = [
    *["", "", "", "words", "two words", "`code`", "a `code", "`", "``", "```", "````", "~~~", "``` sh", "\u00a0"],
    *["<!--", "-->", "text <!-- text", "text --> text", "<!-- closed -->", "<div>", "</div>", "<details>"],
    *["</details>", "text <span", "title='a", "a'>", "<?", "?>", "<![CDATA[", "]]>", "<q b="],
    *["[a]: https://forge.test", "[b]:", "'title'", "[a](b \"", "\")", "[a](", ")", "![", "](c)", "[", "]"],
    *["# heading", "***", "- - -", "- item", "1. item", "2) item", "> quote", "> > quote", "> ```", "> - item"],
    *["| a | b |", "|---|---|", "--- | ---", "| c |", "*", "*a", "a*", "**", "_", "\\", "\\`", "&lt;"],
    *["<https://forge.test", "<a@b", "<!A", "<x", "/>", "\x0b", "\x0c", "- ```", "  ```", "   ```", "    ```"],
]  # fmt: skip
TOKEN = re.compile(r"/incident note T[0-9]+")


PLAIN = ["", "", "", "words", "two words", "`code`", "a * b", "it's", "# heading", "***", "C:\\dir", "a < b"]


def documents(lines: list[str], prefixes: list[str]) -> st.SearchStrategy[str]:
    """Draw lines that together may be anything, among them commands, each with a word of its own."""
    drawn = st.sampled_from(lines) | st.none() | st.none()
    numbered = st.lists(st.tuples(st.sampled_from(prefixes), drawn), max_size=12).map(enumerate)
    return numbered.map(
        lambda rows: "\n".join(
            prefix + (f"/incident note T{number}" if line is None else line) for number, (prefix, line) in rows
        )
    )


def found(body: str) -> list[str]:
    return [call.line for call in find_calls(body, ("/incident",), "incident-bot")]


def shown(body: str) -> list[str]:
    """Return the commands at column 0 that GitHub shows at the start of a line of a top-level paragraph."""
    written = {line.rstrip() for line in body.split("\n") if line.startswith("/")}
    starts = (TOKEN.match(line) for line in paragraph_lines(body))
    return [start[0] for start in starts if start and start[0] in written]


@settings(max_examples=1_000)
@given(documents(LINES, PREFIXES))
@example("  1. item\n    ```\n/incident note T2")
def test_a_command_that_is_found_is_one_that_github_shows_at_the_start_of_a_line(body: str) -> None:
    assert set(found(body)) <= set(shown(body))


@settings(max_examples=300)
@given(documents(PLAIN, ["", "", "", "", "> ", "- ", " "]))
def test_in_plain_text_every_command_that_github_shows_is_found(body: str) -> None:
    assert found(body) == shown(body)
