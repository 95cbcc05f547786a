"""What each sender tells, from samples of its payloads: ``samples/`` has one file each."""

import json
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import get_args

import pytest

from tracker_bridge.alerts.notice import Notice, Told
from tracker_bridge.alerts.payload import Payload, Unreadable, time_of
from tracker_bridge.alerts.senders import GENERIC, READERS, reader_of
from tracker_bridge.alerts.senders.generic import compiled
from tracker_bridge.settings.alerts import Kind

SAMPLES = Path(__file__).parent / "samples"
SPLINTERS = (b"", b"null", b'"', b"{}", b"[1]", b"\xff", b"1e999", b"-")
UPLOAD = {"content-type": "multipart/form-data; boundary=x"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
KINDS = {
    "am": "alertmanager",
    "mimir": "alertmanager",
    "grafana": "grafana",
    "pd": "pagerduty",
    "sentry": "sentry",
    "datadog": "datadog",
    "sns": "sns",
    "gatus": "gatus",
    "uptime": "uptime-kuma",
    "uptimerobot": "uptimerobot",
    "opsgenie": "opsgenie",
    "gitlab": "gitlab",
    "generic": GENERIC,
}


def kind_of(name: str) -> str:
    return KINDS[name.partition("-")[0]]


def told(name: str, body: bytes | None = None) -> Told:
    headers = FORM if "form" in name else {}
    return reader_of(kind_of(name), {})(Payload(headers, (SAMPLES / name).read_bytes() if body is None else body))


def one(name: str) -> Notice:
    (notice,) = told(name).notices
    return notice


def lines() -> Iterator[tuple[str, str]]:
    """What a notice says, shortened: state, firing of all members, key, title, severity."""
    for path in sorted(SAMPLES.iterdir()):
        found = told(path.name)
        for notice in found.notices:
            firing = sum(member.firing for member in notice.members)
            state = "test" if notice.test else "fires" if notice.firing else "ended"
            part = "" if notice.complete else " in part"
            about = f"{notice.key[:34]} | {notice.title[:30]!r} | {notice.severity} | {notice.caution[:20]}"
            yield path.name, f"{state} {firing}/{len(notice.members)}{part} | {about}"
        if not found.notices:
            yield path.name, f"nothing: {found.nothing}"


def test_every_sample_is_read_as_it_is_meant() -> None:
    expected = (Path(__file__).parent / "samples.txt").read_text().splitlines()
    assert [f"{name}: {line}" for name, line in lines()] == expected


CHANGE = {
    "source": "aws.cloudwatch",
    "resources": ["arn:aws:cloudwatch:x"],
    "detail": {"alarmName": "CPU", "state": {"value": "ALARM", "timestamp": "2026-11-02T08:55:12.345+0000"}},
}


@pytest.mark.parametrize(
    ("kind", "sent", "firing", "title"),
    [
        ("alertmanager", {"status": "resolved", "alerts": [{"labels": {"alertname": "X"}}]}, False, "X"),
        ("alertmanager", {"alerts": [None, {"status": "Resolved", "labels": {"alertname": "X"}}]}, False, "X"),
        ("alertmanager", {"status": "firing", "alerts": [{"labels": {"alertname": "X"}}]}, True, "X"),
        (
            "datadog",
            {"title": "$5 refunds fail", "alert_id": 1, "alert_transition": "Triggered"},
            True,
            "$5 refunds fail",
        ),
        ("datadog", {"title": "${EVENT_TITLE}", "event_title": "CPU", "alert_id": 1}, True, "CPU"),
        ("opsgenie", {"action": "create", "alert": {"tinyId": "7", "message": "X"}}, True, "X"),
        ("opsgenie", {"action": "CLOSE", "alert": {"alias": "7", "message": "X"}}, False, "X"),
        (
            "pagerduty",
            {
                "event": {
                    "event_type": "incident.triggered",
                    "data": {"id": "A", "type": "incident_reference", "title": "X"},
                }
            },
            True,
            "X",
        ),
        ("sentry", {"action": "triggered", "data": {"event": {"event_id": "1", "title": "X"}}}, True, "X"),
        ("sns", CHANGE, True, "CPU"),
        ("sns", {"Type": "Notification", "MessageId": "1", "Message": json.dumps(CHANGE)}, True, "CPU"),
        (
            "uptimerobot",
            {"alertTypeFriendlyName": "Down", "monitorID": 7, "monitorFriendlyName": "X"},
            True,
            "X is down",
        ),
        ("generic", {"name": "X"}, True, "X"),
        ("generic", {"alertname": "X", "status": "cleared"}, False, "X"),
        ("generic", {"message": "It is slow.\nVery."}, True, "It is slow."),
        ("generic", {"title": "", "text": "X", "status": "healthy"}, False, "X"),
        ("generic", {"link": "https://x.test/a"}, True, "https://x.test/a"),
        ("generic", {"title": None, "summary": "X", "status": "", "state": "resolved"}, False, "X"),
        ("generic", [None, "x", {"title": "X"}, 7], True, "X"),
        ("generic", {"title": "[RESOLVED] X"}, False, "[RESOLVED] X"),
        ("generic", {"title": "✅ OK: X"}, False, "✅ OK: X"),
        ("generic", {"title": "Up-to-date packages fail"}, True, "Up-to-date packages fail"),
        ("generic", {"title": "[RESOLVED] X", "status": "firing"}, True, "[RESOLVED] X"),
    ],
)
def test_fields_that_lack_or_are_called_otherwise(kind: str, sent: object, firing: bool, title: str) -> None:
    (notice,) = reader_of(kind, {})(Payload({}, json.dumps(sent).encode())).notices
    assert (notice.firing, notice.title) == (firing, title)


@pytest.mark.parametrize(
    ("begun", "ended"),
    [
        ("[FIRING:2] X", "[RESOLVED] X"),
        ("PROBLEM: X", "RECOVERY: X"),
        ("🔴 Down | X", "🟢 Up | X"),
        ("[Alerting] X", "[OK] X"),
        ("Triggered - X", "Recovered - X"),
    ],
)
def test_a_title_alone_ends_what_it_began(begun: str, ended: str) -> None:
    read = reader_of(GENERIC, {})
    (first,), (last,) = (read(Payload({}, json.dumps({"title": one}).encode())).notices for one in (begun, ended))
    assert (first.key, first.firing) == ("X", True)
    assert (last.key, last.firing) == ("X", False)


@pytest.mark.parametrize(
    "body",
    [b"title=Disk+full&status=down", b"payload=%7B%22title%22%3A%22Disk+full%22%7D", b'{"title": "Disk full"}'],
)
def test_a_form_is_an_alert_of_any_shape(body: bytes) -> None:
    (notice,) = reader_of(GENERIC, {})(Payload(FORM, body)).notices
    assert (notice.title, notice.firing) == ("Disk full", True)


def test_events_of_sentry_without_an_issue_are_told_apart_by_what_they_say() -> None:
    """Each event has an id of its own: a thousand of them are not a thousand incidents."""
    events = [{"data": {"event": {"event_id": str(number), "title": "X"}}} for number in range(2)]
    told = [reader_of("sentry", {})(Payload({}, json.dumps(one).encode())).notices for one in events]
    assert {notice.key for notices in told for notice in notices} == {"issue:X"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-02T08:55Z", "2026-11-02T08:55:00+00:00"),
        ("2026-11-02 08:55", "2026-11-02T08:55:00+00:00"),
        ("Mon, 02 Nov 2026 08:55:12 +0100", "2026-11-02T07:55:12+00:00"),
        ("Mon, 02 Nov 2026 08:55:12 GMT", "2026-11-02T08:55:12+00:00"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", ""),
        ("half past eight", ""),
        ("Mon, 99 Nov 2026", ""),
    ],
)
def test_times_in_payloads(text: str, expected: str) -> None:
    found = time_of(text)
    assert (found.isoformat() if found else "") == expected


@pytest.mark.parametrize("kind", [*READERS, GENERIC])
def test_bytes_of_any_kind_are_read_or_refused(kind: str) -> None:
    draw = random.Random(kind)
    read = reader_of(kind, {})
    samples = [path.read_bytes() for path in sorted(SAMPLES.iterdir()) if path.stat().st_size < 3000]
    for _ in range(150):
        body = bytearray(draw.choice(samples))
        for _ in range(draw.randint(0, 6)):
            at = draw.randrange(len(body) or 1)
            body[at : at + draw.randint(0, 30)] = draw.choice(SPLINTERS)
        with suppress(Unreadable):
            read(Payload(draw.choice(({}, FORM, UPLOAD)), bytes(body)))


def test_what_is_nested_too_deep_is_refused() -> None:
    with pytest.raises(Unreadable, match="the body is not JSON"):
        told("generic-firing.json", b"[" * 100_000)


def test_an_upload_of_uptime_kuma_is_read_from_its_field() -> None:
    sent = (SAMPLES / "uptime-kuma-down.json").read_bytes()
    body = b'--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n' + sent + b"\r\n--x--\r\n"
    found = reader_of("uptime-kuma", {})(Payload(UPLOAD, body))
    assert found == told("uptime-kuma-down.json")


def test_the_peers_of_a_pair_tell_of_the_same() -> None:
    first, second = one("am-peer-a.json"), one("am-peer-b.json")
    assert (first.key, [m.id for m in first.members]) == (second.key, [m.id for m in second.members])


def test_members_are_called_by_what_differs_and_the_common_labels_are_the_notices() -> None:
    notice = one("am-firing.json")
    assert [member.name for member in notice.members] == ["instance=web-1:9100", "instance=web-2:9100"]
    assert notice.labels == {"alertname": "CheckoutDown", "severity": "critical"}
    assert notice.text.splitlines()[0].startswith("More than 5 %")


def test_templates_of_the_operator_read_a_shape_of_ones_own_and_nothing_else() -> None:
    read = reader_of(
        GENERIC,
        {"key": "{{ alert.check.id }}", "title": "{{ alert.check.name|upper }}", "status": "{{ alert.state }}"},
    )
    (notice,) = read(Payload({}, b'{"check": {"id": 7, "name": "{{ 7 * 7 }} disk"}, "state": "ok"}')).notices
    assert (notice.key, notice.title, notice.firing) == ("7", "{{ 7 * 7 }} DISK", False)


@pytest.mark.parametrize(
    "template",
    [
        "{{ alert.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ alert.items.__self__.__class__ }}",
        "{{ alert.a.b.c }}",
        "{{ 1 / 0 }}",
    ],
)
def test_a_template_that_cannot_be_filled_leaves_its_field_empty(template: str) -> None:
    (notice,) = reader_of(GENERIC, {"text": template})(Payload({}, b'{"key": "a"}')).notices
    assert (notice.key, notice.text) == ("a", "")


def test_a_template_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a template"):
        compiled("{{ alert")


def test_every_kind_that_can_be_set_is_read_and_no_other() -> None:
    assert set(get_args(Kind)) == {*READERS, GENERIC}
