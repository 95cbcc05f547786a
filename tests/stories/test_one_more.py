"""What one more comment costs, when what the forge says of the issue changes with it."""

import pytest

from tests.contract.forges import Forge
from tests.stories.story import Story
from tracker_bridge.domain.fold import execution, talk


def test_only_what_is_new_is_carried_out(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each comment moves the time at which the issue was updated: its opening post is the same for all that."""
    story = Story(forge)
    story.open("bob", "Checkout is down", "/incident declare")
    for number in range(12):
        forge.clock.forward(60)
        story.say("alice", f"/incident note {number}")
    lines: list[str] = []

    def carried_out(*args: object, **named: object) -> object:
        lines.append(args[1].line)  # type: ignore[attr-defined]  # the call
        return execution.carry_out(*args, **named)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(talk, "carry_out", carried_out)
    forge.clock.forward(60)
    story.say("alice", "/incident note one more")

    assert set(lines) == {"/incident note one more"}
