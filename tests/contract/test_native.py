"""What forges keep of incidents themselves, set by us and by hand: the same on all, as far as they have it."""

from dataclasses import replace
from datetime import datetime

import pytest

from tests.contract.forges import Forge
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.changes import Change, Close, Reopen
from tracker_bridge.domain.issue.issue import Access, EventType
from tracker_bridge.domain.issue.native import (
    MAX_EVENT_CHARS,
    Advance,
    Capability,
    Fill,
    Milestone,
    Mirror,
    Progress,
    Rate,
    Retype,
)
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import DONE, Applied, Busy, lacking

BEGUN = Milestone(datetime.fromisoformat("2026-11-02T09:00Z"), Kind.STARTED, "The outage began")
CHANGES: dict[Capability, Change] = {
    Capability.TYPE: Retype(),
    Capability.SEVERITY: Rate(2),
    Capability.STATUS: Advance(Progress.ACKNOWLEDGED),
    Capability.TIMELINE: Mirror((BEGUN,)),
    Capability.FIELDS: Fill("Tier", "gold"),
}


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    forge.world.define_field("Tier", "single_select", ("gold", "silver"))
    forge.world.define_field("Users", "number")
    return forge.world.open_ticket(forge.project, forge.alice, "API down")


def needs_native(forge: Forge, capability: Capability) -> None:
    if capability not in forge.tracker.native:
        pytest.skip(f"{forge.name} has no native {capability.name.lower()}")


def milestone(forge: Forge, text: str, kind: Kind = Kind.NOTE) -> Milestone:
    return Milestone(forge.clock.now, kind, text)


def shown(ticket: Ticket) -> list[tuple[str, str, datetime]]:
    """Return what accounts put on the timeline, without the forge's own records."""
    events = sorted(ticket.timeline, key=lambda one: (one.at, one.id))
    return [(one.author.login, one.text, one.at) for one in events if one.action == "comment"]


def settled(forge: Forge, ticket: Ticket, change: Change) -> Applied:
    """Apply a change; what is refused in a way that may pass, again a minute later."""
    now = [1_793_000_000.0]
    tracker = forge.another(lambda: now[0])
    try:
        return tracker.apply(forge.ref(ticket), change)
    except Busy:
        now[0] += 60
        return tracker.apply(forge.ref(ticket), change)


def test_the_type_is_given_and_is_none_of_our_own_news(forge: Forge, ticket: Ticket) -> None:
    assert not forge.tracker.read(forge.ref(ticket)).typed

    for _ in range(2):
        assert forge.tracker.apply(forge.ref(ticket), Retype()) == DONE

    for tracker in (forge.tracker, forge.another()):
        issue = tracker.read(forge.ref(ticket))
        assert issue.typed
        assert issue.events == ()


def test_a_type_given_by_hand_is_told_with_who_and_when(forge: Forge, ticket: Ticket) -> None:
    forge.tracker.read(forge.ref(ticket))
    forge.world.set_kind(ticket, forge.bob, "task")
    then = forge.clock.forward()
    forge.world.set_kind(ticket, forge.bob, "incident")

    issue = forge.tracker.read(forge.ref(ticket))

    assert issue.typed
    assert [(one.type, one.actor.login, one.at) for one in issue.events] == [(EventType.TYPED, "bob", then)]


def test_a_severity_is_set_and_read(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Capability.SEVERITY)
    forge.tracker.apply(forge.ref(ticket), Retype())

    for rank, word in enumerate(("CRITICAL", "HIGH", "MEDIUM", "LOW"), start=1):
        for _ in range(2):
            assert forge.tracker.apply(forge.ref(ticket), Rate(rank)) == DONE
        assert ticket.severity == word
        assert forge.tracker.read(forge.ref(ticket)).rank == rank
    assert forge.another().read(forge.ref(ticket)).events == ()


def test_a_severity_set_by_hand_is_told_with_who_and_when(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Capability.SEVERITY)
    forge.tracker.apply(forge.ref(ticket), Retype())
    forge.tracker.read(forge.ref(ticket))
    told = []
    for severity, rank in (("HIGH", 2), ("UNKNOWN", 0), ("CRITICAL", 1)):
        told.append((EventType.RATED, rank, "bob", forge.clock.forward()))
        forge.world.rate(ticket, forge.bob, severity)

    for tracker in (forge.tracker, forge.another()):
        issue = tracker.read(forge.ref(ticket))
        assert issue.rank == 1
        assert [(one.type, one.rank, one.actor.login, one.at) for one in issue.events] == told


def test_the_status_is_set(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Capability.STATUS)
    forge.tracker.apply(forge.ref(ticket), Retype())

    for progress in (Progress.ACKNOWLEDGED, Progress.RESOLVED, Progress.IGNORED):
        for _ in range(2):
            assert forge.tracker.apply(forge.ref(ticket), Advance(progress)) == DONE
        assert ticket.escalation == progress.name


def test_the_timeline_shows_ours_once_and_leaves_those_of_people(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Capability.TIMELINE)
    forge.tracker.apply(forge.ref(ticket), Retype())
    forge.world.add_event(ticket, forge.bob, forge.clock.now, "Coffee")
    begun = milestone(forge, "The outage began", Kind.STARTED)
    later = replace(begun, at=forge.clock.forward(), kind=Kind.FIXED, text="A fix is in")

    for tracker in (forge.tracker, forge.another()):
        assert tracker.apply(forge.ref(ticket), Mirror((begun, later))) == DONE
    assert shown(ticket) == [
        ("bob", "Coffee", begun.at),
        ("incident-bot", "The outage began", begun.at),
        ("incident-bot", "A fix is in", later.at),
    ]
    moved = replace(later, at=forge.clock.forward())
    forge.tracker.apply(forge.ref(ticket), Mirror((begun, moved)))
    assert [(text, at) for _, text, at in shown(ticket)] == [
        ("Coffee", begun.at),
        ("The outage began", begun.at),
        ("A fix is in", moved.at),
    ]


def test_an_issue_that_was_read_is_not_asked_for_its_number(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Capability.TIMELINE)
    if forge.sandbox is None:
        pytest.skip("local asks nobody")
    tracker = forge.another()
    tracker.read(forge.ref(ticket))
    tracker.apply(forge.ref(ticket), Retype())
    forge.sandbox.requests.clear()

    tracker.apply(forge.ref(ticket), Mirror((milestone(forge, "The outage began"),)))

    assert [one.path.rpartition("/")[2] for one in forge.sandbox.requests] == ["graphql", "graphql"]
    assert [text for _, text, _ in shown(ticket)] == ["The outage began"]


def test_the_forges_own_records_stay_however_often_it_is_kept(forge: Forge, ticket: Ticket) -> None:
    """They are written in our name when we rate, advance, close and open; none of it is ours to remove."""
    needs_native(forge, Capability.TIMELINE)
    done: tuple[Change, ...] = (Retype(), Rate(2), Advance(Progress.ACKNOWLEDGED), Close(), Reopen(), Rate(1))
    for number, change in enumerate(done):
        forge.tracker.apply(forge.ref(ticket), change)
        forge.tracker.apply(forge.ref(ticket), Mirror((milestone(forge, f"Step {number}"),)))
        forge.clock.forward()

    records = [(one.action, one.text.partition(" ")[2]) for one in ticket.timeline if one.action != "comment"]
    assert records == [
        ("severity", "changed the incident severity to **High**"),
        ("status", "changed the incident status to **Acknowledged**"),
        ("status", "resolved the incident"),
        ("issues", "reopened the incident"),
        ("severity", "changed the incident severity to **Critical**"),
    ]
    assert [text for _, text, _ in shown(ticket)] == ["Step 5"]


def test_what_changes_on_the_timeline_is_one_remark_in_the_thread(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Capability.TIMELINE)
    forge.tracker.apply(forge.ref(ticket), Retype())
    steps = [milestone(forge, f"Step {number}") for number in range(4)]
    forge.tracker.apply(forge.ref(ticket), Mirror(tuple(steps)))
    before = [one.body for one in ticket.notes]

    steps[1] = replace(steps[1], text="Step one, corrected", at=forge.clock.forward())
    forge.tracker.apply(forge.ref(ticket), Mirror(tuple(steps)))

    assert {text for _, text, _ in shown(ticket)} == {one.text for one in steps}
    if forge.sandbox is not None:
        said = "edited the event time/date and text on incident timeline event"
        assert [one.body for one in ticket.notes] == [*before, said]


def test_an_event_that_is_too_long_is_left_out_alone(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Capability.TIMELINE)
    if forge.sandbox is None:
        pytest.skip("local takes any length")
    forge.tracker.apply(forge.ref(ticket), Retype())
    long, short = milestone(forge, "x" * (MAX_EVENT_CHARS + 1)), milestone(forge, "y" * MAX_EVENT_CHARS)

    assert forge.tracker.apply(forge.ref(ticket), Mirror((long, short))) == DONE
    assert [text for _, text, _ in shown(ticket)] == [short.text]


@pytest.mark.parametrize("passing", [403, 404, 500, 502])
@pytest.mark.parametrize("capability", CHANGES)
def test_a_refusal_that_passes_costs_nothing(
    forge: Forge, ticket: Ticket, capability: Capability, passing: int
) -> None:
    needs_native(forge, capability)
    if forge.sandbox is None:
        pytest.skip("local asks nobody")
    forge.world.set_kind(ticket, forge.alice, "task" if capability is Capability.TYPE else "incident")
    forge.sandbox.faults.add(FaultResponse(passing), method="PATCH", path="/issues/1$")
    forge.sandbox.faults.add(FaultResponse(passing), method="PUT", path="/issues/1$")
    forge.sandbox.faults.add(FaultResponse(passing), method="POST", path="/graphql$")
    forge.sandbox.faults.add(FaultResponse(passing), method="POST", path="/issue-field-values$")

    with pytest.raises(Busy):
        forge.tracker.apply(forge.ref(ticket), CHANGES[capability])
    assert forge.tracker.apply(forge.ref(ticket), CHANGES[capability]) == DONE


def test_many_milestones_are_kept(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Capability.TIMELINE)
    forge.tracker.apply(forge.ref(ticket), Retype())
    many = tuple(milestone(forge, f"Step {number}") for number in range(130))

    for _ in range(2):
        assert forge.tracker.apply(forge.ref(ticket), Mirror(many)) == DONE

    assert [text for _, text, _ in shown(ticket)] == [one.text for one in many]


@pytest.mark.parametrize("capability", CHANGES)
def test_a_bot_that_may_only_read_leaves_them_out(forge: Forge, ticket: Ticket, capability: Capability) -> None:
    needs_native(forge, capability)
    if forge.sandbox is None:
        pytest.skip("local asks nobody")
    forge.world.set_kind(ticket, forge.alice, "task" if capability is Capability.TYPE else "incident")
    forge.world.add_member(forge.project, forge.bot, Access.READ)

    assert settled(forge, ticket, CHANGES[capability]) == lacking(capability)


@pytest.mark.parametrize("capability", [one for one in CHANGES if one not in (Capability.TYPE, Capability.FIELDS)])
def test_on_an_issue_of_another_type_there_is_none_of_them(
    forge: Forge, ticket: Ticket, capability: Capability
) -> None:
    needs_native(forge, capability)
    if forge.sandbox is None:
        pytest.skip("local asks nobody")

    assert settled(forge, ticket, CHANGES[capability]) == lacking(capability)


@pytest.mark.parametrize("lacking", ["types"])
def test_an_organisation_without_the_type_gives_none(forge: Forge, ticket: Ticket) -> None:
    assert forge.tracker.apply(forge.ref(ticket), Retype()).unsupported == {Capability.TYPE}
    assert not forge.tracker.read(forge.ref(ticket)).typed


@pytest.mark.parametrize("lacking", ["timeline"])
def test_a_server_without_a_timeline_shows_none(forge: Forge, ticket: Ticket) -> None:
    forge.tracker.apply(forge.ref(ticket), Retype())

    assert forge.tracker.apply(forge.ref(ticket), CHANGES[Capability.TIMELINE]).unsupported == {
        Capability.TIMELINE
    }


@pytest.mark.parametrize("lacking", ["graphql"])
def test_without_graphql_only_what_rest_has_is_left(forge: Forge, ticket: Ticket) -> None:
    for capability in sorted(forge.tracker.native):
        told = settled(forge, ticket, CHANGES[capability])
        by_rest = capability in (Capability.TYPE, Capability.FIELDS)
        assert told.unsupported == (set() if by_rest else {capability})


def test_a_field_of_the_organisation_is_set_corrected_and_taken_away(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Capability.FIELDS)
    ref = forge.ref(ticket)
    for value in ("gold", "silver"):
        for _ in range(2):
            assert forge.tracker.apply(ref, Fill("tier", value)) == DONE
        assert dict(forge.tracker.read(ref).fields) == {"Tier": value}
    assert forge.tracker.apply(ref, Fill("Users", "12.5")) == DONE
    assert forge.tracker.apply(ref, Fill("Users", "1200")) == DONE
    assert dict(forge.tracker.read(ref).fields) == {"Tier": "silver", "Users": "1200"}
    for _ in range(2):
        assert forge.tracker.apply(ref, Fill("Tier", "")) == DONE
    assert dict(forge.tracker.read(ref).fields) == {"Users": "1200"}


@pytest.mark.parametrize(("field", "value"), [("Tier", "bronze"), ("Users", "many"), ("Colour", "red")])
def test_what_a_field_does_not_take_is_said_and_changes_nothing(
    forge: Forge, ticket: Ticket, field: str, value: str
) -> None:
    needs_native(forge, Capability.FIELDS)
    assert settled(forge, ticket, Fill(field, value)) == lacking(Capability.FIELDS)
    assert forge.tracker.read(forge.ref(ticket)).fields == ()


@pytest.mark.parametrize("lacking", ["issue_fields"])
def test_an_owner_without_fields_has_none(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Capability.FIELDS)
    assert settled(forge, ticket, Fill("Tier", "gold")).unsupported == {Capability.FIELDS}
