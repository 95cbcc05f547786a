"""A team refines how it runs its incidents, in its own repository, while one is going on (S115, S118)."""

import re

import pytest

from tests.contract.forges import FORGES, Forge
from tests.examples import in_turn
from tests.stories.story import Story
from tracker_bridge.sandbox.world import raw_file
from tracker_bridge.settings import Settings

RENAMED = """
timezone = "Europe/Berlin"
needed_roles = ["incident-lead"]
command_prefixes = ["/inc"]
severities = [
  { name = "critical", meaning = "nobody can pay", previous_names = ["sev1"] },
  { name = "major", meaning = "some cannot pay", previous_names = ["sev2", "severity::2"] },
  { name = "minor", meaning = "it looks odd", previous_names = ["sev3"] },
]
[labels]
severities = { critical = "P1", major = "P2", minor = "P3" }
"""


class Team(Story):
    """A story in which the project's own settings count; the operator has set nothing."""

    def __init__(self, forge: Forge, **settings: object) -> None:
        super().__init__(forge, settings=Settings.model_validate(settings))
        self.path = f".{forge.name}/tracker-bridge.toml"

    def push(self, text: str | None) -> None:
        """Change the file on the default branch; the bridge reads it again some minutes later."""
        self.forge.project.files.pop(self.path, None)
        if text is not None:
            self.forge.project.files[self.path] = text
        self.forge.clock.forward(6 * 60)


def test_severities_are_renamed_and_the_incident_goes_on_under_the_new_names(forge: Forge) -> None:
    """S115, S118."""
    story = Team(forge)
    story.open("alice", "Nobody can pay", "/incident declare")
    said = story.say("alice", "/incident severity sev2 half of all payments")
    old = "severity::2" if forge.name == "gitlab" else "sev2"
    assert story.labels == {"incident", old}
    assert "nobody yet · `/incident claim scribe`" in story.text("status")

    story.push(RENAMED)
    story.look()

    assert story.labels == {"incident", "P2"}
    assert story.reactions(said) == ["+1"]
    assert not any(key.startswith("refusal") for key in story.keys)
    assert "**major**" in story.text("status")
    assert "sev2" not in story.text("status")
    assert "Scribe" not in story.text("status").split("| Role | Who |")[1].split("\n\n")[0]
    assert "`/inc claim lead`" in story.text("status")
    assert story.rests()

    story.at("09:30")
    story.say("bob", "/incident severity critical all payments now\n/incident started 10:00")
    assert story.labels == {"incident", "P1"}
    assert "**critical**" in story.text("status")
    assert "09:00" in story.text("status"), "ten o'clock in Berlin"

    story.at("09:40")
    story.say("alice", "/inc resolve")
    assert "Severity **major**" in story.text("summary")
    assert "Severity **critical**" in story.text("summary")
    assert story.rests()


def test_an_incident_that_was_begun_by_its_label_goes_on_under_another(forge: Forge) -> None:
    story = Team(forge)
    story.open("bob", "Mail is slow", labels=["incident"])
    assert "status" in story.keys

    story.push('[labels]\nincident = "outage"\nprevious_names = ["incident"]')
    story.look()

    assert story.labels == {"outage"}
    assert story.ticket.open
    assert "investigating" in story.text("status")
    assert story.rests()

    story.world.unlabel(story.ticket, story.who("alice"), "outage")
    story.forge.clock.forward()
    story.look()
    assert "Cancelled — alice, in the tracker" in story.text("status")
    assert story.labels == set()
    assert story.rests()


def test_a_broken_file_is_told_of_once_and_the_last_good_version_holds(forge: Forge) -> None:
    story = Team(forge)
    story.push(RENAMED)
    story.open("alice", "Nobody can pay", "/incident declare")
    story.say("alice", "/incident severity major")

    story.push(RENAMED.replace('"nobody can pay"', "3") + '\n[github]\ntoken = "ghp_0123456789abcdef"\n')
    look = story.look()

    assert [type(change).__name__ for change in look.changes] == ["Post"]
    told = story.text("settings")
    assert f"`{story.path}` on the default branch have 2 problems" in told
    assert "the last good version applies" in told
    assert "- `severities[0].meaning`: must be text" in told
    assert "- `github`: can only be set by the operator; a repository can set " in told
    assert "ghp_" not in told
    assert story.labels == {"incident", "P2"}
    assert look.next_at is not None
    assert (look.next_at - forge.clock.now).total_seconds() <= 300

    story.at("10:00")
    story.say("alice", "/incident severity critical")
    assert story.labels == {"incident", "P1"}
    assert [key for key in story.keys if key.startswith("settings")] == ["settings"]

    story.push(RENAMED)
    story.look()
    assert "settings" not in story.keys
    assert story.rests()


def test_after_a_restart_with_a_broken_file_the_operators_settings_hold_and_it_is_said(forge: Forge) -> None:
    story = Team(forge, timezone="Asia/Tokyo")
    story.push("timezone = ")
    story.open("alice", "Nobody can pay", "/incident declare\n/incident started 17:00")

    assert "the operator's settings apply" in story.text("settings").replace("\u200b", "")
    assert "have a problem" in story.text("settings")
    assert "**the file**: is not TOML: Invalid value" in story.text("settings")
    assert "08:00" in story.text("status"), "five o'clock in Tokyo"
    assert story.rests()

    story.push(None)
    story.look()
    assert "settings" not in story.keys


def test_nobody_is_told_of_broken_settings_when_there_is_nothing_going_on(forge: Forge) -> None:
    story = Team(forge)
    story.push("timezone = ")
    story.open("bob", "A question", "How do I log in?")
    assert story.keys == set()

    story.open("alice", "Nobody can pay", "/incident declare")
    assert "settings" in story.keys
    story.at("10:00")
    story.say("alice", "/incident resolve")
    assert "settings" not in story.keys
    assert story.rests()


HOSTILE = {
    "large": "#" * 70_000,
    "not UTF-8": "zone = \udcff",
    "deep": "a = " + "[" * 60_000,
    "a key that pings": '"@alice <!-- tracker-bridge:status --> `x`\\n/close" = 1',
    "many keys that ping": "\n".join(f'"@bob/{number} |\\n\\n# x" = 1' for number in range(2_000)),
    "a meaning that commands": 'severities = [{ name = "a", meaning = "x\\n/incident resolve" }]',
    "a reference": '[[severities]]\nname = "a"\nmeaning = 1\n"#1 !1 www.evil.example.org [x](https://evil)" = 2',
}


@pytest.mark.parametrize(("forge", "kind"), in_turn(FORGES, HOSTILE), indirect=["forge"])
def test_a_hostile_file_is_reported_and_does_nothing_else(forge: Forge, kind: str) -> None:
    text = HOSTILE[kind]
    assert raw_file(text)
    story = Team(forge)
    story.push(text)
    story.open("alice", "Nobody can pay", "/incident declare")

    assert story.keys == {"status", "duty:opener", "settings"}
    told = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", story.text("settings"))
    assert "@alice" not in told
    assert "@bob" not in told
    assert "[x](https" not in told
    assert len(told) < 20_000
    assert story.ticket.open
    assert story.rests()


def test_meanings_and_labels_of_a_team_are_printed_harmlessly(forge: Forge) -> None:
    story = Team(forge)
    story.push("""
        severities = [{ name = "a", meaning = "@all **bold** #1 | <b>" }]
        labels.severities = { a = "@alice #2" }
    """)
    story.open("alice", "Nobody can pay", "/incident declare\n/incident severity a")

    assert story.labels == {"incident", "@alice #2"}
    assert "@all" not in story.text("status")
    assert "**bold**" not in story.text("status")
    assert story.rests()
