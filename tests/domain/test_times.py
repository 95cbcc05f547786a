"""What people may write for a time, what it means, and what is refused. reliability.md F15; S55, S56."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.examples import examples
from tracker_bridge.domain.incident.times import BadTime, Moment, parse_time

SAID_AT = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
EARLY = timedelta(minutes=5)

ZONES = {
    # a zone, and two of its clock changes: forward, back. Those of years to come are decided anew by governments,
    # and any machine has other news of that.
    "Europe/Berlin": ("2025-03-30", "2025-10-26"),
    "Europe/London": ("2025-03-30", "2025-10-26"),
    "Europe/Dublin": ("2025-03-30", "2025-10-26"),
    "America/New_York": ("2025-03-09", "2025-11-02"),
    "America/Los_Angeles": ("2025-03-09", "2025-11-02"),
    "America/St_Johns": ("2025-03-09", "2025-11-02"),
    "America/Santiago": ("2025-09-07", "2025-04-06"),
    "America/Havana": ("2025-03-09", "2025-11-02"),
    "Australia/Sydney": ("2025-10-05", "2025-04-06"),
    "Australia/Adelaide": ("2025-10-05", "2025-04-06"),
    "Australia/Lord_Howe": ("2025-10-05", "2025-04-06"),
    "Pacific/Auckland": ("2025-09-28", "2025-04-06"),
    "Pacific/Chatham": ("2025-09-28", "2025-04-06"),
    "Atlantic/Azores": ("2025-03-30", "2025-10-26"),
    "Asia/Beirut": ("2025-03-30", "2025-10-26"),
}


def read(text: str, said_at: datetime = SAID_AT, zone: tzinfo = UTC) -> Moment:
    found = parse_time(text, said_at, zone)
    assert isinstance(found, Moment), found
    return found


def refused(text: str, said_at: datetime = SAID_AT, zone: tzinfo = UTC) -> str:
    found = parse_time(text, said_at, zone)
    assert isinstance(found, BadTime), found
    return found.reason


ACCEPTED = {
    "14:05": ("2026-11-22T14:05", False),
    "9:05": ("2026-11-22T09:05", False),
    "09:05": ("2026-11-22T09:05", False),
    "00:00": ("2026-11-22T00:00", False),
    "14:05:59": ("2026-11-22T14:05:59", False),
    "14:30": ("2026-11-22T14:30", False),
    "14:35": ("2026-11-22T14:35", False),
    "~14:05": ("2026-11-22T14:05", True),
    "~ 14:05": ("2026-11-22T14:05", True),
    "≈14:05": ("2026-11-22T14:05", True),
    "about 14:05": ("2026-11-22T14:05", True),
    "Around 14:05": ("2026-11-22T14:05", True),
    "roughly 14:05": ("2026-11-22T14:05", True),
    "20m ago": ("2026-11-22T14:10", True),
    "20 min ago": ("2026-11-22T14:10", True),
    "20 minutes ago": ("2026-11-22T14:10", True),
    "1 minute ago": ("2026-11-22T14:29", True),
    "1h30m ago": ("2026-11-22T13:00", True),
    "1h 30m ago": ("2026-11-22T13:00", True),
    "2 hours ago": ("2026-11-22T12:30", True),
    "3d ago": ("2026-11-19T14:30", True),
    "1d2h3m ago": ("2026-11-21T12:27", True),
    "0m ago": ("2026-11-22T14:30", True),
    "20M AGO": ("2026-11-22T14:10", True),
    "~20m ago": ("2026-11-22T14:10", True),
    "now": ("2026-11-22T14:30", False),
    "NOW": ("2026-11-22T14:30", False),
    "  14:05  ": ("2026-11-22T14:05", False),
    "14:05\u00a0CET": ("2026-11-22T13:05", False),
    "14:05 UTC": ("2026-11-22T14:05", False),
    "14:05Z": ("2026-11-22T14:05", False),
    "14:05z": ("2026-11-22T14:05", False),
    "14:05 CET": ("2026-11-22T13:05", False),
    "08:05 EST": ("2026-11-22T13:05", False),
    "08:05 est": ("2026-11-22T13:05", False),
    "14:05 +02:00": ("2026-11-22T12:05", False),
    "14:05+0200": ("2026-11-22T12:05", False),
    "14:05 UTC+02": ("2026-11-22T12:05", False),
    "08:35 -05:30": ("2026-11-22T14:05", False),
    "14:05 Europe/Berlin": ("2026-11-22T13:05", False),
    "19:50 Asia/Kolkata": ("2026-11-22T14:20", False),
    "2026-11-22 14:05": ("2026-11-22T14:05", False),
    "2026-11-22T14:05": ("2026-11-22T14:05", False),
    "2026-11-22t14:05z": ("2026-11-22T14:05", False),
    "2026-11-22T14:05:30+01:00": ("2026-11-22T13:05:30", False),
    "2026-01-05 14:05 CET": ("2026-01-05T13:05", False),
    "2026-01-05 14:05 Europe/Berlin": ("2026-01-05T13:05", False),
    "~2026-01-05 14:05": ("2026-01-05T14:05", True),
    "2026-11-22 14:35": ("2026-11-22T14:35", False),
    "2025-10-19 14:30": ("2025-10-19T14:30", False),
    # signs that keyboards, editors and other people's habits add
    "(08:55)": ("2026-11-22T08:55", False),
    "`08:55`": ("2026-11-22T08:55", False),
    "**08:55**": ("2026-11-22T08:55", False),
    "@08:55": ("2026-11-22T08:55", False),
    "08:55.": ("2026-11-22T08:55", False),
    "08:55,": ("2026-11-22T08:55", False),
    "∼08:55": ("2026-11-22T08:55", True),
    "～08:55": ("2026-11-22T08:55", True),
    "\\~08:55": ("2026-11-22T08:55", True),
    "０８：５５": ("2026-11-22T08:55", False),
    "08\u200b:55": ("2026-11-22T08:55", False),
    "08:55 −05:30": ("2026-11-22T14:25", False),
    # words around it
    "at 08:55": ("2026-11-22T08:55", False),
    "since 08:40": ("2026-11-22T08:40", False),
    "ca. 14:05": ("2026-11-22T14:05", True),
    "ca 14:05": ("2026-11-22T14:05", True),
    "circa 14:05": ("2026-11-22T14:05", True),
    "at about 14:05": ("2026-11-22T14:05", True),
    "14:05-ish": ("2026-11-22T14:05", True),
    "14:05 or so": ("2026-11-22T14:05", True),
    "time: 14:05": ("2026-11-22T14:05", False),
    "just now": ("2026-11-22T14:30", True),
    "14:05h": ("2026-11-22T14:05", False),
    "14:05 hrs": ("2026-11-22T14:05", False),
    "14h05": ("2026-11-22T14:05", False),
    "noon": ("2026-11-22T12:00", False),
    "exactly 14:05": ("2026-11-22T14:05", False),
    "14:05 sharp": ("2026-11-22T14:05", False),
    "14:05 o'clock": ("2026-11-22T14:05", False),
    "08:55 Uhr": ("2026-11-22T08:55", False),
    "14:05~": ("2026-11-22T14:05", True),
    "~ca. 14:05": ("2026-11-22T14:05", True),
    "14﹕05": ("2026-11-22T14:05", False),
    "\u202a14:05\u202c": ("2026-11-22T14:05", False),
    "2026-06-30 23:59:60 UTC": ("2026-06-30T23:59:59", False),
    # half of the day
    "8.55am": ("2026-11-22T08:55", False),
    "8.55 a.m.": ("2026-11-22T08:55", False),
    "2:05pm": ("2026-11-22T14:05", False),
    "2:05 pm": ("2026-11-22T14:05", False),
    "2 p.m.": ("2026-11-22T14:00", False),
    "2pm": ("2026-11-22T14:00", False),
    "12am": ("2026-11-22T00:00", False),
    "12:30 am": ("2026-11-22T00:30", False),
    "12pm": ("2026-11-22T12:00", False),
    "14:05 pm": ("2026-11-22T14:05", False),
    "2:05 pm CET": ("2026-11-22T13:05", False),
    # back from now
    "an hour ago": ("2026-11-22T13:30", True),
    "half an hour ago": ("2026-11-22T14:00", True),
    "an hour and a half ago": ("2026-11-22T13:00", True),
    "a quarter of an hour ago": ("2026-11-22T14:15", True),
    "a minute ago": ("2026-11-22T14:29", True),
    "two hours ago": ("2026-11-22T12:30", True),
    "1.5h ago": ("2026-11-22T13:00", True),
    "1h30 ago": ("2026-11-22T13:00", True),
    "1 hour and 20 minutes ago": ("2026-11-22T13:10", True),
    "20s ago": ("2026-11-22T14:29:40", True),
    "about an hour ago": ("2026-11-22T13:30", True),
    "half hour ago": ("2026-11-22T14:00", True),
    "1½ hours ago": ("2026-11-22T13:00", True),
    "twenty-five minutes ago": ("2026-11-22T14:05", True),
    "ninety minutes ago": ("2026-11-22T13:00", True),
    "a couple of minutes ago": ("2026-11-22T14:28", True),
    "-20m": ("2026-11-22T14:10", True),
    "now-20m": ("2026-11-22T14:10", True),
    "now - 1h30m": ("2026-11-22T13:00", True),
    # days
    "2 days ago at 14:00": ("2026-11-20T14:00", False),
    "a week ago, 14:00": ("2026-11-15T14:00", False),
    "earlier today 08:00": ("2026-11-22T08:00", False),
    "this afternoon 2:05": ("2026-11-22T14:05", False),
    "2:05 this afternoon": ("2026-11-22T14:05", False),
    "this morning 2:05": ("2026-11-22T02:05", False),
    "yesterday evening at 8:05": ("2026-11-21T20:05", False),
    "yesterday night 11:50": ("2026-11-21T23:50", False),
    "Saturday afternoon, 2:05": ("2026-11-21T14:05", False),
    "last night 23:50": ("2026-11-21T23:50", False),
    "last night at 11:50": ("2026-11-21T23:50", False),
    "11:50 pm last night": ("2026-11-21T23:50", False),
    "last night 12:30": ("2026-11-22T00:30", False),
    "last night 1:10 am": ("2026-11-22T01:10", False),
    "tonight 01:10": ("2026-11-22T01:10", False),
    "today 08:00": ("2026-11-22T08:00", False),
    "yesterday 23:50": ("2026-11-21T23:50", False),
    "yesterday at 23:50": ("2026-11-21T23:50", False),
    "23:50 yesterday": ("2026-11-21T23:50", False),
    "yesterday at about 2pm": ("2026-11-21T14:00", True),
    "this morning at 8:05": ("2026-11-22T08:05", False),
    "Saturday 23:50": ("2026-11-21T23:50", False),
    "on Monday at 23:50": ("2026-11-16T23:50", False),
    "1 Nov 23:50": ("2026-11-01T23:50", False),
    "Nov 1 23:50": ("2026-11-01T23:50", False),
    "1 Nov 2026 23:50": ("2026-11-01T23:50", False),
    "November 1st, 2026, 11:50 PM": ("2026-11-01T23:50", False),
    "1st of November, 23:50": ("2026-11-01T23:50", False),
    "22 Nov 14:05": ("2026-11-22T14:05", False),
    "22.11. 08:55": ("2026-11-22T08:55", False),
    "22.11.2026 14:05": ("2026-11-22T14:05", False),
    "11/22/2026 14:05": ("2026-11-22T14:05", False),
    "11/11 14:05": ("2026-11-11T14:05", False),
    "2026-1-5 14:05": ("2026-01-05T14:05", False),
    "2026/11/22 14:05": ("2026-11-22T14:05", False),
    "14:05 2026-11-22": ("2026-11-22T14:05", False),
    # zones
    "UTC 14:05": ("2026-11-22T14:05", False),
    "CET: 15:05": ("2026-11-22T14:05", False),
    "15:05 MEZ": ("2026-11-22T14:05", False),
    "14:05 Zulu": ("2026-11-22T14:05", False),
    "14:05 UTC (15:05 CET)": ("2026-11-22T14:05", False),
    "09:05 EST / 14:05 UTC": ("2026-11-22T14:05", False),
    "14:05 (UTC)": ("2026-11-22T14:05", False),
    "14:05 UTC+1": ("2026-11-22T13:05", False),
    "14:05 UTC +1": ("2026-11-22T13:05", False),
    "19:35 GMT+5:30": ("2026-11-22T14:05", False),
    "19:35 UTC+05:30": ("2026-11-22T14:05", False),
    "02:00 UTC-03:00": ("2026-11-22T05:00", False),
    "02:00 -0300": ("2026-11-22T05:00", False),
    "14:05 europe/berlin": ("2026-11-22T13:05", False),
    # what programs write
    "2026-11-02T08:55:12.345Z": ("2026-11-02T08:55:12.345", False),
    "2026-11-02T08:55:12,345Z": ("2026-11-02T08:55:12.345", False),
    "2026-11-02T08:55:12-03:00": ("2026-11-02T11:55:12", False),
    "2026-11-02T02:00-03:00": ("2026-11-02T05:00", False),
    "2026-11-02 02:00:00-03:00": ("2026-11-02T05:00", False),
    "2026-11-02 08:55:12.345678901 +0000 UTC": ("2026-11-02T08:55:12.345678", False),
    "2026-11-02 08:55:12 +0530 IST": ("2026-11-02T03:25:12", False),
    "Mon, 02 Nov 2026 08:55:12 +0000": ("2026-11-02T08:55:12", False),
    "Mon, 2 Nov 2026 08:55:12 +0100 (CET)": ("2026-11-02T07:55:12", False),
    "Mon Nov  2 08:55:12 UTC 2026": ("2026-11-02T08:55:12", False),
    "Mon 2026-11-02 08:55:12 UTC": ("2026-11-02T08:55:12", False),
    "Nov  2 08:55:12": ("2026-11-02T08:55:12", False),
    "[02/Nov/2026:08:55:12 +0000]": ("2026-11-02T08:55:12", False),
    "20261102T085512Z": ("2026-11-02T08:55:12", False),
    "2026-11-02T08:55:12+01:00[Europe/Berlin]": ("2026-11-02T07:55:12", False),
}


@pytest.mark.parametrize(("text", "expected"), ACCEPTED.items(), ids=repr)
def test_accepted_forms(text: str, expected: tuple[str, bool]) -> None:
    found = read(text)
    assert (found.at, found.approximate) == (datetime.fromisoformat(expected[0] + "+00:00"), expected[1])
    assert found.at.tzinfo is UTC
    assert found.remark == ""


REFUSED = [
    "",
    "?",
    "~",
    "~~14:05",
    "14",
    "1405",
    "14.05",
    "14:5",
    "24:00",
    "14:60",
    "-1:05",
    "14:05:60",
    "14:05:5",
    "14:05.5",
    "yesterday",
    "a while ago",
    "ago",
    "m ago",
    "20 ago",
    "-20m ago",
    "20m",
    "in 20m",
    "20m ago 14:05",
    "٢٠m ago",
    "05/01/2026 14:05",
    "2026-11-22",
    "2026-13-01 14:05",
    "2026-02-29 14:05",
    "2026-11-31 14:05",
    "2026-11-00 14:05",
    "14:05 and later",
    "14:05 Berlin",
    "14:05 Europe/Nowhere",
    "14:05 europe/../europe/berlin",
    "14:05 ../../etc/passwd",
    "14:05 /etc/localtime",
    "14:05 Europe/",
    "14:05 Europe",
    "14:05 /",
    "14:05 A/\x00",
    "14:05 a/" + "b" * 5000,
    "14:05 \ud800/x",
    "14:05 +2",
    "14:05 +25:00",
    "14:05 +02:60",
    "1700000000",
    "14:05\n14:06",
    "14:05 am",
    "13am",
    "0pm",
    "2 o'clock",
    "am ago",
    "a few minutes ago",
    "20m 30m ago",
    "30m 1h ago",
    "14:05?",
    "14:05 +14:15",
    "14:05 tomorrow",
    "31 Feb 14:05",
    "Tue, 02 Nov 2026 08:55:12 +0000",
    "last Saturday 23:50",
    "next Monday 14:05",
    "yesterday today 14:05",
    "14:05 UTC CET",
    "14:05 " + "UTC " * 40,
    "<time>",
    "TIME",
    "9" * 4000,
    "9" * 4000 + "m ago",
]


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[:30]))
def test_refused_forms(text: str) -> None:
    reason = refused(text)
    assert len(reason) < 200


@pytest.mark.parametrize("name", ["CST", "IST", "BST", "AST", "ist", "PT", "ET", "local"])
def test_zone_names_that_mean_several_things_are_refused(name: str) -> None:
    assert f"`{name}` is an ambiguous time zone" in refused(f"14:05 {name}")


@pytest.mark.parametrize("text", ["`14:05 x", "14:05 `x`", "2026-02-30`14:05", "`"])
def test_a_refusal_quotes_no_back_ticks(text: str) -> None:
    assert refused(text).count("`") % 2 == 0


REASONS = {
    "02/11 08:55": "`02/11` could mean two days; write `2026-11-02` or `2026-02-11`",
    "02/11/2026 08:55": "`02/11/2026` could mean two days; write `2026-11-02` or `2026-02-11`",
    "22/11/26 08:55": "`22/11/26` does not say which number is the year; write it like `2026-11-22`",
    "Sunday 13:50": "`Sunday` could mean two days; write `2026-11-15` or `2026-11-22`",
    "1 Dec 08:00": "`1 Dec` is far away; add the year: `2025-12-01`",
    "Tue 2 Nov 08:00": "`Tue 2 Nov` is a Monday",
    "yesterday": "`yesterday` is a day without a time; write `yesterday 14:05`",
    "14.05": "`14.05` could be a time or a day; write a time with a colon",
    "2h": "`2h` is a duration; write `2h ago`",
    "in 10m": "`in 10m` is in the future",
    "before 14:05": "`before 14:05` is too vague; write a time, with `~` if it is approximate",
    "midnight": "`midnight` could be the start or the end of a day; write `00:00` with the date",
    "02:00-0300": "`-0300` after `02:00` could be an offset or the end of a range; "
    "for the offset, write `02:00 UTC-0300`",
    "14:05 +2": "`+2` is an ambiguous time zone; write `UTC`, `+02:00` or `Europe/Berlin`",
    "14:05 and later": "`and later` is not part of a time",
    "14:05 — alice": "`- alice` is not part of a time",
    "14:05 +01:00 UTC": "`14:05 +01:00 UTC` contains two different time zones",
    "0001-01-01 14:05": "`0001-01-01` is more than 400 days ago",
    "9999-12-31 14:05": "`9999-12-31` is in the future",
    "2026-02-30 14:05": "`2026-02-30` is not a valid date",
    "25:00": "`25:00` is not a time I understand",
    "1:30 ago": "`1:30 ago` could be hours or minutes; write it like `1h30m ago`",
    "a few minutes ago": "`a few minutes ago` is too vague; write a time, with `~` if it is approximate",
    "2355": "`2355` lacks a colon; write it like `23:55`",
    "0855": "`0855` lacks a colon; write it like `08:55`",
    "0855h": "`0855h` lacks a colon; write it like `08:55`",
    "0855 UTC": "`0855 UTC` lacks a colon; write it like `08:55 UTC`",
    "14:05 ABC": "`ABC` is not a time zone that I know; write `UTC`, `+02:00` or `Europe/Berlin`",
    "14:05 by alice": "`by alice` is not part of a time",
    "14:05 (maybe)": "`maybe` is not part of a time",
    "14:05 horas": "`horas` is not part of a time",
    "14:05 UTC (15:06 CET)": "`15:06 CET` is not part of a time",
    "last night 14:05": "`last night 14:05` could be in the morning or in the evening; write it like `14:05`",
    "last night 5:30": "`last night 5:30` could be in the morning or in the evening; write it like `14:05`",
    "yesterday night 1:10": "`yesterday night 1:10` could mean two days; write the date",
}


@pytest.mark.parametrize(("text", "reason"), REASONS.items(), ids=repr)
def test_a_refusal_tells_what_is_wrong(text: str, reason: str) -> None:
    assert refused(text) == reason


@given(
    st.sampled_from(
        ("this morning", "this afternoon", "this evening", "tonight", "last night", "yesterday evening")
    ),
    st.integers(0, 23),
    st.sampled_from(("", "am", "pm")),
    st.booleans(),
)
def test_a_part_of_the_day_is_read_so_or_refused(part: str, hour: int, half: str, behind: bool) -> None:
    clock = f"{hour}:05 {half if 1 <= hour <= 12 else ''}".strip()
    found = parse_time(f"{clock} {part}" if behind else f"{part} {clock}", SAID_AT, UTC)
    if isinstance(found, BadTime):
        return
    hours = {"ing": range(13), "oon": range(12, 20), "ght": (*range(18, 24), *range(5))}
    allowed = range(15, 24) if "evening" in part else hours[part[-3:]]
    assert found.at.hour in allowed
    assert found.at.hour % 12 == hour % 12
    assert timedelta(0) <= SAID_AT + EARLY - found.at < timedelta(days=1, hours=6)


SPANS = {
    "02:00-03:00": "02:00",
    "02:00–03:00": "02:00",
    "02:00 - 03:00": "02:00",
    "02:00 -03:00": "02:00",
    "02:00-03": "02:00",
    "14:05−14:20": "14:05",
    "14:05 to 14:20": "14:05",
    "from 14:05 to 14:20": "14:05",
    "between 14:05 and 14:20": "14:05",
    "from 14:05 until 14:20 CET": "14:05 CET",
    "14:05 CET - 14:20 CET": "14:05 CET",
    "14:05 → 14:20": "14:05",
    "14:05 .. 14:20": "14:05",
    "2026-11-22 02:00-03:00": "2026-11-22 02:00",
    "22 Nov 13:50 - 22 Nov 14:10": "22 Nov 13:50",
    "2026-11-22T13:05Z/2026-11-22T14:00Z": "2026-11-22T13:05Z",
    "14:05, 14:10": "14:05",
    "2:05pm-2:20pm": "2:05pm",
    "2pm to 3pm": "2pm",
    "2-4pm": "",
    "10-11:30": "",
    "2:05-2:20pm": "",
    "25:00-26:00": "",
}


@pytest.mark.parametrize(("text", "begin"), SPANS.items(), ids=repr)
def test_a_span_is_refused_with_its_beginning_where_that_can_be_read(text: str, begin: str) -> None:
    found = parse_time(text, SAID_AT, UTC)
    assert isinstance(found, BadTime)
    assert found.reason.endswith("contains two times; write when it began")
    assert found.near == begin


@given(
    begin=st.integers(0, 1439),
    end=st.integers(0, 1439),
    dash=st.sampled_from(["-", "–", "—", "−", " - ", " – ", " -", "- ", " to ", " bis ", "~", "..", "/"]),
)
@example(120, 180, "-")
@example(480, 570, " -")
def test_no_span_is_read_as_a_time_that_it_does_not_begin_with(begin: int, end: int, dash: str) -> None:
    """An offset is read only where its clock would lie before the beginning."""
    text = f"{begin // 60:02}:{begin % 60:02}{dash}{end // 60:02}:{end % 60:02}"
    found = parse_time(text, SAID_AT, UTC)
    assert isinstance(found, BadTime) or (dash == " -" and end <= begin)


# Limits


@pytest.mark.parametrize(
    ("text", "limit"),
    [("2026-11-22 14:35:01", "in the future"), ("2027-11-22 14:05", "in the future")],
)
def test_the_future_is_refused(text: str, limit: str) -> None:
    assert limit in refused(text)


@pytest.mark.parametrize("text", ["2025-10-18 14:29", "2024-02-29 00:00", "2000-01-01 00:00"])
def test_what_is_more_than_400_days_back_is_refused(text: str) -> None:
    assert "more than 400 days ago" in refused(text)


@given(back=st.timedeltas(min_value=timedelta(minutes=-30), max_value=timedelta(days=500)))
@example(timedelta(minutes=-5))
@example(timedelta(minutes=-5, seconds=-1))
@example(timedelta(days=400))
@example(timedelta(days=400, seconds=1))
def test_a_full_date_is_taken_from_400_days_back_to_five_minutes_ahead(back: timedelta) -> None:
    then = (SAID_AT - back).replace(microsecond=0)
    found = parse_time(then.strftime("%Y-%m-%d %H:%M:%S"), SAID_AT, UTC)
    if SAID_AT - timedelta(days=400) <= then <= SAID_AT + EARLY:
        assert found == Moment(then)
    else:
        assert isinstance(found, BadTime)


# Without a date


@given(said_minute=st.integers(0, 1439), clock_minute=st.integers(0, 1439))
@example(23 * 60 + 58, 2)
@example(2, 23 * 60 + 58)
@example(0, 12 * 60)
@example(0, 12 * 60 - 1)
@example(23 * 60 + 55, 1)
@example(0, 0)
def test_without_a_date_it_is_a_time_of_the_same_day_or_of_the_last_twelve_hours(
    said_minute: int, clock_minute: int
) -> None:
    day = datetime(2026, 11, 22, tzinfo=UTC)
    said_at, at = day + timedelta(minutes=said_minute), day + timedelta(minutes=clock_minute)
    near = [at + timedelta(days=days) for days in (1, 0, -1) if at + timedelta(days=days) <= said_at + EARLY]
    meant = near[0] if near[0].date() == day.date() or said_at - near[0] <= timedelta(hours=12) else None
    found = parse_time(f"{at:%H:%M}", said_at, UTC)
    if meant is None:
        assert isinstance(found, BadTime)
    else:
        assert found == Moment(meant)


@pytest.mark.parametrize("text", ["23:00", "23:00 CET", "23:00 Europe/Berlin"])
def test_a_time_that_is_still_to_come_is_not_taken_for_yesterdays(text: str) -> None:
    said_at = datetime(2026, 11, 25, 20, 37, tzinfo=UTC)
    right = f"2026-11-24 {text}"
    assert refused(text, said_at) == f"`{text}` is in the future; for yesterday, write `{right}`"
    assert read(right, said_at).at.date() == datetime(2026, 11, 24, tzinfo=UTC).date()


def test_what_is_roughly_said_and_still_to_come_is_refused_too() -> None:
    assert "for yesterday, write `2026-11-21 23:00`" in refused("~23:00")


def test_yesterdays_evening_in_the_teams_own_zone() -> None:
    said_at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # 00:30 on the 23rd in Berlin
    assert read("23:50", said_at, BERLIN).at == datetime(2026, 11, 22, 22, 50, tzinfo=UTC)
    assert read("00:20", said_at, BERLIN).at == datetime(2026, 11, 22, 23, 20, tzinfo=UTC)
    assert "for yesterday, write `2026-11-22 00:40`" in refused("00:40", said_at, BERLIN)


def test_the_day_is_the_one_in_the_zone_that_is_named() -> None:
    said_at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert read("08:25 Asia/Tokyo", said_at).at == datetime(2026, 11, 22, 23, 25, tzinfo=UTC)


# Clock changes


def transitions(zone: ZoneInfo, day: str) -> tuple[datetime, timedelta]:
    """Find the clock change around ``day``: its moment in UTC, and by how much the clocks go forward."""
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=18)
    for _ in range(60 * 48):
        later = moment + timedelta(minutes=1)
        before, after = moment.astimezone(zone).utcoffset(), later.astimezone(zone).utcoffset()
        assert before is not None
        assert after is not None
        if before != after:
            return later, after - before
        moment = later
    raise AssertionError(f"no clock change in {zone} around {day}")


CHANGES = {name: tuple(transitions(ZoneInfo(name), day) for day in days) for name, days in ZONES.items()}


@given(name=st.sampled_from(sorted(ZONES)), share=st.floats(0, 1, exclude_max=True), dated=st.booleans())
def test_times_that_the_clocks_leapt_over_are_refused(name: str, share: float, dated: bool) -> None:
    zone = ZoneInfo(name)
    (change, leap), _ = CHANGES[name]
    assert leap > timedelta()
    inside = (change - timedelta(minutes=1)).astimezone(zone).replace(tzinfo=None) + timedelta(minutes=1)
    inside += timedelta(minutes=int(share * leap.total_seconds() / 60))
    text = inside.strftime("%Y-%m-%d %H:%M" if dated else "%H:%M")
    assert "did not exist that day" in refused(text, change + timedelta(hours=2), zone)


@given(name=st.sampled_from(sorted(ZONES)), share=st.floats(0, 1, exclude_max=True), dated=st.booleans())
def test_of_times_that_come_twice_the_earlier_one_is_taken_and_that_is_said(
    name: str, share: float, dated: bool
) -> None:
    zone = ZoneInfo(name)
    _, (change, leap) = CHANGES[name]
    assert leap < timedelta()
    first = change - timedelta(minutes=1 + int(share * -leap.total_seconds() / 60))
    text = first.astimezone(zone).strftime("%Y-%m-%d %H:%M" if dated else "%H:%M")
    found = read(text, change + timedelta(hours=2), zone)
    assert found.at == first
    assert "occurred twice" in found.remark
    assert "the earlier one is used" in found.remark


@given(
    name=st.sampled_from(sorted(ZONES)),
    change=st.integers(0, 1),
    minutes=st.integers(-26 * 60, 26 * 60),
)
def test_every_moment_around_a_clock_change_is_read_back_as_it_was_written(
    name: str, change: int, minutes: int
) -> None:
    zone = ZoneInfo(name)
    then = CHANGES[name][change][0] + timedelta(minutes=minutes)
    local = then.astimezone(zone)
    found = read(local.strftime("%Y-%m-%d %H:%M"), then + timedelta(days=3), zone)
    assert found.at == then - (leap_back(local) if local.fold else timedelta())
    assert bool(found.remark) == (local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset())


def leap_back(local: datetime) -> timedelta:
    first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    assert first is not None
    assert second is not None
    return first - second


def test_right_after_the_leap_the_missing_hour_does_not_mean_yesterdays() -> None:
    (change, _), _ = CHANGES["Europe/Berlin"]
    assert "did not exist" in refused("02:30", change + timedelta(minutes=5), BERLIN)


def test_before_the_leap_the_missing_hour_is_still_to_come() -> None:
    (change, _), _ = CHANGES["Europe/Berlin"]
    assert "in the future; for yesterday" in refused("02:30", change - timedelta(hours=1), BERLIN)


def spellings(then: datetime, said_at: datetime) -> list[str]:
    """Write a whole minute in UTC in many ways."""
    half = f"{then:%I:%M} {'pm' if then.hour > 11 else 'am'}"
    east = then + timedelta(hours=5, minutes=30)
    clocks = [f"{then:%H:%M}", f"{then:%Hh%M}", f"{then:%H:%M} hrs"]
    clocks += [half, half.replace(" ", ""), half.lstrip("0").upper()]
    days = [f"{then:%Y-%m-%d}", f"{then:%Y/%m/%d}", f"{then.day} {then:%b %Y}", f"{then:%a, %d %b %Y}"]
    days += [f"{then:%B} {then.day}, {then.year}"]
    if said_at - then < timedelta(days=150):
        days += [f"{then:%d %b}", f"{then:%B} {then.day}", f"{then:%d/%b}"]
    if timedelta() < said_at.date() - then.date() < timedelta(days=7):
        days += [f"{then:%A}", f"{then:%a}"]
    if said_at.date() - then.date() == timedelta(days=1):
        days += ["yesterday"]
    if then.day > 12 or then.day == then.month:
        days += [f"{then:%d.%m.%Y}", f"{then:%m/%d/%Y}", f"{then:%d-%m-%Y}"]
    written = [text for day in days for clock in clocks for text in (f"{day} {clock}", f"{clock}, {day}")]
    zones = ("", " UTC", " (UTC)", " GMT", " +0000", " +00:00 UTC", " UTC+0")
    written = [f"{text}{zone}" for text in written for zone in zones]
    programs = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.000"]
    exact = ("", "Z", "+00:00", "-00:00", " +0000 UTC")
    written += [f"{then:{pattern}}{zone}" for pattern in programs for zone in exact]
    written += [f"{then:%a %b %d %H:%M:%S %Y}", f"{then:%a %b %d %H:%M:%S UTC %Y}"]
    written += [f"{then:%d/%b/%Y:%H:%M:%S} +0000", f"{then:%Y%m%dT%H%M%S}Z", f"{then:%a, %d %b %Y %H:%M:%S} +0000"]
    return [*written, f"{east:%Y-%m-%dT%H:%M:%S+05:30}", f"{east:%Y-%m-%d %H:%M} GMT+5:30"]


WRAPPERS = ["{}", "({})", "`{}`", "**{}**", "{}.", "at {}", "@{}", " {} ", "[{}]"]
ROUGHLY = ["~{}", "∼{}", "～{}", "≈ {}", "about {}", "ca. {}", "circa {}", "around {}", "\\~{}"]


@examples(15)  # some hundred texts each
@given(back=st.integers(0, 399 * 1440), data=st.data())
def test_every_spelling_of_a_moment_means_it(back: int, data: st.DataObject) -> None:
    then = SAID_AT - timedelta(minutes=back)
    texts = spellings(then, SAID_AT)
    wrapper, roughly = data.draw(st.sampled_from(WRAPPERS)), data.draw(st.sampled_from(ROUGHLY))
    for text in texts:
        assert parse_time(text, SAID_AT, UTC) == Moment(then), text
    for text in data.draw(st.lists(st.sampled_from(texts), max_size=20)):
        assert parse_time(wrapper.format(text), SAID_AT, UTC) == Moment(then), wrapper.format(text)
        assert parse_time(roughly.format(text), SAID_AT, UTC) == Moment(then, approximate=True), roughly.format(
            text
        )


PARTS = [
    "14:05", "08:55:12", ".345", ",", " ", "  ", "-", "–", "+", "02:00", "0300", "2026-11-02", "T", "Z", "UTC",
    "GMT+1", "CET", "CST", "Europe/Berlin", "Nov", "2", "02/11", "Monday", "yesterday", "today", "at", "since",
    "about", "~", "am", "pm", "ago", "20m", "an hour", "half", "(", ")", "`", "|", ".", "to", "2026", "now",
    "h", "(UTC)", "last", "noon",
]  # fmt: skip


@given(
    st.one_of(st.text(), st.lists(st.sampled_from(PARTS), max_size=8).map("".join)), st.sampled_from(sorted(ZONES))
)
@example("14:05 " + "\ud800", "Europe/Berlin")
def test_any_text_is_a_time_or_a_reason(text: str, name: str) -> None:
    found = parse_time(text, SAID_AT, ZoneInfo(name))
    if isinstance(found, Moment):
        assert SAID_AT - timedelta(days=400) <= found.at <= SAID_AT + EARLY
        assert read(f"{found.at:%Y-%m-%dT%H:%M:%S.%fZ}", zone=ZoneInfo(name)) == Moment(found.at)
    else:
        assert found.reason.count("`") % 2 == 0
        assert len(found.reason) < 300
        assert not found.near or isinstance(parse_time(found.near, SAID_AT, ZoneInfo(name)), Moment)
