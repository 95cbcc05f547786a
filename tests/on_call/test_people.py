"""What a summary says, and who that is: exactly those that the settings name."""

from datetime import UTC, datetime, timedelta

import pytest

from tracker_bridge.on_call.naming import Named, named
from tracker_bridge.on_call.people import Directory, Known, find
from tracker_bridge.on_call.shifts import Shift

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
PEOPLE = Directory(
    (
        Known("alice", ("Alice Example", "alice@example.org"), "alice-phone"),
        Known("bob-gh", ("Bob",), tracker="github"),
        Known("bob-gl", ("Bob",), tracker="gitlab"),
        Known("both", ("Smith, Jan",)),
    )
)


def shift(*names: str, mail: str = "", is_login: bool = False) -> Shift:
    return Shift(NOON, NOON + timedelta(hours=1), names, mail, is_login=is_login)


@pytest.mark.parametrize(
    ("summary", "calendar", "wanted"),
    [
        ("alice", "", Named(("alice",), 1, 0, "")),
        ("[L2] dana", "", Named(("dana",), 1, 2, "")),
        ("dana [l10]", "", Named(("dana",), 1, 10, "")),
        ("Primary: chen", "", Named(("chen",), 1, 0, "")),
        ("Secondary on-call - femi", "", Named(("femi",), 2, 0, "")),
        ("Tertiary: @dana", "", Named(("@dana",), 3, 0, "")),
        ("erin (for alice)", "", Named(("erin (for alice)", "erin"), 1, 0, "")),
        ("On Call - Alice Example - Payments Primary", "", Named(("Alice Example",), 1, 0, "Payments Primary")),
        (
            "On Call - Jo - Ann - Payments - EU",
            "On Call Schedule for Payments - EU",
            Named(("Jo - Ann",), 1, 0, "Payments - EU"),
        ),
        (
            "On Call - Jo - Ann - Payments - EU",
            "On Call Schedule for Jo - Ann",
            Named(("Jo - Ann",), 1, 0, "Payments - EU"),
        ),
        ("oncall: alice", "", Named(("alice",), 1, 0, "")),
        ("bob\n/incident resolve\n/close", "", Named(("bob",), 1, 0, "")),
        ("", "", Named((), 1, 0, "")),
        ("(nobody)", "", Named(("(nobody)",), 1, 0, "")),
    ],
)
def test_what_a_summary_says(summary: str, calendar: str, wanted: Named) -> None:
    assert named(summary, calendar) == wanted


def test_a_category_tells_the_level() -> None:
    assert named("femi", categories=("Ops", "Secondary")).level == 2


def test_a_name_is_looked_up_as_a_whole_then_the_mail_address() -> None:
    assert find([shift("alice  example")], PEOPLE).people[0].page == "alice-phone"
    assert [one.login for one in find([shift("A. Example", mail="Alice@Example.org")], PEOPLE).people] == ["alice"]
    assert find([shift("Alice")], PEOPLE).strangers == ("Alice",)
    assert [one.login for one in find([shift("Smith, Jan")], PEOPLE).people] == ["both"]


def test_a_login_is_one_only_where_the_source_says_so() -> None:
    """What a calendar calls alice may be anybody; GitLab's own schedules name its accounts."""
    assert find([shift("alice")], PEOPLE).people == ()
    assert find([shift("alice", is_login=True)], PEOPLE).people[0].page == "alice-phone"
    assert find([shift("erin", is_login=True)], PEOPLE).people == (Known("erin"),)


def test_logins_of_another_tracker_are_not_taken() -> None:
    assert [one.login for one in find([shift("Bob")], PEOPLE.of_tracker("gitlab")).people] == ["bob-gl"]


def test_several_in_one_entry_are_each_looked_up_and_who_is_unknown_is_said() -> None:
    found = find([shift("Bob & Zoe, Alice Example")], PEOPLE)
    assert [one.login for one in found.people] == ["bob-gh", "alice"]
    assert found.strangers == ("Zoe",)


def test_an_entry_without_a_name_is_not_nobody() -> None:
    assert find([shift()], PEOPLE).strangers == ("an entry without a name",)
