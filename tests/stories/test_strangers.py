"""
An incident in public: strangers ask, shout, meddle and help, and none of it costs a comment (S17, S93, S95, S96).
"""

from tests.contract.forges import Forge
from tests.stories.story import Story
from tracker_bridge.domain.issue.issue import Access


def test_strangers_on_a_public_project(forge: Forge) -> None:
    forge.project.private = False
    story = Story(forge)
    for login in ("mallory", "zoe"):
        assert story.world.access(forge.project, story.world.add_account(login)) is Access.READ

    # Zoe reports it, and cannot declare it herself.
    story.at("09:00")
    story.open("zoe", "Downloads are broken", "404 for every file.\n\n/incident declare --started 08:40")
    assert story.keys == {"reported"}
    assert story.labels == set()
    assert story.reactions(story.ticket) == []
    assert story.rests()

    # Alice can; what Zoe writes about her own incident counts as notes, and nothing more.
    story.at("09:05")
    story.say("alice", "/incident declare --by user\n/incident claim lead\n/incident role comms @carol external")
    before = story.keys
    assert "reported" not in before
    assert "since 08:40" not in story.text("status")  # her declare is not run afterwards
    assert "| Technical Lead | **zoe** |" not in story.text("status")
    assert "Ask **carol** for status, not the people working on the fix." in story.text("status")  # S17

    # A crowd: no comment, no reaction, no change (S96).
    story.at("09:06")
    shown = story.text("status").partition("<!-- receipts")[0]
    for text in (
        "/incident resolve",
        "/incident cancel you are all wrong",
        "/incident role lead @mallory",
        "/incident claim tech-lead",
        "/incident note <img src=x> @alice @everybody",
        "/incident hlp",
        "`/incident resolve`",
        f"@{forge.bot.login} severity sev1",
        "Is there any news? When will it be fixed?? @alice @bob",
    ):
        note = story.say("mallory", text)
        assert story.reactions(note) == []
    assert story.keys == before
    assert story.text("status").partition("<!-- receipts")[0] == shown
    assert story.labels == {"incident"}
    assert story.ticket.open

    # What a stranger found is worth a note: somebody of the team captures it.
    found = story.say("mallory", "It works over IPv6, only IPv4 is broken.")
    story.say("dana", f"/incident capture {found.id}")
    assert "It works over IPv6, only IPv4 is broken. — mallory, noted by dana" in story.text("status")

    # A stranger who is given a role acts in it.
    story.say("alice", "/incident role tester @zoe")
    story.at("09:30")
    story.say("bob", "/incident fixed")
    story.at("09:35")
    verdict = story.say("zoe", "/incident test pass three files, both ways")
    assert story.reactions(verdict) == ["+1"]
    story.at("09:40")
    story.say("alice", "/incident resolve")
    assert "Confirmed by **zoe**" in story.text("summary")
    assert not story.ticket.open

    # Afterwards the crowd cannot open it again by word.
    note = story.say("mallory", "/incident reopen still broken for me")
    assert story.reactions(note) == []
    assert not story.ticket.open
    assert not [key for key in story.keys if key.startswith("refusal")]
    assert story.rests()
