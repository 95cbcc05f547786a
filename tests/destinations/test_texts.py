"""No text, whatever it is, calls anybody at any service, or hides where a link leads."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.examples import examples
from tracker_bridge.destinations.slack import escaped
from tracker_bridge.destinations.texts import defused, plain

GRAMMARS = {
    "slack": r"<(?:[!@#]|https?:|mailto:|tel:)[^>\n]*>",
    "mattermost, rocket, matrix": r"@(?:channel|here|all|room|[a-z0-9][\w.-]*)",
    "discord": r"@everyone|@here|<@[!&]?\d+>|<#\d+>|</[^:>]+:\d+>|\[[^\]\n]*\]\([^)\n]+\)",
    "zulip": r"@_?\*{1,2}[^*\n]+\*{1,2}|\[[^\]\n]*\]\([^)\n]+\)",
    "google chat": r"<users/(?:all|\d+)>|<https?://[^|>\n]+\|[^>\n]+>",
    "teams": r"<at[^>\n]*>[^<\n]*</at>|\[[^\]\n]*\]\([^)\n]+\)",
    "webex": r"<@(?:all|personEmail:|personId:)[^>\n]*>",
    "feishu, lark, dingtalk": r"<at [^>\n]*>|@(?:all|\d+)",
    "nextcloud talk": r"@all|@\"[^\"\n]+\"",
    "commands": r"\A/\w+",
    "pictures": r"!\[[^\]\n]*\]\([^)\n]+\)|<img\b[^>\n]*>",
    "definitions": r"(?m)^ {0,3}\[[^\]\n]+\]:",
}
"""What each service does something about, as its documentation has it."""

CORPUS = [
    "<!channel>",
    "<!here|x>",
    "<@U012AB3CD>",
    "<#C123ABC|general>",
    "<https://evil.example|acme.com>",
    "@channel @here @all @room @everyone",
    "<@&1234> <@!1>",
    "@**all** @_**Aaron|9**",
    "<users/all>",
    "<at>Alice</at>",
    '<at user_id="all"></at>',
    "[acme.com](https://evil.example)",
    "[acme.com][1]\n\n[1]: https://evil.example",
    "[acme]\n\n[acme]: https://evil.example",
    "![x](https://evil.example/pixel)",
    "<img src=https://evil.example/pixel>",
    "/poll Who pays?",
    "\u200b/poll Who pays?",
    "@\u200bchannel @\u2060here",
    "<\u200b!channel>",
    "\u202e<!channel>",
]
SNIPPETS = st.one_of(
    st.sampled_from([*CORPUS, "@", "<", "]", "(", "[", "!", "\n", "/", ">", "|", "\u200b"]), st.text()
)
TEXTS = st.lists(SNIPPETS, max_size=8).map("".join)
MARKDOWN = MarkdownIt("commonmark")


def does_something(text: str) -> list[str]:
    return [name for name, grammar in GRAMMARS.items() if re.search(grammar, text, re.IGNORECASE)]


@pytest.mark.parametrize("text", CORPUS)
def test_the_corpus_would_do_something(text: str) -> None:
    assert does_something(plain(text))


@pytest.mark.parametrize("shown", [defused, escaped])
@examples(75)
@given(text=TEXTS)
def test_no_text_does_anything(shown: Callable[[str], str], text: str) -> None:
    result = shown(text)
    assert does_something(result) == []
    if shown is escaped:
        assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", result)


@examples(75)
@given(text=TEXTS)
def test_no_link_has_another_text_than_where_it_leads(text: str) -> None:
    inline = [one for block in MARKDOWN.parse(defused(text)) for one in block.children or ()]
    assert [one.type for one in inline if one.type in ("link_open", "image", "html_inline")] == []


@examples(50)
@given(text=TEXTS)
def test_the_words_stay_as_they_are(text: str) -> None:
    assert defused(text).replace("\u200b", "") == plain(text)
    assert plain(plain(text)) == plain(text)


def test_lines_stay_and_what_hides_text_goes() -> None:
    assert plain("a\r\nb\u2028c\u202ed\x00\te\n") == "a\nb\ncd\te"
