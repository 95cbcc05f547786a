"""Lines that can be read, and that hold no secret."""

import io
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import pytest

from tracker_bridge.logs import HIDDEN, Redaction, configure_logging

Written = Callable[..., io.StringIO]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """Configure logging into a buffer; what pytest had configured is put back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level

    def written(
        level: str = "info", form: Literal["text", "json"] = "text", secrets: Iterable[str] = ()
    ) -> io.StringIO:
        stream = io.StringIO()
        configure_logging(level, form, secrets, stream)
        return stream

    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("tracker_bridge").setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "ghs_16C7e42F292c6912E7710c838347Ae178B4a",
        "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz",
        "glpat-XXXXabcdefghij_klmno",
        "glrt-t1_abcdefghijklmnopqrst",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw+A/=",
        "xoxb-1234567890-abcdefghij",
        "eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjE2MDAwMDAwMDB9.c2lnbmF0dXJlLW9mLWFuLWFwcA",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEA cut off here",
    ],
)
def test_what_looks_like_a_token_is_hidden_wherever_it_stands(secret: str) -> None:
    assert Redaction()(f"before '{secret}") == f"before '{HIDDEN}"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Authorization: Bearer hunter2", f"Authorization: {HIDDEN}"),
        ("{'Authorization': 'token hunter2', 'Accept': 'x'}", f"{{'Authorization': '{HIDDEN}', 'Accept': 'x'}}"),
        ('{"PRIVATE-TOKEN": "hunter2"}', f'{{"PRIVATE-TOKEN": "{HIDDEN}"}}'),
        ("x-gitlab-token=hunter2 host=a", f"x-gitlab-token={HIDDEN} host=a"),
        ("GET https://me:hunter2@git.acme.org/x", f"GET https://{HIDDEN}@git.acme.org/x"),
    ],
)  # fmt: skip
def test_what_follows_a_credentials_name_is_hidden(text: str, rest: str) -> None:
    assert Redaction()(text) == rest


@pytest.mark.parametrize(
    "text",
    [
        "looked at github:acme/api#12 in 120 ms",
        "POST https://gitlab.com/api/v4/projects/acme%2Fapi/issues/3/notes: 502",
        "authorization was refused",
        "glob-style patterns are not a token",
        "https://git.acme.org:8080/a@b",
    ],
)
def test_ordinary_lines_stay_as_they_are(text: str) -> None:
    assert Redaction(["a known secret"])(text) == text


def test_known_values_are_hidden_also_when_escaped_and_the_longest_first() -> None:
    redaction = Redaction(["tok", "hunter2", "hunter2 and more", 'quo"ted\n', ""])
    assert redaction("hunter2 and more; hunter2; tok") == f"{HIDDEN}; {HIDDEN}; tok"
    assert redaction(json.dumps({"signing_key": 'quo"ted\n'})) == f'{{"signing_key": "{HIDDEN}"}}'
    assert redaction(repr('quo"ted\n')) == f"'{HIDDEN}'"


def test_a_line_says_when_how_grave_where_and_what(written: Written) -> None:
    stream = written("info")
    logging.getLogger("tracker_bridge.worker").info("looked at %s", "github:acme/api#12")
    logging.getLogger("tracker_bridge.worker").debug("not this")
    at, rest = stream.getvalue().split(" ", 1)
    assert at.endswith("Z")
    assert rest == "INFO worker: looked at github:acme/api#12\n"


def test_a_message_can_not_command_the_terminal(written: Written) -> None:
    stream = written()
    logging.getLogger("x").warning("title: %s", "\x1b[2Jgone\x07 \x9b1m")
    assert stream.getvalue().endswith("title: \\x1b[2Jgone\\x07 \\x9b1m\n")


def test_what_people_wrote_can_not_begin_a_line_of_the_log(written: Written) -> None:
    stream = written()
    logging.getLogger("x").warning("title: %s", "a\n2026-01-01T00:00:00Z ERROR forged\r\nb")
    assert [line[:4] for line in stream.getvalue().splitlines()[1:]] == ["    ", "    "]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_traceback_is_redacted_too(written: Written, form: str) -> None:
    stream = written("info", form, ["s3cr3t-value"])
    try:
        int("s3cr3t-value")
    except ValueError:
        logging.getLogger("x").exception("failed with %s", "s3cr3t-value")
    text = stream.getvalue()
    assert "s3cr3t-value" not in text
    assert text.count(HIDDEN) >= 2
    assert "ValueError" in text


def test_json_is_one_object_per_line(written: Written) -> None:
    stream = written("debug", "json")
    logging.getLogger("tracker_bridge.sweep").debug("two\nlines with “quotes”")
    (line,) = stream.getvalue().splitlines()
    record = json.loads(line)
    assert record.keys() == {"at", "level", "logger", "message"}
    assert record["level"] == "debug"
    assert record["message"] == "two\nlines with “quotes”"


def test_libraries_stay_quiet_below_error_whatever_the_level(written: Written) -> None:
    stream = written("debug")
    logging.getLogger("urllib3.connectionpool").warning("Retrying: /secret")
    logging.getLogger("urllib3.connectionpool").error("gave up")
    assert stream.getvalue().count("\n") == 1
    assert "gave up" in stream.getvalue()


def test_only_the_bridge_itself_debugs(written: Written) -> None:
    lines = written("debug")
    for name in ("markdown_it.rules_block.paragraph", "tracker_bridge.worker", "flask", "urllib3.connectionpool"):
        logging.getLogger(name).debug("%s debugs", name)
        logging.getLogger(name).warning("%s warns", name)

    said = [line.partition(": ")[2] for line in lines.getvalue().splitlines()]
    assert said == [
        "markdown_it.rules_block.paragraph warns",
        "tracker_bridge.worker debugs",
        "tracker_bridge.worker warns",
        "flask warns",
    ]
