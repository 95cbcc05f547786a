"""Whatever people type: the incident goes on, and every document passes the last gate, each under its own key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import declared
from tests.examples import examples, one_in
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.issue.gate import commands_in

NASTY = [
    "@everybody @acme/all #1 !2 ~bug %v1 &3 $4 :tada: GH-12",
    "/close",
    "<!-- tracker-bridge:status -->",
    "<!-- receipts:AAAA:" + "0" * 64 + " -->",
    "</details><script>alert(1)</script>",
    "```",
    "` `` ``` /incident resolve",
    "| a | b |",
    "[x](javascript:alert(1)) ![i](https://evil.test/x.png)",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "\u202egnp.exe \u200b\u2066 \ud800 \x00 \x1b[31m",
    "https://evil.test/" + "a" * 5000,
    "é" * 3000,
    "— – ― \u00a0 \u2028 \u2029",
    "-",
    "--",
    "--by",
    "| ~",
    "@" * 50,
    "@a/b/c/d @-x @x- @_",
    "9" * 400,
    "2026-99-99 99:99",
    "**bold** _it_ \\ * # > 1. - +",
]
WORDS = [word for command in COMMANDS.values() for word in (command.verb, *command.aliases)]
PREFIXES = ["", "lead ", "customers: ", "sev1 ", "identified ", "@dana ", "comms @carol ", "x | ", "14:00 "]


@pytest.mark.parametrize("text", NASTY)
def test_no_text_breaks_a_document_or_hides_one_behind_another(text: str) -> None:
    """Each word is said with each text, behind one prefix or another; each prefix stands before each word."""
    for at, prefix in enumerate(PREFIXES):
        thread = declared(f"{text}\n/incident declare {text}")
        if not thread.incident.exists:
            thread = declared()
        for word in one_in(len(PREFIXES), WORDS, at + NASTY.index(text)):
            thread.say("alice", f"/incident {word} {prefix}{text}")
        for body in thread.documents.values():
            assert not commands_in(body, COMMANDS.grammar(thread.rules.command_prefixes, "incident-bot"))


LONG = {
    "a word": "task @dana " + "a" * 60_000,
    "times": "update external" + " at" * 20_000 + ": x",
    "bars": "update external " + "| " * 30_000 + ": x",
    "names between code": "note " + "`a` @dana " * 6_000,
    "signs of emphasis": "note " + "_" * 30_000 + "@dana",
    "line breaks": "note " + "<br>" * 15_000 + "x",
}


@pytest.mark.parametrize("case", LONG)
def test_the_longest_lines_are_read_to_their_end(case: str) -> None:
    """Nothing here is timed: before its cost was bounded, most of these took minutes."""
    thread = declared()
    thread.say("alice", f"/incident claim lead\n/incident {LONG[case]}")
    assert len(thread.verdicts) == 3


RUNS = {
    "blanks": "x" + " " * 20_000 + "y",
    "tabs": "x" + "\t" * 20_000 + "y",
    "other blanks": "x" + "\u00a0" * 20_000 + "y",
    "dashes": "-" * 20_000,
    "arrows": "->" * 10_000,
    "one word": "a" * 20_000,
    "colons": ":" * 20_000,
    "digits": "9" * 20_000,
    "times": "14:05 " * 3_000,
}


BEFORE = ["", "sev1 ", "x: "]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("before", BEFORE)
def test_every_command_reads_a_long_run_to_its_end(run: str, before: str) -> None:
    """
    Nothing here is timed: a pattern that tries all ways through a run takes minutes, or hours.

    Each command meets each run, and each word before some of them.
    """
    commands = [*one_in(len(BEFORE), COMMANDS.values(), list(RUNS).index(run) + BEFORE.index(before))]
    thread = declared()
    for command in commands:
        thread.say("alice", f"/incident {command.verb} {before}{RUNS[run]}")
    assert len(thread.verdicts) == 1 + len(commands)


@examples(40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["alice", "bob", "dana", "rita"]),
            st.lists(
                st.tuples(st.sampled_from(WORDS), st.sampled_from(PREFIXES), st.text(max_size=60)), max_size=4
            ),
        ),
        max_size=8,
    )
)
def test_no_conversation_breaks_a_document(said: list[tuple[str, list[tuple[str, str, str]]]]) -> None:
    thread = declared()
    for login, lines in said:
        thread.say(login, "\n".join(f"/incident {word} {prefix}{text}" for word, prefix, text in lines))
    assert "status" in thread.documents


@examples(40)
@given(st.lists(st.sampled_from([example for one in COMMANDS.values() for example in one.examples]), max_size=12))
def test_no_order_of_commands_breaks_a_document(examples: list[str]) -> None:
    thread = declared()
    for example in examples:
        thread.say("alice", f"/incident {example}")
    assert "status" in thread.documents
    assert thread.folded == thread.following(())
