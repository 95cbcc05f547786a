"""What people may write for a time, what it means, and what is refused. reliability.md F15; S55, S56."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker_bridge.domain.times import BadTime, Moment, parse_time

SAID_AT = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
EARLY = timedelta(minutes=5)

ZONES = {
    # a zone, and two of its clock changes: forward, back
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "Europe/London": ("2026-03-29", "2026-10-25"),
    "Europe/Dublin": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "America/Los_Angeles": ("2026-03-08", "2026-11-01"),
    "America/St_Johns": ("2026-03-08", "2026-11-01"),
    "America/Santiago": ("2026-09-06", "2026-04-05"),
    "America/Havana": ("2026-03-08", "2026-11-01"),
    "Australia/Sydney": ("2026-10-04", "2026-04-05"),
    "Australia/Adelaide": ("2026-10-04", "2026-04-05"),
    "Australia/Lord_Howe": ("2026-10-04", "2026-04-05"),
    "Pacific/Auckland": ("2026-09-27", "2026-04-05"),
    "Pacific/Chatham": ("2026-09-27", "2026-04-05"),
    "Atlantic/Azores": ("2026-03-29", "2026-10-25"),
    "Asia/Beirut": ("2026-03-29", "2026-10-25"),
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
    "14h05",
    "14:5",
    "24:00",
    "14:60",
    "-1:05",
    "14:05:60",
    "14:05:5",
    "14:05.5",
    "2:05pm",
    "2:05 pm",
    "2pm",
    "noon",
    "yesterday",
    "yesterday 14:05",
    "just now",
    "a while ago",
    "an hour ago",
    "ago",
    "m ago",
    "20 ago",
    "20s ago",
    "-20m ago",
    "20m",
    "in 20m",
    "20m ago 14:05",
    "1.5h ago",
    "٢٠m ago",
    "１４:０５",
    "22 Nov 14:05",
    "22.11.2026 14:05",
    "11/22/2026 14:05",
    "05/01/2026 14:05",
    "2026-1-5 14:05",
    "2026-11-22",
    "2026-13-01 14:05",
    "2026-02-29 14:05",
    "2026-11-31 14:05",
    "2026-11-00 14:05",
    "14:05 2026-11-22",
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
    "14:05 UTC+2",
    "1700000000",
    "14:05\n14:06",
    "9" * 4000,
    "9" * 4000 + "m ago",
]


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[:30]))
def test_refused_forms(text: str) -> None:
    reason = refused(text)
    assert len(reason) < 200


@pytest.mark.parametrize("name", ["CST", "IST", "BST", "AST", "ist", "PT", "ET", "local"])
def test_zone_names_that_mean_several_things_are_refused(name: str) -> None:
    assert f"`{name}` is not a time zone that means one thing" in refused(f"14:05 {name}")


@pytest.mark.parametrize("text", ["`14:05", "14:05 `x`", "2026-02-30`14:05", "`"])
def test_a_refusal_quotes_no_back_ticks(text: str) -> None:
    assert refused(text).count("`") % 2 == 0


# Limits


@pytest.mark.parametrize(
    ("text", "limit"),
    [("2026-11-22 14:35:01", "in the future"), ("2027-11-22 14:05", "in the future")],
)
def test_the_future_is_refused(text: str, limit: str) -> None:
    assert limit in refused(text)


@pytest.mark.parametrize("text", ["2025-10-18 14:29", "2024-02-29 00:00", "2000-01-01 00:00"])
def test_what_is_more_than_400_days_back_is_refused(text: str) -> None:
    assert "more than 400 days back" in refused(text)


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
    assert refused(text, said_at) == f"`{text}` is in the future; for yesterday write `{right}`"
    assert read(right, said_at).at.date() == datetime(2026, 11, 24, tzinfo=UTC).date()


def test_what_is_roughly_said_and_still_to_come_is_refused_too() -> None:
    assert "for yesterday write `2026-11-21 23:00`" in refused("~23:00")


def test_yesterdays_evening_in_the_teams_own_zone() -> None:
    said_at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # 00:30 on the 23rd in Berlin
    assert read("23:50", said_at, BERLIN).at == datetime(2026, 11, 22, 22, 50, tzinfo=UTC)
    assert read("00:20", said_at, BERLIN).at == datetime(2026, 11, 22, 23, 20, tzinfo=UTC)
    assert "for yesterday write `2026-11-22 00:40`" in refused("00:40", said_at, BERLIN)


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
    assert "came twice" in found.remark
    assert "the earlier one is taken" in found.remark


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


@given(st.text(), st.sampled_from(sorted(ZONES)))
@example("14:05 " + "\ud800", "Europe/Berlin")
def test_any_text_is_a_time_or_a_reason(text: str, name: str) -> None:
    found = parse_time(text, SAID_AT, ZoneInfo(name))
    if isinstance(found, Moment):
        assert SAID_AT - timedelta(days=400) <= found.at <= SAID_AT + EARLY
    else:
        assert found.reason
