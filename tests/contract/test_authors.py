"""Whose words a text consists of, and what is out of sight."""

from collections.abc import Iterable

import pytest

from tests.contract.forges import Forge, Needs
from tests.contract.test_reading import fill
from tests.trackers.github_answers import Hands
from tracker_bridge.domain.issue.changes import Document, Post
from tracker_bridge.domain.issue.issue import NOBODY, Revision
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket

SAID, MEDDLED, MENDED = "/incident claim lead", "/incident claim lead\n\n- [x] logs", "/incident claim scribe"
PLACES = pytest.mark.parametrize("place", ["comment", "opening post"])


@pytest.fixture
def sockets() -> bool:
    """What is told here is the same without; what connections do, tests/contract/test_trouble.py tells."""
    return False


class Text:
    """A comment of rita's or an opening post of hers, and how the tracker shows it."""

    def __init__(self, forge: Forge, place: str) -> None:
        self.forge = forge
        self.ticket: Ticket = forge.world.open_ticket(forge.project, forge.rita, "Words", SAID)
        self.note = forge.world.comment(self.ticket, forge.rita, SAID) if place == "comment" else None

    def edit(self, login: str, body: str) -> None:
        self.forge.clock.forward()
        who = getattr(self.forge, login)
        if self.note is None:
            self.forge.world.edit_ticket(self.ticket, who, body=body)
        else:
            self.forge.world.edit_comment(self.ticket, self.note, who, body)

    def look(self, *, whole: bool = False) -> tuple[str | None, list[tuple[str, str]]]:
        """Return who edited it last, and its versions."""
        issue = self.forge.tracker.read(self.forge.ref(self.ticket), whole=whole)
        shown = issue.opening if self.note is None else issue.comments[0]
        assert not shown.revisions or shown.revisions[-1].body == shown.body
        return shown.edited_by.login if shown.edited_by else None, versions(shown.revisions)


def versions(revisions: Iterable[Revision]) -> list[tuple[str, str]]:
    return [(one.by.login, one.body) for one in revisions]


@PLACES
def test_a_text_that_was_never_changed_has_no_versions(forge: Forge, place: str) -> None:
    text = Text(forge, place)
    assert text.look() == (None, [])
    forge.clock.forward()
    forge.world.comment(text.ticket, forge.bob, "something else")
    assert text.look() == text.look(whole=True) == (None, [])


@PLACES
@pytest.mark.parametrize("whole", [False, True])
def test_versions_that_reconciles_saw_tell_who_wrote_each(forge: Forge, place: str, whole: bool) -> None:
    text = Text(forge, place)
    text.look()
    text.edit("alice", MEDDLED)
    assert text.look() == ("alice", [("rita", SAID), ("alice", MEDDLED)])

    text.edit("rita", MENDED)
    everything = [("rita", SAID), ("alice", MEDDLED), ("rita", MENDED)]
    assert text.look(whole=whole) == (None, everything)
    assert text.look(whole=whole) == (None, everything)


@PLACES
def test_versions_before_the_first_reconcile_are_told_where_the_forge_keeps_them(forge: Forge, place: str) -> None:
    text = Text(forge, place)
    text.edit("alice", MEDDLED)
    text.edit("rita", MENDED)

    told = [("rita", SAID), ("alice", MEDDLED), ("rita", MENDED)]
    assert text.look() == (None, [] if forge.name == "gitlab" else told)


@PLACES
def test_what_was_changed_before_the_first_reconcile_is_nobodys_where_versions_are_not_kept(
    forge: Forge, place: str
) -> None:
    """What the first look saw may be anybody's; what was added since is the editor's."""
    text = Text(forge, place)
    text.edit("alice", MEDDLED)
    assert text.look()[0] == "alice"

    text.edit("bob", MENDED)
    base = [(NOBODY.login, MEDDLED)] if forge.name == "gitlab" else [("rita", SAID), ("alice", MEDDLED)]
    assert text.look() == ("bob", [*base, ("bob", MENDED)])


@pytest.mark.parametrize("lacking", ["versions"])
def test_without_versions_those_that_reconciles_saw_are_known(forge: Forge) -> None:
    text = Text(forge, "comment")
    text.look()
    text.edit("alice", MEDDLED)
    for _ in range(3):
        assert text.look() == ("alice", [("rita", SAID), ("alice", MEDDLED)])
    asked = [one for one in forge.sandbox.requests if b"userContentEdits" in one.body]
    assert len(asked) == 1


@pytest.mark.parametrize("count", [24, 25, 26, 99])
def test_many_versions_are_all_told(forge: Forge, needs: Needs, count: int) -> None:
    text = Text(forge, "comment")
    if forge.name == "gitlab":
        text.look()
    for number in range(count):
        text.edit("alice" if number % 2 else "rita", f"version {number}")
        if forge.name == "gitlab":
            text.look()
    _, found = text.look()
    assert [body for _, body in found] == [SAID, *(f"version {number}" for number in range(count))]


# What passes


REFUSALS = [
    FaultResponse(400, body=b'{"errors": [{"message": "Query is too complex"}]}'),
    FaultResponse(403, body=b'{"message": "Forbidden"}'),
    FaultResponse(404, body=b'{"message": "Not Found"}'),
    FaultResponse(200, body=b'{"data": null, "errors": [{"message": "try again"}]}'),
]


@PLACES
@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: f"{one.status}")
@pytest.mark.parametrize("first_look", ["before", "after"])
def test_an_answer_that_is_missing_is_nobodys_until_it_comes(
    forge: Forge, needs: Needs, place: str, refusal: FaultResponse, first_look: str
) -> None:
    needs("http")
    text = Text(forge, place)
    if first_look == "before":
        text.look()
    text.edit("alice", MEDDLED)
    forge.sandbox.faults.add(refusal, path="graphql", times=1000)
    for _ in range(3):
        assert text.look()[0] == NOBODY.login

    forge.sandbox.faults.clear()
    everything = [("rita", SAID), ("alice", MEDDLED)]
    missed = first_look == "after" and forge.name == "gitlab"
    assert text.look() == ("alice", [] if missed else everything)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: f"{one.status}")
def test_a_refusal_about_one_text_switches_nothing_off(forge: Forge, needs: Needs, refusal: FaultResponse) -> None:
    needs("http")
    one, other = Text(forge, "comment"), Text(forge, "comment")
    one.look()
    one.edit("alice", MEDDLED)
    forge.sandbox.faults.add(refusal, path="graphql", times=2)
    one.look()
    forge.sandbox.faults.clear()

    other.edit("alice", MEDDLED)
    assert other.look()[0] == "alice"


def test_in_vain_it_is_asked_at_some_reconciles_and_then_less_and_less(forge: Forge, needs: Needs) -> None:
    needs("http")
    clock = Hands()
    forge.tracker = forge.another(clock)
    text = Text(forge, "comment")
    text.look()
    text.edit("alice", MEDDLED)
    forge.sandbox.faults.add(FaultResponse(404), path="graphql", times=1000)

    def asked(looks: int) -> int:
        forge.sandbox.requests.clear()
        for _ in range(looks):
            text.look()
        return sum("graphql" in one.path for one in forge.sandbox.requests)

    assert asked(20) == 8
    assert asked(5) == 0
    for pause in (10, 20, 40, 80):
        clock.now += pause - 1
        assert asked(3) == 0
        clock.now += 1
        assert asked(3) == 1
    forge.sandbox.faults.clear()
    clock.now += 600
    assert text.look()[0] == "alice"


@pytest.mark.parametrize("lacking", ["graphql"])
def test_a_text_that_may_have_been_changed_in_the_second_it_was_written_is_the_authors(forge: Forge) -> None:
    """The forges save some comments twice, a second apart."""
    ticket = forge.world.open_ticket(forge.project, forge.rita, "Words")
    note = forge.world.comment(ticket, forge.rita, SAID)
    note.updated_at = forge.clock.forward(1)

    [shown] = forge.tracker.read(forge.ref(ticket)).comments
    assert (shown.edited_by, shown.revisions) == (None, ())


# Out of sight


@pytest.mark.parametrize("lacking", ["", "minimized"])
def test_a_hidden_comment_is_hidden_until_it_is_shown_again(forge: Forge) -> None:
    if forge.name == "gitlab":
        pytest.skip("GitLab cannot hide comments")
    clock = Hands()
    forge.tracker = forge.another(clock)
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Spam")
    fill(forge, ticket, 150)
    forge.world.hide(ticket.notes[3])

    def hidden(*, whole: bool = False) -> list[int]:
        comments = forge.tracker.read(forge.ref(ticket), whole=whole).comments
        return [place for place, one in enumerate(comments) if one.hidden]

    assert hidden() == [3]
    forge.world.hide(ticket.notes[149], "spam")
    if not forge.lacking:
        assert hidden() == [3, 149]
    assert hidden(whole=True) == [3, 149]

    forge.world.hide(ticket.notes[3], "")
    clock.now += 600
    assert hidden() == [149]
    assert hidden() == [149]


def test_hiding_costs_no_request_of_its_own(forge: Forge, needs: Needs) -> None:
    needs("http")
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Spam")
    fill(forge, ticket, 150)
    forge.tracker.apply(forge.ref(ticket), Post(Document("status", "All checks passed.")))
    forge.tracker.read(forge.ref(ticket))
    forge.sandbox.requests.clear()

    forge.world.hide(ticket.notes[120])
    forge.tracker.read(forge.ref(ticket))

    assert len(forge.sandbox.requests) == 2
