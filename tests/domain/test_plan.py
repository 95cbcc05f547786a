"""The difference between what is there and what should be: carried out, there is none left."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tracker_bridge.domain.issue.changes import (
    Change,
    Close,
    Document,
    Edit,
    Pin,
    Post,
    React,
    Reaction,
    Relabel,
    Remove,
    Reopen,
    key_of,
    marker,
)
from tracker_bridge.domain.issue.documents import ANSWERS, KINDS, PASSING, STATUS, SUMMARY
from tracker_bridge.domain.issue.issue import Comment, Issue, IssueRef, Person, TrackerUrl
from tracker_bridge.domain.issue.plan import DesiredState, known_links, plan
from tracker_bridge.domain.issue.reactions import acknowledgements

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
BOT, ALICE = Person(1, "incident-bot", bot=True), Person(11, "alice")
ROOM = 2_500
KEYS = [
    STATUS,
    SUMMARY,
    "duty:opener",
    "duty:1042.alice",
    "refusal:1042",
    "help:1042",
    "show:7",
    "linked:opened.7:12",
]
FOREIGN_KEYS = ["someday", "later:1042", "statuses", "duties:7"]


def comment(number: int, body: str, *, ours: bool = False) -> Comment:
    return Comment(
        number, BOT if ours else ALICE, NOW, NOW, body, TrackerUrl(f"https://forge.test/{number}"), ours=ours
    )


def issue(*comments: Comment, labels: frozenset[str] = frozenset(), is_open: bool = True) -> Issue:
    ref = IssueRef("local", "acme/shop", 7)
    return Issue(ref, BOT, ALICE, "t", "", TrackerUrl("https://forge.test"), NOW, NOW, is_open, labels, comments)


class Model:
    """An issue as a tracker would keep it, just enough to carry changes out on."""

    def __init__(self, before: Issue, given: dict[int, Reaction]) -> None:
        self.issue = before
        self.given = dict(given)
        self.writes = 0

    def apply(self, change: Change) -> None:
        self.writes += 1
        match change:
            case Post(document):
                number = 2_000 + len(self.issue.comments) + self.writes
                stored = document.text.replace("\n\n", " \n\r\n").rstrip()  # forges touch the white space
                self._comments(*self.issue.comments, comment(number, stored, ours=True))
            case Edit(number, document):
                self._change(number, document.text)
            case Remove(number):
                self._comments(*(one for one in self.issue.comments if one.id != number))
            case React(number, reaction, True):
                assert number not in self.given, "a second reaction"
                self.given[number] = reaction
            case React(number, reaction, False):
                assert self.given.pop(number) is reaction
            case Relabel(add, remove):
                self.issue = replace(self.issue, labels=(self.issue.labels | add) - remove)
            case Close() | Reopen():
                self.issue = replace(self.issue, open=isinstance(change, Reopen))
            case _:
                raise AssertionError(change)

    def _comments(self, *comments: Comment) -> None:
        self.issue = replace(self.issue, comments=comments)

    def _change(self, number: int, body: str) -> None:
        assert any(one.id == number and one.ours for one in self.issue.comments), "somebody else's comment"
        self._comments(*(replace(one, body=body) if one.id == number else one for one in self.issue.comments))


BODIES = st.sampled_from(["a", "b\n\nc", "d \n e", "*\n\n\n*"])


@st.composite
def threads(draw: st.DrawFn) -> Issue:
    """Draw a thread of people's comments (some with our markers), ours, doubles, and old kinds."""
    kinds = draw(st.lists(st.sampled_from(["people", "pasted", "ours", "ours", "foreign", "broken"]), max_size=12))
    comments = []
    for number, kind in enumerate(kinds, start=1001):
        key = draw(st.sampled_from(FOREIGN_KEYS if kind == "foreign" else KEYS))
        body = draw(BODIES)
        text = {
            "people": body,
            "pasted": f"{body}\n\n{marker(key)}",
            "broken": f"{marker(key)}\n\n{body}",
        }.get(kind, f"{body}\n\n{marker(key)}")
        comments.append(comment(number, text, ours=kind in ("ours", "foreign", "broken")))
    labels = draw(st.frozensets(st.sampled_from(["incident", "Incident", "sev1", "SEV1", "sev2", "bug"])))
    return issue(*draw(st.permutations(comments)), labels=labels, is_open=draw(st.booleans()))


@st.composite
def wishes(draw: st.DrawFn) -> DesiredState:
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True))
    reactions = st.dictionaries(st.integers(1000, 1012) | st.just(0), st.sampled_from(Reaction), max_size=8)
    labels = draw(st.frozensets(st.sampled_from(["incident", "sev1", "sev2"])))
    return DesiredState(
        documents=tuple(Document(key, draw(BODIES)) for key in keys),
        labels=labels,
        no_labels=draw(st.frozensets(st.sampled_from(["sev1", "sev2", "sev3"]))) - labels,
        given=draw(reactions),
        reactions=draw(reactions),
        open=draw(st.sampled_from([True, False, None])),
    )


@examples(40)
@given(threads(), wishes())
def test_second_plan_is_empty(before: Issue, wanted: DesiredState) -> None:
    """Invariant 2: what the plan says is done once, and then nothing is left to do."""
    there = {0, *(one.id for one in before.comments)}
    model = Model(before, {number: one for number, one in wanted.given.items() if number in there})
    for change in plan(before, wanted, ROOM):
        model.apply(change)
    assert plan(model.issue, replace(wanted, given=model.given), ROOM) == ()
    assert {n: one for n, one in model.given.items() if n in there} == {
        n: one for n, one in wanted.reactions.items() if n in there
    }


@examples(40)
@given(threads(), wishes())
def test_at_rest_there_is_one_comment_for_each_document_and_the_lowest_id_won(
    before: Issue, wanted: DesiredState
) -> None:
    """Invariant 8."""
    model = Model(before, dict(wanted.given))
    for change in plan(before, wanted, ROOM):
        if not isinstance(change, React):
            model.apply(change)
    known: dict[str, int] = {}
    for one in sorted(before.comments, key=lambda one: one.id):
        if one.ours and (key := key_of(one.body)):
            known.setdefault(key, one.id)
    ours = [
        one for one in model.issue.comments if one.ours and (key_of(one.body) or "").partition(":")[0] in KINDS
    ]
    stays = {SUMMARY} & known.keys()  # corrected, but never taken back
    assert sorted(key_of(one.body) or "" for one in ours) == sorted({one.key for one in wanted.documents} | stays)
    for one in ours:
        assert one.id == known.get(key_of(one.body) or "", one.id)


@examples(40)
@given(threads(), wishes(), st.integers(1, 1015), st.booleans())
def test_what_was_said_in_the_past_is_neither_taken_back_nor_said_again(
    before: Issue, wanted: DesiredState, past: int, over: bool
) -> None:
    wanted = replace(wanted, past=past, over=over)
    model = Model(before, dict(wanted.given))
    changes = plan(before, wanted, ROOM)
    for change in changes:
        model.apply(change)

    for one in changes:
        if isinstance(one, Post):
            kind, _, about = one.document.key.partition(":")
            asked_again = kind == "refusal" and not over
            number = about.partition(".")[0]
            assert kind not in ANSWERS or asked_again or (number.isdecimal() and int(number) > past)
    kept = {key for key in map(key_of, (c.body for c in before.comments if c.ours and c.id <= past)) if key}
    left = {key_of(one.body) for one in model.issue.comments if one.ours}
    assert {key for key in kept if over and key.partition(":")[0] not in PASSING} <= left
    assert {key for key in kept if key.startswith(("duty:", "linked:"))} <= left
    assert plan(model.issue, replace(wanted, given=model.given), ROOM) == ()


@examples(40)
@given(threads(), wishes())
def test_what_is_not_ours_or_of_another_kind_is_never_touched(before: Issue, wanted: DesiredState) -> None:
    touched = {change.comment for change in plan(before, wanted, ROOM) if isinstance(change, Edit | Remove)}
    safe = {
        one.id
        for one in before.comments
        if not one.ours or (key_of(one.body) or "").partition(":")[0] not in KINDS
    }
    assert not touched & safe


@examples(40)
@given(wishes())
def test_the_order_is_safe_to_be_cut_off_anywhere(wanted: DesiredState) -> None:
    """
    What only the receipts in the status comment remember comes before it; it is the first of the comments.

    Reactions where there was none are the last of all: whether they are there can be asked.
    """
    changes = plan(issue(comment(1001, "x"), is_open=False), wanted, ROOM)
    last = acknowledgements(changes)
    assert changes[len(changes) - len(last) :] == last
    kinds = [type(change) for change in changes[: len(changes) - len(last)]]
    first = next((n for n, kind in enumerate(kinds) if kind in (Post, Edit, Remove)), len(kinds))
    assert not {React, Relabel, Close, Reopen} & set(kinds[first:])
    if any(document.key == STATUS for document in wanted.documents):
        posted = changes[first]
        assert isinstance(posted, Post)
        assert posted.document.key == STATUS
        assert posted.pin


# By example


def test_what_the_status_comment_remembers_is_elsewhere_before_it_lets_go_of_it() -> None:
    wanted = DesiredState(
        (Document("duty:7.1", "a"), Document(STATUS, "new"), Document("receipts:1", "old calls"))
    )
    keys = [one.document.key for one in plan(issue(), wanted, ROOM) if isinstance(one, Post | Edit)]
    assert keys == [STATUS, "duty:7.1", "receipts:1"]
    there = issue(comment(1, Document(STATUS, "old").text, ours=True))
    keys = [one.document.key for one in plan(there, wanted, ROOM) if isinstance(one, Post | Edit)]
    assert keys == ["receipts:1", STATUS, "duty:7.1"]


def test_nothing_wanted_and_nothing_there_is_nothing_to_do() -> None:
    assert plan(issue(), DesiredState(), ROOM) == ()
    assert plan(issue(comment(1, "hello")), DesiredState(), ROOM) == ()


def test_of_doubles_the_lowest_id_is_kept_whatever_the_order() -> None:
    text = Document(STATUS, "now").text
    doubles = [comment(number, text, ours=True) for number in (1005, 1002, 1009)]
    wanted = DesiredState((Document(STATUS, "now"),))
    assert plan(issue(*doubles), wanted, ROOM) == (Remove(1005), Remove(1009))


STATUS_THERE = comment(1001, Document(STATUS, "now").text, ours=True)


@pytest.mark.parametrize(
    ("status", "pinned", "planned"),
    [
        (STATUS_THERE, 0, (Pin(1001),)),
        (replace(STATUS_THERE, updated_at=NOW + timedelta(seconds=1)), 0, (Pin(1001),)),
        (replace(STATUS_THERE, updated_at=NOW + timedelta(minutes=1)), 0, ()),
        (STATUS_THERE, 1001, ()),
        (STATUS_THERE, 1002, (Pin(1001),)),
        (STATUS_THERE, 1003, ()),
        (STATUS_THERE, None, ()),
    ],
    ids=[
        "as posted",
        "a second apart",
        "edited since",
        "pinned",
        "another of ours",
        "a person's",
        "no pins there",
    ],
)
def test_a_status_comment_is_pinned_while_it_is_as_it_was_posted(
    status: Comment, pinned: int | None, planned: tuple[Change, ...]
) -> None:
    wanted = DesiredState((Document(STATUS, "now"),), pin=True)
    there = issue(status, replace(comment(1002, "an old status"), author=BOT), comment(1003, "see here"))
    assert plan(replace(there, pinned=pinned), wanted, ROOM) == planned
    assert plan(replace(there, pinned=pinned), replace(wanted, pin=False), ROOM) == ()


def test_the_issues_that_were_opened_are_told_by_our_first_comment_about_each() -> None:
    bodies = [
        "linked:opened.7:12",
        "linked:postmortem:13",
        "linked:opened.7:14",
        "linked:action.8:soon",
        "linked:x",
    ]
    ours = [comment(number, Document(key, "here").text, ours=True) for number, key in enumerate(bodies, start=1)]
    theirs = comment(9, Document("linked:opened.9:15", "here").text)
    assert known_links(issue(*ours, theirs)) == {"opened.7": 12, "postmortem": 13}


@pytest.mark.parametrize(("past", "said"), [(6, True), (7, False), (8, False), (0, True)])
def test_what_answers_a_comment_of_the_past_is_not_said_any_more(past: int, said: bool) -> None:
    wanted = DesiredState((Document("duty:7.1", "yours"),), past=past)
    assert bool(plan(issue(), wanted, ROOM)) is said


def test_a_comment_that_another_version_of_the_bot_wrote_is_left_alone() -> None:
    there = comment(1001, f"x\n\n{marker('forecast:12')}", ours=True)
    assert plan(issue(there), DesiredState(), ROOM) == ()


def test_a_reply_goes_when_its_reason_is_gone() -> None:
    there = comment(1001, Document("refusal:1000", "no").text, ours=True)
    assert plan(issue(there), DesiredState(), ROOM) == (Remove(1001),)


def test_a_marker_that_somebody_pasted_does_not_make_a_comment_ours() -> None:
    pasted = comment(1001, Document(STATUS, "fake").text)
    wanted = DesiredState((Document(STATUS, "now"),))
    assert plan(issue(pasted), wanted, ROOM) == (Post(wanted.documents[0], pin=True),)


@pytest.mark.parametrize(
    ("stored", "same"),
    [
        ("a\n\nb\n\n{}", True),
        ("a\r\n\r\nb\r\n\r\n{}", True),
        ("a \n\nb  \n\n{}\n\n", True),
        ("a\n\nb\n\n\n{}", False),
        (" a\n\nb\n\n{}", False),
        ("a\n\nB\n\n{}", False),
    ],
)
def test_what_a_forge_does_to_white_space_is_no_difference(stored: str, same: bool) -> None:
    there = comment(1001, stored.format(marker(STATUS)), ours=True)
    document = Document(STATUS, "a\n\nb")
    assert plan(issue(there), DesiredState((document,)), ROOM) == (() if same else (Edit(1001, document),))


@pytest.mark.parametrize("key", KEYS)
def test_in_a_thread_that_is_nearly_full_only_status_and_summary_are_posted(key: str) -> None:
    people = [comment(number, "hello") for number in range(1, ROOM - 40)]
    document = Document(key, "x")
    posts = plan(issue(*people), DesiredState((document,)), ROOM)
    assert posts == ((Post(document, pin=key == STATUS),) if key in (STATUS, SUMMARY) else ())
    assert plan(issue(*people[:-20]), DesiredState((document,)), ROOM) == (Post(document, pin=key == STATUS),)


def test_in_a_full_thread_what_is_there_is_kept_up_to_date_and_taken_away() -> None:
    people = [comment(number, "hello") for number in range(1, ROOM)]
    there = comment(ROOM, Document("refusal:1", "no").text, ours=True)
    edited = Document("refusal:1", "still no")
    assert plan(issue(*people, there), DesiredState((edited,)), ROOM) == (Edit(ROOM, edited),)
    assert plan(issue(*people, there), DesiredState(), ROOM) == (Remove(ROOM),)


def test_labels_are_found_whatever_their_case_and_others_are_left_alone() -> None:
    there = frozenset({"Incident", "SEV2", "Sev2", "bug"})
    wanted = DesiredState(labels=frozenset({"incident", "sev1"}), no_labels=frozenset({"sev2", "sev3"}))
    assert plan(issue(labels=there), wanted, ROOM) == (Relabel(frozenset({"sev1"}), frozenset({"SEV2", "Sev2"})),)


@pytest.mark.parametrize(
    ("is_open", "wanted", "expected"),
    [
        (True, DesiredState(open=False), (Close(done=True),)),
        (True, DesiredState(open=False, done=False), (Close(done=False),)),
        (False, DesiredState(open=True), (Reopen(),)),
        (True, DesiredState(open=True), ()),
        (False, DesiredState(open=False), ()),
        (True, DesiredState(open=None), ()),
        (False, DesiredState(open=None), ()),
    ],
)
def test_the_issue_is_closed_and_opened_once(
    is_open: bool, wanted: DesiredState, expected: tuple[Change, ...]
) -> None:
    assert plan(issue(is_open=is_open), wanted, ROOM) == expected


def test_a_reaction_is_changed_and_taken_back_but_not_on_comments_that_are_gone() -> None:
    given = {1: Reaction.ACCEPTED, 2: Reaction.ACCEPTED, 3: Reaction.ACCEPTED, 9: Reaction.ACCEPTED}
    wished = {0: Reaction.REFUSED, 1: Reaction.ACCEPTED, 2: Reaction.REFUSED, 8: Reaction.ACCEPTED}
    there = issue(*(comment(number, "x") for number in (1, 2, 3)))
    assert plan(there, DesiredState(given=given, reactions=wished), ROOM) == (
        React(2, Reaction.ACCEPTED, on=False),
        React(2, Reaction.REFUSED),
        React(3, Reaction.ACCEPTED, on=False),
        React(0, Reaction.REFUSED),
    )
