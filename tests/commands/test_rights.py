"""Who may say what, under whose name, and what an edit later does to it."""

import pytest

from tests.commands.thread import PEOPLE, Thread, declared
from tracker_bridge.domain.incident.replies import Replies
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import NOBODY, Access, Person
from tracker_bridge.domain.issue.receipts import Receipts, Verdict


def severity(thread: Thread) -> str:
    found = thread.incident.severity
    return found.name if found else ""


@pytest.mark.parametrize("login", ["rita", "mallory", "a-passer-by"])
@pytest.mark.parametrize(
    "text",
    ["severity sev1", "declare", "resolve", "claim lead", "note x", "help", "show", "nte", "`/incident resolve`"],
)
def test_a_stranger_changes_nothing_and_costs_no_comment(login: str, text: str) -> None:
    thread = declared()
    before = thread.documents
    thread.say(login, text if text.startswith("`") else f"/incident {text}")
    assert thread.documents == before


def test_who_lacks_the_right_is_told_what_it_takes() -> None:
    thread = declared()
    number = thread.say("dana", "/incident resolve")
    for _ in range(2):
        text = thread.documents[f"refusal:{number}"]
        assert "`resolve` needs write access to this project, or a role that someone assigned to you" in text
        assert thread.incident.active
        thread.look()


def test_somebody_of_another_team_who_was_given_a_role_acts_in_it() -> None:
    """S11."""
    thread = declared()
    thread.say("alice", "/incident role lead @rita")
    thread.say("rita", "/incident severity sev2")
    assert severity(thread) == "sev2"

    thread.say("alice", "/incident unrole lead @rita")
    thread.say("rita", "/incident severity sev1")
    assert severity(thread) == "sev2"


def test_taking_a_role_gives_no_rights() -> None:
    thread = declared()
    thread.say("dana", "/incident claim scribe")
    thread.say("dana", "/incident severity sev1\n/incident role tester @dana\n/incident handoff scribe @dana")
    assert severity(thread) == ""
    assert len(thread.mistakes) == 3


def test_a_report_by_a_stranger_does_not_make_itself_an_incident() -> None:
    thread = Thread("/incident declare", opener="rita")
    assert not thread.incident.exists
    assert set(thread.documents) == {"reported"}


def test_what_somebody_else_makes_of_a_comment_runs_under_their_name() -> None:
    thread = declared()
    number = thread.say("alice", "I think we should set a severity.")
    thread.edit(number, "/incident severity sev1", by=PEOPLE["rita"])
    assert severity(thread) == ""

    thread.edit(number, "/incident severity sev1 half of all users", by=PEOPLE["carol"])
    assert severity(thread) == "sev1"
    assert thread.incident.timeline[-1].author == "carol"


def test_an_edit_that_leaves_the_command_alone_leaves_its_author_too() -> None:
    thread = declared()
    number = thread.say("alice", "/incident severity sev1")
    thread.look()
    thread.edit(number, "Corrected a typo here.\n\n/incident severity sev1", by=PEOPLE["rita"])
    assert severity(thread) == "sev1"

    thread.edit(number, "/incident severity sev1\n\nwhat follows does not belong to it", by=PEOPLE["rita"])
    assert severity(thread) == "sev1"
    thread.edit(number, "/incident severity sev2", by=PEOPLE["rita"])
    assert severity(thread) == ""


def test_an_edit_by_nobody_knows_whom_is_not_run_and_says_so() -> None:
    thread = declared()
    number = thread.say("alice", "I wonder.")
    thread.edit(number, "/incident severity sev1", by=NOBODY)
    assert severity(thread) == ""
    assert thread.mistake.refused.reason == (
        "this comment was edited, and it is unclear who wrote this line; please post it again"
    )


def test_yesterdays_command_is_not_judged_by_todays_rights() -> None:
    thread = declared()
    thread.say("carol", "/incident severity sev1")
    thread.look()
    thread.access["carol"] = Access.NONE
    assert severity(thread) == "sev1"

    thread.receipts = Receipts()
    assert severity(thread) == ""


def test_what_was_not_allowed_is_run_once_its_author_has_the_right_and_says_something_new() -> None:
    thread = declared()
    thread.say("dana", "/incident severity sev1")
    assert thread.look().receipts.calls[-1].verdict is Verdict.DENIED
    thread.access["dana"] = Access.ADMIN
    assert severity(thread) == ""

    thread.say("dana", "/incident note can you hear me now?")
    assert severity(thread) == "sev1"


def test_a_login_that_somebody_else_took_over_has_no_rights() -> None:
    thread = declared()
    number = thread.say("alice", "/incident show")
    thread.edit(number, "/incident severity sev1", by=Person(999, "alice"))
    assert severity(thread) == ""


def test_commands_in_code_quotes_lists_and_sentences_do_nothing() -> None:
    thread = declared()
    before = thread.incident
    thread.say(
        "alice",
        "Should we `/incident resolve` or\n\n```\n/incident resolve\n```\n\n> /incident resolve\n\n"
        "- /incident resolve\n\n    /incident resolve\n\n<!--\n/incident resolve\n-->\n\nor /incident resolve?",
    )
    assert thread.verdicts == [Verdict.ACCEPTED]
    assert thread.incident.timeline == before.timeline
    assert thread.incident.outgoing.replies == Replies()


@pytest.mark.parametrize("text", ["`/incident resolve`", "```\n/incident resolve\n```", "> /incident resolve"])
def test_a_comment_that_is_nothing_but_a_command_in_code_is_explained(text: str) -> None:
    thread = declared()
    number = thread.say("alice", text)
    assert thread.incident.active
    refused = thread.documents[f"refusal:{number}"]
    assert "in code, bold, a quote or a list is not run" in refused
    assert "Try `/incident resolve`" in refused


def test_nobody_is_asked_to_say_what_stands_in_a_mail_that_was_answered() -> None:
    thread = declared()
    thread.say("alice", "/incident claim lead")
    number = thread.say(
        "bob",
        "Thanks.\n\n-----Original Message-----\nFrom: Alice <a@acme.test>\nSent: Monday\n\n/incident resolve",
    )
    assert thread.documents[f"refusal:{number}"].startswith(
        "`/incident resolve` was not run: it is in the quoted part of your mail; "
        "write it above that, on its own line.\n"
    )


def test_a_verb_that_is_mistyped_to_the_bot_is_explained() -> None:
    thread = declared()
    thread.say("alice", "@incident-bot notee the disk is full")
    assert thread.mistake.refused.instead == "note the disk is full"


def test_speaking_to_the_bot_in_a_sentence_is_no_command() -> None:
    thread = declared()
    before = thread.documents
    thread.say("alice", "@incident-bot thank you, this was quick")
    assert thread.documents == before


def test_a_claimed_lead_is_told_what_the_teams_own_rule_keeps_from_them() -> None:
    """S12: and who can do it."""
    thread = declared(rules=Rules(access={"severity": Access.MAINTAIN, "note": Access.ADMIN}))
    number = thread.say("dana", "/incident claim lead")
    told = "- In this project, `severity` needs maintain access: without it, ask someone who has it."
    assert told in thread.card(number, "dana").replace("\u00a0", " ")
    thread.say("dana", "/incident severity sev1")
    assert "needs maintain access" in thread.mistake.refused.reason
    usual = declared()
    assert "In this project" not in usual.card(usual.say("dana", "/incident claim lead"), "dana")
