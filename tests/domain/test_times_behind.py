"""Which bar a time stands behind, and which is a part of what was said (S55, S56)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_times import ACCEPTED, REASONS, SPANS
from tracker_bridge.domain.incident.times.behind import holds_time, stray_time, trailing_time

TIMES = [
    *ACCEPTED,
    *SPANS,
    *REASONS,
    "14", "1405", "14:5", "12:80", "8.55", "20 ago", "~teatime", "~ 2 h", "20m", "20 minutes before that",
    "14:05 CST", "08:55 sharp", "14:05, alice told us", "dunno, maybe 08:55", "08:55 (from the log of db-7)",
    "sometime around 14:05", "alice restarted db-7 at 14:05", "Zeit 08:55", "um 08:55", "vers 8h55", "⏰ 08:55",
    "t=08:55", "at noonish", "half past two", "quarter past 8", "some time ago", "a few minutes ago",
    "ten minutes ago", "an hour", "last night", "this morning", "early morning", "yesterday evening",
    "today we saw it", "Monday", "Nov 1", "1st of Nov", "2026-11-02", "5 pm or so", "<time>", "TIME",
    "1763820300", "8 Uhr", "22.11.", "20m before", "2 hrs",
]  # fmt: skip

TEXTS = [
    "grep java", "grep checkout", "wc -l", "tee /tmp/x-2026.log", "tee backup-2026-11-02.sql", "grep 14:05",
    "grep '2026-11-02T08:55' app.log", "head -20", "sort -k2", "jq .time", "awk '{print $1}'", "xargs kill -9",
    "less", "sed s/14:05/x/", "cut -d: -f1", "python3 -m json.tool", "ourtool --since 14:05",
    'mail -s "14:05" ops', "/usr/bin/foo", '= "14:05"', '~ "5.."', "timechart span=1h", "disk are fine", "c",
    "5 errors", "450ms", "85%", "502 errors", "3 of 5 nodes are down", "10.0.0.5:5432", "localhost:8080",
    "1.2.3", "v1.2.3", "p99", "db-7", "10.0.0.1", "the night shift took over", "memory is fine", "00:1a:2b:3c",
    "db:14:05", "", " ", "0.5%", "1.25 GB", "404s", "24 h rolling average is up", "7 days of retention",
    "30 minutes of data lost", "5 second timeout", "see https://x.test/a?t=14:05", "1,200 rps",
    "less than a minute", "p95 450 ms",
]  # fmt: skip


@pytest.mark.parametrize("text", TIMES, ids=repr)
def test_what_holds_a_time_is_never_text(text: str) -> None:
    assert holds_time(text)
    assert trailing_time(f"first calls | {text}") == ("first calls", text.strip())
    assert trailing_time(f"first calls|{text}")[0] == "first calls"


@pytest.mark.parametrize("text", TEXTS, ids=repr)
def test_what_is_plainly_no_time_is_text(text: str) -> None:
    assert trailing_time(f"ran x | {text}") == (f"ran x | {text}".strip(), "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", ("x", "")),
        ("x |", ("x |", "")),
        ("|", ("|", "")),
        ("| 14:05", ("", "14:05")),
        ("a | b | c", ("a | b | c", "")),
        ("a | b | 14:05", ("a | b", "14:05")),
        ("a || 14:05", ("a", "14:05")),
        ("a | 14:05 |", ("a", "14:05")),
        ("a \\| 14:05", ("a", "14:05")),
        ("a ｜ 14:05", ("a", "14:05")),
        ("a │ 14:05", ("a", "14:05")),
        ("ran `ps | grep 14:05`", ("ran `ps | grep 14:05`", "")),
        ("ran `ps | grep x` | 14:05", ("ran `ps | grep x`", "14:05")),
        ("ran ``a ` | 14:05`` | `14:10`", ("ran ``a ` | 14:05``", "`14:10`")),
        ("a ` | 14:05", ("a `", "14:05")),
        ("a | 14:05\nsecond line", ("a\nsecond line", "14:05")),
        ("a\nb | 14:05\nc", ("a\nb\nc", "14:05")),
        ("a\n| 14:05", ("a", "14:05")),
        ("a | 14:05\nps | grep x", ("a\nps | grep x", "14:05")),
        ("`a\nb | 14:05`\nc", ("`a\nb | 14:05`\nc", "")),
    ],
)
def test_a_time_stands_behind_the_last_bar_of_its_line(text: str, expected: tuple[str, str]) -> None:
    assert trailing_time(text) == expected


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("a | 14:05 | thanks", "14:05"),
        ("a | 14:05\nb", "14:05"),
        ("a | ~14:05 |", "~14:05"),
        ("a | b", ""),
        ("a", ""),
        ("14:05 | a", ""),
        ("`a | 14:05`", ""),
        ("ps | grep 14:05", ""),
    ],
)
def test_a_second_time_behind_a_bar_is_found(text: str, time: str) -> None:
    assert stray_time(text) == time


@given(st.text(alphabet=st.sampled_from("a| `\n14:05~\\｜"), max_size=40))
def test_nothing_of_a_text_is_lost(text: str) -> None:
    kept, time = trailing_time(text)
    for word in (*kept.split(), *time.split()):
        assert word.strip("|\\｜") in text
    assert not time or holds_time(time)
    letters = [sign for sign in text if sign in "a145:0~`"]
    assert sorted(sign for sign in kept + time if sign in "a145:0~`") == sorted(letters)
