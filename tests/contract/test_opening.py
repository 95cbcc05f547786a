"""Another issue is opened once, found again whatever happens, and linked where the forge has links."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.forges import Forge, Needs
from tracker_bridge.domain.issue.changes import Describe, Document, Open, Post
from tracker_bridge.domain.issue.issue import Access, IssueRef
from tracker_bridge.sandbox.faults import Cut, Fault, FaultResponse, Lose
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Busy, Denied, Gone

TEXT = Document("incident.5", "Opened from another issue.\n\n| a | b |\n|---|---|\n| ä | `x` |\n\n- 🔥 now")
ISSUES = r"/issues$"


@pytest.fixture
def sockets() -> bool:
    """What is told here is the same without; what connections do, tests/contract/test_trouble.py tells."""
    return False


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    """The issue that asks for another one, some way into its life."""
    one = forge.world.open_ticket(forge.project, forge.alice, "API down", labels=["incident"])
    forge.clock.forward()
    return one


@pytest.fixture
def wish(ticket: Ticket) -> Open:
    labels = frozenset({"incident", "sev1"})
    return Open("Payments down", TEXT, labels, confidential=False, since=ticket.created_at)


def others(ticket: Ticket) -> list[Ticket]:
    return [one for one in ticket.project.tickets.values() if one is not ticket]


def linked(one: Ticket, other: Ticket) -> int:
    return sum(link.other is other for link in one.links)


def opened(forge: Forge, ticket: Ticket, wish: Open) -> IssueRef:
    ref = forge.tracker.apply(forge.ref(ticket), wish).opened
    assert ref is not None
    return ref


def test_an_issue_is_opened_as_wished(forge: Forge, ticket: Ticket, wish: Open) -> None:
    ref = opened(forge, ticket, wish)

    issue = forge.tracker.read(ref)
    [made] = others(ticket)
    assert ref == forge.ref(made)
    assert (issue.title, issue.body, issue.open) == ("Payments down", TEXT.text, True)
    assert issue.labels == wish.labels
    assert issue.author.id == issue.viewer.id


@pytest.mark.parametrize(
    ("title", "fitted"),
    [
        ("Payments down\n/close", "Payments down /close"),
        ("a\ud800b\x00\u202e", "ab"),
        ("\u200b", "Untitled"),
        ("", "Untitled"),
    ],
)
def test_any_title_is_made_one_that_the_forge_takes(
    forge: Forge, ticket: Ticket, wish: Open, title: str, fitted: str
) -> None:
    opened(forge, ticket, replace(wish, title=title))

    [made] = others(ticket)
    assert made.title == fitted


@pytest.mark.parametrize("letter", ["x", "ä", "🔥", "e\u0301"])
def test_a_long_title_is_shortened_and_the_issue_is_found_by_it(
    forge: Forge, ticket: Ticket, wish: Open, letter: str
) -> None:
    long = replace(wish, title=letter * 600, reuse=True)
    opened(forge, ticket, long)
    [made] = others(ticket)
    assert made.title.endswith("…")
    assert forge.tracker.max_title - 2 < len(made.title) <= forge.tracker.max_title

    later = Document("incident.6", "The same, said anew.")
    opened(forge, ticket, replace(long, document=later))
    assert others(ticket) == [made]

    forge.tracker.apply(forge.ref(made), Describe(TEXT, title=f"{letter * 600}!"))
    assert len(made.title) <= forge.tracker.max_title


def test_an_issue_is_opened_once(forge: Forge, ticket: Ticket, wish: Open) -> None:
    refs = set()
    for tracker in (forge.tracker, forge.tracker, forge.another()):
        refs.add(tracker.apply(forge.ref(ticket), wish).opened)
        forge.clock.forward()

    [made] = others(ticket)
    assert refs == {forge.ref(made)}


def test_it_stays_the_one_when_people_changed_it(forge: Forge, ticket: Ticket, wish: Open) -> None:
    ref = opened(forge, ticket, wish)
    [made] = others(ticket)
    forge.world.edit_ticket(made, forge.alice, title="Card payments down")
    forge.world.unlabel(made, forge.alice, "incident")
    forge.world.close(made, forge.alice)
    forge.clock.forward(3600)

    assert opened(forge, ticket, wish) == ref
    assert others(ticket) == [made]
    assert {label.name for label in made.labels} == {"sev1"}
    assert not made.open


def test_it_is_found_among_many(forge: Forge, ticket: Ticket, wish: Open) -> None:
    for number in range(120):
        forge.world.open_ticket(forge.project, forge.bot, f"Follow-up {number}", Document("other", "x").text)
    ref = opened(forge, ticket, wish)
    for number in range(120):
        forge.world.open_ticket(forge.project, forge.bot, f"Later follow-up {number}")

    assert opened(forge, ticket, wish) == ref
    assert len(others(ticket)) == 241


def test_each_document_has_an_issue_of_its_own(forge: Forge, ticket: Ticket, wish: Open) -> None:
    first = opened(forge, ticket, wish)
    second = opened(forge, ticket, replace(wish, document=Document("incident.6", "Another one.")))

    assert first != second
    assert len(others(ticket)) == 2


@pytest.mark.parametrize("whose", ["a stranger", "ours, quoted further up", "ours, of an earlier time"])
def test_an_issue_that_only_looks_like_it_is_not_taken(
    forge: Forge, ticket: Ticket, wish: Open, whose: str
) -> None:
    author = forge.rita if whose == "a stranger" else forge.bot
    body = f"{TEXT.text}\n\nand more" if "quoted" in whose else TEXT.text
    pretender = forge.world.open_ticket(forge.project, author, wish.title, body)
    later = replace(wish, since=forge.clock.forward(3600)) if "earlier" in whose else wish
    forge.world.comment(pretender, forge.rita, "still the same?")

    ref = opened(forge, ticket, later)

    assert ref != forge.ref(pretender)
    assert len(others(ticket)) == 2


def test_the_asking_issue_is_never_its_own_answer(forge: Forge, wish: Open) -> None:
    asking = forge.world.open_ticket(forge.project, forge.bot, wish.title, TEXT.text, labels=sorted(wish.labels))

    ref = opened(forge, asking, replace(wish, reuse=True))

    assert ref != forge.ref(asking)
    assert linked(asking, asking) == 0


def test_a_wish_of_confidence_is_kept_where_the_forge_can(forge: Forge, ticket: Ticket, wish: Open) -> None:
    opened(forge, ticket, replace(wish, confidential=True))

    [made] = others(ticket)
    assert made.confidential is (forge.name != "github")


# An issue that is there already


@pytest.mark.parametrize("title", ["Payments down", "  payments DOWN "])
def test_an_open_issue_of_that_title_serves_as_well(forge: Forge, ticket: Ticket, wish: Open, title: str) -> None:
    """S23: no second incident about the same thing."""
    there = forge.world.open_ticket(forge.project, forge.rita, title, labels=["sev1", "bug", "incident"])
    forge.clock.forward(3600)

    assert opened(forge, ticket, replace(wish, reuse=True, since=forge.clock.now)) == forge.ref(there)
    assert others(ticket) == [there]
    assert linked(ticket, there) == 1


@pytest.mark.parametrize("why", ["closed", "a label is missing", "another title", "not asked for"])
def test_other_issues_do_not_serve(forge: Forge, ticket: Ticket, wish: Open, why: str) -> None:
    title = "Payments down again" if why == "another title" else wish.title
    labels = ["incident"] if why == "a label is missing" else ["incident", "sev1"]
    there = forge.world.open_ticket(forge.project, forge.rita, title, labels=labels)
    if why == "closed":
        forge.world.close(there, forge.rita)

    ref = opened(forge, ticket, replace(wish, reuse=why != "not asked for"))

    assert ref != forge.ref(there)
    assert len(others(ticket)) == 2
    assert there.links == []


def test_our_own_goes_before_one_that_serves(forge: Forge, ticket: Ticket, wish: Open) -> None:
    forge.world.open_ticket(forge.project, forge.rita, wish.title, labels=sorted(wish.labels))
    ref = opened(forge, ticket, wish)

    assert opened(forge, ticket, replace(wish, reuse=True)) == ref


# Links


def test_both_are_linked_once(forge: Forge, ticket: Ticket, wish: Open) -> None:
    """S26, S85."""
    for _ in range(3):
        opened(forge, ticket, wish)

    [made] = others(ticket)
    assert linked(ticket, made) == 1
    assert linked(made, ticket) == (0 if forge.name == "github" else 1)  # where a sub-issue knows its parent


@pytest.mark.parametrize(
    "fault", [Lose(done=False), FaultResponse(503), Cut(), FaultResponse(502, done=True)], ids=repr
)
def test_a_link_that_failed_in_passing_is_made_at_the_next_reconcile(
    forge: Forge, ticket: Ticket, wish: Open, needs: Needs, fault: Fault
) -> None:
    needs("http")
    forge.sandbox.faults.add(fault, method="POST", path=r"/issues/1/(sub_issues|links)$")

    with pytest.raises(Busy):
        opened(forge, ticket, wish)
    ref = opened(forge, ticket, wish)

    [made] = others(ticket)
    assert ref == forge.ref(made)
    assert linked(ticket, made) == 1


@pytest.mark.parametrize("status", [403, 404])
def test_a_link_that_is_refused_for_a_moment_is_made(
    forge: Forge, ticket: Ticket, wish: Open, needs: Needs, status: int
) -> None:
    needs("http")
    forge.sandbox.faults.add(
        FaultResponse(status, body=b"{}"), method="POST", path=r"/issues/1/(sub_issues|links)$"
    )
    opened(forge, ticket, wish)

    [made] = others(ticket)
    assert linked(ticket, made) == 1


@pytest.mark.parametrize("status", [403, 404, 410, 422])
def test_a_link_that_is_refused_is_done_without(
    forge: Forge, ticket: Ticket, wish: Open, needs: Needs, status: int
) -> None:
    needs("http")
    links = r"/issues/1/(sub_issues|links)$"
    forge.sandbox.faults.add(FaultResponse(status, body=b"{}"), method="POST", path=links, times=2)

    ref = opened(forge, ticket, wish)

    [made] = others(ticket)
    assert ref == forge.ref(made)
    assert made.links == ticket.links == []


@pytest.mark.parametrize("lacking", ["links"])
def test_without_links_the_issue_is_opened_all_the_same(forge: Forge, ticket: Ticket, wish: Open) -> None:
    refs = {opened(forge, ticket, wish), opened(forge, ticket, wish)}

    [made] = others(ticket)
    assert refs == {forge.ref(made)}


def test_an_issue_that_has_a_parent_stays_with_it(forge: Forge, ticket: Ticket, wish: Open) -> None:
    there = forge.world.open_ticket(forge.project, forge.rita, wish.title, labels=sorted(wish.labels))
    parent = forge.world.open_ticket(forge.project, forge.rita, "Everything is down")
    forge.world.link(parent, there, "sub_issue")

    assert opened(forge, ticket, replace(wish, reuse=True)) == forge.ref(there)
    assert linked(parent, there) == 1


# Trouble


@pytest.mark.parametrize(
    "fault", [FaultResponse(502, done=True), FaultResponse(504, done=True), Lose(done=True), Cut()], ids=repr
)
def test_an_unclear_answer_makes_no_second_issue(
    forge: Forge, ticket: Ticket, wish: Open, needs: Needs, fault: Fault
) -> None:
    needs("http")
    forge.sandbox.faults.add(fault, method="POST", path=ISSUES)

    with pytest.raises(Busy) as busy:
        opened(forge, ticket, wish)
    assert busy.value.retry_after >= 10
    ref = opened(forge, ticket, wish)

    [made] = others(ticket)
    assert ref == forge.ref(made)
    assert linked(ticket, made) == 1
    assert sum(one.method == "POST" and one.path.endswith("/issues") for one in forge.sandbox.requests) == 1


@pytest.mark.parametrize("fault", [FaultResponse(500), Lose(done=False)], ids=repr)
def test_a_failed_opening_is_not_taken_for_done(
    forge: Forge, ticket: Ticket, wish: Open, needs: Needs, fault: Fault
) -> None:
    needs("http")
    forge.sandbox.faults.add(fault, method="POST", path=ISSUES)

    with pytest.raises(Busy):
        opened(forge, ticket, wish)
    assert others(ticket) == []
    opened(forge, ticket, wish)

    assert len(others(ticket)) == 1


def test_nothing_is_opened_when_the_search_failed(forge: Forge, ticket: Ticket, wish: Open, needs: Needs) -> None:
    needs("http")
    forge.sandbox.faults.add(FaultResponse(500), method="GET", path=ISSUES, times=10)

    with pytest.raises(Busy):
        opened(forge, ticket, wish)

    assert others(ticket) == []


def test_without_the_right_to_label_it_is_denied(forge: Forge, ticket: Ticket, wish: Open) -> None:
    forge.world.add_member(forge.project, forge.bot, Access.READ)

    with pytest.raises(Denied, match=r"acme/api#1"):
        opened(forge, ticket, wish)


def test_the_right_to_triage_is_enough(forge: Forge, ticket: Ticket, wish: Open) -> None:
    forge.world.add_member(forge.project, forge.bot, Access.TRIAGE)

    assert forge.tracker.read(opened(forge, ticket, wish)).labels == wish.labels


def test_a_refusal_is_denied_and_names_the_issue_and_no_text(
    forge: Forge, ticket: Ticket, wish: Open, needs: Needs
) -> None:
    needs("http")
    forge.sandbox.faults.add(FaultResponse(403, body=b'{"message": "no"}'), method="POST", path=ISSUES)

    with pytest.raises(Denied, match=r"incident\.5 for .*acme/api#1") as denied:
        opened(forge, ticket, wish)

    assert wish.title not in str(denied.value)
    assert others(ticket) == []


def test_in_a_project_that_is_gone_nothing_is_opened(forge: Forge, ticket: Ticket, wish: Open) -> None:
    with pytest.raises(Gone):
        forge.tracker.apply(IssueRef(forge.tracker.name, "acme/nothing", 1), wish)


def test_comments_do_not_count_as_the_issue(forge: Forge, ticket: Ticket, wish: Open) -> None:
    forge.tracker.apply(forge.ref(ticket), Post(TEXT))

    opened(forge, ticket, replace(wish, since=ticket.created_at - timedelta(days=1)))

    assert len(others(ticket)) == 1


def test_what_is_only_looked_for_is_not_opened(forge: Forge, ticket: Ticket, wish: Open) -> None:
    look = replace(wish, make=False)
    assert forge.tracker.apply(forge.ref(ticket), look).opened is None
    assert others(ticket) == []

    ref = opened(forge, ticket, wish)
    assert forge.tracker.apply(forge.ref(ticket), look).opened == ref


def test_one_of_ours_for_the_same_thing_serves_whatever_it_is_called_and_however_old(
    forge: Forge, ticket: Ticket, wish: Open
) -> None:
    ref = opened(forge, ticket, wish)
    [made] = others(ticket)
    forge.world.edit_ticket(made, forge.alice, title="Paying is slow")
    later = replace(wish, since=forge.clock.forward(86_400), reuse=True, make=False)

    assert forge.tracker.apply(forge.ref(ticket), later).opened == ref
    assert forge.tracker.apply(forge.ref(ticket), replace(later, reuse=False)).opened is None
    assert forge.tracker.apply(forge.ref(ticket), replace(later, besides=frozenset({ref.number}))).opened is None
    forge.world.close(made, forge.alice)
    assert forge.tracker.apply(forge.ref(ticket), later).opened is None


def test_a_title_makes_nothing_the_same_where_it_does_not_count(forge: Forge, ticket: Ticket, wish: Open) -> None:
    theirs = forge.world.open_ticket(forge.project, forge.alice, wish.title, labels=sorted(wish.labels))
    search = replace(wish, reuse=True, linked=False, make=False)
    asking = replace(forge.ref(ticket), number=0)
    assert forge.tracker.apply(asking, search).opened == forge.ref(theirs)
    assert forge.tracker.apply(asking, replace(search, titled=False)).opened is None


def test_one_that_ended_is_found_as_long_as_it_changed_since(forge: Forge, ticket: Ticket, wish: Open) -> None:
    ref = opened(forge, ticket, wish)
    [made] = others(ticket)
    forge.clock.forward(86_400)
    forge.world.close(made, forge.alice)
    closed = forge.clock.now
    search = replace(wish, ended=True, linked=False, make=False)
    asking = replace(forge.ref(ticket), number=0)
    assert forge.tracker.apply(asking, replace(search, since=closed)).opened == ref
    later = forge.clock.forward(3600)
    assert forge.tracker.apply(asking, replace(search, since=later)).opened is None
