"""What an incident asks of the forge's own fields, and what people set there by hand."""

from dataclasses import replace

import pytest

from tests.commands.thread import PEOPLE, Thread, at, declared
from tracker_bridge.domain.derived.mirroring import Mirroring, lack_acts, mirroring, remembered_lacks
from tracker_bridge.domain.incident.fields import Field
from tracker_bridge.domain.incident.incident import Phase
from tracker_bridge.domain.incident.rules import Rules, Severity
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import EventType, IssueEvent
from tracker_bridge.domain.issue.native import (
    NATIVE,
    Advance,
    Capability,
    Fill,
    Milestone,
    Mirror,
    Progress,
    Rate,
    Retype,
)

BEGUN = Milestone(at("14:00"), Kind.STARTED, "The outage began")


NOTHING = Mirroring()


def asked(thread: Thread, before: Mirroring = NOTHING, **changes: object) -> Mirroring:
    issue = replace(thread.issue, **changes)  # type: ignore[arg-type]  # fields by name
    return mirroring(thread.incident, issue, (BEGUN,), before.once_keys, NATIVE)


def test_an_issue_that_is_no_incident_is_left_alone() -> None:
    assert asked(Thread(), typed=True) == Mirroring()


def test_an_incident_asks_for_everything_once() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev2")

    first = asked(thread)

    assert first.changes == (Retype(), Rate(2), Advance(Progress.ACKNOWLEDGED), Mirror((BEGUN,)))
    assert asked(thread, first, typed=True, rank=2).changes == ()


def test_what_is_there_already_is_not_set() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev2")

    assert asked(thread, typed=True, rank=2).changes == (Advance(Progress.ACKNOWLEDGED), Mirror((BEGUN,)))


@pytest.mark.parametrize(
    "shown",
    [{"typed": False}, {"typed": True, "rank": 4}, {"typed": True, "rank": 0}],
    ids=["type", "rank", "none"],
)
def test_people_who_set_it_otherwise_are_not_argued_with(shown: dict[str, int]) -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev2")

    assert asked(thread, asked(thread), **shown).changes == ()


def test_another_severity_is_set_again() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev2")
    before = asked(thread)
    thread.say("alice", "/incident severity sev1")
    between = asked(thread, before, typed=True, rank=2)
    thread.say("alice", "/incident severity sev2")

    assert between.changes == (Rate(1),)
    assert asked(thread, between, typed=True, rank=1).changes == (Rate(2),)


def test_the_status_follows_the_phase() -> None:
    thread = declared()
    once_keys = asked(thread)
    said = {
        "/incident resolve": Progress.RESOLVED,
        "/incident reopen it is back": Progress.ACKNOWLEDGED,
        "/incident cancel a false alarm": Progress.IGNORED,
    }
    for line, progress in said.items():
        thread.say("alice", line)
        once_keys = asked(thread, once_keys, typed=True)
        assert once_keys.changes == (Advance(progress),)


def test_what_nobody_took_up_is_not_acknowledged() -> None:
    thread = declared(opener="bob")
    nobody = replace(thread.incident, people=replace(thread.incident.people, roles=()))

    assert mirroring(nobody, replace(thread.issue, typed=True), (), frozenset(), NATIVE).changes == ()


def test_what_nobody_holds_is_triggered_again_when_it_is_opened_again() -> None:
    thread = declared(opener="bob")
    nobody = replace(thread.incident, people=replace(thread.incident.people, roles=()))
    issue = replace(thread.issue, typed=True)
    ended = replace(nobody, phase=Phase.RESOLVED)

    before = mirroring(ended, issue, (), frozenset(), NATIVE)
    again = mirroring(nobody, issue, (), before.once_keys, NATIVE)

    assert again.changes == (Advance(Progress.TRIGGERED),)
    assert mirroring(nobody, issue, (), again.once_keys, NATIVE).changes == ()


def test_what_could_not_be_set_just_now_is_wanted_again_and_the_rest_is_remembered() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev2")
    first = asked(thread, typed=True)
    thread.say("alice", "/incident resolve")
    issue = replace(thread.issue, typed=True, rank=2)
    failed = mirroring(thread.incident, issue, (BEGUN,), first.once_keys, NATIVE, later={Capability.STATUS})

    assert failed.changes == ()
    assert "status.1" in failed.once_keys
    assert mirroring(thread.incident, issue, (BEGUN,), failed.once_keys, NATIVE).changes == (
        Advance(Progress.RESOLVED),
    )


def test_what_was_cancelled_is_not_made_an_incident() -> None:
    thread = declared()
    thread.say("alice", "/incident cancel a false alarm")

    assert asked(thread).changes == ()
    assert asked(thread, typed=True).changes == (Advance(Progress.IGNORED), Mirror((BEGUN,)))


def test_what_can_not_be_set_is_not_asked_for() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev2")
    for capability in (Capability.TYPE, Capability.SEVERITY, Capability.STATUS, Capability.TIMELINE):
        can = NATIVE - {capability}
        issue = replace(thread.issue, typed=capability is Capability.TYPE)
        left = mirroring(thread.incident, issue, (BEGUN,), frozenset(), can)
        assert len(left.changes) == 3, capability


def test_without_the_type_the_other_fields_are_left_alone() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev2")

    assert (
        mirroring(thread.incident, thread.issue, (BEGUN,), frozenset(), NATIVE - {Capability.TYPE}) == Mirroring()
    )


def test_what_a_forge_lacks_is_remembered() -> None:
    unsupported = frozenset({Capability.PIN, Capability.STATUS})

    assert remembered_lacks(lack_acts(unsupported) | {"close.1042", "lacks.99"}) == unsupported


FIELDED = Rules(fields=(Field("tier", "Customer tier", issue_field="Tier"), Field("region", "Region")))


def test_what_people_say_of_a_field_goes_to_the_organisations_once() -> None:
    thread = declared(rules=FIELDED)
    can = {Capability.FIELDS}

    def wanted(before: Mirroring = NOTHING, **fields: str) -> Mirroring:
        issue = replace(thread.issue, fields=tuple(fields.items()))
        return mirroring(thread.incident, issue, (), before.once_keys, can)

    assert wanted() == NOTHING
    thread.say("alice", "/incident field tier gold\n/incident field region eu")
    first = wanted()
    assert first.changes == (Fill("Tier", "gold"),)
    assert wanted(first).changes == ()
    assert wanted(first, TIER="silver").changes == ()  # somebody set it otherwise by hand
    assert wanted(TIER="Gold").changes == ()
    thread.say("alice", "/incident field tier none")
    assert wanted(first, Tier="gold").changes == (Fill("Tier", ""),)
    assert wanted(first).changes == ()


# By hand


def rated(thread: Thread, login: str, rank: int) -> None:
    """Set the native severity by hand."""
    thread.now = at("14:30")
    event = IssueEvent(thread.now, PEOPLE[login], EventType.RATED, rank=rank)
    events = (*thread.issue.events, event)
    thread.issue = replace(thread.issue, typed=True, rank=rank, events=events)


def test_a_severity_set_by_hand_counts_with_its_time_and_author() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev3")
    rated(thread, "carol", 1)

    assert thread.incident.severity is not None
    assert thread.incident.severity.name == "sev1"
    last = thread.entries(Kind.SEVERITY)[-1]
    assert (last.what, last.author, last.recorded_at, last.by_hand) == ("sev1", "carol", at("14:30"), True)


def test_a_later_command_counts_more() -> None:
    thread = declared()
    rated(thread, "carol", 1)
    thread.say("alice", "/incident severity sev3")

    assert thread.incident.severity is not None
    assert thread.incident.severity.name == "sev3"


def test_a_severity_taken_off_by_hand_is_off() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev3")
    rated(thread, "carol", 0)

    assert thread.incident.severity is None


@pytest.mark.parametrize(("steps", "rank", "name"), [(6, 4, "s6"), (2, 3, "s2")])
def test_scales_of_other_lengths_fit(steps: int, rank: int, name: str) -> None:
    """What shows the severity of now already changes nothing; else the nearest step is taken."""
    scale = tuple(Severity(f"s{number}", f"s{number}", "bad") for number in range(1, steps + 1))
    thread = declared(rules=Rules(severities=scale))
    thread.say("alice", f"/incident severity s{steps}")
    rated(thread, "carol", rank)

    assert thread.incident.severity is not None
    assert thread.incident.severity.name == name


def test_teams_that_do_not_use_it_do_not_read_it_either() -> None:
    thread = declared(rules=Rules(native_fields=frozenset()))
    rated(thread, "carol", 1)

    assert thread.incident.severity is None


def test_a_type_given_by_hand_declares() -> None:
    thread = Thread()
    thread.now = at("14:30")
    thread.issue = replace(
        thread.issue, typed=True, events=(IssueEvent(thread.now, PEOPLE["carol"], EventType.TYPED),)
    )

    assert thread.incident.times.declared is not None
    assert (thread.incident.times.declared.moment.at, thread.incident.times.declared.by) == (at("14:30"), "carol")


def test_a_type_and_a_severity_that_nobody_explains_are_the_openers() -> None:
    thread = Thread()
    thread.issue = replace(thread.issue, typed=True, rank=2)

    incident = thread.incident

    assert incident.times.declared is not None
    assert (incident.times.declared.moment.at, incident.times.declared.by) == (at("14:00"), "bob")
    assert incident.severity is not None
    assert incident.severity.name == "sev2"


def test_a_label_goes_before_a_severity_that_nobody_explains() -> None:
    thread = Thread(labels=["incident", "sev3"])
    thread.issue = replace(thread.issue, typed=True, rank=1)

    assert thread.incident.severity is not None
    assert thread.incident.severity.name == "sev3"


def test_an_incident_that_lost_its_label_is_not_declared_anew_by_its_type() -> None:
    thread = declared()
    thread.do("alice", EventType.LABELED, "incident")
    thread.do("alice", EventType.UNLABELED, "incident")
    thread.issue = replace(thread.issue, typed=True)

    assert thread.incident.phase is Phase.CANCELLED
