"""Deliveries, authentic and not: what makes a hint, and that nothing in them can do harm."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.trackers.github_answers import API, BOT, LATE, REF, REPO, RITA, issue, refer, tracker
from tracker_bridge.domain.issue.changes import marker
from tracker_bridge.trackers import Forged, IssueChanged
from tracker_bridge.trackers.github import hooks
from tracker_bridge.trackers.github.tracker import GitHubTracker

AT = datetime.fromisoformat(LATE)
SECRET = "It's a Secret to Everybody"


def signed(body: bytes, secret: str = SECRET, event: str = "issue_comment") -> dict[str, str]:
    seal = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-github-event": event, "x-hub-signature-256": f"sha256={seal}"}


def parse_webhook(
    delivery: object, event: str = "issue_comment", by: GitHubTracker | None = None
) -> IssueChanged | None:
    body = delivery if isinstance(delivery, bytes) else json.dumps(delivery).encode()
    return (by or tracker()).parse_webhook(signed(body, event=event), body)


def delivery(**more: Any) -> dict[str, Any]:
    return {
        "action": "created",
        "repository": {"full_name": "acme/api"},
        "issue": {"number": 7},
        "comment": {"id": 5, "body": "/incident declare", "updated_at": LATE},
        "sender": RITA,
    } | more


def test_githubs_own_example_is_authentic() -> None:
    """https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"""
    seal = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    assert tracker().parse_webhook({"x-hub-signature-256": seal}, b"Hello, World!") is None


@pytest.mark.parametrize(
    "seal",
    [
        None,
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        "SHA256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        "sha256=757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17\n",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17 ",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e1",
        "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59",
        "sha256=" + "ä" * 64,
        "sha256=" + "\udcff" * 64,
        "sha256=" + "٣" * 64,
    ],
)
def test_another_seal_is_forged(seal: str | None) -> None:
    headers = {} if seal is None else {"x-hub-signature-256": seal}

    with pytest.raises(Forged):
        tracker().parse_webhook(headers, b"Hello, World!")


@pytest.mark.parametrize(
    ("configured", "accepted"),
    [(["old"], ["old"]), (["old", "new"], ["old", "new"]), (["new"], ["new"]), ([], [])],
    ids=["before", "during", "after", "none"],
)
def test_secrets_change_without_a_gap(configured: list[str], accepted: list[str]) -> None:
    receiving, body = tracker(webhook_secrets=configured), json.dumps(delivery()).encode()

    for secret in ("old", "new"):
        if secret in accepted:
            assert receiving.parse_webhook(signed(body, secret), body) is not None
        else:
            with pytest.raises(Forged):
                receiving.parse_webhook(signed(body, secret), body)


def test_the_body_of_a_forged_delivery_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "DELIVERY", None)

    with pytest.raises(Forged):
        tracker().parse_webhook(signed(b"{}", "another"), b"{}")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, IssueChanged(REF, 5, AT)),
        ({"action": "edited"}, IssueChanged(REF, 5, AT)),
        ({"action": "deleted"}, IssueChanged(REF, 5)),
        ({"action": "pinned"}, None),
        ({"action": "some_new_action"}, None),
        ({"comment": None}, None),
        ({"issue": {"number": 7, "pull_request": {"url": "..."}}}, None),
        ({"repository": {"full_name": "acme/other"}}, None),
    ],
)
def test_comments(more: dict[str, Any], expected: IssueChanged | None) -> None:
    assert parse_webhook(delivery(**more)) == expected


@pytest.mark.parametrize("action", ["opened", "edited", "labeled", "closed", "deleted", "transferred", "new_one"])
def test_whatever_happens_to_an_issue(action: str) -> None:
    assert parse_webhook(delivery(action=action, comment=None), "issues") == IssueChanged(REF)


@pytest.mark.parametrize(
    ("labels", "worn"),
    [
        ([], set()),
        (
            [{"id": 1, "name": "incident", "color": "b60205"}, {"name": "half a \ud83d"}],
            {"incident", "half a \ufffd"},
        ),
        (None, None),
        ("incident", None),
        (["incident"], None),
        ({"name": "incident"}, None),
        ([{"name": "incident"}, {"name": 7}], None),
        ([{"name": "incident"}, {}], None),
    ],
)
def test_labels_are_told_if_they_are_as_github_has_them(labels: Any, worn: set[str] | None) -> None:
    change = parse_webhook(delivery(issue={"number": 7, "title": "Down", "body": None, "labels": labels}))

    assert change == IssueChanged(REF, 5, AT)
    told = change.told()
    assert (None if told is None else set(told.labels)) == worn


@pytest.mark.parametrize("event", ["push", "ping", "label", "sub_issues", "installation", ""])
def test_other_events_are_nothing(event: str) -> None:
    assert parse_webhook(delivery(), event) is None


def test_names_are_spelled_as_configured() -> None:
    assert parse_webhook(delivery(repository={"full_name": "Acme/API"})) == IssueChanged(REF, 5, AT)


def test_a_form_is_unwrapped() -> None:
    body = urlencode({"payload": json.dumps(delivery())}).encode()

    assert parse_webhook(body) == IssueChanged(REF, 5, AT)


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("said", ["Zürich ist wieder da 🎉", "100 % of a + b = c & d; e%20f", "a\r\nb"])
def test_a_form_holds_any_text(said: str, escaped: bool) -> None:
    comment = {"id": 5, "body": said, "updated_at": "2026-11-23T12:00:00Z"}
    text = json.dumps(delivery(comment=comment), ensure_ascii=escaped)
    body = urlencode({"payload": text}).encode()

    assert json.loads(hooks.unwrapped(body))["comment"]["body"] == said
    assert parse_webhook(body) == IssueChanged(REF, 5, datetime(2026, 11, 23, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"action": ',
        b"\xff\xfe\x00",
        b"payload=",
        b"payload=%",
        b"payload=\xff",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        json.dumps(delivery(issue={"number": 10**300})).encode(),
        b'{"action": "created", "issue": {"number": ' + b"9" * 10_000 + b"}}",
        json.dumps(delivery(issue={"number": 0})).encode(),
        json.dumps(delivery(issue={"number": -7})).encode(),
        json.dumps(delivery(issue={"number": True})).encode(),
        json.dumps(delivery(issue={"number": "7"})).encode(),
        json.dumps(delivery(issue={"number": 7.5})).encode(),
        json.dumps(delivery(issue={"number": float("nan")})).encode(),
        json.dumps(delivery(issue=None)).encode(),
        json.dumps(delivery(sender=None)).encode(),
        json.dumps(delivery(action=None)).encode(),
        json.dumps(delivery(repository="acme/api")).encode(),
        json.dumps(delivery(comment={"id": 5, "updated_at": "yesterday"})).encode(),
        json.dumps(delivery(comment={"id": 5, "updated_at": "2026-11-02T10:00:00"})).encode(),
        json.dumps(delivery(comment={"id": 5, "updated_at": 10**400})).encode(),
    ],
    ids=lambda body: repr(body[:40]),
)
def test_an_authentic_body_that_makes_no_sense_is_nothing(body: bytes) -> None:
    for event in ("issues", "issue_comment"):
        assert parse_webhook(body, event) is None


@given(st.binary(max_size=200), st.text(max_size=80))
@examples(150)
def test_nothing_but_forged_is_raised(body: bytes, seal: str) -> None:
    receiving = tracker()

    with pytest.raises(Forged):
        receiving.parse_webhook({"x-hub-signature-256": seal, "x-github-event": seal}, body)
    assert receiving.parse_webhook(signed(body), body) is None


@pytest.mark.parametrize(
    ("more", "event", "echo"),
    [
        (
            {"comment": {"id": 5, "body": f"x\r\n\r\n{marker('status')}", "updated_at": LATE}},
            "issue_comment",
            True,
        ),
        ({"comment": None, "action": "labeled"}, "issues", True),
        ({}, "issue_comment", False),
    ],
    ids=["our document", "our label", "a person with our account"],
)
def test_an_echo_of_what_we_did_is_nothing(more: dict[str, Any], event: str, echo: bool) -> None:
    ours = delivery(sender=BOT, **more)
    receiving = tracker()
    assert parse_webhook(ours, event, receiving) is not None  # not known yet who we are; and no network here

    with responses.RequestsMock() as api:
        api.get(f"{API}/user", json=BOT)
        api.get(f"{REPO}/issues/7/comments", json=[])
        api.get(f"{REPO}/issues/7", json=issue())
        api.get(f"{REPO}/issues/7/events", json=[])
        refer(api)
        receiving.read(REF)

    assert (parse_webhook(ours, event, receiving) is None) == echo
    assert parse_webhook(ours | {"sender": RITA}, event, receiving) is not None


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("action", "changes", "name"),
    [
        ("renamed", {"repository": {"name": {"from": "api"}}}, "acme/checkout"),
        ("transferred", {"owner": {"from": {"organization": {"login": "acme"}}}}, "emca/api"),
        ("transferred", {"owner": {"from": {"user": {"login": "Acme"}}}}, "emca/api"),
    ],
)
def test_another_name_is_known_as_soon_as_it_is_told(
    action: str, changes: dict[str, Any], name: str, *, known: bool
) -> None:
    it = tracker()
    if known:
        assert parse_webhook(delivery(repository={"full_name": "acme/api", "id": 9}), by=it)
    told = {"action": action, "repository": {"full_name": name, "id": 9}, "changes": changes, "sender": RITA}
    assert parse_webhook(told, "repository", it) is None
    assert it._names.now("acme/api") == name
    told = delivery(repository={"full_name": name, "id": 9})
    assert parse_webhook(told, by=it) == IssueChanged(REF, 5, AT)
    assert parse_webhook(delivery(repository={"full_name": "acme/api", "id": 10}), by=it) is None


@pytest.mark.parametrize(
    "told",
    [
        {"action": "renamed", "repository": {"full_name": "x/y", "id": 4}, "changes": None},
        {"action": "renamed", "repository": {"full_name": "x/y", "id": 4}, "changes": {"owner": {"from": 7}}},
        {"action": "renamed", "repository": {"full_name": "x/y", "id": 4}},
        {"action": "archived", "repository": {"full_name": "acme/api", "id": 4}},
    ],
)
def test_names_of_others_and_nonsense_change_nothing(told: dict[str, Any]) -> None:
    it = tracker()
    assert parse_webhook(told, "repository", it) is None
    assert it._names.now("acme/api") == "acme/api"
