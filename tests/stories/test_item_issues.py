"""Action items follow their issues, and the issues follow what is said (S113)."""

from datetime import timedelta

import pytest

from tests.contract.forges import Forge
from tests.stories.beginnings import beginning
from tests.stories.linked import all_rest, forge_facts
from tests.stories.story import Story
from tests.stories.test_actions import chased
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import Closed
from tracker_bridge.sandbox.world import Note, Ticket


@pytest.fixture
@beginning
def story(forge: Forge) -> Story:
    """An incident that was resolved at eleven."""
    story = Story(forge)
    story.at("10:00")
    story.open("bob", "Backups fail", "/incident declare\n/incident severity sev2")
    story.at("11:00")
    story.say("bob", "/incident resolve\n/incident postmortem")
    return story


def item(story: Story, line: str = "watch the disk @carol due 2026-11-05") -> tuple[Note, Ticket]:
    note = story.say("alice", f"/incident action {line}")
    return note, forge_facts(story, line.partition(" @")[0])


def row(story: Story) -> str:
    body = forge_facts(story, "Postmortem review").body
    return next(line for line in body.splitlines() if "watch the disk" in line)


def test_whom_it_is_assigned_to_by_hand_is_the_new_owner(story: Story) -> None:
    note, issue = item(story)
    story.world.unassign(issue, story.who("alice"), story.who("carol"))
    story.world.assign(issue, story.who("alice"), story.who("dana"))
    story.look()
    assert "| dana | 2026-11-05 |" in row(story)
    story.at("2026-11-06 09:00")
    story.look()
    assert [line.partition(",")[0] for line in chased(story)] == ["@dana"]

    story.edit(note, "alice", "/incident action watch the disk @bob due 2026-11-05")
    assert [one.login for one in issue.assignees] == ["bob"]
    assert "| bob | 2026-11-05 |" in row(story)
    assert all_rest(story)


def test_one_that_is_not_planned_is_neither_done_nor_chased(story: Story) -> None:
    if story.forge.name == "gitlab":
        pytest.skip("gitlab lacks a reason for closing")
    _, issue = item(story)
    story.world.close(issue, story.who("carol"), Closed.NOT_PLANNED)
    story.at("2026-11-06 09:00")
    story.look()
    assert row(story).startswith("| not planned · ")
    assert chased(story) == []
    assert "action items" not in story.text("status")
    assert all_rest(story)


def test_one_whose_issue_is_deleted_is_gone(story: Story) -> None:
    _, issue = item(story)
    story.world.delete_ticket(issue, story.who("alice"))
    story.at("2026-11-06 09:00")
    story.look()
    assert row(story).startswith("| deleted")
    assert chased(story) == []
    assert story.rests()


def test_without_its_command_an_issue_that_nobody_touched_is_closed(story: Story) -> None:
    note, issue = item(story)
    story.delete(note)
    assert not issue.open
    [told] = [one.body for one in issue.comments]
    assert "Nobody has worked here yet, so this issue is closed" in told
    assert "incident-action" not in {label.name for label in issue.labels}
    assert not any(key.startswith("linked:action") for key in story.keys)
    assert "watch the disk" not in forge_facts(story, "Postmortem review").body
    assert all_rest(story)


def test_without_its_command_an_issue_that_people_work_in_is_theirs(story: Story) -> None:
    note, issue = item(story)
    story.world.comment(issue, story.who("carol"), "The alarm is there, the test is not.")
    story.edit(note, "alice", "never mind")
    assert issue.open
    assert "this issue stays open: it is yours now" in issue.comments[-1].body
    assert all_rest(story)


def test_without_a_day_it_is_due_when_the_team_says_so(forge: Forge) -> None:
    story = Story(forge, Rules(action_due={"sev1": timedelta(days=14), "sev2": timedelta(days=30)}))
    story.at("10:00")
    story.open("bob", "Backups fail", "/incident declare\n/incident severity sev1")
    story.say("bob", "/incident resolve\n/incident postmortem")
    item(story, "watch the disk @carol")
    assert "| carol | 2026-11-16 |" in row(story)
    item(story, "watch the alarms @dana due 2026-11-09")
    assert "| dana | 2026-11-09 |" in forge_facts(story, "Postmortem review").body
