"""Text of people in text of ours: it is read as it was meant, and means nothing. Judged by GitHub's own parser."""

import html
import re

import pytest
from hypothesis import example, given

from tests.examples import examples
from tests.rendering import gfm
from tests.rendering.corpus import ALL, QUICK_ACTIONS, TEXTS
from tests.rendering.gfm import FOUND_BY_FORGES, links, skeleton, words
from tracker_bridge.domain.issue.cleaning import clean
from tracker_bridge.domain.issue.issue import TrackerUrl
from tracker_bridge.rendering.environment import link, mention
from tracker_bridge.rendering.escaping import cell, code, prose, spoken

FRAMES = {
    "a paragraph": "{}",
    "a sentence": "Said {} and more.",
    "strong": "It is **{}** indeed.",
    "an item": "- {}\n- next",
    "an item, after a link": "- [14:05](https://forge.test/1) {} — alice",
    "a cell": "| A | B |\n|:--|:--|\n| {} | b |\n| c | d |",
    "a heading": "### 🔴 {}\n\nnext",
    "a fold": "<details>\n<summary>more</summary>\n\n{}\n\n</details>",
    "before a colon": "- **{}**: how",
    "HTML": "<details>\n<summary>{}</summary>\n\nx\n\n</details>",
    "between paragraphs": "before\n\n{}\n\nafter",
}
CODE_FRAMES = {name: frame for name, frame in FRAMES.items() if name != "HTML"}
WORD = "word"

texts = pytest.mark.parametrize("text", ALL, ids=lambda text: ascii(text)[:40])


def seen(text: str) -> str:
    return words(text).replace("\u200b", "")


def check_prose(text: str) -> None:
    escaped = prose(text)
    for frame in FRAMES.values():
        body, plain = frame.format(escaped), frame.format(WORD)
        assert skeleton(body) == skeleton(plain), body
        assert links(body) == links(plain), body
        found = FOUND_BY_FORGES.search(words(body))
        assert not found, (body, found)
        assert not re.search(r"(?m)^\s*/", body), body
    assert seen(str(escaped)).strip() == (clean(text).replace("\u200b", "").strip() or "–")


def check_code(text: str) -> None:
    for name, frame in CODE_FRAMES.items():
        shown = code(text)
        body = frame.format(cell(shown) if name == "a cell" else shown)
        assert skeleton(body) == skeleton(frame.format("`word`")), body
        assert not FOUND_BY_FORGES.search(words(body)), body


def check_spoken(text: str) -> None:
    """A refusal's reason: words of ours around what was typed, in back-ticks or not."""
    for reason in (f"`{text}` is no role", f"there is no {text} here"):
        for frame in CODE_FRAMES.values():
            body = frame.format(cell(spoken(reason)))
            tags = [tag for tag in skeleton(body) if tag not in ("<code []>", "</code>")]
            assert tags == skeleton(frame.format(WORD)), body
            assert not FOUND_BY_FORGES.search(words(body)), body


@texts
def test_prose_of_the_corpus_is_harmless(text: str) -> None:
    check_prose(text)


@texts
def test_code_of_the_corpus_is_harmless(text: str) -> None:
    check_code(text)


@texts
def test_reasons_that_quote_the_corpus_are_harmless(text: str) -> None:
    check_spoken(text)


def test_no_quick_action_starts_a_line() -> None:
    for text in QUICK_ACTIONS:
        for shown in (prose(text), code(text), spoken(text), cell(prose(text))):
            assert not re.search(r"(?m)^[ \t]*/", shown.replace("\r", "")), shown
            assert "\n" not in shown


@examples(125)
@given(TEXTS)
@example("\u1fef\u1fef")
def test_any_prose_is_harmless_and_reads_as_it_was_meant(text: str) -> None:
    check_prose(text)


@examples(75)
@given(TEXTS)
def test_any_code_is_harmless(text: str) -> None:
    check_code(text)


@examples(50)
@given(TEXTS)
def test_any_reason_is_harmless(text: str) -> None:
    check_spoken(text)


@given(TEXTS)
def test_code_is_shown_to_the_letter(text: str) -> None:
    body = str(code(text))
    found = re.fullmatch(r"<p><code>(.*)</code></p>\n", gfm.html(body), re.DOTALL)
    assert found, body
    assert html.unescape(found[1]).strip() == clean(text)


def test_what_needs_no_escaping_is_left_as_it_is() -> None:
    """People read the source of these comments in their mail."""
    for text in (
        "Checkout is down since 14:05:30, 3 of 4 pods (eu-west-1) restarted; p99 = 1.2 s!",
        "Alice's fix: v2.3.1-rc.1, see README.md + notes - not urgent?",
        "C'est la vie, naïve façade — 漢字 한글 👩‍👩‍👧‍👦",
        'done: 100% of 5/5, a+b=c, e.g. (x) "y"',
    ):
        assert prose(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- x", "\\- x"),
        ("+1", "\\+1"),
        ("= x", "\\= x"),
        ("/close", "\\/close"),
        ("1. x", "1\\. x"),
        ("12) x", "12\\) x"),
        ("a_b*c", "a\\_b\\*c"),
        ("a < b > c & d", "a &lt; b \\> c \\& d"),
        ("", "–"),
        ("\u200b\u202e", "–"),
    ],
)
def test_what_is_escaped_and_how(text: str, expected: str) -> None:
    assert prose(text) == expected


# Cutting


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("abcd efg", 6, "abcd…"),
        ("abcde\u0301f" + "x" * 9, 6, "abcdé…"),
        ("abcdx\u0301\u0302fgh", 6, "abcd…"),
        ("abc👩\u200d👧x" + "y" * 9, 5, "abc…"),
        ("abcd👍🏽xyz", 6, "abcd…"),
        ("abcd❤\ufe0fxyz", 6, "abcd…"),
        ("\u0301" * 50, 10, "…"),
        ("  x  ", 1, "x"),
    ],
)
def test_text_is_cut_between_what_people_take_for_letters(text: str, limit: int, expected: str) -> None:
    assert clean(text, limit) == expected


@examples(50)
@given(TEXTS)
def test_what_is_cut_is_as_harmless_and_not_longer_than_asked(text: str) -> None:
    for limit in (1, 2, 5, 20):
        assert len(clean(text, limit)) <= limit
        body = f"- {prose(text, limit)}\n- {code(text, limit)}"
        assert skeleton(body) == skeleton("- word\n- `word`"), body


def test_the_longest_texts_are_escaped_to_their_end() -> None:
    """Not timed: a sign that is looked for far ahead would never come back from these."""
    for piece in (
        ":" + "a" * 9,
        "a" * 10,
        ":a" * 5,
        "`" * 10,
        "[a:" * 3,
        "@a" * 5,
        "$" * 10,
        "\u0301" * 10,
        "1." * 5,
    ):
        text = piece * 4_000
        assert len(prose(text)) >= len(text) / 10
        assert len(code(text)) >= len(text) / 10
        assert len(prose(text, 100)) <= 1_000
        assert spoken(text)


# Addresses and people


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/api/issues/1#issuecomment-12",
        "http://127.0.0.1:8080/gitlab/acme/api/-/work_items/1#note_12",
        "https://forge.test/a_b/c~d?e=f&g=%20",
    ],
)
def test_addresses_of_the_tracker_are_linked(url: str) -> None:
    body = f"| a |\n|---|\n| {link('14:05', TrackerUrl(url))} x |"
    assert links(body) == [url]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.test",
        "/close",
        "ftp://forge.test",
        "https://",
        "https://forge.test/a b",
        "https://forge.test/a\nb",
        "https://forge.test/a\tb",
        "https://forge.test/)[x](https://evil.test",
        "https://forge.test/<b>",
        "https://forge.test/`a`",
        "https://forge.test/a|b",
        "https://forge.test/\\",
        'https://forge.test/"title"',
        " https://forge.test",
        "HTTPS//forge.test",
    ],
)
def test_anything_else_is_not(url: str) -> None:
    assert link("14:05", TrackerUrl(url)) == "14:05"


def test_the_words_of_a_link_are_escaped() -> None:
    body = str(link("](https://evil.test) [x", TrackerUrl("https://forge.test/1")))
    assert links(body) == ["https://forge.test/1"]


@pytest.mark.parametrize("login", ["alice", "Alice-B", "a_b.c", "acme/on-call", "0x"])
def test_people_are_mentioned(login: str) -> None:
    assert mention(login) == f"@{login}"


@pytest.mark.parametrize(
    "login", ["", "all", "All", "here", "channel", "everyone", "a b", "-a", "a\n/close", "a[bot]", "é", "@a"]
)
def test_everybody_and_what_is_no_login_is_not_mentioned(login: str) -> None:
    assert not re.search("@[A-Za-z0-9_]", mention(login))


@pytest.mark.parametrize("space", [" ", "\n", "\n    ", "\t", "\u2028"])
def test_a_space_beside_code_stays_whatever_it_is_made_of(space: str) -> None:
    assert spoken(f"see{space}`--internal`{space}and{space}`x`{space}") == "see `--internal` and `x` "
    assert spoken(f"`--internal`{space}`x`") == "`--internal` `x`"
