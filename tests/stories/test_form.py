"""Opened with the issue form: its answers count, and a wrong one is told and put right (S24, S25, S87-S89)."""

from tests.commands.test_form import as_gitlab
from tests.contract.forges import Forge
from tests.domain.test_form import FULL, as_github
from tests.exporting.schemas import valid
from tests.stories.story import Story
from tracker_bridge.exporting.incidents import incident_json


def test_opened_with_the_form_put_right_and_exported(forge: Forge) -> None:
    story = Story(forge)
    write = as_gitlab if forge.name == "gitlab" else as_github
    story.at("14:00")

    story.open("bob", "Checkout is down", write(FULL | {"started": "teatime"}), labels=["incident"])

    assert story.keys == {"status", "duty:opener", "refusal:0"}
    assert story.labels == {"incident", "sev2"}
    assert story.reactions(story.ticket) == ["confused"]
    assert "`When did it begin? teatime` could not be read" in story.text("refusal:0")
    status = story.text("status")
    assert "**sev2** · **investigating**" in status
    assert "- **customers**: cannot pay by card (about half; 2000 EUR an hour)" in status
    assert "by an alert" in status

    story.at("14:05")
    story.world.edit_ticket(story.ticket, forge.bob, body=write(FULL))
    story.look()
    assert story.keys == {"status", "duty:opener"}
    assert story.reactions(story.ticket) == ["+1"]
    assert "since ≈ 13:50 UTC" in story.text("status")

    story.at("14:10")
    story.world.unlabel(story.ticket, forge.alice, "sev2")
    story.world.label(story.ticket, forge.alice, "sev1")
    story.look()
    assert "**sev1**" in story.text("status")

    story.at("14:40")
    asked = story.say("dana", "/incident export json\n/incident export csv\n/incident export md")
    answer = story.text(f"export:{asked.id}")
    assert answer.count("<details>") == 3
    assert '"name": "sev1"' in answer

    story.at("15:00")
    story.say("alice", "/incident resolve 14:50")
    assert not story.ticket.open
    assert "- **Time to detect: ≈ 8 min**" in story.text("summary")
    incident = story.bridge.decide(forge.another().read(story.ref), forge.clock.now).incident
    assert valid(incident_json(incident), "incident")["statistics"]["total_outage"]["seconds"] == 3600
    assert story.rests()


def test_a_stranger_opens_with_the_form_and_somebody_declares_it(forge: Forge) -> None:
    """What they saw counts, their severity does not; it is proposed, and they cost no comment."""
    story = Story(forge)
    story.at("14:00")
    story.open("rita", "Checkout is down", as_github(FULL | {"detected": "teatime or so"}))
    assert story.keys == set()

    story.at("14:20")
    story.say("alice", "/incident declare")

    assert story.labels == {"incident"}
    status = story.text("status")
    assert "severity not set" in status
    assert "is suggested by the impact" in status
    assert "since ≈ 13:50 UTC" in status
    assert story.keys == {"status", "duty:opener", "refusal:0"}
    story.say("rita", "/incident severity sev1")
    assert story.labels == {"incident"}
    assert story.rests()
