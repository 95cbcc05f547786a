"""Whether it is truly over: tests, verdicts, and what they do to the end (S19-S21, S106, S107, S57)."""

import pytest

from tests.commands.thread import Thread, at, declared, refusal
from tracker_bridge.domain.incident.incident import Phase
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import EventType


def staffed(testers: str = "@erin @dana") -> Thread:
    """Bob leads technically, carol assists, alice leads; erin and dana test."""
    thread = declared("/incident declare --detected 14:00")
    thread.say("alice", "/incident claim lead\n/incident role assist @carol\n/incident severity sev2")
    if testers:
        thread.say("alice", f"/incident role tester {testers}")
    return thread


def fixed(thread: Thread) -> int:
    return thread.say("bob", "/incident fixed 14:50", "15:00")


def resolved_at(thread: Thread) -> str:
    mark = thread.incident.times.resolved
    return f"{mark.moment.at:%H:%M}" if mark else ""


# Asking


@pytest.mark.parametrize("login", ["bob", "carol"])
def test_tests_are_asked_for_by_those_who_work_on_the_fix_and_ping_the_testers_once(login: str) -> None:
    """S19."""
    thread = staffed()
    number = thread.say(login, "/incident test request pay with each kind of card")

    text = thread.documents[f"test:{number}"]

    assert text.startswith(f"@erin @dana, **{login}** asks you to test: pay with each kind of card")
    assert "`/incident test pass <what you tried>`" in text
    assert thread.mentions[f"test:{number}"] == {"erin", "dana"}
    assert f"- A test, as **{login}** asked: pay with each kind of card" in thread.documents["status"]
    assert "Tests requested: pay with each kind of card" in thread.documents["status"]

    thread.there = (f"test:{number}",)
    thread.say("alice", "/incident role tester @rita")
    thread.say("erin", "/incident test pass all three")
    assert thread.documents[f"test:{number}"] == text
    assert "A test, as" not in thread.documents["status"]


def test_each_request_has_a_comment_of_its_own_and_two_of_one_comment_share_it() -> None:
    thread = staffed()
    first = thread.say("bob", "/incident test request cards\n/incident test ask vouchers\n/incident fixed")
    second = thread.say("bob", "/incident test request refunds")
    keys = [key for key in thread.documents if key.startswith("test:")]
    assert keys == [f"test:{first}", f"test:{second}"]
    assert "**bob** reports a fix" in thread.documents[f"test:{first}"]
    assert ": cards; vouchers" in thread.documents[f"test:{first}"]


def test_a_tester_who_asks_does_not_ask_themselves() -> None:
    thread = staffed("@carol @erin")
    number = thread.say("carol", "/incident test request cards")
    assert thread.mentions[f"test:{number}"] == {"erin"}


@pytest.mark.parametrize("login", ["alice", "dana", "erin"])
def test_others_do_not_ask_for_tests_and_are_told_who_does(login: str) -> None:
    """S19."""
    thread = staffed()
    reason = "tests can only be requested by the Technical Lead or a Technical Assist (`bob`, `carol`)"
    assert refusal(thread, login, "/incident test request cards") == (reason, "")
    assert thread.mistake.refused.asked == ("carol", "bob")
    assert thread.mistake.refused.wish == "please write: /incident test request cards"


def test_without_testers_the_incident_lead_is_told_who_can_be_asked() -> None:
    """S19, S20."""
    thread = staffed("")
    thread.say("alice", "/incident role scribe @dana")
    number = thread.say("bob", "/incident test request cards")

    text = thread.documents[f"test:{number}"]

    assert text.startswith("@alice, **bob** requests tests, and there are no testers: cards")
    assert "Ask someone who did not work on the fix, such as **dana**: `/incident role tester @<who>`" in text
    assert thread.mentions[f"test:{number}"] == {"alice"}


def test_without_anybody_to_tell_it_is_said_all_the_same() -> None:
    thread = declared()
    number = thread.say("bob", "/incident test request")
    text = thread.documents[f"test:{number}"]
    assert text.startswith("**bob** requests tests, and there are no testers.")
    assert f"test:{number}" not in thread.mentions


# A fix


def test_a_sole_tester_is_not_asked_to_test_their_own_fix() -> None:
    """S107: the Incident Lead is told; the tester may test it all the same (S9)."""
    thread = staffed("@erin")
    number = thread.say("bob", "/incident fixed 14:50 by @erin", "15:00")

    assert thread.mentions[f"test:{number}"] == {"alice"}
    text = thread.documents[f"test:{number}"].replace("\u00a0", " ")
    assert text.startswith("@alice, **bob** reports a fix, applied at 14:50 UTC, and the only tester made it.")
    assert "A verdict on the fix, from" not in thread.documents["status"]
    thread.say("erin", "/incident test pass")
    assert thread.incident.confirmed is not None


def test_a_fix_and_its_verdict_in_one_comment_ask_nobody() -> None:
    thread = staffed("@bob")
    number = thread.say("bob", "/incident fixed\n/incident test pass the batch is through")
    assert f"test:{number}" not in thread.documents


def test_a_fix_engages_the_testers() -> None:
    """S106."""
    thread = staffed()
    number = fixed(thread)

    text = thread.documents[f"test:{number}"]

    assert text.startswith("@erin @dana, **bob** reports a fix, applied at 14:50 UTC. Please verify")
    assert thread.mentions[f"test:{number}"] == {"erin", "dana"}
    status = thread.documents["status"]
    assert "- A verdict on the fix, from **erin** or **dana**: `/incident test pass`" in status


def test_the_testers_are_engaged_once_for_a_fix() -> None:
    thread = staffed()
    thread.there = (f"test:{fixed(thread)}",)
    thread.say("bob", "/incident fixed 14:45")
    assert len([key for key in thread.documents if key.startswith("test:")]) == 1
    thread.say("erin", "/incident test pass")
    thread.say("bob", "/incident fixed 14:40")
    assert len([key for key in thread.documents if key.startswith("test:")]) == 1
    assert thread.incident.confirmed is not None


def test_a_fix_that_is_told_anew_before_a_verdict_is_corrected() -> None:
    """S44, S106: the timeline has it once, and the testers are asked about the time that holds."""
    thread = staffed()
    number = thread.say("alice", "/incident fixed by @carol", "15:00")
    thread.say("alice", "/incident fixed 14:45", "15:02")

    assert [(e.who, e.occurred.at) for e in thread.entries(Kind.FIXED)] == [("carol", at("14:45"))]
    assert "applied at 14:45 UTC" in thread.documents[f"test:{number}"]
    thread.say("alice", "/incident resolve 14:45", "15:10")
    assert thread.documents["summary"].count("Fix applied by") == 2  # in both timelines


def test_a_fix_after_a_failed_test_is_another_one() -> None:
    """S106: what was tried stays on the timeline."""
    thread = staffed()
    fixed(thread)
    thread.say("erin", "/incident test fail it hangs", "15:05")
    thread.say("carol", "/incident fixed 15:20", "15:25")
    assert [(e.who, e.occurred.at) for e in thread.entries(Kind.FIXED)] == [
        ("bob", at("14:50")),
        ("carol", at("15:20")),
    ]


@pytest.mark.parametrize("undone", ["status investigating it is back", "test fail it hangs"])
def test_they_are_engaged_again_when_it_did_not_hold(undone: str) -> None:
    thread = staffed()
    fixed(thread)
    thread.say("erin", f"/incident {undone}") if undone.startswith("test") else thread.say(
        "bob", f"/incident {undone}"
    )
    again = thread.say("bob", "/incident fixed")
    assert f"test:{again}" in thread.documents


def test_another_fix_after_a_verdict_wants_another_verdict() -> None:
    """S21, S106: a verdict speaks about the fix that was in."""
    thread = staffed()
    fixed(thread)
    thread.say("erin", "/incident test pass", "15:05")
    again = thread.say("bob", "/incident fixed", "15:30")
    assert f"test:{again}" in thread.documents
    assert thread.incident.confirmed is None


def test_without_testers_the_status_says_beforehand_who_confirms() -> None:
    """S106."""
    thread = staffed("")
    number = fixed(thread)
    assert "Without one, the Incident Lead decides" in thread.documents["status"]
    text = thread.documents[f"test:{number}"]
    assert text.startswith("@alice, **bob** reports a fix, applied at 14:50 UTC, and there are no testers")
    assert "If nobody is available, the Incident Lead verifies the fix and resolves the incident" in text


def test_who_leads_and_fixes_needs_no_comment_to_themselves() -> None:
    thread = declared()
    thread.say("bob", "/incident claim lead\n/incident fixed")
    assert not [key for key in thread.documents if key.startswith("test:")]
    assert "- A tester for the fix: `/incident claim tester`" in thread.documents["status"]


# Verdicts


def test_the_outage_was_over_when_the_fix_was_in_once_a_tester_confirms_it() -> None:
    """S106: both times are kept."""
    thread = staffed()
    fixed(thread)
    thread.say("erin", "/incident test pass three cards, twice", "15:05")
    status = thread.documents["status"]
    assert "- **erin** confirmed the fix at 15:05 UTC. To resolve the incident: `/incident resolve`" in status
    assert " · Confirmed [15:05](" in status

    thread.say("bob", "/incident resolve", "15:10")

    assert resolved_at(thread) == "14:50"
    documents = thread.documents
    assert "Fix applied at [14:50](" in documents["summary"]
    assert "Confirmed by **erin** at [15:05](" in documents["summary"]
    assert "Not confirmed" not in documents["summary"] + documents["status"]
    assert "resolve: 50 min**" in documents["summary"].replace("\u00a0", " ")


def test_verdicts_are_major_events() -> None:
    """S57."""
    thread = staffed()
    fixed(thread)
    thread.say("erin", "/incident test fail every fifth hangs")
    thread.say("bob", "/incident fixed")
    thread.say("erin", "/incident test passed fine")
    thread.say("alice", "/incident resolve")
    major = thread.documents["summary"].partition("#### Summary timeline")[2].partition("#### Full")[0]
    assert "Test failed: every fifth hangs — erin" in major
    assert "Test passed: fine — erin" in major


def test_a_test_that_fails_takes_the_fix_back() -> None:
    """S106: the clock runs on."""
    thread = staffed()
    fixed(thread)
    thread.say("dana", "/incident test fail every fifth payment hangs", "15:05")

    incident = thread.incident

    assert (incident.phase, incident.times.fixed) == (Phase.INVESTIGATING, None)
    status = thread.documents["status"]
    assert "· Fix applied [" not in status
    assert "Test failed: every fifth payment hangs — dana" in status

    thread.say("bob", "/incident fixed 15:20", "15:25")
    thread.say("dana", "/incident test pass")
    thread.say("alice", "/incident resolve")
    assert resolved_at(thread) == "15:20"


def test_a_failed_test_before_any_fix_leaves_the_phase_alone() -> None:
    thread = staffed()
    thread.say("bob", "/incident status identified\n/incident test request does the workaround hold?")
    thread.say("erin", "/incident test fail no")
    assert thread.incident.phase is Phase.IDENTIFIED


def test_a_test_that_fails_after_the_end_reopens_the_incident() -> None:
    """S106."""
    thread = staffed()
    fixed(thread)
    thread.say("erin", "/incident test pass")
    thread.say("alice", "/incident resolve")
    thread.say("dana", "/incident test fail vouchers still hang", "16:00")

    incident = thread.incident

    assert incident.phase is Phase.INVESTIGATING
    assert (incident.times.resolved, incident.times.fixed, incident.ending.wants_open) == (None, None, True)
    assert [entry.kind for entry in incident.timeline[-2:]] == [Kind.TEST_FAILED, Kind.REOPENED]
    assert "⚠️ The incident was reopened" in thread.documents["summary"]


def test_the_latest_verdict_of_each_tester_counts() -> None:
    """S21."""
    thread = staffed()
    fixed(thread)
    thread.say("erin", "/incident test pass cards")
    thread.say("dana", "/incident test fail vouchers")
    assert thread.incident.confirmed is None
    thread.say("dana", "/incident test pass vouchers as well")

    incident = thread.incident

    assert [(one.tester, one.passed) for one in incident.testing.verdicts] == [("erin", True), ("dana", True)]
    assert incident.confirmed is not None
    assert incident.confirmed.tester == "erin"


def test_a_pass_beside_a_fail_confirms_nothing() -> None:
    """S21: whoever sees it fail has seen enough."""
    thread = staffed()
    fixed(thread)
    thread.say("dana", "/incident test fail vouchers")
    thread.say("erin", "/incident test pass cards")
    assert thread.incident.confirmed is None
    assert thread.incident.phase is Phase.INVESTIGATING


def test_what_passes_before_there_is_a_fix_confirms_nothing_and_the_fix_is_asked_for() -> None:
    """S106."""
    thread = staffed()
    thread.say("erin", "/incident test pass it works again", "14:20")
    status = thread.documents["status"].replace("\u00a0", " ")
    assert thread.incident.confirmed is None
    assert "onfirmed" not in status
    wanted = "- The time of the fix: **erin** reported at 14:20 UTC that the test passed, and no fix is recorded: "
    assert wanted + "`/incident fixed <time>`" in status
    reason, _ = refusal(thread, "bob", "/incident resolve")
    assert reason == "the test passed, but no fix is recorded; say when it was applied"
    thread.say("bob", "/incident fixed 14:15\n/incident resolve", "14:30")
    assert len(thread.mistakes) == 1
    assert resolved_at(thread) == "14:15"
    assert "Confirmed by **erin** at" in thread.documents["summary"]


def test_what_passed_long_before_the_end_does_not_confirm_it() -> None:
    """S106: hours later, that was about something else."""
    thread = staffed()
    thread.say("erin", "/incident test pass cards", "14:20")
    thread.say("alice", "/incident resolve", "16:30")
    assert thread.incident.confirmed is None
    assert "⚠️ Not confirmed by a tester" in thread.documents["summary"]


def test_a_verdict_is_for_testers() -> None:
    """S19: whoever takes the role may give one at once."""
    thread = staffed()
    fixed(thread)
    reason, instead = refusal(thread, "alice", "/incident test pass")
    assert "use `/incident claim tester` first, then post it again" in reason
    assert instead == ""
    thread.say("alice", "/incident claim tester\n/incident test pass")
    assert thread.incident.confirmed is not None


def test_a_verdict_of_somebody_who_works_on_the_fix_counts_and_is_flagged() -> None:
    """S9, S20, S107."""
    thread = staffed("@carol")
    fixed(thread)
    thread.say("carol", "/incident test pass")

    documents = thread.documents
    assert "⚠️ **carol** is both testing and working on the fix" in documents["status"]
    assert "— carol ⚠️ also works on the fix" in documents["status"]

    thread.say("alice", "/incident resolve")
    assert "Confirmed by **carol**" in thread.documents["summary"]
    assert "who also worked on the fix" in thread.documents["summary"]


def test_that_a_tester_put_the_fix_in_is_shown_when_it_happens() -> None:
    """S107: by deed; no comment, which would be a mail to everyone and ping nobody."""
    thread = staffed()
    number = thread.say("alice", "/incident fixed by @erin")
    assert "⚠️ **erin** is both testing and working on the fix" in thread.documents["status"]
    assert f"warning:{number}" not in thread.documents


def test_monitoring_engages_the_testers_once_like_a_fix() -> None:
    """S106."""
    thread = staffed()
    number = thread.say("alice", "/incident status monitoring", "15:00")
    thread.say("alice", "/incident status monitoring\n/incident fixed 14:50 by @carol")

    assert [key for key in thread.documents if key.startswith("test:")] == [f"test:{number}"]
    assert thread.documents[f"test:{number}"].startswith("@erin @dana, **alice** reports a fix, applied at 14:50")
    assert "- A verdict on the fix, from **erin** or **dana**" in thread.documents["status"]

    thread.say("erin", "/incident test pass")
    thread.say("bob", "/incident resolve")
    assert resolved_at(thread) == "14:50"


# The end


def over_asked(thread: Thread) -> list[str]:
    """Return the comments in which testers are asked to check the end."""
    return [
        text
        for key, text in thread.documents.items()
        if key.startswith("test:") and "resolved the incident as of" in text
    ]


def test_testers_are_asked_at_the_end_where_nobody_claimed_a_fix() -> None:
    """S106."""
    thread = staffed()
    number = thread.say("alice", "/incident resolve", "15:10")

    assert over_asked(thread) == [thread.documents[f"test:{number}"]]
    assert thread.documents[f"test:{number}"].startswith(
        "@erin @dana, **alice** resolved the incident as of 15:10 UTC, and no tester has confirmed it."
    )
    assert thread.mentions[f"test:{number}"] == {"erin", "dana"}

    thread.say("dana", "/incident test fail vouchers hang", "15:20")
    assert thread.incident.phase is Phase.INVESTIGATING
    assert "A test, as" not in thread.documents["status"]


def test_testers_are_asked_each_time_that_it_is_closed_by_hand() -> None:
    """S106."""
    thread = staffed()
    thread.do("carol", EventType.CLOSED, when="15:10")
    assert len(over_asked(thread)) == 1
    thread.do("carol", EventType.REOPENED, when="15:20")
    thread.do("carol", EventType.CLOSED, when="15:30")
    ends = [text.partition(" UTC")[0].rpartition(" ")[2] for text in over_asked(thread)]
    assert ends == ["15:10", "15:30"]


@pytest.mark.parametrize("before", ["fixed", "test pass", "nobody", "oneself"])
def test_nobody_is_asked_at_the_end_who_need_not_be(before: str) -> None:
    """S106: who is asked about the fix, has answered, or says that it is over."""
    thread = staffed({"nobody": "", "oneself": "@alice"}.get(before, "@erin"))
    if before == "fixed":
        thread.say("bob", "/incident fixed")
    if before == "test pass":
        thread.say("erin", "/incident test pass")
    thread.say("alice", "/incident resolve")
    assert thread.incident.phase is Phase.RESOLVED
    assert over_asked(thread) == []


def test_testers_who_came_after_the_fix_are_asked_at_the_end() -> None:
    """S106."""
    thread = staffed("")
    fixed(thread)
    thread.say("alice", "/incident role tester @erin")
    number = thread.say("alice", "/incident resolve")
    assert over_asked(thread) == [thread.documents[f"test:{number}"]]


def test_without_a_verdict_it_is_for_the_incident_lead_to_say() -> None:
    """S106."""
    thread = staffed()
    fixed(thread)
    reason = "no tester has confirmed the fix yet; until then, only the Incident Lead can resolve (`alice`)"
    assert refusal(thread, "bob", "/incident resolve") == (reason, "")
    assert thread.mistakes[-1].refused.asked == ("alice",)
    thread.access["erin"] = thread.access["bob"]
    assert refusal(thread, "erin", "/incident resolve") == (reason, "")

    thread.say("alice", "/incident resolve")

    assert resolved_at(thread) == "14:50"
    for key in ("status", "summary"):
        assert "⚠️ Not confirmed by a tester: **alice** declared it resolved." in thread.documents[key]

    thread.say("dana", "/incident test pass", "16:00")
    for key in ("status", "summary"):
        assert "Not confirmed" not in thread.documents[key]
        assert "Confirmed by **dana** at [16:00](" in thread.documents[key]


def test_without_testers_the_incident_lead_confirms() -> None:
    """S106."""
    thread = staffed("")
    fixed(thread)
    reason = "there are no testers, so only the Incident Lead can resolve (`alice`)"
    assert refusal(thread, "bob", "/incident resolve") == (reason, "")
    assert (
        "Ask **alice**, who can do that: `@alice please write: /incident resolve`"
        in thread.documents[f"refusal:{thread.next_number - 1}"]
    )

    thread.say("alice", "/incident resolve")
    text = "⚠️ Not confirmed by a tester (there was none): **alice** declared it resolved."
    assert text in thread.documents["summary"]


def test_without_a_lead_the_testers_are_waited_for() -> None:
    thread = declared()
    thread.say("alice", "/incident role tester @erin")
    told = ("no tester has confirmed the fix yet; until then, only the Incident Lead can resolve (nobody yet)",)
    assert refusal(thread, "alice", "/incident resolve") == (*told, "")
    assert (thread.mistake.refused.asked, thread.mistake.refused.wish) == (("erin",), "please verify the fix")


def test_closing_by_hand_is_not_refused_and_is_flagged() -> None:
    """S106: it is done already."""
    thread = staffed()
    thread.do("carol", EventType.CLOSED, when="15:10")
    assert thread.incident.phase is Phase.RESOLVED
    assert "⚠️ Not confirmed by a tester: **carol** declared it resolved." in thread.documents["summary"]


def test_a_verdict_on_what_was_reopened_is_forgotten() -> None:
    thread = staffed()
    fixed(thread)
    thread.say("erin", "/incident test pass")
    thread.say("alice", "/incident resolve")
    thread.say("alice", "/incident reopen")
    assert thread.incident.confirmed is None
    assert thread.incident.testing.verdicts == ()


@pytest.mark.parametrize(
    ("said_before", "text", "reason", "instead"),
    [
        ("show", "test", "say `request`, `pass` or `fail`", "test <request, pass or fail>"),
        ("show", "test it", "say `request`, `pass` or `fail`", "test <request, pass or fail> it"),
        ("resolve", "test request once more", "this incident is resolved; `/incident reopen` undoes that", ""),
        ("cancel false alarm", "test pass", "this incident is cancelled; `/incident reopen` undoes that", ""),
    ],
)
def test_refusals(said_before: str, text: str, reason: str, instead: str) -> None:
    thread = staffed()
    thread.say("alice", f"/incident {said_before}")
    told, line = refusal(thread, "erin", f"/incident {text}")
    assert told.startswith(reason)
    assert line == instead


def test_times_of_verdicts_are_those_of_their_comments() -> None:
    thread = staffed()
    fixed(thread)
    thread.say("erin", "/incident test pass", "15:05")
    [entry] = thread.entries(Kind.TEST_PASSED)
    assert (entry.occurred.at, entry.author) == (at("15:05"), "erin")


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        ("fixed by carol", "name people with an `@`", "fixed by @carol"),
        ("fixed 5m ago by carol", "name people with an `@`", "fixed 5m ago by @carol"),
        ("fixed by", "name people with an `@`", "fixed by @<who>"),
        ("fixed by the database team", "name people with an `@`", "fixed by @<who>"),
        ("fixed by @bob and @carol", "name one person", "fixed by @<who>"),
    ],
)
def test_whose_fix_it_is_is_told_by_name(text: str, reason: str, instead: str) -> None:
    assert refusal(declared(), "alice", f"/incident {text}") == (reason, instead)
