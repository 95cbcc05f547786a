"""
Names, and whose they are: somebody who is not there, a bot, a name that another account has by now, an account
that is gone. What is lent follows the account.
"""

import pytest

from tests.contract.forges import FORGES, Forge, Needs
from tests.examples import in_turn
from tests.stories.beginnings import beginning
from tests.stories.story import Story
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.trackers import Doubtful


@beginning
def incident(forge: Forge, *, private: bool = True) -> Story:
    forge.project.private = private
    story = Story(forge)
    story.open("alice", "API down", "/incident declare")
    story.at("09:05")
    return story


def refused(story: Story, login: str, line: str) -> str:
    """Say a line that is refused; return the answer."""
    note = story.say(login, line)
    assert story.reactions(note) == ["confused"], line
    return story.text(f"refusal:{note.id}")


def accepted(story: Story, login: str, line: str) -> None:
    assert story.reactions(story.say(login, line)) == ["+1"], line


NOBODY = [
    ("role scribe @nosuchperson", "there is no account called `nosuchperson` here"),
    ("role scribe @jürgen", "`@jürgen` is not a valid account name"),
    ("role scribe @dаna", "`@dаna` is not a valid account name"),
    ("role scribe @o'brien", "`@o'brien` is not a valid account name"),
    ("role scribe @me", "nobody is called `@me`; you are `alice`. Try `/incident role scribe @alice`"),
    ("role scribe @here", "`@here` is not one person"),
    ("role scribe @all", "`@all` is not one person"),
    ("role scribe @incident-bot", "`@incident-bot` is this bot"),
    ("role scribe @renovate", "`@renovate` is a bot; name a person"),
    ("role scribe @dependabot[bot]", "is a bot; name a person"),
    ("role scribe @ghost", "there is no account called `ghost` here"),
    ("role tester @acme/nosuchteam", "there is no team called `acme/nosuchteam` here"),
    ("role scribe dana", "Name people with an `@`. Try `/incident role scribe @dana`"),
    ("action mend it @nosuchperson due 2026-12-01", "there is no account called `nosuchperson` here"),
    ("action mend @dana@acme.test", "`@dana@acme.test` is not a valid account name"),
    ("audience partners @nosuchperson via mail", "there is no account called `nosuchperson` here"),
    ("fixed by @nosuchperson", "there is no account called `nosuchperson` here"),
    ("task @nosuchperson look at it", "there is no account called `nosuchperson` here"),
]


@pytest.mark.parametrize(("forge", "case"), in_turn(FORGES, NOBODY), indirect=["forge"])
def test_who_is_not_there_is_given_nothing(forge: Forge, case: tuple[str, str]) -> None:
    line, reason = case
    story = incident(forge)
    story.world.add_account("renovate", bot=True)
    for login in ("j", "d", "o", "dana2", "here", "all", "me"):
        story.world.add_account(login)
    before = story.text("status").partition("<!-- receipts")[0]

    assert reason in refused(story, "alice", f"/incident {line}")
    assert story.text("status").partition("<!-- receipts")[0] == before
    assert story.rests()


def test_a_name_counts_as_it_is_read_and_however_it_is_spelled(forge: Forge) -> None:
    story = incident(forge)
    for login in ("dana_smith", "zoe-x"):
        story.world.add_account(login)
    story.world.add_team("acme/on-call")

    accepted(story, "alice", "/incident role tester @zoe\\-x, **@CAROL** and @acme/on-call.")
    assert "| Tester | **zoe-x**, **carol**, **acme/on-call** |" in story.text("status")
    if forge.name != "github":
        accepted(story, "alice", "/incident role scribe @dana\\_smith")
        assert "| Scribe | **dana\\_smith** |" in story.text("status")
    assert story.rests()


def test_code_packages_and_addresses_are_no_people(forge: Forge) -> None:
    """The action item is bob's, and its text is kept."""
    story = incident(forge)
    for text in (
        "upgrade @babel/core to 8 @bob due 2026-12-15",
        "fix the `@Retryable` annotation @bob due 2026-12-15",
        "tell bob@acme.test what was done @bob due 2026-12-15",
        "pin @types/node@20 in the build @bob due 2026-12-15",
    ):
        accepted(story, "alice", f"/incident action {text}")
    assert not [key for key in story.keys if key.startswith("refusal")]
    assert story.rests()


def test_what_a_role_lends_stays_with_the_account(forge: Forge) -> None:
    """Eve renames herself; somebody else takes her name, and has none of her rights."""
    story = incident(forge, private=False)
    eve = story.world.add_account("eve")
    accepted(story, "alice", "/incident role scribe @eve")
    accepted(story, "eve", "/incident severity sev3")

    story.world.rename_account(eve, "evelyn")
    story.world.add_account("eve")
    for line in ("severity sev1", "cancel it was nothing", "note I am the scribe", "unrole scribe"):
        note = story.say("eve", f"/incident {line}")
        assert story.reactions(note) == [], line
    assert story.labels == {"incident", "sev3"}

    accepted(story, "evelyn", "/incident severity sev2")
    assert "| Scribe | **evelyn** |" in story.text("status")
    accepted(story, "alice", "/incident unrole scribe @evelyn")
    assert story.rests()


def test_who_registers_a_mistyped_name_later_gets_nothing(forge: Forge) -> None:
    story = incident(forge, private=False)
    assert "there is no account" in refused(story, "alice", "/incident role scribe @dnaa")

    story.at("10:00")
    story.world.add_account("dnaa")
    note = story.say("dnaa", "/incident cancel it was nothing")
    assert story.reactions(note) == []
    assert "| Scribe | **dnaa**" not in story.text("status")

    # Who means them says it again; that there was nobody is forgotten by then.
    story.bridge = story.bridge_of(forge.another())
    accepted(story, "alice", "/incident role scribe @dnaa")
    assert story.rests()


def test_no_card_is_posted_anew_for_an_account_that_is_gone_or_called_otherwise(forge: Forge) -> None:
    story = incident(forge)
    accepted(story, "carol", "/incident claim lead")
    accepted(story, "carol", "/incident role scribe @dana")
    accepted(story, "carol", "/incident role tester @bob")
    story.at("09:40")
    accepted(story, "bob", "/incident fixed")
    accepted(story, "bob", "/incident test pass")
    accepted(story, "carol", "/incident resolve")
    before = {note.id for note in story.ours.values()}

    story.at("2026-12-20 09:00")
    story.world.rename_account(story.dana, "daniela")
    story.look()
    story.world.delete_account(story.carol)
    story.world.delete_account(story.world.accounts[forge.alice.id])
    story.world.rename_account(forge.bob, "robert")
    story.look()

    after = [note for note in story.ticket.comments if note.author is forge.bot]
    assert {note.id for note in after} <= before
    assert not [note.body for note in after if "@ghost" in note.body]
    assert "**carol**" in story.text("status")
    assert not story.ticket.open


def test_a_task_is_answered_for_by_whoever_has_it_whatever_else_they_may(forge: Forge) -> None:
    story = incident(forge, private=False)
    story.world.add_account("zoe")
    accepted(story, "alice", "/incident task @rita look at the proxy")
    accepted(story, "rita", "/incident task accept 1")
    accepted(story, "rita", "/incident task done 1 it is the proxy")
    accepted(story, "alice", "/incident task @zoe look at the cache")
    accepted(story, "zoe", "/incident task pass 2 @carol")
    for line in ("task @bob do my work", "task done 1", "note x"):
        assert story.reactions(story.say("zoe", f"/incident {line}")) == [], line
    assert "it is the proxy" in story.text("status")
    assert story.rests()


def test_nobody_is_looked_up_for_strangers_nor_twice(forge: Forge, needs: Needs) -> None:
    needs("http")
    story = incident(forge, private=False)
    story.world.add_account("mallory")

    def asked() -> int:
        found = [one for one in forge.sandbox.requests if "/users" in one.path or "/groups" in one.path]
        return len([one for one in found if not one.path.endswith("/user")])

    forge.sandbox.requests.clear()
    story.say("mallory", "/incident role scribe @dana @erin @nosuch")
    assert asked() == 0
    story.say("alice", "/incident role scribe @dana")
    assert asked() in (1, 2)

    forge.sandbox.requests.clear()
    story.bridge_of(forge.another()).reconcile(story.ref, forge.clock.now, {})
    assert asked() == 0


def test_a_forge_that_does_not_tell_lets_names_pass(forge: Forge, needs: Needs) -> None:
    needs("http")
    story = incident(forge)
    forge.sandbox.faults.add(FaultResponse(403), path="/users", times=20)
    story.bridge = story.bridge_of(forge.another(forge.clock.seconds))
    story.world.comment(story.ticket, story.who("alice"), "/incident role assist @somebody-hidden")
    with pytest.raises(Doubtful):  # it may pass
        story.bridge.reconcile(story.ref, forge.clock.now, {})
    forge.clock.forward(10)
    accepted(story, "alice", "/incident role scribe @somebody-hidden")
    assert "| Scribe | **somebody-hidden** |" in story.text("status")


def test_whose_change_was_merged_a_moment_ago_is_known_before_their_verdict(forge: Forge) -> None:
    """S107: by what they did, however shortly before."""
    story = Story(forge)
    story.open("bob", "API down", "/incident declare")
    story.say("alice", "/incident claim lead\n/incident role tester @tess")
    story.say("bob", "/incident fixed")
    change = story.world.open_pull(forge.project, story.who("tess"), "Widen the pool", story.ticket)
    story.forge.clock.forward(60)
    story.world.end_pull(change)
    story.say("tess", "/incident test pass it works")
    assert "**tess** is both testing and working on the fix" in story.text("status")
    assert "⚠️ also works on the fix" in story.text("status")
    assert story.rests()
