"""Changes, as people read them before they are made."""

from datetime import UTC, datetime

import click

from tracker_bridge.cli.changes import name_change, show_changes
from tracker_bridge.domain.issue.changes import (
    Close,
    Document,
    Edit,
    Post,
    React,
    Reaction,
    Relabel,
    Remove,
    Reopen,
)
from tracker_bridge.domain.issue.issue import Comment, Issue, IssueRef, Person, TrackerUrl

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
BOT = Person(1, "bridge", bot=True)


def _issue(*bodies: str) -> Issue:
    ref = IssueRef("github", "acme/api", 12)
    comments = tuple(
        Comment(n, BOT, NOON, NOON, body, TrackerUrl(""), ours=True) for n, body in enumerate(bodies, 1)
    )
    return Issue(
        ref, BOT, BOT, "t", "", TrackerUrl(""), NOON, NOON, open=True, labels=frozenset(), comments=comments
    )


def _shown(issue: Issue, *changes: Post | Edit | Remove | Relabel) -> list[str]:
    return click.unstyle(show_changes(issue, changes)).splitlines()


def test_every_change_has_a_name() -> None:
    document = Document("status", "text")
    names = [
        name_change(change)
        for change in (
            Post(document, pin=True),
            Edit(7, document),
            Remove(7),
            React(7, Reaction.ACCEPTED),
            React(0, Reaction.REFUSED, on=False),
            Relabel(frozenset({"b", "a"}), frozenset({"c"})),
            Close(),
            Close(done=False),
            Reopen(),
        )
    ]
    assert names == [
        "post a comment (status), pinned",
        "edit comment 7 (status)",
        "remove comment 7",
        "react +1 to comment 7",
        "take confused back from the opening post",
        "labels +a +b -c",
        "close the issue",
        "close the issue as not planned",
        "reopen the issue",
    ]


def test_a_new_comment_is_shown_whole() -> None:
    assert _shown(_issue(), Post(Document("status", "one\ntwo"))) == [
        "* post a comment (status)",
        "  + one",
        "  + two",
        "  + ",
        "  + <!-- tracker-bridge:status -->",
    ]


def test_an_edit_is_shown_as_what_differs_with_a_little_around_it() -> None:
    before = Document("status", "\n".join(f"line {n}" for n in range(20))).text
    after = Document("status", "\n".join("new" if n == 10 else f"line {n}" for n in range(20)))
    assert _shown(_issue(before), Edit(1, after)) == [
        "* edit comment 1 (status)",
        "    ...",
        "    line 8",
        "    line 9",
        "  - line 10",
        "  + new",
        "    line 11",
        "    line 12",
    ]


def test_a_removed_comment_is_shown_as_what_goes() -> None:
    assert _shown(_issue("gone\nsoon"), Remove(1)) == ["* remove comment 1", "  - gone", "  - soon"]


def test_hidden_lines_are_cut_and_control_signs_made_visible() -> None:
    lines = _shown(_issue(), Post(Document("status", f"<!-- {'x' * 500} -->\n\x1b[2J\u202egnp")))
    assert len(lines[1]) < 120
    assert lines[1].endswith("...")
    assert lines[2] == "  + \\u001b[2J\\u202egnp"


def test_labels_of_others_can_not_command_the_terminal() -> None:
    assert name_change(Relabel(frozenset({"a\x1b[2J\nb"}))) == "labels +a\\u001b[2J b"
