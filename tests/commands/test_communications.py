"""What audiences were told, and what there is to tell them (S17, S18, S59-S61, S73-S82, S93, S105)."""

import re
from datetime import timedelta

import pytest

from tests.commands.thread import URL, Thread, at, declared, refusal
from tracker_bridge.domain.derived.cadence import news, rows
from tracker_bridge.domain.incident.communications import Communication
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Intervals, Rules
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import EventType

ALL = "internal, external, management"


def spoken(body: str = "/incident declare", rules: Rules | None = None) -> Thread:
    """Return an incident with a main channel, and carol as Communication Lead for everybody."""
    thread = declared(body, rules=rules)
    thread.say(
        "alice", "/incident claim lead\n/incident channel main #inc\n/incident role comms @carol " + ALL, "14:01"
    )
    return thread


def told(thread: Thread) -> list[Communication]:
    return list(thread.incident.comms.communications)


def status(thread: Thread) -> str:
    return thread.documents["status"]


# What is recorded


def test_when_what_where_to_whom_and_by_whom() -> None:
    """S80."""
    thread = spoken()
    number = thread.say(
        "carol", "/incident update external via status page, phone\n> Half of all\n> payments fail.", "14:10"
    )

    [one] = told(thread)

    assert (one.audiences, one.channels) == (("external",), ("status page", "phone"))
    assert one.said == ("Half of all", "payments fail.")
    assert (one.occurred.at, one.recorded_at, one.by) == (at("14:10"), at("14:10"), "carol")
    assert one.url == f"{URL}#issuecomment-{number}"
    assert (one.early, one.why, one.correction, one.unagreed, one.since) == ((), "", False, False, None)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("update external: We are on it.", ("We are on it.",)),
        ("update external via mail: See https://x.test: it fails", ("See https://x.test: it fails",)),
        ("update external\nWe are on it.\n\nNext at 15:00.", ("We are on it.", "", "Next at 15:00.")),
        ("update external:\nWe are on it.", ("We are on it.",)),
        ("update external --now why: so\n> We are on it.\n\nremark", ("We are on it.",)),
    ],
)
def test_the_message_stands_behind_a_colon_or_below(line: str, said: tuple[str, ...]) -> None:
    thread = spoken()
    thread.say("carol", f"/incident {line}")
    assert thread.mistakes == []
    assert [one.said for one in told(thread)] == [said]


@pytest.mark.parametrize("between", ["", "We know more at 15:00.\n"])
def test_what_could_be_two_messages_is_none(between: str) -> None:
    thread = spoken()
    line = "/incident update external: Some logins fail."
    thread.say("carol", f"{line}\n{between}> The master is corrupt.\n> Tell nobody.")
    assert thread.mistake.refused.reason == (
        "put the whole message after the colon or in the lines below, as a quote, not in both"
    )
    assert told(thread) == []


@pytest.mark.parametrize("part", ["- cards", "1. cards", "| a | b |\n|---|---|", "```\n502\n```"])
def test_a_list_right_below_the_colon_is_not_left_out_in_silence(part: str) -> None:
    thread = spoken()
    thread.say("carol", f"/incident update external: These fail:\n{part}")
    refused = thread.mistake.refused
    assert "not in both" in refused.reason
    assert (refused.instead, refused.asked, refused.form) == ("", (), "update external: <text>")
    assert told(thread) == []


@pytest.mark.parametrize("below", ["\n- [ ] call legal", "---", "</details>"])
def test_what_stands_apart_from_a_message_is_no_part_of_it(below: str) -> None:
    thread = spoken()
    thread.say("carol", f"/incident update external: We know of it.\n{below}")
    assert [one.said for one in told(thread)] == [("We know of it.",)]


@pytest.mark.parametrize(
    ("line", "occurred", "channels"),
    [
        ("update external at 14:05", "14:05", ("#inc",)),
        ("update external at ~14:05 via mail", "14:05", ("mail",)),
        ("update external via mail at 14:05", "14:05", ("mail",)),
        ("update external via the desk at the door", "14:20", ("the desk at the door",)),
        ("update external via the desk at the door, b at 5m ago", "14:15", ("the desk at the door", "b")),
        ("update external via the desk at the door at 2:05 pm", "14:05", ("the desk at the door",)),
        ("update external at (14:05)", "14:05", ("#inc",)),
        ("update external @14:05", "14:05", ("#inc",)),
        ("update external via mail at ∼14:05", "14:05", ("mail",)),
        ("update external at yesterday at 23:50 via mail", "2026-11-21 23:50", ("mail",)),
        ("update external via mail | 14:05", "14:05", ("mail",)),
    ],
)
def test_when_and_where_in_any_order(line: str, occurred: str, channels: tuple[str, ...]) -> None:
    """S55, S56, S80."""
    thread = spoken()
    thread.say("carol", f"/incident {line}\n> x", "14:20")
    assert thread.mistakes == []
    assert [(one.occurred.at, one.channels) for one in told(thread)] == [(at(occurred), channels)]


def test_the_channel_is_the_audiences_else_the_main_one() -> None:
    """S18, S33."""
    thread = spoken()
    thread.say("alice", "/incident audience external via status page")
    thread.say("carol", "/incident update external, internal: x")
    assert told(thread)[0].channels == ("status page", "#inc")


def test_it_stands_on_the_timeline_short_and_does_nothing_there() -> None:
    thread = spoken()
    thread.say("carol", "/incident update external\n> @dana **see** #12\n> /close")
    [entry] = thread.entries(Kind.UPDATE)
    assert (entry.what, entry.text) == ("external", "@dana **see** #12 /close")
    assert thread.mentions.get("status") is None


def test_correcting_the_comment_corrects_what_was_recorded() -> None:
    thread = spoken()
    number = thread.say("carol", "/incident update external: wrong")
    thread.edit(number, "/incident update external: right")
    assert [one.said for one in told(thread)] == [("right",)]


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        ("update", "which audience?", "update <audience>: <text>"),
        (
            "update external We know of it",
            "put what was said after a colon, or in the lines below",
            "update external: We know of it",
        ),
        ("update external", "what was said? Put it after a colon", "update external: <text>"),
        ("update external: …", "what was said? Put it after a colon", "update external: <text>"),
        ("update external now: x", "`now` is not an audience, nor an option", "update external --now <why>: x"),
        ("update external in 10 min: x", "`in 10 min` is not an audience", "update external at <time>: x"),
        (
            "update external (correction): x",
            "`(correction)` is not an audience",
            "update external --correction: x",
        ),
        ("update external @bob: x", "`@bob` is not an audience", "update external <audience>: x"),
        (
            "update customers: x",
            "`customers` is not an audience; the audiences are `internal`, `external`, `management`",
            "update external: x",
        ),
        ("update external at 25:00: x", "is not a time I understand", "update external at <time>: x"),
        (
            "update external via mail at half past two --now why: x",
            "`half past two` is not a time I understand",
            "update external via mail at <time> --now why: x",
        ),
        (
            "update external at 14:00-14:10 via mail: x",
            "`14:00-14:10` contains two times; write when it began",
            "update external at 14:00 via mail: x",
        ),
        (
            "update external via mail: It works again | 14:05",
            "the time goes before the colon",
            "update external via mail at 14:05: It works again",
        ),
        (
            "update external via mail | 25:00: x",
            "is not a time I understand",
            "update external via mail | <time>: x",
        ),
        ("update external --now", "`--now` needs a value", "update <audience> --now <why>: <text>"),
        ("update external --since 3", "`--since` is not an option here", "update <audience> --now <why>: <text>"),
        ("update external via " + "x" * 121 + ": x", "at most", "update <audience> via <where>: x"),
        ("no-update", "which audience?", "no-update <audience>"),
        ("brief customers", "`customers` is not an audience", "brief external"),
    ],
)
def test_refusals_name_the_next_step(text: str, reason: str, instead: str) -> None:
    thread = spoken()
    was, line = refusal(thread, "carol", f"/incident {text}")
    assert reason in was
    assert line == instead
    assert told(thread) == []


# Who may


@pytest.mark.parametrize(
    ("roles", "who", "allowed"),
    [
        ("role comms @carol external", "carol", True),
        ("role comms @carol internal", "carol", True),
        ("role comms @carol internal\n/incident role comms @dana", "carol", True),
        ("role comms @carol internal\n/incident role comms @dana external", "carol", False),
        ("role comms @carol\n/incident role comms @dana external", "carol", True),
        ("role comms @carol", "carol", True),
        ("role lead @carol", "carol", True),
        ("role scribe @carol", "carol", True),
        ("role scribe @carol\n/incident role comms @dana internal", "carol", True),
        ("role scribe @carol\n/incident role comms @dana external", "carol", False),
        ("role scribe @carol\n/incident role comms @dana", "carol", False),
        ("role assist @carol", "carol", False),
        ("role tester @carol", "carol", False),
        ("role tl @carol", "carol", False),
        ("role scribe @dana", "alice", False),
    ],
)
def test_communication_leads_speak_and_the_scribe_while_there_is_none(roles: str, who: str, allowed: bool) -> None:
    """S33, S74, S79: ambiguity A; a lead of one audience does not speak to another's."""
    thread = declared()
    thread.say("alice", f"/incident {roles}")
    thread.say(who, "/incident update external: x")
    assert bool(told(thread)) is allowed


def test_the_refusal_names_who_can() -> None:
    thread = declared()
    thread.say("alice", "/incident role comms @carol external")
    was, line = refusal(thread, "bob", "/incident update external: x")
    assert was.startswith("`carol` can record that")
    assert line == ""
    assert (thread.mistake.refused.asked, thread.mistake.refused.wish) == (
        ("carol",),
        "please write: /incident update external: x",
    )


def test_what_no_typing_mends_is_said_at_once() -> None:
    was, _ = refusal(declared(), "bob", "/incident update external we are on it")
    assert was.startswith("put what was said after a colon")
    assert "`external` has no Communication Lead yet; use `/incident claim comms external` first" in was


@pytest.mark.parametrize(
    "names", ["external and internal", "external/internal", "external & internal", "external, and internal"]
)
def test_several_audiences_are_named_as_people_name_them(names: str) -> None:
    thread = declared()
    thread.say(
        "alice", "/incident claim lead\n/incident audience external @carol\n/incident audience internal @carol"
    )
    thread.say("carol", f"/incident update {names}: we are on it")
    [told] = thread.incident.comms.communications
    assert (told.audiences, told.said) == (("external", "internal"), ("we are on it",))


def test_without_anybody_it_says_so() -> None:
    thread = declared()
    was, _ = refusal(thread, "bob", "/incident no-update external")
    assert was.startswith("`external` has no Communication Lead yet; use `/incident claim comms external` first")
    thread.say("bob", "/incident claim comms external\n\n/incident no-update external")
    assert len(thread.incident.comms.communications) == 1


# Too early, and without a channel


@pytest.mark.parametrize(
    ("when", "line", "early"),
    [
        ("14:39", "update external: x", ("external",)),
        ("14:40", "update external: x", ()),
        ("14:39", "update internal: x", ()),
        ("14:39", "update internal, external: x", ("external",)),
        ("14:39", "update external --correction: x", ()),
        ("14:39", "update external --now the press called: x", ("external",)),
        ("14:39", "no-update external", ("external",)),
        ("14:45", "update external at 14:30: x", ("external",)),
        ("14:45", "update external at 14:02: x", ()),
    ],
)
def test_less_than_half_an_hour_after_the_last_one_to_that_audience_is_early(
    when: str, line: str, early: tuple[str, ...]
) -> None:
    """S76: recorded all the same."""
    thread = spoken()
    thread.say("carol", "/incident update external: first", "14:10")
    thread.say("carol", f"/incident {line}", when)
    assert len(told(thread)) == 2
    assert told(thread)[-1].early == early


def test_early_is_said_once_under_the_comment_and_goes_when_a_reason_is_given() -> None:
    """S76."""
    thread = spoken()
    thread.say("carol", "/incident update external: first", "14:10")
    number = thread.say("carol", "/incident update external: second", "14:20")
    text = thread.documents[f"early:{number}"].replace("\u00a0", " ")
    assert "Recorded, but early for **external**: less than 30 min after the last one." in text
    assert "`--now <why>`" in text
    assert thread.mistakes == []

    thread.edit(number, "/incident update external --now the press called: second")

    assert f"early:{number}" not in thread.documents
    assert (told(thread)[-1].early, told(thread)[-1].why) == (("external",), "the press called")


def test_two_early_ones_in_one_comment_get_one_answer() -> None:
    thread = spoken()
    thread.say("carol", "/incident update internal, external: first", "14:10")
    number = thread.say("carol", "/incident update external: a\n\n/incident update internal: b", "14:20")
    text = thread.documents[f"early:{number}"]
    assert "early for **external**" in text
    assert "early for **internal**" in text


def test_the_one_that_tells_the_end_is_never_early_and_the_next_one_is() -> None:
    """S76: ambiguity D."""
    thread = spoken()
    thread.say("carol", "/incident update external: first", "14:10")
    thread.say("alice", "/incident resolve", "14:12")
    thread.say("carol", "/incident update external: It is over.", "14:13")
    thread.say("carol", "/incident update external: Really.", "14:14")
    assert [one.early for one in told(thread)] == [(), (), ("external",)]


@pytest.mark.parametrize(
    "lines",
    [
        ["update external: It is over.", "resolve"],
        ["resolve", "update external: It is over."],
        ["update external: It was nothing.", "cancel a false alarm"],
        ["update external: It goes on elsewhere.", "merge #12"],
    ],
)
def test_what_is_said_in_one_breath_with_the_end_is_not_early(lines: list[str]) -> None:
    """S76: whichever of the two stands first."""
    thread = spoken()
    thread.say("alice", "/incident update external: first", "14:10")
    number = thread.say("alice", "\n".join(f"/incident {line}" for line in lines), "14:12")
    assert [one.early for one in told(thread)] == [(), ()]
    assert f"early:{number}" not in thread.documents


def test_one_breath_with_the_end_hides_no_other_remark() -> None:
    thread = declared()
    thread.say("alice", "/incident claim lead")
    number = thread.say("alice", "/incident update external via mail: It is over.\n/incident resolve")
    text = thread.documents[f"early:{number}"]
    assert "No main channel is set yet" in text
    assert "It came early" not in text


def test_closing_by_hand_with_a_comment_is_one_breath() -> None:
    """S76: the forges' "comment and close" does both in one second."""
    thread = spoken()
    thread.say("carol", "/incident update external: first", "14:10")
    thread.say("carol", "/incident update external: It is over.", "14:12")
    thread.do("alice", EventType.CLOSED, when="14:12")
    assert [one.early for one in told(thread)] == [(), ()]


def test_a_confirmed_fix_and_a_reopening_may_be_told_at_once() -> None:
    """S76: each of them once; the next one is early again."""
    thread = spoken()
    thread.say("alice", "/incident role tester @erin")
    thread.say("carol", "/incident update external: first", "14:10")
    thread.say("bob", "/incident fixed", "14:11")
    thread.say("carol", "/incident update external: We think it works.", "14:12")
    thread.say("erin", "/incident test pass", "14:13")
    thread.say("carol", "/incident update external: It works.", "14:14")
    thread.say("carol", "/incident update external: It still works.", "14:15")
    thread.say("alice", "/incident resolve", "14:40")
    thread.say("carol", "/incident update external: It is over.", "14:41")
    thread.say("alice", "/incident reopen", "14:42")
    thread.say("carol", "/incident update external: It is not over.", "14:43")
    early = ("external",)
    assert [one.early for one in told(thread)] == [(), early, (), early, (), ()]


def test_the_floor_is_the_teams_and_the_severitys() -> None:
    short = Intervals(min_update_interval=timedelta(minutes=5), max_update_interval=timedelta(minutes=15))
    thread = spoken(rules=Rules(severity_intervals={"sev1": short}))
    thread.say("alice", "/incident severity sev1")
    thread.say("carol", "/incident update external: first", "14:10")
    thread.say("carol", "/incident update external: second", "14:16")
    assert [one.early for one in told(thread)] == [(), ()]
    assert next(row.due for row in rows(thread.incident) if row.audience.name == "external") == at("14:31")


def test_an_update_before_any_channel_was_agreed_on_is_recorded_with_a_warning() -> None:
    """S18."""
    thread = declared()
    thread.say("carol", "/incident claim comms")
    number = thread.say("carol", "/incident update external via twitter: x")

    assert [one.unagreed for one in told(thread)] == [True]
    assert (
        "Recorded. No main channel is set yet, so people do not know where to look for updates: "
        "`/incident channel main <where>`" in thread.documents[f"early:{number}"]
    )
    assert "- ⚠️ Updates are going out, but no main channel is set: `/incident channel main <where>`" in status(
        thread
    )

    again = thread.say("carol", "/incident update external via twitter: y", "15:00")
    assert [one.unagreed for one in told(thread)] == [True, True]
    assert f"early:{again}" not in thread.documents, "it was said, and the status comment says it still"

    thread.say("alice", "/incident channel main #inc")
    assert "no main channel is set" not in status(thread)


# Nothing new


def test_nothing_new_is_a_communication_and_no_technical_event() -> None:
    """S60."""
    thread = spoken()
    thread.say("carol", "/incident update external: first", "14:10")
    thread.say("carol", "/incident no-update external", "14:50")
    thread.say("carol", "/incident no-update external\n> Still at it.", "15:30")

    assert [one.since for one in told(thread)] == [None, at("14:10"), at("14:10")]
    assert [one.said for one in told(thread)] == [("first",), (), ("Still at it.",)]
    assert [entry.kind for entry in thread.entries(Kind.NO_UPDATE)] == [Kind.NO_UPDATE] * 2
    assert thread.incident.technical == {"bob"}
    assert next(row for row in rows(thread.incident) if row.audience.name == "external").due == at("16:30")
    text = re.sub(r"\]\(\S+?\)", "]", status(thread))
    assert "- **external** · update **by 16:30** · last [15:30] (nothing new) · **carol** · `#inc`" in text


def test_nothing_new_before_the_first_update_is_since_the_declaration() -> None:
    thread = spoken()
    thread.say("carol", "/incident no-update external", "14:30")
    assert told(thread)[0].since == at("14:00")


# Who was told, and who is next


def test_each_audience_has_its_own_clock() -> None:
    """S74, S77, S93: the announcement is due from the declaration on."""
    thread = spoken()
    thread.say("carol", "/incident update external: x", "14:20")
    due = {row.audience.name: row.due for row in rows(thread.incident)}
    assert due == {"internal": at("15:00"), "external": at("15:20"), "management": at("15:00")}
    text = re.sub(r"\]\(\S+?\)", "]", status(thread))
    assert "- **internal** · first update **by 15:00** · **carol** · `#inc`" in text
    assert "- **external** · update **by 15:20** · last [14:20] · **carol** · `#inc`" in text
    assert "Updates only at `#inc` · next **by 15:00**" in text


def test_audiences_that_nobody_speaks_to_are_not_shown() -> None:
    thread = declared()
    assert rows(thread.incident) == ()
    assert "**Audiences**" not in status(thread)


def test_after_the_end_nothing_is_due_but_to_tell_it() -> None:
    thread = spoken()
    thread.say("carol", "/incident update external: x", "14:20")
    thread.say("alice", "/incident resolve", "14:40")
    assert "- **external** · ⚠️ **closing update** due · last [14:20](" in status(thread)
    assert all(row.due is None for row in rows(thread.incident))
    thread.say("carol", "/incident update external: It is over.", "14:41")
    assert "closing update" not in status(thread)


# The brief


def brief(thread: Thread, login: str, text: str = "brief", when: str = "") -> str:
    number = thread.say(login, f"/incident {text}", when)
    return thread.documents[f"brief:{number}"].replace("\u00a0", " ")


def busy() -> Thread:
    thread = spoken(body="/incident declare --started ~13:50")
    thread.say("alice", "/incident severity sev1\n/incident impact customers: half cannot pay", "14:02")
    thread.say(
        "alice",
        "/incident impact support: @dana drowns in calls\n/incident impact billing: carol is stuck",
        "14:03",
    )
    thread.say("dana", "/incident note db-7 is out of connections", "14:05")
    thread.say("carol", "/incident update external: first", "14:10")
    thread.say("bob", "/incident status identified pool of db-7 is too small", "14:20")
    return thread


def test_it_shows_what_was_recorded_since_the_audience_was_last_told() -> None:
    """S59, S78."""
    text = brief(busy(), "carol", "brief external", "14:30")
    listed = text.partition("**Draft")[0]
    assert "Last update [14:10]" in listed
    assert "Cause identified: pool of db-7 is too small — bob" in listed
    assert "out of connections" not in listed


def test_every_communication_lead_is_briefed_on_their_own_audience() -> None:
    """S59, S61, S74: by one line each; what is new is what is new for those whom they speak to."""
    thread = declared()
    thread.say("alice", "/incident role comms @carol external\n/incident role comms @erin management")
    thread.say("dana", "/incident claim scribe\n/incident note db-7 is out of connections", "14:05")
    thread.say("carol", "/incident update external via status page: Payments fail.", "14:10")
    thread.say("dana", "/incident note restarted the pool", "14:20")

    outside, above = brief(thread, "carol", when="14:30"), brief(thread, "erin", when="14:31")

    assert "#### Brief for external" in outside
    assert "Last update [14:10]" in outside
    assert "restarted the pool" in outside
    assert "out of connections" not in outside
    assert "management" not in outside
    assert "#### Brief for management" in above
    assert "No update yet." in above
    assert "out of connections" in above
    assert "restarted the pool" in above


def test_it_shows_everything_to_who_was_told_nothing() -> None:
    """S78."""
    text = brief(busy(), "carol", "brief internal", "14:30")
    assert "No update yet. So far:" in text
    assert "db-7 is out of connections — dana" in text
    assert "first" not in text


def test_what_happened_before_and_was_noted_since_is_new() -> None:
    thread = busy()
    thread.say("dana", "/incident note first alarm went unseen | 13:40", "14:25")
    assert "first alarm went unseen" in [entry.text for entry in news(thread.incident, "external")]


def test_the_draft_for_outside_has_no_names_and_nothing_of_the_inside() -> None:
    """S79, S92: what it means for them, and when they hear next."""
    draft = (
        brief(busy(), "carol", "brief external", "14:30").partition("**Draft")[2].partition("Once it is sent")[0]
    )
    assert "> We are working on a problem that began at ≈ 13:50 UTC. The cause is known" in draft
    assert "> - customers: half cannot pay" in draft
    assert "> Next update by 15:30 UTC." in draft
    for inside in ("dana", "carol", "bob", "alice", "db-7", "Checkout", "#inc", "sev1"):
        assert inside not in draft


def test_the_draft_for_inside_is_plain_and_concrete() -> None:
    draft = brief(busy(), "carol", "brief internal", "14:30")
    assert (
        "> Checkout is down (sev1), since ≈ 13:50 UTC. The cause is known, and a fix is being prepared." in draft
    )
    assert "> The cause was identified at 14:20 UTC: pool of db-7 is too small." in draft
    assert "by 15:30 UTC at \\#\u200binc." in draft


def test_the_draft_for_management_tells_how_bad_how_long_and_who_leads() -> None:
    draft = brief(busy(), "carol", "brief management", "14:30")
    assert "> Severity sev1 (everyone, or a core function, is blocked), since ≈ 13:50 UTC." in draft
    assert "> Ongoing for 40 min, as of 14:30 UTC." in draft
    assert "> alice leads the incident." in draft


def test_a_draft_is_marked_as_one_and_recorded_as_nothing() -> None:
    """S79: it is sent nowhere, and the timeline is never passed on as it is."""
    thread = busy()
    before = thread.incident.comms.communications, thread.incident.timeline
    text = brief(thread, "carol", "brief external", "14:30")
    assert "**Draft: rework it for this audience. Nothing has been sent.**" in text
    assert (thread.incident.comms.communications, thread.incident.timeline) == before


def test_after_the_end_the_drafts_say_so() -> None:
    thread = busy()
    thread.say("alice", "/incident resolve", "15:00")
    text = brief(thread, "carol", "brief", "15:05")
    assert "> The problem that began at ≈ 13:50 UTC was resolved at 15:00 UTC." in text
    assert "> It lasted 1 h 10 min." in text
    assert "next update" not in text


def test_without_a_name_it_is_about_those_one_speaks_to() -> None:
    """S105."""
    thread = declared()
    thread.say("alice", "/incident role comms @carol external\n/incident role comms @erin management")
    assert "#### Brief for management" in brief(thread, "erin")
    assert "#### Brief for external" in brief(thread, "bob")
    both = brief(thread, "dana", "brief external\n/incident brief internal")
    assert both.index("#### Brief for external") < both.index("#### Brief for internal")


def test_a_brief_stays_as_it_was_and_fits_whatever_happened() -> None:
    thread = busy()
    for _ in range(40):
        thread.say("dana", "/incident note " + "**@x** " * 200, "14:25")
    number = thread.say("carol", "/incident brief internal, external, management", "14:30")
    before = thread.documents[f"brief:{number}"]
    thread.say("dana", "/incident note later", "14:40")
    assert thread.documents[f"brief:{number}"] == before
    assert "earlier entries are in the thread" in before


# The timeline of communications


def closing(thread: Thread) -> str:
    return thread.documents["communications"].replace("\u00a0", " ")


def test_it_is_posted_at_resolution_when_something_was_said() -> None:
    """S82, S83."""
    thread = spoken()
    thread.say("alice", "/incident resolve")
    assert "communications" not in thread.documents
    thread.say("carol", "/incident update external: It was nothing.")
    assert "communications" in thread.documents
    thread.say("alice", "/incident reopen")
    assert "communications" in thread.documents


@pytest.mark.parametrize("end", ["cancel a false alarm", "merge #12"])
def test_it_is_posted_however_the_incident_ends(end: str) -> None:
    """S82: whoever was told that something is wrong is told that it was nothing; that stands there as well."""
    thread = spoken()
    thread.say("carol", "/incident update external: We are looking into it.")
    thread.say("alice", f"/incident {end}")
    thread.say("carol", "/incident update external: Nothing was wrong.")
    assert "> We are looking into it." in closing(thread)
    assert "> Nothing was wrong." in closing(thread)
    assert "summary" not in thread.documents
    thread.say("alice", "/incident reopen")
    assert "communications" in thread.documents


def test_before_the_end_there_is_none() -> None:
    thread = spoken()
    thread.say("carol", "/incident update external: x")
    assert "communications" not in thread.documents


def test_it_tells_when_what_where_by_whom_with_flags() -> None:
    """S80, S81."""
    thread = spoken()
    thread.say(
        "carol",
        "/incident update external via status page\n> Half of all fail.\n>\n> - cards\n> - invoices",
        "14:10",
    )
    thread.say("carol", "/incident update external --now the press called: More soon.", "14:20")
    thread.say("carol", "/incident update external --correction: Only cards fail.", "14:21")
    thread.say("carol", "/incident no-update external", "14:55")
    thread.say("alice", "/incident resolve", "15:00")

    text = re.sub(r"\]\(\S+?\)", "]", closing(thread)).replace("\u00a0", " ")

    assert "### Timeline of communications: Checkout is down\n" in text
    assert (
        "about #7 on 22 Nov 2026: when, where and by whom.\n\n"
        "Never updated: **internal**, **management** (internal).\n"
    ) in text
    assert (
        "#### external\n\n"
        "[14:10] at `status page`, by **carol**\n> Half of all fail.\n> \n> \\- cards\\\n> \\- invoices\n\n"
        "[14:20] at `#inc`, by **carol** · ⚠️ early: the press called\n> More soon.\n\n"
        "[14:21] at `#inc`, by **carol** · correction\n> Only cards fail.\n\n"
        "[14:55] at `#inc`, by **carol**\n> Nothing new since 14:21 UTC.\n"
    ) in text


def test_several_audiences_get_a_section_each_in_one_comment() -> None:
    """S82: ambiguity B."""
    thread = spoken()
    thread.say("carol", "/incident update external: outside", "14:10")
    thread.say("carol", "/incident update internal, external: both", "14:50")
    thread.say("alice", "/incident resolve", "15:00")
    text = closing(thread)
    assert [line for line in text.splitlines() if line.startswith("####")] == ["#### internal", "#### external"]
    assert text.count("> both") == 1
    assert "> Same message as to internal." in text


def test_a_section_lists_the_channels_of_its_own_audience() -> None:
    """S80: unless it was said where that one went out."""
    thread = spoken()
    thread.say("alice", "/incident audience external via status page\n/incident audience management via mail")
    thread.say("alice", "/incident claim lead\n/incident update external, management: both", "14:10")
    thread.say("alice", "/incident update external, management via phone: again", "14:50")
    thread.say("alice", "/incident resolve", "15:00")
    outside, _, above = re.sub(r"\]\(\S+?\)", "]", closing(thread)).partition("#### management")
    assert "[14:10] at `status page`, by" in outside
    assert "[14:10] at `mail`, by" in above
    assert "[14:50] at `phone`, by" in outside
    assert "[14:50] at `phone`, by" in above


def test_what_was_said_is_repeated_and_does_nothing() -> None:
    thread = spoken()
    thread.say(
        "carol",
        "/incident update external\n> @dana #12 <b> [a](http://b)\n> /incident resolve\n> # big\n> ```\n> x",
    )
    thread.say("alice", "/incident resolve")
    text = closing(thread)
    assert "communications" not in thread.mentions
    assert "@\u200bdana" in text
    assert all(line.startswith(">") for line in text.split(" by **carol**\n")[1].split("\n\n")[0].splitlines())


def test_a_very_long_message_stands_whole() -> None:
    """S80: in parts, each of which fits on a page."""
    thread = spoken()
    thread.say("carol", "/incident update external\n" + "\n".join("> " + "*" * 300 for _ in range(60)))
    thread.say("alice", "/incident resolve")
    text = closing(thread)
    assert text.count("\\*") == 60 * 300
    assert text.count("continued\n> ") == 2


def test_the_technical_lead_is_pinged_by_none_of_it() -> None:
    """S52."""
    thread = busy()
    thread.say("carol", "/incident brief external\n/incident update external: early", "14:30")
    thread.say("alice", "/incident resolve", "15:00")
    pinged = {key: who for key, who in thread.mentions.items() if "bob" in who}
    assert {key.partition(":")[0] for key in pinged} <= {"duty"}
    assert thread.incident.people.holders(Role.TECHNICAL_LEAD)[0].login == "bob"
