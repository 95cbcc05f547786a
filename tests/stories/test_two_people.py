"""Two people do everything: nothing is blocked, and what should not be is recorded (S6, S9, S20, S107, S116)."""

from tests.contract.forges import Forge
from tests.stories.story import Story

EXCEPTION = "⚠️ **bob** is both testing and working on the fix"


def test_two_people_hold_every_role_and_the_exceptions_are_recorded(forge: Forge) -> None:
    story = Story(forge)
    story.at("22:00")
    story.open("bob", "Nightly batch fails", "/incident declare --started 21:30 --detected 21:55 --by alarm")

    # Alice takes what is not technical, and is told that it is much (S6, S116); nobody stops her (S9).
    story.at("22:02")
    alice = story.say(
        "alice", "/incident claim lead\n/incident claim scribe\n/incident claim comms\n/incident claim assist"
    )
    assert story.reactions(alice) == ["+1"]
    assert "⚠️ You hold most of the roles now." in story.text(f"duty:{alice.id}.alice")
    assert "⚠️ **alice** holds most of the roles." in story.text("status")

    # Bob can only test what he fixed himself (S20).
    story.at("22:05")
    bob = story.say("bob", "/incident claim tester")
    assert story.reactions(bob) == ["+1"]
    assert "⚠️ You are also working on the fix" in story.text(f"duty:{bob.id}.bob")
    status = story.text("status")
    assert EXCEPTION in status
    assert "| Tester | **bob** ⚠️ |" in status
    assert "nobody yet" not in status

    story.at("22:20")
    story.say("bob", "/incident fixed\n/incident test pass the batch is through")
    assert "⚠️ also works on the fix" in story.text("status")
    story.at("22:25")
    story.say("alice", "/incident resolve")
    assert not story.ticket.open
    text = story.text("summary")
    assert "Confirmed by **bob**" in text
    assert "who also worked on the fix" in text  # S107
    assert "- **Total outage: 50 min**" in text
    status = story.text("status")
    assert "| Tester | **bob** ⚠️ |" in status
    assert "who also worked on the fix" in status
    assert "Needed now" not in status
    assert story.rests()


def test_the_exceptions_go_when_a_third_one_comes(forge: Forge) -> None:
    story = Story(forge)
    story.open("bob", "Nightly batch fails", "/incident declare")
    story.say(
        "alice", "/incident claim lead\n/incident claim scribe\n/incident claim comms\n/incident claim assist"
    )
    story.say("bob", "/incident claim tester\n/incident fixed")
    assert EXCEPTION in story.text("status")
    assert "⚠️ **alice** holds most of the roles." in story.text("status")

    story.at("09:10")
    story.say("tess", "/incident claim tester\n/incident claim scribe")
    story.say("bob", "/incident unrole tester")
    story.say("alice", "/incident unrole scribe\n/incident unrole assist")
    story.say("tess", "/incident test pass ran it once more")
    assert "⚠️" not in story.text("status")

    story.at("09:20")
    story.say("bob", "/incident resolve")
    assert "Confirmed by **tess**" in story.text("summary")
    assert "worked on the fix as well" not in story.text("summary")
    assert story.rests()
