"""Days to come as people write them: when a review is, until when something is due (S108, S113)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_bridge.domain.incident.times import BadTime, leading_day, parse_day

SAID_AT = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)  # a Sunday

ACCEPTED = {
    "2026-12-01": "2026-12-01",
    "2026-12-1": "2026-12-01",
    "2026/12/01": "2026-12-01",
    "2026-12-01.": "2026-12-01",
    "(2026-12-01)": "2026-12-01",
    "**2026-12-01**": "2026-12-01",
    "2026‑12‑01": "2026-12-01",
    "on 2026-12-01": "2026-12-01",
    "Tue 2026-12-01": "2026-12-01",
    "Mon 30 Nov": "2026-11-30",
    "1 Dec": "2026-12-01",
    "1 Dec 2026": "2026-12-01",
    "Dec 1": "2026-12-01",
    "December 1st, 2026": "2026-12-01",
    "the 1st of December": "2026-12-01",
    "Tuesday, 1 December": "2026-12-01",
    "15/12": "2026-12-15",
    "12/15": "2026-12-15",
    "15.12.": "2026-12-15",
    "15.12.2026": "2026-12-15",
    "1 Feb": "2027-02-01",
    "today": "2026-11-22",
    "tomorrow": "2026-11-23",
    "friday": "2026-11-27",
    "on Friday": "2026-11-27",
    "this Friday": "2026-11-27",
    "Fri": "2026-11-27",
    "in 3 days": "2026-11-25",
    "in a week": "2026-11-29",
    "in two weeks": "2026-12-06",
    "2020-01-01": "2020-01-01",
    "0001-01-01": "0001-01-01",
    "9999-12-31": "9999-12-31",
}

REFUSED = {
    "": "`` is not a day I understand; write it like `2026-12-01`",
    "soon": "`soon` is not a day I understand; write it like `2026-12-01`",
    "next week": "`next week` is not a day I understand; write it like `2026-12-01`",
    "2026-12-01 at 10:00": "`2026-12-01 at 10:00` is not a day I understand; write it like `2026-12-01`",
    "20261201": "`20261201` is not a day I understand; write it like `2026-12-01`",
    "2026-W49-2": "`2026-W49-2` is not a day I understand; write it like `2026-12-01`",
    "0000-01-01": "`0000-01-01` is not a day I understand; write it like `2026-12-01`",
    "2026-02-30": "`2026-02-30` is not a valid date",
    "02/12": "`02/12` could mean two days; write `2026-12-02` or `2027-02-12`",
    "03.04.2027": "`03.04.2027` could mean two days; write `2027-04-03` or `2027-03-04`",
    "15/12/26": "`15/12/26` does not say which number is the year; write it like `2026-11-22`",
    "Sunday": "`Sunday` could mean two days; write `2026-11-22` or `2026-11-29`",
    "next Friday": "`next Friday` could mean two days; write `2026-11-27` or `2026-12-04`",
    "last Friday": "`last Friday` is in the past",
    "Wed 1 Dec": "`Wed 1 Dec` is a Tuesday",
    "1 Nov": "`1 Nov` is far away; add the year: `2027-11-01`",
}


@pytest.mark.parametrize(("text", "day"), ACCEPTED.items(), ids=repr)
def test_accepted_days(text: str, day: str) -> None:
    assert parse_day(text, SAID_AT, UTC) == date.fromisoformat(day)


@pytest.mark.parametrize(("text", "reason"), REFUSED.items(), ids=repr)
def test_refused_days(text: str, reason: str) -> None:
    assert parse_day(text, SAID_AT, UTC) == BadTime(reason)


def test_days_are_those_of_the_zone() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert parse_day("tomorrow", late, UTC) == date(2026, 11, 23)
    assert parse_day("tomorrow", late, ZoneInfo("Europe/Berlin")) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("2026-12-01", 1),
        ("2026-12-01 alert on the pool", 1),
        ("1 Dec alert on the pool", 2),
        ("1 Dec 2026 alert", 3),
        ("tomorrow at noon", 1),
        ("dates into the tool", 0),
        ("mail", 0),
        ("next Friday then", 2),
        ("Mon 30 Nov then", 3),
        ("", 0),
    ],
)
def test_a_day_at_the_beginning_of_a_text_is_found(text: str, count: int) -> None:
    found = leading_day(text.split(), SAID_AT, UTC)
    assert (found[1] if found else 0) == count


@given(ahead=st.integers(0, 180))
def test_every_spelling_of_a_day_means_it(ahead: int) -> None:
    day = SAID_AT.date() + timedelta(days=ahead)
    texts = [f"{day}", f"{day:%d %b}", f"{day:%B} {day.day}", f"{day.day} {day:%B %Y}", f"{day:%a, %d %b %Y}"]
    texts += [f"{day:%a %d %b %Y}", f"{day:%a} {day}", f"on {day:%a} the {day:%d %B}"]
    texts += [f"in {ahead} days"] if ahead else []
    texts += [f"{day:%d.%m.%Y}", f"{day:%m/%d}"] if day.day > 12 else []
    texts += [f"{day:%A}", f"this {day:%A}"] if 0 < ahead < 7 else []
    assert {parse_day(text, SAID_AT, UTC) for text in texts} == {day}


@given(
    st.one_of(
        st.text(), st.lists(st.sampled_from(["1", "Dec", " ", "/", "12", "2026", "-", "Fri", "."])).map("".join)
    )
)
def test_any_text_is_a_day_or_a_reason(text: str) -> None:
    found = parse_day(text, SAID_AT, UTC)
    assert isinstance(found, date) or found.reason.count("`") % 2 == 0
