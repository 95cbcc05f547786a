"""What is a command and what only looks like one. reliability.md F16-F18, security.md 4."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.conftest import Ended
from tracker_bridge.domain.calls import MAX_CALLS, MAX_LINE, MAX_TEXT, calls_of, find_calls, find_hidden
from tracker_bridge.domain.issue import NOBODY, Comment, Person

ROOTS = ("/incident", "/inc")
BOT = "incident-bot"
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
ALICE, BOB = Person(11, "alice"), Person(12, "bob")


def said(body: str) -> list[tuple[str, str]]:
    """Return the verb and the text of each command."""
    return [(found.verb, found.text) for found in find_calls(body, ROOTS, BOT)]


X = [("note", "x")]

COMMANDS = {
    "alone": ("/incident note x", X),
    "short root": ("/inc note x", X),
    "upper case root": ("/INCIDENT note x", X),
    "upper case verb": ("/incident NOTE x", X),
    "the text keeps its case": ("/incident note X y", [("note", "X y")]),
    "bare root": ("/incident", [("", "")]),
    "root and blanks": ("/incident   ", [("", "")]),
    "several blanks": ("/incident   note    x   y  ", [("note", "x   y")]),
    "tab after the root": ("/incident\tnote\tx", X),
    "no-break space after the root": ("/incident\u00a0note\u00a0x", X),
    "thin and ideographic space": ("/incident\u2009note\u3000x", X),
    "a zero-width sign before it": ("\u200b/incident note x", X),
    "a byte-order mark before it": ("\ufeff/incident note x\nmore", X),
    "marks of direction before it": ("text\n\u200e\u2060/incident note x", X),
    "a zero-width sign before the bot": ("\u200b@incident-bot note x", X),
    "to the bot": ("@incident-bot note x", X),
    "to the bot, in capitals": ("@Incident-Bot note x", X),
    "first of a comment": ("/incident note x\n\nand more", X),
    "last of a comment": ("some words\n\n/incident note x", X),
    "in the middle of a paragraph": ("some words\n/incident note x\nmore words", X),
    "blank lines around": ("\n\n\n/incident note x\n\n\n", X),
    "two in a row": ("/incident note x\n/inc note x", X + X),
    "two with text between": ("/incident note x\ntext\n\n/incident note x", X + X),
    "after a heading": ("# Title\n/incident note x", X),
    "after a rule": ("---\n/incident note x", X),
    "after a closed fence": ("```\ncode\n```\n/incident note x", X),
    "after a quote and a blank line": ("> quote\n\n/incident note x", X),
    "after a list and a blank line": ("- item\n\n/incident note x", X),
    "after a table and a blank line": ("| a |\n|---|\n| b |\n\n/incident note x", X),
    "after a closed HTML comment": ("<!-- hidden -->\n/incident note x", X),
    "after a closed inline comment": ("text <!-- hidden -->\n/incident note x", X),
    "after a GitLab quote": (">>>\nquote\n>>>\n/incident note x", X),
    "in details, after a blank line": ("<details>\n\n/incident note x\n\n</details>", X),
    "after inline code": ("see `code`\n/incident note x", X),
    "after a lone back-tick": ("it`s broken\n/incident note x", X),
    "after an escaped back-tick": ("see \\`code\n/incident note `x", [("note", "`x")]),
    "after an open bracket": ("see [this\n/incident note x", X),
    "after a smaller sign": ("load < 5\n/incident note x", X),
    "in the text of a link": ("[see\n/incident note x\nthere](https://forge.test)", X),
    "between emphasis": ("*see\n/incident note x\nthere*", X),
    "after a link definition": ("[a]: https://forge.test\n/incident note x", X),
    "after what is no definition": ("[a]:\n/incident note x", X),
    "right below an indented block": ("    code\n/incident note x", X),
    "right below an indented block, a quote further up": ("> quote\n\n    code\n/incident note x", X),
    "underlined": ("/incident note x\n---", X),
    "underlined twice": ("/incident note x\n===", X),
    "dashes of every kind": ("/incident note a — b—c 1–2 —d —— e", [("note", "a — b—c 1–2 —d —— e")]),
    "line separator of Unicode's": ("/inc note x\u2028/inc note x", [("note", "x\u2028/inc note x")]),
    "next line of Unicode's": ("/incident note x\x85/incident note x", [("note", "x\x85/incident note x")]),
    "form feed": ("/incident note x\x0c/incident note x", [("note", "x\x0c/incident note x")]),
    "a lone surrogate": ("/incident note \ud800", [("note", "\ud800")]),
    "a zero byte": ("/incident note a\x00b", [("note", "a\x00b")]),
    "our private sign": ("a `b\n\ue0001\ue000\n/incident note x", X),
    "a line like a list": ("/incident note - x", [("note", "- x")]),
    "with a bar": ("/incident note x | 14:05", [("note", "x | 14:05")]),
    "with a bar, and a rule below": ("/incident note x | 14:05\n---", [("note", "x | 14:05")]),
}  # fmt: skip

NOT_COMMANDS = {
    "nothing": "",
    "blank": " \n\t\n",
    "a longer word": "/incidents note x",
    "a longer word with a dash": "/incident-note x",
    "a path": "/incident/note x",
    "a sentence": "/incident: note x",
    "punctuation": "/incident.",
    "another root": "/note x",
    "two slashes": "//incident note x",
    "escaped": "\\/incident note x",
    "as an entity": "&#47;incident note x",
    "full-width slash": "／incident note x",
    "a zero-width sign in it": "/\u200bincident note x",
    "a zero-width sign after it": "/incident\u200b note x",
    "a zero-width sign and a blank before it": "\u200b /incident note x",
    "a zero-width sign before it, in a fence": "```\n\u200b/incident note x\n```",
    "a zero-width sign before it, in a quote": "> quote\n\u200b/incident note x",
    "a zero-width sign before another word": "\u200bplease /incident note x",
    "a no-break space before it": "\u00a0/incident note x",
    "look-alike letters": "/іncident note x",
    "dotted capital": "/İNCIDENT note x",
    "long s": "/incident".replace("s", "ſ") + "s",
    "one blank before it": " /incident note x",
    "two blanks before it": "  /incident note x",
    "three blanks before it": "   /incident note x",
    "four blanks before it": "    /incident note x",
    "a tab before it": "\t/incident note x",
    "text before it": "please /incident note x",
    "a mention of somebody else": "@incident-bots note x",
    "a mention of a team": "@incident-bot/team note x",
    "the bot in a sentence": "thanks @incident-bot note x",
    "the bot and a comma": "@incident-bot, note x",
    "in a fence": "```\n/incident note x\n```",
    "in a fence with a language": "```sh\n/incident note x\n```",
    "in a fence with tildes": "~~~\n/incident note x\n~~~",
    "in a fence that never ends": "```\n/incident note x",
    "in a fence with a shorter one inside": "````\n```\n/incident note x\n````",
    "in a fence with the other kind inside": "```\n~~~\n/incident note x\n```",
    "in a fence whose end is too far in": "```\n\t```\n/incident note x",
    "in a fence whose end has a no-break space": "```\n\u00a0```\n/incident note x",
    "in a fence whose end has words": "```\n``` end\n/incident note x",
    "in an indented block": "text\n\n    /incident note x",
    "in a quote": "> /incident note x",
    "in a quote without a blank": ">/incident note x",
    "in a quote in a quote": "> > /incident note x",
    "in the lazy continuation of a quote": "> quote\n/incident note x",
    "in the lazy continuation of quotes": "> > > quote\n> lazy\n/incident note x",
    "in a quote, a blank line of no-break space between": "> quote\n\u00a0\n/incident note x",
    "in the lazy continuation of quotes, below an indented line": "> > quote\n    ```\n/incident note x",
    "in the lazy continuation of quotes, below a tab": ">> quote\n\t# quote\n/incident note x",
    "in the lazy continuation of a quoted definition": "> [1]: https://forge.test\n/incident note x",
    "in a quoted list": "> - item\n/incident note x",
    "in a GitLab quote": ">>>\n/incident note x\n>>>",
    "in a GitLab quote with paragraphs": ">>>\ntext\n\n/incident note x\n\n>>>",
    "in a GitLab quote right after text": "text\n>>>\n/incident note x\n>>>",
    "in a list": "- /incident note x",
    "in a list of stars": "* /incident note x",
    "in a numbered list": "1. /incident note x",
    "in the lazy continuation of a list": "- item\n/incident note x",
    "in the lazy continuation of a numbered list": "1) item\n/incident note x",
    "in a task list": "- [ ] /incident note x",
    "in a list item's second paragraph": "- item\n\n  /incident note x",
    "in a table": "| a |\n|---|\n| /incident note x |",
    "a row of a table": "| a |\n|---|\n/incident note x",
    "the head of a table": "/incident note x | y\n--- | ---",
    "a heading": "# /incident note x",
    "in inline code": "`/incident note x`",
    "in inline code over lines": "`code\n/incident note x\ncode`",
    "in inline code over lines, longer fence": "``code ` code\n/incident note x\ncode``",
    "in an HTML comment": "<!--\n/incident note x\n-->",
    "in an HTML comment that never ends": "<!--\n/incident note x",
    "in an HTML comment inside a paragraph": "text <!--\n/incident note x\n-->",
    "in the template's comment": "<!-- write\n\n/incident note x\n\n-->",
    "in an HTML block": "<div>\n/incident note x\n</div>",
    "in details without blank lines": "<details>\n/incident note x\n</details>",
    "in pre": "<pre>\n\n/incident note x\n\n</pre>",
    "in a script": "<script>\n\n/incident note x\n</script>",
    "in a tag": "<a href='\n/incident note x'>",
    "in a tag inside a paragraph": "text <a title='\n/incident note x\n'>",
    "in a processing instruction": "<?\n/incident note x\n?>",
    "in character data": "<![CDATA[\n/incident note x\n]]>",
    "in the title of a link": '[a](b "\n/incident note x\n")',
    "in the title of a definition": "[a]: b\n'\n/incident note x\n'",
    "in the words of a picture": "![\n/incident note x\n](https://forge.test/a.png)",
    "with a mark in front": "**/incident note x**",
}


@pytest.mark.parametrize("case", COMMANDS)
def test_is_a_command(case: str, ended: Ended) -> None:
    body, expected = COMMANDS[case]
    assert said(ended(body)) == expected


@pytest.mark.parametrize("case", NOT_COMMANDS)
def test_is_no_command(case: str, ended: Ended) -> None:
    assert said(ended(NOT_COMMANDS[case])) == []


HIDDEN = [
    "`/incident note x`",
    "``/incident note x``",
    "```\n/incident note x\n```",
    "```sh\n/incident note x\n```",
    "~~~\n/incident note x\n~~~",
    "    /incident note x",
    "\t/incident note x",
    " /incident note x",
    "> /incident note x",
    ">/incident note x",
    "> > /incident note x",
    "> `/incident note x`",
    "> ```\n> /incident note x\n> ```",
    ">>>\n/incident note x\n>>>",
    "- /incident note x",
    "* /incident note x",
    "+ /incident note x",
    "1. /incident note x",
    "- `/incident note x`",
    "\n\n`/incident note x`\n\n",
    "` /incident note x `",
    "`/INC\u00a0note x`",
    "`@incident-bot note x`",
    "> \u200b/incident note x",
    "`\ufeff/incident note x`",
]

NOT_HIDDEN = [
    "",
    "`/incidents note x`",
    "see `/incident note x`",
    "`/incident note x` please",
    "`/incident note x` or `/incident note y`",
    "`/incident note x",
    "~~/incident note x~~",
    "- /incident note x\n- /incident note y",
    "> /incident note x\n\nno!",
    "# /incident note x",
    "<!-- /incident note x -->",
    "<!--\n/incident note x\n-->",
    "```\n$ ls\n/incident note x\n```",
    "**/incident note x**",
    "| /incident note x |",
    "`note x`",
    "> > >",
    "```\n```",
]


@pytest.mark.parametrize("body", HIDDEN)
def test_a_comment_of_nothing_but_a_command_in_code_or_quotes_is_explained(body: str, ended: Ended) -> None:
    [found] = find_hidden(ended(body), ROOTS, BOT)
    assert (found.verb, found.text, found.quote) == ("note", "x", "")
    assert find_calls(ended(body), ROOTS, BOT) == []


@pytest.mark.parametrize("body", NOT_HIDDEN)
def test_a_comment_that_mentions_a_command_is_left_alone(body: str, ended: Ended) -> None:
    assert find_hidden(ended(body), ROOTS, BOT) == []
    assert find_calls(ended(body), ROOTS, BOT) == []


# Parts of a call


def test_what_follows_a_command_is_its_quote(ended: Ended) -> None:
    body = ended("hello\n/incident note x\n\n> all is\n> well\n\n/incident note y\n  end  ")
    assert [found.quote for found in find_calls(body, ROOTS, BOT)] == ["> all is\n> well", "end"]


def test_the_words_are_those_of_the_settings() -> None:
    assert find_calls("/störung note x", ("/störung",), BOT)[0].verb == "note"
    assert find_calls("/STÖRUNG note x", ("/störung",), BOT)[0].verb == "note"
    assert find_calls("/STRASSE note x", ("/strasse",), BOT)[0].text == "x"
    assert find_calls("/incident note x", ("/störung",), BOT) == []
    assert find_calls("@bossy note x", (), "bossy[bot]")[0].line == "@bossy note x"
    assert find_calls("@bossy[bot] note x", (), "bossy[bot]") == []


def comment(body: str, edited_by: Person | None = None) -> Comment:
    return Comment(1042, ALICE, NOW, NOW, body, "https://forge.test/1042", edited_by=edited_by)


def test_calls_count_from_nought_and_are_named_after_their_comment() -> None:
    calls = calls_of(comment("/inc note x\n/inc note y\n/inc note z"), ROOTS, BOT)
    assert [(call.ordinal, call.id, call.actor, call.hidden) for call in calls] == [
        (0, "1042", ALICE, False),
        (1, "1042.1", ALICE, False),
        (2, "1042.2", ALICE, False),
    ]


@pytest.mark.parametrize(
    ("editor", "actor", "doubtful"), [(None, ALICE, False), (BOB, BOB, False), (NOBODY, ALICE, True)]
)
def test_who_says_it(editor: Person | None, actor: Person, doubtful: bool) -> None:
    [call] = calls_of(comment("/inc note x", editor), ROOTS, BOT)
    assert (call.author, call.actor, call.doubtful) == (ALICE, actor, doubtful)


def test_a_digest_is_of_the_whole_command_and_of_nothing_else() -> None:
    [call] = calls_of(comment("/inc note x\nmore"), ROOTS, BOT)
    [same] = calls_of(comment("hello\n\n/inc note x\r\nmore\n"), ROOTS, BOT)
    others = ["/inc note y\nmore", "/inc note x\nless", "/inc note x", "/incident note x\nmore", "`/inc note x`"]
    assert same.digest == call.digest
    assert len({calls_of(comment(body), ROOTS, BOT)[0].digest for body in others} | {call.digest}) == 6
    assert len(call.digest) == 8


# Bounds


def test_only_so_many_commands_of_a_comment_count(ended: Ended) -> None:
    body = ended("\n".join(f"/inc note {n}" for n in range(MAX_CALLS * 3)))
    assert [text for _, text in said(body)] == [str(n) for n in range(MAX_CALLS)]


def test_only_so_much_of_a_line_counts() -> None:
    [found] = find_calls("/inc note " + "x" * 70_000, ROOTS, BOT) or find_calls(
        "/inc note " + "x" * 60_000, ROOTS, BOT
    )
    assert len(found.line) == MAX_LINE


def test_a_line_that_is_not_read_to_its_end_is_not_run() -> None:
    filler = "words\n" * (MAX_TEXT // 6)
    assert said(f"/inc note x\n{filler}/inc note y") == X
    assert said(f"{filler[:-60]}\n/inc note {'y' * 100}") == []


N = MAX_TEXT - 10
HEAVY = {
    # A body of 64 KiB, and how many commands are found in it
    "commands": ("/inc note x\n" * (N // 12), MAX_CALLS),
    "commands below a back-tick": ("`\n" + "/inc x\n" * (N // 7), 0),
    "commands below an open comment": ("x <!--\n" + "/inc x\n" * (N // 7), 0),
    "open comments": ("x " + "<!-- " * (N // 5) + "\n/inc x", 0),
    "open brackets": ("x " + "[" * (N - 10) + "\n/inc x", 0),
    "open pictures": ("x " + "![" * (N // 2 - 10) + "\n/inc x", 0),
    "links": ("x " + "[a](b)" * (N // 6 - 10) + "\n/inc x", 0),
    "back-ticks of every length": ("x " + " ".join("`" * n for n in range(1, 355)) + "\n/inc x", 0),
    "open tags": ("x " + "<a b='" * (N // 6 - 10) + "\n/inc x", 0),
    "open character data": ("x " + "<![CDATA[" * (N // 9 - 10) + "\n/inc x", 0),
    "quotes in quotes": (">" * (N - 10) + "\n/inc x", 0),
    "quoted lines": ("> a\n" * (N // 4 - 10) + "\n/inc x", 1),
    "lists in lists": ("- " * (N // 2 - 10) + "\n\n/inc x", 1),
    "deeper and deeper lists": ("".join(" " * n * 2 + "- a\n" for n in range(240)) + "\n/inc x", 0),
    "definitions": ("[a]: b\n" * (N // 7 - 10) + "\n/inc x", 1),
    "open definitions": ("[a\n" * (N // 3 - 10) + "\n\n/inc x", 1),
    "stars": ("x " + "*a **a " * (N // 7 - 10) + "\n/inc x", 1),
    "backslashes": ("\\" * (N - 10) + "\n/inc x", 1),
    "a long table": ("| a |\n|-|\n" + "| a |\n" * (N // 6 - 10) + "\n/inc x", 1),
    "a wide table": ("|" + "a|" * (N // 4 - 10) + "\n|" + "-|" * (N // 4 - 10) + "\n\n/inc x", 1),
    "fences": ("```\n" * 16_000 + "/inc x", 1),
    "one word": ("/inc " + "a" * (N - 10), 1),
    "blanks": (" " * (N - 10) + "\n/inc x", 1),
    "blanks between": ("x" + " " * (N - 10) + "/inc x", 0),
    "blank lines": ("\n" * (N - 10) + "/inc x", 1),
}


@pytest.mark.parametrize("case", HEAVY)
def test_the_heaviest_texts_are_read_to_their_end(case: str, ended: Ended) -> None:
    """Nothing here is timed: before its cost was bounded, the second of these took minutes."""
    body, count = HEAVY[case]
    assert len(body) <= MAX_TEXT
    assert len(find_calls(ended(body), ROOTS, BOT)) == (
        count if len(ended(body)) <= MAX_TEXT else pytest.approx(count, abs=1)
    )


@given(st.text(alphabet=st.characters(codec=None), max_size=200))
def test_any_text_is_read(text: str) -> None:
    for body in (text, f"/incident {text}", f"{text}\n/incident note x", f"`{text}\n/inc {text}`"):
        for found in find_calls(body, ROOTS, BOT) + find_hidden(body, ROOTS, BOT):
            assert "\n" not in found.line
            assert len(found.line) <= MAX_LINE
        assert all(len(call.digest) == 8 for call in calls_of(comment(body), ROOTS, BOT))


def test_a_table_whose_heading_is_indented_far_is_a_table_all_the_same() -> None:
    body = "/incident note first\n    | a | b |\n|---|---|\n/incident note in a row"
    assert [call.text for call in find_calls(body, ROOTS, "bot")] == ["first"]
