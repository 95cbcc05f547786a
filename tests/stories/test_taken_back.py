"""What ended or began an incident is deleted or changed: issue and incident never disagree (S68, S82)."""

import pytest

from tests.contract.forges import Forge
from tests.stories.beginnings import beginning
from tests.stories.story import Story
from tracker_bridge.domain.issue.changes import Reopen
from tracker_bridge.domain.issue.issue import Access


@pytest.fixture
@beginning
def story(forge: Forge) -> Story:
    """An incident of alice's, with an update, at rest."""
    story = Story(forge)
    story.at("09:00")
    story.open("alice", "API down", "/incident declare")
    story.at("09:05")
    story.say("alice", "/incident claim lead\n/incident role comms @carol")
    story.at("09:40")
    story.say("carol", "/incident update external: We are on it.")
    return story


def goes_on(story: Story, end: str) -> None:
    assert story.ticket.open
    assert "**investigating**" in story.text("status")
    assert "This incident is open again" in story.text(f"withdrawn:{end}")
    assert story.rests()


def test_resolve_is_deleted(story: Story) -> None:
    story.at("10:00")
    said = story.say("alice", "/incident resolve")
    assert not story.ticket.open
    before = story.ours["summary"].id

    story.at("10:05")
    story.delete(said)

    goes_on(story, str(said.id))
    assert story.ours["summary"].id == before
    assert "This summary is withdrawn" in story.text("summary")
    assert "Time to resolve: unknown" in story.text("summary")
    assert "communications" in story.keys
    assert len([key for key in story.keys if key.startswith("withdrawn")]) == 1

    # It is over, now in earnest.
    story.at("10:30")
    story.say("alice", "/incident resolve")
    assert not story.ticket.open
    assert "withdrawn" not in story.text("summary")
    assert story.ours["summary"].id == before
    assert not [key for key in story.keys if key.startswith("withdrawn")]
    assert story.rests()


def test_the_end_is_checked_by_a_whole_reconcile_before_the_issue_is_opened(story: Story) -> None:
    """A tracker that does not show a comment for a moment makes nothing of it."""
    said = story.say("alice", "/incident resolve")
    read = story.forge.tracker.read
    whole: list[bool] = []

    def hiding(*args: object, **how: bool) -> object:
        whole.append(how.get("whole", False))
        issue = read(*args, **how)  # type: ignore[arg-type]  # handed on
        hidden = tuple(one for one in issue.comments if one.id != said.id or whole[-1])
        return type(issue)(**{**{name: getattr(issue, name) for name in issue.__slots__}, "comments": hidden})

    story.forge.tracker.read = hiding  # type: ignore[method-assign,assignment]  # a tracker that lags
    look = story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    story.forge.tracker.read = read  # type: ignore[method-assign]
    assert look.changes == ()
    assert whole == [False, True]
    assert not story.ticket.open


@pytest.mark.parametrize("text", ["/incident note not yet", "Sorry, wrong issue.", "`/incident resolve`"])
def test_resolve_is_changed_into_something_else_and_back(story: Story, text: str) -> None:
    story.at("10:00")
    said = story.say("alice", "/incident resolve")
    story.edit(said, "alice", text)
    goes_on(story, str(said.id))

    story.edit(said, "alice", "/incident resolve")
    assert not story.ticket.open
    assert "withdrawn" not in story.text("summary")
    assert story.rests()


def test_cancel_is_deleted(story: Story) -> None:
    said = story.say("alice", "/incident cancel it was a false alarm")
    assert not story.ticket.open
    story.delete(said)
    goes_on(story, str(said.id))
    assert "summary" not in story.keys


def test_merge_is_deleted(story: Story) -> None:
    first = story.ticket
    story.open("bob", "The API answers 500", "/incident declare")
    said = story.say("alice", f"/incident merge #{first.number}")
    assert not story.ticket.open
    story.delete(said)
    goes_on(story, str(said.id))


def test_reopen_is_deleted(story: Story) -> None:
    """Then it is over as before."""
    story.at("10:00")
    story.say("alice", "/incident resolve")
    story.at("10:05")
    said = story.say("alice", "/incident reopen it came back")
    assert story.ticket.open
    story.delete(said)
    assert not story.ticket.open
    assert "reopened" not in story.text("summary").partition("#### Summary")[0]
    assert story.rests()


def test_the_second_of_two_ends_is_deleted(story: Story) -> None:
    story.at("10:00")
    story.say("alice", "/incident resolve")
    story.at("10:05")
    story.say("alice", "/incident reopen it came back")
    story.at("10:10")
    said = story.say("alice", "/incident resolve")
    story.delete(said)
    goes_on(story, str(said.id))
    assert "This summary is withdrawn" in story.text("summary")


def test_it_was_opened_by_hand_before_the_word_is_deleted(story: Story) -> None:
    said = story.say("alice", "/incident resolve")
    story.at("10:00")
    story.world.reopen(story.ticket, story.forge.bob)
    story.look()
    story.at("10:05")
    story.world.delete_comment(story.ticket, said, story.forge.alice)
    assert not [one for one in story.look().changes if isinstance(one, Reopen)]
    goes_on(story, str(said.id))


def test_closed_by_hand_after_the_word_is_deleted_it_is_over(story: Story) -> None:
    said = story.say("alice", "/incident resolve")
    story.delete(said)
    assert story.ticket.open
    story.at("10:05")
    story.world.close(story.ticket, story.forge.bob)
    story.look()
    assert not story.ticket.open
    assert "Resolved — bob, in the tracker" in story.text("summary")
    assert "withdrawn" not in story.text("summary")
    assert story.rests()


def test_declare_is_deleted_and_the_label_stands(forge: Forge) -> None:
    story = Story(forge)
    story.at("09:00")
    story.open("alice", "API down")
    said = story.say("alice", "/incident declare")
    end = story.say("alice", "/incident resolve")
    story.delete(said)
    assert not story.ticket.open
    assert {"status", "summary"} <= story.keys
    story.delete(end)
    goes_on(story, str(end.id))


def test_the_word_that_confirmed_a_report_is_deleted(forge: Forge) -> None:
    """What the team did stays; nobody is Technical Lead, and least of all the stranger."""
    forge.project.private = False
    story = Story(forge)
    story.world.add_account("zoe")
    story.at("09:00")
    story.open("zoe", "API down", labels=["incident"])
    said = story.say("alice", "/incident declare")
    story.say("bob", "/incident note The disk is full.")
    story.delete(said)
    assert "status" in story.keys
    assert "reported" not in story.keys
    assert "The disk is full. — bob" in story.text("status")
    assert "**zoe**" not in story.text("status")
    assert "duty:opener" not in story.keys
    assert story.rests()


def test_a_role_is_deleted_after_others_worked_under_it(story: Story) -> None:
    """What the assist gave out, and what became of it, stays."""
    femi = story.world.add_account("femi")
    story.world.add_member(story.forge.project, femi, Access.TRIAGE)
    role = story.say("alice", "/incident role assist @femi")
    given = story.say("femi", "/incident task @dana read the logs\n/incident severity sev2")
    done = story.say("dana", "/incident task accept 1\n/incident task done 1 nothing in them")
    kept = {f"duty:{role.id}.femi"}

    story.delete(role)

    assert kept.isdisjoint(story.keys)
    assert not [key for key in story.keys if key.startswith("refusal")]
    assert "nothing in them" in story.text("status")
    assert "sev2" in story.text("status")
    assert story.reactions(given) == story.reactions(done) == ["+1"]

    late = story.say("femi", "/incident severity sev1")
    assert "needs write access" in story.text(f"refusal:{late.id}")
    assert story.rests()


@pytest.mark.parametrize("how", ["deleted", "edited"])
def test_a_severity_that_is_taken_back_was_set_by_nobody(story: Story, how: str) -> None:
    """The label is ours: the author of the issue did not put it there."""
    story.at("10:00")
    note = story.say("bob", "/incident severity sev2")
    assert "sev2" in story.labels
    story.at("10:05")
    if how == "deleted":
        story.delete(note)
    else:
        story.edit(note, "bob", "Only a few people, I think.")
    assert "sev2" not in story.labels
    assert "severity not set" in story.text("status")
    assert "Severity" not in story.text("status").partition("**Latest events**")[2].partition("| Role")[0]
    assert story.forge.tracker.read(story.ref).rank == 0
    assert story.rests()


def test_a_severity_by_hand_stays_when_a_command_is_taken_back(story: Story) -> None:
    story.at("10:00")
    story.world.ensure_label(story.forge.project, "sev3")
    story.world.label(story.ticket, story.carol, "sev3")
    story.look()
    story.at("10:05")
    note = story.say("bob", "/incident severity sev2")
    assert story.labels == {"incident", "sev2"}
    story.at("10:10")
    story.delete(note)
    assert story.labels == {"incident", "sev3"}
    assert "Severity **sev3** — carol, in the tracker" in story.text("status")
    assert story.rests()
