"""Whose words they are stays so, whoever edits what else of a comment, and however much of it the forge tells."""

from collections import defaultdict
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import PEOPLE, Thread, declared
from tests.examples import examples
from tests.properties.comments import drafts
from tests.properties.drafts import Below, Block, Draft
from tracker_bridge.domain.fold.authorization import Authorizer
from tracker_bridge.domain.fold.fold import all_calls
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import NOBODY, Person
from tracker_bridge.domain.issue.receipts import Receipts

EDITORS = [PEOPLE["alice"], PEOPLE["carol"], PEOPLE["mallory"]]


def changed(draw: st.DrawFn, draft: Draft) -> Draft:
    """Return the comment with its boxes ticked, its typos mended, and more said around its commands."""
    blocks: list[tuple[bool, Block]] = []
    for gap, block in draft.blocks:
        if block.free and draw(st.booleans()):
            ticked = (line.replace("- [ ]", "- [x]").replace("think", "thought") for line in block.lines)
            block = replace(block, lines=tuple(ticked))  # noqa: PLW2901  # the block as it is by now
        blocks.append((gap, block))
    more = Block("paragraph", ("- [ ] ask `db1`", "", "I forgot: the *disk* is full,"))
    if draw(st.booleans()):
        blocks = [(False, more), (True, blocks[0][1]), *blocks[1:]]
    if blocks[-1][1].below in (Below.NOTHING, Below.PARAGRAPH) and draw(st.booleans()):
        blocks.append((True, more))
    return Draft(tuple(blocks))


@st.composite
def edited_drafts(draw: st.DrawFn) -> tuple[Draft, Draft]:
    before = draw(drafts().filter(lambda draft: draft.meant))
    return before, changed(draw, before)


@examples(50)
@given(edited_drafts(), st.sampled_from([*EDITORS, NOBODY, None]), st.booleans(), st.booleans())
def test_an_edit_of_anything_else_changes_nothing(
    versions: tuple[Draft, Draft], editor: Person | None, looked: bool, forgotten: bool
) -> None:
    before, after = versions
    thread = declared()
    thread.say("alice", "/incident claim lead")
    number = thread.say("bob", before.body)
    incident = thread.look().incident if looked or editor == NOBODY else thread.incident

    thread.edit(number, after.body, editor)
    if forgotten and editor != NOBODY:
        thread = _without_receipts(thread)

    assert replace(thread.incident, comms=replace(thread.incident.comms, words=())) == replace(
        incident, comms=replace(incident.comms, words=())
    )


def _without_receipts(thread: Thread) -> Thread:
    thread.receipts = Receipts()
    return thread


# Several people edit one comment


@dataclass(frozen=True)
class Version:
    """The notes of a comment after somebody wrote it; ``looked``: the bridge looks before the next edit."""

    by: Person
    notes: tuple[str, ...]
    looked: bool

    @property
    def body(self) -> str:
        return "\n".join(f"/incident note {one}" for one in self.notes) or "Never mind."


def histories(*, unique: bool = False) -> st.SearchStrategy[list[Version]]:
    notes = st.lists(st.sampled_from("abcdef"), max_size=4, unique=unique).map(tuple)
    versions = st.builds(Version, st.sampled_from(EDITORS[:2]), notes, st.booleans())
    return st.lists(versions, min_size=2, max_size=6)


def writers(history: list[Version]) -> list[tuple[str, Person]]:
    """Return who wrote each note of the last version: whoever put it there, and it stood there since."""
    by: dict[str, Person] = {}
    for version in history:
        by = {note: by.get(note, version.by) for note in version.notes}
    return list(by.items())


def heard(thread: Thread, number: int) -> list[Invocation]:
    grammar = thread.commands.grammar(thread.rules.command_prefixes, "incident-bot")
    calls = all_calls(thread.issue, grammar, Authorizer(thread.receipts), thread.rules)
    return [call for call in calls if call.comment == number]


def played(history: list[Version], *, told: bool) -> tuple[Thread, int]:
    """Post a comment and edit it; the forge tells of every version if ``told``, else of the last editor."""
    thread = declared()
    first, *edits = history
    number = thread.say(first.by.login, first.body)
    for before, version in zip(history, edits, strict=False):
        if before.looked:
            thread.look()
        thread.edit(number, version.body, version.by)
        if not told:
            comments = tuple(replace(one, revisions=()) for one in thread.issue.comments)
            thread.issue = replace(thread.issue, comments=comments)
    return thread, number


@examples(60)
@given(histories(unique=True), st.booleans())
def test_each_note_is_by_whoever_wrote_it_first(history: list[Version], looked: bool) -> None:
    history = [replace(version, looked=looked) for version in history]
    thread, number = played(history, told=True)

    assert [(call.text, call.actor) for call in heard(thread, number)] == writers(history)
    notes = thread.entries(Kind.NOTE)
    assert sorted((one.text, one.author) for one in notes) == sorted((n, p.login) for n, p in writers(history))


@examples(60)
@given(histories(), st.booleans())
def test_nobody_is_taken_for_the_author_of_what_somebody_else_wrote(history: list[Version], told: bool) -> None:
    """Also where the forge does not tell who wrote which version, and whenever the bridge looks."""
    thread, number = played(history, told=told)
    wrote = {(version.by, note) for version in history for note in version.notes}

    for call in heard(thread, number):
        assert call.doubtful or (call.actor, call.text) in wrote


@examples(50)
@given(histories())
def test_a_note_keeps_its_number_while_it_stands(history: list[Version]) -> None:
    before: dict[str, set[int]] = {}
    history = [replace(version, looked=True) for version in history]
    for count in range(1, len(history) + 1):
        thread, number = played(history[:count], told=True)
        now: defaultdict[str, set[int]] = defaultdict(set)
        for call in heard(thread, number):
            now[call.text].add(call.ordinal)
        assert sum(map(len, now.values())) == len(history[count - 1].notes)
        for note, numbers in before.items():
            assert len(numbers & now[note]) == min(len(numbers), len(now[note]))
        before = dict(now)
