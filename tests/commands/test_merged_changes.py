"""Changes that refer to the incident: when they were merged, and that their authors are no fresh eyes."""

from dataclasses import replace

import pytest

from tests.commands.thread import PEOPLE, Thread, at, declared
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import Reference, TrackerUrl

LINK = "https://forge.test/acme/shop/pull/9"


def refer(
    thread: Thread, login: str, merged: str = "", *, open_: bool = False, title: str = "Fix @all <b>"
) -> None:
    one = Reference(
        TrackerUrl(f"{LINK}?{len(thread.issue.references)}"),
        title,
        PEOPLE[login],
        at(merged) if merged else None,
        open_,
    )
    thread.issue = replace(thread.issue, references=(*thread.issue.references, one))


def test_a_merged_change_stands_in_the_timeline_at_its_time_with_link_and_author() -> None:
    """S53."""
    thread = declared()
    thread.say("alice", "/incident note first", when="14:10")
    refer(thread, "carol", "14:20")
    thread.say("alice", "/incident note last", when="14:30")

    [entry] = [entry for entry in thread.incident.timeline if entry.kind is Kind.CHANGE_MERGED]

    assert (entry.occurred.at, entry.author, entry.url) == (at("14:20"), "carol", f"{LINK}?0")
    [line] = [line for line in thread.documents["status"].splitlines() if "Change merged" in line]
    assert LINK in line
    assert "carol" in line
    assert "@all" not in line
    assert [entry.text for entry in thread.incident.timeline][-3:] == ["first", "Fix @all <b>", "last"]


def test_a_change_that_takes_another_back_is_told_as_such() -> None:
    thread = declared()
    refer(thread, "carol", "14:20", title='Revert "Faster pool"')

    assert "Change reverted" in thread.documents["status"]


def test_an_author_of_a_merged_change_works_on_the_fix() -> None:
    """S101, S107."""
    thread = declared()
    thread.say("alice", "/incident role tester @dana")
    assert not thread.incident.partial_testers

    refer(thread, "dana", "14:20")

    assert thread.incident.partial_testers == ("dana",)


def told(thread: Thread) -> list[str]:
    return [text for key, text in thread.documents.items() if key.startswith("warning:")]


def test_a_tester_whose_change_is_merged_is_told_when_it_happens_once() -> None:
    """S20, S107: there is no comment to reply to."""
    thread = declared()
    thread.say("alice", "/incident role tester @dana @erin")
    refer(thread, "dana", "14:20")
    refer(thread, "dana", "14:25")

    [text] = told(thread)
    assert text.startswith("@dana, [your change](")
    assert thread.mentions["warning:change.dana"] == {"dana"}


@pytest.mark.parametrize("why", ["no tester", "tester later", "known", "over"])
def test_no_other_author_is_told_so(why: str) -> None:
    """S107: whoever comes to test later reads it on their card, and who works on the fix anyway was warned."""
    thread = declared()
    if why != "no tester":
        thread.say("alice", "/incident role tester @dana", when="14:40" if why == "tester later" else "14:10")
    if why == "known":
        thread.say("alice", "/incident role assist @dana")
    if why == "over":
        thread.say("alice", "/incident claim lead\n/incident resolve")
    refer(thread, "dana", "14:20")
    assert told(thread) == []


def test_an_author_of_an_open_change_counts_once_a_fix_is_claimed() -> None:
    """S101, S107."""
    thread = declared()
    thread.say("alice", "/incident role tester @dana")
    refer(thread, "dana", open_=True)
    assert not thread.incident.partial_testers

    thread.say("alice", "/incident fixed by @bob")

    assert thread.incident.partial_testers == ("dana",)
    assert not any(entry.kind is Kind.CHANGE_MERGED for entry in thread.incident.timeline)


def test_an_author_of_a_rejected_change_does_not_count() -> None:
    """S107."""
    thread = declared()
    thread.say("alice", "/incident role tester @dana\n/incident fixed by @bob")
    refer(thread, "dana")

    assert not thread.incident.partial_testers
