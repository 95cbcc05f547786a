"""Traffic for the sandbox's GitHub, recorded: by hand over every route, by PyGithub, and by the bridge."""

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import github
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tracker_bridge.domain.issue.changes import (
    Close,
    Document,
    Edit,
    Link,
    Open,
    Post,
    React,
    Reaction,
    Relabel,
    Remove,
    Reopen,
)
from tracker_bridge.domain.issue.issue import Access, IssueRef, Person
from tracker_bridge.domain.issue.native import Fill
from tracker_bridge.sandbox.server import Request, Sandbox
from tracker_bridge.sandbox.world import Hook, World
from tracker_bridge.trackers import Labelled
from tracker_bridge.trackers._pace import UNLIMITED
from tracker_bridge.trackers.github.tracker import App, GitHubTracker, Token
from tracker_bridge.trackers.live import Bounds, Ledger

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
"""Where the clock begins; it moves by a second whenever it is asked."""


class Town:
    """A small world behind a running sandbox, and a plain client that acts as the bot."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.world = sandbox.world
        self.project = self.world.add_project("acme/api", "github")
        self.bot = self.world.add_account("incident-bot", bot=True)
        self.alice = self.world.add_account("alice")
        self.stranger = self.world.add_account("stranger")
        self.world.add_member(self.project, self.bot, Access.ADMIN)
        self.world.add_member(self.project, self.alice, Access.TRIAGE)
        self.ticket = self.world.open_ticket(self.project, self.alice, "Checkout is down", "", labels=["bug"])
        self.child = self.world.open_ticket(self.project, self.alice, "Follow-up", "Look into it.")
        self.note = self.world.comment(self.ticket, self.alice, "/incident declare\r\n\r\nIt is down.")

    def ask(self, method: str, path: str, body: object = None, token: str = "") -> tuple[int, Any]:
        """Send one request to the REST API; return status and JSON."""
        host = self.sandbox.url.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=10)
        sent = None if body is None else json.dumps(body)
        connection.request(method, f"/api/v3{path}", sent, {"Authorization": f"Bearer {token or self.bot.token}"})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, json.loads(text) if text else None


@contextmanager
def town() -> Iterator[Town]:
    seconds = count()
    with Sandbox(World(lambda: NOON + timedelta(seconds=next(seconds)))) as sandbox:
        yield Town(sandbox)


def by_hand() -> list[Request]:
    """Every route once, and the errors."""
    with town() as place:
        for play in (
            _issues,
            _comments,
            _labels,
            _fields,
            _files,
            _people,
            _sub_issues,
            _hooks,
            _checkup,
            _errors,
        ):
            play(place)
        return list(place.sandbox.requests)


def through_pygithub() -> list[Request]:
    """What PyGithub's objects send, as a script of somebody's would."""
    with town() as place:
        client = github.Github(
            auth=github.Auth.Token(place.bot.token),
            base_url=place.sandbox.github_url,
            seconds_between_requests=0,
            seconds_between_writes=0,
            retry=None,
        )
        repository = client.get_repo("acme/api")
        issue = repository.create_issue("Database is slow", "See the graph.", labels=["bug"], assignees=["alice"])
        comment = issue.create_comment("On it.")
        comment.edit("Done.")
        comment.create_reaction("+1").content  # noqa: B018  # nothing more is asked for
        issue.edit(state="closed", state_reason="not_planned", labels=["done"])
        issue.remove_from_labels("done")
        issue.remove_from_assignees("alice")
        list(issue.get_comments(since=issue.created_at))
        list(issue.get_events())
        list(repository.get_issues(state="all", labels=["bug"], since=issue.created_at))
        list(repository.get_issues_comments(sort="updated", direction="desc", since=issue.created_at))
        list(comment.get_reactions())
        repository.get_collaborator_role_name("alice")
        repository.create_label("sev1", "ff0000", "on fire").edit("sev-1", "ee0000")
        issue.add_sub_issue(repository.get_issue(place.child.number).id)
        comment.delete()
        client.get_user().login  # noqa: B018  # asks
        client.close()
        return list(place.sandbox.requests)


def by_the_bridge() -> list[Request]:
    """All that the bridge's tracker can do, as an App and with a token."""
    with town() as place:
        bot = place.world.add_account("bridge[bot]", bot=True)
        place.world.add_member(place.project, bot, Access.MAINTAIN)
        bot.hook = Hook(place.world.next_id(), "http://127.0.0.1:9/hooks/github", "a secret of the sandbox")
        wide = Hook(place.world.next_id(), "http://127.0.0.1:9/hooks/github", "a secret of the sandbox")
        place.world.add_wide_hook("github", "acme", wide)
        place.bot.grants.owner = True
        for credential in (Token(place.bot.token), App(str(bot.id), _private_key())):
            tracker = GitHubTracker(place.sandbox.github_url, credential, ["acme/api"], pace=UNLIMITED)
            try:
                _work(place, tracker)
            finally:
                tracker.close()
        return list(place.sandbox.requests)


def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


def _work(place: Town, tracker: GitHubTracker) -> None:
    ref, alice = IssueRef("github", "acme/api", place.ticket.number), Person(place.alice.id, "alice")
    place.world.edit_comment(place.ticket, place.note, place.stranger, "/incident declare")
    place.world.define_field("Tier", "single_select", ("gold", "silver"))
    tracker.facts("acme/api", lambda: datetime.now(UTC))
    tracker.foresee([ref, replace(ref, number=place.child.number)])
    issue = tracker.read(ref)
    tracker.access(ref, alice)
    tracker.access(ref, Person(place.stranger.id, "stranger"))
    tracker.apply(ref, Post(Document("status", "All checks passed."), pin=True))
    (status,) = (one for one in tracker.read(ref).comments if one.ours)
    text, labels = Document("incident", "The other half."), frozenset({"incident", "two words, and a comma"})
    opening = Open("Payment is down", text, labels, confidential=True, since=issue.created_at)
    for change in (
        Edit(status.id, Document("status", "All is not well."), (React(place.note.id, Reaction.REFUSED),)),
        Edit(status.id, Document("status", "All is well again.")),
        React(place.note.id, Reaction.ACCEPTED),
        React(0, Reaction.REFUSED),
        React(place.note.id, Reaction.ACCEPTED, on=False),
        Relabel(add=frozenset({"incident", "sev1/down"}), remove=frozenset({"bug", "absent"})),
        Relabel(remove=frozenset({"sev1/down"})),
        Fill("Tier", "gold"),
        Fill("Tier", ""),
        Close(),
        Reopen(),
        Close(done=False),
        Reopen(),
        Link(place.child.number, Document(f"merged:{ref.number}", "Merged from another issue.")),
        Close(done=False, duplicate_of=place.child.number),
        Reopen(),
        Remove(status.id),
        Remove(status.id),
        opening,
        opening,
        replace(opening, document=Document("incident.2", "The same again."), reuse=True),
    ):
        tracker.apply(ref, change)
    tracker.read(ref, whole=True)
    tracker.reactions(ref, [0, place.note.id])
    _live(tracker)
    place.project.files[".github/tracker-bridge.toml"] = 'timezone = "Europe/Berlin"'
    tracker.file("acme/api", ".github/tracker-bridge.toml")
    tracker.file("acme/api", ".github/nothing.toml")
    tracker.by_label("acme/api", [Labelled("incident", None), Labelled("incident", issue.created_at)])
    list(tracker.changed("acme/api", since=None, label="incident"))
    list(tracker.changed("acme/api", since=issue.created_at, label="incident"))


def _live(tracker: GitHubTracker) -> None:
    with TemporaryDirectory() as folder:
        ledger, bounds = Ledger(Path(folder) / "ledger"), Bounds()
        list(tracker.live("acme/api", ledger, bounds, lambda _: None))
        bounds.tidying = True
        for thing in ledger.left:
            if thing.kind == "issue":
                tracker.tidy(thing, bounds)


def _issues(place: Town) -> None:
    base = "/repos/acme/api/issues"
    place.ask("GET", f"{base}?state=all&labels=bug&sort=updated&direction=asc&since=2020-01-01T00:00:00Z")
    place.ask("GET", f"{base}?per_page=1&page=2")
    place.ask("POST", base, {"title": "New", "body": "Text", "labels": ["bug"], "assignees": ["alice"]})
    one = f"{base}/{place.ticket.number}"
    place.ask("GET", one)
    place.ask(
        "PATCH", one, {"title": "Renamed", "body": "Text", "labels": ["bug", "sev1"], "assignees": ["alice"]}
    )
    place.ask("PATCH", one, {"state": "closed", "state_reason": "completed"})
    place.ask("PATCH", one, {"state": "open"})
    place.ask("POST", f"{one}/assignees", {"assignees": ["incident-bot"]})
    place.ask("DELETE", f"{one}/assignees", {"assignees": ["alice"]})
    place.ask("GET", f"{one}/events?per_page=2&page=2")
    place.ask("GET", f"{one}/events?per_page=100")
    place.ask("POST", f"{one}/reactions", {"content": "eyes"})
    place.ask("GET", f"/repositories/{place.project.id}/issues/{place.ticket.number}")


def _comments(place: Town) -> None:
    issue = f"/repos/acme/api/issues/{place.ticket.number}"
    _, made = place.ask("POST", f"{issue}/comments", {"body": "Hello"})
    one = f"/repos/acme/api/issues/comments/{made['id']}"
    place.ask("GET", f"{issue}/comments?since=2020-01-01T00:00:00Z&per_page=100&page=1")
    place.ask("GET", "/repos/acme/api/issues/comments?sort=updated&direction=desc&since=2020-01-01T00:00:00Z")
    place.ask("PATCH", one, {"body": "Hello again"})
    place.ask("POST", f"{one}/reactions", {"content": "+1"})
    _, reaction = place.ask("POST", f"{one}/reactions", {"content": "+1"})
    place.ask("GET", f"{one}/reactions?content=%2B1")
    place.ask("DELETE", f"{one}/reactions/{reaction['id']}")
    place.ask("PUT", f"{one}/pin")
    place.ask("GET", one)
    place.ask("GET", issue)
    place.ask("DELETE", one)


def _labels(place: Town) -> None:
    issue = f"/repos/acme/api/issues/{place.ticket.number}/labels"
    place.ask("POST", issue, {"labels": ["phase/open", "sev1"]})
    place.ask("DELETE", f"{issue}/{quote('phase/open', safe='')}")
    labels = "/repos/acme/api/labels"
    place.ask("POST", labels, {"name": "incident", "color": "ff0000", "description": "something is wrong"})
    place.ask("GET", f"{labels}?per_page=2")
    place.ask("PATCH", f"{labels}/incident", {"color": "00ff00", "new_name": "outage"})


def _fields(place: Town) -> None:
    """Each kind of field that an organisation may define."""
    values = {"Tier": "gold", "Users": 12, "Why": "a deployment", "Since": "2026-11-02"}
    place.world.define_field("Tier", "single_select", ("gold", "silver"))
    for name, kind in (("Users", "number"), ("Why", "text"), ("Since", "date")):
        place.world.define_field(name, kind)
    path = f"/repos/acme/api/issues/{place.ticket.number}/issue-field-values"
    _, fields = place.ask("GET", "/orgs/acme/issue-fields")
    for one in fields:
        sent = {"field_id": one["id"], "value": values[one["name"]]}
        place.ask("POST", path, {"issue_field_values": [sent]})
        place.ask("GET", f"/repos/acme/api/issues/{place.ticket.number}")
        place.ask("DELETE", f"{path}/{one['id']}")
        place.ask("DELETE", f"{path}/{one['id']}")
    place.ask("POST", path, {"issue_field_values": [{"field_id": fields[0]["id"], "value": "bronze"}]})


def _files(place: Town) -> None:
    place.project.files |= {".github/tracker-bridge.toml": 'timezone = "Europe/Berlin"\n', "docs/a/b.md": "x"}
    place.project.files["large.txt"] = "x" * 1_000_001
    for path in (".github/tracker-bridge.toml", "large.txt", ".github", "docs", "docs/a", "nothing.txt"):
        place.ask("GET", f"/repos/acme/api/contents/{path}")


def _people(place: Town) -> None:
    place.ask("GET", "/user")
    place.ask("GET", "/users/alice")
    place.ask("GET", "/users/incident-bot")
    place.ask("GET", "/users/acme")
    place.ask("GET", "/users/nobody")
    place.world.add_team("acme/on-call")
    for path in ("teams", "teams/on-call", "teams/nobody"):
        place.ask("GET", f"/orgs/acme/{path}")
    place.ask("GET", "/repos/acme/api")
    for login in ("alice", "stranger", "incident-bot", "nobody"):
        place.ask("GET", f"/repos/acme/api/collaborators/{login}/permission")


def _sub_issues(place: Town) -> None:
    parent = f"/repos/acme/api/issues/{place.ticket.number}"
    place.ask("POST", f"{parent}/sub_issues", {"sub_issue_id": place.child.id})
    place.ask("POST", f"{parent}/sub_issues", {"sub_issue_id": place.child.id})
    place.ask("GET", f"/repos/acme/api/issues/{place.child.number}")


def _hooks(place: Town) -> None:
    hook = Hook(place.world.next_id(), "http://127.0.0.1:9/hooks", "a secret of the sandbox")
    place.project.hooks[hook.id] = hook
    place.ask("GET", "/repos/acme/api/hooks")
    place.world.comment(place.ticket, place.alice, "What is going on?")
    place.sandbox.hooks.settle()
    place.ask("GET", f"/repos/acme/api/hooks/{hook.id}/deliveries?per_page=1")
    del place.project.hooks[hook.id]


def _checkup(place: Town) -> None:
    for path in ("branches", "pulls"):
        place.ask("GET", f"/repos/acme/api/{path}?per_page=1")


def _errors(place: Town) -> None:
    issues, stranger = "/repos/acme/api/issues", place.stranger.token
    gone = place.world.open_ticket(place.project, place.alice, "Gone")
    place.world.delete_ticket(gone, place.alice)
    for number in (gone.number, 4040):
        place.ask("GET", f"{issues}/{number}")
    place.ask("GET", issues, token="wrong")
    place.ask("GET", "/repos/acme/nothing")
    place.ask("PATCH", f"{issues}/{place.ticket.number}", {"title": "Mine"}, token=stranger)
    place.ask("POST", issues, {"body": "no title"})
    place.ask("POST", f"{issues}/{place.ticket.number}/comments", {"body": "x" * 65_537})
    place.ask("POST", f"{issues}/{place.ticket.number}/labels", {"labels": ["x" * 51]})
    place.ask("DELETE", f"{issues}/{place.ticket.number}/labels/absent")
    place.project.former_paths.append("acme/old")
    place.ask("GET", "/repos/acme/old/issues?labels=bug")


PLAYS: dict[str, Callable[[], list[Request]]] = {
    "every route by hand": by_hand,
    "PyGithub's objects": through_pygithub,
    "the bridge": by_the_bridge,
}
