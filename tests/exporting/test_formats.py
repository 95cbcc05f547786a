"""JSON and CSV that do no harm, whatever people wrote."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_bridge.exporting.formats import as_csv, as_json

NOW = datetime(2026, 11, 22, 16, 5, 30, 999, tzinfo=timezone(timedelta(hours=2)))


def cell(value: str) -> str:
    [[_], [read]] = csv.reader(io.StringIO(as_csv(["x"], [[value]])))
    return read


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n=", "  =", "\u200b=", "＝", "－", "＋", "＠"])
def test_a_spreadsheet_takes_it_for_text(sign: str) -> None:
    """https://owasp.org/www-community/attacks/CSV_Injection"""
    assert cell(f'{sign}HYPERLINK("https://evil.test")').startswith("'")


@pytest.mark.parametrize(
    "text", ["rolled back", "1 + 1 = 2", "a@b.test", "5 - 3", "'quoted'", 'ä, "b"; c', "/incident"]
)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


def test_numbers_times_and_lengths_are_no_text() -> None:
    row = [3, -90, True, False, None, NOW, timedelta(minutes=2, milliseconds=600), timedelta(seconds=-90)]
    assert as_csv(["a"], [row]).splitlines()[1] == "3,-90,true,false,,2026-11-22T14:05:30Z,121,-90"


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_every_row_is_one_line_and_no_cell_begins_a_formula(rows: list[list[str]]) -> None:
    text = as_csv(["a", "b"], rows)
    assert text.count("\n") == len(rows) + 1
    read = list(csv.reader(io.StringIO(text)))[1:]
    assert len(read) == len(rows)
    assert not any(value[:1] in tuple("=+-@\t\r") for row in read for value in row if value)


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda inner: st.dictionaries(st.text(), inner, max_size=3)
    )
)
def test_json_says_what_was_put_in_and_shows_everything_that_is_in_it(value: object) -> None:
    text = as_json({"x": value})
    assert json.loads(text) == {"x": value}
    assert not set(text) & {chr(code) for code in (*range(0x7F, 0xA0), 0x200B, 0x202E, 0x2028, 0x2066, 0xFEFF)}
    assert "<!--" not in text


def test_json_is_readable_in_every_language() -> None:
    assert '"Größe 🔥 日本"' in as_json({"x": "Größe 🔥 日本"})


def test_times_are_utc_to_the_second() -> None:
    assert as_csv(["t"], [[datetime(2026, 1, 5, 12, tzinfo=UTC)]]) == "t\n2026-01-05T12:00:00Z\n"
