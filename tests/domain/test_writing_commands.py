"""The examples of docs/writing-commands.md are heard as the page says."""

import re
from pathlib import Path

import pytest

from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.issue.invocations import MAX_CALLS, MAX_CHARACTERS, Found, find_calls

PAGE = Path(__file__).parents[2].joinpath("docs/writing-commands.md").read_text("utf-8")
EXAMPLES = re.findall(r"^(`{3,})markdown\n(.*?)^\1\n\n```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
GRAMMAR = COMMANDS.grammar(("/incident", "/inc"), "incident-bot")


def heard(found: Found) -> str:
    said = f"{found.verb} {' '.join(found.text.split())}".strip() + "\n"
    message = "".join(f"| {line}".rstrip() + "\n" for line in found.below.split("\n")) if found.below else ""
    return f"{'explained: ' if found.unread else ''}{said}{message}"


@pytest.mark.parametrize(("comment", "expected"), [(comment, text) for _, comment, text in EXAMPLES])
def test_an_example_is_heard_as_the_page_says(comment: str, expected: str) -> None:
    assert "".join(map(heard, find_calls(comment, GRAMMAR))) == expected


def test_every_box_of_the_page_is_such_an_example() -> None:
    assert len(EXAMPLES) == len(re.findall(r"^`{3,}markdown$", PAGE, re.MULTILINE)) > 10


def test_the_limits_are_those_of_the_page() -> None:
    assert f"| {MAX_CALLS};" in PAGE
    assert f"| {MAX_CHARACTERS:,};" in PAGE
