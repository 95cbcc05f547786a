"""Every line that the pages for people show is understood in the incident that they tell of."""

import re
from copy import copy
from functools import cache
from pathlib import Path

import pytest

from tests.commands.thread import Thread

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [*sorted((DOCS / "roles").glob("*.md")), DOCS / "cheat-sheet.md"]


OF_THE_MOMENT = re.compile(
    "in the future|which comment|is not a timeline entry|no open task|can only be requested by|report results"
    "|is not Tester|still open|no test has failed|what could fix it|what is the question"
)
"""Why a line is refused that is right at another moment, or when another person says it."""


def lines_of(page: Path) -> list[str]:
    text = page.read_text("utf-8").replace("\\|", "|")
    blocks = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    spans = re.findall(r"`(/incident [^`]+)`", text)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()] + spans


@cache
def an_incident() -> Thread:
    thread = Thread("", labels=["incident"])
    for line in (
        "role lead @alice",
        "role tech-lead @bob",
        "role assist @carol",
        "role comms @dana external",
        "task @carol look",
        "task @bob look too",
        "fixed rolled back",
        "role tester @carol",
        "update external: hello",
    ):
        thread.say("alice", f"/incident {line}")
    return thread.settled()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_lines_of_a_page_are_understood(page: Path) -> None:
    found = lines_of(page)
    assert found
    wrong = {}
    for line in found:
        thread = copy(an_incident())
        before = len(thread.mistakes)
        thread.say("alice", line)
        said = [one.refused.reason for one in thread.mistakes[before:]]
        reasons = [one for one in said if not OF_THE_MOMENT.search(one)]
        if reasons:
            wrong[line] = reasons
    assert wrong == {}
