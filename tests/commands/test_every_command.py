"""What holds for each command, whichever it is."""

from functools import cache

import pytest

from tests.commands.thread import SHAPED, Thread, declared, refusal
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.fold.command import Command, When
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.domain.issue.receipts import Verdict

EVERY = list(COMMANDS.values())
EXAMPLES = [(command, example) for command in EVERY for example in command.examples]
PREPARED = {
    "declare": "",
    "major": "/incident note rolled back",
    "minor": "/incident note rolled back\n/incident major",
    "retract": "/incident note rolled back",
    "edit": "/incident note rolled bakc",
    "capture": "I have rolled it back",
    "task": "/incident claim assist\n/incident claim lead\n/incident task @alice look at the logs",
    "test": "/incident claim assist\n/incident claim lead\n/incident claim tester",
    "exception": "/incident role tester @bob",
    "reopen": "/incident resolve",
    "unrole": "/incident role scribe @alice\n/incident role tester @dave\n/incident claim comms external",
    "handoff": "/incident role scribe @alice\n/incident role tl @carol\n/incident claim comms external",
    "resolve --despite the test system itself is down": (
        "/incident claim lead\n/incident claim tester\n/incident test fail it hangs"
    ),
    "update": "/incident claim comms",
    "no-update": "/incident claim comms",
    "maintenance": "/incident maintenance 2026-12-05 22:00 to 23:30 UTC: Payments move.",
}
"""What must have been said before the examples of a command, or one of them, make sense; nothing for most."""

LATER = "15:00"
"""When the examples are said: later than all times in them."""


def in_its_place(command: Command, example: str = "") -> Thread:
    """Return an incident in which the examples of ``command`` make sense; its notes are number 4823."""
    away = Rules(private_project="acme/incidents")
    thread = Thread(rules=away) if command.verb == "declare" else declared(rules=SHAPED)
    thread.next_number = 4823
    if before := PREPARED.get(example) or PREPARED.get(command.verb):
        thread.say("alice", before)
    return thread


@cache
def example_said(verb: str) -> Incident:
    """Return what the first example of a command makes of the incident, as its help has it."""
    thread = in_its_place(COMMANDS[verb])
    thread.say("alice", f"/incident {COMMANDS[verb].examples[0]}", LATER)
    return thread.incident


@pytest.mark.parametrize(("command", "example"), EXAMPLES, ids=[example for _, example in EXAMPLES])
def test_each_example_of_its_help_is_accepted(command: Command, example: str) -> None:
    thread = in_its_place(command, example)

    thread.say("alice", f"/incident {example}", LATER)

    assert thread.mistakes == []
    assert thread.verdicts[-1] is Verdict.ACCEPTED
    assert set(thread.documents) >= ({"status"} if thread.incident.exists else set())


@pytest.mark.parametrize("root", ["/inc", "/INCIDENT", "/Incident ", "@incident-bot", "@Incident-Bot"])
@pytest.mark.parametrize("command", EVERY, ids=lambda command: command.verb)
def test_each_word_and_alias_of_it_does_the_same_after_each_root(command: Command, root: str) -> None:
    plain = example_said(command.verb)

    for word in (command.verb, *command.aliases, command.verb.upper()):
        thread = in_its_place(command)
        thread.say("alice", f"{root} {word} {command.examples[0].partition(' ')[2]}", LATER)
        assert thread.incident == plain


@pytest.mark.parametrize("command", EVERY, ids=lambda command: command.verb)
def test_its_usage_begins_with_its_word_and_its_examples_follow_it(command: Command) -> None:
    assert command.usage.split()[0] == command.verb
    assert {example.split()[0] for example in command.examples} == {command.verb}


@pytest.mark.parametrize("command", EVERY, ids=lambda command: command.verb)
def test_its_help_shows_usage_documentation_and_examples(command: Command) -> None:
    thread = Thread()
    number = thread.say("alice", f"/incident help {command.verb}")

    text = thread.documents[f"help:{number}"]

    assert f"/incident {command.usage}" in text
    assert all(f"- `/incident {example}`" in text for example in command.examples)


@pytest.mark.parametrize("command", EVERY, ids=lambda command: command.verb)
def test_where_there_is_no_incident_it_is_refused_with_the_word_that_makes_one(command: Command) -> None:
    thread = Thread()

    thread.say("alice", f"/incident {command.examples[0]}", LATER)

    if command.when is When.ALWAYS:
        assert thread.mistakes == []
    else:
        assert (thread.mistake.refused.reason, thread.mistake.refused.instead) == (
            "this issue is not an incident yet; this line takes effect once it is",
            "declare",
        )


@pytest.mark.parametrize("command", EVERY, ids=lambda command: command.verb)
def test_after_the_end_it_is_refused_unless_it_makes_sense_then(command: Command) -> None:
    thread = declared(rules=SHAPED)
    thread.next_number = 4823
    roles = "/incident claim lead\n/incident role tl @carol\n/incident role scribe @alice"
    thread.say("alice", f"We have it.\n\n/incident note rolled back\n{roles}\n/incident channel main #incident")
    thread.say("alice", "/incident role tester @alice @dave @bob\n/incident role comms @dana external")
    thread.say("alice", "/incident channel main #incident-checkout\n/incident resolve")

    thread.say("alice", f"/incident {command.examples[0]}", LATER)

    if command.when is When.ACTIVE:
        assert thread.mistake.refused.reason == "this incident is resolved; `/incident reopen` undoes that"
        assert thread.mistake.refused.instead == ""
    elif command.verb not in ("declare", "resolve"):
        assert thread.mistakes == []


@pytest.mark.parametrize("command", EVERY, ids=lambda command: command.verb)
def test_it_takes_the_access_that_it_says(command: Command) -> None:
    """Somebody who may do something, but not this, is told so; strangers cost no comment."""
    for access in Access:
        thread = in_its_place(command)
        thread.access["erin"] = access
        before = thread.incident
        number = thread.say("erin", f"/incident {command.examples[0]}")

        verdict = thread.verdicts[-1]

        if access >= command.access:
            assert verdict in (Verdict.ACCEPTED, Verdict.REFUSED)
        else:
            assert verdict is (Verdict.DENIED if access > Access.READ else Verdict.IGNORED)
            assert (thread.incident.timeline, thread.incident.phase) == (before.timeline, before.phase)
            told = f"refusal:{number}" in thread.documents
            assert told == (access > Access.READ)


ENDING = {"resolve", "reopen", "cancel", "merge"}


def test_what_changes_the_course_of_things_takes_write_access() -> None:
    restricted = {command.verb for command in EVERY if command.access > Access.TRIAGE}

    assert restricted == {
        "severity",
        "status",
        "role",
        "handoff",
        "unrole",
        "audience",
        "publish",
        "exception",
        "page",
        "edit",
        "retract",
        "maintenance",
        *ENDING,
    }
    assert {command.access for command in EVERY} == {Access.TRIAGE, Access.WRITE}


def test_the_team_can_ask_for_other_access() -> None:
    rules = Rules(access={"severity": Access.TRIAGE, "note": Access.WRITE})
    thread = declared(rules=rules)

    thread.say("dana", "/incident severity sev2\n/incident note something")

    assert thread.verdicts[-2:] == [Verdict.ACCEPTED, Verdict.DENIED]
    assert (
        thread.mistake.refused.reason
        == "`note` needs write access to this project, or a role that someone assigned to you"
    )


@pytest.mark.parametrize(
    ("typed", "instead"),
    [
        ("sevrity sev1", "severity sev1"),
        ("resolv", "resolve"),
        ("notes something", "note something"),
    ],
)
def test_a_word_that_is_no_command_is_refused_with_the_nearest_that_is(typed: str, instead: str) -> None:
    reason, line = refusal(declared(), "alice", f"/incident {typed}")

    assert reason == f"`{typed.split(maxsplit=1)[0]}` is not a command"
    assert line == instead


def test_a_bare_root_asks_for_help() -> None:
    thread = Thread()
    number = thread.say("dana", "/incident")
    assert (
        "<summary>Declare and classify</summary>\n\n- `/incident severity " in thread.documents[f"help:{number}"]
    )


def test_several_lines_of_one_comment_are_judged_each_by_itself_and_answered_together() -> None:
    thread = declared()

    number = thread.say("alice", "/incident severity sve1\n/incident claim lead\n/incident nte x")

    assert [mistake.line for mistake in thread.mistakes] == ["/incident severity sve1", "/incident nte x"]
    text = thread.documents[f"refusal:{number}"]
    assert text.index("severity sve1") < text.index("nte x")
    assert "Write it like `/incident severity <severity>`" in text
    assert "Try `/incident note x`" in text
    assert [assignment.login for assignment in thread.incident.people.roles] == ["bob", "alice"]


def test_a_refusal_goes_when_the_mistake_is_corrected() -> None:
    thread = declared()
    number = thread.say("alice", "/incident severity sev9")
    assert f"refusal:{number}" in thread.documents

    thread.edit(number, "/incident severity sev1")

    assert f"refusal:{number}" not in thread.documents
    assert thread.incident.severity == thread.rules.severities[0]


def test_a_refusal_that_asks_ends_with_its_question_mark() -> None:
    thread = declared()
    number = thread.say("alice", "/incident cause")

    assert (
        "was not run: what was the cause? Write it like `/incident cause <text>`"
        in thread.documents[f"refusal:{number}"]
    )
