"""Sources over HTTP, as their services document them, on this machine; and what is said when they fail."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import responses

from tests.destinations.receiver import answer, receiving
from tests.on_call.test_calendars import SAMPLES, calendar
from tracker_bridge.observability.complaints import unreadable
from tracker_bridge.on_call.aside import Unreadable, read_aside
from tracker_bridge.on_call.calendar import read_calendar
from tracker_bridge.on_call.copies import Copies, Copy, listing_of
from tracker_bridge.on_call.copies import told as told_of
from tracker_bridge.on_call.ical import Calendar, https
from tracker_bridge.on_call.services import GitLab, Grafana, Opsgenie, PagerDuty
from tracker_bridge.on_call.shifts import Known, Listing, Shift, Snapshot, who
from tracker_bridge.on_call.watch import Feed, Watch

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SECRET = "https://calendars.example.org/private/sEcReT/feed"
EVERY = timedelta(minutes=5)

in_forks = pytest.mark.usefixtures("in_forks")
"""For calendars that are read in a fork; others in a process that starts as it always does."""


@pytest.fixture
def net() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def told(net: responses.RequestsMock, **answer: Any) -> None:
    net.add(responses.GET, SECRET, **answer)


def fails(feed: Feed) -> str:
    with pytest.raises(Unreadable) as found:
        feed.read(NOW)
    assert "sEcReT" not in str(found.value)
    return str(found.value)


def names(listing: Listing, at: datetime = NOW) -> list[tuple[str, int]]:
    return [(one.name or one.mail, one.level) for one in listing.at(at)]


# Calendars


@in_forks
def test_a_calendar_is_read_aside_and_again_only_when_its_bytes_change(
    net: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def once(content: bytes, *rest: object) -> Listing:
        read.append(len(content))
        return read_aside(content, *rest)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr("tracker_bridge.on_call.ical.read_aside", once)
    first = (SAMPLES / "04-levels.ics").read_bytes()
    told(net, body=first, headers={"ETag": '"1"', "Last-Modified": "Fri, 27 Nov 2026 00:00:00 GMT"})
    told(net, status=304)
    told(net, body=first, headers={"ETag": '"2"'})
    told(net, body=calendar("SUMMARY:zoe\r\nDTSTART:20261128T000000Z\r\nDTEND:20261129T000000Z"))
    feed = Calendar(address=SECRET)
    assert names(feed.read(NOW)) == [("alice", 1)]
    assert feed.read(NOW) is feed.read(NOW)
    assert len(read) == 1
    assert net.calls[1].request.headers["If-None-Match"] == '"1"'
    assert net.calls[1].request.headers["If-Modified-Since"] == "Fri, 27 Nov 2026 00:00:00 GMT"
    assert net.calls[0].request.headers["User-Agent"].startswith("tracker-bridge/")
    assert names(feed.read(NOW)) == [("zoe", 1)]
    assert len(read) == 2


@in_forks
def test_the_days_around_now_are_read_anew_each_day_from_the_copy_if_need_be(tmp_path: Path) -> None:
    path = tmp_path / "rota.ics"
    path.write_bytes((SAMPLES / "04-levels.ics").read_bytes())
    feed = Calendar(file=path)
    feed.read(NOW)
    path.unlink()
    assert fails(feed) == "the file cannot be read (No such file or directory)"
    later = NOW + timedelta(days=60)
    copy = feed.from_copy(later)
    assert copy is not None
    assert names(copy, later) == [("bob", 1)]


@in_forks
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"status": 404}, "answered 404"),
        ({"status": 500}, "answered 500"),
        ({"body": "<html>Sign in"}, "the calendar cannot be read: it does not begin with BEGIN:VCALENDAR"),
        ({"body": b"x" * (2 * 1024 * 1024 + 10)}, "the answer is larger than 2 MB"),
        (
            {"status": 302, "headers": {"Location": "http://10.0.0.1/x"}},
            "it moved to an address that is not https",
        ),
        ({"status": 302, "headers": {"Location": SECRET}}, "it moved too often"),
        ({"status": 302, "headers": {"Location": "https://[sEcReT"}}, "no connection (ValueError)"),
    ],
)
def test_an_answer_that_is_no_calendar_shows_no_address(
    net: responses.RequestsMock, answer: dict[str, object], why: str
) -> None:
    told(net, **answer)
    assert fails(Calendar(address=SECRET)) == why


def test_no_connection_is_told_without_the_address() -> None:
    with responses.RequestsMock():  # nothing answers
        assert fails(Calendar(address=SECRET)) == "no connection (ConnectionError)"


FORBIDDEN = "its address is one that is never connected to"


@pytest.mark.parametrize("host", ["169.254.169.254", "[fd00:ec2::254]", "100.100.100.200", "0.0.0.0"])
def test_what_only_machines_of_a_cloud_are_asked_for_is_no_source(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving(answer()) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        assert fails(Calendar(address=f"https://{host}/sEcReT")) == FORBIDDEN
    assert proxy.requests == []


def test_no_redirect_and_no_name_leads_there_either(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(answer(302, "", Location="http://169.254.169.254/sEcReT")) as moved:
        assert fails(Calendar(address=moved.url)) == FORBIDDEN
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert fails(Calendar(address="https://innocent.example.org/sEcReT")) == FORBIDDEN
    grafana = Grafana("https://innocent.example.org", "token", ("one",))
    with pytest.raises(Unreadable, match=FORBIDDEN):
        grafana.read(NOW)


@in_forks
def test_this_machine_may_be_a_source() -> None:
    sample = (SAMPLES / "07-all-day.ics").read_text("utf-8")
    with receiving(answer(200, sample)) as receiver:
        by_name = receiver.url.replace("127.0.0.1", "localhost")
        assert names(Calendar(address=by_name).read(NOW)) == [("bob", 1)]
    assert fails(Calendar(address=by_name)) == "no connection (ConnectionError)"


@in_forks
def test_webcal_is_https_and_a_calendar_may_move(net: responses.RequestsMock) -> None:
    net.add(responses.GET, SECRET, status=301, headers={"Location": "/moved"})
    net.add(responses.GET, "https://calendars.example.org/moved", body=(SAMPLES / "07-all-day.ics").read_bytes())
    assert names(Calendar(address=SECRET.replace("https", "webcal")).read(NOW)) == [("bob", 1)]
    assert https("WebCal://a/b") == "https://a/b"


@in_forks
def test_only_the_schedules_that_are_asked_for_count_and_one_that_is_missing_is_said() -> None:
    path = SAMPLES / "02-pagerduty-personal.ics"
    listing = Calendar(file=path, schedules=("payments primary", "Gone")).read(NOW)
    assert {one.schedule for one in listing.shifts} == {"Payments Primary"}
    assert listing.complaints == ("no entry is of the schedule Gone",)


def test_the_child_keeps_the_zone_the_levels_and_the_complaints() -> None:
    span = (NOW - timedelta(days=2), NOW + timedelta(days=2))
    content = (SAMPLES / "12-hostile.ics").read_bytes()
    listing = read_aside(content, span, ZoneInfo("Asia/Tokyo"))
    assert len(listing.complaints) == 6
    assert "Asia/Tokyo is taken" in listing.complaints[2]
    assert listing.span == span


def test_a_calendar_that_would_take_hours_is_given_up() -> None:
    """It repeats every day on which the thirtieth of February is; no library notices."""
    often = (
        "SUMMARY:x{}\r\nDTSTART:20261101T{:02}0000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30"
    )
    content = calendar(often.format(0, 0), "SUMMARY:alice\r\nDTSTART;VALUE=DATE:20261128")
    listing = read_aside(content, (NOW - timedelta(days=2), NOW + timedelta(days=2)), None, patience=0.2)
    assert names(listing) == [("alice", 1)]
    assert "it takes too long to find out when it repeats" in listing.complaints[0]
    many = calendar(*(often.format(n, n) for n in range(20)))
    with pytest.raises(Unreadable, match="longer than 1 s"):
        read_aside(many, (NOW - timedelta(days=2), NOW + timedelta(days=2)), None, seconds=1)


# Services


def test_pagerduty_by_policy_tells_its_levels(net: responses.RequestsMock) -> None:
    def one(name: str, level: int, start: str | None, end: str | None) -> dict[str, object]:
        user = {"id": "P1", "type": "user", "summary": name, "name": name, "email": f"{name}@example.org"}
        return {"user": user, "schedule": None, "escalation_level": level, "start": start, "end": end}

    pages = [
        {"oncalls": [one("alice", 1, "2026-11-28T08:00:00Z", "2026-11-28T20:00:00Z")], "more": True},
        {"oncalls": [one("bob", 2, None, None), one("bob", 2, None, None)], "more": False},
    ]
    for page in pages:
        net.add(responses.GET, "https://api.pagerduty.com/oncalls", json=page)
    feed = PagerDuty("https://api.pagerduty.com", "tOkEn", policies=("PABC",))
    listing = feed.read(NOW)
    assert names(listing) == [("alice", 1), ("bob", 2)]
    assert names(listing, NOW + timedelta(hours=8)) == [("bob", 2)]
    assert listing.shifts[0].mail == "alice@example.org"
    asked = net.calls[1].request
    assert asked.headers["Authorization"] == "Token token=tOkEn"
    assert asked.headers["Accept"] == "application/vnd.pagerduty+json;version=2"
    assert "escalation_policy_ids%5B%5D=PABC" in str(asked.url)
    assert "offset=100" in str(asked.url)
    assert "tOkEn" not in repr(feed)


def test_pagerduty_by_schedule_has_one_level(net: responses.RequestsMock) -> None:
    shift = {"user": {"name": "alice"}, "escalation_level": 3, "start": None, "end": None}
    net.add(responses.GET, "https://api.pagerduty.com/oncalls", json={"oncalls": [shift]})
    assert names(PagerDuty("https://api.pagerduty.com", "t", ("P1",)).read(NOW)) == [("alice", 1)]


def test_grafana_is_asked_for_final_shifts(net: responses.RequestsMock) -> None:
    shift = {
        "user_pk": "UC2CHRT5SD34X",
        "user_email": "alice@example.org",
        "user_username": "alice",
        "shift_start": "2026-11-28T08:00:00Z",
        "shift_end": "2026-11-28T16:00:00Z",
    }
    url = "https://oncall.example.org/oncall/api/v1/schedules/SBM7DV7BKFUYU/final_shifts"
    net.add(responses.GET, url, json={"count": 1, "next": None, "previous": None, "results": [shift]})
    feed = Grafana("https://oncall.example.org/oncall", "tok", ("SBM7DV7BKFUYU",), "https://acme.grafana.net")
    listing = feed.read(NOW)
    assert names(listing) == [("alice", 1)]
    assert names(listing, NOW + timedelta(hours=4)) == []
    sent = net.calls[0].request
    assert sent.headers["Authorization"] == "Bearer tok"
    assert sent.headers["X-Grafana-URL"] == "https://acme.grafana.net"
    assert "start_date=2026-11-27" in str(sent.url)
    assert Grafana("https://oncall.example.org/oncall", "tok", ("SBM7DV7BKFUYU",)).read(NOW) == listing
    assert net.calls[1].request.headers["Authorization"] == "tok"


GRAPHQL = "https://gitlab.example.org/api/graphql"


def gitlab(answer: object, net: responses.RequestsMock, *schedules: str) -> GitLab:
    net.add(responses.POST, GRAPHQL, json=answer)
    return GitLab("https://gitlab.example.org", "tok", "acme/shop", schedules)


def of_project(found: object) -> dict[str, object]:
    return {"data": {"project": {"incidentManagementOncallSchedules": found}}}


SCHEDULES = of_project(
    {
        "nodes": [
            {"iid": "1", "name": "Payments", "oncallUsers": [{"username": "alice"}]},
            {"iid": "2", "name": "Empty", "oncallUsers": []},
        ]
    }
)


def test_gitlab_names_logins_for_a_while(net: responses.RequestsMock) -> None:
    listing = gitlab(SCHEDULES, net, "payments").read(NOW)
    assert names(listing) == [("alice", 1)]
    assert listing.shifts[0].is_login
    assert not listing.covers(NOW + timedelta(minutes=15))
    assert json.loads(net.calls[0].request.body or "")["variables"] == {"project": "acme/shop"}
    assert gitlab(SCHEDULES, net, "2").read(NOW).at(NOW) == ()


@in_forks
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"data": {"project": None}}, "the project is not there, or the token may not see it"),
        (of_project(None), "the project has no on-call schedules, or the token may not see them"),
        (SCHEDULES, "there is no schedule gone"),
        (
            {"errors": [{"message": "Field 'x'\ndoes not exist"}]},
            "it answered with an error: Field 'x' does not exist",
        ),
        ([], "the project is not there, or the token may not see it"),
    ],
)
def test_what_gitlab_does_not_tell_is_not_nobody(net: responses.RequestsMock, answer: object, why: str) -> None:
    assert fails(gitlab(answer, net, "gone")) == why


def test_opsgenie_names_mail_addresses(net: responses.RequestsMock) -> None:
    url = "https://api.opsgenie.com/v2/schedules/Payments%20Team/on-calls"
    net.add(responses.GET, url, json={"data": {"onCallRecipients": ["alice@example.org"]}, "took": 0.1})
    feed = Opsgenie("https://api.opsgenie.com", "key", ("Payments Team",))
    assert names(feed.read(NOW)) == [("alice@example.org", 1)]
    assert net.calls[0].request.headers["Authorization"] == "GenieKey key"


@pytest.mark.parametrize(
    ("feed", "method", "url"),
    [
        (PagerDuty("https://s.example.org", "t", ("P",)), "GET", "https://s.example.org/oncalls"),
        (
            Grafana("https://s.example.org", "t", ("S",)),
            "GET",
            "https://s.example.org/api/v1/schedules/S/final_shifts",
        ),
        (GitLab("https://s.example.org", "t", "a/b"), "POST", "https://s.example.org/api/graphql"),
        (Opsgenie("https://s.example.org", "t", ("S",)), "GET", "https://s.example.org/v2/schedules/S/on-calls"),
    ],
)
def test_an_answer_of_another_shape_is_never_nobody(
    net: responses.RequestsMock, feed: Feed, method: str, url: str
) -> None:
    for body in ("{}", "[]", "null", "<html>", '{"oncalls": [1]}', '{"results": null}', '{"data": []}'):
        net.add(method, url, body=body)
        assert fails(feed)
    net.add(method, url, status=429, headers={"Retry-After": "9"})
    assert fails(feed) == "answered 429"
    net.add(method, url, status=302, headers={"Location": "https://elsewhere.example.org"})
    assert fails(feed) == "answered 302"


def test_an_answer_that_drips_ends(monkeypatch: pytest.MonkeyPatch, net: responses.RequestsMock) -> None:
    times = iter(range(0, 1000, 7))
    monkeypatch.setattr("time.monotonic", lambda: float(next(times)))
    told(net, body=b"x" * 100_000)
    assert fails(Calendar(address=SECRET)) == "the answer did not end in time"


# What is known


@dataclass
class Said:
    """A source that says one thing after another."""

    answers: list[Listing | Exception]
    reaches: bool = True
    asked: int = 0
    at: list[datetime] = field(default_factory=list)

    def read(self, now: datetime) -> Listing:
        self.asked += 1
        self.at.append(now)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


ALICE = Listing((Shift(NOW - timedelta(hours=9), NOW + timedelta(hours=9), ("alice",)),))


def test_nobody_unreadable_a_copy_and_unread_are_four_answers() -> None:
    def known(snapshot: Snapshot, at: datetime = NOW) -> tuple[Known, list[str], bool]:
        answer = who("rota", snapshot, at)
        return answer.known, [one.name for one in answer.shifts], answer.gap

    assert known(Snapshot()) == (Known.UNREAD, [], False)
    assert known(Snapshot(failing_since=NOW, reason="answered 404")) == (Known.UNREADABLE, [], False)
    assert known(Snapshot(ALICE, NOW)) == (Known.READ, ["alice"], False)
    assert known(Snapshot(ALICE, NOW), NOW + timedelta(hours=9)) == (Known.READ, [], True)
    assert known(Snapshot(ALICE, NOW, NOW, "answered 404")) == (Known.COPY, ["alice"], False)
    short = Listing((), (NOW, NOW + timedelta(hours=1)))
    assert known(Snapshot(short, NOW)) == (Known.READ, [], True)
    assert known(Snapshot(short, NOW), NOW + timedelta(hours=1)) == (Known.UNREADABLE, [], False)


def test_the_last_good_copy_stays_with_its_age(caplog: pytest.LogCaptureFixture) -> None:
    clock = [NOW]
    feed = Said([ALICE, Unreadable("answered 404"), ValueError("secret text"), ALICE])
    watch = Watch({"rota": (feed, EVERY)}, lambda: clock[0])
    assert watch.answer("rota", NOW).known is Known.READ
    for minutes in (5, 10):
        clock[0] = NOW + timedelta(minutes=minutes)
        watch.renew()
        answer = watch.answer("rota", NOW)
        assert (answer.known, answer.read_at, answer.failing_since) == (
            Known.COPY,
            NOW,
            NOW + timedelta(minutes=5),
        )
        assert [one.name for one in answer.shifts] == ["alice"]
    watch.renew()
    assert watch.answer("rota", NOW).known is Known.READ
    assert "secret text" not in caplog.text
    assert [one.getMessage() for one in caplog.records if one.levelname == "WARNING"] == [
        "on call: the source rota cannot be read: answered 404",
        "on call: the source rota cannot be read: its answer is not understood (ValueError)",
    ]


def test_the_copy_outlives_the_process_and_is_its_owners_only(tmp_path: Path) -> None:
    later, folder = NOW + timedelta(hours=2), tmp_path / "on-call"
    copies = Copies(folder)
    Watch({"rota": (Said([ALICE]), EVERY)}, lambda: NOW, copies).renew()
    [path] = folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    watch = Watch({"rota": (Said([Unreadable("answered 404")]), EVERY)}, lambda: later, copies)
    answer = watch.answer("rota", later)
    assert (answer.known, answer.read_at, answer.failing_since) == (Known.COPY, NOW, later)
    assert [one.name for one in answer.shifts] == ["alice"]
    assert copies.load("other") is None
    path.write_text('{"read_at": 1}')
    assert copies.load("rota") is None
    Copies(path / "nowhere").save("rota", Copy(ALICE, NOW))  # what cannot be kept is not


def test_a_copy_is_the_listing_that_was_read() -> None:
    span = (NOW - timedelta(days=2), NOW + timedelta(days=2))
    for sample in SAMPLES.glob("*.ics"):
        listing = read_calendar(sample.read_bytes(), span)
        assert listing_of(told_of(listing)) == listing


def test_a_source_that_hangs_is_unreadable_and_holds_nobody_up() -> None:
    clock = [NOW]
    watch = Watch({"rota": (Said([ALICE]), EVERY)}, lambda: clock[0])
    watch._started = True
    watched = watch._sources["rota"]
    assert watch.answer("rota", NOW).known is Known.UNREAD
    watched.asked_at = NOW
    clock[0] = NOW + timedelta(seconds=61)
    answer = watch.answer("rota", NOW)
    assert (answer.known, answer.failing_since, answer.reason) == (Known.UNREADABLE, NOW, "no answer in time")


def test_a_source_that_is_not_there_is_said() -> None:
    assert Watch({}, lambda: NOW).answer("gone", NOW).reason == "there is no source of that name"


def test_a_copy_that_does_not_reach_until_now_is_not_said_to_count() -> None:
    """Services that tell only who is on call now are good for a quarter of an hour."""
    clock = [NOW]
    short = Listing(ALICE.shifts, (NOW, NOW + timedelta(minutes=15)))
    watch = Watch({"rota": (Said([short, Unreadable("answered 503")]), EVERY)}, lambda: clock[0])
    watch.renew()
    watch.renew()
    [rota] = watch.standing()
    [said] = unreadable(rota)
    assert rota.known
    assert str(said).endswith("(answered 503); its copy of 2026-11-28 12:00 UTC counts")
    clock[0] += timedelta(minutes=15)
    [rota] = watch.standing()
    [said] = unreadable(rota)
    assert not rota.known
    assert str(said).endswith("its copy of 2026-11-28 12:00 UTC does not reach until now")
