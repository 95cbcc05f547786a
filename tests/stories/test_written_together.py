"""People write into the review, the summary and action items: their words stay (S69, S110)."""

from collections.abc import Callable

import pytest

from tests.contract.forges import FORGES, Forge
from tests.examples import in_turn
from tests.stories.beginnings import beginning
from tests.stories.linked import all_rest, forge_facts
from tests.stories.story import Story
from tracker_bridge.domain.issue.changes import Change, Describe, Edit
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.sandbox.world import Note, Ticket
from tracker_bridge.trackers import Applied


@pytest.fixture
@beginning
def story(forge: Forge) -> Story:
    """An incident that was resolved after an hour, and is to be reviewed."""
    story = Story(forge)
    story.at("10:00")
    story.open("bob", "Search finds nothing", "/incident declare --started 9:50 --detected 9:55")
    story.at("11:00")
    story.say("bob", "/incident resolve\n/incident postmortem\n/incident action watch the disk @carol")
    return story


def write(story: Story, ticket: Ticket, login: str, old: str, new: str) -> None:
    """Change the text of an issue as people do, a minute later."""
    assert old in ticket.body
    story.forge.clock.forward(60)
    story.world.edit_ticket(ticket, story.who(login), body=ticket.body.replace(old, new))


def rewrite(story: Story, note: Note, login: str, body: str) -> None:
    story.forge.clock.forward(60)
    story.world.edit_comment(story.ticket, note, story.who(login), body)


def lines_of(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def test_what_people_write_into_the_review_stays(story: Story) -> None:
    review = forge_facts(story, "Postmortem review")
    write(story, review, "alice", "### Lessons", "### Lessons\n\n- Ask @dana sooner.\n- `disk` / 80 %")
    write(story, review, "dana", "The review of", "Remember: the review of")
    story.say("bob", "/incident cause the disk was full")

    for words in ("- Ask @dana sooner.\n- `disk` / 80 %", "Remember:", "the disk was full", "### What went well"):
        assert words in review.body
    assert review.body.count("The review of") == 1
    assert all_rest(story)


def test_what_people_write_into_the_summary_stays(story: Story) -> None:
    summary = story.ours["summary"]
    rewrite(story, summary, "alice", f"Thanks to all.\n\n{summary.body}\n\nThe vendor has paid.\n/close")
    story.say("bob", "/incident note the disk had been full since 9:40 | 9:40")

    body = story.text("summary")
    assert body.startswith("Thanks to all.")
    for words in ("The vendor has paid.", "the disk had been full since 9:40"):
        assert body.count(words) == 1
    assert not story.ticket.open
    assert story.rests()


def test_what_people_write_into_an_action_items_issue_stays(story: Story) -> None:
    item = forge_facts(story, "watch the disk")
    write(story, item, "carol", "- Owner", "The alarm is in Grafana.\n\n- Owner")
    note = next(one for one in story.ticket.comments if "action watch" in one.body)
    story.edit(note, "bob", note.body.replace("watch the disk @carol", "watch both disks @carol due 2026-12-24"))
    assert item.title == "watch both disks"
    for words in ("The alarm is in Grafana.", "2026-12-24"):
        assert words in item.body
    assert all_rest(story)


@pytest.mark.parametrize(("forge", "which"), in_turn(FORGES, range(6)), indirect=["forge"])
def test_a_mark_that_is_deleted_is_put_back(story: Story, which: int) -> None:
    """Nothing comes twice: neither our block, nor what people wrote beside it."""
    review = forge_facts(story, "Postmortem review")
    write(story, review, "alice", "### Lessons", "### Lessons\n\nAsk sooner.")
    story.look()
    before = lines_of(review.body)
    mark = [line for line in before if "<!-- bot:" in line][which]
    write(story, review, "alice", mark + "\n", "")
    story.look()

    assert lines_of(review.body) == before
    assert all_rest(story)


def test_somebody_who_replaces_all_of_it_keeps_every_word(story: Story) -> None:
    review = forge_facts(story, "Postmortem review")
    story.world.edit_ticket(review, story.who("alice"), body="We met. <!-- bot:timeline 0 -->")
    story.look()
    assert "We met." in review.body
    assert "Time to resolve" in review.body
    assert all_rest(story)


def test_what_no_longer_fits_beside_peoples_words_leaves_them_as_they_are(story: Story) -> None:
    summary = story.ours["summary"]
    most = story.forge.tracker.max_body
    rewrite(story, summary, "alice", f"{summary.body}\n\n{'They said so. ' * (most // 14)}")
    before = summary.body
    story.say("bob", "/incident note the disk had been full since 9:40 | 9:40")
    assert summary.body == before
    assert "the disk had been full" in story.text("status")

    rewrite(story, summary, "alice", f"{summary.body[: most // 2]}\n\nThey said so.")
    story.look()
    assert "the disk had been full" in story.text("summary")
    assert story.rests()


Doing = Callable[[], None]


def between(story: Story, monkeypatch: pytest.MonkeyPatch, kind: type[Describe | Edit], doing: Doing) -> None:
    """Let something happen after the next look has read, and before it writes a text that people share."""
    apply, todo = story.forge.tracker.apply, [doing]

    def meanwhile(ref: IssueRef, change: Change) -> Applied:
        if isinstance(change, kind) and change.document.parts and todo:
            todo.pop()()
        return apply(ref, change)

    monkeypatch.setattr(story.forge.tracker, "apply", meanwhile)


def settle(story: Story) -> None:
    """Look until nothing changes: what came in between is found by the look after it."""
    for _ in range(4):
        story.forge.clock.forward(31)
        try:
            story.bridge.reconcile(story.ref, story.forge.clock.now, {})
        except Exception as error:  # noqa: BLE001  # the worker would look again as well
            assert "has just edited it" in str(error)  # noqa: PT017


def test_what_is_written_into_the_review_while_the_bot_writes_is_not_lost(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    if story.forge.name == "local":
        pytest.skip("local lacks http")
    review = forge_facts(story, "Postmortem review")

    def doing() -> None:
        write(story, review, "alice", "### Lessons", "### Lessons\n\nAsk the vendor sooner.")

    between(story, monkeypatch, Describe, doing)
    story.world.comment(story.ticket, story.who("bob"), "/incident cause the disk was full")
    settle(story)

    lines = lines_of(review.body)
    assert lines[lines.index("### Lessons") + 1] == "Ask the vendor sooner."
    assert "the disk was full" in review.body
    assert story.rests()


def test_what_is_written_into_the_summary_while_the_bot_writes_is_not_lost(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    if story.forge.name == "local":
        pytest.skip("local lacks http")
    summary = story.ours["summary"]
    between(
        story,
        monkeypatch,
        Edit,
        lambda: rewrite(story, summary, "alice", f"{summary.body}\n\nThe vendor has paid."),
    )
    story.world.comment(story.ticket, story.who("bob"), "/incident note the disk was full | 9:40")
    settle(story)

    assert story.text("summary").count("The vendor has paid.") == 1
    assert "the disk was full" in story.text("summary")
    assert story.rests()
