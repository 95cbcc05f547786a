"""What each service is sent, as its documentation has it, and what its answers mean."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.destinations.conftest import FACTS, MESSAGE, SECRETS, message, reached
from tests.destinations.receiver import Receiver, Turn, answer, drip, hang, raw, receiving, reset
from tracker_bridge.destinations import Destination
from tracker_bridge.destinations.attempts import Again, Attempt
from tracker_bridge.destinations.http import Limits
from tracker_bridge.destinations.opening import opened
from tracker_bridge.destinations.paging import page_key
from tracker_bridge.domain.incident.outward import Kind
from tracker_bridge.domain.issue.dispatches import Outcome, Sent

SHORT = Limits(connect=0.3, answer=0.3)
"""For those that would take all the time that there is."""

PATIENT = Limits(connect=20, answer=20)
POST = "k5wp6xbn6pn1bcyc8r4jzp5aeh"
WAYS = {
    "slack hook": ("slack", "/services/T0/B0/secretsecret", False),
    "slack bot": ("slack", "/api/C0123", True),
    "mattermost hook": ("mattermost", "/hooks/n5zpqmhxd3ntiy6tcoqjqs3kyc", False),
    "mattermost bot": ("mattermost", "/3kd8r1ebfyw7b4ikd3ctyr6gab", True),
    "pagerduty": ("pagerduty", "", True),
    "opsgenie": ("opsgenie", "", True),
    "webhook": ("webhook", "/incidents?tenant=7", True),
    "ntfy": ("ntfy", "/incidents", False),
}
GOOD: dict[str, dict[str, Any]] = {
    "slack bot": {"ok": True, "channel": "C0123", "ts": "1503435956.000247"},
    "mattermost bot": {"id": POST},
}
REPEATABLE = {"pagerduty", "opsgenie", "webhook"}
PAGERS = {"pagerduty", "opsgenie"}


def destination(way: str, url: str, limits: Limits = PATIENT) -> Destination:
    service, path, secret = WAYS[way]
    return opened(reached(f"{service}+{url}{path}", SECRETS[service] if secret else None), limits)


def send(way: str, receiver: Receiver, handle: str | None = None, **changed: Any) -> Attempt:
    changed = {"kind": Kind.PAGE, **changed} if way in PAGERS else changed
    return destination(way, receiver.url).send(message(**changed), handle)


def good(way: str) -> Turn:
    return answer(202 if way in PAGERS else 200, GOOD.get(way, "ok"))


@pytest.mark.parametrize("way", WAYS)
def test_a_message_arrives_once(way: str) -> None:
    with receiving(good(way)) as receiver:
        came = send(way, receiver)
    assert isinstance(came, Sent)
    assert came.outcome is Outcome.DELIVERED
    assert len(receiver.requests) == 1
    assert receiver.requests[0].method == "POST"


def test_slack_gets_the_words_as_they_are() -> None:
    with receiving(good("slack hook")) as receiver:
        send("slack hook", receiver, text="5 < 7 & <!channel> <@U1> @here <https://evil.example|acme.com>")
    said = receiver.requests[0].json
    lines = said["text"].replace("\u200b", "").split("\n")
    assert lines[0] == "sev1: Checkout fails"
    assert lines[1] == "5 &lt; 7 &amp; &lt;!channel&gt; &lt;@U1&gt; @here &lt;https://evil.example|acme.com&gt;"
    assert lines[2] == MESSAGE.url
    assert (said["mrkdwn"], said["link_names"], said["unfurl_links"]) == (False, False, False)
    assert receiver.requests[0].path == "/services/T0/B0/secretsecret"


def test_of_an_update_only_the_words_are_sent() -> None:
    with receiving(good("slack hook")) as receiver:
        send("slack hook", receiver, kind=Kind.UPDATE, text="Payments work again.", url=None, facts=None)
    assert receiver.requests[0].json["text"] == "Payments work again."


def test_slack_is_answered_below_and_edited() -> None:
    with receiving(good("slack bot")) as receiver:
        first = send("slack bot", receiver)
        assert isinstance(first, Sent)
        assert first.handle == "C0123:1503435956.000247"
        send("slack bot", receiver, first.handle)
        send("slack bot", receiver, first.handle, kind=Kind.STATUS)
    posted, below, edited = receiver.requests
    assert posted.path == below.path == "/api/chat.postMessage"
    assert posted.headers["authorization"] == f"Bearer {SECRETS['slack']}"
    assert "thread_ts" not in posted.json
    assert below.json["thread_ts"] == "1503435956.000247"
    assert edited.path == "/api/chat.update"
    assert (edited.json["channel"], edited.json["ts"]) == ("C0123", "1503435956.000247")


@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.PHASE])
def test_a_message_of_slacks_that_is_gone_is_not_missed(kind: Kind) -> None:
    gone = answer(200, {"ok": False, "error": "message_not_found"})
    with receiving(gone, good("slack bot")) as receiver:
        came = send("slack bot", receiver, "C0123:1.2", kind=kind)
    assert isinstance(came, Sent)
    assert came.outcome is Outcome.DELIVERED
    assert [one.path for one in receiver.requests][1] == "/api/chat.postMessage"
    assert "thread_ts" not in receiver.requests[1].json


def test_mattermost_is_answered_below_and_edited() -> None:
    with receiving(good("mattermost bot")) as receiver:
        send("mattermost bot", receiver, text="@channel")
        send("mattermost bot", receiver, POST)
        send("mattermost bot", receiver, POST, kind=Kind.STATUS)
    posted, below, edited = receiver.requests
    assert posted.path == below.path == "/api/v4/posts"
    assert posted.json["channel_id"] == "3kd8r1ebfyw7b4ikd3ctyr6gab"
    assert "@channel" not in posted.json["message"]
    assert "root_id" not in posted.json
    assert below.json["root_id"] == POST
    assert (edited.method, edited.path) == ("PUT", f"/api/v4/posts/{POST}/patch")


def test_a_status_that_is_too_long_for_an_edit_is_a_new_message() -> None:
    with receiving(good("slack bot")) as receiver:
        send("slack bot", receiver, "C0123:1.2", kind=Kind.STATUS, text="x" * 5000)
    assert [one.path for one in receiver.requests] == ["/api/chat.postMessage"]


@pytest.mark.parametrize(("kind", "status"), [(Kind.STATUS, 404), (Kind.STATUS, 403), (Kind.PHASE, 400)])
def test_a_post_of_mattermosts_that_is_gone_is_not_missed(kind: Kind, status: int) -> None:
    with receiving(answer(status, "{}"), good("mattermost bot")) as receiver:
        came = send("mattermost bot", receiver, POST, kind=kind)
    assert isinstance(came, Sent)
    assert came.outcome is Outcome.DELIVERED
    assert "root_id" not in receiver.requests[1].json


def test_a_page_is_one_alert_from_its_beginning_to_its_end() -> None:
    with receiving(good("pagerduty")) as receiver:
        for kind in (Kind.PAGE, Kind.ACKNOWLEDGED, Kind.PAGE_OVER):
            send("pagerduty", receiver, kind=kind)
        send("pagerduty", receiver, facts=replace(FACTS, epoch=1))
    page, acknowledged, over, again = (one.json for one in receiver.requests)
    assert {one.path for one in receiver.requests} == {"/v2/enqueue"}
    assert page["event_action"] == "trigger"
    assert page["dedup_key"] == acknowledged["dedup_key"] == over["dedup_key"] == "tb:github:acme/api#42:0"
    assert again["dedup_key"] == "tb:github:acme/api#42:1"
    assert (acknowledged["event_action"], over["event_action"]) == ("acknowledge", "resolve")
    assert page["payload"] == {
        "summary": "sev1: Checkout fails",
        "source": "github:acme/api#42",
        "severity": "critical",
        "timestamp": "2026-01-05T14:05:00+00:00",
        "component": "checkout",
        "group": "acme/api",
        "custom_details": {
            "text": "Declared at 14:05 UTC.",
            "severity": "sev1",
            "phase": "identified",
            "leads": ["alice"],
            "drill": False,
        },
    }
    assert page["links"] == [{"href": MESSAGE.url, "text": "github:acme/api#42"}]
    assert page["client_url"] == MESSAGE.url
    assert "payload" not in over


def test_an_alert_of_opsgenies_is_known_by_its_alias() -> None:
    with receiving(good("opsgenie")) as receiver:
        for kind in (Kind.PAGE, Kind.ACKNOWLEDGED, Kind.PAGE_OVER):
            send("opsgenie", receiver, kind=kind)
    page, acknowledged, over = receiver.requests
    assert page.headers["authorization"] == f"GenieKey {SECRETS['opsgenie']}"
    assert (page.path, page.json["alias"]) == ("/v2/alerts", "tb:github:acme/api#42:0")
    assert (page.json["priority"], page.json["message"]) == ("P1", "sev1: Checkout fails")
    alias = "tb%3Agithub%3Aacme%2Fapi%2342%3A0"
    assert acknowledged.path == f"/v2/alerts/{alias}/acknowledge?identifierType=alias"
    assert over.path == f"/v2/alerts/{alias}/close?identifierType=alias"


@pytest.mark.parametrize("way", sorted(PAGERS))
def test_what_is_no_page_does_not_go_to_a_pager(way: str) -> None:
    with receiving(good(way)) as receiver:
        came = send(way, receiver, kind=Kind.DECLARED)
    assert came == Sent(Outcome.FAILED, "takes pages only")
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("rank", "severity"), [(0, "error"), (1, "critical"), (2, "error"), (3, "warning"), (9, "info")]
)
def test_a_severity_is_one_of_pagerdutys(rank: int, severity: str) -> None:
    with receiving(good("pagerduty")) as receiver:
        send("pagerduty", receiver, facts=replace(FACTS, rank=rank))
    assert receiver.requests[0].json["payload"]["severity"] == severity


def test_the_key_of_a_page_fits_whatever_the_projects_name() -> None:
    long = f"gitlab:{'a' * 300}/api#1"
    keys = {page_key(message(thread=long, facts=replace(FACTS, epoch=epoch))) for epoch in (3, 4)}
    assert len(keys) == 2
    assert max(map(len, keys)) <= 255


def test_a_webhook_can_be_verified_as_standard_webhooks_says() -> None:
    with receiving(answer(500), answer(204, "")) as receiver:
        first = send("webhook", receiver)
        send("webhook", receiver)
    assert isinstance(first, Again)
    once, twice = receiver.requests
    assert once.headers["webhook-id"] == twice.headers["webhook-id"]
    key = base64.b64decode(SECRETS["webhook"].removeprefix("whsec_"))
    signed = f"{once.headers['webhook-id']}.{once.headers['webhook-timestamp']}.".encode() + once.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert once.headers["webhook-signature"] == f"v1,{expected}"
    assert once.path == "/incidents?tenant=7"
    assert once.json["type"] == "incident.declared"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("outside", [False, True])
def test_a_webhooks_body_is_as_its_schema_says(kind: Kind, *, outside: bool) -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs/message.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    changed = {"facts": None, "url": None} if outside else {}
    with receiving(answer()) as receiver:
        send("webhook", receiver, kind=kind, **changed)
    jsonschema.validate(receiver.requests[0].json, schema, jsonschema.Draft202012Validator)


def test_ntfy_gets_title_priority_and_link() -> None:
    with receiving(answer()) as receiver:
        send("ntfy", receiver, kind=Kind.PAGE)
        send("ntfy", receiver, text="ü" * 5000)
    page, long = (one.json for one in receiver.requests)
    assert receiver.requests[0].path == "/"
    assert (page["topic"], page["title"], page["priority"]) == ("incidents", "sev1: Checkout fails", 5)
    assert page["click"] == MESSAGE.url
    assert len(long["message"].encode()) <= 4096


@pytest.mark.parametrize("way", ["slack hook", "slack bot", "mattermost hook", "mattermost bot", "ntfy"])
@pytest.mark.parametrize("kind", [Kind.UPDATE, Kind.CORRECTION])
def test_the_words_of_a_person_are_never_cut(way: str, kind: Kind) -> None:
    with receiving(good(way)) as receiver:
        came = send(way, receiver, kind=kind, text="@" * 50_000)
    assert came == Sent(Outcome.FAILED, "is too long for this service")
    assert receiver.requests == []


@pytest.mark.parametrize("way", ["slack hook", "slack bot", "mattermost hook", "mattermost bot", "ntfy"])
def test_what_fits_as_it_is_told_beforehand_is_sent(way: str) -> None:
    with receiving(good(way)) as receiver:
        text = "Wir arbeiten daran. " * 5000
        came = send(way, receiver, kind=Kind.UPDATE, text=text[: destination(way, receiver.url).max_text])
    assert isinstance(came, Sent)
    assert came.outcome is Outcome.DELIVERED


@pytest.mark.parametrize("way", WAYS)
def test_the_settings_say_of_a_service_what_its_client_says(way: str) -> None:
    service, path, secret = WAYS[way]
    row = reached(f"{service}+https://x.example.org{path}", SECRETS[service] if secret else None)
    assert row.address.can_dedup == opened(row).can_dedup == (way in REPEATABLE)


@pytest.mark.parametrize("address", ["ilert://key", "mailtos://u:p@example.org?to=a@example.org"])
def test_the_settings_say_the_same_of_the_librarys(address: str) -> None:
    row = reached(address)
    assert row.address.can_dedup == opened(row).can_dedup == address.startswith("ilert")


# What is certain, and what is not


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", [408, 425, 429, 503])
def test_what_the_service_did_not_take_is_sent_again(way: str, status: int) -> None:
    with receiving(answer(status, "no", Retry_After="7")) as receiver:
        assert send(way, receiver) == Again(f"answered {status}", 7.0)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413])
def test_what_the_service_refuses_stays_refused(way: str, status: int) -> None:
    with receiving(answer(status, "invalid_token secretsecret")) as receiver:
        assert send(way, receiver) == Sent(Outcome.FAILED, f"answered {status}")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "turn",
    [
        answer(500),
        answer(502),
        answer(504),
        reset(),
        reset(b"HTTP/1.1 20"),
        raw(b""),
        raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
        raw(b"HTTP/1.1 " + b"9" * 70_000),
    ],
    ids=["500", "502", "504", "reset", "reset-within", "nothing", "ssh", "endless"],
)
def test_what_may_have_arrived_is_not_sent_twice_unless_the_service_knows_it(way: str, turn: Turn) -> None:
    with receiving(turn) as receiver:
        came = send(way, receiver)
    if way in REPEATABLE:
        assert isinstance(came, Again)
    else:
        assert isinstance(came, Sent)
        assert came.outcome is Outcome.UNKNOWN
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("way", ["slack bot", "webhook"])
@pytest.mark.parametrize("turn", [hang, drip()], ids=["hangs", "drips"])
def test_whoever_takes_too_long_is_cut_off(way: str, turn: Turn) -> None:
    with receiving(turn) as receiver:
        came = destination(way, receiver.url, SHORT).send(MESSAGE, None)
    again, unknown = Again("no answer in 0.3 s", doubtful=True), Sent(Outcome.UNKNOWN, "no answer in 0.3 s")
    assert came == (again if way in REPEATABLE else unknown)


@pytest.mark.parametrize("way", WAYS)
def test_what_was_not_connected_was_not_sent(way: str) -> None:
    with receiving(answer()) as receiver:
        pass
    assert send(way, receiver) == Again("the connection was refused")


@pytest.mark.parametrize("way", WAYS)
def test_a_redirect_is_not_followed(way: str) -> None:
    with receiving(answer(200)) as other, receiving(answer(302, "", Location=f"{other.url}/x")) as receiver:
        came = send(way, receiver)
    assert came == Sent(Outcome.FAILED, "answered 302, and redirects are not followed")
    assert other.requests == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"ok": False, "error": "ratelimited"}, Again("answered ratelimited", 3.0)),
        ({"ok": False, "error": "service_unavailable"}, Again("answered service_unavailable", 3.0)),
        ({"ok": False, "error": "channel_not_found"}, Sent(Outcome.FAILED, "answered channel_not_found")),
        ({"ok": False, "error": "fatal_error"}, Sent(Outcome.UNKNOWN, "answered fatal_error")),
        ({"ok": False, "error": "see https://x xoxb-1"}, Sent(Outcome.UNKNOWN, "an answer that cannot be read")),
        ("no JSON", Sent(Outcome.UNKNOWN, "an answer that cannot be read")),
        ("[" * 100_000, Sent(Outcome.UNKNOWN, "an answer that cannot be read")),
        ({"ok": True}, Sent(Outcome.DELIVERED)),
    ],
)
def test_slack_says_in_its_body_what_came_of_it(body: Any, expected: Attempt) -> None:
    with receiving(answer(200, body, Retry_After="3")) as receiver:
        assert send("slack bot", receiver) == expected


def test_editing_is_repeated_when_it_is_doubtful() -> None:
    for way, handle in (("slack bot", "C0123:1.2"), ("mattermost bot", POST)):
        with receiving(reset()) as receiver:
            assert isinstance(send(way, receiver, handle, kind=Kind.STATUS), Again)


def test_an_answer_that_drips_after_its_status_has_its_status() -> None:
    with receiving(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"x" * 9000)) as receiver:
        came = destination("slack hook", receiver.url, Limits(answer=1.5)).send(MESSAGE, None)
    assert came == Sent(Outcome.DELIVERED)
