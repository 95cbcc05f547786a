"""The last look at every text: each rule lets the right text through and stops the wrong one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rendering.corpus import QUICK_ACTIONS
from tracker_bridge.domain.issue.changes import Document, marker
from tracker_bridge.domain.issue.gate import UnsafeText, check

ROOTS = ("/incident", "/inc")
BOT = "incident-bot"
ROOM = 60_000


def passes(body: str, *, key: str = "status", mentions: tuple[str, ...] = (), room: int = ROOM) -> None:
    check(Document(key, body, frozenset(mentions)), ROOTS, BOT, room, ("s3cr3t-t0ken",))


def stopped(body: str, *, key: str = "status", mentions: tuple[str, ...] = (), room: int = ROOM) -> str:
    with pytest.raises(UnsafeText) as caught:
        passes(body, key=key, mentions=mentions, room=room)
    return str(caught.value)


# Slashes


@pytest.mark.parametrize(
    "body", ["text /close", "\\/close", "> /close", "| /close |", "a\n`/close`", "- /close", "./close"]
)
def test_a_slash_inside_a_line_passes(body: str) -> None:
    passes(body)


@pytest.mark.parametrize(
    "body", ["/close", "text\n/close", "text\n\n/", " /close", "\t/close", "<!--\n/close\n-->", "```\n/close\n```"]
)
def test_a_slash_at_the_start_of_a_line_is_stopped(body: str) -> None:
    """In code and in comments as well: GitLab's older extractor looks there."""
    assert "begins with a slash" in stopped(body)


def test_no_quick_action_passes() -> None:
    for text in QUICK_ACTIONS:
        with pytest.raises(UnsafeText):
            passes(text)


# Signs that hide


@pytest.mark.parametrize("body", ["tab\tand\nline", "é 漢字 👩‍👩‍👧‍👦 العربية", "a\u200bb", "a\u00a0b"])
def test_plain_signs_pass(body: str) -> None:
    passes(body)


@pytest.mark.parametrize(
    "sign", ["\x00", "\x07", "\x0b", "\x0c", "\r", "\x1b", "\x7f", "\x85", "\u202e", "\u2066", "\u2028", "\ud800"]
)
def test_signs_that_hide_or_break_are_stopped(sign: str) -> None:
    assert "control characters" in stopped(f"a{sign}b")


# Length


def test_what_fits_to_the_character_passes_and_one_more_is_stopped() -> None:
    body = "x" * 100
    length = len(Document("status", body).text)
    passes(body, room=length)
    assert f"{length} characters, and at most {length - 1} fit" in stopped(body, room=length - 1)


# Markers


@pytest.mark.parametrize("key", ["status", "duty:1042.a:2d:b", "refusal:0", "linked:opened.7:12"])
def test_one_marker_at_the_end_passes(key: str) -> None:
    passes("text", key=key)


@pytest.mark.parametrize(
    "body",
    [
        marker("status"),
        marker("summary"),
        f"text {marker('status')} text",
        "<!-- tracker-bridge:x",
        "`<!-- tracker-bridge:x -->`",
    ],
)
def test_a_second_marker_is_stopped(body: str) -> None:
    assert "not have exactly one marker" in stopped(body)


@pytest.mark.parametrize("key", ["", "Status", "duty:a[bot]", "duty:a-b", "a b", "duty:é", "x -->"])
def test_a_key_by_which_the_comment_would_not_be_found_again_is_stopped(key: str) -> None:
    assert "marker is not in the last line" in stopped("text", key=key)


# Mentions


@pytest.mark.parametrize(
    ("body", "mentions"),
    [
        ("@alice, you are", ("alice",)),
        ("@ALICE @alice.", ("Alice",)),
        ("(@alice) [@bob]", ("alice", "bob")),
        ("@acme/on-call", ("acme/on-call",)),
        ("@alice-, you are", ("alice-",)),
        ("`@alice` and ``@bob ` @carol``", ()),
        ("```json\n@alice\n\n`@bob\n```\ntext", ()),
        ("````\n```\n@bob\n```\n````", ()),
        ("eve@example.com", ()),
        ("a @ b, @\u200balice, @", ()),
        ("@-alice", ()),
    ],
)
def test_mentions_that_are_meant_pass(body: str, mentions: tuple[str, ...]) -> None:
    passes(body, mentions=mentions)


@pytest.mark.parametrize(
    "body",
    [
        "@bob",
        "@alice @bob",
        "x\n@bob",
        "(@bob)",
        "/x @bob".replace("/", "."),
        "é@bob",
        "-@bob",
        ".@bob",
        "\\@bob",
        "a/@bob",
        "@@bob",
        "*@bob*",
        "@alice/team",
        "@alice-b",
        "\\`@bob\\`",
        "`code` @bob `code`",
        "` @bob",
        "`` @bob `",
        "`\n@bob\n`",
        "\\`` @bob ` `",
        "[x](https://forge.test/@bob)",
        "```\ncode\n```\n@bob\n```\ncode\n```",
        "```\n@bob",
        "``` x\n@bob\n```",
        "text ```\n@bob\n```",
    ],
)
def test_mentions_of_others_are_stopped(body: str) -> None:
    assert "must not be pinged" in stopped(body, mentions=("alice",))


# Commands and secrets


@pytest.mark.parametrize("body", ["type `/incident help`", "- @\u200bincident-bot help", "> words"])
def test_talking_about_commands_passes(body: str) -> None:
    passes(body)


def test_a_text_that_would_command_the_bot_is_stopped() -> None:
    assert "a command to the bot" in stopped("@incident-bot help", mentions=(BOT,))


def test_a_secret_is_stopped_and_not_told() -> None:
    passes("s3cr3t")
    said = stopped("the token is s3cr3t-t0ken!")
    assert "contains a secret" in said
    assert "s3cr3t" not in said


@given(st.text())
def test_what_is_stopped_is_never_told(body: str) -> None:
    """The message goes to the log: it names the document and the rule, and repeats nothing."""
    said = stopped(f"canary{body}\n/close")
    assert said.startswith("the document status is not sent: ")
    assert "canary" not in said
