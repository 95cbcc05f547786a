"""Every document, with anything in place of every word that a person wrote: it keeps its shape, and is safe."""

import itertools
import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.commands.thread import BOT
from tests.rendering.corpus import ALL, QUICK_ACTIONS, TEXTS
from tests.rendering.gfm import FOUND_BY_FORGES, links, skeleton, words
from tests.rendering.story import (
    captured,
    documents,
    hasty,
    in_private,
    lonely,
    merged,
    over,
    planned,
    reported,
    running,
    templates_used,
    withdrawn,
)
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.issue.changes import Document
from tracker_bridge.domain.issue.documents import is_registered
from tracker_bridge.domain.issue.gate import check, commands_in
from tracker_bridge.rendering.environment import mention
from tracker_bridge.sandbox.gitlab.quick_actions import NAMES, SUBSTITUTIONS, extract
from tracker_bridge.templates_folder import templates_folder

ROOTS = ("/incident", "/inc")
GRAMMAR = COMMANDS.grammar(ROOTS, BOT.login)
STORIES = {
    story.__name__: story()
    for story in (running, over, merged, lonely, hasty, reported, withdrawn, captured, planned, in_private)
}
OLD_QUICK_ACTION = re.compile(
    rf"^/(?:{'|'.join(sorted((*NAMES, *SUBSTITUTIONS), key=len, reverse=True))})(?: [^\n]*)?\s*$",
    re.IGNORECASE | re.MULTILINE,
)
"""How GitLab's older extractor found them, without what it left out: it looked into HTML comments as well."""

NOT_COMMENTS = frozenset({"alert.md.j2", "alerts.md.j2", "incident.md.j2", "report.md.j2"})
"""Documents that are not about an incident of a thread: files on a person's computer, and what an alert says."""

TEXTS_SAID = [text for text in ALL if text]

stories = pytest.mark.parametrize("story", STORIES)


def spoken(texts: Iterator[str]) -> Callable[[str], str]:
    """Say the next text for every word not said before, and the same for the same."""
    said: dict[str, str] = {}
    return lambda word: said.setdefault(word, next(texts))


def never_twice(texts: list[str]) -> Iterator[str]:
    """Two people or places of one name would change what a document has to say."""
    yield from {" ".join(text.casefold().split()): text for text in texts}.values()
    yield from (f"{text} {number}" for number, text in enumerate(itertools.cycle(texts)))


def plain() -> Iterator[str]:
    return (f"word{number}" for number in itertools.count())


def check_document(name: str, poisoned: Document, harmless: Document) -> None:
    text = poisoned.text
    if "brief" in name:  # what somebody outside is told leaves out impacts that seem to name somebody
        assert set(skeleton(text)) <= set(skeleton(harmless.text)), name
    else:
        assert skeleton(text) == skeleton(harmless.text), name
    assert links(text) == links(harmless.text), name
    assert found_by_forges(poisoned) == found_by_forges(harmless), name
    assert not OLD_QUICK_ACTION.search(text), name
    assert extract(text)[1] == [], name
    assert not commands_in(text, GRAMMAR), name
    check(poisoned, ROOTS, BOT.login, 60_000)


def found_by_forges(document: Document) -> list[str]:
    """Return what a forge finds in the finished text, but for the mentions that are meant."""
    left = words(document.text)
    for login in sorted(document.mentions, key=len, reverse=True):
        left = left.replace(str(mention(login)), "")
    return FOUND_BY_FORGES.findall(left)


def without_code(text: str) -> str:
    return re.sub("`+[^`\n]+`+", "", text)


@cache
def harmless_documents(story: str) -> dict[str, Document]:
    return documents(STORIES[story], spoken(plain()))


def check_story(story: str, texts: Iterator[str]) -> None:
    harmless = harmless_documents(story)
    poisoned = documents(STORIES[story], spoken(texts))
    assert poisoned.keys() == harmless.keys()
    for name, document in poisoned.items():
        check_document(name, document, harmless[name])


@stories
@pytest.mark.parametrize("first", range(0, len(TEXTS_SAID), 32))
def test_the_corpus_in_every_place_of_every_document(story: str, first: int) -> None:
    check_story(story, never_twice([*TEXTS_SAID[first:], *TEXTS_SAID[:first]]))


@pytest.mark.parametrize("first", range(0, len(TEXTS_SAID), 32))
def test_the_corpus_in_an_action_item_that_is_longer_than_a_title(first: int) -> None:
    rest = " and so on" * 25
    texts = (text + rest for text in never_twice([*TEXTS_SAID[first:], *TEXTS_SAID[:first]]))
    poisoned = documents(STORIES["running"], spoken(texts))
    harmless = documents(STORIES["running"], spoken(text + rest for text in plain()))
    items = [name for name in harmless if " action." in name]
    assert items
    assert all("and so on and so on" in harmless[name].text for name in items)
    for name in items:
        check_document(name, poisoned[name], harmless[name])


@stories
def test_quick_actions_in_every_place_of_every_document(story: str) -> None:
    check_story(story, never_twice(QUICK_ACTIONS[:: 7 + len(story)]))


SHORT = TEXTS.map(lambda text: text[:190]).filter(str.strip)
"""Anything that fits into a title: a longer action item is written out in its issue, in a paragraph of its own."""


@settings(max_examples=4, phases=[Phase.generate])
@given(st.lists(SHORT, min_size=40, max_size=40, unique=True), st.sampled_from(sorted(STORIES)))
def test_anything_in_every_place_of_every_document(texts: list[str], story: str) -> None:
    """Failures are not made smaller: that would take longer than to read them."""
    check_story(story, never_twice(texts))


def test_every_template_was_among_them() -> None:
    """A new document takes part in these tests once a story in ``story.py`` leads to it."""
    for thread in STORIES.values():
        documents(thread, spoken(plain()))
    there = {file.name for file in templates_folder().glob("[!_]*.md.j2")}
    assert there - templates_used() <= NOT_COMMENTS


@stories
def test_every_document_is_registered(story: str) -> None:
    found = documents(STORIES[story], spoken(plain())).values()
    assert [one.key for one in found if not is_registered(one.key)] == []


def test_a_document_without_a_row_is_not_sent() -> None:
    assert [key for key in ("someday", "dutys:1", "", ":1") if is_registered(key)] == []


@stories
def test_the_bot_never_commands_itself(story: str) -> None:
    """Invariant 6, whatever the words; and no key comes twice."""
    thread = STORIES[story]
    thread_documents = documents(thread, lambda word: f"/incident {word}").values()
    for document in thread_documents:
        assert not commands_in(document.text, GRAMMAR)


@stories
def test_no_document_says_anything_relative_to_now(story: str) -> None:
    """Invariant 2: rendered again, it is the same text."""
    thread = STORIES[story]
    again = {name: document.text for name, document in documents(thread, spoken(plain())).items()}
    assert again == {name: document.text for name, document in documents(thread, spoken(plain())).items()}
    assert not [name for name, text in again.items() if re.search(r"\bago\b(?!`)", without_code(text))]
