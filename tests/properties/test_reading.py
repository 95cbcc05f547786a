"""What is found in a comment is what its author meant, wherever it stands (docs/writing-commands.md)."""

from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.properties.comments import drafts
from tests.properties.drafts import Draft, Place
from tests.properties.speech import own_words
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.issue.grammar import Unread
from tracker_bridge.domain.issue.invocations import Found, find_calls

GRAMMAR = COMMANDS.grammar(("/incident", "/inc"), "incident-bot")


def place(found: Found) -> Place:
    """An update with one message behind a colon and one in a quote is refused, whatever stands in either."""
    quoted = any(line.lstrip().startswith(">") for line in found.below.split("\n"))
    refused = found.unread is Unread.JOINED and found.verb == "update" and ": " in found.text and quoted
    return Place.EXPLAINED if found.unread and not refused else Place.RUN


@examples(120)
@given(drafts())
def test_every_command_is_found_where_it_was_meant_and_nothing_else_is(draft: Draft) -> None:
    found = find_calls(draft.body, GRAMMAR)

    if draft.meant:
        assert [(one.verb, place(one)) for one in found] == [(one.verb, one.place) for one in draft.meant]
    else:  # a comment of nothing but commands in code or in a list is explained
        assert {place(one) for one in found} <= {Place.EXPLAINED}


@examples(80)
@given(drafts())
def test_each_command_has_its_own_words_and_nobody_elses(draft: Draft) -> None:
    for found, meant in zip(find_calls(draft.body, GRAMMAR), draft.meant, strict=False):
        if meant.place is Place.RUN and meant.verb != "update":
            assert own_words(f"{found.line}\n{found.text}") == meant.text
            assert own_words(found.below) == meant.message


LOG = "2026-11-02T08:55:12Z ERROR it's broken at line [7]: <none> | retry > 3\n"


@examples(3)
@given(drafts(), st.sampled_from([65_536, 1_000_000]))
def test_so_it_is_below_a_log_as_long_as_the_forges_take(draft: Draft, longest: int) -> None:
    """GitHub takes 65,536 characters, GitLab a million."""
    log = LOG * ((longest - len(draft.body)) // len(LOG))
    found = find_calls(f"{log}\n{draft.body}", GRAMMAR)

    assert [(one.verb, place(one)) for one in found] == [(one.verb, one.place) for one in draft.meant]


@examples(60)
@given(drafts())
def test_line_ends_change_nothing(draft: Draft) -> None:
    for end in ("\r\n", "\r"):
        assert find_calls(draft.body.replace("\n", end), GRAMMAR) == find_calls(draft.body, GRAMMAR)
