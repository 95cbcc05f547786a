"""The forge's own type, severity, status and timeline: fed from the thread, and counting when set by hand."""

from datetime import timedelta

import pytest

from tests.contract.forges import Forge
from tests.stories.story import Story
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.domain.issue.native import MAX_EVENT_CHARS, Capability
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.gitlab import users


def needs_fields(forge: Forge) -> None:
    if Capability.SEVERITY not in forge.tracker.native:
        pytest.skip(f"{forge.name} has no native severity")


def milestones(story: Story) -> list[str]:
    return [one.text.replace("\u00a0", " ") for one in story.ticket.timeline if one.action == "comment"]


def test_from_the_label_to_the_end(forge: Forge) -> None:
    needs_fields(forge)
    story = Story(forge)
    story.at("09:00")
    story.open("bob", "Mail is slow", "/incident declare --started 08:50 --detected 08:55 --by user")
    assert (story.ticket.kind, story.ticket.severity, story.ticket.escalation) == (
        "incident",
        "UNKNOWN",
        "ACKNOWLEDGED",
    )
    assert set(milestones(story)) == {"Incident declared", "The outage began", "Detected by a user"}

    story.at("09:05")
    story.say("bob", "/incident severity sev2 many wait")
    assert story.ticket.severity == "HIGH"

    story.at("09:10")
    story.world.rate(story.ticket, story.who("alice"), "CRITICAL")
    story.look()
    assert story.labels == {"incident", "sev1"}
    assert "**sev1**" in story.text("status")
    assert "Severity **sev1** — alice, in the tracker" in story.text("status")

    story.at("09:20")
    story.say("bob", "/incident note [a link](https://evil.test) for @everyone\n/incident major")
    assert any("a link" in one for one in milestones(story))
    assert not any("@everyone" in one for one in milestones(story))

    story.at("09:30")
    story.say("bob", "/incident fixed 09:25")
    story.say("alice", "/incident resolve")
    assert story.ticket.escalation == "RESOLVED"
    assert story.rests()


def test_a_note_that_is_not_major_costs_nothing_there(forge: Forge) -> None:
    needs_fields(forge)
    story = Story(forge)
    story.open("bob", "Mail is slow", "/incident declare")
    before, remarks = list(story.ticket.timeline), [one for one in story.ticket.notes if one.system]
    story.at("09:05")
    story.say("bob", "/incident note looked at the queue")

    assert story.ticket.timeline == before
    assert [one for one in story.ticket.notes if one.system] == remarks


def test_events_that_become_long_by_escaping_are_cut_and_nothing_after_them_is_lost(forge: Forge) -> None:
    needs_fields(forge)
    story = Story(forge)
    story.open("bob", "Mail is slow", "/incident declare")
    for minute, text in enumerate(("a<html>" * 40, "[x] *_ #1 @bob ~y " * 20, "a\\b|c" * 60, "&<>`$" * 50)):
        story.at(f"09:{minute + 1:02}")
        story.say("bob", f"/incident note {text}\n/incident major")
    story.at("09:30")
    story.say("bob", "/incident fixed 09:25")
    story.say("alice", "/incident resolve")

    assert max(map(len, milestones(story))) <= MAX_EVENT_CHARS
    assert len(milestones(story)) == 7
    assert {"Fix applied by bob", "Resolved"} <= {one.replace("**", "") for one in milestones(story)}
    assert "Not available here" not in story.text("status")


def test_what_was_cancelled_stays_ignored_although_it_is_closed(forge: Forge) -> None:
    needs_fields(forge)
    story = Story(forge)
    story.open("bob", "Mail is slow", "/incident declare")
    story.at("09:05")
    story.say("bob", "/incident cancel a false alarm")

    assert (story.ticket.open, story.ticket.escalation) == (False, "IGNORED")
    assert story.rests()


def test_what_is_opened_again_is_not_left_as_resolved(forge: Forge) -> None:
    """GitLab calls what is closed resolved, and goes on when it is opened again."""
    needs_fields(forge)
    story = Story(forge)
    story.open("bob", "Mail is slow", "/incident declare")
    for clock in ("09:10", "09:20"):  # closed and opened while the bridge was down
        story.at(clock)
        story.world.close(story.ticket, story.who("alice"))
        story.world.reopen(story.ticket, story.who("alice"))
        story.bridge = story.bridge_of(forge.another())
        story.look()
        assert story.ticket.escalation == "ACKNOWLEDGED"
    story.at("09:25")
    story.world.escalate(story.ticket, story.who("alice"), "TRIGGERED")
    story.look()
    assert story.ticket.escalation == "TRIGGERED"  # nobody argues
    story.at("09:30")
    story.say("bob", "/incident resolve")
    assert story.ticket.escalation == "RESOLVED"
    story.at("09:40")
    story.say("bob", "/incident reopen it is back")
    assert story.ticket.escalation == "ACKNOWLEDGED"
    assert story.rests()


@pytest.mark.parametrize("status", [403, 404, 500, 502])
def test_while_graphql_fails_the_incident_goes_on_and_the_fields_follow(forge: Forge, status: int) -> None:
    needs_fields(forge)
    if forge.sandbox is None:
        pytest.skip("local asks nobody")
    story = Story(forge)
    forge.sandbox.faults.add(FaultResponse(status), method="POST", path="/graphql$", times=2)
    story.ticket = story.world.open_ticket(forge.project, story.who("bob"), "Mail is slow", "/incident declare")
    look = story.bridge.reconcile(story.ref, forge.clock.now, {})

    assert story.ticket.escalation == "TRIGGERED"
    assert "Not available here" not in story.text("status")
    assert look.next_at == forge.clock.now + timedelta(seconds=60)

    story.at("09:01")
    story.look()
    assert story.ticket.escalation == "ACKNOWLEDGED"
    assert milestones(story) == ["Incident declared"]
    assert story.rests()


@pytest.mark.parametrize("status", [403, 404, 502])
def test_while_the_type_can_not_be_given_what_depends_on_it_is_not_called_lacking(
    forge: Forge, status: int
) -> None:
    needs_fields(forge)
    if forge.sandbox is None:
        pytest.skip("local asks nobody")
    story = Story(forge)
    forge.sandbox.faults.add(FaultResponse(status), method="PUT", path="/issues/1$")
    story.ticket = story.world.open_ticket(forge.project, story.who("bob"), "Mail is slow", "/incident declare")
    story.bridge.reconcile(story.ref, forge.clock.now, {})
    assert story.ticket.kind == "issue"
    assert "Not available here" not in story.text("status")

    story.at("09:01")
    story.look()
    assert story.ticket.escalation == "ACKNOWLEDGED"
    assert milestones(story) == ["Incident declared"]
    assert story.rests()


def test_the_status_is_set_after_the_closing_that_changes_it(forge: Forge) -> None:
    needs_fields(forge)
    if forge.sandbox is None:
        pytest.skip("local asks nobody")
    story = Story(forge)
    story.open("bob", "Mail is slow", "/incident declare")
    forge.sandbox.faults.add(FaultResponse(502), method="PUT", path="/issues/1$")
    story.at("09:05")
    story.world.comment(story.ticket, story.who("bob"), "/incident cancel a false alarm")
    story.bridge.reconcile(story.ref, forge.clock.now, {})
    assert story.ticket.open

    story.at("09:07")
    story.look()
    assert not story.ticket.open
    assert story.ticket.escalation == "IGNORED"
    assert story.rests()


def test_what_was_lacking_is_tried_again_a_day_later(forge: Forge) -> None:
    needs_fields(forge)
    if forge.sandbox is None:
        pytest.skip("local asks nobody")
    forge.world.add_member(forge.project, forge.bot, Access.TRIAGE)
    story = Story(forge)
    story.open("bob", "Mail is slow", "/incident declare")
    assert "Not available here: the native status, the native timeline." in story.text("status")
    forge.world.add_member(forge.project, forge.bot, Access.WRITE)
    story.at("23:00")
    story.say("bob", "/incident note still slow")
    assert story.ticket.escalation == "TRIGGERED"

    story.at("2026-11-03 09:01")
    story.look()
    assert story.ticket.escalation == "ACKNOWLEDGED"
    assert "Not available here" not in story.text("status")
    assert story.rests()


def test_what_was_lacking_is_tried_again_once_the_server_is_another_version(
    forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_fields(forge)
    if forge.sandbox is None:
        pytest.skip("local has no version")
    forge.world.add_member(forge.project, forge.bot, Access.TRIAGE)
    story = Story(forge)
    story.open("bob", "Mail is slow", "/incident declare")
    forge.world.add_member(forge.project, forge.bot, Access.WRITE)
    story.say("bob", "/incident note one")
    assert story.ticket.escalation == "TRIGGERED"

    monkeypatch.setattr(users, "VERSION", "19.5.0")
    forge.clock.forward(3600)
    story.say("bob", "/incident note two")
    assert story.ticket.escalation == "ACKNOWLEDGED"
    asked = [one for one in forge.sandbox.requests if one.path.endswith("/metadata")]
    assert len(asked) == 2, "once an hour, while something is lacking"


def test_a_type_given_by_hand_begins_it(forge: Forge) -> None:
    story = Story(forge)
    story.open("bob", "Mail is slow")
    assert story.keys == set()

    story.at("09:10")
    story.world.set_kind(story.ticket, story.who("carol"), "incident")
    story.look()

    assert story.labels == {"incident"}
    assert story.text("duty:opener").startswith("@carol, ")
    assert "Incident declared — carol, in the tracker" in story.text("status")
    assert story.rests()


def test_a_team_that_does_not_want_it_is_left_alone(forge: Forge) -> None:
    story = Story(forge, Rules(native_fields=frozenset()))
    story.open("bob", "Mail is slow", "/incident declare")
    story.at("09:05")
    story.say("bob", "/incident severity sev1")

    assert (story.ticket.kind, story.ticket.severity, story.ticket.timeline) == ("issue", "UNKNOWN", [])
    assert "Not available here" not in story.text("status")


@pytest.mark.parametrize("lacking", ["types"])
def test_what_an_organisation_lacks_is_said_once(forge: Forge) -> None:
    story = Story(forge)
    story.open("bob", "Mail is slow", "/incident declare")

    assert "Not available here: the issue type for incidents." in story.text("status")
    before = len(forge.sandbox.requests)
    story.at("09:05")
    story.say("bob", "/incident note looked at the queue")
    asked = [one for one in list(forge.sandbox.requests)[before:] if one.method == "PATCH"]
    assert all("/comments/" in one.path for one in asked)
    assert story.rests()


@pytest.mark.parametrize("lacking", ["pins"])
def test_a_server_without_pins_is_no_trouble_and_it_is_said(forge: Forge) -> None:
    story = Story(forge)
    story.ticket = story.world.open_ticket(forge.project, story.who("bob"), "Mail is slow", "/incident declare")
    look = story.bridge.reconcile(story.ref, forge.clock.now, {})
    assert look.next_at == forge.clock.now

    story.look()

    assert "Not available here: pinning this comment." in story.text("status")
    assert story.rests()


def test_a_reporter_sets_what_reporters_may_and_says_what_is_left_out(forge: Forge) -> None:
    """On GitLab status and timeline are for developers; on GitHub the type is for those who push."""
    if forge.sandbox is None:
        pytest.skip("local asks nobody")
    forge.world.add_member(forge.project, forge.bot, Access.TRIAGE)
    story = Story(forge)
    story.open("bob", "Mail is slow", "/incident declare")
    story.at("09:05")
    story.say("bob", "/incident severity sev2")

    left_out = story.text("status").partition("Not available here: ")[2].partition(".")[0]
    if forge.name == "gitlab":
        assert (story.ticket.kind, story.ticket.severity) == ("incident", "HIGH")
        assert left_out == "the native status, the native timeline"
    else:
        assert left_out == "the issue type for incidents"
    assert story.rests()
