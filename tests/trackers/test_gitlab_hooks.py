"""Which deliveries of GitLab are believed, and what they hint at."""

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from tests.trackers.gitlab_answers import BOT, NOTES, URL, note
from tracker_bridge.domain.issue.changes import Document, Post
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import Forged, IssueChanged
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker

Json = dict[str, Any]

NOW = 1_800_000_000
OLD = "whsec_" + base64.b64encode(b"o" * 32).decode()
NEW = "whsec_" + base64.b64encode(b"n" * 32).decode()
TOKEN = "a plain webhook token of the tests"
REF = IssueRef("gitlab", "Acme/api", 23)


def tracker(*, tokens: tuple[str, ...] = (), signing: tuple[str, ...] = ()) -> GitLabTracker:
    return GitLabTracker(URL, "token", ["Acme/api"], tokens, signing, clock=lambda: float(NOW))


def signed(body: bytes, key: str = OLD, *, at: int = NOW, id_: str = "msg-1") -> dict[str, str]:
    secret = base64.b64decode(key.removeprefix("whsec_"))
    digest = hmac.digest(secret, f"{id_}.{at}.".encode() + body, "sha256")
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def delivery(kind: str = "note", **more: object) -> Json:
    attributes: Json = {
        "id": 1241,
        "noteable_type": "Issue",
        "author_id": 3,
        "updated_at": "2026-11-02T09:01:00.500Z",
    }
    return (
        {
            "object_kind": kind,
            "user": {"id": 3, "username": "bob"},
            "project": {"id": 9, "path_with_namespace": "Acme/api"},
            "object_attributes": attributes if kind == "note" else attributes | {"iid": 23},
        }
        | ({"issue": {"iid": 23}} if kind in ("note", "emoji") else {})
        | more
    )


def raw(body: object) -> bytes:
    return json.dumps(body).encode()


def believed(body: object, **secrets: tuple[str, ...]) -> IssueChanged | None:
    sent = body if isinstance(body, bytes) else raw(body)
    return tracker(tokens=(TOKEN,)).parse_webhook({"x-gitlab-token": TOKEN}, sent)


def refuses(one: GitLabTracker, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        one.parse_webhook(headers, body)
    except Forged:
        return True
    return False


# Authenticity

BODY = raw(delivery())


def test_a_signature_of_any_configured_key_is_believed() -> None:
    one = tracker(signing=(OLD, NEW))
    for key in (OLD, NEW):
        assert one.parse_webhook(signed(BODY, key), BODY) is not None


def test_several_signatures_are_tried() -> None:
    headers = signed(BODY, NEW)
    headers["webhook-signature"] = f"v1,{'A' * 43}= v2,xyz {headers['webhook-signature']} "
    assert tracker(signing=(OLD, NEW)).parse_webhook(headers, BODY) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg-2"},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-signature": "v1,"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1," + "A" * 43 + "="},
        {"webhook-id": ""},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "yesterday"},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-signature": "v1,ärger"},
        {"webhook-id": "\ud800"},
    ],
)
def test_a_changed_header_is_forged(change: dict[str, str]) -> None:
    assert refuses(tracker(signing=(OLD,)), signed(BODY) | change, BODY)


def test_each_header_of_a_signature_is_needed() -> None:
    for name in signed(BODY):
        headers = signed(BODY)
        del headers[name]
        assert refuses(tracker(signing=(OLD,)), headers, BODY)


def test_a_changed_body_or_another_key_is_forged() -> None:
    assert refuses(tracker(signing=(OLD,)), signed(BODY), BODY + b" ")
    assert refuses(tracker(signing=(OLD,)), signed(BODY, NEW), BODY)


@pytest.mark.parametrize(("seconds", "forged"), [(-301, True), (-300, False), (300, False), (301, True)])
def test_an_old_delivery_is_forged(seconds: int, forged: bool) -> None:
    assert refuses(tracker(signing=(OLD,)), signed(BODY, at=NOW + seconds), BODY) is forged


@pytest.mark.parametrize("given", [TOKEN, "another webhook token of the tests"])
def test_a_token_is_believed_where_tokens_are_configured(given: str) -> None:
    one = tracker(tokens=(TOKEN, "another webhook token of the tests"))
    assert one.parse_webhook({"x-gitlab-token": given}, BODY) is not None


@pytest.mark.parametrize("given", ["", "wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "ünicode", "\ud800"])
def test_any_other_token_is_forged(given: str) -> None:
    assert refuses(tracker(tokens=(TOKEN,)), {"x-gitlab-token": given}, BODY)


def test_a_good_token_does_not_rescue_a_bad_signature() -> None:
    headers = signed(BODY, NEW) | {"x-gitlab-token": TOKEN}
    assert refuses(tracker(tokens=(TOKEN,), signing=(OLD,)), headers, BODY)
    assert refuses(tracker(tokens=(TOKEN,), signing=(OLD,)), headers | {"webhook-signature": ""}, BODY)


def test_a_token_is_believed_beside_signing_keys_only_while_both_are_configured() -> None:
    headers = {"x-gitlab-token": TOKEN}
    assert tracker(tokens=(TOKEN,), signing=(OLD,)).parse_webhook(headers, BODY) is not None
    assert refuses(tracker(signing=(OLD,)), headers, BODY)


def test_a_signature_that_can_not_be_checked_does_not_spoil_a_good_token() -> None:
    assert tracker(tokens=(TOKEN,)).parse_webhook(signed(BODY) | {"x-gitlab-token": TOKEN}, BODY) is not None


def screened_out(one: GitLabTracker, headers: Mapping[str, str]) -> bool:
    try:
        one.precheck(headers)
    except Forged:
        return True
    return False


def test_headers_that_can_prove_nothing_are_screened_out_before_the_body() -> None:
    both = tracker(tokens=(TOKEN,), signing=(OLD,))
    assert not screened_out(both, {"x-gitlab-token": TOKEN})
    assert not screened_out(both, signed(BODY, NEW))  # only the body will tell
    assert screened_out(both, {})
    assert screened_out(both, {"x-gitlab-token": "wrong"})
    assert screened_out(both, signed(BODY, at=NOW - 301) | {"x-gitlab-token": TOKEN})
    assert screened_out(tracker(signing=(OLD,)), {"x-gitlab-token": TOKEN})


def test_without_any_secret_everything_is_forged() -> None:
    for headers in ({}, {"x-gitlab-token": ""}, {"x-gitlab-token": "None"}, signed(BODY)):
        assert refuses(tracker(), headers, BODY)


@pytest.mark.parametrize("key", ["", "whsec_", "whsec_!!!", "whsec_c2hvcnQ=", "whsec_ä"])
def test_what_can_not_be_a_signing_token_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(ValueError, match="signing token must be as GitLab shows it") as caught:
        tracker(signing=(key,))
    assert len(key) < 7 or key not in str(caught.value)


def test_an_empty_webhook_token_is_refused() -> None:
    with pytest.raises(ValueError, match="empty webhook token"):
        tracker(tokens=(TOKEN, ""))


NAMES = st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "x-gitlab-token"])


@given(st.dictionaries(NAMES, st.text(max_size=80)), st.binary(max_size=200))
def test_whatever_comes_is_forged_and_nothing_else(headers: dict[str, str], body: bytes) -> None:
    assert refuses(tracker(tokens=(TOKEN,), signing=(OLD,)), headers, body)


# Hints


def test_a_comment_hints_at_its_issue_and_at_the_version_to_wait_for() -> None:
    at = datetime(2026, 11, 2, 9, 1, 0, 500_000, tzinfo=UTC)
    assert believed(delivery()) == IssueChanged(REF, 1241, at)


def test_an_older_gitlab_writes_times_otherwise() -> None:
    body = delivery()
    body["object_attributes"]["updated_at"] = "2026-11-02 09:01:00 UTC"
    assert believed(body) == IssueChanged(REF, 1241, datetime(2026, 11, 2, 9, 1, tzinfo=UTC))


@pytest.mark.parametrize("kind", ["issue", "work_item", "emoji"])
def test_other_events_hint_at_the_issue(kind: str) -> None:
    assert believed(delivery(kind)) == IssueChanged(REF)


@pytest.mark.parametrize("kind", ["note", "emoji"])
@pytest.mark.parametrize("type_", ["Incident", "Issue", "User Story"])
def test_what_happens_to_an_issue_may_carry_it_as_a_work_item(kind: str, type_: str) -> None:
    body = delivery(kind, issue=None, work_item={"iid": 23, "type": type_})

    parse_webhook = believed(body)

    assert parse_webhook is not None
    assert parse_webhook.ref == REF


def test_an_incident_s_comment_may_call_it_a_work_item() -> None:
    body = delivery(issue=None, work_item={"iid": 23})
    body["object_attributes"]["noteable_type"] = "WorkItem"
    assert believed(body) == IssueChanged(REF, 1241, datetime(2026, 11, 2, 9, 1, 0, 500_000, tzinfo=UTC))


def test_the_configured_spelling_of_the_path_is_used() -> None:
    parse_webhook = believed(delivery(project={"path_with_namespace": "acme/API"}))
    assert parse_webhook is not None
    assert parse_webhook.ref == REF


@pytest.mark.parametrize(
    "body",
    [
        delivery(project={"path_with_namespace": "acme/other"}),
        delivery(project=None),
        delivery(issue=None),
        delivery(issue={"iid": 0}),
        delivery(issue={"iid": "many"}),
        delivery("push"),
        delivery("merge_request"),
        delivery("emoji", issue=None, merge_request={"iid": 23}),
        delivery(object_attributes={"id": 1, "noteable_type": "MergeRequest"}),
        delivery(object_attributes=[]),
        {"text": "a custom template"},
        [],
        None,
        "note",
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        raw(delivery("issue")).replace(b'"iid": 23', b'"iid": ' + b"9" * 5000),
        raw(delivery("issue")).replace(b'"iid": 23', b'"iid": 99999999999'),
        raw(delivery()).replace(b"1241", b"9223372036854775808"),
        b'{"object_kind": NaN}',
    ],
)
def test_what_is_not_ours_or_makes_no_sense_is_no_hint(body: object) -> None:
    assert believed(body) is None


@pytest.mark.parametrize("at", ["", "soon", "2026-13-40", "0001-01-01T00:00:00+23:59", None])
def test_a_comment_without_a_readable_time_still_hints_at_its_issue(at: object) -> None:
    body = delivery()
    body["object_attributes"]["updated_at"] = at
    assert believed(body) == IssueChanged(REF)


@given(st.binary(max_size=300))
def test_no_authentic_body_is_an_error(body: bytes) -> None:
    assert believed(body) is None


def test_our_own_doings_are_no_news_once_we_know_who_we_are() -> None:
    own_note = delivery(object_attributes={"id": 5, "noteable_type": "Issue", "author_id": 7, "updated_by_id": 7})
    edited_by_bob = delivery(
        object_attributes={"id": 5, "noteable_type": "Issue", "author_id": 7, "updated_by_id": 3}
    )
    own_label = delivery("issue", user={"id": 7})
    own_emoji = delivery("emoji", user={"id": 7})
    with responses.mock:
        one = tracker(tokens=(TOKEN,))
        headers = {"x-gitlab-token": TOKEN}
        assert one.parse_webhook(headers, raw(own_note)) is not None
        responses.get(f"{URL}/api/v4/user", json=BOT)
        responses.post(NOTES, status=201, json=note(5, Document("status", "x").text))
        one.apply(IssueRef("gitlab", "acme/api", 12), Post(Document("status", "x")))
        for body in (own_note, own_label, own_emoji):
            assert one.parse_webhook(headers, raw(body)) is None
        for body in (delivery(), edited_by_bob, delivery("issue"), delivery("emoji")):
            assert one.parse_webhook(headers, raw(body)) is not None
        one.close()


@pytest.mark.parametrize(
    ("off", "reason"),
    [
        (-301, "signed more than 300 s ago: sent again, or this machine's clock is ahead"),
        (-300, ""),
        (300, ""),
        (301, "signed more than 300 s from now: this machine's clock is behind"),
        (-86_400, "signed more than 300 s ago"),
    ],
)
def test_a_time_that_is_too_far_off_is_refused_with_the_reason(off: int, reason: str) -> None:
    one, headers = tracker(signing=(OLD,)), signed(BODY, at=NOW + off)
    if reason:
        with pytest.raises(Forged, match=reason):
            one.precheck(headers)
        with pytest.raises(Forged, match=reason):
            one.parse_webhook(headers, BODY)
    else:
        one.precheck(headers)
        assert one.parse_webhook(headers, BODY) is not None


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (
            {"event_name": "project_rename", "old_path_with_namespace": "acme/api", "project_id": 9},
            {"path_with_namespace": "acme/checkout"},
        ),
        (
            {"event_name": "project_transfer", "old_path_with_namespace": "acme/api", "project_id": 9},
            {"path_with_namespace": "emca/api"},
        ),
        ({"event_name": "group_rename", "old_full_path": "acme"}, {"full_path": "emca"}),
    ],
)
def test_another_name_is_known_as_soon_as_a_system_hook_tells(told: Json, name: Json) -> None:
    it = tracker(tokens=(TOKEN,))
    body = json.dumps(told | name).encode()
    assert it.parse_webhook({"x-gitlab-token": TOKEN, "x-gitlab-event": "System Hook"}, body) is None
    assert it._names.now("Acme/api") == name.get("path_with_namespace", "emca/api")


def test_what_a_system_hook_tells_of_others_changes_nothing() -> None:
    it = tracker(tokens=(TOKEN,))
    for told in (
        {"event_name": "project_rename", "old_path_with_namespace": "x/y", "path_with_namespace": "x/z"},
        {"event_name": "group_rename", "old_full_path": "acm", "full_path": "x"},
        {"event_name": "project_create", "path_with_namespace": "acme/api"},
        {"event_name": "group_rename", "old_full_path": None},
    ):
        assert it.parse_webhook({"x-gitlab-token": TOKEN}, json.dumps(told).encode()) is None
    assert it._names.now("Acme/api") == "Acme/api"
