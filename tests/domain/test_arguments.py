"""What follows a verb: people, options, and a time at the end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import BEGIN, declared
from tracker_bridge.domain.fold.arguments import Options, options, people, quoted
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.invocations import calls_of
from tracker_bridge.domain.issue.issue import Comment, Person, TrackerUrl

ZOE = Person(7, "zoe")
SAID = Comment(1, ZOE, BEGIN, BEGIN, "/incident show", TrackerUrl(""))
INCIDENT = declared().incident
[CALL] = calls_of(SAID, Grammar(("/incident",), "bot"))


@pytest.mark.parametrize(
    ("text", "logins", "rest"),
    [
        ("lead @alice", ("alice",), "lead"),
        ("@alice lead", ("alice",), "lead"),
        ("tester @dave @erin", ("dave", "erin"), "tester"),
        ("tester @dave, @erin and @dave.", ("dave", "erin"), "tester and"),
        ("@dana, look at it.", ("dana",), "look at it."),
        ("@dana: look (again) at it", ("dana",), "look (again) at it"),
        ("@acme/on-call x", ("acme/on-call",), "x"),
        ("@a/b/c", ("a/b/c",), ""),
        ("@a.b_c-d", ("a.b_c-d",), ""),
        ("(@alice)", ("alice",), ""),
        ("@0x", ("0x",), ""),
        ("eve@example.com", (), "eve@example.com"),
        ("eve.@alice", (), "eve.@alice"),
        ("@", (), "@"),
        ("@ alice", (), "@ alice"),
        ("@-alice", (), "@-alice"),
        ("@élan", (), "@élan"),
        ("@" + "a" * 255, ("a" * 255,), ""),
        ("@" + "a" * 256, (), "@" + "a" * 256),
    ],
)
def test_people_are_found_and_taken_out(text: str, logins: tuple[str, ...], rest: str) -> None:
    found, left = people(text, CALL)
    assert (tuple(one.login for one in found), left) == (logins, rest)


def test_who_says_it_is_known_by_their_own_name() -> None:
    assert people("@ZOE and @bob", CALL) == ((ZOE, Person(0, "bob")), "and")


@pytest.mark.parametrize(
    ("text", "rest", "values"),
    [
        ("", "", {}),
        ("Checkout is down", "Checkout is down", {}),
        ("Checkout is down --drill", "Checkout is down", {"drill": ""}),
        ("x --by alarm --started ~14:05 --drill", "x", {"by": "alarm", "started": "~14:05", "drill": ""}),
        ("--started 2026-01-05 14:05 --by user", "", {"started": "2026-01-05 14:05", "by": "user"}),
        ("a--b -- c --1 ---by", "a--b -- c --1 ---by", {}),
        ("--by user --by staff", "", {"by": "staff"}),
    ],
)
def test_options_are_split_off(text: str, rest: str, values: dict[str, str]) -> None:
    assert options(text, ("by", "started"), ("drill",)) == Options(rest, values)


@pytest.mark.parametrize("dash", ["—", "–", "——", "––"])
def test_an_option_whose_dashes_a_keyboard_joined_is_one(dash: str) -> None:
    text = f"down {dash}by user {dash}drill"
    assert options(text, ("by",), ("drill",)) == Options("down", {"by": "user", "drill": ""})


@pytest.mark.parametrize("by", ["--by=user", "--by: user", "--by = user", "--By user", "−−by user", "—by:user"])
def test_an_options_value_may_follow_a_colon_or_an_equals_sign(by: str) -> None:
    assert options(f"down {by} --drill", ("by",), ("drill",)) == Options("down", {"by": "user", "drill": ""})


@pytest.mark.parametrize(
    "text", ["down —as before— again", "down —byte 7", "a—by b", "down — by noon", "down —— drill"]
)
def test_any_other_dash_is_left_as_it_was_said(text: str) -> None:
    assert options(text, ("by",), ("drill",)) == Options(text, {})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x --to y", "`--to` is not an option here; the options are `--by`, `--drill`"),
        ("x --by", "`--by` needs a value"),
        ("x --by --drill", "`--by` needs a value"),
        ("--drill title", "`--drill` takes no value; put it last"),
    ],
)
def test_wrong_options_are_refused(text: str, reason: str) -> None:
    assert options(text, ("by",), ("drill",)) == Refused(reason)


@given(st.text())
def test_what_is_quoted_is_short_and_ends_no_code(text: str) -> None:
    shown = quoted(text)
    assert len(shown) <= 62
    assert shown.count("`") == 2
