"""The scribe's words (S16, S53-S57), and the incident's times (S87-S89)."""

import re
from zoneinfo import ZoneInfo

import pytest

from tests.commands.thread import URL, Thread, at, declared, refusal
from tracker_bridge.domain.incident.incident import Phase
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.timeline import Kind

BERLIN = Rules(timezone=ZoneInfo("Europe/Berlin"))


def notes(thread: Thread) -> list[str]:
    return [entry.text for entry in thread.entries(Kind.NOTE)]


@pytest.mark.parametrize("verb", ["note", "event", "log"])
def test_a_note_is_on_the_timeline_with_its_time_and_author(verb: str) -> None:
    """S16."""
    thread = declared()
    number = thread.say("dana", f"/incident {verb} rolled back the checkout service", "14:22")

    [entry] = thread.entries(Kind.NOTE)

    assert (entry.text, entry.author, entry.occurred.at) == (
        "rolled back the checkout service",
        "dana",
        at("14:22"),
    )
    assert entry.url == f"{URL}#issuecomment-{number}"
    expected = f"- [14:22]({entry.url}) rolled back the checkout service — dana\u00a0<sub>`{number}`</sub>"
    assert expected in thread.documents["status"]


@pytest.mark.parametrize(
    "said", ["we saw —as before— a drop", "—as before— a drop", "a —external cause", "–v is what it wants", "— so"]
)
def test_the_dashes_of_a_note_are_its_author_s(said: str) -> None:
    thread = declared()
    thread.say("dana", f"/incident note {said}")

    assert notes(thread) == [said]


@pytest.mark.parametrize("option", ["--external", "—external", "––external", "–external"])
def test_an_option_of_a_note_stands_first(option: str) -> None:
    thread = declared()
    thread.say("dana", f"/incident note {option} the provider reports an outage")

    assert [(e.text, e.external) for e in thread.entries(Kind.NOTE)] == [("the provider reports an outage", True)]


def test_several_notes_stand_in_one_comment() -> None:
    """S16."""
    thread = declared()
    thread.say("dana", "Notes from the call:\n\n/incident note one\r\n/incident note two | 14:00\n\nand on we go")
    assert notes(thread) == ["one", "two"]


@pytest.mark.parametrize(
    ("time", "occurred", "roughly"),
    [
        ("14:05", "14:05", False),
        ("~14:05", "14:05", True),
        ("≈ 14:05", "14:05", True),
        ("about 14:05", "14:05", True),
        ("9:30", "09:30", False),
        ("14:05:30", "14:05:30", False),
        ("20m ago", "14:10", True),
        ("1h30m ago", "13:00", True),
        ("1 h 30 min ago", "13:00", True),
        ("2026-11-21 23:59", "2026-11-21 23:59", False),
        ("2026-11-22T14:05 Europe/Berlin", "13:05", False),
        ("14:05 CET", "13:05", False),
        ("14:05 UTC", "14:05", False),
        ("14:05+02:00", "12:05", False),
        ("now", "14:30", False),
    ],
)
def test_notes_are_back_dated_in_every_accepted_form(time: str, occurred: str, roughly: bool) -> None:
    """S55, S56."""
    thread = declared()
    thread.say("dana", f"/incident note first customer calls | {time}", "14:30")

    [entry] = thread.entries(Kind.NOTE)

    assert entry.text == "first customer calls"
    assert (entry.occurred.at, entry.occurred.approximate) == (at(occurred), roughly)
    assert entry.recorded_at == at("14:30")


def test_when_it_was_noted_is_shown_when_that_differs() -> None:
    """S55."""
    thread = declared()
    thread.say("dana", "/incident note first calls | ~14:05\n/incident note just now | 14:29", "14:30")

    status = thread.documents["status"]

    assert "≈\u00a014:05](" in status
    assert "first calls — dana, noted 14:30" in status
    assert "just now — dana\u00a0<sub>" in status


def test_times_without_a_zone_are_in_the_teams_zone() -> None:
    thread = declared(rules=BERLIN)
    thread.say("dana", "/incident note calls | 15:05", "14:30")
    assert thread.entries(Kind.NOTE)[0].occurred.at == at("14:05")


def test_an_hour_that_comes_twice_is_the_earlier_one() -> None:
    thread = declared(rules=BERLIN)
    thread.say("dana", "/incident note calls | 2026-10-25 02:30")
    [entry] = thread.entries(Kind.NOTE)
    assert entry.occurred.at == at("2026-10-25 00:30")
    assert "occurred twice that night" in entry.occurred.remark


def test_how_an_hour_that_comes_twice_was_read_is_said_to_its_author() -> None:
    """S55."""
    thread = declared(rules=BERLIN)
    number = thread.say("dana", "/incident note calls | 2026-10-25 02:30\n/incident note more | 2026-10-25 02:40")

    text = thread.documents[f"reading:{number}"]

    assert "02:30 occurred twice that night in Europe/Berlin; the earlier one is used." in text.replace("\\", "")
    assert "For the later one, write `2026-10-25 01:30 UTC`." in text
    assert "For the later one, write `2026-10-25 01:40 UTC`." in text
    assert f"reading:{number}" not in thread.mentions

    thread.edit(number, "/incident note calls | 2026-10-25 01:30 UTC")
    assert f"reading:{number}" not in thread.documents
    assert thread.entries(Kind.NOTE)[0].occurred.at == at("2026-10-25 01:30")


@pytest.mark.parametrize(
    "line", ["started 2026-10-25 02:30", "fixed 2026-10-25 02:30", "resolve 2026-10-25 02:30"]
)
def test_the_incident_s_own_times_say_so_too(line: str) -> None:
    thread = declared(rules=BERLIN)
    number = thread.say("alice", f"/incident {line}")
    assert "occurred twice that night" in thread.documents[f"reading:{number}"]


def test_last_night_needs_no_date_and_yesterday_does() -> None:
    """A local time that was written without its zone is told from one of the day before."""
    thread = declared()
    thread.say("dana", "/incident note pager rang | 23:50", "2026-11-23 00:10")
    assert thread.entries(Kind.NOTE)[0].occurred.at == at("23:50")

    thread.say("dana", "/incident fixed 01:10", "2026-11-23 00:20")
    reason = thread.mistake.refused.reason
    assert reason.startswith("`01:10` is in the future; for yesterday, write `2026-11-22 01:10`. Accepted: ")


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("25:00", "`25:00` is not a time I understand. Accepted: `14:05`"),
        ("14", "`14` is not a time I understand"),
        ("2h", "`2h` is a duration; write `2h ago`"),
        ("14:05 CST", "`CST` is an ambiguous time zone"),
        ("14:05 Europe/Nowhere", "`Europe/Nowhere` is not a time zone"),
        ("2026-03-29 02:30", "02:30 did not exist that day in Europe/Berlin: the clocks went forward"),
        ("2026-02-30 10:00", "`2026-02-30` is not a valid date"),
        ("2026-11-23 10:00", "is in the future"),
        ("2020-01-01 10:00", "is more than 400 days ago"),
        ("some time ago", "`some time ago` is not a time I understand"),
        ("in 10m", "`in 10m` is in the future"),
        ("yesterday", "`yesterday` is a day without a time"),
        ("maybe 08:55", "`maybe 08:55` is not a time I understand"),
        ("14:05, alice told us", "`alice told us` is not part of a time"),
        ("<time>", "`<time>` is not a time I understand"),
        ("TIME", "`TIME` is not a time I understand"),
    ],
)
def test_what_looks_like_a_time_and_is_none_is_refused_with_the_line_to_write(time: str, reason: str) -> None:
    thread = declared(rules=BERLIN)
    told, instead = refusal(thread, "dana", f"/incident note first calls | {time}")

    assert reason in told
    assert instead == "note first calls | <time>"
    assert notes(thread) == []


@pytest.mark.parametrize(
    "text", ["ran kubectl get pods | grep checkout", "a | b | c", "load | memory | disk are fine", "x |"]
)
def test_a_bar_in_a_sentence_is_a_bar(text: str) -> None:
    thread = declared()
    thread.say("dana", f"/incident note {text}")
    assert [note.rstrip(" |") for note in notes(thread)] == [text.rstrip(" |")]


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("note", "note <text>"),
        ("event   ", "note <text>"),
        ("note |", "note <text>"),
        ("note | 14:05", "note <text> | 14:05"),
        ("note --external | 14:05", "note --external <text> | 14:05"),
    ],
)
def test_an_empty_note_is_refused(text: str, instead: str) -> None:
    assert refusal(declared(), "dana", f"/incident {text}".rstrip()) == ("what happened?", instead)


@pytest.mark.parametrize(
    "time",
    [
        "(13:55)",
        "∼13:55",
        "～13:55",
        "`13:55`",
        "@13:55",
        "ca. 13:55",
        "13:55.",
        "Sun, 22 Nov 2026 13:55:00 +0000",
    ],
)
@pytest.mark.parametrize("bar", [" | ", "|", " \\| ", " ｜ "])
def test_however_a_time_is_written_behind_a_bar_it_is_never_text(time: str, bar: str) -> None:
    """S55, S56."""
    thread = declared()
    thread.say("dana", f"/incident note first calls{bar}{time}", "14:30")

    [entry] = thread.entries(Kind.NOTE)

    assert (entry.text, entry.occurred.at) == ("first calls", at("13:55"))


@pytest.mark.parametrize("verb", ["note", "edit 4823"])
def test_a_span_is_refused_with_the_line_of_its_beginning(verb: str) -> None:
    thread = declared()
    thread.next_number = 4823
    thread.say("dana", "/incident note x\n/incident claim scribe")
    reason, instead = refusal(thread, "dana", f"/incident {verb} --external calls | 02:00-03:00")
    assert reason.startswith("`02:00-03:00` contains two times; write when it began. Accepted: ")
    assert instead == f"{verb} --external calls | 02:00"
    thread.say("dana", f"/incident {instead}")
    assert thread.entries(Kind.NOTE)[-1].occurred.at == at("02:00")


@pytest.mark.parametrize("text", ["a | 14:05 | 14:10", "a | 14:05 | thanks", "a | 14:05 sharp | 14:10"])
def test_one_time_stands_behind_a_note(text: str) -> None:
    reason, instead = refusal(declared(), "dana", f"/incident note {text}")
    assert "also follows a `|`; put text that is not a time in backticks" in reason
    assert instead == "note <text> | <time>"


@pytest.mark.parametrize(
    "text", ["ran `ps aux | grep 14:05`", "ran ps aux | grep 14:05", "`db-7 | 14:05 | ERROR` was all it said"]
)
def test_a_pipeline_and_what_stands_in_code_is_text(text: str) -> None:
    thread = declared()
    thread.say("dana", f"/incident note {text}")
    assert notes(thread) == [text]


def test_events_are_shown_in_the_order_in_which_they_occurred() -> None:
    thread = declared()
    thread.say(
        "dana", "/incident note second | 14:10\n/incident note first | 14:05\n/incident note third", "14:30"
    )
    status = thread.documents["status"]
    assert status.index("third —") < status.index("second —") < status.index("first —")


def test_a_note_is_corrected_by_editing_its_comment_and_taken_back_by_deleting_it() -> None:
    thread = declared()
    number = thread.say("dana", "/incident note rolled bakc")
    thread.edit(number, "/incident note rolled back")
    assert notes(thread) == ["rolled back"]
    thread.delete(number)
    assert notes(thread) == []


def test_a_note_after_the_end_is_still_taken() -> None:
    """S55: what is remembered later belongs to the timeline as well."""
    thread = declared()
    thread.say("alice", "/incident resolve")
    thread.say("dana", "/incident note the cache was warm again | 14:00")
    assert "the cache was warm again" in thread.documents["summary"]


# Major events, and retracting


def majors(thread: Thread) -> list[str]:
    return [entry.text for entry in thread.incident.timeline if entry.major and entry.text]


def test_major_marks_the_latest_note() -> None:
    """S57."""
    thread = declared()
    thread.say("dana", "/incident note one\n/incident note two")
    thread.say("dana", "/incident major")
    assert majors(thread) == ["two"]


@pytest.mark.parametrize(
    "name",
    [
        "4823",
        "823",
        "#4823",
        "4823:",
        "(4823),",
        f"{URL}#issuecomment-4823",
        "https://gitlab.test/acme/shop/-/issues/7#note_4823",
    ],
)
def test_an_entry_is_named_by_its_number_or_address(name: str) -> None:
    thread = declared()
    thread.next_number = 4822
    thread.say("dana", "/incident note before")
    thread.say("dana", "/incident note this one")
    thread.say("dana", "/incident note after")

    thread.say("dana", f"/incident highlight {name}")
    assert majors(thread) == ["this one"]
    thread.say("dana", f"/incident retract {name}")
    assert notes(thread) == ["before", "after"]
    assert thread.mistakes == []


def test_the_second_command_of_a_comment_has_a_number_of_its_own() -> None:
    thread = declared()
    number = thread.say("dana", "/incident note zero\n/incident note one\n/incident note two")
    assert f"<sub>`{number}.1`</sub>" in thread.documents["status"]
    thread.say("dana", f"/incident major {number}.1\n/incident retract {number}.2\n/incident major {number}")
    assert notes(thread) == ["zero", "one"]
    assert majors(thread) == ["zero", "one"]


@pytest.mark.parametrize("said", ["4822, 4823", "#4822 and #4823", "4822 4823"])
def test_several_entries_are_marked_on_several_lines(said: str) -> None:
    thread = declared()
    thread.next_number = 4822
    thread.say("dana", "/incident note one")
    thread.say("dana", "/incident note two")
    assert refusal(thread, "dana", f"/incident major {said}")[1] == "major 4822\nmajor 4823"


def test_what_one_command_recorded_is_marked_together() -> None:
    thread = declared()
    number = thread.say("alice", "/incident role tester @dana @erin")
    thread.say("dana", f"/incident major {number}")
    assert [entry.who for entry in thread.incident.timeline if entry.major and entry.who] == ["dana", "erin"]
    assert thread.mistakes == []


def test_a_number_that_could_be_several_is_refused_with_the_longer_ones() -> None:
    thread = declared()
    for number in (14823, 24823):
        thread.next_number = number
        thread.say("dana", f"/incident note {number}")

    reason, instead = refusal(thread, "dana", "/incident major 4823")
    assert (reason, instead) == ("`4823` could be `14823` or `24823`", "major <number>")
    thread.say("dana", "/incident major 14823")
    assert majors(thread) == ["14823"]


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        ("major 99", "`99` is not a timeline entry", "major <number>"),
        ("major the rollback", "`the rollback` is not a timeline entry", "major <number>"),
        ("major", "there are no notes yet", "note <text>"),
        (
            "retract",
            "which one? Use the number shown after each entry in the status comment",
            "retract <number>",
        ),
        ("retract 77", "`77` is not a timeline entry", "retract <number>"),
        ("retract 0", "only notes can be retracted; to correct this, use its command again", ""),
    ],
)
def test_refusals_of_major_and_retract(text: str, reason: str, instead: str) -> None:
    assert refusal(declared(), "alice", f"/incident {text}") == (reason, instead)


def test_the_summary_timeline_has_what_matters_and_the_full_one_everything() -> None:
    """S57, S71, S72."""
    thread = declared("/incident declare --started 13:50 --detected 13:58 --by user")
    thread.say("dana", "/incident note minor thing\n/incident note turning point\n/incident major")
    thread.say("bob", "/incident status identified a bad deploy\n/incident fixed")
    thread.say("alice", "/incident severity sev1\n/incident resolve")

    after = thread.documents["summary"].partition("#### Summary timeline")[2]
    summary, _, full = after.partition("#### Full timeline")

    for text in ("The outage began", "Detected by a user", "Incident declared", "turning point", "a bad deploy"):
        assert text in summary
    for text in ("minor thing", "Severity **sev1**"):
        assert text not in summary
        assert text in full


# Times


def test_started_and_detected_are_said_later_and_corrected_by_saying_them_again() -> None:
    """S87, S88, S89: the latest word counts, and the timeline has it once."""
    thread = declared("/incident declare --started 13:00")
    thread.say("dana", "/incident started ~13:50", "14:30")
    thread.say("dana", "/incident detected 13:55 by user")
    thread.say("dana", "/incident detected 13:58")

    incident = thread.incident

    assert incident.times.started is not None
    assert incident.times.detected is not None
    assert incident.times.started.moment.at == at("13:50")
    assert incident.times.detected.moment.at == at("13:58")
    assert incident.source == "user"
    assert [entry.occurred.at for entry in thread.entries(Kind.STARTED)] == [at("13:50")]
    assert [entry.occurred.at for entry in thread.entries(Kind.DETECTED)] == [at("13:58")]
    assert " · Detected [13:58](" in thread.documents["status"]


@pytest.mark.parametrize(
    "text",
    [
        "detected 10m ago by alert",
        "detected 10m ago by alarm",
        "detected 10m ago --by ALARM",
        "detected 10m ago —by an alarm.",
        "detected by the alarm 10m ago",
        "detected by alarm at ~14:20",
    ],
)
def test_detected_tells_by_whom(text: str) -> None:
    """S89."""
    thread = declared()
    thread.say("dana", f"/incident {text}", "14:30")
    assert thread.incident.source == "alert"
    assert re.search(r" · Detected \[≈\u00a014:20\]\(\S+\) \(alert\) · ", thread.documents["status"])


def test_fixed_is_monitored_and_credited() -> None:
    """S44, S91."""
    thread = declared()
    thread.say("dana", "/incident fixed 5m ago by @bob", "14:30")

    [entry] = thread.entries(Kind.FIXED)

    assert (entry.who, entry.occurred.at, entry.author) == ("bob", at("14:25"), "dana")
    assert thread.incident.phase is Phase.MONITORING
    assert "Fix applied by **bob** — dana, noted 14:30" in thread.documents["status"]


def test_fixed_alone_is_now_and_by_whoever_says_it() -> None:
    thread = declared()
    thread.say("bob", "/incident fixed", "14:30")
    assert [(e.who, e.occurred.at) for e in thread.entries(Kind.FIXED)] == [("bob", at("14:30"))]


def test_who_noticed_it_is_told_without_the_time() -> None:
    """S89."""
    thread = declared()
    thread.say("dana", "/incident detected by user")
    thread.say("dana", "/incident detected 13:58")
    assert thread.incident.source == "user"
    assert [entry.what for entry in thread.entries(Kind.DETECTED)] == ["user"]


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        ("started", "when? Accepted: `14:05`", "started <time>"),
        (
            "started yesterday",
            "`yesterday` is a day without a time; write `yesterday 14:05`. Accepted:",
            "started <time>",
        ),
        ("detected", "when? Accepted: `14:05`", "detected <time>"),
        (
            "detected 14:00 by magic",
            "`magic` is not `alert`, `user` or `staff`",
            "detected 14:00 by <alert, user or staff>",
        ),
        ("fixed soon", "`soon` is not a time I understand", "fixed <time>"),
        ("fixed 13:50 by @bob @carol", "name one person", "fixed 13:50 by @<who>"),
        ("fixed soon by @bob", "`soon` is not a time I understand", "fixed <time> by @bob"),
        ("detected soon by alarm", "`soon` is not a time I understand", "detected <time> by alert"),
        ("started 13:00-13:10", "`13:00-13:10` contains two times; write when it began", "started 13:00"),
    ],
)
def test_refusals_of_times(text: str, reason: str, instead: str) -> None:
    thread = declared()
    told, line = refusal(thread, "dana", f"/incident {text}")
    assert told.startswith(reason)
    assert line == instead
    assert thread.incident.phase is Phase.INVESTIGATING


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("a | 14:05\nsecond line", "a second line"),
        ("a\nsecond line | 14:05", "a second line"),
        ("a\nsecond line\n| 14:05", "a second line"),
        ("a | 14:05\nran ps aux | grep java", "a ran ps aux | grep java"),
        ("a | `14:05` |\nsecond line", "a second line"),
    ],
)
def test_the_time_of_a_note_stands_on_any_of_its_lines(said: str, text: str) -> None:
    """S55."""
    thread = declared()
    thread.say("dana", f"/incident note {said}", "14:30")
    assert [(entry.text, entry.occurred.at) for entry in thread.entries(Kind.NOTE)] == [(text, at("14:05"))]


def test_two_lines_with_a_time_each_are_two_notes() -> None:
    thread = declared()
    thread.say("dana", "/incident note a | 14:05\nb | 14:10", "14:30")
    assert thread.mistake.refused.reason.startswith("only one time can follow the text, but `14:05` also")
    assert notes(thread) == []


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ("status identified a bad deploy | 14:05", Kind.PHASE, "a bad deploy"),
        ("severity sev1 nobody can pay | (14:05)", Kind.SEVERITY, "nobody can pay"),
        ("propose roll back | 25m ago", Kind.PROPOSED, "roll back"),
        ("impact customers: cannot pay | ~14:05", Kind.IMPACT, "cannot pay"),
        ("cancel a false alarm | 14:05", Kind.CANCELLED, "a false alarm"),
        ("claim lead | 14:05", Kind.ROLE_TAKEN, ""),
        ("role lead @carol | 14:05", Kind.ROLE_TAKEN, ""),
        ("channel main #inc | 14:05", Kind.CHANNEL, "#inc"),
        ("stakeholder support affected | 14:05", Kind.STAKEHOLDER, ""),
    ],
)
def test_whatever_goes_on_the_timeline_takes_a_time(line: str, kind: Kind, text: str) -> None:
    """S55, S56: what was done is recorded when it is said, and shown when it occurred."""
    thread = declared()
    thread.say("alice", f"/incident {line}", "14:30")
    assert thread.mistakes == []
    [entry] = thread.entries(kind)
    assert (entry.occurred.at, entry.recorded_at) == (at("14:05"), at("14:30"))
    assert entry.occurred.approximate is ("ago" in line or "~" in line)
    assert text in entry.text


@pytest.mark.parametrize(
    ("line", "reason", "instead"),
    [
        ("impact customers: cannot pay | 25:00", "`25:00`", "impact customers: cannot pay | <time>"),
        ("cancel a false alarm | tomorrow", "`tomorrow`", "cancel a false alarm | <time>"),
        ("brief | 14:05", "`brief` takes effect when it is posted; use `note` for another time", "brief"),
        ("help | 14:05", "`help` takes effect when it is posted; use `note` for another time", "help"),
    ],
)
def test_a_time_that_is_none_or_that_nothing_could_happen_at_is_refused(
    line: str, reason: str, instead: str
) -> None:
    thread = declared()
    told, right = refusal(thread, "alice", f"/incident {line}")
    assert told.startswith(reason)
    assert right == instead


def test_what_was_so_already_is_no_mistake() -> None:
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident claim lead | 14:05", "14:30")
    assert thread.mistakes == []


def test_what_was_done_at_a_time_counts_from_then() -> None:
    thread = declared()
    thread.say("alice", "/incident claim lead | 14:05\n/incident claim scribe", "14:30")
    since = {one.role: one.since for one in thread.incident.people.holders(Role.INCIDENT_LEAD, Role.SCRIBE)}
    assert since == {Role.INCIDENT_LEAD: at("14:05"), Role.SCRIBE: at("14:30")}


@pytest.mark.parametrize("line", ["propose ps aux | grep java", "question who ran `x | 14:05`?", "cancel a | b"])
def test_any_other_bar_is_text_in_every_command(line: str) -> None:
    thread = declared()
    thread.say("alice", f"/incident {line}")
    assert thread.mistakes == []
