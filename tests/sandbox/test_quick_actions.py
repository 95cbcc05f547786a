"""What GitLab takes for a quick action, and what it leaves alone: ``lib/gitlab/quick_actions/extractor.rb``."""

import pytest

from tracker_bridge.sandbox.gitlab.quick_actions import NAMES, QuickAction, extract

CLOSE = QuickAction("close")

EXECUTED = {
    "alone": ("/close", "", [CLOSE]),
    "upper case": ("/CLOSE", "", [CLOSE]),
    "with blanks after it": ("/close   ", "", [CLOSE]),
    "with an argument": ('/label ~"needs help" ~bug', "", [QuickAction("label", '~"needs help" ~bug')]),
    "an argument that is not wanted": ("/close now", "", [QuickAction("close", "now")]),
    "with carriage returns": ("/close\r\n/reopen\r\n", "", [CLOSE, QuickAction("reopen")]),
    "carriage return inside the name": ("/clo\rse", "", [CLOSE]),
    "several": ("/close\n/title A b", "", [CLOSE, QuickAction("title", "A b")]),
    "after text in the same paragraph": ("text\n/close", "text", [CLOSE]),
    "before text in the same paragraph": ("/close\ntext", "text", [CLOSE]),
    "between paragraphs": ("a\n\n/close\n\nb", "a\n\nb", [CLOSE]),
    "after a heading": ("# Title\n/close", "# Title", [CLOSE]),
    "after a bold line": ("**bold**\n/close", "**bold**", [CLOSE]),
    "after a rule": ("---\n/close", "---", [CLOSE]),
    "after a closed comment": ("<!-- x -->\n\n/close", "<!-- x -->", [CLOSE]),
    "after a comment broken by user text": ("<!-- -->\n/x\n\n/close\n-->", "<!-- -->\n/x\n\n-->", [CLOSE]),
    "after a closed fence": ("```\ncode\n```\n/close", "```\ncode\n```", [CLOSE]),
    "after a quote and a blank line": ("> quote\n\n/close", "> quote", [CLOSE]),
    "after a quote fence": (">>>\nquote\n>>>\n/close", ">>>\nquote\n>>>", [CLOSE]),
    "after a list and a blank line": ("- item\n\n/close", "- item", [CLOSE]),
    "after a table and a blank line": ("| a |\n|---|\n| b |\n\n/close", "| a |\n|---|\n| b |", [CLOSE]),
    "in details with blank lines": (
        "<details>\n\n/close\n\n</details>",
        "<details>\n\n</details>",
        [CLOSE],
    ),
    "known, without effect on an issue": ("/merge", "", [QuickAction("merge")]),
    "known, of another edition": ("/page x", "", [QuickAction("page", "x")]),
    "the long name before its prefix": ("/labels ~a", "", [QuickAction("labels", "~a")]),
}

LEFT_ALONE = {
    "longer name": "/closed",
    "name with a dash": "/close-x",
    "blank before it": " /close",
    "tab before it": "\t/close",
    "text before it": "text /close",
    "tab after it": "/close\tnow",
    "our own command": "/incident close",
    "escaped": "\\/close",
    "as an entity": "&#47;close",
    "in a fence": "```\n/close\n```",
    "in a fence with tildes": "~~~\n/close\n~~~",
    "in a fence that never ends": "```\n/close",
    "in an indented block": "    /close",
    "in a quote": "> /close",
    "in the lazy continuation of a quote": "> quote\n/close",
    "in a quote fence": ">>>\n/close\n>>>",
    "in a quote fence right after text": "text\n>>>\n/close\n>>>",
    "in a quote fence that never ends": ">>>\n/close",
    "in a quote fence with paragraphs": ">>>\na\n\n/close\n\nb\n>>>",
    "in a list": "- /close",
    "in the lazy continuation of a list": "- item\n/close",
    "in an ordered list": "1. item\n\n   /close",
    "in a table": "| a |\n|---|\n| /close |",
    "a row of a table": "| a |\n|---|\n/close",
    "in inline code over lines": "`\n/close\n`",
    "in inline code": "text `x\n/close\ny` text",
    "in an HTML block": "<div>\n/close\n</div>",
    "in details without blank lines": "<details>\n/close\n</details>",
    "in a comment": "<!--\n/close\n-->",
    "in a comment inside a paragraph": "text <!--\n/close\n-->",
    "in inline HTML that looks like a block": "text\n<b>\n/close\n</b>",
    "a heading": "/close\n===",
    "only a slash": "/",
    "a path": "/label/bug",
    "full-width slash": "／close",
}


@pytest.mark.parametrize("case", EXECUTED)
def test_a_quick_action_is_executed_and_its_line_is_gone(case: str) -> None:
    sent, saved, found = EXECUTED[case]
    assert extract(sent) == (saved, found)


@pytest.mark.parametrize("case", LEFT_ALONE)
def test_what_is_not_a_quick_action_is_saved_as_it_was_sent(case: str) -> None:
    assert extract(LEFT_ALONE[case]) == (LEFT_ALONE[case].rstrip(), [])


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_reserved_name_is_taken_from_the_text(name: str) -> None:
    assert extract(f"before\n\n/{name} x\n\nafter") == ("before\n\nafter", [QuickAction(name, "x")])


def test_shrug_and_tableflip_leave_their_picture() -> None:
    assert extract("/shrug no idea") == ("no idea ¯\\＿(ツ)＿/¯", [QuickAction("shrug", "no idea")])
    assert extract("/tableflip") == ("(╯°□°)╯︵ ┻━┻", [QuickAction("tableflip")])


def test_the_text_is_normalised_as_it_is_saved() -> None:
    assert extract("a\r\nb  \r\n\r\n") == ("a\nb", [])
