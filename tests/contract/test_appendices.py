"""What is too long for a comment moves to a linked issue, and is found again whatever happens (S69, S84-S86)."""

import re
from collections.abc import Callable

import pytest

from tests.contract.forges import Forge, Needs
from tests.remembering import Remembering
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.changes import Change, Describe, Document, Open, Post, Remove, key_of
from tracker_bridge.reconcile import Bridge, ReconcileResult
from tracker_bridge.sandbox.faults import FaultResponse, Lose
from tracker_bridge.sandbox.world import Note, Ticket
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import Busy, Denied

RENDERER = Remembering(templates_folder(), COMMANDS)
ALWAYS = Rules(separate_communications=True)
LONG = "\n".join(f"> {'x' * 70} {number}" for number in range(100))
LASTING = r"^(?!.*/(graphql|reactions|award_emoji|sub_issues)$)"
"""The paths of writes that are not simply made again until something after them is there."""
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def sockets() -> bool:
    """A crash at each write is a crash of the bridge; what a broken connection is, test_trouble.py tells."""
    return False


@pytest.fixture
def narrow(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let less fit into a text than the forge takes, so that fewer words are more than one holds."""
    monkeypatch.setattr(type(forge.tracker), "max_body", 30_000)


class Play:
    """An incident of alice's, looked at by a bridge that remembers nothing, half a minute after what was said."""

    def __init__(self, forge: Forge, rules: Rules, *, confidential: bool = False) -> None:
        self.forge = forge
        self.rules = rules
        self.ticket = forge.world.open_ticket(
            forge.project, forge.alice, "API down", "/incident declare", confidential=confidential
        )
        self.say("/incident claim lead\n/incident channel main #inc")

    def say(self, text: str) -> Note:
        self.forge.clock.forward(60)
        return self.forge.world.comment(self.ticket, self.forge.alice, text)

    def look(self, ticket: Ticket | None = None) -> ReconcileResult:
        forge = self.forge
        bridge = Bridge({forge.name: forge.tracker}, {forge.name: self.rules}, RENDERER, keys=[b"k"])
        return bridge.reconcile(forge.ref(ticket or self.ticket), forge.clock.forward(31), {})

    def rest(self) -> None:
        """Look again, here and at the linked issues: nothing is to be done."""
        for ticket in (self.ticket, *self.others):
            assert self.look(ticket).changes == ()

    @property
    def others(self) -> list[Ticket]:
        return [one for one in self.forge.project.tickets.values() if one is not self.ticket]

    def ours(self, ticket: Ticket) -> dict[str, str]:
        """The bot's comments by their keys, each of which is there once."""
        bodies = [note.body for note in ticket.comments if note.author is self.forge.bot]
        keys = [key_of(body) or "" for body in bodies]
        assert len(keys) == len(set(keys)), keys
        return dict(zip(keys, bodies, strict=True))


@pytest.fixture
def play(forge: Forge) -> Callable[..., Play]:
    return lambda rules=ALWAYS, **how: Play(forge, rules, **how)


def spoken_and_over(play: Play) -> Ticket:
    """Say something, end the incident, and return the issue that has the communications."""
    play.say("/incident update external: Half of all calls fail.")
    play.look()
    assert play.others == []
    play.say("/incident resolve")
    play.look()
    [other] = play.others
    return other


def kinds(changes: tuple[Change, ...]) -> list[type[Change]]:
    return [type(change) for change in changes]


# The communication issue


def test_it_is_opened_linked_both_ways_and_told_of_in_plain_words(play: Callable[..., Play], forge: Forge) -> None:
    """S84, S85, S86: at the end, and not before."""
    one = play()
    other = spoken_and_over(one)

    assert other.title == "Timeline of communications: API down"
    assert other.author is forge.bot
    assert "> Half of all calls fail." in other.body
    assert f"What was communicated about #{one.ticket.number}" in other.body
    assert [label.name for label in other.labels] == ["incident-record"]
    assert not other.open
    assert any(link.other is other for link in one.ticket.links)
    assert any(link.other is one.ticket for link in other.links) or forge.name == "github"  # a sub-issue
    ours = one.ours(one.ticket)
    told = ours[f"linked:communications:{other.number}"]
    assert f"The timeline of communications is in a separate issue: #{other.number}" in told
    assert "communications" not in ours
    one.rest()


def test_it_is_opened_when_the_incident_was_none(play: Callable[..., Play]) -> None:
    """S82, S84: what was said of a false alarm was said all the same."""
    one = play()
    one.say("/incident update external: Half of all calls fail.\n\n/incident cancel a false alarm")
    one.look()
    [other] = one.others
    assert "> Half of all calls fail." in other.body
    one.rest()


def test_a_short_one_stays_in_one_comment(play: Callable[..., Play]) -> None:
    """S82."""
    one = play(Rules())
    one.say("/incident update external: Half of all calls fail.\n\n/incident resolve")
    one.look()
    assert one.others == []
    assert "> Half of all calls fail." in one.ours(one.ticket)["communications"]
    one.rest()


def test_it_is_kept_up_to_date_in_place(play: Callable[..., Play]) -> None:
    """S83."""
    one = play()
    other = spoken_and_over(one)

    one.say("/incident update external: It is over.")
    look = one.look()

    assert Describe in kinds(look.changes)
    assert Open not in kinds(look.changes)
    assert "> It is over." in other.body
    one.rest()


def test_it_is_confidential_where_the_incident_is(play: Callable[..., Play], forge: Forge) -> None:
    one = play(confidential=forge.name != "github")
    assert spoken_and_over(one).confidential is one.ticket.confidential
    one.rest()


def test_it_becomes_confidential_with_the_incident_and_never_public_again(
    play: Callable[..., Play], forge: Forge
) -> None:
    if forge.name == "github":
        pytest.skip("github lacks confidential issues")
    one = play()
    other = spoken_and_over(one)

    one.ticket.confidential = True
    one.look()
    assert other.confidential
    one.ticket.confidential = False
    one.look()
    assert other.confidential


def test_what_people_change_in_it_is_put_right(play: Callable[..., Play], forge: Forge) -> None:
    one = play()
    other = spoken_and_over(one)
    before = other.body

    forge.world.edit_ticket(other, forge.bob, body="mine")
    one.look()

    assert other.body.rstrip() == before.rstrip()
    one.rest()


def test_a_look_at_it_leads_to_the_incident(play: Callable[..., Play], forge: Forge) -> None:
    one = play()
    other = spoken_and_over(one)
    forge.world.edit_ticket(other, forge.bob, body=f"mine\n{other.body}")

    look = one.look(other)

    assert look.changes == ()
    assert look.others == (forge.ref(one.ticket),)


def test_one_that_people_deleted_is_left_alone(play: Callable[..., Play], forge: Forge) -> None:
    one = play()
    forge.world.delete_ticket(spoken_and_over(one), forge.alice)
    assert one.look().changes == ()
    assert len(one.others) == 1


def test_an_issue_of_somebody_else_is_never_written_to(play: Callable[..., Play], forge: Forge) -> None:
    one = play()
    other = spoken_and_over(one)
    theirs = forge.world.open_ticket(forge.project, forge.bob, "Mine", "Keep off")
    for note in one.ticket.comments:
        if f"linked:communications:{other.number}" in note.body:
            note.body = note.body.replace(f":{other.number} -->", f":{theirs.number} -->")
            note.updated_at = forge.clock.forward()

    forge.tracker = forge.another()
    one.look()

    assert (theirs.body, theirs.comments) == ("Keep off", [])


# Too long for one text


def long_one(play: Callable[..., Play], forge: Forge) -> Play:
    """Return an incident that is over, about which more was said than fits into two texts."""
    one = play(Rules())
    for _ in range(2 + forge.tracker.max_body // 7_000):
        one.forge.clock.forward(1800)
        one.say(f"/incident update external\n{LONG}")
    one.look()
    one.say("/incident resolve")
    return one


def test_what_does_not_fit_goes_on_in_comments_of_ours(play: Callable[..., Play], forge: Forge) -> None:
    """S84."""
    one = long_one(play, forge)
    said = sum(note.body.startswith("/incident update") for note in one.ticket.comments)
    one.look()

    [other] = one.others
    pages = one.ours(other)
    texts = [other.body, *pages.values()]

    assert list(pages) == [f"page:communications.{number}" for number in range(2, len(texts) + 1)]
    assert len(texts) >= 2
    assert all(len(text) <= forge.tracker.max_body for text in texts)
    assert sum(text.count(" 99\n") for text in texts) == said
    assert "communications" not in one.ours(one.ticket)
    one.rest()


@pytest.mark.usefixtures("narrow")
def test_pages_that_are_not_needed_any_more_go_and_it_stays_where_it_is(
    play: Callable[..., Play], forge: Forge
) -> None:
    one = long_one(play, forge)
    one.look()
    [other] = one.others
    updates = [note for note in one.ticket.comments if note.body.startswith("/incident update")]
    for note in updates[1:]:
        forge.world.delete_comment(one.ticket, note, forge.alice)

    look = one.look()

    assert Remove in kinds(look.changes)
    assert one.ours(other) == {}
    assert len(one.others) == 1
    assert "communications" not in one.ours(one.ticket)
    one.rest()


@pytest.mark.usefixtures("narrow")
def test_pages_that_people_deleted_come_back(play: Callable[..., Play], forge: Forge) -> None:
    one = long_one(play, forge)
    one.look()
    [other] = one.others
    before = one.ours(other)
    forge.world.delete_comment(other, next(n for n in other.comments if n.author is forge.bot), forge.alice)

    assert one.look().changes != ()

    assert one.ours(other) == before
    one.rest()


def test_it_moves_when_it_has_grown(play: Callable[..., Play], forge: Forge) -> None:
    one = play(Rules())
    one.say("/incident update external: Half of all calls fail.\n\n/incident resolve")
    one.look()
    assert "communications" in one.ours(one.ticket)

    one.rules = ALWAYS
    look = one.look()

    assert {Open, Post, Remove} <= set(kinds(look.changes))
    assert "communications" not in one.ours(one.ticket)
    one.rest()


# The timeline


@pytest.mark.usefixtures("narrow")
def test_a_timeline_that_does_not_fit_has_an_issue_of_its_own(play: Callable[..., Play], forge: Forge) -> None:
    """S69-S72: the scribe's comment keeps statistics and summary, and says where the rest is."""
    one = play(Rules())
    count = 2 + forge.tracker.max_body // 900
    for start in range(0, count, 15):
        numbers = range(start, min(start + 15, count))
        one.say("\n".join(f"/incident note {'x' * 900} event {number}." for number in numbers))
    one.say("/incident resolve")
    one.look()

    [other] = one.others
    summary = one.ours(one.ticket)["summary"]
    texts = [other.body, *one.ours(other).values()]

    assert [line for line in summary.splitlines() if line.startswith("#### ")] == [
        "#### Statistics",
        "#### Summary timeline",
        "#### Full timeline",
    ]
    assert re.search(rf"[0-9]+ entries, in a separate issue: #{other.number}\.", summary)
    assert "event 1." not in summary
    assert [f"event {number}." in "".join(texts) for number in range(count)] == [True] * count
    assert all(text.count("| UTC | Event |") == 1 for text in texts)
    assert f"linked:timeline:{other.number}" in one.ours(one.ticket)
    one.rest()


# Crashes


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
def test_a_crash_at_any_write_makes_nothing_twice(
    play: Callable[..., Play], forge: Forge, needs: Needs, done: bool
) -> None:
    """S84-S86: each look goes one write further, and dies; whether it was carried out is not known."""
    needs("http")
    one = long_one(play, forge)
    crashes = 0
    for _ in range(60):
        forge.sandbox.faults.clear()
        for method in WRITES:
            forge.sandbox.faults.add(Lose(done=done), method=method, path=LASTING, nth=1 if done else 2)
        forge.tracker = forge.another()
        try:
            one.look()
        except Busy:
            crashes += 1
        else:
            break
    else:
        pytest.fail("it never comes to rest")
    forge.sandbox.faults.clear()
    one.look()

    [other] = one.others
    assert crashes >= 3
    assert other.body.count("### Timeline of communications") == 1
    assert one.ours(other)
    assert sum(link.other is other for link in one.ticket.links) == 1
    assert f"linked:communications:{other.number}" in one.ours(one.ticket)
    one.rest()


def test_a_crash_while_it_is_brought_up_to_date_is_healed(
    play: Callable[..., Play], forge: Forge, needs: Needs
) -> None:
    needs("http")
    one = play()
    other = spoken_and_over(one)
    one.say("/incident update external: It is over.")
    for method in ("PATCH", "PUT"):
        forge.sandbox.faults.add(FaultResponse(502), method=method, path=rf"/issues/{other.number}$")

    with pytest.raises(Busy):
        one.look()
    assert "It is over." not in other.body
    one.look()

    assert "> It is over." in other.body
    one.rest()


@pytest.mark.usefixtures("narrow")
def test_one_that_can_not_be_seen_yet_is_written_to_later(
    play: Callable[..., Play], forge: Forge, needs: Needs
) -> None:
    needs("http")
    one = long_one(play, forge)
    forge.sandbox.faults.add(FaultResponse(404), method="GET", path=r"/issues/2$")
    one.look()
    [other] = one.others
    assert one.ours(other) == {}

    one.look()

    assert one.ours(other)
    one.rest()


def test_an_account_that_may_not_open_issues_still_posts_the_summary(
    play: Callable[..., Play], forge: Forge, needs: Needs
) -> None:
    """S68."""
    needs("http")
    one = play()
    one.say("/incident update external: Half of all calls fail.\n\n/incident resolve")
    forge.sandbox.faults.add(FaultResponse(403), method="POST", path=r"/issues$")

    with pytest.raises(Denied):
        one.look()

    assert "summary" in one.ours(one.ticket)
    assert one.others == []
    one.look()
    assert len(one.others) == 1
    one.rest()


# The change itself


def test_the_text_of_an_issue_is_replaced(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.bot, "Ours", "before", labels=["kept"])
    text = Document("page.1", "After.\n\n| a | b |\n|---|---|\n| ä | `x` |")

    for _ in range(2):
        forge.tracker.apply(forge.ref(ticket), Describe(text))

    issue = forge.tracker.read(forge.ref(ticket))
    assert (issue.body, issue.title, issue.labels) == (text.text, "Ours", frozenset({"kept"}))
    assert not ticket.confidential
