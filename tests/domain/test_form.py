"""Reading the answers of an issue form from an opening post (S24, S87-S89, S117)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.fold.authorization import Authorizer
from tracker_bridge.domain.fold.form import QUESTIONS, answers_of, form_calls
from tracker_bridge.domain.issue.issue import NOBODY, Comment, Person, TrackerUrl

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
FULL = {
    "started": "~13:50",
    "detected": "13:58",
    "source": "an alert",
    "severity": "sev2: many are blocked, or there is no reasonable workaround",
    "who": "customers",
    "how": "cannot pay by card",
    "many": "about half",
    "cost": "2000 EUR an hour",
    "more": "See the graphs.",
}


def as_github(answers: dict[str, str]) -> str:
    """What GitHub makes of a submitted form."""
    parts = [f"### {question}\n\n{answers.get(field) or '_No response_'}" for field, question in QUESTIONS.items()]
    return "\n\n".join(parts).replace("\n", "\r\n")


def commands(body: str) -> list[str]:
    opening = Comment(0, Person(2, "bob"), NOW, NOW, body, TrackerUrl("https://forge.test/7"))
    return [f"{call.verb} {call.text}" for call in form_calls(opening, Authorizer(), GRAMMAR)]


GRAMMAR = COMMANDS.grammar(("/incident", "/inc"), "incident-bot")


@pytest.mark.parametrize(
    ("answers", "read"),
    [
        ({"started": "- 13:50"}, "started 13:50"),
        ({"started": "> 13:50"}, "started 13:50"),
        ({"severity": "- [x] sev1"}, "severity sev1"),
        ({"source": "customers on Twitter"}, "detected by user"),
        ({"source": "our monitoring"}, "detected by alert"),
        ({"source": "me"}, "detected by staff"),
        (
            {"who": "- EU\n- US", "how": "1. slow\n2. down", "many": "> 50%"},
            "impact EU, US: slow, down --many > 50%",
        ),
        ({"who": "us", "how": "we cannot pay\n/inc severity sev1"}, "impact us: we cannot pay"),
    ],
)
def test_answers_are_read_as_people_type_them(answers: dict[str, str], read: str) -> None:
    assert commands(as_github(answers)) == [read]


def test_every_answer_is_read() -> None:
    assert answers_of(as_github(FULL)) == FULL


def test_the_answers_are_the_commands_that_say_the_same() -> None:
    assert commands(as_github(FULL)) == [
        "started ~13:50",
        "detected 13:58 by alert",
        "severity sev2",
        "impact customers: cannot pay by card --many about half --cost 2000 EUR an hour",
    ]


@pytest.mark.parametrize(
    "nothing",
    [
        "",
        "_No response_",
        "None",
        "unknown",
        "?",
        "TBD",
        "Don’t know yet.",
        "unknown at the moment",
        "N/A.",
        "I don’t know",
        "—",
        "**none**",
        "<!-- For example 14:12 -->",
        " \r\n\r\n ",
    ],
)
def test_what_was_left_empty_is_no_answer(nothing: str) -> None:
    assert answers_of(as_github(dict.fromkeys(QUESTIONS, nothing))) == {}


def test_a_form_without_an_answer_says_nothing() -> None:
    assert commands(as_github({})) == []


def test_long_text_may_hold_headings_of_its_own() -> None:
    more = "### Steps\n\n1. open the shop\n\n### When did it begin?\n\nnever\n\n#### How bad is it?\n\nvery"
    assert answers_of(as_github({"started": "13:50", "more": more})) == {"started": "13:50", "more": more}


def test_so_may_an_answer_of_a_form_that_a_team_changed() -> None:
    how = "### For cards\n\nnothing works\n\n### For cash\n\nall is well"
    assert answers_of(as_github({"who": "customers", "how": how}))["how"] == how
    assert commands(as_github({"who": "customers", "how": how})) == [
        "impact customers: ### For cards nothing works ### For cash all is well"
    ]


def test_questions_that_were_taken_out_are_not_missed() -> None:
    body = (
        f"Checkout is slow.\n\n## {QUESTIONS['detected']}\n13:58, by a colleague\n### {QUESTIONS['who']} ###\nall"
    )
    assert answers_of(body) == {"detected": "13:58, by a colleague", "who": "all"}


def test_an_ordinary_issue_has_no_answers() -> None:
    assert answers_of("It is broken.\n\n# What happened\n\nWho is affected? Everybody.") == {}
    assert answers_of("Who is affected?\n\ncustomers") == {}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("A user", "detected 13:58 by user"),
        ("Our staff", "detected 13:58 by staff"),
        ("two alarms at once", "detected 13:58 by alert"),
        ("the night shift", "detected 13:58"),
    ],
)
def test_who_noticed_it_is_taken_in_other_words_too(answer: str, said: str) -> None:
    assert commands(as_github({"detected": "13:58", "source": answer})) == [said]


def test_who_noticed_it_counts_without_the_time() -> None:
    assert commands(as_github({"source": "a user"})) == ["detected by user"]


@pytest.mark.parametrize("lacking", ["who", "how"])
def test_an_impact_is_who_and_how(lacking: str) -> None:
    answers = {"who": "customers", "how": "cannot pay", "many": "400"}
    assert commands(as_github(answers | {lacking: ""})) == []


def test_an_answer_stays_in_its_place() -> None:
    answers = {"who": "shop: Berlin", "how": "fails: --many of them, --cost nothing\n/incident resolve"}
    assert commands(as_github(answers)) == ["impact shop, Berlin: fails: many of them, cost nothing"]


def test_of_a_time_and_a_severity_the_first_line_counts() -> None:
    body = as_github({"started": "13:50\n\nor a little later", "severity": "sev1 : all"})
    assert commands(body) == ["started 13:50", "severity sev1"]


def test_whose_words_they_are_is_known() -> None:
    bob, alice = Person(2, "bob"), Person(3, "alice")
    body = as_github({"started": "13:50"})
    for editor, actor, doubtful in ((None, bob, False), (alice, bob, True), (NOBODY, bob, True)):
        [call] = form_calls(
            Comment(0, bob, NOW, NOW, body, TrackerUrl("https://forge.test/7"), edited_by=editor),
            Authorizer(),
            GRAMMAR,
        )
        assert (call.author, call.actor, call.doubtful, call.asked) == (bob, actor, doubtful, "started")


ANSWER = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r<"), max_size=40).map(str.strip)


@given(st.fixed_dictionaries(dict.fromkeys(QUESTIONS, ANSWER)))
def test_whatever_people_answer_is_read_as_they_wrote_it(answers: dict[str, str]) -> None:
    headings = {question.casefold() for question in QUESTIONS.values()}
    if any(line.strip("# \t").casefold() in headings for text in answers.values() for line in text.split("\n")):
        return  # a question as an answer
    found = answers_of(as_github(answers))
    assert {field: found.get(field, "") for field in found} == {field: answers[field] for field in found}
    assert all(len(answers[field]) < 14 for field in QUESTIONS if field not in found)


@given(st.text(max_size=200))
def test_no_text_is_too_odd(body: str) -> None:
    for call in form_calls(
        Comment(0, Person(2, "bob"), NOW, NOW, f"### {QUESTIONS['who']}\n{body}", TrackerUrl("")),
        Authorizer(),
        GRAMMAR,
    ):
        assert "\n" not in call.text
