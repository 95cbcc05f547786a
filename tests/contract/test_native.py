"""What forges keep of incidents themselves, set by us and by hand: the same on all, as far as they have it."""

from dataclasses import replace
from datetime import datetime

import pytest

from tests.contract.forges import Forge
from tracker_bridge.domain.changes import Change
from tracker_bridge.domain.issue import Access, Deed
from tracker_bridge.domain.native import Ability, Advance, Milestone, Mirror, Progress, Rate, Retype
from tracker_bridge.domain.timeline import Kind
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import DONE, lacking

BEGUN = Milestone(datetime.fromisoformat("2026-11-02T09:00Z"), Kind.STARTED, "The outage began")
CHANGES: dict[Ability, Change] = {
    Ability.TYPE: Retype(),
    Ability.SEVERITY: Rate(2),
    Ability.STATUS: Advance(Progress.ACKNOWLEDGED),
    Ability.TIMELINE: Mirror((BEGUN,)),
}


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    return forge.world.open_ticket(forge.project, forge.alice, "API down")


def needs_native(forge: Forge, ability: Ability) -> None:
    if ability not in forge.tracker.native:
        pytest.skip(f"{forge.name} has no native {ability.name.lower()}")


def milestone(forge: Forge, text: str, kind: Kind = Kind.NOTE) -> Milestone:
    return Milestone(forge.clock.now, kind, text)


def shown(ticket: Ticket) -> list[tuple[str, str, datetime]]:
    return [(one.author.login, one.text, one.at) for one in ticket.timeline]


def test_the_type_is_given_and_is_none_of_our_own_news(forge: Forge, ticket: Ticket) -> None:
    assert not forge.tracker.read(forge.ref(ticket)).typed

    for _ in range(2):
        assert forge.tracker.apply(forge.ref(ticket), Retype()) == DONE

    for tracker in (forge.tracker, forge.another()):
        issue = tracker.read(forge.ref(ticket))
        assert issue.typed
        assert issue.happenings == ()


def test_a_type_given_by_hand_is_told_with_who_and_when(forge: Forge, ticket: Ticket) -> None:
    forge.tracker.read(forge.ref(ticket))
    forge.world.set_kind(ticket, forge.bob, "task")
    then = forge.clock.forward()
    forge.world.set_kind(ticket, forge.bob, "incident")

    issue = forge.tracker.read(forge.ref(ticket))

    assert issue.typed
    assert [(one.deed, one.actor.login, one.at) for one in issue.happenings] == [(Deed.TYPED, "bob", then)]


def test_a_severity_is_set_and_read(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Ability.SEVERITY)
    forge.tracker.apply(forge.ref(ticket), Retype())

    for rank, word in enumerate(("CRITICAL", "HIGH", "MEDIUM", "LOW"), start=1):
        for _ in range(2):
            assert forge.tracker.apply(forge.ref(ticket), Rate(rank)) == DONE
        assert ticket.severity == word
        assert forge.tracker.read(forge.ref(ticket)).rank == rank
    assert forge.another().read(forge.ref(ticket)).happenings == ()


def test_a_severity_set_by_hand_is_told_with_who_and_when(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Ability.SEVERITY)
    forge.tracker.apply(forge.ref(ticket), Retype())
    forge.tracker.read(forge.ref(ticket))
    told = []
    for severity, rank in (("HIGH", 2), ("UNKNOWN", 0), ("CRITICAL", 1)):
        told.append((Deed.RATED, rank, "bob", forge.clock.forward()))
        forge.world.rate(ticket, forge.bob, severity)

    for tracker in (forge.tracker, forge.another()):
        issue = tracker.read(forge.ref(ticket))
        assert issue.rank == 1
        assert [(one.deed, one.rank, one.actor.login, one.at) for one in issue.happenings] == told


def test_the_status_is_set(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Ability.STATUS)
    forge.tracker.apply(forge.ref(ticket), Retype())

    for progress in (Progress.ACKNOWLEDGED, Progress.RESOLVED, Progress.IGNORED):
        for _ in range(2):
            assert forge.tracker.apply(forge.ref(ticket), Advance(progress)) == DONE
        assert ticket.escalation == progress.name


def test_the_timeline_shows_ours_once_and_leaves_those_of_people(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Ability.TIMELINE)
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


def test_many_milestones_are_kept(forge: Forge, ticket: Ticket) -> None:
    needs_native(forge, Ability.TIMELINE)
    forge.tracker.apply(forge.ref(ticket), Retype())
    many = tuple(milestone(forge, f"Step {number}") for number in range(130))

    for _ in range(2):
        assert forge.tracker.apply(forge.ref(ticket), Mirror(many)) == DONE

    assert [text for _, text, _ in shown(ticket)] == [one.text for one in many]


@pytest.mark.parametrize("ability", CHANGES)
def test_a_bot_that_may_only_read_leaves_them_out(forge: Forge, ticket: Ticket, ability: Ability) -> None:
    needs_native(forge, ability)
    if forge.sandbox is None:
        pytest.skip("local asks nobody")
    forge.world.set_kind(ticket, forge.alice, "task" if ability is Ability.TYPE else "incident")
    forge.world.add_member(forge.project, forge.bot, Access.READ)

    assert forge.tracker.apply(forge.ref(ticket), CHANGES[ability]) == lacking(ability)


@pytest.mark.parametrize("ability", [one for one in CHANGES if one is not Ability.TYPE])
def test_on_an_issue_of_another_type_there_is_none_of_them(forge: Forge, ticket: Ticket, ability: Ability) -> None:
    needs_native(forge, ability)
    if forge.sandbox is None:
        pytest.skip("local asks nobody")

    assert forge.tracker.apply(forge.ref(ticket), CHANGES[ability]) == lacking(ability)


@pytest.mark.parametrize("lacking", ["types"])
def test_an_organisation_without_the_type_gives_none(forge: Forge, ticket: Ticket) -> None:
    assert forge.tracker.apply(forge.ref(ticket), Retype()).lacks == {Ability.TYPE}
    assert not forge.tracker.read(forge.ref(ticket)).typed


@pytest.mark.parametrize("lacking", ["timeline"])
def test_a_server_without_a_timeline_shows_none(forge: Forge, ticket: Ticket) -> None:
    forge.tracker.apply(forge.ref(ticket), Retype())

    assert forge.tracker.apply(forge.ref(ticket), CHANGES[Ability.TIMELINE]).lacks == {Ability.TIMELINE}


@pytest.mark.parametrize("lacking", ["graphql"])
def test_without_graphql_only_the_type_is_left(forge: Forge, ticket: Ticket) -> None:
    for ability in sorted(forge.tracker.native):
        told = forge.tracker.apply(forge.ref(ticket), CHANGES[ability])
        assert told.lacks == (set() if ability is Ability.TYPE else {ability})
