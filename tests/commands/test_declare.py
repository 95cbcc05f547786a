"""How an incident begins: by command, by label, by whom (S23, S87-S89, S98-S100)."""

from dataclasses import replace

import pytest

from tests.commands.thread import BEGIN, BOT, Thread, at, declared, refusal
from tracker_bridge.domain.incident.incident import Phase
from tracker_bridge.domain.incident.replies import Replies
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import EventType


def test_an_issue_is_no_incident_until_somebody_says_so() -> None:
    thread = Thread("Checkout fails since 14:00.")
    thread.say("alice", "I look at it. Is this an /incident declare case?")

    assert not thread.incident.exists
    assert thread.documents == {}


def test_declare_makes_it_one_at_the_time_of_the_comment() -> None:
    thread = Thread()
    thread.say("alice", "/incident declare", "14:07")

    incident = thread.incident

    assert incident.active
    assert incident.phase is Phase.INVESTIGATING
    assert incident.times.declared is not None
    assert (incident.times.declared.moment.at, incident.times.declared.by) == (at("14:07"), "alice")
    assert incident.title == "Checkout is down"


def test_whatever_stops_work_can_be_an_incident() -> None:
    """S1: no service is named, no monitor has seen it, and nobody loses money."""
    thread = Thread()
    thread.say("rita", "The door of the laboratory does not open.")
    thread.say("bob", "/incident declare Nobody gets into the laboratory --by staff")
    thread.say("bob", "/incident impact the laboratory: nobody can work")
    status = thread.documents["status"]
    assert "Nobody gets into the laboratory" in status
    assert "- **the laboratory**: nobody can work" in status
    assert "is suggested by the impact" in status


def test_the_opening_post_counts_as_comment_zero() -> None:
    incident = declared(
        "Half of all payments fail.\n\n/incident declare --started ~13:50\n\nSee the graphs."
    ).incident

    assert incident.times.declared is not None
    assert incident.times.declared.moment.at == BEGIN
    assert incident.times.started is not None
    assert (incident.times.started.moment.at, incident.times.started.moment.approximate) == (at("13:50"), True)


def test_started_detected_and_declared_are_three_times() -> None:
    """S87, S88."""
    thread = Thread()
    thread.say("alice", "/incident declare --started ~13:50 --detected 13:58 --by alarm", "14:07")

    marks = [thread.incident.times.started, thread.incident.times.detected, thread.incident.times.declared]

    assert [mark.moment.at for mark in marks if mark] == [at("13:50"), at("13:58"), at("14:07")]
    assert [entry.kind for entry in thread.incident.timeline] == [Kind.DECLARED, Kind.STARTED, Kind.DETECTED]


DECLARE = "declare <title> --started <time> --by <alert, user or staff>"


@pytest.mark.parametrize("source", ["alert", "alarm", "user", "staff", "ALARM"])
def test_who_noticed_is_recorded(source: str) -> None:
    """S89."""
    thread = declared(f"/incident declare --by {source}")
    assert thread.incident.source == source.casefold().replace("alarm", "alert")


@pytest.mark.parametrize(("said", "drill"), [("no", False), ("=false", False), ("yes", True), ("", True)])
def test_an_option_without_a_value_may_be_said_to_be_on_or_off(said: str, drill: bool) -> None:
    thread = declared(f"/incident declare Nobody can pay --drill {said}".replace(" =", "="))
    assert (thread.incident.exists, thread.incident.drill) == (True, drill)


def test_a_title_and_a_drill() -> None:
    thread = declared("/incident declare Nobody can pay by card --drill")

    assert (thread.incident.title, thread.incident.drill) == ("Nobody can pay by card", True)
    assert thread.documents["status"].startswith("### ⚪ Drill: Nobody can pay by card\n")


def test_dashes_that_a_keyboard_made_smart_count() -> None:
    incident = declared("/incident declare —started 13:50 ––by user").incident

    assert incident.times.started is not None
    assert incident.source == "user"


def test_times_are_in_the_teams_zone_and_shown_in_utc() -> None:
    thread = declared("/incident declare --started 2026-11-22 14:50 Europe/Berlin")
    assert thread.incident.times.started is not None
    assert thread.incident.times.started.moment.at == at("13:50")


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        (
            "declare X --by robot",
            "`--by` must be `alert`, `user` or `staff`",
            "declare X --by <alert, user or staff>",
        ),
        ("declare --started", "`--started` needs a value", DECLARE),
        ("declare --since 14:00", "`--since` is not an option here; the options are `--started`", DECLARE),
        ("declare --drill now", "`--drill` takes no value; put it last", "declare now --drill"),
        ("declare --private Keys leaked", "`--private` takes no value; put it last", "declare <title> --private"),
        ("declare --private Keys --since 14:00", "`--private` takes no value", "declare <title> --private"),
        (
            "declare --started soonish",
            "`soonish` is not a time I understand. Accepted:",
            "declare --started <time>",
        ),
        ("declare --detected 25:00", "`25:00` is not a time I understand.", "declare --detected <time>"),
        (
            "declare --started 2027-01-01 10:00",
            "is in the future",
            "declare --started <time>",
        ),
        (
            "declare Checkout is down --started soonish --by alarm --drill",
            "`soonish` is not a time I understand.",
            "declare Checkout is down --by alarm --drill --started <time>",
        ),
        (
            "declare Checkout is down --started 13:00-13:10 --detected 13:05",
            "`13:00-13:10` contains two times; write when it began.",
            "declare Checkout is down --detected 13:05 --started 13:00",
        ),
        (
            "declare Checkout is down | 13:55 --by user",
            "give the start time after `--started`",
            "declare Checkout is down --by user --started 13:55",
        ),
    ],
)
def test_refusals(text: str, reason: str, instead: str) -> None:
    thread = Thread()
    told, line = refusal(thread, "alice", f"/incident {text}")

    assert reason in told
    assert line == instead
    assert not thread.incident.exists


def test_declaring_twice_is_refused_and_changes_nothing() -> None:
    thread = declared()
    before = thread.incident

    assert refusal(thread, "alice", "/incident declare again") == ("this issue is already an incident", "")
    assert replace(thread.incident, outgoing=replace(thread.incident.outgoing, replies=Replies())) == before


def test_declaring_what_has_ended_is_refused_with_reopen() -> None:
    thread = declared()
    thread.say("alice", "/incident resolve")

    assert refusal(thread, "alice", "/incident declare") == (
        "this incident is resolved; `/incident reopen` undoes that",
        "",
    )


def test_the_incident_label_does_the_same() -> None:
    thread = Thread()
    thread.do("alice", EventType.LABELED, "incident", "14:09")

    declared_ = thread.incident.times.declared

    assert declared_ is not None
    assert (declared_.moment.at, declared_.by) == (at("14:09"), "alice")


def test_a_label_that_nobody_is_known_to_have_put_was_there_at_the_opening() -> None:
    thread = Thread(labels=["incident", "SEV2"])

    assert thread.incident.times.declared is not None
    assert (thread.incident.times.declared.moment.at, thread.incident.times.declared.by) == (BEGIN, "bob")
    assert thread.incident.severity == thread.rules.severities[1]


def test_who_opens_leads_technically_and_is_asked_at_once_to_name_an_incident_lead() -> None:
    """S98, S99, S100."""
    thread = Thread(opener="rita")
    thread.say("alice", "/incident declare")

    [lead] = thread.incident.people.roles
    documents = thread.documents

    assert (lead.role, lead.login, lead.implied) == (Role.TECHNICAL_LEAD, "alice", True)
    assert thread.mentions == {"duty:opener": {"alice"}}
    assert "@alice, you declared this incident" in documents["duty:opener"]
    assert "`/incident role lead @<who>`" in documents["duty:opener"]
    assert "An Incident Lead: `/incident claim lead`" in documents["status"]


def test_the_ask_for_an_incident_lead_goes_when_there_is_one() -> None:
    """S36, S98."""
    thread = declared()
    thread.say("alice", "/incident claim lead")
    assert "An Incident Lead:" not in thread.documents["status"]


def test_an_incident_opened_by_a_bot_is_led_by_nobody_yet() -> None:
    thread = Thread("Alarm: checkout", labels=["incident"])
    thread.issue = replace(thread.issue, author=replace(BOT, id=77, login="alarms"))

    documents = thread.documents

    assert thread.incident.people.roles == ()
    assert set(documents) == {"status"}
    assert "| Technical Lead | nobody yet · `/incident claim tech-lead` |" in documents["status"]


def test_declared_and_led_in_one_comment_is_told_in_one_comment_that_does_not_contradict_itself() -> None:
    thread = declared("/incident declare\n/incident claim lead\n/incident claim tech-lead")

    documents = thread.documents

    assert set(documents) == {"status", "duty:opener+0.bob"}
    card = documents["duty:opener+0.bob"]
    assert "name someone else as Incident Lead" not in card
    assert "- @bob: **Technical Lead**" in card
    assert "- @bob: **Incident Lead**" in card


def test_one_status_comment_starts_all_tracks_at_the_same_time() -> None:
    """S97: who leads, who works, who writes, who talks, who tests; the duties go out with it."""
    status = declared().documents["status"]

    assert "**Needed now**" in status
    for role, name in {"Incident Lead": "lead", "Scribe": "scribe", "Communication Lead": "comms"}.items():
        assert f"| {role} | nobody yet · `/incident claim {name}` |" in status
    assert "first record who is blocked and how, `/incident impact <who>: <how>`" in status


def test_a_new_issue_is_asked_for_beside_one_that_is_something_else() -> None:
    """S23."""
    thread = Thread()
    number = thread.say("alice", "/incident declare Mail is down --new")

    [opening] = thread.incident.outgoing.openings

    assert (opening.title, opening.by, opening.reuse, opening.key) == (
        "Mail is down",
        "alice",
        True,
        f"opened.{number}",
    )
    assert not thread.incident.exists


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("declare --new", "declare <title> --new"),
        ("declare Mail is down --by user --new", "declare Mail is down --new"),
    ],
)
def test_a_new_issue_wants_a_title_and_nothing_else(text: str, instead: str) -> None:
    assert refusal(declared(), "alice", f"/incident {text}")[1] == instead


# What a label could not say


def labelled() -> Thread:
    thread = Thread()
    thread.do("bob", EventType.LABELED, "incident")
    return thread


def test_what_a_label_made_an_incident_is_told_the_rest_by_declare() -> None:
    """S23, S87, S89."""
    thread = labelled()
    before = thread.incident.times.declared
    thread.say("alice", "/incident declare Payments are down --started 13:40 --detected 13:50 --by alarm --drill")

    incident = thread.incident
    assert thread.mistakes == []
    assert (incident.title, incident.drill, incident.source) == ("Payments are down", True, "alert")
    assert incident.times.declared == before
    assert incident.people.opener.login == "bob"
    assert len(thread.entries(Kind.DECLARED)) == 1

    thread.say("alice", "/incident declare --started 13:45")
    incident = thread.incident
    assert (incident.title, incident.drill, incident.source) == ("Payments are down", True, "alert")
    assert [entry.occurred.at for entry in thread.entries(Kind.STARTED)] == [at("13:45")]
    assert [entry.occurred.at for entry in thread.entries(Kind.DETECTED)] == [at("13:50")]


@pytest.mark.parametrize("how", ["nothing to add", "by command", "cancelled", "a wrong source"])
def test_what_is_declared_is_not_declared_again(how: str) -> None:
    thread = declared() if how == "by command" else labelled()
    if how == "cancelled":
        thread.say("alice", "/incident cancel a false alarm")
    text = {"nothing to add": "", "a wrong source": " --by magic"}.get(how, " --drill")
    refusal(thread, "alice", f"/incident declare{text}")
    assert not thread.incident.drill


def test_it_can_still_turn_out_to_have_been_a_drill_after_the_end() -> None:
    thread = labelled()
    thread.say("alice", "/incident resolve\n/incident declare --drill")
    assert "This was a drill: it is excluded from the statistics." in thread.documents["summary"]


def test_who_declares_is_not_asked_to_name_a_lead_once_there_is_one() -> None:
    """S98-S100."""
    thread = declared()
    asked = "`/incident role lead @<who>`"
    assert asked in thread.documents["duty:opener"]
    thread.say("alice", "/incident claim lead")
    assert asked not in thread.documents["duty:opener"]


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("--started 13:50 Mail is down", "declare Mail is down --started 13:50"),
        ("--detected 5m ago Mail is down --by alert", "declare Mail is down --by alert --detected 5m ago"),
        ("Mail is down --severity sev1", "declare Mail is down\nseverity sev1"),
        ("--sev=sev2 Mail is down --drill", "declare Mail is down --drill\nseverity sev2"),
        ('--title "Mail is down"', "declare Mail is down"),
        ("--title “Mail is down” --drill", "declare Mail is down --drill"),
    ],
)
def test_what_other_tools_take_is_proposed_as_it_is_written_here(said: str, instead: str) -> None:
    thread = Thread()
    thread.say("bob", f"/incident declare {said}")
    assert thread.mistake.refused.instead == instead
    for line in instead.split("\n"):
        thread.say("bob", f"/incident {line}")
    assert len(thread.mistakes) == 1
    assert thread.incident.title == "Mail is down"
