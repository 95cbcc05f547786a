"""What was said, read from what follows a command; places and audiences as people write them."""

import pytest

from tracker_bridge.domain.incident.audiences import audience_words, is_audience_name
from tracker_bridge.domain.incident.channels import places
from tracker_bridge.domain.incident.communications import spoken_lines


@pytest.mark.parametrize(
    ("quote", "lines"),
    [
        ("We are on it.", ("We are on it.",)),
        ("> We are on it.", ("We are on it.",)),
        (">We are on it.", ("We are on it.",)),
        ("> one\n> two", ("one", "two")),
        ("> one\n>\n> two", ("one", "", "two")),
        ("> one\n\n> two", ("one", "", "two")),
        ("> one\nlazily continued\n\nA remark of mine", ("one", "lazily continued")),
        ("one\n\n> quoted inside", ("one", "", "> quoted inside")),
        ("> - a list\n>   - inside", ("- a list", "  - inside")),
        (">>>\none\n\ntwo\n>>>\nA remark", ("one", "", "two")),
        (">>>\nnever closed", ("never closed",)),
        ("\n\n  \n", ()),
        ("", ()),
        (">", ()),
    ],
)
def test_the_message_is_the_quote_or_all_of_it(quote: str, lines: tuple[str, ...]) -> None:
    """S80."""
    assert spoken_lines(quote) == lines


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#status", ("#status",)),
        ("#status, all@acme.test,  the   desk ", ("#status", "all@acme.test", "the desk")),
        ("Mail, mail,,", ("Mail",)),
        (" , ", ()),
    ],
)
def test_places_are_free_form_and_separated_by_commas(text: str, found: tuple[str, ...]) -> None:
    """S3."""
    assert places(text) == found


def test_audiences_are_separated_by_commas_or_spaces() -> None:
    assert audience_words("Internal, external management,internal") == ("internal", "external", "management")


@pytest.mark.parametrize(
    ("name", "fits"), [("board", True), ("a-b2", True), ("", False), ("a b", False), ("é", False)]
)
def test_the_name_of_an_audience_is_one_word(name: str, fits: bool) -> None:
    assert is_audience_name(name) is fits
