"""Texts that need no Markdown parser are read as the parser reads them."""

from collections.abc import Sequence
from typing import NoReturn
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.domain import mails
from tests.domain.test_calls_differential import LINES, PREFIXES
from tests.examples import examples
from tests.properties.comments import drafts
from tests.properties.drafts import Draft
from tracker_bridge.domain.issue import invocations, markdown
from tracker_bridge.domain.issue.grammar import Grammar, Takes
from tracker_bridge.domain.issue.invocations import Found
from tracker_bridge.domain.issue.mail import original_from
from tracker_bridge.domain.issue.markdown import Layout, layout_of

GRAMMAR = Grammar(
    ("/incident", "/inc"), "bot", (("note", Takes.TEXT), ("update", Takes.MESSAGE), ("subject", Takes.LINE))
)
COMMANDS = [
    *["/incident note x", "/inc update external: x", "@bot note x", "/incidents note x", "/incidnet note x"],
    *["\\/inc note x", "!inc note x", "\uff0fincident note x", "\u200b/inc note x", "/inc\u00a0note a|b"],
    *["/inc note `x", "/inc note <!-- x", "/inc note <b title='", "/inc note x\\", "/inc note x<br>", "/incident"],
]  # fmt: skip
OTHERS = [
    *["===", "---", "- ", "+", "14:05 down", "14. down", "14) down", "1234567890. x", ":--", ":-:|--", "|", ">>>"],
    *["a\tb", "\t", " \t", "   ", "    ", "     x", "\u2028", "\u2029/inc note x", "a\x85b", "\x1c", "\x00"],
    *["[a]: /inc", "<details>", "<pre>", "</p>", "<?", "]]>", "+++", "title: x", "\\", "a\\", "**x", "__", "_x_"],
    *["`a` b `c`", "`a`b`", "\\`a`", "a `b\\` c", "``a``", "`a` \\ `b`", "``` `a` ```", "` `", "a` `b"],
    *["~", "~~", "~~x~~", "$$", "a | b", "-- ", "--- | :-:", "@bot", "[^1]: x", ": x", "é", "ça va", "١. x"],
]  # fmt: skip
MAIL = [line for text in (*mails.UNQUOTED.values(), *mails.REPLY_HEADERS.values()) for line in text.split("\n")]

lines = st.one_of(
    st.builds(str.__add__, st.sampled_from(PREFIXES), st.sampled_from(LINES + OTHERS)),
    st.builds(str.__add__, st.sampled_from(["", "", "", *PREFIXES]), st.sampled_from(COMMANDS)),
    st.sampled_from(MAIL),
    st.text("a`\\ ", max_size=9),
    st.text("ab/>`~<[]-=+*_#|:.)1 \t\x0b\u00a0\u2028", max_size=8),
    st.text(st.characters(exclude_characters="\r\n"), max_size=8),
)
texts = st.lists(lines, min_size=1, max_size=6)


def parsed(body: str) -> tuple[Found, ...]:
    """Read a text with the parser, all of it, and all of a mail that is in it."""

    def read(those: Sequence[str], _spelled: object) -> Layout:
        spelled = dict(_spelled)  # type: ignore[call-overload]  # what the commands of a text are handed over as
        shown = [spelled[n][0] if n in spelled else line for n, line in enumerate(those)]
        return markdown._parsed(shown, spelled)

    with (
        patch.object(invocations, "_layout_of", read),
        patch.object(invocations, "original_from", lambda those, _: original_from(those)),
    ):
        return invocations._read(body, GRAMMAR)


@examples(150)
@given(texts, st.sets(st.integers(0, 5)))
@example(["a | b", "--- | ---"], {0})
@example(["/inc note x", ">>>", "a", ">>>"], {0})
def test_a_plain_text_has_the_layout_that_the_parser_gives_it(those: list[str], typed: set[int]) -> None:
    assert layout_of(those, typed) == markdown._parsed(those, typed)


@examples(150)
@given(texts, st.sampled_from(["\n", "\n", "\r\n", "\r"]))
@example(["\\subject: x", "From: a@b.test", "Sent: 10:02"], "\n")
@example(["/inc note x", "", "From: a@b.test", "Sent: 10:02", "/inc note y"], "\n")
@example(["@bot note x", "```", "/inc note y"], "\n")
def test_its_commands_are_those_that_the_parser_shows(those: list[str], ending: str) -> None:
    body = ending.join(those)

    assert invocations._read(body, GRAMMAR) == parsed(body)


@examples(50)
@given(drafts())
def test_so_are_those_of_a_comment_as_people_write_it(draft: Draft) -> None:
    assert invocations._read(draft.body, GRAMMAR) == parsed(draft.body)


@pytest.mark.parametrize(
    "body",
    [
        "/incident note the queue is full",
        "/incident update external\n> We are looking into it.\n\n```\nlog\n```",
        "The queue is `full`, I `think`.\n\n/incident note the queue is full\n14:05 as well, said Zoë (see below)",
    ],
)
def test_what_most_people_write_takes_no_parser(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: object) -> NoReturn:
        pytest.fail("it was parsed")

    monkeypatch.setattr(markdown, "_parsed", parse)

    assert [one.line for one in invocations._read(body, GRAMMAR)] == [
        line for line in body.split("\n") if line.startswith("/")
    ]
