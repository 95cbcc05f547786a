"""Questions: how do things stand, what can be said? (S17, S93)"""

import re

import pytest

from tests.commands.thread import Thread, declared, refusal
from tracker_bridge.commands import COMMANDS


def test_help_lists_every_command_by_what_it_is_about() -> None:
    thread = Thread()
    number = thread.say("dana", "/incident help")

    text = thread.documents[f"help:{number}"]

    for command in COMMANDS.values():
        assert f"- `/incident {command.usage}`: " in text
    folds = [f"<summary>{section}</summary>" for section in ("Declare and classify", "Roles", "Timeline")]
    assert sorted(folds, key=text.index) == folds
    assert len(re.sub("(?s)<details>.*?</details>", "", text)) < 200


def test_help_explains_one_command_by_any_of_its_words() -> None:
    thread = declared()
    number = thread.say("dana", "/incident help SEV please")

    text = thread.documents[f"help:{number}"]

    assert text.startswith("**`/incident severity <severity> [<why>]`**\n\nSet the severity.")
    assert "- `/incident severity sev1 nobody can pay`" in text


def test_help_explains_all_that_it_is_asked_for_each_once() -> None:
    thread = declared()
    number = thread.say("dana", "/incident help note claim log")

    text = thread.documents[f"help:{number}"]

    assert [text.count(f"**`/incident {verb} ") for verb in ("note", "claim")] == [1, 1]
    assert text.index("/incident note") < text.index("/incident claim")
    assert "no command" not in text


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("xyzzy", "There is no command `xyzzy`.\n"),
        ("severtiy", "There is no command `severtiy`. The nearest is `/incident help severity`.\n"),
        ("@all", "There is no command `@all`.\n"),
    ],
)
def test_help_about_nothing_known_answers_with_that_word_alone(asked: str, answer: str) -> None:
    thread = declared()
    number = thread.say("dana", f"/incident help {asked}")

    text = thread.documents[f"help:{number}"]
    assert text == f"{answer}\nAll commands: `/incident help`"


def test_help_is_bounded_however_much_is_asked_for() -> None:
    thread = declared()
    number = thread.say("dana", f"/incident help {' '.join(COMMANDS)}\n/incident help {'x y z ' * 500}")

    text = thread.documents[f"help:{number}"]
    assert text.count("For example:") == 10
    assert len(text) < 10_000


def test_several_questions_of_one_comment_get_one_answer() -> None:
    thread = declared()
    number = thread.say("dana", "/incident help role\n/incident help note\n/incident show\n/incident show")

    documents = thread.documents

    assert set(documents) == {"status", "duty:opener", f"help:{number}", f"show:{number}"}
    assert documents[f"help:{number}"].index("/incident role") < documents[f"help:{number}"].index(
        "/incident note"
    )


def test_the_same_question_in_two_comments_gets_two_answers() -> None:
    thread = declared()
    first, second = thread.say("dana", "/incident help role"), thread.say("erin", "/incident help role")
    assert {f"help:{first}", f"help:{second}"} <= set(thread.documents)


def test_an_answer_goes_with_its_question() -> None:
    thread = declared()
    number = thread.say("dana", "/incident help\n/incident show")
    thread.delete(number)
    assert set(thread.documents) == {"status", "duty:opener"}


def test_show_says_how_things_stood_when_it_was_asked() -> None:
    """S93."""
    thread = declared("/incident declare --started 13:50\n/incident impact customers: cannot pay")
    thread.say("alice", "/incident severity sev1\n/incident claim lead")
    number = thread.say("dana", "/incident show")
    thread.say("alice", "/incident severity sev3\n/incident status identified")

    text = thread.documents[f"show:{number}"]

    assert "🔴 **Checkout is down**: sev1, investigating, since 13:50 UTC" in text
    assert "- **customers**: cannot pay" in text
    assert "| Incident Lead | **alice** |" in text


def test_show_of_what_is_no_incident_is_refused() -> None:
    assert refusal(Thread(), "dana", "/incident show") == (
        "this issue is not an incident yet; this line takes effect once it is",
        "declare",
    )


@pytest.mark.parametrize("text", ["help", "show"])
def test_questions_change_nothing(text: str) -> None:
    thread = declared()
    before = thread.incident.timeline
    thread.say("dana", f"/incident {text}")
    assert thread.incident.timeline == before


@pytest.mark.parametrize("verb", ["show", "catchup"])
def test_nothing_follows_a_question_that_has_no_answer_in_parts(verb: str) -> None:
    assert refusal(declared(), "alice", f"/incident {verb} me") == (f"`{verb}` takes no arguments", verb)
