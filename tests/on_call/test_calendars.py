"""Twelve calendars as programs write them: who is on call, by the table that came with them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tracker_bridge.on_call.calendar import MOST_BYTES, NoCalendar, read_calendar
from tracker_bridge.on_call.shifts import Listing, Shift

SAMPLES = Path(__file__).parent / "calendars"
SPAN = (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 20, tzinfo=UTC))
BERLIN = ZoneInfo("Europe/Berlin")

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//rota//EN\r\n"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}:00+00:00")


def sample(name: str, zone: ZoneInfo | None = None) -> Listing:
    [path] = SAMPLES.glob(f"{name}-*.ics")
    return read_calendar(path.read_bytes(), SPAN, zone)


def on_call(listing: Listing, when: str) -> list[str]:
    return [one.name for one in listing.at(at(when))]


def calendar(*entries: str, head: str = "") -> bytes:
    """Return a calendar whose entries have these lines, beside a UID of their own."""
    events = (f"BEGIN:VEVENT\r\nUID:e{number}\r\n{one}\r\nEND:VEVENT\r\n" for number, one in enumerate(entries))
    return f"{HEAD}{head}{''.join(events)}END:VCALENDAR\r\n".replace("\n ", "\n").encode()


def read(*entries: str, head: str = "", zone: ZoneInfo | None = None) -> Listing:
    return read_calendar(calendar(*entries, head=head), SPAN, zone)


@pytest.mark.parametrize(
    ("name", "when", "wanted"),
    [
        ("01", "11-28 12:00", ["Alice Example"]),
        ("01", "11-30 08:00", ["Bob Example"]),
        ("01", "12-02 18:00", ["Dana Example"]),
        ("02", "11-28 21:00", ["Alice Example", "Alice Example"]),
        ("03", "11-28 08:00", ["alice"]),
        ("03", "11-28 18:30", ["dana"]),
        ("04", "11-25 11:30", ["dana"]),
        ("04", "11-28 12:00", ["alice"]),
        ("05", "10-26 08:30", ["alice"]),
        ("05", "11-18 12:00", ["erin"]),
        ("05", "11-28 12:00", ["femi"]),
        ("06", "11-28 12:00", ["Alice Example"]),
        ("06", "11-28 21:00", []),
        ("06", "12-04 07:30", ["Alice Example"]),
        ("07", "11-28 12:00", ["bob"]),
        ("07", "11-28 02:00", ["alice"]),
        ("08", "11-27 10:00", ["alice"]),
        ("08", "11-27 15:00", []),
        ("08", "11-28 12:00", []),
        ("09", "11-28 07:30", ["alice", "chen", "femi"]),
        ("09", "11-28 16:00", ["erin", "femi"]),
        ("10", "11-26 12:00", []),
        ("10", "11-27 12:00", []),
        ("10", "11-30 20:30", ["bob"]),
        ("11", "10-25 00:30", ["alice", "erin"]),
        ("11", "10-25 02:45", ["alice"]),
        ("11", "11-28 08:30", ["femi"]),
    ],
)
def test_who_is_on_call_in_the_samples(name: str, when: str, wanted: list[str]) -> None:
    listing = sample(name, BERLIN if name == "11" else None)
    assert on_call(listing, when) == wanted
    assert listing.complaints == ()


def test_levels_schedules_and_addresses_are_told_apart() -> None:
    assert [(one.name, one.level) for one in sample("09").at(at("11-28 07:30"))] == [
        ("alice", 1),
        ("chen", 1),
        ("femi", 2),
    ]
    payments, database = sample("02").at(at("11-28 21:00"))
    assert (payments.schedule, database.schedule) == ("Payments Primary", "Database Secondary, Night")
    assert payments.mail == "alice@example.org"


def test_a_hostile_calendar_tells_what_it_can_and_says_what_it_cannot() -> None:
    listing = sample("12")
    names = [on_call(listing, f"11-28 {hour:02}:30") for hour in range(8, 16)]
    assert names == [
        ["@channel <!here> [x](javascript:alert(1)) <img src=x> alice"],
        ["bob"],
        [],
        ["no stamp"],
        ["unknown zone"],
        [],
        [""],
        ["same uid twice"],
    ]
    assert listing.complaints == (
        '"ends before it begins" of 2026-11-28: it ends before it begins; it is left out',
        '"no end" of 2026-11-28: it has no end; it is left out',
        '"unknown zone" of 2026-11-28: the time zone Mars/Olympus is not known; UTC is taken',
        '"every minute for ever" of 2020-01-01: it repeats minutely; it is left out',
        '"bad rule" of 2026-11-28: its rule is not understood; it is left out',
        "an entry without a name of 2026-11-28: 2 entries have the same UID; each counts",
    )


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=SECONDLY", "it repeats secondly"),
        ("FREQ=MINUTELY;INTERVAL=60", "it repeats minutely"),
        ("FREQ=HOURLY;BYMINUTE=0,30", "it repeats several times an hour (BYMINUTE)"),
        ("FREQ=DAILY;BYSECOND=0,1", "it repeats several times an hour (BYSECOND)"),
        ("FREQ=HOURLY;BYDAY=MO,TU,WE", "it repeats too often since its beginning"),
        ("FREQ=DAILY;INTERVAL=0", "its interval is no number above 0"),
    ],
)
def test_what_repeats_too_often_is_left_out_and_the_rest_counts(rule: str, why: str) -> None:
    since = "19000101T000000Z"
    listing = read(
        f"SUMMARY:often\r\nDTSTART:{since}\r\nDTEND:19000101T000100Z\r\nRRULE:{rule}",
        "SUMMARY:alice\r\nDTSTART:20261128T000000Z\r\nDTEND:20261129T000000Z",
    )
    assert on_call(listing, "11-28 12:00") == ["alice"]
    assert listing.complaints == (f'"often" of 1900-01-01: {why}; it is left out',)


def test_many_rules_share_one_budget() -> None:
    daily = "SUMMARY:p{}\r\nDTSTART:20000101T{:02}0000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY"
    listing = read(*(daily.format(number, number % 24) for number in range(40)))
    assert len(listing.complaints) == 10
    assert listing.complaints[0].endswith("it repeats too often since its beginning; it is left out")
    assert len({one.name for one in listing.shifts}) == 30


def test_what_follows_a_refused_rule_is_no_shift_either() -> None:
    base = "SUMMARY:often\r\nDTSTART:20261101T000000Z\r\nDTEND:20261101T000100Z"
    entries = [
        f"UID:x\r\n{base}\r\nRRULE:FREQ=MINUTELY",
        "UID:x\r\nSUMMARY:odd\r\nRECURRENCE-ID:20261128T080000Z\r\nDTSTART:20261128T080000Z\r\nDURATION:PT1H",
    ]
    text = HEAD + "".join(f"BEGIN:VEVENT\r\n{one}\r\nEND:VEVENT\r\n" for one in entries) + "END:VCALENDAR\r\n"
    assert read_calendar(text.encode(), SPAN).shifts == ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it does not begin with BEGIN:VCALENDAR"),
        (b"<!DOCTYPE html><title>Sign in</title>BEGIN:VCALENDAR", "it does not begin with BEGIN:VCALENDAR"),
        (calendar()[:60], "it is cut off"),
        (calendar("SUMMARY:a")[:-24], "it is cut off"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", "it is broken"),
        (calendar() + b" " * MOST_BYTES, "it is larger than 2 MB"),
    ],
)
def test_what_is_no_calendar_is_no_empty_calendar(content: bytes, why: str) -> None:
    with pytest.raises(NoCalendar) as found:
        read_calendar(content, SPAN)
    assert str(found.value) == why


def test_a_byte_order_mark_and_blank_lines_are_fine() -> None:
    listing = read_calendar(b"\xef\xbb\xbf\r\n" + calendar("SUMMARY:a\r\nDTSTART;VALUE=DATE:20261128"), SPAN)
    assert on_call(listing, "11-28 12:00") == ["a"]


def test_what_names_no_zone_is_in_the_zone_that_is_set_then_in_the_calendars_own() -> None:
    entry = "SUMMARY:a\r\nDTSTART:20261128T090000\r\nDTEND:20261128T100000"
    tokyo = "X-WR-TIMEZONE:Asia/Tokyo\r\n"
    assert read(entry, head=tokyo, zone=BERLIN).shifts[0].start == at("11-28 08:00")
    assert read(entry, head=tokyo).shifts[0].start == at("11-28 00:00")
    assert read(entry).shifts[0].start == at("11-28 09:00")
    assert read(entry).complaints == ('"a" of 2026-11-28: it names no time zone; UTC is taken (set timezone)',)
    assert read(entry, head="X-WR-TIMEZONE:Nowhere/../x\r\n").complaints[0] == (
        "the calendar's own time zone Nowhere/../x is not known"
    )


def test_a_night_keeps_its_end_on_the_clock_and_a_length_is_exact_at_a_clock_change() -> None:
    zone = "TZID=Europe/Berlin"
    night = f"SUMMARY:night\r\nDTSTART;{zone}:20261001T220000\r\nDTEND;{zone}:20261002T060000\r\nRRULE:FREQ=DAILY"
    length = f"SUMMARY:exact\r\nDTSTART;{zone}:20261001T220000\r\nDURATION:PT8H\r\nRRULE:FREQ=DAILY"
    shifts = read(night, length).shifts
    ends = {(one.name, one.end) for one in shifts if one.start == at("10-24 20:00")}
    assert ends == {("night", at("10-25 05:00")), ("exact", at("10-25 04:00"))}


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("DTSTART:20261101T200000Z", "DTEND:20261102T060000Z"),
        ("DTSTART;TZID=Europe/Berlin:20261101T200000", "DTEND;TZID=Europe/Berlin:20261102T060000"),
        ("DTSTART;TZID=America/Los_Angeles:20261101T200000", "DTEND;TZID=America/Los_Angeles:20261102T060000"),
        ("DTSTART:20261101T200000", "DTEND:20261102T060000"),
    ],
)
def test_a_rule_that_ends_on_a_day_ends_with_it(begins: str, ends: str) -> None:
    listing = read(
        f"SUMMARY:carol\r\n{begins}\r\n{ends}\r\nRRULE:FREQ=DAILY;UNTIL=20261105", zone=ZoneInfo("Europe/Oslo")
    )
    assert not listing.complaints
    assert len(listing.shifts) == 5


def test_the_later_version_of_an_entry_counts_alone() -> None:
    one = "UID:x\r\nSEQUENCE:{}\r\nSUMMARY:{}\r\nDTSTART:20261128T080000Z\r\nDTEND:20261128T090000Z"
    entries = (one.format(0, "alice"), one.format(1, "bob"))
    text = HEAD + "".join(f"BEGIN:VEVENT\r\n{e}\r\nEND:VEVENT\r\n" for e in entries) + "END:VCALENDAR\r\n"
    listing = read_calendar(text.encode(), SPAN)
    assert (on_call(listing, "11-28 08:30"), listing.complaints) == (["bob"], ())


GOOD = "SUMMARY:bob\r\nDTSTART:20261102T080000Z\r\nDTEND:20261102T200000Z"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("DTSTART:20261331T080000Z\r\nDTEND:20261102T200000Z", "its start is not understood"),
        ("DTSTART:20261102T235960Z\r\nDTEND:20261103T080000Z", "its start is not understood"),
        ("DTSTART;TZID=(UTC+01:00) Berlin:20261102T080000\r\nDURATION:PT1H", "its start is not understood"),
        ("DTSTART:00010101T080000Z\r\nDTEND:99990101T200000Z", "it is not understood (OverflowError)"),
        ("DTSTART:99991231T080000Z\r\nDURATION:P9W", ""),
        ("DTSTART:20261102T080000Z\r\nDTEND:20261102T240000Z", "its end is not understood"),
        ("DTSTART:20261102T080000Z\r\nDURATION:PT99999999999H", "its end is not understood"),
        ("DTEND:20261102T080000Z", "it has no start"),
        ("DTSTART:20261102T080000Z\r\nDTEND:20261102T200000Z\r\nRRULE:RSCALE=GREGORIAN;FREQ=DAILY", "understood"),
    ],
)
def test_what_one_entry_gets_wrong_concerns_no_other(lines: str, why: str) -> None:
    listing = read(f"SUMMARY:alice\r\n{lines}", GOOD)
    assert on_call(listing, "11-02 12:00") == ["bob"]
    assert why in " ".join(listing.complaints)


@pytest.mark.parametrize("zone", ["W. Europe Standard Time", "GMT+0100", "europe/berlin"])
def test_zones_are_known_by_the_names_that_programs_give_them(zone: str) -> None:
    named = f"SUMMARY:bob\r\nDTSTART;TZID={zone}:20261102T090000\r\nDTEND;TZID={zone}:20261102T210000"
    floating = "SUMMARY:bob\r\nDTSTART:20261102T090000\r\nDTEND:20261102T210000"
    for listing in (read(named), read(floating, head=f"X-WR-TIMEZONE:{zone}\r\n")):
        assert [(one.start, one.end) for one in listing.shifts] == [(at("11-02 08:00"), at("11-02 20:00"))]
        assert listing.complaints == ()


def test_complaints_are_bounded() -> None:
    listing = read(*("SUMMARY:x{}\r\nDTSTART:20261128T080000Z".replace("{}", str(n)) for n in range(50)))
    assert len(listing.complaints) == 21
    assert listing.complaints[-1] == "and 30 more"


def test_a_broken_exception_is_said_and_the_entry_counts() -> None:
    listing = read("SUMMARY:a\r\nDTSTART:20261128T080000Z\r\nDTEND:20261128T090000Z\r\nEXDATE:never")
    assert on_call(listing, "11-28 08:30") == ["a"]
    assert listing.complaints == ('"a" of 2026-11-28: EXDATE is not understood',)


def test_hand_over_is_half_open_and_only_the_highest_rank_of_a_level_counts() -> None:
    start, hour = at("11-28 08:00"), timedelta(hours=1)
    first, second = Shift(start, start + hour, ("a",)), Shift(start + hour, start + 2 * hour, ("b",))
    over = Shift(start + hour, start + 2 * hour, ("c",), rank=2)
    backup = Shift(start, start + 3 * hour, ("d",), level=2)
    listing = Listing((first, second, over, backup))
    assert on_call(listing, "11-28 08:59") == ["a", "d"]
    assert on_call(listing, "11-28 09:00") == ["c", "d"]
    assert [one.name for one in listing.overridden(at("11-28 09:00"))] == ["b"]
    assert on_call(listing, "11-28 10:00") == ["d"]
