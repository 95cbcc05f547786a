"""An incident without a single command until its end: labels, closing and reopening by hand (S25)."""

from tests.contract.forges import Forge
from tests.stories.story import Story


def test_labelled_relabelled_closed_and_reopened_by_hand(forge: Forge) -> None:
    story = Story(forge)
    shape = {"confidential": True} if forge.name == "gitlab" else {}
    story.open("rita", "Mail is slow", "It takes an hour.", labels=["bug"], **shape)
    assert story.keys == set()
    assert story.labels == {"bug"}

    story.at("09:10")
    story.world.label(story.ticket, forge.bob, "incident")
    story.look()
    assert story.keys == {"status", "duty:opener"}
    assert story.text("duty:opener").startswith("@bob, you declared this incident")
    assert "09:10" in story.text("status")
    assert "Incident declared — bob, in the tracker" in story.text("status")

    story.at("09:12")
    story.world.label(story.ticket, forge.alice, "sev2")
    story.look()
    assert "**sev2** · **investigating**" in story.text("status")
    story.at("09:14")
    story.world.label(story.ticket, forge.alice, "sev1")
    story.look()
    assert story.labels == {"bug", "incident", "sev1"}
    assert "Severity **sev1** — alice, in the tracker" in story.text("status")

    story.at("09:20")
    story.world.close(story.ticket, forge.bob)
    story.look()
    assert "Resolved — bob, in the tracker" in story.text("summary")
    assert "resolution [09:20]" in story.text("summary") or "resolution 09:20" in story.text("summary")

    story.at("09:25")
    story.world.reopen(story.ticket, story.carol)
    story.look()
    assert story.ticket.open
    assert "⚠️ The incident was reopened" in story.text("summary")
    assert "Reopened — carol, in the tracker" in story.text("status")

    story.at("09:27")
    story.say("alice", "/incident detected 09:05 by user\n/incident resolve 09:26")
    assert not story.ticket.open
    assert "- **Time to resolve: 21 min**" in story.text("summary")
    assert story.labels == {"bug", "incident", "sev1"}

    # Opened once more by hand: yesterday's command does not close it again.
    story.at("09:40")
    story.world.reopen(story.ticket, story.carol)
    story.look()
    assert story.ticket.open
    story.at("09:45")
    story.say("alice", "/incident resolve")
    assert not story.ticket.open
    assert story.rests()


def test_the_label_taken_off_ends_it_and_put_back_brings_it_back(forge: Forge) -> None:
    story = Story(forge)
    story.open("alice", "Mail is slow", labels=["incident"])
    assert story.keys == {"status", "duty:opener"}

    story.at("09:05")
    story.world.unlabel(story.ticket, forge.bob, "incident")
    story.look()
    assert "**cancelled**" in story.text("status")
    assert story.labels == set()
    assert story.rests()

    story.at("09:10")
    story.world.label(story.ticket, forge.bob, "incident")
    story.look()
    assert "**investigating**" in story.text("status")
    assert story.labels == {"incident"}
    assert story.ticket.open
    assert story.rests()


def test_a_severity_taken_off_by_hand_is_an_event_and_takes_the_native_one_with_it(forge: Forge) -> None:
    story = Story(forge)
    story.open("alice", "Mail is slow", "/incident declare\n/incident severity sev2")
    story.at("09:10")
    story.world.unlabel(story.ticket, story.carol, "sev2")
    story.look()
    assert story.labels == {"incident"}
    assert story.text("status").count("Severity **sev2** — alice") == 1
    assert "Severity removed — carol, in the tracker" in story.text("status")
    assert "severity not set" in story.text("status")
    assert forge.tracker.read(story.ref).rank == 0
    assert story.rests()
