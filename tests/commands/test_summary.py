"""The scribe's single comment (S62-S72)."""

import re

import pytest

from tests.commands.thread import Thread, declared
from tracker_bridge.domain.incident.timeline import Kind

NBSP = "\u00a0"


def summary(thread: Thread) -> str:
    return thread.documents["summary"].replace(NBSP, " ")


def row(thread: Thread, name: str) -> str:
    return next(line for line in summary(thread).splitlines() if line.startswith(f"- **{name}: "))


def known() -> Thread:
    thread = declared("/incident declare --started 13:50 --detected 13:58 --by alarm")
    thread.say("bob", "/incident fixed 14:50", "15:00")
    thread.say("alice", "/incident resolve", "15:10")
    return thread


def test_it_is_posted_at_resolution_and_not_before() -> None:
    """S68."""
    thread = declared()
    assert "summary" not in thread.documents
    thread.say("alice", "/incident resolve")
    assert "summary" in thread.documents


def test_it_has_statistics_then_the_summary_timeline_then_the_full_timeline() -> None:
    """S69-S72: in one comment."""
    text = summary(known())
    headings = [line for line in text.splitlines() if line.startswith("#### ")]
    assert headings == ["#### Statistics", "#### Summary timeline", "#### Full timeline"]


@pytest.mark.parametrize(
    ("name", "length", "start", "end"),
    [
        ("Time to detect", "8 min", "start [13:50]", "detection [13:58]"),
        ("Total outage", "1 h", "start [13:50]", "resolution [14:50]"),
        ("Time to resolve", "52 min", "detection [13:58]", "resolution [14:50]"),
    ],
)
def test_each_figure_has_its_two_ends_and_a_link_to_where_they_were_said(
    name: str, length: str, start: str, end: str
) -> None:
    """S62, S64, S65, S66."""
    shown = row(known(), name)
    assert shown.startswith(f"- **{name}: {length}** ({start}(https://")
    assert f" → {end}(https://" in shown


def test_what_nobody_recorded_is_unknown_and_says_what_is_missing() -> None:
    """S64-S66: the line to type is told once."""
    thread = declared()
    thread.say("alice", "/incident resolve")
    assert row(thread, "Time to detect").startswith(
        "- **Time to detect: unknown**, start and detection not recorded. To record it: "
    )
    assert row(thread, "Total outage").startswith("- **Total outage: unknown**, start not recorded (resolution [")
    assert row(thread, "Time to resolve").startswith("- **Time to resolve: unknown**, detection not recorded (")
    lines = "`/incident detected <time>`, `/incident started <time>`"
    assert summary(thread).count("/incident detected") == 1
    assert row(thread, "Time to detect").endswith(f"To record it: {lines}")
    thread.say("alice", "/incident detected 13:58\n/incident started 13:50")
    assert "record" not in summary(thread).partition("#### Summary timeline")[0]


def test_what_is_roughly_known_stays_roughly() -> None:
    """S56, S67."""
    thread = declared("/incident declare --started ~13:50 --detected 13:58")
    thread.say("alice", "/incident resolve 15:00", "15:10")
    assert ": ≈ 1 h 10 min**" in row(thread, "Total outage")
    assert ": 1 h 2 min**" in row(thread, "Time to resolve")


def test_what_ends_before_it_begins_is_flagged_and_not_hidden() -> None:
    thread = declared("/incident declare --started 13:58 --detected 13:50")
    thread.say("alice", "/incident resolve")
    assert ": −8 min** ⚠️ ends before it begins" in row(thread, "Time to detect")


def test_mean_is_a_word_for_several_incidents() -> None:
    """S67."""
    assert "mean time" not in summary(known()).casefold()


def test_it_follows_corrections_of_the_thread() -> None:
    """S69: one comment, edited in place."""
    thread = known()
    thread.say("dana", "/incident started 13:40\n/incident note the cause was a full disk")
    text = summary(thread)
    assert ": 1 h 10 min**" in row(thread, "Total outage")
    assert "the cause was a full disk" in text
    assert text.count("The outage began") == 2  # once in each timeline


def test_a_drill_counts_in_no_statistic() -> None:
    thread = declared("/incident declare --drill")
    thread.say("alice", "/incident resolve")
    assert "This was a drill: it is excluded from the statistics." in summary(thread)


def test_an_incident_over_several_days_shows_the_days() -> None:
    thread = declared("/incident declare --started 2026-11-20 23:50")
    thread.say("alice", "/incident resolve", "2026-11-23 01:00")
    assert "start [20 Nov 23:50](" in row(thread, "Total outage")
    assert "resolution [23 Nov 01:00](" in row(thread, "Total outage")
    assert ": 2 d 1 h 10 min**" in row(thread, "Total outage")


def test_it_tells_who_did_what_and_does_not_forget_who_left() -> None:
    """S111."""
    thread = declared()
    thread.say(
        "alice", "/incident role tl @carol\n/incident role comms @dana external\n/incident claim lead", "14:10"
    )
    thread.say("dana", "/incident handoff comms @erin external", "14:40")
    thread.say("alice", "/incident resolve", "15:10")
    told = summary(thread).partition("<summary>Roles</summary>")[2]
    assert [line for line in told.splitlines() if line.startswith("| ")][1:] == [
        "| Incident Lead | **alice** | 14:10 | – |",
        "| Technical Lead | bob | 14:00 | 14:10 |",
        "| Technical Lead | **carol** | 14:10 | – |",
        "| Communication Lead for external | dana | 14:10 | 14:40 |",
        "| Communication Lead for external | **erin** | 14:40 | – |",
    ]


def test_who_held_a_role_twice_is_there_twice() -> None:
    thread = declared()
    thread.say("alice", "/incident claim scribe", "14:05")
    thread.say("alice", "/incident unrole scribe", "14:20")
    thread.say("alice", "/incident claim scribe", "14:40")
    thread.say("alice", "/incident resolve", "15:00")
    text = summary(thread)
    assert "| Scribe | alice | 14:05 | 14:20 |" in text
    assert "| Scribe | **alice** | 14:40 | – |" in text


def test_how_the_severity_changed_is_told() -> None:
    """S24: each with the time from which on it held; one that never changed has no history."""
    thread = declared()
    thread.say("alice", "/incident severity sev3", "14:05")
    thread.say("alice", "/incident severity sev1 all of Europe", "14:20")
    thread.say("alice", "/incident resolve", "15:00")
    [told] = [line for line in summary(thread).splitlines() if line.startswith("Severity **sev1**: ")]
    assert re.search(r"It was sev3 from \[14:05\]\(.*, sev1 from \[14:20\]", told)


def test_a_merged_change_stands_in_the_summary_timeline() -> None:
    """S57."""
    assert Kind.CHANGE_MERGED.traits.major
    assert Kind.CHANGE_REVERTED.traits.major


def test_without_a_severity_those_who_were_hit_are_no_part_of_the_statistics() -> None:
    thread = declared()
    thread.say("alice", "/incident impact customers: cannot pay\n/incident resolve")
    thread.say("alice", "/incident cancel a false alarm")

    text = thread.documents["summary"]
    between = text[text.index("Time to resolve") : text.index("cannot pay")]
    assert "\n\nSeverity not set.\n" in between
