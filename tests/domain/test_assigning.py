"""Whom to assign: who holds such a role, once for each time it was taken, and nobody else's business."""

from tests.commands.thread import Thread, declared
from tracker_bridge.domain.derived.assigning import Assigning, assigning


def wanted(thread: Thread, *assignees: str, before: frozenset[str] = frozenset()) -> Assigning:
    return assigning(thread.incident, frozenset(assignees), before)


def test_leads_are_assigned_once_however_that_went() -> None:
    thread = declared()
    thread.say("alice", "/incident role lead @carol\n/incident role tester @dana")
    [lead] = thread.incident.people.logins(thread.rules.assign[1])

    first = wanted(thread)
    assert first.add == ("carol", lead)

    again = wanted(thread, before=first.once_keys)
    assert (again.add, again.remove, again.once_keys) == ((), frozenset(), first.once_keys)


def test_who_left_the_role_is_taken_off_once() -> None:
    thread = declared()
    thread.say("alice", "/incident role lead @carol")
    first = wanted(thread)
    thread.say("alice", "/incident unrole lead @carol")

    left = wanted(thread, "Carol", "rita", before=first.once_keys)
    assert left.remove == {"Carol"}
    assert not wanted(thread, "Carol", before=left.once_keys).remove


def test_who_was_assigned_by_somebody_else_stays() -> None:
    thread = declared()
    thread.say("alice", "/incident role lead @carol")
    first = wanted(thread, "carol")
    assert "carol" not in first.add
    thread.say("alice", "/incident unrole lead @carol")

    assert not wanted(thread, "carol", before=first.once_keys).remove


def test_who_holds_another_of_these_roles_stays() -> None:
    thread = declared()
    thread.say("alice", "/incident role lead @carol")
    first = wanted(thread)
    thread.say("alice", "/incident role tl @carol\n/incident unrole lead @carol")

    moved = wanted(thread, "carol", before=first.once_keys)
    assert (moved.add, moved.remove & {"carol"}) == ((), frozenset())


def test_teams_are_not_assigned() -> None:
    thread = declared()
    thread.say("alice", "/incident role lead @acme/oncall")

    assert not any("/" in login for login in wanted(thread).add)


def test_nothing_is_assigned_after_the_end() -> None:
    thread = declared()
    thread.say("alice", "/incident role lead @carol")
    thread.say("alice", "/incident cancel no outage")
    assert not thread.incident.active

    assert wanted(thread, before=frozenset({"assign.1.0001"})) == Assigning(once_keys=frozenset({"assign.1.0001"}))
