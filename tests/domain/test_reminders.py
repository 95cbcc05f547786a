"""Who is reminded of what, and when (process: clocks and nudges)."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.commands.thread import RENDERER, ROOM, URL, Thread, at, declared
from tracker_bridge.domain.derived.cadence import rows
from tracker_bridge.domain.derived.clocks import Due
from tracker_bridge.domain.derived.reminders import due
from tracker_bridge.domain.incident.conditions import Condition
from tracker_bridge.domain.incident.on_call import OnCall
from tracker_bridge.domain.incident.postmortem import ActionState
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Intervals, Rules
from tracker_bridge.domain.issue.gate import check
from tracker_bridge.domain.issue.issue import EventType, IssueEvent, Person


def due_at(thread: Thread, clock: str) -> Due:
    return due(thread.incident, at(clock))


def asked(thread: Thread, clock: str, *kinds: str) -> list[tuple[str, ...]]:
    """Return who is reminded at that time, and of what; of some kinds only, if they are named."""
    nudges = [nudge for nudge in due_at(thread, clock).nudges if not kinds or nudge.clock.reminder.kind in kinds]
    return [
        (nudge.clock.reminder.kind, *nudge.clock.reminder.facts, *(f"@{login}" for login in nudge.clock.logins))
        for nudge in nudges
    ]


def slots(thread: Thread, clock: str, kind: str) -> list[int]:
    """Return the numbers of the reminders of that kind."""
    return [nudge.slot for nudge in due_at(thread, clock).nudges if nudge.clock.reminder.kind == kind]


def words(thread: Thread, clock: str, kind: str) -> str:
    """Return what the only reminder of that kind says, without its last line."""
    nudges = [nudge for nudge in due_at(thread, clock).nudges if nudge.clock.reminder.kind == kind]
    assert len(nudges) == 1
    document = next(d for d in RENDERER.documents(thread.incident, "", ROOM, {}, nudges) if d.key == nudges[0].key)
    check(document, thread.rules.command_prefixes, "incident-bot", ROOM)
    assert document.mentions == frozenset(nudges[0].clock.logins)
    text, _, silence = document.body.replace("\u00a0", " ").rpartition("\n\n")
    assert silence == "<sub>`/incident snooze 45m <why>` pauses reminders.</sub>"
    return text


def staffed(rules: Rules | None = None) -> Thread:
    """Return an incident in which every role is filled at 14:00: bob's, led by alice, assisted by erin."""
    thread = declared("/incident declare --detected 5m ago", rules=rules)
    thread.say("alice", "/incident claim lead", "14:00")
    thread.say("alice", "/incident role scribe @dana\n/incident role assist @erin", "14:00")
    thread.say("alice", "/incident role comms @carol external\n/incident role tester @rita", "14:00")
    return thread


def test_one_person_is_asked_once_for_a_missing_detection_time_at_the_end() -> None:
    """S66: the Scribe, else the Incident Lead; not of a drill, nor of what was no incident."""
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident role scribe @dana", "14:00")
    assert asked(thread, "14:05", "undetected") == []
    thread.say("alice", "/incident resolve", "14:30")
    for clock in ("14:30", "2026-12-24 10:00"):
        assert [kind for kind, *_ in asked(thread, clock)] == ["undetected"]
        assert slots(thread, clock, "undetected") == [1]
    assert due_at(thread, "15:00").next_at is None
    assert words(thread, "14:30", "undetected") == (
        "@dana, the incident has ended, and nobody recorded when it was detected. The time to resolve runs from "
        "there: `/incident detected <time>`"
    )
    thread.say("dana", "/incident detected 13:50", "14:40")
    assert due_at(thread, "15:00") == Due()
    drill = declared("/incident declare --drill")
    drill.say("alice", "/incident claim lead\n/incident resolve")
    assert due_at(drill, "15:00") == Due()


# Quiet: nothing is heard about the fix


def in_turn(thread: Thread, *clocks: str) -> list[str]:
    """Return who is asked for technical news at each of these times: one person, each time."""
    found = [asked(thread, clock, "quiet", "unassisted") for clock in clocks]
    assert all(len(one) == 1 for one in found), found
    return [people[-1] for [people] in found]


HOURS = ("14:30", "15:00", "16:00", "17:00", "18:00", "19:00", "20:00")


def test_the_assist_is_asked_after_half_an_hour_then_the_next_in_turn() -> None:
    """S58: a Technical Assist, 30 to 60 minutes after the last event; S52: never the Technical Lead."""
    thread = staffed()
    thread.say("alice", "/incident role assist @frank", "14:01")
    assert asked(thread, "14:29", "quiet") == []
    assert words(thread, "14:30", "quiet") == (
        "@erin, there has been no technical update since 14:00 UTC. What is the status? "
        "Reply here, or use `/incident note <text>`"
    )
    assert in_turn(thread, *HOURS) == ["@erin", "@frank", "@dana", "@alice", "@erin", "@frank", "@dana"]
    assert words(thread, "16:00", "unassisted") == (
        "@dana, there has been no technical update since 14:00 UTC, and no Technical Assist has answered.\n\n"
        "- Please find out what you can without disturbing the Technical Lead: `/incident note <text>`"
    )
    assert words(thread, "17:00", "unassisted").endswith(
        "and no Technical Assist has answered.\n\n- Please name another Assist: `/incident role assist @<who>`"
    )
    assert due_at(thread, "14:31").next_at is not None


def test_a_small_team_is_asked_in_turn_as_well() -> None:
    """S9, S58: whoever is two of them is asked once, and who is alone again and again."""
    thread = staffed()
    thread.say("alice", "/incident unrole scribe @dana\n/incident claim scribe", "14:01")
    assert in_turn(thread, *HOURS[:4]) == ["@erin", "@alice", "@erin", "@alice"]
    thread.say("erin", "/incident claim lead\n/incident role scribe @erin", "14:02")
    thread.say("alice", "/incident unrole scribe @alice\n/incident unrole lead @alice", "14:03")
    assert in_turn(thread, *HOURS[:4]) == ["@erin"] * 4


def test_who_becomes_assist_while_nobody_answers_is_asked_at_once() -> None:
    """S58."""
    thread = staffed()
    thread.say("alice", "/incident role assist @frank", "15:10")
    assert in_turn(thread, "15:10", "16:00", "17:00", "18:00", "19:00") == [
        "@frank",
        "@erin",
        "@dana",
        "@alice",
        "@frank",
    ]


def test_a_scribe_whose_turn_it_was_has_answered_with_a_note() -> None:
    """S58."""
    thread = staffed()
    thread.say("dana", "/incident note bob is in the data centre", "14:50")
    assert in_turn(thread, "15:00") == ["@dana"]
    thread.say("dana", "/incident note bob restores the backup", "15:10")
    assert asked(thread, "15:39", "quiet", "unassisted") == []
    assert in_turn(thread, "15:40") == ["@erin"]


@pytest.mark.parametrize("nod", ["+1", "👍", ":+1:", "> is it fixed?\n\nok, thanks", "@alice ack", "lgtm!"])
def test_a_nod_of_the_technical_lead_is_no_news(nod: str) -> None:
    """S58."""
    thread = staffed()
    thread.say("bob", nod, "14:20")
    assert in_turn(thread, "14:30") == ["@erin"]


@pytest.mark.parametrize("said", ["ok, the index is half done", "50 % restored", "![](https://x.test/graph.png)"])
def test_a_word_of_the_technical_lead_is_news(said: str) -> None:
    thread = staffed()
    thread.say("bob", said, "14:20")
    assert asked(thread, "14:49", "quiet") == []


@pytest.mark.parametrize(
    ("login", "text"),
    [
        ("bob", "/incident note rolled back the pool | 14:02"),
        ("erin", "/incident note the provider answers"),
        ("erin", "still restoring the backup, another quarter of an hour"),
        ("bob", "/incident status identified the last deploy"),
    ],
)
def test_whoever_works_on_the_fix_is_heard_by_an_event_or_in_plain_words(login: str, text: str) -> None:
    """S58, S51."""
    thread = staffed()
    thread.say(login, text, "14:20")
    assert thread.mistakes == []
    assert asked(thread, "14:49", "quiet") == []
    assert asked(thread, "14:50", "quiet") == [("quiet", "@erin")]
    assert "since 14:20 UTC" in words(thread, "14:50", "quiet")


@pytest.mark.parametrize(
    ("login", "text"),
    [
        ("dana", "/incident note erin restarts the pods"),
        ("alice", "How long will it take?"),
        ("rita", "It is still broken."),
        ("bob", "/incident role scribe @carol"),
        ("bob", "/incident frobnicate"),
        ("erin", "/incident no-update external"),
        ("erin", "/incident announced #general"),
        ("erin", "`/incident note in code`"),
    ],
)
def test_what_others_say_and_what_is_no_news_about_the_fix_does_not_count(login: str, text: str) -> None:
    """S58; S60: that there is nothing new is a communication, and no technical event."""
    thread = staffed()
    thread.say("alice", "/incident role comms @erin external", "14:01")
    thread.say(login, text, "14:20")
    assert asked(thread, "14:30", "quiet") == [("quiet", "@erin")]


def test_with_nobody_to_ask_the_scribe_looks_and_the_incident_lead_names_an_assist() -> None:
    """S52: never the Technical Lead."""
    thread = staffed()
    thread.say("alice", "/incident unrole assist @erin", "14:01")
    assert asked(thread, "14:30", "quiet", "unassisted") == [
        ("unassisted", "look", "@dana"),
        ("unassisted", "name", "@alice"),
    ]
    thread.say("alice", "/incident unrole scribe @dana", "14:02")
    assert words(thread, "14:30", "unassisted") == (
        "@alice, there has been no technical update since 14:00 UTC, and there is no Technical Assist to ask."
        "\n\n- Please name an Assist: `/incident role assist @<who>`"
    )
    thread.say("alice", "/incident claim scribe", "14:03")
    assert words(thread, "14:30", "unassisted") == (
        "@alice, there has been no technical update since 14:00 UTC, and there is no Technical Assist to ask."
        "\n\n- Please find out what you can without disturbing the Technical Lead: `/incident note <text>`"
        "\n- Please name an Assist: `/incident role assist @<who>`"
    )


def test_an_assist_who_is_named_is_asked_in_place_of_the_others() -> None:
    thread = staffed()
    thread.say("alice", "/incident unrole assist @erin", "14:01")
    assert len(asked(thread, "14:40", "unassisted")) == 2
    thread.say("alice", "/incident role assist @rita", "14:41")
    assert asked(thread, "14:41", "quiet", "unassisted") == [("quiet", "@rita")]


def test_a_scribe_who_was_asked_to_look_has_answered_with_a_note() -> None:
    thread = staffed()
    thread.say("alice", "/incident unrole assist @erin", "14:01")
    thread.say("dana", "/incident note still bob alone", "14:20")
    assert len(asked(thread, "14:30", "unassisted")) == 2
    thread.say("dana", "/incident note bob restores the backup", "14:33")
    assert asked(thread, "15:02", "unassisted") == []
    assert len(asked(thread, "15:03", "unassisted")) == 2


def test_the_technical_lead_is_never_asked_whatever_else_they_are() -> None:
    """S52."""
    thread = declared()
    thread.say("alice", "/incident role tech-lead @bob\n/incident role lead @bob", "14:00")
    thread.say("alice", "/incident role assist @bob\n/incident role scribe @BOB", "14:00")
    thread.say("alice", "/incident role comms @bob external", "14:00")
    thread.say("alice", "/incident role scribe @carol\n/incident unrole scribe @carol", "14:00")
    kinds = {kind for clock in (*HOURS, "23:59") for kind, *_ in asked(thread, clock)}
    assert kinds == {"roles", "update"}


def test_who_leads_alone_is_asked_for_roles_and_updates_and_for_as_long_as_it_takes() -> None:
    """S9, S36, S52, S77: nobody else can be asked; never for technical news."""
    thread = declared()
    thread.say("bob", "/incident claim lead", "14:00")
    for clock in ("15:00", "16:00", "19:00", "2026-11-24 14:00"):
        assert ("update", "internal", "name", "announce", "@bob") in asked(thread, clock)
        assert {kind for kind, *_ in asked(thread, clock)} == {"roles", "update"}
    thread.say("bob", "/incident claim comms", "14:00")
    assert asked(thread, "15:00", "update") == [("update", "internal", "speak", "announce", "@bob")]
    thread.say("carol", "/incident claim comms", "14:00")
    assert asked(thread, "15:00", "update") == [("update", "internal", "speak", "announce", "@carol")]


# Updates: an audience is to be told something


def test_an_announcement_is_due_an_hour_after_the_declaration() -> None:
    """S18, S77: asked for ten minutes before it is due, when it is, then every hour."""
    thread = staffed()
    assert asked(thread, "14:49", "update") == []
    assert asked(thread, "14:50", "update") == [("update", "external", "speak", "announce", "@carol")]
    told = "@carol, the audience **external** has had no update yet; the first one"
    assert words(thread, "14:50", "update").startswith(f"{told} is due by 15:00 UTC.\n\n- To see what is new")
    assert words(thread, "15:00", "update").startswith(f"{told} has been due since 15:00 UTC.")
    assert slots(thread, "17:00", "update") == [4]


@pytest.mark.parametrize("verb", ["update external: half of it works", "no-update external"])
def test_what_an_audience_was_told_answers_even_that_there_is_nothing_new(verb: str) -> None:
    """S60, S77."""
    thread = staffed()
    thread.say("carol", f"/incident {verb}", "14:40")
    assert thread.mistakes == []
    assert asked(thread, "15:29", "update") == []
    assert asked(thread, "15:30", "update") == [("update", "external", "speak", "again", "@carol")]
    assert words(thread, "15:40", "update") == (
        "@carol, the audience **external** was last updated at 14:40 UTC; the next update has been due since "
        "15:40 UTC.\n\n- To see what is new for them: `/incident brief external`"
        "\n- Once you have updated them, record what you said: `/incident update external: <text>`"
        "\n- Or record that there is nothing new: `/incident no-update external`"
    )


def test_every_audience_has_its_own_clock_and_its_own_leads() -> None:
    """S73-S75."""
    thread = staffed()
    thread.say("alice", "/incident role comms @erin @rita internal", "14:01")
    thread.say("alice", "/incident audience management via mail", "14:02")
    thread.say("carol", "/incident update external: half of it works", "14:50")
    assert thread.mistakes == []
    assert asked(thread, "15:00", "update") == [
        ("update", "internal", "speak", "announce", "@erin", "@rita"),
        ("update", "management", "speak", "announce", "@carol", "@erin", "@rita"),
    ]
    assert asked(thread, "15:40", "update")[1] == ("update", "external", "speak", "again", "@carol")


def test_while_nobody_speaks_the_incident_lead_is_asked_to_name_somebody() -> None:
    thread = declared()
    thread.say("alice", "/incident claim lead", "14:00")
    assert asked(thread, "14:50", "update") == [("update", "internal", "name", "announce", "@alice")]
    assert words(thread, "14:50", "update") == (
        "@alice, the audience **internal** has had no update yet; the first one is due by 15:00 UTC. "
        "They have no Communication Lead. Please name one: `/incident role comms @<who> internal`"
    )


def test_the_hint_never_asks_for_an_update_that_would_be_early() -> None:
    """S76."""
    rules = Rules(
        intervals=Intervals(min_update_interval=timedelta(minutes=40), max_update_interval=timedelta(minutes=50))
    )
    thread = staffed(rules=rules)
    assert len(asked(thread, "14:40", "update")) == 1
    thread.say("carol", "/incident update external: half of it works", "14:30")
    assert asked(thread, "15:09", "update") == []
    assert len(asked(thread, "15:10", "update")) == 1
    assert "has been due since 15:20" in words(thread, "15:20", "update")


# Roles that are open


def test_whoever_opens_it_is_asked_for_an_incident_lead_until_there_is_one() -> None:
    """S98-S100."""
    thread = declared()
    thread.say("alice", "/incident claim scribe", "14:00")
    assert asked(thread, "14:14") == []
    for clock in ("14:15", "14:30", "15:00"):
        assert asked(thread, clock, "lead", "roles") == [("lead", "@bob")]
    assert words(thread, "14:15", "lead") == (
        "@bob, this incident has no Incident Lead yet. Please name one, so that you can concentrate on the fix: "
        "`/incident role lead @<who>`"
    )
    thread.say("bob", "/incident role lead @alice", "15:01")
    assert asked(thread, "15:15", "lead") == []


def test_the_incident_lead_is_reminded_of_the_roles_that_are_open() -> None:
    """S36."""
    thread = declared()
    thread.say("alice", "/incident claim lead", "14:00")
    assert asked(thread, "14:15", "roles") == [("roles", "scribe", "communication-lead", "tester", "@alice")]
    assert words(thread, "14:15", "roles") == (
        "@alice, nobody is Scribe, Communication Lead or Tester yet. Ask for volunteers, or assign someone: "
        "`/incident role scribe @<who>`"
    )
    thread.say("dana", "/incident claim scribe\n/incident claim comms", "14:20")
    assert asked(thread, "14:34", "roles") == []
    assert words(thread, "14:35", "roles").startswith("@alice, nobody is Tester yet. ")
    thread.say("erin", "/incident claim tester", "14:40")
    assert asked(thread, "16:00", "roles", "lead") == []


def test_a_team_that_needs_no_incident_lead_is_not_asked_for_one() -> None:
    """S39."""
    thread = declared(rules=Rules(needed_roles=(Role.SCRIBE,)))
    assert asked(thread, "14:15") == [("roles", "scribe", "@bob")]
    thread.say("dana", "/incident claim scribe", "14:20")
    assert asked(thread, "19:00", "roles", "lead") == []


def test_an_alert_that_opens_an_incident_is_not_asked_but_whoever_takes_part_is() -> None:
    thread = Thread(labels=("incident",))
    event = IssueEvent(thread.now, Person(77, "alertmanager", bot=True), EventType.LABELED, "incident")
    thread.issue = replace(thread.issue, events=(event,))
    assert thread.incident.people.opener.bot
    assert due_at(thread, "19:00") == Due()
    thread.say("dana", "/incident claim scribe", "14:20")
    assert asked(thread, "14:35", "lead") == [("lead", "@dana")]


# An alert opened it: somebody is on call

ROTA = (
    OnCall(("acme/payments", "frank"), Condition(services=("checkout",))),
    OnCall(("erin",), projects=("acme/other",)),
    OnCall(("carol", "dana"), projects=("acme/shop",)),
)


def alerted(*labels: str, rules: Rules | None = None) -> Thread:
    """Return an incident of 14:00 that an alert opened."""
    thread = Thread(labels=("incident", *labels), rules=rules or Rules(on_call=ROTA))
    event = IssueEvent(thread.now, Person(77, "alertmanager", bot=True), EventType.LABELED, "incident")
    thread.issue = replace(thread.issue, events=(event,))
    return thread


def test_who_is_on_call_is_asked_to_take_an_alerts_incident_at_once_and_until_somebody_has() -> None:
    """S98, S99: somebody is identified and engaged, also where nobody was there."""
    thread = alerted()
    for clock in ("14:00", "14:30", "15:00", "19:00"):
        assert asked(thread, clock, "untaken") == [("untaken", "@carol", "@dana")]
    assert words(thread, "14:00", "untaken") == (
        "@carol @dana, an alert opened this incident, and you are on call for it."
        "\n\n- To work on the fix: `/incident claim tech-lead`\n- To coordinate: `/incident claim lead`"
    )
    assert words(thread, "14:30", "untaken").startswith(
        "@carol @dana, nobody has taken this incident since 14:00 UTC, and you are on call for it."
    )
    assert asked(thread, "15:00", "update") == [("update", "internal", "name", "announce", "@carol", "@dana")]
    status = thread.documents["status"].replace("\u00a0", " ")
    assert "- Someone to take it: **carol** and **dana** are on call. `/incident claim tech-lead` or" in status


def test_who_takes_it_is_never_asked_for_status_and_the_others_on_call_are() -> None:
    """S52, S58."""
    thread = alerted()
    thread.say("carol", "/incident claim tech-lead", "14:10")
    kinds = {kind for clock in HOURS for kind, *people in asked(thread, clock) if "@carol" in people}
    assert kinds == {"lead"}
    assert asked(thread, "14:40", "unassisted") == [("unassisted", "look", "@dana")]
    assert asked(thread, "15:00", "update") == [("update", "internal", "name", "announce", "@dana")]
    thread.say("dana", "/incident claim lead", "14:11")
    assert {kind for clock in HOURS for kind, *people in asked(thread, clock) if "@carol" in people} == set()
    assert "on call" not in thread.documents["status"]


def test_the_first_entry_that_fits_the_project_and_the_service_counts() -> None:
    assert asked(alerted("service:checkout"), "14:00") == [("untaken", "@acme/payments", "@frank")]
    assert asked(alerted("service:search"), "14:00") == [("untaken", "@carol", "@dana")]
    elsewhere = Rules(on_call=ROTA[:2])
    assert due_at(alerted(rules=elsewhere), "14:00").nudges == ()


def test_with_nobody_on_call_nobody_is_guessed_and_the_status_says_how_to_name_them() -> None:
    thread = alerted(rules=Rules())
    assert due_at(thread, "19:00") == Due()
    told = (
        "- Someone to take it: `/incident claim tech-lead` or `/incident claim lead`. Nobody is on call for it, "
        "so nobody was asked; the setting `on_call` in `tracker-bridge.toml` names who is."
    )
    assert told in thread.documents["status"].replace("\u00a0", " ")
    assert "on call" not in declared().documents["status"]


def test_an_account_that_is_known_to_be_a_programs_leads_nothing() -> None:
    rules = Rules(on_call=ROTA, alert_accounts=("Bob",))
    thread = declared(rules=rules)
    assert thread.incident.people.roles == ()
    assert asked(thread, "14:00") == [("untaken", "@carol", "@dana")]
    assert asked(declared(rules=Rules(on_call=ROTA)), "14:00") == []


def test_a_role_that_stays_open_is_asked_for_three_times_an_incident_lead_for_ever() -> None:
    thread = declared()
    assert [
        nudge.slot for nudge in due_at(thread, "2026-11-24 14:00").nudges if nudge.clock.reminder.kind == "lead"
    ] == [97]
    thread = staffed()
    thread.say("alice", "/incident unrole tester @rita", "14:10")
    assert [slot for c in ("14:29", "14:30", "14:50", "15:30", "19:00") for slot in slots(thread, c, "roles")] == [
        1,
        2,
        3,
        3,
    ]


# Tests: a fix is in, and nobody has told whether it holds


def test_the_testers_are_reminded_of_a_fix_until_one_of_them_tells() -> None:
    """S106."""
    thread = staffed()
    thread.say("alice", "/incident role tester @dana", "14:05")
    thread.say("bob", "/incident fixed 14:10", "14:20")
    assert asked(thread, "14:34", "testers") == []
    for clock in ("14:35", "14:50", "15:20"):
        assert asked(thread, clock, "testers") == [("testers", "fix", "@rita", "@dana")]
    assert words(thread, "14:35", "testers") == (
        "@rita @dana, a fix was reported at 14:20 UTC, and no tester has reported a result yet."
        "\n\n- Fixed: `/incident test pass <what you tried>`"
        "\n- Not fixed: `/incident test fail <what you saw>`"
    )
    thread.say("dana", "/incident test pass twice", "15:21")
    assert thread.mistakes == []
    assert asked(thread, "19:00", "testers", "untested") == []


def test_a_test_that_fails_is_an_answer_and_the_next_fix_is_asked_about_again() -> None:
    thread = staffed()
    thread.say("bob", "/incident fixed", "14:20")
    thread.say("rita", "/incident test fail it hangs", "14:30")
    assert thread.mistakes == []
    assert asked(thread, "14:40", "testers") == []
    thread.say("bob", "/incident fixed", "14:50")
    assert asked(thread, "15:05", "testers") == [("testers", "fix", "@rita")]


def test_tests_that_were_asked_for_are_waited_for_too() -> None:
    """S19."""
    thread = staffed()
    thread.say("erin", "/incident test request pay with each card", "14:20")
    assert asked(thread, "14:35", "testers") == [("testers", "request", "@rita")]
    assert words(thread, "14:35", "testers").startswith(
        "@rita, tests were requested at 14:20 UTC, and no tester has"
    )
    thread.say("rita", "/incident test pass each card", "14:40")
    assert asked(thread, "15:00", "testers") == []


def test_testers_who_work_on_the_fix_are_asked_only_where_there_is_nobody_else() -> None:
    """S20, S107; S9: on a small team they test all the same, but the Technical Lead is left alone."""
    thread = staffed()
    thread.say("alice", "/incident role tester @erin @bob", "14:05")
    thread.say("bob", "/incident fixed", "14:20")
    assert asked(thread, "14:35", "testers") == [("testers", "fix", "@rita")]
    thread.say("alice", "/incident unrole tester @rita", "14:21")
    assert asked(thread, "14:35", "testers") == [("testers", "fix", "@erin")]


def test_whoever_made_the_fix_is_not_asked_to_test_it() -> None:
    """S107: nor is it said that there are no testers."""
    thread = staffed()
    thread.say("bob", "/incident fixed by @rita", "14:20")
    assert words(thread, "14:35", "untested").startswith(
        "@alice, a fix was reported at 14:20 UTC, and the only tester made the fix."
    )
    thread.say("alice", "/incident role tester @dana", "14:25")
    assert asked(thread, "14:40", "testers", "untested") == [("testers", "fix", "@dana")]


def test_without_testers_the_incident_lead_sees_to_it() -> None:
    """S106."""
    thread = staffed()
    thread.say("alice", "/incident unrole tester @rita", "14:05")
    thread.say("bob", "/incident fixed", "14:20")
    assert words(thread, "14:35", "untested") == (
        "@alice, a fix was reported at 14:20 UTC, and there are no testers."
        "\n\n- Ask someone who did not work on the fix: `/incident role tester @<who>`"
        "\n- If nobody is available, verify it yourself and resolve the incident: `/incident resolve`"
    )
    thread.say("alice", "/incident resolve", "14:40")
    assert due_at(thread, "19:00") == Due()


def test_testers_are_reminded_after_the_end_as_well_but_not_for_ever() -> None:
    """S106."""
    thread = staffed()
    thread.say("bob", "/incident fixed", "14:20")
    thread.say("alice", "/incident resolve", "14:30")
    assert [kind for kind, *_ in asked(thread, "14:44")] == []
    assert asked(thread, "14:45") == [("testers", "over", "@rita")]
    assert words(thread, "14:45", "testers").startswith("@rita, the incident was resolved at 14:30 UTC, and no")
    days = ("14:45", "2026-11-23 14:29", "2026-11-23 14:30", "2026-11-24 14:30", "2026-12-24 14:30")
    assert [slot for clock in days for slot in slots(thread, clock, "testers")] == [1, 1, 2, 3, 3]
    assert due_at(thread, "2026-11-24 14:30").next_at is None
    thread.say("rita", "/incident test pass", "2026-11-25 09:00")
    assert thread.mistakes == []
    assert due_at(thread, "2026-11-25 09:00") == Due()


@pytest.mark.parametrize("end", ["by word", "by hand"])
def test_testers_are_reminded_of_an_end_that_came_without_a_fix(end: str) -> None:
    """S106."""
    thread = staffed()
    if end == "by word":
        thread.say("alice", "/incident resolve 14:20", "14:30")
    else:
        thread.do("alice", EventType.CLOSED, when="14:30")
    assert asked(thread, "14:44", "testers") == []
    assert asked(thread, "14:45") == [("testers", "over", "@rita")]
    thread.say("rita", "/incident test pass", "14:50")
    assert due_at(thread, "2026-11-23 14:30") == Due()


def test_while_a_fix_waits_for_its_test_nobody_else_is_asked_for_news() -> None:
    """S58, S106: a test that fails asks the technical people again."""
    thread = staffed()
    thread.say("dana", "/incident fixed 14:10 by @bob", "14:20")
    assert asked(thread, "18:00", "quiet") == []
    thread.say("rita", "/incident test fail still broken", "18:00")
    assert asked(thread, "18:01", "quiet") == [("quiet", "@erin")]


def test_monitoring_starts_the_clock_of_the_testers_and_is_news() -> None:
    """S58, S106."""
    thread = staffed()
    thread.say("bob", "/incident status monitoring", "14:20")
    assert asked(thread, "14:35", "testers") == [("testers", "fix", "@rita")]
    assert asked(thread, "19:00", "quiet") == []


def test_a_cancelled_incident_needs_no_tests() -> None:
    thread = staffed()
    thread.say("bob", "/incident fixed", "14:20")
    thread.do("alice", EventType.UNLABELED, "incident", "14:30")
    assert thread.incident.phase.ended
    assert due_at(thread, "19:00") == Due()


# Action items: past due, after the end


def test_the_owner_of_an_action_item_is_reminded_once_its_day_is_over() -> None:
    """S113."""
    thread = staffed(Rules(timezone=ZoneInfo("Europe/Berlin")))
    number = thread.say("alice", "/incident action alert on the pool @dana due 2026-11-25", "14:20")
    thread.say("rita", "/incident test pass", "14:25")
    thread.say("alice", "/incident resolve", "14:30")
    assert thread.mistakes == []
    assert due_at(thread, "2026-11-25 22:59") == Due(next_at=at("2026-11-25 23:00"))
    for day in ("2026-11-25 23:00", "2026-11-27 23:00", "2026-12-21 23:30"):
        assert [people[-1] for people in asked(thread, day)] == ["@dana"]
    assert [
        slot
        for day in ("2026-11-25", "2026-11-27", "2026-11-29")
        for slot in slots(thread, f"{day} 23:00", "action")
    ] == [1, 2, 3]
    assert words(thread, "2026-11-27 23:00", "action") == (
        "@dana, this action item was due on 2026-11-25: alert on the pool. Please complete it, or change the due "
        f"date in [the comment that created it]({URL}#issuecomment-{number})."
    )


@pytest.mark.parametrize("day", ["9999-12-31", "9998-12-31", "2026-11-16"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_any_day_to_come_may_be_set_and_one_that_has_just_passed(day: str, zone: str) -> None:
    thread = staffed(Rules(timezone=ZoneInfo(zone)))
    thread.say("alice", f"/incident action alert on the pool @dana due {day}", "14:20")
    thread.say("alice", "/incident resolve", "14:30")
    assert thread.mistakes == []
    assert bool(asked(thread, "14:30")) == (day < "2027")


@pytest.mark.parametrize("day", ["0001-01-01", "1970-01-01", "2025-11-30"])
def test_a_day_that_passed_long_ago_is_a_slip(day: str) -> None:
    thread = staffed()
    thread.say("alice", f"/incident action alert on the pool @dana due {day}", "14:20")
    assert thread.mistake.refused.reason == f"{day} is in the past"


def test_action_items_that_are_done_or_have_no_day_and_those_of_an_open_incident_wait() -> None:
    thread = staffed()
    thread.say("alice", "/incident action alert on the pool @dana due 2026-11-20", "14:20")
    thread.say("alice", "/incident action write it down @dana", "14:21")
    thread.say("rita", "/incident test pass", "14:25")
    assert asked(thread, "14:29") == []
    thread.say("alice", "/incident resolve", "14:30")
    [nudge] = due_at(thread, "14:30").nudges
    assert nudge.clock.logins == ("dana",)
    over = thread.incident
    assert (
        due(
            replace(
                over,
                follow_up=replace(
                    over.follow_up,
                    actions=tuple(replace(one, state=ActionState.DONE) for one in over.follow_up.actions),
                ),
            ),
            at("19:00"),
        )
        == Due()
    )
    numbered = replace(
        over,
        follow_up=replace(over.follow_up, actions=tuple(replace(one, issue=12) for one in over.follow_up.actions)),
    )
    [nudge] = due(numbered, at("19:00")).nudges
    [document] = [d for d in RENDERER.documents(numbered, "", ROOM, {}, [nudge]) if d.key == nudge.key]
    assert "alert on the pool (#12). Please close #12 when it is done, or change the due date in" in document.body


# All of them


def test_who_is_asked_has_the_words_that_were_meant_for_them() -> None:
    """A reminder is never edited: what may change in its words makes another one, and so pings whom it is for."""
    thread = staffed()
    [quiet] = [nudge for nudge in due_at(thread, "14:40").nudges if nudge.clock.reminder.kind == "quiet"]
    thread.say("alice", "/incident handoff assist @rita", "14:41")
    [other] = [nudge for nudge in due_at(thread, "14:42").nudges if nudge.clock.reminder.kind == "quiet"]
    assert (quiet.clock.logins, other.clock.logins) == (("erin",), ("rita",))
    assert quiet.key != other.key


def test_intervals_are_those_of_the_severity() -> None:
    quick = Intervals(
        technical_silence=timedelta(minutes=10),
        min_update_interval=timedelta(minutes=10),
        max_update_interval=timedelta(minutes=30),
        roles=timedelta(hours=9),
    )
    thread = staffed(rules=Rules(severity_intervals={"sev1": quick}))
    assert due_at(thread, "14:10").next_at == at("14:30")
    thread.say("alice", "/incident severity sev1", "14:05")
    assert asked(thread, "14:10") == [("quiet", "@erin")]
    assert asked(thread, "14:20") == [
        ("unassisted", "look", "asked", "@dana"),
        ("update", "external", "speak", "announce", "@carol"),
    ]
    thread.say("alice", "/incident severity sev3", "14:16")
    assert asked(thread, "14:29") == []


def test_drills_are_exercised_with_reminders() -> None:
    thread = declared("/incident declare --drill")
    assert asked(thread, "14:15") == [("lead", "@bob")]


@pytest.mark.parametrize("end", ["resolve", "cancel a false alarm"])
def test_once_it_is_over_nobody_is_reminded_until_it_is_opened_again(end: str) -> None:
    thread = staffed()
    thread.say("alice", "/incident unrole tester @rita", "14:01")
    thread.say("alice", f"/incident {end}", "14:50")
    assert due_at(thread, "18:00") == Due()
    thread.say("alice", "/incident reopen it is back", "18:30")
    assert asked(thread, "18:44") == []
    assert asked(thread, "18:45") == [("roles", "tester", "@alice")]
    assert [kind for kind, *_ in asked(thread, "19:20")] == ["quiet", "update", "roles"]


def test_silence_is_for_all_and_ends_by_itself() -> None:
    thread = staffed()
    thread.say("dana", "/incident snooze 45m everyone is in the data centre", "14:31")
    assert due_at(thread, "14:30").nudges == ()
    assert due_at(thread, "15:15") == Due(next_at=at("15:16"))
    assert [kind for kind, *_ in asked(thread, "15:16")] == ["unassisted", "update"]


def test_opening_it_again_ends_the_silence() -> None:
    thread = staffed()
    thread.say("dana", "/incident snooze 24h the provider sleeps", "14:31")
    thread.say("alice", "/incident resolve", "14:50")
    thread.say("alice", "/incident reopen", "15:00")
    assert [kind for kind, *_ in asked(thread, "15:50")] == ["quiet", "update"]


def test_a_time_of_another_day_is_printed_with_its_date_and_stays_as_it_is() -> None:
    thread = staffed()
    thread.say("erin", "still at it", "23:50")
    before = words(thread, "2026-11-23 00:20", "quiet")
    assert "since 22 Nov 23:50 UTC" in before
    assert "since 14:00 UTC" in words(staffed(), "14:30", "quiet")
    thread.say("dana", "/incident note the night shift is here", "2026-11-23 00:25")
    assert words(thread, "2026-11-23 00:26", "quiet") == before


def test_an_issue_that_is_no_incident_waits_for_nothing() -> None:
    thread = Thread("it is broken")
    thread.say("alice", "/incident snooze 45m tea")
    assert due_at(thread, "19:00") == Due()


def test_a_communication_lead_for_nobody_in_particular_is_one_answer_everywhere() -> None:
    """S74, S77: the card, the status comment and the clocks name the same audiences."""
    thread = declared()
    number = thread.say("carol", "/incident claim comms", "14:00")
    assert "Yours: informing your audience (**internal**)" in thread.card(number, "carol")
    thread.say("carol", "/incident update external via #shop: We are on it.", "14:10")
    assert "Yours: informing your audience (**internal, external**)" in thread.card(number, "carol")
    assert [row.audience.name for row in rows(thread.incident) if "carol" in row.leads] == ["internal", "external"]
    assert asked(thread, "15:10", "update") == [
        ("update", "internal", "speak", "announce", "@carol"),
        ("update", "external", "speak", "again", "@carol"),
    ]
    thread.say("alice", "/incident role comms @dana internal", "14:20")
    assert "Yours: informing your audience (**external**)" in thread.card(number, "carol")
    assert asked(thread, "15:10", "update")[0][-1] == "@dana"


def test_the_next_assist_is_asked_when_the_one_before_has_not_taken_over() -> None:
    """S14: each once, in order; the first was asked when the Technical Lead stepped off."""
    thread = declared(rules=Rules(intervals=Intervals(roles=timedelta(minutes=15))))
    thread.say("alice", "/incident claim lead\n/incident role assist @carol @dana @erin", "14:00")
    thread.say("bob", "/incident unrole tl", "14:10")
    assert asked(thread, "14:24", "vacant") == []
    assert asked(thread, "14:25", "vacant") == [("vacant", "carol", "@dana")]
    assert words(thread, "14:25", "vacant") == (
        "@dana, there has been no Technical Lead since 14:10 UTC, and **carol** has not taken over. You are the "
        "next in line: `/incident claim tech-lead`"
    )
    assert asked(thread, "14:40", "vacant") == [("vacant", "dana", "@erin")]
    assert asked(thread, "23:00", "vacant") == [("vacant", "dana", "@erin")]
    thread.say("dana", "/incident claim tech-lead", "23:10")
    assert asked(thread, "23:59", "vacant") == []


def test_with_one_assist_nobody_else_is_in_line() -> None:
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident role assist @carol @acme/ops", "14:00")
    thread.say("bob", "/incident unrole tl", "14:10")
    assert asked(thread, "15:00", "vacant") == []
    assert [kind for kind, *_ in asked(thread, "15:00", "roles")] == ["roles"]  # the lead is
    thread.say("alice", "/incident role assist @bob", "14:20")  # whoever left is in no line
    assert asked(thread, "15:00", "vacant") == []
