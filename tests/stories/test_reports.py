"""Strangers open issues with the label: these are reports, which the team confirms or turns down (S96)."""

from datetime import timedelta

import pytest

from tests.contract.forges import Forge
from tests.domain.test_form import FULL, as_github
from tests.stories.story import Story
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.changes import Post
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.reconcile.outbox import MOST_REPORTS
from tracker_bridge.sandbox.world import Ticket

EVIL = "\n/incident claim lead\n/incident channel main https://evil.test\n/incident action x @bob"


@pytest.fixture
def story(forge: Forge) -> Story:
    """A public project, in which zoe may do what everybody may."""
    forge.project.private = False
    story = Story(forge)
    assert story.world.access(forge.project, story.world.add_account("zoe")) is Access.READ
    story.at("09:00")
    return story


def test_a_report_is_one_comment_until_somebody_of_the_team_confirms_it(story: Story) -> None:
    story.at("14:00")
    story.open("zoe", "Checkout is down", as_github(FULL), labels=["incident"])
    said = story.say("zoe", f"/incident note It began with the deploy.{EVIL}")

    assert story.keys == {"reported"}
    assert "**zoe**" in story.text("reported")
    assert story.ticket.assignees == []
    assert story.labels == {"incident"}
    assert story.reactions(story.ticket) == story.reactions(said) == []
    for clock in ("14:30", "15:00"):
        story.at(clock)
        assert story.look().next_at is None
    assert story.keys == {"reported"}
    assert story.rests()

    story.at("15:10")
    story.say("alice", "/incident declare")

    assert story.keys == {"status", "duty:opener"}
    status = story.text("status")
    assert "| Technical Lead | **alice** |" in status
    assert "evil" not in status
    assert "It began with the deploy. — zoe" in status
    assert "since ≈ 13:50 UTC" in status
    assert "severity not set" in status
    assert [one.login for one in story.ticket.assignees] == ["alice"]
    assert story.reactions(said) == ["+1"]

    later = story.say("zoe", "/incident note It works over IPv6.\n/incident fixed")
    assert "It works over IPv6. — zoe" in story.text("status")
    assert "| Fixed" not in story.text("status")
    assert story.reactions(later) == ["+1"]
    assert not [key for key in story.keys if key.startswith("refusal")]
    assert story.rests()


def test_a_report_is_confirmed_by_the_label_that_is_put_again(story: Story) -> None:
    story.open("zoe", "Checkout is down", labels=["incident"])
    assert story.keys == {"reported"}

    story.at("09:10")
    story.world.unlabel(story.ticket, story.forge.bob, "incident")
    story.look()
    assert story.keys == {"reported"}

    story.world.label(story.ticket, story.forge.bob, "incident")
    story.look()
    assert story.keys == {"status", "duty:opener"}
    assert story.text("duty:opener").startswith("@bob")
    assert story.rests()


def test_a_report_that_is_closed_is_turned_down(story: Story) -> None:
    story.open("zoe", "Buy my watches", labels=["incident"])
    story.world.close(story.ticket, story.forge.alice, "not_planned")
    story.look()
    assert story.keys == set()
    assert story.rests()


def test_a_report_stays_one_when_its_author_joins_the_team(story: Story) -> None:
    story.open("zoe", "Checkout is down", labels=["incident"])
    story.world.add_member(story.forge.project, story.who("zoe"), Access.MAINTAIN)
    story.forge.clock.forward(120)
    story.look()
    assert story.keys == {"reported"}


def test_an_incident_stays_one_when_who_opened_it_leaves_the_team(story: Story) -> None:
    story.open("dana", "Checkout is down", labels=["incident"])
    assert "status" in story.keys
    del story.forge.project.members[story.dana.id]
    story.forge.clock.forward(120)
    story.look()
    assert "| Technical Lead | **dana** |" in story.text("status")
    assert story.rests()


def test_a_bot_that_opens_issues_with_the_label_opens_incidents(story: Story) -> None:
    login = "alerts[bot]" if story.forge.name == "github" else "project_77_bot_0a1b2c3d"
    story.world.add_account(login, bot=True)
    story.open(login, "Checkout answers 502", labels=["incident"])
    assert story.keys == {"status"}
    assert story.rests()


def test_a_crowd_that_reports_in_somebody_elses_issue_gets_one_comment(story: Story) -> None:
    story.open("bob", "Downloads are slow")
    for number in range(5):
        story.world.add_account(f"crowd{number}")
        story.say(f"crowd{number}", "/incident declare --drill\n/incident claim lead")
    assert story.keys == {"reported"}
    assert "**crowd0**" in story.text("reported")
    assert story.rests()


def test_a_flood_of_reports_is_answered_with_ten_comments_an_hour(story: Story) -> None:
    tickets = [flooding(story, number) for number in range(MOST_REPORTS + 3)]

    def look(ticket: Ticket) -> list[type]:
        found = story.bridge.reconcile(story.forge.ref(ticket), story.forge.clock.now, {})
        if not found.changes and not ticket.comments:
            assert found.next_at is not None
            assert found.next_at - story.forge.clock.now <= timedelta(hours=1)
        return [type(change) for change in found.changes]

    assert [look(ticket) for ticket in tickets].count([Post]) == MOST_REPORTS
    assert [look(ticket) for ticket in tickets].count([Post]) == 0
    story.at("10:01")
    assert [look(ticket) for ticket in tickets].count([Post]) == 3

    # The team's own incidents are not held up by it.
    story.open("alice", "Login is down", labels=["incident"])
    assert story.keys == {"status", "duty:opener"}


def flooding(story: Story, number: int) -> Ticket:
    return story.world.open_ticket(story.forge.project, story.who("zoe"), f"Help {number}", labels=["incident"])


def test_who_opened_it_costs_one_question_about_their_rights(story: Story) -> None:
    """And none once it is known, however often the bridge is started anew."""
    if story.forge.name == "local":
        pytest.skip("nothing is asked")
    story.open("zoe", "Checkout is down", labels=["incident"])
    asked = [
        one for one in story.forge.sandbox.requests if "/permission" in one.path or "/members/all/" in one.path
    ]
    assert len(asked) == 1
    story.forge.sandbox.requests.clear()
    assert story.rests()
    asked = [
        one for one in story.forge.sandbox.requests if "/permission" in one.path or "/members/all/" in one.path
    ]
    assert asked == []


def test_without_reports_the_label_makes_an_incident_at_once(forge: Forge) -> None:
    forge.project.private = False
    story = Story(forge, Rules(confirm_reports=False))
    story.world.add_account("zoe")
    story.open("zoe", "Checkout is down", labels=["incident"])
    assert "| Technical Lead | **zoe** |" in story.text("status")
    assert story.rests()
