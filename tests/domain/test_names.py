"""Whom a text names: a whole name, or nobody. No account is ever read out of a part of one."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_bridge.domain.incident.names import Mention, is_name, mentions

NAMES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,38}", fullmatch=True)
LETTERS = st.characters(categories=["L", "N", "M"]).filter(lambda sign: not sign.isascii())


def named(text: str) -> list[str]:
    return [one.name for one in mentions(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@dana", ["dana"]),
        (
            "@dana.smith @dana_smith @octo_acme @a.b-c_d @0x",
            ["dana.smith", "dana_smith", "octo_acme", "a.b-c_d", "0x"],
        ),
        ("@" + "x" * 39, ["x" * 39]),
        ("@acme/on-call @acme/platform/sre", ["acme/on-call", "acme/platform/sre"]),
        ("@dana\\_smith @dana\\-x @dana\\.y \\@zoe", ["dana_smith", "dana-x", "dana.y", "zoe"]),
        ("@dana, @bob; @carol: @erin. (@femi) @gus!", ["dana", "bob", "carol", "erin", "femi", "gus"]),
        ("@dana,@bob @carol;@erin @femi&@gus", ["dana", "bob", "carol", "erin", "femi", "gus"]),
        ('@dana... @bob?! "@carol" «@erin» “@femi”', ["dana", "bob", "carol", "erin", "femi"]),
        ("@dana's box, @bob’s, @james' box", ["dana", "bob", "james"]),
        ("**@dana** _@bob_ __@carol__ *@erin*", ["dana", "bob", "carol", "erin"]),
        ("@dana*x @bob\\*x", ["dana", "bob"]),
        (
            "@dana—please @bob–now @carol|14:05 @erin、@femi @gus👍",
            ["dana", "bob", "carol", "erin", "femi", "gus"],
        ),
        ("@da\u200bna @da\u00adna \u2068@dana\u2069 @dana\u200e", ["dana"] * 4),
        ("@dependabot[bot] @renovate\\[bot\\]", ["dependabot[bot]", "renovate[bot]"]),
        ("cc:@dana <@bob>", ["dana", "bob"]),
        ("@dana- @dana_", ["dana-", "dana_"]),
        ("[@dana](https://forge.test/dana)", ["dana"]),
    ],
)
def test_whole_names_are_read(text: str, names: list[str]) -> None:
    assert named(text) == names


UNREADABLE = (
    ("@jürgen", "@dаna", "@данa", "@danaさん", "@dana\u0301", "@ma\u00f1ana", "@jür\u200bgen", "@x/y/ü"),
    ("@o'brien", "@o’brien", "@dana+bob", "@dana=x", "@dana`x`", "@dana·x", "@08:55", "@dana#1234"),
    ("@dana@mastodon.test", "@dana:matrix.test", "@dana/", "@dana/@bob", "@" + "x" * 256),
)
NOBODY = (
    ("", "@", "@ dana", "@-x", "@...", "＠dana", "~~@dana~~", "foo_@dana", "eve.@dana", "bob\u200b@acme.test"),
    ("bob@acme.test", "mailto:bob@acme.test", "https://medium.test/@bob/post"),
    ("`@Retryable`", "``a ` @x``", "@babel/core@8", "@types/node@^20.1"),
)


@pytest.mark.parametrize("text", [*itertools.chain(*UNREADABLE)])
def test_what_goes_on_is_nobody_and_told_as_it_was_typed(text: str) -> None:
    assert list(mentions(f"role scribe {text} now")) == [Mention(12, 12 + len(text), "", text)]


@pytest.mark.parametrize("text", [*itertools.chain(*NOBODY)])
def test_what_is_no_name_names_nobody(text: str) -> None:
    assert named(text) == []


@given(NAMES, LETTERS, st.text(max_size=5))
def test_a_name_that_goes_on_in_any_script_is_never_shortened(name: str, letter: str, more: str) -> None:
    assert not any(named(f"@{name}{letter}{more}")[:1])


@given(st.text(alphabet=st.sampled_from("@ab-_./'’:#+`\\[]é\u200b\u0301 ,*~"), max_size=40))
def test_what_is_read_stands_there_from_its_beginning_to_its_end(text: str) -> None:
    """Whatever stands beside it: behind a name there is no sign of a word, and before it none either."""
    for one in mentions(text):
        assert text[one.start : one.end].strip("*_\\") == one.typed.strip("*_\\")
        if not one.name:
            continue
        after = text[one.end :].lstrip("\u200b.")[:1]
        assert is_name(one.name)
        assert not after or unicodedata.category(after)[0] not in "LNM" or text[one.end] == "."
