"""What is a command and what only looks like one. reliability.md F16-F18, security.md 4."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.conftest import ENDS, Ended
from tests.examples import one_in
from tracker_bridge.commands import COMMANDS as VERBS
from tracker_bridge.domain.issue.grammar import Unread
from tracker_bridge.domain.issue.invocations import MAX_CALLS, MAX_CHARACTERS, Found, calls_of, find_calls
from tracker_bridge.domain.issue.issue import Comment, Person, TrackerUrl

ROOTS = ("/incident", "/inc")
BOT = "incident-bot"
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
ALICE = Person(11, "alice")
GRAMMAR = VERBS.grammar(ROOTS, BOT)


def said(body: str) -> list[tuple[str, str]]:
    """Return the verb and the first line of the text of each command."""
    return [(found.verb, found.text.partition("\n")[0]) for found in run(body)]


def run(body: str) -> list[Found]:
    """Return the commands that are run."""
    return [found for found in find_calls(body, GRAMMAR) if not found.unread]


def unread(body: str) -> list[Unread | None]:
    """Return why each line that looks like a command is not run; ``None`` for those that are."""
    return [found.unread for found in find_calls(body, GRAMMAR)]


X = [("note", "x")]

COMMANDS = {
    "below a fence right below a tag": ("</details>\n```\ntext\n\n```\n/incident note x", X),
    "below a tag and a fence that never ends": ("</details>\n```\n\n</details>\n/incident note x", X),
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
    "in the lazy continuation of a quote": ("> quote\n/incident note x", X),
    "in the lazy continuation of quotes": ("> > > quote\n> lazy\n/incident note x", X),
    "in a quote, a blank line of no-break space between": ("> quote\n\u00a0\n/incident note x", X),
    "in the lazy continuation of quotes, below an indented line": ("> > quote\n    ```\n/incident note x", X),
    "in the lazy continuation of quotes, below a tab": (">> quote\n\t# quote\n/incident note x", X),
    "in the lazy continuation of a quoted definition": ("> [1]: https://forge.test\n/incident note x", X),
    "in a quoted list": ("> - item\n/incident note x", X),
    "in the lazy continuation of a list": ("- item\n/incident note x", X),
    "in the lazy continuation of a numbered list": ("1) item\n/incident note x", X),
    "a row of a table": ("| a |\n|---|\n/incident note x", X),
    "in an HTML block": ("<div>\n/incident note x\n</div>", X),
    "in details without blank lines": ("<details>\n/incident note x\n</details>", X),
    "in a tag": ("<a href='\n/incident note x'>", [("note", "x'>")]),
    "in a tag inside a paragraph": ("text <a title='\n/incident note x\n'>", X),
    "in the title of a link": ('[a](b "\n/incident note x\n")', X),
    "in the title of a definition": ("[a]: b\n'\n/incident note x\n'", X),
    "in the words of a picture": ("![\n/incident note x\n](https://forge.test/a.png)", X),
    "a zero-width sign in it": ("/\u200bincident note x", X),
    "a zero-width sign after it": ("/incident\u200b note x", X),
    "a zero-width sign before it, in a quote": ("> quote\n\u200b/incident note x", X),
    "a sentence": ("/incident: note x", X),
    "the bot and a comma": ("@incident-bot, note x", X),
    "a colon without a blank behind the verb": ("/incident note:x", X),
    "a wide colon behind the verb": ("/incident note：x", X),
    "an equals sign behind the verb": ("/incident NOTE=x", X),
    "an address behind the verb": ("/incident note://x", [("note://x", "")]),
    "the name of an app": ("@incident-bot[bot], note x", X),
    "the head of a table": ("/incident note x | y\n--- | ---", [("note", "x | y")]),
}  # fmt: skip

NOT_COMMANDS = {
    "nothing": "",
    "blank": " \n\t\n",
    "a longer word": "/incidents note x",
    "a longer word with a dash": "/incident-note x",
    "a path": "/incident/note x",
    "punctuation": "/incident.",
    "another root": "/note x",
    "two slashes": "//incident note x",
    "escaped": "\\/incident note x",
    "as an entity": "&#47;incident note x",
    "full-width slash": "／incident note x",
    "a zero-width sign and a blank before it": "\u200b /incident note x",
    "a zero-width sign before it, in a fence": "```\n\u200b/incident note x\n```",
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
    "in a GitLab quote": ">>>\n/incident note x\n>>>",
    "in a GitLab quote with paragraphs": ">>>\ntext\n\n/incident note x\n\n>>>",
    "in a GitLab quote right after text": "text\n>>>\n/incident note x\n>>>",
    "in a list": "- /incident note x",
    "in a list of stars": "* /incident note x",
    "in a numbered list": "1. /incident note x",
    "in a task list": "- [ ] /incident note x",
    "in a list item's second paragraph": "- item\n\n  /incident note x",
    "in a table": "| a |\n|---|\n| /incident note x |",
    "a heading": "# /incident note x",
    "in inline code": "`/incident note x`",
    "in inline code over lines": "`code\n/incident note x\ncode`",
    "in inline code over lines, longer fence": "``code ` code\n/incident note x\ncode``",
    "in an HTML comment": "<!--\n/incident note x\n-->",
    "in an HTML comment that never ends": "<!--\n/incident note x",
    "in an HTML comment inside a paragraph": "text <!--\n/incident note x\n-->",
    "in the template's comment": "<!-- write\n\n/incident note x\n\n-->",
    "in pre": "<pre>\n\n/incident note x\n\n</pre>",
    "in a script": "<script>\n\n/incident note x\n</script>",
    "in a processing instruction": "<?\n/incident note x\n?>",
    "in character data": "<![CDATA[\n/incident note x\n]]>",
    "with a mark in front": "**/incident note x**",
    "in a fence right below a tag": "</details>\n```\n/incident note x\n```",
    "in a fence right below a tag, with a gap": "</details>\ntext\n```\n/incident note x\n\n/incident note y\n```",
    "in a GitLab quote right below a tag": "</details>\n>>>\ntext\n\n/incident note x\n>>>",
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
    "- [ ] /incident note x",
    "• /incident note x",
    "**/incident note x**",
    "“/incident note x”",
    "„/incident note x“",
    "«/incident note x»",
    '"/incident note x"',
    "> '/incident note x'",
]

SEVERAL_HIDDEN = [
    "- /incident note x\n- /incident note x",
    "1. /incident note x\n\n2. `/incident note x`",
    "- [x] /incident note x\n- [ ] /incident note x",
    "```\n/incident note x\n/incident note x\n```",
    "> /incident note x\n>\n> /incident note x",
    "    /incident note x\n    /incident note x",
]

NOT_HIDDEN = [
    "",
    "`/incidents note x`",
    "see `/incident note x`",
    "`/incident note x` please",
    "`/incident note x` or `/incident note y`",
    "`/incident note x",
    "~~/incident note x~~",
    "- /incident note x\n- and more",
    "> /incident note x\n\nno!",
    "# /incident note x",
    "<!-- /incident note x -->",
    "<!--\n/incident note x\n-->",
    "```\n$ ls\n/incident note x\n```",
    "| /incident note x |",
    "`note x`",
    "> > >",
    "```\n```",
]


@pytest.mark.parametrize("body", HIDDEN)
def test_a_comment_of_nothing_but_a_command_in_code_or_quotes_is_explained(body: str, ended: Ended) -> None:
    [found] = find_calls(ended(body), GRAMMAR)
    assert found.unread in (Unread.WRAPPED, Unread.INDENTED)
    assert (found.verb, found.text, found.below) == ("note", "x", "")


@pytest.mark.parametrize("body", SEVERAL_HIDDEN)
def test_a_comment_of_nothing_but_several_commands_in_code_quotes_or_a_list_is_explained(
    body: str, ended: Ended
) -> None:
    found = find_calls(ended(body), GRAMMAR)
    assert [(one.verb, one.text) for one in found] == X + X
    assert {one.unread for one in found} <= {Unread.WRAPPED, Unread.INDENTED}


def test_a_long_list_of_commands_is_a_manual() -> None:
    assert find_calls("- /incident note x\n" * 21, GRAMMAR) == ()


@pytest.mark.parametrize("body", NOT_HIDDEN)
def test_a_comment_that_mentions_a_command_is_left_alone(body: str, ended: Ended) -> None:
    assert find_calls(ended(body), GRAMMAR) == ()


# Parts of a call


def below(body: str) -> list[str]:
    return [found.below for found in run(body)]


def test_the_words_are_those_of_the_settings() -> None:
    def first(body: str, command_prefixes: tuple[str, ...], bot: str = BOT) -> Found:
        return find_calls(body, VERBS.grammar(command_prefixes, bot))[0]

    assert first("/störung note x", ("/störung",)).verb == "note"
    assert first("/STÖRUNG note x", ("/störung",)).verb == "note"
    assert first("/STRASSE note x", ("/strasse",)).text == "x"
    assert find_calls("/incident note x", VERBS.grammar(("/störung",), BOT)) == ()
    assert first("@bossy note x", (), "bossy[bot]").line == "@bossy note x"
    assert first("@bossy[bot] note x", (), "bossy[bot]").text == "x"


def comment(body: str) -> Comment:
    return Comment(1042, ALICE, NOW, NOW, body, TrackerUrl("https://forge.test/1042"))


def test_calls_count_from_nought_and_are_named_after_their_comment() -> None:
    calls = calls_of(comment("/inc note x\n/inc note y\n/inc note z"), GRAMMAR)
    assert [(call.ordinal, call.id, call.actor) for call in calls] == [
        (0, "1042", ALICE),
        (1, "1042.1", ALICE),
        (2, "1042.2", ALICE),
    ]


def test_a_digest_is_of_the_commands_own_text_and_of_nothing_else() -> None:
    [call] = calls_of(comment("/inc note x\nmore"), GRAMMAR)
    same = [
        "hello\n\n/inc note x\r\nmore\n",
        "/inc note x\nmore\n\n- [ ] read the logs",
        "/inc note x\u200b\nmore",
    ]
    others = ["/inc note y\nmore", "/inc note x\nless", "/inc note x", "/incident note x\nmore", "`/inc note x`"]
    assert {calls_of(comment(body), GRAMMAR)[0].digest for body in same} == {call.digest}
    assert len({calls_of(comment(body), GRAMMAR)[0].digest for body in others} | {call.digest}) == 6
    assert len(call.digest) == 8


# What belongs to a command

TEXTS = {
    "one line": ("/incident note a", "a"),
    "two lines": ("/incident note a\nb", "a\nb"),
    "up to a blank line": ("/incident note a\nb\n\nc", "a\nb"),
    "up to a list": ("/incident note a\n- b", "a"),
    "up to a task list": ("/incident note a\n- [ ] b", "a"),
    "up to a numbered list": ("/incident note a\nb\n1. c", "a\nb"),
    "up to a quote": ("/incident note a\n> b", "a"),
    "up to a fence": ("/incident note a\n```\nb\n```", "a"),
    "up to a table": ("/incident note a\n| b |\n|---|", "a"),
    "up to a table without outer bars": ("/incident note a\nb | c\n--- | ---", "a"),
    "up to a heading": ("/incident note a\n# b", "a"),
    "up to a rule": ("/incident note a\n---\nb", "a"),
    "up to details": ("/incident note a\n<details>\nb\n</details>", "a"),
    "up to the next command": ("/incident note a\nb\n/incident show", "a\nb"),
    "up to a signature": ("/incident note a\n-- \nAlice", "a"),
    "up to somebody else's mail": (
        "/incident note a\nOn Tue, 3 Nov 2026 at 10:02, Bob <b@acme.test> wrote:\n> b",
        "a",
    ),
    "an HTML comment is not seen": ("/incident note a <!-- b -->\n<!-- c -->\n", "a"),
    "a hard break": ("/incident note a\\\nb  \nc<br>\nd", "a\nb\nc\nd"),
    "all of it below": ("/incident note\na\nb", "a\nb"),
    "what an editor escaped": ("/incident note \\*a\\* dana\\_smith \\| 14:05", "*a* dana_smith | 14:05"),
    "what stands in code": ("/incident note `a\\_b` c\\_d", "`a\\_b` c_d"),
    "a number and a result": ("/incident task done 2\nfound it\nand fixed it", "done 2\nfound it\nand fixed it"),
    "a reason that has begun": ("/incident severity sev1 half of\nall users", "sev1 half of\nall users"),
    "no reason": ("/incident severity sev1\nHello everybody", "sev1"),
    "no text": ("/incident claim lead\nI take it", "lead"),
    "joined emoji": (
        "/incident note \U0001f469\u200d\U0001f680 is on it\u200d",
        "\U0001f469\u200d\U0001f680 is on it",
    ),
    "unseen signs": ("/inci\u00addent no\u200bte a\u2068b\u2069 \u202bc\u202c", "ab c"),
}  # fmt: skip


@pytest.mark.parametrize("case", TEXTS)
def test_how_far_a_text_goes(case: str, ended: Ended) -> None:
    body, text = TEXTS[case]
    assert run(ended(body))[0].text == text


MESSAGES = {
    "below": ("/incident update external\nMail is late.", "Mail is late."),
    "below, after a gap": ("/incident update external\n\nMail is late.\n\nSorry.", "Mail is late.\n\nSorry."),
    "a quote right below": ("/incident update external\n> Mail is late.\n\nremark", "> Mail is late."),
    "a quote after a gap": (
        "/incident update external\n\n> Mail\n>\n> is late.\n\nremark",
        "> Mail\n>\n> is late.",
    ),
    "a quote with a gap": ("/incident update external\n> Mail\n\n> is late.", "> Mail\n\n> is late."),
    "a quote that goes on": ("/incident update external\n> Mail\nis late.\n- remark", "> Mail\nis late."),
    "a quote, and after a gap another between fences": (
        "/incident update external\n> Mail\n> is late.\n\n>>>\nremark\n>>>",
        "> Mail\n> is late.",
    ),
    "a quote with the sign of a fence that is not closed": (
        "/incident update external\n> Mail\n>>>\n> is late.",
        "> Mail\n>>>\n> is late.",
    ),
    "a quote between fences": (
        "/incident update external\n>>>\nMail\n\nis late.\n>>>\nremark",
        ">>>\nMail\n\nis late.\n>>>",
    ),
    "behind a colon": ("/incident update external: Mail is late.\n\nremark", ""),
    "behind a colon, and on": ("/incident update external: Mail\nis late.\n\nremark", "is late."),
    "behind a colon without a blank": ("/incident update external:Mail\nis late.", "is late."),
    "behind a colon without a blank, to two": ("/incident update external,internal:Mail\nis late.", "is late."),
    "behind a wide colon": ("/incident update external：Mail\nis late.", "is late."),
    "below a channel": ("/incident update external via Teams:General\nMail is late.", "Mail is late."),
    "below a time": ("/incident update external at 14:05\nMail is late.", "Mail is late."),
    "a bare colon": ("/incident update external:\nMail is late.", "Mail is late."),
    "up to a signature": ("/incident update external\nMail is late.\n-- \nCarol", "Mail is late."),
    "up to a mail": (
        "/incident update external\nMail is late.\n\nOn Tue, 3 Nov 2026 at 10:02, Bob <b@acme.test> wrote:\n> b",
        "Mail is late.",
    ),
    "without comments": ("/incident update external\nMail is late.\n\n<!-- added by a tool -->", "Mail is late."),
    "a quote, then a comment": (
        "/incident update external\n> Mail is late.\n<!-- added by a tool -->",
        "> Mail is late.",
    ),
    "a list": ("/incident update external\n- Mail is late.\n- Sorry.", "- Mail is late.\n- Sorry."),
    "an option with a colon, and a quote": (
        "/incident update external --now why: so\n> Mail is late.",
        "> Mail is late.",
    ),
    "a quote right below no-update": ("/incident no-update external\n> Nothing new.\n\nremark", "> Nothing new."),
    "no message of no-update": ("/incident no-update external\nremark", ""),
    "not of other verbs": ("/incident claim lead\n> I take it", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", MESSAGES)
def test_what_is_said_to_others(case: str, ended: Ended) -> None:
    body, message = MESSAGES[case]
    assert below(ended(body)) == [message]


@pytest.mark.parametrize(
    ("said", "joined"),
    [
        ("/incident update external: Some logins fail. /incident update internal: LDAP is corrupt.", True),
        ("/incident update external\n> Some logins fail. /incident update internal > LDAP is corrupt.", True),
        ("/incident update external\n> Type:\n> /incident note what you see", False),
        ("/incident update internal: Type `/incident note what you see`.", False),
        ("/incident update internal: Soon.\n> - /incident note what you see", False),
        ("/incident update internal: Soon.\n> Type\nthen /incident note what you see", False),
        ("/incident update internal: Soon.\nAt ten.\n> Type\nthen /incident note what you see", False),
        ("/incident update internal\n> Do:\n> 1. /incident note what you see", False),
        ("/incident update internal\nType:\n```\nx /incident note what you see\n```", False),
        ("/incident note see /incident/api and /incidents note x, /incident is down", False),
    ],
)
def test_what_was_joined_with_another_command_is_told_to_nobody(said: str, joined: bool) -> None:
    assert unread(said) == [Unread.JOINED if joined else None]


def test_each_message_ends_where_the_next_command_begins(ended: Ended) -> None:
    body = "/incident update external\n> Some logins fail.\n/incident update internal\n> The master is corrupt."
    assert below(ended(body)) == ["> Some logins fail.", "> The master is corrupt."]


def test_a_message_between_fences_ends_where_it_is_closed(ended: Ended) -> None:
    first = "/incident update external\n> Some logins fail."
    fenced = "/incident update internal\n>>>\nThe master is corrupt.\n\n- Rebuild it.\n>>>"
    assert below(ended("\n".join([first, *[fenced] * 3]))) == [
        "> Some logins fail.",
        *[">>>\nThe master is corrupt.\n\n- Rebuild it.\n>>>"] * 3,
    ]


# What is explained instead of run

EXPLAINED = {
    "in the plural": ("/incidents note x", Unread.MISSPELLED),
    "with a gap": ("/ incident note x", Unread.MISSPELLED),
    "with a hyphen": ("/incident-note x", Unread.MISSPELLED),
    "with two slashes": ("//incident note x", Unread.MISSPELLED),
    "with a wide slash": ("\uff0fincident note x", Unread.MISSPELLED),
    "with a slash that was escaped": ("\\/incident note x", Unread.MISSPELLED),
    "with an exclamation mark": ("/incident! note x", Unread.MISSPELLED),
    "with a backslash": ("\\incident note x", Unread.MISSPELLED),
    "as other bots are called": ("!incident note x", Unread.MISSPELLED),
    "with two letters changed over": ("/incidnet note x", Unread.MISSPELLED),
    "with a letter missing": ("/incdent: note x", Unread.MISSPELLED),
    "with a letter too many, among others": ("words\n/inccident note x\nwords", Unread.MISSPELLED),
    "with the bot's name misspelled": ("@incidentbot, note x", Unread.MISSPELLED),
    "without a blank": ("/incidentnote x", Unread.MISSPELLED),
    "with the word twice": ("/incident /incident note x", Unread.MISSPELLED),
    "with the word twice, by name": ("@incident-bot: /inc note x", Unread.MISSPELLED),
    "with a dash": ("/incident — note x", Unread.MISSPELLED),
    "with a please": ("@incident-bot, could you note x", Unread.MISSPELLED),
    "by name, with an exclamation mark": ("@incident-bot! note x", Unread.MISSPELLED),
    "with another behind a line break of HTML": ("/incident note x<br>/incident resolve", Unread.JOINED),
    "with another behind a written line break": ("/incident note x\\n/incident resolve", Unread.JOINED),
    "with another behind a semicolon": ("/incident note x;/incident resolve", Unread.JOINED),
    "below code that is not closed": ("```\nlog\n/incident note x", Unread.UNCLOSED),
    "below code that is closed by too little": ("````\nlog\n```\n\n/incident note x\nwords", Unread.UNCLOSED),
    "below a comment that is not closed": ("<!-- log\n\n/incident note x", Unread.UNCLOSED),
    "one blank before it": (" /incident note x", Unread.INDENTED),
    "three blanks before it": ("   /incident note x", Unread.INDENTED),
    "one blank before it, among others": ("words\n /incident note x\nwords", Unread.INDENTED),
    "one blank before it, below a quote": ("> quote\n /incident note x", Unread.INDENTED),
    "a no-break space before it": ("\u00a0/incident note x", Unread.INDENTED),
    "below a mail": ("-----Original Message-----\nFrom: Bob\nSent: Monday\n\n/incident note x", Unread.MAIL),
    "below a German mail": (
        "Von: Bob <b@acme.test>\nGesendet: Montag\nAn: Alice\nBetreff: x\n\n/incident note x",
        Unread.MAIL,
    ),
    "with another on its line": ("/incident note x /incident resolve", Unread.JOINED),
    "with another on the next line of its text": ("/incident note x\nand y /inc claim lead", Unread.JOINED),
    "with another on its line, twice": ("/incident note /incident note x", Unread.JOINED),
    "too long": ("/incident note " + "x" * (MAX_CHARACTERS + 1), Unread.TOO_LONG),
}  # fmt: skip


@pytest.mark.parametrize("case", EXPLAINED)
def test_what_nearly_is_a_command_is_explained(case: str, ended: Ended) -> None:
    body, why = EXPLAINED[case]
    [found] = find_calls(ended(body), GRAMMAR)
    assert (found.unread, found.verb) == (why, "note")


@pytest.mark.parametrize(
    "body",
    [
        "/incidents/2026/11",
        "/incident/note x",
        "/incident.log",
        "/incident_note x",
        "/incident-report x",
        "/instances note x",
        "/include update external",
        "@incident-manager note x",
        "Incident update: we know more",
        "/var/log note x",
        "```\nlog\n  /incident note x",
        "```\n/incidents note x",
        "- ```\n  log\n\n      /incident note x",
    ],
)
def test_paths_and_other_words_are_left_alone(body: str) -> None:
    assert find_calls(body, GRAMMAR) == ()


def test_what_is_above_a_mail_runs_and_what_is_below_is_explained() -> None:
    mail = "\n\n________________________________\nFrom: Bob <b@acme.test>\nSent: Monday\nTo: Alice\nSubject: x\n\n"
    assert unread(f"/incident note x{mail}/incident resolve") == [None, Unread.MAIL]
    assert unread(f"```{mail}```\n/incident note x") == [None]


def test_a_command_below_the_quoted_lines_of_a_mail_is_the_repliers() -> None:
    assert said("On Tue, 3 Nov 2026 at 10:02, Bob <b@acme.test> wrote:\n> all well?\n/incident note x") == X


# Bounds


def test_only_so_many_commands_of_a_comment_are_run_and_the_rest_is_told(ended: Ended) -> None:
    body = ended("\n".join(f"/inc note {n}" for n in range(MAX_CALLS * 3)))
    *found, last = find_calls(body, GRAMMAR)
    assert [one.text for one in found] == [str(n) for n in range(MAX_CALLS)]
    assert (last.unread, last.line) == (Unread.TOO_MANY, f"/inc note {MAX_CALLS}")


def test_a_command_below_a_long_log_is_found() -> None:
    log = "2026-11-02T08:55:12Z ERROR it's `broken <at> [line]\n" * 2_000
    assert said(f"{log}\n/incident note x") == X
    assert said(f"{log}/incident note x")[0] == ("note", "x")


FULL = 65_536
N = FULL - 10
HEAVY = {
    # A body of 64 KiB, and how many commands are found in it
    "commands": ("/inc note x\n" * (N // 12), MAX_CALLS),
    "commands below a back-tick": ("`\n" + "/inc x\n" * (N // 7), MAX_CALLS),
    "commands below an open comment": ("x <!--\n" + "/inc x\n" * (N // 7), MAX_CALLS),
    "open comments": ("x " + "<!-- " * (N // 5) + "\n/inc x", 1),
    "open brackets": ("x " + "[" * (N - 10) + "\n/inc x", 1),
    "open pictures": ("x " + "![" * (N // 2 - 10) + "\n/inc x", 1),
    "links": ("x " + "[a](b)" * (N // 6 - 10) + "\n/inc x", 1),
    "back-ticks of every length": ("x " + " ".join("`" * n for n in range(1, 355)) + "\n/inc x", 1),
    "open tags": ("x " + "<a b='" * (N // 6 - 10) + "\n/inc x", 1),
    "open character data": ("x " + "<![CDATA[" * (N // 9 - 10) + "\n/inc x", 1),
    "quotes in quotes": (">" * (N - 10) + "\n/inc x", 1),
    "quoted lines": ("> a\n" * (N // 4 - 10) + "\n/inc x", 1),
    "lists in lists": ("- " * (N // 2 - 10) + "\n\n/inc x", 1),
    "deeper and deeper lists": ("".join(" " * n * 2 + "- a\n" for n in range(240)) + "\n/inc x", 1),
    "definitions": ("[a]: b\n" * (N // 7 - 10) + "\n/inc x", 1),
    "open definitions": ("[a\n" * (N // 3 - 10) + "\n\n/inc x", 1),
    "stars": ("x " + "*a **a " * (N // 7 - 10) + "\n/inc x", 1),
    "backslashes": ("\\" * (N - 10) + "\n/inc x", 1),
    "a long table": ("| a |\n|-|\n" + "| a |\n" * (N // 6 - 10) + "\n/inc x", 1),
    "a wide table": ("|" + "a|" * (N // 4 - 10) + "\n|" + "-|" * (N // 4 - 10) + "\n\n/inc x", 1),
    "fences": ("```\n" * 16_000 + "/inc x", 1),
    "one word": ("/inc " + "a" * (N - 10), 1),
    "line breaks": ("/inc x" + "<br>" * (N // 4 - 10) + "x", 1),
    "open code in HTML": ("<div>\n" + "<code" * (N // 5 - 10) + "\n/inc x", 1),
    "tags and fences": ("<div>\n```x\n\n" * (N // 12 - 10) + "/inc x", 1),
    "blanks": (" " * (N - 10) + "\n/inc x", 1),
    "blanks between": ("x" + " " * (N - 10) + "/inc x", 0),
    "blank lines": ("\n" * (N - 10) + "/inc x", 1),
}


ENDED = [(case, end) for at, case in enumerate(HEAVY) for end in one_in(4, ENDS, at)]


@pytest.mark.parametrize(("case", "end"), ENDED)
def test_the_heaviest_texts_are_read_to_their_end(case: str, end: str) -> None:
    """Nothing here is timed: before its cost was bounded, the second of these took minutes."""
    body, count = HEAVY[case]
    assert len(body) <= FULL
    assert len(run(ENDS[end](body))) == count


@given(st.text(alphabet=st.characters(codec=None), max_size=200))
def test_any_text_is_read(text: str) -> None:
    for body in (text, f"/incident {text}", f"{text}\n/incident note x", f"`{text}\n/inc {text}`"):
        for found in find_calls(body, GRAMMAR):
            assert "\n" not in found.line
            assert len(found.digest) == 8
