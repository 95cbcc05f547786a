"""Where nothing is remembered, since there is no incident, each host explains the same of what was edited in."""

from itertools import product

import pytest

from tests.contract.forges import FORGES, Forge
from tests.examples import in_turn
from tests.stories.story import Story

LINES = (
    "`/incident note in code`",
    "    /incident note x",
    "/incidnet declare",
    "> /incident note quoted",
    "- /incident note a\n- /incident note b",
    "**/incident declare**",
)


@pytest.mark.parametrize(
    ("forge", "edit"), in_turn(FORGES, product(LINES, ("bob", "alice", "rita", "tess"))), indirect=["forge"]
)
def test_who_edited_is_not_asked_where_the_line_is_not_run(forge: Forge, edit: tuple[str, str]) -> None:
    line, editor = edit
    story = Story(forge)
    story.open("rita", "How does one pay?")
    note = story.say("bob", "With a card.")
    story.edit(note, editor, line)
    [text] = [story.text(key) for key in story.keys]
    assert "was not run: " in text
    assert "unclear who wrote" not in text
    assert story.plans() == ()
