"""The sandbox's web page: what a person reads and does there, and who is kept out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from werkzeug.test import TestResponse

from tests.sandbox.markup import Page, dangerous_attributes, read
from tests.sandbox.test_markdown import PAYLOADS
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.pages import create_face, labels
from tracker_bridge.sandbox.world import Account, Project, Ticket, World

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@dataclass(slots=True)
class Town:
    """A world with a project on each forge, people of every right, and a browser without JavaScript."""

    world: World
    client: FlaskClient
    api: Project
    ops: Project
    alice: Account  # admin
    bob: Account  # write
    tom: Account  # triage
    rita: Account  # reads only
    bot: Account
    moments: list[datetime]  # the last one is now

    def a_minute_later(self) -> None:
        self.moments.append(self.moments[-1] + timedelta(minutes=1))

    def get(self, path: str, status: int = 200) -> Page:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return read(answer.text)

    def press(self, path: str, do: str, person: Account, **fields: str) -> TestResponse:
        """Send the form with that button, as a browser would."""
        form = {"as": person.login, "do": do} | fields
        return self.client.post(path, data=form, headers={"Sec-Fetch-Site": "same-origin"})

    def issue(self, **fields: object) -> Ticket:
        return self.world.open_ticket(self.api, self.bob, "Checkout is down", "Since noon.", **fields)  # type: ignore[arg-type]  # passed on as they are

    def incident(self, **fields: object) -> Ticket:
        return self.world.open_ticket(self.ops, self.bob, "Disk full", "Since noon.", **fields)  # type: ignore[arg-type]  # passed on as they are


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """The templates, which each sandbox would compile again."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))


@pytest.fixture
def town(compiled: BytecodeCache) -> Iterator[Town]:
    moments = [NOON]
    world = World(lambda: moments[-1])
    people = [world.add_account(login) for login in ("alice", "bob", "tom", "rita")]
    bot = world.add_account("tracker-bridge[bot]", bot=True)
    api, ops = world.add_project("acme/api", "github"), world.add_project("acme/team/ops", "gitlab")
    for project in (api, ops):
        for person, access in zip(people, (Access.ADMIN, Access.WRITE, Access.TRIAGE, Access.READ), strict=True):
            world.add_member(project, person, access)
        for name, color in (("incident", "b60205"), ("bug", "fbca04")):
            world.ensure_label(project, name, color)
    app = Flask(__name__, static_folder=None)
    app.jinja_env.bytecode_cache = compiled
    app.register_blueprint(create_face(world))
    with app.test_client() as client:
        alice, bob, tom, rita = people
        yield Town(world, client, api, ops, alice, bob, tom, rita, bot, moments)


API = "/acme/api/issues"
OPS = "/gitlab/acme/team/ops/-/issues"


# Reading


def test_the_first_page_lists_the_projects_with_their_issues(town: Town) -> None:
    ticket = town.issue(labels=["incident"])
    town.world.comment(ticket, town.alice, "hello")
    town.a_minute_later()
    town.world.close(town.world.open_ticket(town.api, town.bob, "Old", ""), town.bob)
    town.incident(kind="incident", confidential=True)
    page = town.get("/")
    sections = page.find("section")
    assert re.sub(r"\s+", " ", sections[0].text).strip() == (
        "acme/api GitHub New issue in acme/api "
        "Checkout is down incident #1 opened 2026-01-05 12:00 UTC by bob 1 comment "
        "Old #2 opened 2026-01-05 12:01 UTC by bob 0 comments"
    )
    assert "GitLab" in sections[1].text
    assert "incident" in sections[1].text
    assert "confidential" in sections[1].text
    links = [link.attributes["href"] for link in page.find("a") if link.attributes.get("class") == "ticket"]
    assert links == [f"{API}/1", f"{API}/2", f"{OPS}/incident/1"]
    assert [icon.attributes["aria-label"] for icon in page.find("svg")] == ["Open", "Closed", "Open"]


def test_a_project_has_a_page_of_its_own(town: Town) -> None:
    town.issue()
    assert "Checkout is down" in town.get(API).text
    assert "Checkout is down" not in town.get(OPS).text


@pytest.mark.parametrize("path", [f"{OPS}/1", f"{OPS}/incident/1", "/gitlab/acme/team/ops/-/work_items/1"])
def test_a_gitlab_issue_is_found_at_each_of_its_addresses(town: Town, path: str) -> None:
    town.incident()
    assert "Disk full" in town.get(path).text


def test_an_issue_shows_its_thread_in_the_order_of_time(town: Town) -> None:
    ticket = town.issue()
    town.a_minute_later()
    first = town.world.comment(ticket, town.bot, "**status**\n\n<!-- tracker-bridge:status -->")
    town.a_minute_later()
    town.world.label(ticket, town.bob, "incident")
    town.world.assign(ticket, town.bob, town.alice)
    second = town.world.comment(ticket, town.alice, "ping @bob")
    town.world.react(second, town.bot, "+1")
    town.a_minute_later()
    town.world.close(ticket, town.alice)
    town.world.edit_comment(ticket, second, town.bob, "ping @bob now")
    page = town.get(f"{API}/1")
    posts = [post.attributes["id"] for post in page.find("article")]
    assert posts == [f"issue-{ticket.id}", f"issuecomment-{first.id}", f"issuecomment-{second.id}"]
    thread = re.sub(r"\s+", " ", next(e for e in page.elements if e.attributes.get("id") == "thread").text)
    said = (
        "bob 2026-01-05 12:00 UTC",
        "Since noon.",
        "tracker-bridge[bot] bot 2026-01-05 12:01 UTC",
        "status",
        "bob added the label incident 2026-01-05 12:02 UTC",
        "bob assigned alice 2026-01-05 12:02 UTC",
        "alice 2026-01-05 12:02 UTC edited by bob 2026-01-05 12:03 UTC",
        "ping @bob now",
        "👍 1",
        "alice closed this 2026-01-05 12:03 UTC",
    )
    places = [thread.find(words) for words in said]
    assert -1 not in places, said[places.index(-1)]
    assert places == sorted(places)
    bodies = [e.text for e in page.elements if e.attributes.get("class") == "markdown-body"]
    assert [body.strip() for body in bodies] == ["Since noon.", "status", "ping @bob now"]


def test_the_pinned_comment_is_shown_on_top_as_well(town: Town) -> None:
    ticket = town.issue()
    town.world.comment(ticket, town.bob, "first")
    ticket.pinned = town.world.comment(ticket, town.bot, "the status")
    page = town.get(f"{API}/1")
    assert [post.attributes.get("aria-label") for post in page.find("article")][1] == "Pinned comment"
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))


def test_gitlabs_own_remarks_stand_between_the_comments_once(town: Town) -> None:
    town.incident()
    town.press(f"{OPS}/1", "comment", town.alice, body="Mine\n\n/assign @bob")
    page = town.get(f"{OPS}/1")
    remarks = [e.text for e in page.elements if e.attributes.get("class") == "remark"]
    assert len(remarks) == 1
    assert "assigned to @bob" in remarks[0]


def test_a_comment_on_gitlab_has_gitlabs_anchor(town: Town) -> None:
    note = town.world.comment(town.incident(), town.bob, "x")
    assert f"note_{note.id}" in [post.attributes["id"] for post in town.get(f"{OPS}/1").find("article")]


def test_what_a_person_may_not_see_is_not_there(town: Town) -> None:
    private = town.world.add_project("acme/secret", "github", private=True)
    town.world.open_ticket(private, town.alice, "Hidden", "")
    ticket = town.world.open_ticket(town.ops, town.alice, "Leak", "", confidential=True)
    open_one = town.incident()
    town.world.comment(open_one, town.alice, "between us", internal=True)
    gone = town.issue()
    town.world.delete_ticket(gone, town.alice)
    town.client.set_cookie("sandbox_person", "rita")
    index = town.get("/")
    assert "acme/secret" not in index.text
    assert "Leak" not in index.text
    assert "between us" not in town.get(f"{OPS}/{open_one.number}").text
    for path in (
        "/acme/secret/issues/1",
        "/acme/secret/issues",
        f"{OPS}/{ticket.number}",
        f"{API}/1",
        f"{API}/99",
    ):
        assert "may not see it" in town.get(path, 404).text
    assert town.press(f"{OPS}/{ticket.number}", "comment", town.rita, body="x").status_code == 404
    assert town.press("/acme/secret/issues/new", "open", town.rita, title="x").status_code == 404
    town.client.set_cookie("sandbox_person", "tom")
    assert "between us" in town.get(f"{OPS}/{open_one.number}").text


@pytest.mark.parametrize(
    ("path", "issues"), [("/acme/api", API), ("/ACME/api", API), ("/gitlab/acme/team/ops", OPS)]
)
def test_a_repository_leads_to_its_issues(town: Town, path: str, issues: str) -> None:
    assert town.client.get(path).headers["Location"] == issues


@pytest.mark.parametrize("path", ["/alice", "/acme/nowhere", "/-/nothing", "/a/b/c/d", "/gitlab/acme"])
def test_an_address_without_a_page_says_so_and_leads_on(town: Town, path: str) -> None:
    links = [link.attributes["href"] for link in town.get(path, 404).find("a")]
    assert "/" in links


def test_an_unchanged_page_is_not_sent_again(town: Town) -> None:
    ticket = town.issue()
    tag = town.client.get(f"{API}/1").headers["ETag"]
    assert town.client.get(f"{API}/1", headers={"If-None-Match": tag}).status_code == 304
    town.world.comment(ticket, town.bob, "news")
    assert town.client.get(f"{API}/1", headers={"If-None-Match": tag}).status_code == 200


# Being somebody


def test_the_chosen_person_is_remembered_by_a_strict_cookie(town: Town) -> None:
    town.issue()
    form = {"login": "rita", "back": f"{API}/1"}
    answer = town.client.post("/-/person", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{API}/1")
    assert answer.headers["Set-Cookie"] == "sandbox_person=rita; HttpOnly; Path=/; SameSite=Strict"
    assert "Comment as rita" in town.get(f"{API}/1").text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
def test_switching_never_leads_elsewhere(town: Town, back: str) -> None:
    answer = town.client.post("/-/person", data={"login": "rita", "back": back})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("login", ["tracker-bridge[bot]", "nobody", ""])
def test_nobody_becomes_the_bot_or_a_stranger(town: Town, login: str) -> None:
    assert town.client.post("/-/person", data={"login": login}).status_code == 400


def test_a_form_acts_as_the_person_its_page_showed(town: Town) -> None:
    ticket = town.issue()
    town.client.set_cookie("sandbox_person", "rita")
    town.press(f"{API}/1", "comment", town.bob, body="mine")
    assert ticket.comments[0].author is town.bob


def test_a_world_without_people_can_be_read(town: Town) -> None:
    empty = World()
    project = empty.add_project("acme/api", "github")
    empty.open_ticket(project, empty.add_account("bot", bot=True), "Lonely", "")
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(create_face(empty))
    with app.test_client() as client:
        assert client.get("/").status_code == 200
        assert client.get(f"{API}/1").status_code == 200
        assert client.get(f"{API}/new").status_code == 200
        assert client.post(f"{API}/1", data={"do": "comment", "body": "x"}).status_code == 403


# Writing


def test_a_comment_is_written_and_looked_at(town: Town) -> None:
    ticket = town.issue()
    answer = town.press(f"{API}/1", "comment", town.rita, body="/incident declare\r\nnow")
    [note] = ticket.comments
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{API}/1#issuecomment-{note.id}")
    assert (note.author, note.body) == (town.rita, "/incident declare\r\nnow")


def test_line_ends_on_gitlab_are_plain(town: Town) -> None:
    ticket = town.incident()
    answer = town.press(f"{OPS}/1", "comment", town.rita, body="one\r\ntwo")
    [note] = ticket.comments
    assert note.body == "one\ntwo"
    assert answer.headers["Location"] == f"{OPS}/1#note_{note.id}"


@pytest.mark.parametrize("path", [f"{API}/1", f"{OPS}/1"])
def test_an_empty_comment_is_refused(town: Town, path: str) -> None:
    for ticket in (town.issue(), town.incident()):
        answer = town.press(path, "comment", town.bob, body="  \r\n")
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert ticket.comments == []


def test_what_was_typed_into_a_refused_form_is_not_lost(town: Town) -> None:
    ticket = town.issue()
    note = town.world.comment(ticket, town.alice, "before")
    typed = f"kept {'x' * 65_600}"
    answer = town.press(f"{API}/1", "edit", town.alice, body=typed, note=str(note.id), box=str(note.id))
    assert answer.status_code == 422
    assert "65,605 characters, at most 65,536 fit" in answer.text
    boxes = {box.attributes["id"]: box.text.strip() for box in read(answer.text).find("textarea")}
    assert boxes == {"edit-post": "Since noon.", f"edit-{note.id}": typed, "body": ""}
    assert note.body == "before"


def test_the_longest_comment_fits_through_the_form(town: Town) -> None:
    ticket = town.issue()
    assert town.press(f"{API}/1", "comment", town.bob, body="😀" * 65_536).status_code == 303
    assert len(ticket.comments[0].body) == 65_536


def test_comments_are_edited_and_deleted_by_author_and_by_who_may_write(town: Town) -> None:
    ticket = town.issue()
    note = town.world.comment(ticket, town.rita, "mine")
    id_ = str(note.id)
    assert town.press(f"{API}/1", "edit", town.tom, body="not yours", note=id_).status_code == 422
    assert town.press(f"{API}/1", "delete", town.tom, note=id_).status_code == 422
    assert note.body == "mine"
    town.press(f"{API}/1", "edit", town.rita, body="still mine", note=id_)
    assert (note.body, note.edited_by) == ("still mine", town.rita)
    town.press(f"{API}/1", "edit", town.bob, body="moderated", note=id_)
    assert (note.body, note.edited_by) == ("moderated", town.bob)
    town.press(f"{API}/1", "delete", town.bob, note=id_)
    assert ticket.comments == []
    assert "no longer exists" in town.press(f"{API}/1", "delete", town.bob, note=id_).text


def test_comments_are_hidden_and_shown_again_by_who_may_triage(town: Town) -> None:
    ticket = town.issue()
    note = town.world.comment(ticket, town.rita, "Buy cheap pills")
    id_ = str(note.id)
    assert town.press(f"{API}/1", "hide", town.rita, note=id_).status_code == 422
    town.press(f"{API}/1", "hide", town.tom, note=id_)
    assert note.hidden_as == "outdated"
    assert "This comment was hidden: outdated" in town.client.get(f"{API}/1").text
    town.press(f"{API}/1", "show", town.bob, note=id_)
    assert note.hidden_as == ""
    assert town.press(f"{API}/1", "hide", town.bob).status_code == 422


def test_on_gitlab_maintainers_change_what_others_wrote(town: Town) -> None:
    ticket = town.incident()
    note = town.world.comment(ticket, town.rita, "mine")
    id_ = str(note.id)
    assert "403 Forbidden" in town.press(f"{OPS}/1", "edit", town.bob, body="not yours", note=id_).text
    town.press(f"{OPS}/1", "edit", town.alice, body="moderated", note=id_)
    assert note.body == "moderated"
    town.press(f"{OPS}/1", "delete", town.rita, note=id_)
    assert ticket.comments == []


@pytest.mark.parametrize("path", [f"{API}/1", f"{OPS}/1"])
def test_the_opening_post_and_the_title_are_edited(town: Town, path: str) -> None:
    tickets = {f"{API}/1": town.issue(), f"{OPS}/1": town.incident()}
    town.press(path, "edit", town.bob, body="Since eleven.", box="post")
    town.press(path, "rename", town.bob, title="Worse")
    assert (tickets[path].body, tickets[path].title) == ("Since eleven.", "Worse")
    assert town.press(path, "rename", town.rita, title="x").status_code == 422
    assert town.press(path, "edit", town.rita, body="x", box="post").status_code == 422
    assert town.press(path, "rename", town.bob, title=" ").status_code == 422
    assert (tickets[path].body, tickets[path].title) == ("Since eleven.", "Worse")


@pytest.mark.parametrize("path", [f"{API}/1", f"{OPS}/1"])
def test_labels_are_put_and_taken_by_who_may_triage(town: Town, path: str) -> None:
    tickets = {f"{API}/1": town.issue(), f"{OPS}/1": town.incident()}
    town.press(path, "label", town.tom, label="incident")
    town.press(path, "label", town.tom, label="brand new")
    assert [label.name for label in tickets[path].labels] == ["incident", "brand new"]
    town.press(path, "unlabel", town.tom, label="incident")
    assert [label.name for label in tickets[path].labels] == ["brand new"]
    assert town.press(path, "unlabel", town.rita, label="brand new").status_code == 422
    assert town.press(path, "label", town.rita, label="bug").status_code == 422
    assert town.press(path, "label", town.tom, label=" ").status_code == 422
    assert [label.name for label in tickets[path].labels] == ["brand new"]


def test_a_severity_is_set_by_who_may_triage_and_remarked_on(town: Town) -> None:
    ticket = town.incident(kind="incident")
    path = f"{OPS}/incident/{ticket.number}"

    town.press(path, "rate", town.tom, severity="HIGH")

    assert ticket.severity == "HIGH"
    assert "changed the severity to" in town.client.get(path).text
    assert town.press(path, "rate", town.rita, severity="LOW").status_code == 422
    assert town.press(path, "rate", town.tom, severity="AWFUL").status_code == 422
    assert ticket.severity == "HIGH"


@pytest.mark.parametrize("path", [f"{API}/1", f"{OPS}/1"])
def test_an_issue_is_closed_with_a_comment_and_reopened(town: Town, path: str) -> None:
    ticket = {f"{API}/1": town.issue(), f"{OPS}/1": town.incident()}[path]
    assert town.press(path, "close", town.rita).status_code == 422
    town.press(path, "close", town.bob, body="fixed")
    assert (ticket.open, ticket.state_reason) == (False, "completed")
    assert [note.body for note in ticket.comments] == ["fixed"]
    town.press(path, "reopen", town.tom, body="")
    assert ticket.open
    assert len(ticket.comments) == 1


def test_an_issue_is_closed_as_not_planned(town: Town) -> None:
    ticket = town.issue()
    town.press(f"{API}/1", "close_not_planned", town.bob)
    assert ticket.state_reason == "not_planned"
    assert "Closed as not planned" in [icon.attributes["aria-label"] for icon in town.get(API).find("svg")]


def test_a_locked_issue_takes_comments_of_few(town: Town) -> None:
    ticket = town.issue()
    ticket.locked = True
    assert town.press(f"{API}/1", "comment", town.tom, body="x").status_code == 422
    assert town.press(f"{API}/1", "comment", town.bob, body="x").status_code == 303
    town.client.set_cookie("sandbox_person", "tom")
    assert "This issue is locked." in town.get(f"{API}/1").text


@pytest.mark.parametrize("path", [f"{API}/1", f"{OPS}/1"])
def test_a_button_that_is_not_there_does_nothing(town: Town, path: str) -> None:
    town.issue()
    town.incident()
    assert town.press(path, "explode", town.alice).status_code == 422
    assert town.press(path, "delete", town.alice).status_code == 422


def test_quick_actions_in_a_gitlab_comment_are_run_and_taken_out(town: Town) -> None:
    ticket = town.incident()
    town.press(f"{OPS}/1", "comment", town.bob, body="Seen.\r\n\r\n/label ~incident\r\n/close")
    assert [note.body for note in ticket.comments] == ["Seen."]
    assert [label.name for label in ticket.labels] == ["incident"]
    assert not ticket.open
    answer = town.press(f"{OPS}/1", "comment", town.bob, body="/reopen")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{OPS}/1")
    assert len(ticket.comments) == 1
    assert ticket.open


def test_our_commands_are_no_quick_actions(town: Town) -> None:
    ticket = town.incident()
    town.press(f"{OPS}/1", "comment", town.bob, body="/incident declare")
    assert [note.body for note in ticket.comments] == ["/incident declare"]


def test_an_internal_note_is_internal(town: Town) -> None:
    ticket = town.incident()
    town.press(f"{OPS}/1", "comment", town.tom, body="between us", internal="on")
    assert [note.internal for note in ticket.comments] == [True]


def test_a_new_issue_is_opened_with_labels_of_who_may_put_them(town: Town) -> None:
    fields = {"title": "Slow", "body": "Very.", "labels": "bug"}
    answer = town.press(f"{API}/new", "open", town.tom, **fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{API}/1")
    town.press(f"{API}/new", "open", town.rita, **fields)
    first, second = town.api.tickets.values()
    assert (first.title, first.body, first.author) == ("Slow", "Very.", town.tom)
    assert [[label.name for label in ticket.labels] for ticket in (first, second)] == [["bug"], []]


def test_a_new_incident_on_gitlab_is_confidential_if_wanted(town: Town) -> None:
    fields = {"title": "Leak", "body": "Now.\r\n\r\n/label ~bug", "kind": "incident", "confidential": "on"}
    answer = town.press(f"{OPS}/new", "open", town.tom, labels="incident", **fields)
    assert answer.headers["Location"] == f"{OPS}/incident/1"
    [ticket] = town.ops.tickets.values()
    assert (ticket.kind, ticket.confidential, ticket.body) == ("incident", True, "Now.")
    assert {label.name for label in ticket.labels} == {"bug", "incident"}


@pytest.mark.parametrize("path", [f"{API}/new", f"{OPS}/new"])
def test_an_issue_without_title_is_refused_and_nothing_typed_is_lost(town: Town, path: str) -> None:
    answer = town.press(path, "open", town.tom, title=" ", body="a long story", labels="bug")
    assert answer.status_code == 422
    assert "a long story" in answer.text
    checked = [box for box in read(answer.text).find("input") if "checked" in box.attributes]
    assert [box.attributes["value"] for box in checked] == ["bug"]
    assert not town.api.tickets
    assert not town.ops.tickets


# Keeping others out

HOSTS = ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "192.168.1.4:8000", "[::2]"]


@pytest.mark.parametrize("host", HOSTS)
def test_other_host_names_are_refused(town: Town, host: str) -> None:
    ticket = town.issue()
    assert town.client.get("/", headers={"Host": host}).status_code == 403
    form = {"do": "comment", "body": "x"}
    assert town.client.post(f"{API}/1", data=form, headers={"Host": host}).status_code == 403
    assert ticket.comments == []


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_names_of_this_machine_are_served(town: Town, host: str) -> None:
    assert town.client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", [f"{API}/1", f"{API}/new", "/-/person"])
def test_forms_of_other_pages_are_refused(town: Town, path: str, headers: dict[str, str]) -> None:
    ticket = town.issue()
    form = {"do": "comment", "body": "x", "title": "x", "login": "rita"}
    assert town.client.post(path, data=form, headers=headers).status_code == 403
    assert ticket.comments == []
    assert len(town.api.tickets) == 1


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "http://localhost"}, {}],
)
def test_forms_of_our_pages_are_taken(town: Town, headers: dict[str, str]) -> None:
    town.issue()
    form = {"do": "comment", "body": "x"}
    assert town.client.post(f"{API}/1", data=form, headers=headers).status_code == 303


@pytest.mark.parametrize("path", ["/", f"{API}/1", f"{API}/new", f"{API}/99", "/-/style.css", "/-/labels.css"])
def test_every_answer_carries_the_headers(town: Town, path: str) -> None:
    town.issue()
    headers = town.client.get(path).headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_becomes_a_script(town: Town, payload: str) -> None:
    villain = town.world.add_account(f"evil{payload}")
    town.world.add_member(town.api, villain, Access.WRITE)
    label = town.world.ensure_label(town.api, payload, "ffffff}body{display:none", payload)
    ticket = town.world.open_ticket(town.api, villain, payload, payload, labels=[label.name])
    ticket.pinned = town.world.comment(ticket, villain, payload)
    town.world.react(ticket, villain, payload)
    town.world.comment(ticket, villain, payload, system=True)
    town.world.assign(ticket, villain, villain)
    town.world.close(ticket, villain)
    town.client.set_cookie("sandbox_person", "alice")
    refused = town.press(f"{API}/1", "explode", town.alice, body=payload, title=payload, box="comment")
    pages = [refused, *(town.client.get(path) for path in ("/", f"{API}/1", f"{API}/new", f"{API}/99"))]
    plain = _skeleton(read(town.client.get(f"{API}/99").text))
    for answer in pages:
        page = read(answer.text)
        assert _skeleton(page) == plain
        assert [found for element in page.elements for found in dangerous_attributes(element)] == []
        assert all(form.attributes["action"].startswith("/") for form in page.find("form"))
    assert "display" not in town.client.get("/-/labels.css").text


def _skeleton(page: Page) -> list[tuple[str, dict[str, str]]]:
    """What loads or runs something; the version of the label colours left out."""
    found = page.find("script", "iframe", "object", "embed", "base", "style", "link", "meta")
    for element in found:
        if "href" in element.attributes:
            element.attributes["href"] = element.attributes["href"].partition("?")[0]
    return [(element.tag, element.attributes) for element in found]


# For everybody


def test_every_field_has_a_label_and_every_page_one_heading(town: Town) -> None:
    town.world.comment(town.issue(labels=["bug"]), town.alice, "x")
    town.world.comment(town.incident(kind="incident"), town.alice, "x")
    for path in ("/", f"{API}/1", f"{API}/new", f"{OPS}/1", f"{OPS}/new", f"{API}/99"):
        page = read(town.client.get(path).text)
        named = {label.attributes["for"] for label in page.find("label")}
        fields = [f for f in page.find("input", "select", "textarea") if f.attributes.get("type") != "hidden"]
        assert {field.attributes["id"] for field in fields} == named, path
        assert len(page.find("h1")) == 1
        assert page.find("html")[0].attributes["lang"] == "en"
        buttons = [b.attributes.get("aria-label") or b.text.strip() for b in page.find("button")]
        assert all(buttons)


def test_the_commands_to_try_stand_beside_the_comment_form(town: Town) -> None:
    town.issue()
    lines = [code.text for code in town.get(f"{API}/1").find("code")]
    assert lines == [
        "/incident declare",
        "/incident claim lead",
        "/incident severity sev1 checkout is down",
        "/incident note the payment provider answers 500",
        "/incident resolve",
    ]


@pytest.mark.parametrize("color", ["000000", "ffffff", "b60205", "fbca04", "0e8a16", "1d76db", "d4c5f9", "777777"])
def test_text_on_a_label_can_be_read(color: str) -> None:
    assert _contrast(color, labels.text_on(color).removeprefix("#")) >= 4.5  # WCAG 2.2 AA


def _contrast(one: str, other: str) -> float:
    def luminance(color: str) -> float:
        parts = [int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
