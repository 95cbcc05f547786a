"""People who may not, people who meddle, and text that only looks like a command."""

from tests.contract.forges import Forge
from tests.stories.beginnings import beginning
from tests.stories.story import Story
from tracker_bridge.domain.issue.issue import Access


@beginning
def incident(forge: Forge) -> Story:
    story = Story(forge)
    story.open("alice", "API down", "/incident declare")
    story.at("09:05")
    return story


def test_strangers_cost_no_comment_and_change_nothing(forge: Forge) -> None:
    story = incident(forge)
    stranger = story.world.add_account("mallory")
    before = [note.body for note in story.ours.values()]

    for login in ("rita", "mallory"):
        for text in ("/incident resolve", "/incident sevrity", "`/incident cancel x`", "/incident help"):
            note = story.say(login, text)
            assert story.reactions(note) == []

    assert story.world.access(forge.project, stranger) == Access.NONE
    after = [note.body for note in story.ours.values()]
    assert [body.partition("<!-- receipts")[0] for body in after] == [
        body.partition("<!-- receipts")[0] for body in before
    ]
    assert story.ticket.open
    assert story.rests()


def test_who_lacks_a_right_is_told_and_may_once_given_a_role(forge: Forge) -> None:
    story = incident(forge)
    note = story.say("tess", "/incident severity sev1")
    assert "`severity` needs write access to this project, or a role that someone assigned to you" in story.text(
        f"refusal:{note.id}"
    )
    assert story.labels == {"incident"}

    story.say("alice", "/incident role lead @tess")
    assert f"refusal:{note.id}" in story.keys  # what was judged stays judged
    story.say("tess", "/incident severity sev2")
    assert story.labels == {"incident", "sev2"}

    story.delete(note)
    assert f"refusal:{note.id}" not in story.keys
    assert story.rests()


def test_an_edit_by_the_author_counts_as_said_now_or_not_at_all(forge: Forge) -> None:
    story = incident(forge)
    note = story.say("bob", "/incident severity sev1")
    assert story.labels == {"incident", "sev1"}

    story.edit(note, "bob", "/incident severity sev3")
    assert story.labels == {"incident", "sev3"}
    assert story.reactions(note) == ["+1"]

    story.edit(note, "bob", "Never mind.")
    assert story.reactions(note) == []
    assert story.rests()


def test_an_edit_by_somebody_else_runs_under_their_name(forge: Forge) -> None:
    story = incident(forge)
    note = story.say("rita", "I cannot log in.")
    story.edit(note, "bob", "/incident impact staff: cannot log in")
    assert "Impact on **staff**: cannot log in — bob" in story.text("status")

    # An edit by somebody without the right, to the comment of somebody who has it.
    other = story.say("alice", "Let us think about the severity.")
    story.edit(other, "rita", "/incident severity sev1")
    assert story.labels == {"incident"}
    assert story.reactions(other) == []
    assert story.rests()


def test_an_opening_post_edited_by_somebody_else_does_not_declare_in_its_authors_name(forge: Forge) -> None:
    story = Story(forge)
    story.open("alice", "API slow", "Perhaps nothing.")
    story.at("09:05")
    story.world.edit_ticket(story.ticket, forge.rita, body="/incident declare")
    story.look()
    assert story.keys == {"reported"}
    assert "**rita**" in story.text("reported")

    story.at("09:06")
    story.world.edit_ticket(story.ticket, forge.bob, body="/incident declare now")
    story.look()
    assert "Incident declared — bob" in story.text("status")
    assert story.rests()


def test_a_deleted_command_never_happened(forge: Forge) -> None:
    story = incident(forge)
    note = story.say("alice", "/incident role scribe @dana\n/incident note wrong incident\n/incident help")
    assert {f"duty:{note.id}.dana", f"help:{note.id}"} <= story.keys

    story.delete(note)
    assert story.keys == {"status", "duty:opener"}
    assert "wrong incident" not in story.text("status")
    assert story.rests()


def test_commands_in_code_and_quotes_are_text(forge: Forge) -> None:
    story = incident(forge)
    before = story.text("status")
    note = story.say(
        "alice",
        "Later we will write:\n\n```\n/incident resolve\n```\n\n> /incident cancel x\n\nand `/incident resolve`.",
    )
    assert story.reactions(note) == []
    assert story.text("status") == before

    alone = story.say("alice", "```\n/incident resolve\n```")
    assert "in code, bold, a quote or a list is not run" in story.text(f"refusal:{alone.id}")
    assert story.reactions(alone) == ["confused"]
    assert story.ticket.open
    assert story.rests()


def test_the_bot_is_spoken_to_by_name_and_commands_nobody_itself(forge: Forge) -> None:
    story = incident(forge)
    story.say("bob", f"@{forge.bot.login} severity sev2")
    assert story.labels == {"incident", "sev2"}

    # Somebody uses the bot's account to write a command: it is a person like any other, unless it is marked.
    story.world.comment(story.ticket, forge.bot, "/incident note by the account itself")
    story.look()
    assert "by the account itself" in story.text("status")
    assert story.rests()
