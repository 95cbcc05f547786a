"""A fix that does not hold, found by a test before the end and after it (S19, S21, S62, S65, S106)."""

from tests.contract.forges import Forge
from tests.stories.story import Story


def test_the_outage_lasts_until_the_fix_that_holds(forge: Forge) -> None:
    story = Story(forge)
    story.at("09:00")
    story.open("bob", "Search is slow", "/incident declare --started 08:50 --detected 08:55 --by user")
    story.say("alice", "/incident claim lead\n/incident role tester @tess @dana")

    # Only those who work on the fix ask for tests (S19).
    asked = story.say("carol", "/incident test request search for umlauts")
    assert "tests can only be requested by the Technical Lead or a Technical Assist (`bob`)" in story.text(
        f"refusal:{asked.id}"
    )
    story.delete(asked)
    assert story.keys & {f"refusal:{asked.id}", f"test:{asked.id}"} == set()

    story.at("09:20")
    first = story.say("bob", "/incident fixed")
    assert story.text(f"test:{first.id}").startswith("@tess @dana, **bob** reports a fix")
    story.at("09:25")
    story.say("tess", "/incident test pass it is quick again")
    assert "- **tess** confirmed the fix at 09:25 UTC. To resolve the incident: `/incident resolve`" in story.text(
        "status"
    )

    # Another tester sees it fail: the fix is taken back (S21, S106).
    story.at("09:27")
    story.say("dana", "/incident test fail slow with more than one word")
    status = story.text("status")
    assert "**severity not set** · **investigating**" in status
    assert "| Fix in | " not in status
    assert "Test failed: slow with more than one word — dana" in status
    refused = story.say("carol", "/incident resolve")
    assert story.ticket.open
    assert "no tester has confirmed the fix yet" in story.text(f"refusal:{refused.id}")
    story.delete(refused)

    # The second one looks good, is confirmed, and the incident is closed.
    story.at("09:40")
    second = story.say("bob", "/incident fixed 09:38")
    assert f"test:{second.id}" in story.keys
    story.at("09:45")
    story.say("dana", "/incident test pass three words, umlauts")
    story.at("09:50")
    story.say("alice", "/incident resolve")
    assert not story.ticket.open
    assert "- **Total outage: 48 min**" in story.text("summary")

    # After the end it is slow again: the verdict opens the issue, and the clock runs on.
    story.at("10:10")
    story.say("tess", "/incident test fail it is slow again")
    assert story.ticket.open
    assert "⚠️ The incident was reopened" in story.text("summary")
    assert story.rests()

    story.at("10:30")
    story.say("bob", "/incident fixed the index was rebuilt")
    assert "is not a time I understand" in story.text(next(key for key in story.keys if key.startswith("refusal")))
    story.edit(story.ticket.comments[-2], "bob", "/incident note the index was rebuilt\n/incident fixed 10:30")
    story.at("10:40")
    story.say("tess", "/incident test pass")
    story.say("alice", "/incident resolve")
    assert not story.ticket.open
    text = story.text("summary")
    assert "- **Total outage: 1 h 40 min**" in text
    assert "- **Time to resolve: 1 h 35 min**" in text
    full = text.partition("#### Full timeline")[2]
    assert [full.count(words) for words in ("Fix applied", "Test failed", "Test passed", "Reopened")] == [
        3,
        2,
        3,
        1,
    ]
    assert len([key for key in story.keys if key == "summary"]) == 1
    assert story.rests()
