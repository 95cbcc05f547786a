"""How bad it is, for whom, and where the work stands (S24, S25, S90, S91, S117)."""

from dataclasses import replace

import pytest

from tests.commands.thread import Thread, at, declared, refusal
from tracker_bridge.domain.incident.incident import Phase
from tracker_bridge.domain.incident.rules import Rules, Severity
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import EventType


def severity(thread: Thread) -> str:
    found = thread.incident.severity
    return found.name if found else ""


@pytest.mark.parametrize(
    ("text", "name"),
    [("severity sev2", "sev2"), ("sev SEV1", "sev1"), ("severity 3", "sev3"), ("sev 4 hardly anybody", "sev4")],
)
def test_severity_is_set(text: str, name: str) -> None:
    thread = declared()
    thread.say("alice", f"/incident {text}")
    assert severity(thread) == name


def test_the_reason_of_a_severity_is_on_the_timeline() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev1 half of all payments are lost")

    assert "Severity **sev1**: half of all payments are lost — alice" in thread.documents["status"]


def test_the_latest_severity_counts() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev1")
    thread.say("alice", "/incident severity sev3")

    assert severity(thread) == "sev3"
    assert [entry.what for entry in thread.entries(Kind.SEVERITY)] == ["sev1", "sev3"]


@pytest.mark.parametrize("text", ["severity", "severity sev9", "severity high", "severity 0"])
def test_an_unknown_severity_is_refused_with_the_scale(text: str) -> None:
    reason, instead = refusal(declared(), "alice", f"/incident {text}")
    assert reason.startswith("the severities are `sev1` (everyone, or a core function, is blocked), `sev2` (many")
    assert instead == "severity <severity>"


def test_a_teams_own_scale_is_used() -> None:
    scale = (Severity("critical", "prio::1", "all is lost"), Severity("minor", "prio::2", "some is"))
    thread = declared(rules=Rules(severities=scale))

    thread.say("alice", "/incident severity Minor")
    assert thread.incident.severity == scale[1]
    thread.say("alice", "/incident severity prio::1")
    assert thread.incident.severity == scale[0]
    assert refusal(thread, "alice", "/incident severity sev1")[1] == "severity <severity>"


def test_a_severity_label_put_by_hand_is_a_command() -> None:
    """S25."""
    thread = declared()
    thread.say("alice", "/incident severity sev3")
    thread.do("dana", EventType.LABELED, "sev1", "14:20")

    [_, entry] = thread.entries(Kind.SEVERITY)

    assert severity(thread) == "sev1"
    assert (entry.what, entry.author, entry.by_hand, entry.occurred.at) == ("sev1", "dana", True, at("14:20"))
    assert "Severity **sev1** — dana, in the tracker" in thread.documents["status"]


def test_a_severity_label_taken_by_hand_leaves_none() -> None:
    """S25."""
    thread = declared()
    thread.do("dana", EventType.LABELED, "sev1")
    thread.do("dana", EventType.UNLABELED, "sev1")
    assert severity(thread) == ""


def test_a_severity_label_taken_off_by_hand_is_an_event() -> None:
    """S25, S53: the last one is not told for ever."""
    thread = declared()
    thread.say("alice", "/incident severity sev3")
    thread.do("dana", EventType.UNLABELED, "sev3")

    assert severity(thread) == ""
    last = thread.incident.timeline[-1]
    assert (last.kind, last.what, last.author, last.by_hand) == (Kind.SEVERITY, "", "dana", True)
    assert "Severity removed — dana, in the tracker" in thread.documents["status"]


def test_a_severity_label_that_is_taken_off_for_another_is_one_event() -> None:
    thread = declared()
    thread.do("dana", EventType.LABELED, "sev1", "14:10")
    thread.do("dana", EventType.UNLABELED, "sev1", "14:20")
    thread.do("dana", EventType.LABELED, "sev2", "14:20")
    assert [entry.what for entry in thread.entries(Kind.SEVERITY)] == ["sev1", "sev2"]


def test_a_severity_label_that_another_replaced_is_no_event() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev3")
    thread.do("dana", EventType.LABELED, "sev1")
    thread.do("dana", EventType.UNLABELED, "sev3")
    assert [entry.what for entry in thread.entries(Kind.SEVERITY)] == ["sev3", "sev1"]


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("severity sev2 or sev3", False),
        ("severity sev2/3", False),
        ("severity sev2 sev3", False),
        ("severity sev2, sev3", False),
        ("severity sev2 and sev3 for now", False),
        ("severity sev2 2 of 3 nodes are down", True),
        ("severity sev2 - 3 nodes are down", True),
        ("severity sev2 and 3 nodes are down", True),
        ("severity sev2 sev3 was too little", True),
        ("status monitoring and identified", False),
        ("status identified, monitoring", False),
        ("status identified then monitoring", False),
        ("status identified monitoring showed a leak", True),
        ("status identified and mended", True),
        ("export json and csv", False),
        ("export csv, json", False),
    ],
)
def test_one_value_a_line_and_the_next_of_a_list_is_no_reason(text: str, heard: bool) -> None:
    thread = declared()
    thread.say("alice", f"/incident {text}")
    assert bool(thread.mistakes) is not heard


def test_another_label_says_nothing() -> None:
    thread = declared()
    before = thread.incident
    thread.do("dana", EventType.LABELED, "bug")
    assert replace(thread.incident, labels=before.labels) == before


def test_impact_says_who_is_blocked_and_how_and_a_severity_is_proposed() -> None:
    """S24: a person confirms it."""
    thread = declared()
    thread.say("dana", "/incident impact customers: cannot pay by card\n/incident impact support: many calls")

    assert [(one.who, one.how) for one in thread.incident.impacts] == [
        ("customers", "cannot pay by card"),
        ("support", "many calls"),
    ]
    assert severity(thread) == ""
    status = thread.documents["status"]
    assert "`/incident severity sev1` is suggested by the impact" in status
    assert "- **customers**: cannot pay by card" in status


@pytest.mark.parametrize(
    ("said", "proposed"),
    [
        ("customers: cannot pay by card", "sev1"),
        ("everybody: nothing works", "sev1"),
        ("90 % of all users: checkout is down", "sev1"),
        ("60 percent of customers: cannot pay", "sev1"),
        ("10k users: cannot log in", "sev1"),
        ("1.5 million users: cannot log in", "sev1"),
        ("5 % of customers: cannot pay", "sev3"),
        ("0.1% of users: cannot pay", "sev3"),
        ("0 % of users: down", ""),
        ("customers: none are blocked, pages are slow", "sev2"),
        ("all users: nobody is affected", ""),
        ("customers: pages are slow", "sev2"),
        ("all users: it is not down, only slow", "sev2"),
        ("one user: cannot log in", "sev3"),
        ("2 users: cannot log in", "sev3"),
        ("some customers: payments fail", "sev3"),
        ("the warehouse: cannot print labels", "sev3"),
        ("the support team: many calls", "sev4"),
        ("one user: a typo", "sev4"),
        ("all users: a typo", "sev4"),
        ("nobody: cosmetic", ""),
        ("no customers: nothing works", ""),
        ("all but one customer: cannot pay", ""),
        ("customers: the price of tea", ""),
        ("Kunden: können nicht zahlen", ""),
        ("Alle Kunden: Kasse ist down", ""),
        ("les clients: le paiement échoue", ""),
        ("клиенты: не могут платить", ""),
    ],
)
def test_a_severity_is_proposed_from_what_the_words_carry_or_none_is(said: str, proposed: str) -> None:
    """S24."""
    thread = declared()
    thread.say("dana", f"/incident impact {said}")
    found = [
        one.name for one in thread.rules.severities if f"severity {one.name}` is" in thread.documents["status"]
    ]
    assert found == ([proposed] if proposed else [])


def test_a_proposal_goes_when_somebody_confirms_or_decides_otherwise() -> None:
    """S24."""
    thread = declared("/incident declare\n/incident impact customers: cannot pay")
    thread.say("alice", "/incident severity sev2")
    assert "proposed" not in thread.documents["status"]


def test_impact_on_the_same_people_is_replaced() -> None:
    thread = declared()
    thread.say("dana", "/incident impact Customers: cannot pay")
    thread.say("dana", "/incident impact customers: can pay, slowly: 40 s")

    assert [(one.who, one.how) for one in thread.incident.impacts] == [("customers", "can pay, slowly: 40 s")]


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("impact", "impact <who>: <how>"),
        ("impact customers", "impact customers: <how>"),
        ("impact customers:", "impact customers: <how>"),
        ("impact : cannot pay", "impact <who>: cannot pay"),
        ("impact nobody can pay", "impact <who>: nobody can pay"),
    ],
)
def test_half_an_impact_is_refused_and_what_was_typed_is_kept(text: str, instead: str) -> None:
    told = refusal(declared(), "dana", f"/incident {text}")
    assert told == ("write who is blocked, a colon, and how", instead)


def test_impacts_are_bounded_and_can_still_be_replaced() -> None:
    thread = declared()
    thread.say("dana", "\n".join(f"/incident impact team {number}: blocked" for number in range(12)))

    reason, instead = refusal(thread, "dana", "/incident impact team 12: blocked")
    assert reason == "there are already 12; add the details as a note"
    assert instead == "note team 12: blocked"

    thread.say("dana", "/incident impact team 3: works again")
    assert ("team 3", "works again") in [(one.who, one.how) for one in thread.incident.impacts]


@pytest.mark.parametrize("word", ["investigating", "identified", "monitoring", "IDENTIFIED"])
def test_status_says_where_the_work_stands(word: str) -> None:
    """S90, S91."""
    thread = declared()
    thread.say("bob", f"/incident phase {word}")
    assert thread.incident.phase is Phase(word.casefold())


def test_a_cause_that_is_identified_is_a_major_event_with_its_text() -> None:
    """S57."""
    thread = declared()
    thread.say("bob", "/incident status identified the pool ran dry after the deploy")
    thread.say("bob", "/incident status monitoring")

    assert [(entry.what, entry.major) for entry in thread.entries(Kind.PHASE)] == [("identified", True)]
    assert "Cause identified: the pool ran dry after the deploy — bob" in thread.documents["status"]


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        ("status", "which phase?", "status <investigating, identified or monitoring>"),
        ("status fine", "`fine` is not a phase", "status <investigating, identified or monitoring>"),
        ("status fixed", "to record a fix, use `fixed`", "fixed"),
        ("status resolved", "to end the incident, use `resolve`", "resolve"),
        ("status cancelled false alarm", "to cancel the incident, use `cancel`", "cancel false alarm"),
    ],
)
def test_what_is_no_phase_is_refused(text: str, reason: str, instead: str) -> None:
    thread = declared()
    assert refusal(thread, "bob", f"/incident {text}") == (reason, instead)
    assert thread.incident.phase is Phase.INVESTIGATING


@pytest.mark.parametrize("phase", ["investigating", "identified"])
def test_going_back_from_monitoring_drops_the_fix_that_did_not_hold(phase: str) -> None:
    """S106: the outage is over when the fix that holds is in."""
    thread = declared()
    thread.say("bob", "/incident fixed", "14:30")
    thread.say("bob", f"/incident status {phase} errors are back", "14:40")
    assert thread.incident.times.fixed is None

    thread.say("alice", "/incident resolve", "15:10")
    assert thread.incident.times.resolved is not None
    assert thread.incident.times.resolved.moment.at == at("15:10")
    assert [entry.occurred.at for entry in thread.entries(Kind.FIXED)] == [at("14:30")]


def test_monitoring_keeps_the_time_of_the_fix() -> None:
    thread = declared()
    thread.say("bob", "/incident fixed", "14:30")
    thread.say("bob", "/incident status monitoring so far so good")
    assert thread.incident.times.fixed is not None
    assert thread.incident.times.fixed.moment.at == at("14:30")
    assert [(entry.what, entry.major) for entry in thread.entries(Kind.PHASE)] == [("monitoring", False)]


def test_monitoring_says_that_a_fix_is_in_and_not_who_made_it() -> None:
    """S57, S107: the one who says it did not make it for that."""
    thread = declared()
    thread.say("dana", "/incident claim tester")
    thread.say("alice", "/incident status monitoring the provider is back", "14:30")

    [entry] = thread.entries(Kind.FIXED)
    assert (entry.who, entry.occurred.at, entry.major) == ("", at("14:30"), True)
    assert "alice" not in thread.incident.technical
    assert thread.incident.phase is Phase.MONITORING
    assert "Fix applied: the provider is back — alice" in thread.documents["status"]

    thread.say("alice", "/incident fixed 14:25 by @carol", "14:35")
    assert "carol" in thread.incident.technical
    assert thread.incident.times.fixed is not None
    assert thread.incident.times.fixed.moment.at == at("14:25")


def test_how_many_and_what_it_costs_stand_beside_the_impact_where_they_are_known() -> None:
    """S117."""
    thread = declared()
    thread.say("dana", "/incident impact customers: cannot pay --cost 2000 EUR an hour —many some 400")
    thread.say("dana", "/incident impact staff: use --force by hand")

    customers, staff = thread.incident.impacts
    assert (customers.how, customers.many, customers.cost) == ("cannot pay", "some 400", "2000 EUR an hour")
    assert (staff.how, staff.many, staff.cost) == ("use --force by hand", "", "")
    assert (
        "- **customers**: cannot pay (some 400; 2000 EUR an hour)\n- **staff**: use" in thread.documents["status"]
    )
    assert thread.entries(Kind.IMPACT)[0].text == "cannot pay (some 400; 2000 EUR an hour)"
