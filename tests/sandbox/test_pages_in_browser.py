"""The sandbox's pages in a real browser: the script and the style sheet do what they are there for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.pictures import NoPicture, Tab, find_chromium, main
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.sandbox.world import Ticket, World

pytestmark = [
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on the PATH"),
    pytest.mark.slow,
]


@pytest.fixture
def world() -> World:
    world = World()
    project = world.add_project("acme/api", "github")
    for login in ("alice", "bob"):
        world.add_member(project, world.add_account(login), Access.WRITE)
    return world


@pytest.fixture
def ticket(world: World) -> Ticket:
    [project] = world.projects.values()
    alice, bob = world.accounts.values()
    ticket = world.open_ticket(project, alice, "Checkout is down", "Since noon.")
    world.comment(ticket, bob, "<details><summary>More</summary>\n\ninside\n\n</details>")
    return ticket


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world) as sandbox:
        yield sandbox


def test_without_chromium_the_tool_says_what_is_missing(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["http://127.0.0.1:1/", str(tmp_path / "x.png")], env={"PATH": str(tmp_path)})
    assert told.exit_code == 1
    assert "No Chromium on the PATH" in told.output


def appears(tab: Tab, condition: str) -> bool:
    """Wait, 20 s at most, until the JavaScript ``condition`` holds."""
    return bool(
        tab.run(
            "new Promise((done) => { const until = Date.now() + 20000; (function look() {"
            f"if ({condition}) done(true); else if (Date.now() > until) done(false); else setTimeout(look, 50);"
            "})(); })"
        )
    )


def test_news_appear_and_what_is_being_typed_stays(
    world: World, ticket: Ticket, sandbox: Sandbox, tab: Tab
) -> None:
    alice, bob = world.accounts.values()
    tab.open(f"{sandbox.url}/acme/api/issues/1")
    tab.run("document.querySelector('#body').value = 'half a sent'")
    tab.run("document.querySelector('.markdown-body details').open = true")
    tab.run("document.querySelector('#label').value = 'inci'")
    tab.run("window.same = true")
    world.comment(ticket, bob, "the news")
    world.label(ticket, bob, "incident")
    world.edit_comment(ticket, ticket.comments[0], bob, ticket.comments[0].body.replace("inside", "changed"))
    world.close(ticket, alice)
    assert appears(tab, "document.querySelector('#thread').textContent.includes('closed this')")
    assert appears(tab, "document.querySelector('#thread').textContent.includes('changed')")
    assert "the news" in tab.run("document.querySelector('#thread').textContent")
    assert tab.run("document.querySelector('.state').textContent") == "Closed"
    assert tab.run("document.querySelector('#body').value") == "half a sent"
    assert tab.run("document.querySelector('#label').value") == "inci"
    assert tab.run("document.querySelector('.markdown-body details').open") is True
    assert tab.run("window.same") is True


def test_a_draft_survives_a_change_of_person_and_ends_when_it_is_sent(
    ticket: Ticket, sandbox: Sandbox, tab: Tab
) -> None:
    tab.open(f"{sandbox.url}/acme/api/issues/1")
    tab.run(
        "(() => { const box = document.querySelector('#body'); box.value = 'a draft';"
        "box.dispatchEvent(new Event('input')); })()"
    )
    tab.follow(
        "(() => { const choice = document.querySelector('#person'); choice.value = 'bob';"
        "choice.dispatchEvent(new Event('change')); })()"
    )
    assert tab.run("document.querySelector('#write-title').textContent") == "Comment as bob"
    assert tab.run("document.querySelector('#body').value") == "a draft"
    tab.follow("document.querySelector('button[value=comment]').click()")
    assert [(note.author.login, note.body) for note in ticket.comments[1:]] == [("bob", "a draft")]
    assert tab.run("document.querySelector('#body').value") == ""
    assert tab.run("location.hash") == f"#issuecomment-{ticket.comments[1].id}"


def test_a_suggested_command_is_inserted_on_a_line_of_its_own(ticket: Ticket, sandbox: Sandbox, tab: Tab) -> None:
    tab.open(f"{sandbox.url}/acme/api/issues/{ticket.number}")
    tab.run("document.querySelector('#body').value = 'Look.'")
    tab.run("document.querySelector('.insert').click()")
    assert tab.run("document.querySelector('#body').value") == "Look.\n/incident declare"


def test_no_page_is_wider_than_the_screen(world: World, ticket: Ticket, sandbox: Sandbox, tab: Tab) -> None:
    ticket.title = "averylongword" * 20
    row = "| " + " | ".join(f"column {n} `/incident claim lead`" for n in range(12)) + " |\n"
    world.comment(ticket, ticket.author, row + "|---" * 12 + "|\n" + row + "\n```\n" + "x" * 400 + "\n```\n")
    world.label(ticket, ticket.author, "a-label-of-fifty-characters-which-is-all-that-fits")
    for width in (360, 390, 1100):
        tab.look(width=width, dark=False)
        for path in ("/", "/acme/api/issues/1", "/acme/api/issues/new"):
            tab.open(sandbox.url + path)
            assert tab.run("document.documentElement.scrollWidth") <= width, (path, width)


def test_a_picture_is_as_wide_as_the_screen_or_the_element(ticket: Ticket, sandbox: Sandbox, tab: Tab) -> None:
    tab.look(width=390, dark=True, scale=2)
    tab.open(f"{sandbox.url}/acme/api/issues/{ticket.number}")
    whole, part = tab.picture(), tab.picture("#comment-form textarea", margin=5)
    assert whole[:8] == part[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(whole[16:20]) == 780
    width = tab.run("document.querySelector('#comment-form textarea').offsetWidth")
    assert int.from_bytes(part[16:20]) == 2 * (width + 10)
    with pytest.raises(NoPicture, match="nothing on the page matches #nowhere"):
        tab.picture("#nowhere")
