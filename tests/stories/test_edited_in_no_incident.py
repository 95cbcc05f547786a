"""Where nothing is remembered, since there is no incident, each host explains the same of what was edited in."""

import pytest

from tests.contract.forges import Forge
from tests.stories.story import Story

LINES = (
    "`/incident note in code`",
    "    /incident note x",
    "/incidnet declare",
    "> /incident note quoted",
    "- /incident note a\n- /incident note b",
    "**/incident declare**",
)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("editor", ["bob", "alice", "rita"])
def test_who_edited_is_not_asked_where_the_line_is_not_run(forge: Forge, editor: str, line: str) -> None:
    story = Story(forge)
    story.open("rita", "How does one pay?")
    note = story.say("bob", "With a card.")
    story.edit(note, editor, line)
    [text] = [story.text(key) for key in story.keys]
    assert "was not run: " in text
    assert "unclear who wrote" not in text
    assert story.plans() == ()
