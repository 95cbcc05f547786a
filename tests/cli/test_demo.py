"""The demo plays its story on both forges to the end, and prints what the README says."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tracker_bridge.cli import main
from tracker_bridge.demo.environment import BOARD_TOKEN, open_demo

README = Path(__file__).parents[2] / "README.md"
COMMENTS = re.compile(r"(?m)^ +\d+ comments, .*$")
WEBHOOKS = re.compile(r"(?m)^(\d+) signed webhooks were sent, (\d+) were accepted\.$")


def test_the_story_ends_with_a_summary_on_both_forges() -> None:
    played = CliRunner().invoke(main, ["demo", "--no-serve"])
    assert played.exit_code == 0, played.output
    assert played.output.count("the summary is there") == 2
    assert COMMENTS.findall(played.output) == COMMENTS.findall(README.read_text("utf-8"))
    [messages] = re.findall(r"(?m)^ +\d+ messages of the bot's, .*$", played.output)
    assert messages in README.read_text("utf-8")
    [(sent, accepted)] = WEBHOOKS.findall(played.output)
    [(said, _)] = WEBHOOKS.findall(README.read_text("utf-8"))
    assert sent == accepted
    # What came of two messages is written into the status comment with one edit or with two: as the chat answers.
    assert abs(int(sent) - int(said)) <= 10


def test_its_pages_show_what_customers_were_told_and_what_is_open() -> None:
    with open_demo(0) as place:
        place.clock.run()
        [ticket, _] = [
            place.world.open_ticket(project, place.person("bob"), "Mail is down", labels=["incident"])
            for project in place.projects
        ]
        place.world.comment(ticket, place.person("alice"), "/incident claim comms external")
        place.world.comment(ticket, place.person("alice"), "/incident update external: Mails are late.")
        place.settle()
        web = place.runtime.web().test_client()
        board = web.get("/", headers={"Authorization": f"Bearer {BOARD_TOKEN}"})
        assert board.text.count("Mail is down") == 2
        assert place.runtime.display.keeper is not None
        place.runtime.display.keeper.once()
        assert web.get("/status/").text.count("<h3>Mails are late</h3>") == 1


def test_other_commands_reach_it_while_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_demo(0) as place:
        place.clock.run()
        for project in place.projects:
            ticket = place.world.open_ticket(project, place.person("bob"), "Mail is down", labels=["incident"])
            place.settle()
            ref = f"{project.forge}:{project.path}#{ticket.number}"
            shown = CliRunner().invoke(main, ["show", ref, "--config", str(place.settings)])
            assert shown.exit_code == 0, shown.output
            assert "investigating" in shown.output
            again = CliRunner().invoke(main, ["reconcile", ref, "--config", str(place.settings)])
            assert again.exit_code == 0, again.output
    assert not place.settings.exists()
