"""What a look shows: everything, in order, as it was written."""

import pytest

from tests.contract.forges import Forge, Needs
from tests.examples import MORE
from tracker_bridge.domain.issue.changes import Document, Post, marker
from tracker_bridge.domain.issue.issue import Access, IssueRef
from tracker_bridge.sandbox.world import Note, Ticket
from tracker_bridge.trackers import Denied, Gone


def fill(forge: Forge, ticket: Ticket, count: int) -> None:
    """Write ``count`` comments a minute apart, without the noise of telling anybody."""
    with forge.world.lock:
        for number in range(count):
            now = forge.clock.forward(60)
            note = Note(forge.world.next_id(), forge.bob, f"line {number}", now, now)
            ticket.notes.append(note)
        ticket.updated_at = forge.clock.now


def test_an_issue_is_read_with_all_its_fields(forge: Forge) -> None:
    opened_at = forge.clock.now
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down", "All of it.", labels=["incident"])
    forge.clock.forward()
    note = forge.world.comment(ticket, forge.bob, "On it.")

    issue = forge.tracker.read(forge.ref(ticket))

    assert issue.ref == forge.ref(ticket)
    assert (issue.viewer.id, issue.viewer.login) == (forge.bot.id, forge.bot.login)
    assert (issue.author.id, issue.author.login) == (forge.alice.id, "alice")
    assert (issue.title, issue.body, issue.open) == ("API down", "All of it.", True)
    assert issue.labels == {"incident"}
    assert issue.created_at == opened_at
    assert not issue.confidential
    [comment] = issue.comments
    assert (comment.id, comment.author.id, comment.body) == (note.id, forge.bob.id, "On it.")
    assert comment.created_at == comment.updated_at == note.created_at
    assert comment.edited_by is None
    assert issue.url in comment.url or comment.url.startswith(issue.url)


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250, *([2_400] if MORE > 1 else [])])
def test_comments_are_read_in_order_across_all_pages(forge: Forge, count: int) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Long")
    fill(forge, ticket, count)

    issue = forge.tracker.read(forge.ref(ticket))

    assert [comment.body for comment in issue.comments] == [f"line {number}" for number in range(count)]
    assert [comment.id for comment in issue.comments] == sorted(note.id for note in ticket.notes)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain", "plain"),
        ("two\r\nlines", "two\nlines"),
        ("old\rmac", "old\nmac"),
        ("Grüße, 世界 🚨 e\u0301 \u200b|", "Grüße, 世界 🚨 e\u0301 \u200b|"),
        ("trailing  \n\n  leading", "trailing  \n\n  leading"),
        ("<!-- hidden --> & <b>bold</b> \\*", "<!-- hidden --> & <b>bold</b> \\*"),
        ("x" * 60_000, "x" * 60_000),
    ],
    ids=["plain", "crlf", "cr", "unicode", "spaces", "html", "long"],
)
def test_what_people_write_is_read_unchanged_but_for_line_ends(forge: Forge, written: str, read: str) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Words", written)
    forge.world.comment(ticket, forge.bob, written)

    issue = forge.tracker.read(forge.ref(ticket))

    assert issue.body == read
    assert issue.comments[0].body == read


def test_an_empty_opening_post_is_an_empty_text(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Nothing to say")

    assert forge.tracker.read(forge.ref(ticket)).body == ""


@pytest.mark.parametrize(
    "body",
    [
        "plain",
        "Grüße, 世界 🚨 e\u0301",
        "a table\n\n| a | b |\n|---|---|\n| 1 | 2  |",
        "```\ncode  \n```",
        "x" * 59_900,
    ],
    ids=["plain", "unicode", "table", "code", "long"],
)
def test_what_we_write_comes_back_as_it_was_sent(forge: Forge, body: str) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Words")
    document = Document("status", body)

    forge.tracker.apply(forge.ref(ticket), Post(document))

    [comment] = forge.tracker.read(forge.ref(ticket)).comments
    assert comment.body.rstrip() == document.text
    assert comment.ours


def test_ours_is_what_we_wrote_and_marked(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Whose")
    forged = f"looks official\n\n{marker('status')}"
    forge.world.comment(ticket, forge.bob, forged)
    forge.world.comment(ticket, forge.bot, "from our account, by hand")
    forge.world.comment(ticket, forge.bot, f"{marker('status')}\n\nmarker not at the end")
    forge.tracker.apply(forge.ref(ticket), Post(Document("status", "the real one")))

    issue = forge.tracker.read(forge.ref(ticket))

    assert [comment.ours for comment in issue.comments] == [False, False, False, True]


def test_a_missing_issue_is_gone(forge: Forge) -> None:
    with pytest.raises(Gone, match=rf"{forge.tracker.name}:acme/api#99"):
        forge.tracker.read(IssueRef(forge.tracker.name, "acme/api", 99))


def test_a_missing_project_is_gone(forge: Forge) -> None:
    with pytest.raises(Gone):
        forge.tracker.read(IssueRef(forge.tracker.name, "acme/nothing", 1))


def test_a_deleted_issue_is_gone_even_if_it_was_read_before(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Short-lived")
    forge.tracker.read(forge.ref(ticket))

    forge.world.delete_ticket(ticket, forge.alice)

    with pytest.raises(Gone):
        forge.tracker.read(forge.ref(ticket))


def test_a_private_project_without_access_is_gone(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Secret")
    del forge.project.members[forge.bot.id]

    with pytest.raises(Gone):
        forge.tracker.read(forge.ref(ticket))


def test_a_revoked_credential_is_denied_and_not_shown(forge: Forge, needs: Needs) -> None:
    needs("http")
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Locked out")
    before, forge.bot.token = forge.bot.token, "another"

    with pytest.raises(Denied) as denied:
        forge.tracker.read(forge.ref(ticket))

    assert before not in str(denied.value)
    assert before not in repr(forge.tracker)


def test_whole_reads_the_same_as_a_first_reconcile(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Same", "text", labels=["incident"])
    fill(forge, ticket, 120)
    forge.world.edit_comment(ticket, ticket.notes[3], forge.alice, "changed by alice")
    kept = forge.tracker.read(forge.ref(ticket))
    forge.world.delete_comment(ticket, ticket.notes[5], forge.bob)
    forge.world.unlabel(ticket, forge.alice, "incident")

    again, whole = forge.tracker.read(forge.ref(ticket)), forge.tracker.read(forge.ref(ticket), whole=True)

    assert again == whole == forge.another().read(forge.ref(ticket))
    assert again != kept


@pytest.mark.parametrize("who", ["alice", "bob", "tess", "rita"])
def test_access_is_what_the_forge_grants(forge: Forge, who: str) -> None:
    granted = {
        "alice": Access.MAINTAIN,
        "bob": Access.WRITE,
        "tess": Access.TRIAGE,
        "rita": Access.READ,
    }
    ticket = forge.world.open_ticket(forge.project, getattr(forge, who), "Mine")

    author = forge.tracker.read(forge.ref(ticket)).author

    assert forge.tracker.access(forge.ref(ticket), author) == granted[who]


def test_a_stranger_has_no_access_to_a_private_project(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.world.add_account("mallory"), "Hello")

    author = forge.tracker.read(forge.ref(ticket)).author

    assert forge.tracker.access(forge.ref(ticket), author) == Access.NONE


def test_access_is_of_the_account_and_not_of_the_login(forge: Forge) -> None:
    impostor = forge.world.add_account("carol")
    ticket = forge.world.open_ticket(forge.project, impostor, "Mine")
    author = forge.tracker.read(forge.ref(ticket)).author
    impostor.login = "carol-was-here"
    forge.world.add_member(forge.project, forge.world.add_account("carol"), Access.MAINTAIN)

    assert forge.tracker.access(forge.ref(ticket), author) <= Access.READ
