"""Every kind of event is told in words of its own, wherever events are told."""

from dataclasses import replace

import pytest
from jinja2 import nodes

from tests.commands.thread import BEGIN, URL
from tracker_bridge.domain.incident.timeline import TRAITS, About, Kind, TimelineEntry, Withheld
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.issue import TrackerUrl
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.templates_folder import templates_folder

FULL = TimelineEntry(
    "1042",
    Kind.NOTE,
    Moment(BEGIN),
    BEGIN,
    "alice",
    TrackerUrl(URL),
    what="12",
    who="bob",
    text="the pool is full",
)
BARE = replace(FULL, what="", who="", text="")

ENVIRONMENT = documents_environment(templates_folder())
WORDS = ENVIRONMENT.from_string('{% import "_parts.md.j2" as parts %}{{ parts.words(entry) }}')


def told(entry: TimelineEntry) -> str:
    return WORDS.render(entry=entry)


def macros(part: str) -> set[str]:
    tree = ENVIRONMENT.parse((templates_folder() / part).read_text("utf-8"))
    return {macro.name for macro in tree.find_all(nodes.Macro)}


def test_every_kind_has_a_macro_and_every_macro_a_kind() -> None:
    assert macros("_events.md.j2") == {kind.name.lower() for kind in Kind}


def test_every_kind_is_told_in_words_of_its_own() -> None:
    texts = {kind: told(replace(FULL, kind=kind)) for kind in Kind}
    assert all(text.strip() == text != "" for text in texts.values()), texts
    assert len(set(texts.values())) == len(texts)


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.NOTE, Kind.MERGED}))
def test_whatever_is_not_known_something_is_said(kind: Kind) -> None:
    """A note without words is refused before it is one, and a merge has its number."""
    assert told(replace(BARE, kind=kind))


@pytest.mark.parametrize("withheld", Withheld)
def test_withheld_words_are_not_told_whatever_the_kind(withheld: Withheld) -> None:
    assert not [kind for kind in Kind if "pool" in told(replace(FULL, kind=kind, withheld=withheld))]


def test_every_kind_has_a_row_among_the_traits() -> None:
    assert list(TRAITS) == list(Kind)


def test_whatever_ends_an_incident_is_major_and_must_be_heard() -> None:
    assert {kind for kind in Kind if kind.traits.ends} == {Kind.RESOLVED, Kind.CANCELLED, Kind.MERGED}
    assert all(kind.traits.major and kind.traits.hear for kind in Kind if kind.traits.ends)
    told = (About.WORK, About.MONITORING)
    assert not [kind for kind in Kind if kind.traits.major and kind.traits.about not in told]
