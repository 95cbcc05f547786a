"""GitLab's webhooks, as a receiver sees them: which are sent, what they say, and how they are proved."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from tests.sandbox.gitlab_place import PATH, Place, settle
from tracker_bridge.sandbox.hooks import Delivery
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.sandbox.world import Hook

KEY = b"0123456789abcdef0123456789abcdef"
SIGNING_TOKEN = f"whsec_{base64.b64encode(KEY).decode()}"
EVERYTHING = {
    "issues_events": True,
    "confidential_issues_events": True,
    "note_events": True,
    "confidential_note_events": True,
    "emoji_events": True,
}


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
        pass


@dataclass
class Heard:
    place: Place
    sandbox: Sandbox
    receiver: str

    def hook(self, **settings: Any) -> None:
        verifier = {"secret": settings.pop("token", ""), "signing_token": settings.pop("signing_token", "")}
        hook = Hook(self.place.world.next_id(), self.receiver, **verifier, settings=settings)
        self.place.project.hooks[hook.id] = hook

    def all(self) -> list[tuple[Delivery, dict[str, Any]]]:
        self.sandbox.hooks.settle()
        return [(delivery, json.loads(delivery.body)) for delivery in self.sandbox.hooks.log]

    def names(self) -> list[str]:
        return [delivery.headers["X-Gitlab-Event"] for delivery, _body in self.all()]

    def last(self) -> dict[str, Any]:
        return self.all()[-1][1]


@pytest.fixture
def heard() -> Iterator[Heard]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    with requests.Session() as session:
        place = settle("", session)
        with Sandbox(place.world) as sandbox:
            place.url = sandbox.gitlab_url
            yield Heard(place, sandbox, f"http://127.0.0.1:{server.server_port}/hooks/gitlab")
            session.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_hook_sends_what_it_was_told_to_send(heard: Heard) -> None:
    heard.hook(note_events=True)
    ticket = heard.place.ticket()
    heard.place.note(ticket)
    heard.place.note(ticket, internal=True)
    assert heard.names() == ["Note Hook"]


def test_confidential_events_have_flags_of_their_own(heard: Heard) -> None:
    heard.hook(confidential_issues_events=True, confidential_note_events=True)
    open_one, secret = heard.place.ticket(), heard.place.ticket(confidential=True)
    heard.place.note(open_one)
    heard.place.note(open_one, internal=True)
    heard.place.note(secret)
    assert heard.names() == ["Confidential Issue Hook", "Confidential Note Hook", "Confidential Note Hook"]
    assert heard.last()["event_type"] == "confidential_note"


def test_incidents_arrive_as_work_items(heard: Heard) -> None:
    heard.hook(issues_events=True)
    heard.place.ticket(kind="incident")
    incident = heard.last()
    heard.place.ticket()
    issue = heard.last()
    assert heard.names() == ["Issue Hook", "Issue Hook"]
    assert (incident["object_kind"], incident["object_attributes"]["type"]) == ("work_item", "Incident")
    assert (issue["object_kind"], issue["object_attributes"]["type"]) == ("issue", "Issue")
    assert issue["object_attributes"]["action"] == "open"
    assert issue["project"]["path_with_namespace"] == PATH


def test_a_change_says_what_changed(heard: Heard) -> None:
    ticket = heard.place.ticket(labels=["old"])
    heard.hook(issues_events=True)
    heard.place.call("rita", "PUT", f"/issues/{ticket.number}", add_labels="new", state_event="close")
    labeled, closed = (body for _delivery, body in heard.all())
    assert labeled["object_attributes"]["action"] == "update"
    assert [label["title"] for label in labeled["changes"]["labels"]["previous"]] == ["old"]
    assert [label["title"] for label in labeled["changes"]["labels"]["current"]] == ["old", "new"]
    assert (closed["object_attributes"]["action"], closed["user"]["username"]) == ("close", "rita")


def test_an_edit_is_sent_with_the_author_as_its_user(heard: Heard) -> None:
    note = heard.place.note(heard.place.ticket(), "gina")
    heard.hook(**EVERYTHING)
    heard.place.call("mona", "PUT", f"/issues/1/notes/{note.id}", body="changed")
    body = heard.last()
    assert body["object_attributes"]["action"] == "update"
    assert body["object_attributes"]["note"] == "changed"
    assert body["user"]["username"] == "gina"
    assert body["object_attributes"]["updated_at"] == "2026-11-02 09:00:00 UTC"


def test_an_edit_that_changes_nothing_is_not_sent(heard: Heard) -> None:
    note = heard.place.note(heard.place.ticket(), "gina", "same")
    heard.hook(**EVERYTHING)
    heard.place.call("gina", "PUT", f"/issues/1/notes/{note.id}", body="same\r\n")
    assert heard.names() == []


def test_deletions_and_remarks_are_not_sent(heard: Heard) -> None:
    ticket = heard.place.ticket()
    note = heard.place.note(ticket)
    heard.hook(**EVERYTHING)
    heard.place.call("mona", "DELETE", f"/issues/1/notes/{note.id}")
    heard.place.note(ticket, system=True)
    heard.place.call("olga", "DELETE", "/issues/1")
    assert heard.names() == []


def test_a_comment_of_quick_actions_only_is_seen_in_what_it_did(heard: Heard) -> None:
    heard.place.ticket()
    heard.hook(**EVERYTHING)
    heard.place.call("rita", "POST", "/issues/1/notes", body="/close")
    assert heard.names() == ["Issue Hook"]


def test_an_emoji_is_sent_when_it_comes_and_when_it_goes(heard: Heard) -> None:
    note = heard.place.note(heard.place.ticket())
    heard.hook(**EVERYTHING)
    path = f"/issues/1/notes/{note.id}/award_emoji"
    award = heard.place.call("gina", "POST", path, name="thumbsup").json()
    heard.place.call("gina", "DELETE", f"{path}/{award['id']}")
    assert [body["event_type"] for _delivery, body in heard.all()] == ["award", "revoke"]
    assert heard.names() == ["Emoji Hook", "Emoji Hook"]
    assert heard.last()["object_attributes"]["name"] == "thumbsup"
    assert (heard.last()["note"]["id"], heard.last()["issue"]["iid"]) == (note.id, 1)


def test_a_signing_token_signs_id_time_and_body(heard: Heard) -> None:
    heard.hook(issues_events=True, signing_token=SIGNING_TOKEN, token="plain")
    heard.place.ticket()
    ((delivery, _body),) = heard.all()
    headers = delivery.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + delivery.body
    wanted = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert headers["Idempotency-Key"] == headers["webhook-id"]
    assert headers["X-Gitlab-Token"] == "plain"
    assert headers["X-Gitlab-Instance"] == heard.sandbox.gitlab_url
    assert delivery.status == 200


def test_without_secrets_nothing_is_proved(heard: Heard) -> None:
    heard.hook(issues_events=True)
    heard.place.ticket()
    ((delivery, _body),) = heard.all()
    assert not {"webhook-signature", "X-Gitlab-Token"} & delivery.headers.keys()
    assert {"webhook-id", "webhook-timestamp", "X-Gitlab-Event-UUID"} <= delivery.headers.keys()


def test_secrets_of_a_hook_are_never_told(heard: Heard) -> None:
    heard.hook(token="plain", signing_token=SIGNING_TOKEN)
    [hook] = heard.place.call("mona", "GET", "/hooks").json()
    assert (hook["token_present"], hook["signing_token_present"]) == (True, True)
    assert not {"token", "signing_token"} & hook.keys()


def test_hooks_are_for_maintainers(heard: Heard) -> None:
    assert heard.place.call("dev", "GET", "/hooks").status_code == 403
