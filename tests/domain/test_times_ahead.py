"""Spans of time to come as people write them, for planned maintenance."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_bridge.domain.incident.times import BadTime
from tracker_bridge.domain.incident.times.ahead import Span, parse_end, parse_span

SAID_AT = datetime(2026, 11, 28, 14, 30, tzinfo=UTC)  # a Saturday

ACCEPTED = {
    "2026-12-05 22:00 to 23:30": "12-05 22:00 12-05 23:30",
    "2026-12-05 22:00 to 2026-12-06 01:00": "12-05 22:00 12-06 01:00",
    "2026-12-05 22:00 to 01:00": "12-05 22:00 12-06 01:00",
    "2026-12-05 22:00 UTC until 2026-12-06 01:00 UTC": "12-05 22:00 12-06 01:00",
    "from 2026-12-05 22:00 to 23:30": "12-05 22:00 12-05 23:30",
    "2026-12-05 22:00 – 23:30": "12-05 22:00 12-05 23:30",
    "2026-12-05 22:00-23:30": "12-05 22:00 12-05 23:30",
    "2026-12-05 22:00–23:30 CET": "12-05 21:00 12-05 22:30",
    "2026-12-05 22:00-05:00": "12-05 22:00 12-06 05:00",
    "2026-12-05 22:00-2026-12-06 01:00": "12-05 22:00 12-06 01:00",
    "5 Dec 10pm-11:30pm": "12-05 22:00 12-05 23:30",
    "2026-12-05T22:00Z to 2026-12-05T23:30Z": "12-05 22:00 12-05 23:30",
    "2026-12-05 22:00 to 23:30 CET": "12-05 21:00 12-05 22:30",
    "2026-12-05 22:00 Europe/Berlin to 23:30": "12-05 21:00 12-05 22:30",
    "2026-12-05 22:00 for 2h": "12-05 22:00 12-06 00:00",
    "2026-12-05 22:00 UTC+1 for 1h30m": "12-05 21:00 12-05 22:30",
    "5 Dec 10 pm to 11:30 pm": "12-05 22:00 12-05 23:30",
    "tomorrow 22:00 to 23:30": "11-29 22:00 11-29 23:30",
    "Friday 22:00 to 23:30": "12-04 22:00 12-04 23:30",
    "22:00 to 23:30": "11-28 22:00 11-28 23:30",
    "between 22:00 and 23:30": "11-28 22:00 11-28 23:30",
    "2026-12-05T22:00Z/2026-12-05T23:30Z": "12-05 22:00 12-05 23:30",
    "tonight 10:00 to 11:00": "11-28 22:00 11-28 23:00",
    "tonight 10:00 to 1:00": "11-28 22:00 11-29 01:00",
    "tomorrow evening 8:00 to 9:30": "11-29 20:00 11-29 21:30",
    "tomorrow morning 8:00 to 9:30": "11-29 08:00 11-29 09:30",
    "tomorrow morning 8:00 to 12:30": "11-29 08:00 11-29 12:30",
    "tomorrow afternoon 2:00 to 17:00": "11-29 14:00 11-29 17:00",
    "tomorrow evening 8:00 for 2h": "11-29 20:00 11-29 22:00",
    "23:00 to 02:00": "11-28 23:00 11-29 02:00",
    "today 14:00 to 16:00": "11-28 14:00 11-28 16:00",
}

REFUSED = {
    "": "it needs a beginning and an end",
    "2026-12-05 22:00 to 22:00": "`22:00` is when it begins; a whole day is `for 24h`",
    "2026-12-05 22:00": "does not say from when to when",
    "2026-12-05": "does not say from when to when",
    "22:00-23:00-23:30": "does not say from when to when",
    "22:00-05:00 for 2h": "`22:00-05:00` is not a time I understand",
    "tomorrow morning 9:00 to 0:30": "`tomorrow morning 0:30` could be in the morning or in the evening",
    "foo for 2h": "`foo` is not a time I understand",
    "tomorrow morning 8:00 to 1:00": "`1:00` could be in the morning or in the evening",
    "tomorrow afternoon 3:00 to 2:00": "`2:00` could be in the morning or in the evening",
    "tomorrow evening 8:00 to 1:00": "could be in the morning or in the evening",
    "soon to later": "`soon` is not a time I understand",
    "2026-12-05 to 2026-12-06": "is not a time I understand",
    "~22:00 to 23:30": "`~22:00` is not exact",
    "2026-12-05 22:00 to 2026-12-05 21:00": "it ends at 2026-12-05 21:00 UTC, before it begins",
    "2026-11-01 22:00 to 2026-11-01 23:00": "2026-11-01 23:00 UTC has passed",
    "13:00 to 15:00": "`13:00` has passed; for tomorrow, write `2026-11-29 13:00`",
    "2026-12-05 22:00 to 2027-03-05 22:00": "longer than 31 days",
    "2028-12-05 22:00 to 23:30": "more than a year ahead",
    "2026-12-05 22:00 for a while": "`a while` is not a length",
    "05/06 22:00 to 23:30": "could mean two days",
    "2026-12-05 25:00 to 26:00": "not a time I understand",
    "2026-12-05 22:00 IST to 23:30": "not a time I understand",
}


@pytest.mark.parametrize(("text", "meant"), ACCEPTED.items())
def test_what_means_one_span_is_accepted(text: str, meant: str) -> None:
    found = parse_span(text, SAID_AT, UTC)
    assert isinstance(found, Span), found
    assert f"{found.begin:%m-%d %H:%M} {found.end:%m-%d %H:%M}" == meant


@pytest.mark.parametrize(("text", "why"), REFUSED.items())
def test_what_does_not_is_refused_with_the_reason(text: str, why: str) -> None:
    found = parse_span(text, SAID_AT, UTC)
    assert isinstance(found, BadTime)
    assert why in found.reason


def test_the_zone_of_the_settings_holds_where_none_is_written() -> None:
    found = parse_span("2026-12-05 22:00 to 23:30", SAID_AT, ZoneInfo("America/New_York"))
    assert isinstance(found, Span)
    assert f"{found.begin:%m-%d %H:%M}" == "12-06 03:00"


def test_an_hour_that_the_clocks_skip_is_refused() -> None:
    found = parse_span("2027-03-28 02:30 to 04:00", SAID_AT, ZoneInfo("Europe/Berlin"))
    assert isinstance(found, BadTime)
    assert "did not exist" in found.reason


def test_another_end_is_read_from_the_beginning() -> None:
    begin = datetime(2026, 12, 5, 22, tzinfo=UTC)
    assert parse_end("01:00", begin, SAID_AT, UTC) == datetime(2026, 12, 6, 1, tzinfo=UTC)
    assert isinstance(parse_end("2026-12-05 21:00", begin, SAID_AT, UTC), BadTime)
    assert parse_end("later", begin, SAID_AT, UTC) == BadTime("`later` is not a time I understand")


@given(st.text(alphabet="0123456789:-+ .,/~TZabcdefghimnoprstuvwyDJFM–", max_size=60))
def test_whatever_is_written_it_is_a_span_to_come_or_a_reason(text: str) -> None:
    found = parse_span(text, SAID_AT, UTC)
    if isinstance(found, Span):
        assert found.begin < found.end
        assert found.end > SAID_AT
    else:
        assert found.reason
