"""A team holds a role or a task, and its members act for it, where the forge says who they are (S11)."""

import pytest

from tests.contract.forges import Forge
from tests.stories.story import Story
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.faults import FaultResponse

TEAM = "acme/payments"


def incident(forge: Forge, *members: str) -> Story:
    """Return bob's incident, led by alice; nobody of the team has access to the project."""
    story = Story(forge)
    story.world.add_team(TEAM)
    for login in members:
        story.world.add_to_team(TEAM, story.world.account(login) or story.world.add_account(login))
    story.open("bob", "API down", "/incident declare")
    story.say("alice", "/incident claim lead")
    return story


def test_a_member_accepts_the_teams_task_and_tests_for_it(forge: Forge) -> None:
    story = incident(forge, "wendy")
    assert story.world.access(forge.project, story.who("wendy")) == Access.NONE
    story.say("alice", f"/incident task @{TEAM} look at the ledger\n/incident role tester @{TEAM}")
    accepted = story.say("wendy", "/incident task accept 1")
    assert story.reactions(accepted) == ["+1"]
    done = story.say("wendy", "/incident task done 1 it is complete\n/incident test request")
    assert story.reactions(done) == ["confused"], "testers do not ask for tests"
    story.say("bob", "/incident fixed")
    verdict = story.say("wendy", "/incident test pass paid twice")
    assert story.reactions(verdict) == ["+1"]
    assert "**wendy** confirmed the fix" in story.text("status")
    assert story.rests()


def test_who_is_not_in_the_team_does_not_act_for_it(forge: Forge) -> None:
    story = incident(forge, "wendy")
    story.world.add_account("mallory")
    story.say("alice", f"/incident task @{TEAM} look at the ledger\n/incident role lead @carol")
    for login in ("mallory", "tess"):
        note = story.say(login, "/incident task accept 1")
        assert story.reactions(note) != ["+1"]
    assert "accepted" not in story.text("status")


def test_a_team_of_assists_is_technical_and_the_lead_in_it_is_left_alone(forge: Forge) -> None:
    """S52, S58, S101, S107."""
    story = incident(forge, "wendy", "bob")
    story.say("alice", f"/incident role assist @{TEAM}")
    story.forge.clock.forward(31 * 60)
    story.look()
    asked = [note.body for key, note in story.ours.items() if key.startswith("nudge:") and "status?" in note.body]
    assert [text.partition(",")[0] for text in asked] == ["@wendy"]
    story.say("wendy", "We restore the backup.")
    assert not [note for note in story.ours.values() if "status?" in note.body]
    story.say("wendy", "/incident claim tester")
    assert "**wendy** is both testing and working on the fix" in story.text("status")


@pytest.mark.parametrize("lacking", ["teams"])
def test_where_the_members_are_hidden_it_is_said(forge: Forge) -> None:
    story = incident(forge, "tess")
    card = story.say("alice", f"/incident role tester @{TEAM}\n/incident task @{TEAM} look at the ledger")
    told = f"⚠️ The bridge cannot see who is in **{TEAM}**. Members who want to act for the team need a role of"
    [text] = [note.body for key, note in story.ours.items() if key.startswith("duty:") and str(card.id) in key]
    assert told in text
    note = story.say("tess", "/incident task accept 1\n/incident test pass")
    refusal = story.text(f"refusal:{note.id}")
    assert f"task 1 is for `{TEAM}`; the bridge cannot see who is in `{TEAM}`" in refusal
    assert f"report results, and the bridge cannot see who is in `{TEAM}`; use `/incident claim tester`" in refusal


def test_a_gitlab_that_hides_a_groups_members_is_no_trouble(forge: Forge) -> None:
    if forge.name != "gitlab":
        pytest.skip("others say it in another way")
    story = incident(forge, "tess")
    assert forge.sandbox is not None
    for _ in range(2):
        forge.sandbox.faults.add(FaultResponse(403, body=b'{"message": "403 Forbidden"}'), path="/members")
    story.say("alice", f"/incident role tester @{TEAM}")
    assert story.keys >= {"status"}
