"""
What is hidden in a comment is short when it is posted: GitLab's mails in plain text print the note as it is.

It grows by edits, of which no mail is sent.
"""

from tests.contract.forges import Forge
from tests.stories.story import Story

SHORT = 300
"""Characters: the receipt of a command or two with its signature, and the marker."""


def hidden(body: str) -> int:
    return sum(len(line) for line in body.splitlines() if line.startswith("<!--"))


def test_what_is_hidden_is_short_when_it_is_posted_and_grows_by_edits(forge: Forge) -> None:
    story = Story(forge)
    story.open("bob", "Mail is slow", "/incident declare --started 08:50 --detected 08:55 --by user")
    posted = {key: hidden(note.body) for key, note in story.ours.items()}
    for number in range(6):
        story.at(f"09:{10 + number}")
        story.say(
            "carol", f"/incident note {number}\n/incident claim scribe\n/incident task @bob look at {number}"
        )
        posted = {key: hidden(note.body) for key, note in story.ours.items()} | posted
    story.at("09:40")
    story.say("bob", "/incident fixed\n/incident resolve")
    posted = {key: hidden(note.body) for key, note in story.ours.items()} | posted

    assert len(posted) > 4
    assert max(posted.values()) <= SHORT
    assert hidden(story.ours["status"].body) > SHORT
