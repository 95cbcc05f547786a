"""Incidents of a public project that are run in a private one: everyone reads external updates, no more."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.contract import forge_local
from tests.contract.forges import PROJECT, Forge, town
from tests.examples import examples
from tests.intake.monitored import Monitored
from tests.properties import speech
from tests.properties.speech import Vocabulary, arguments
from tests.stories.story import Story
from tracker_bridge.domain.derived.public import external_updates
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.world import Project, Ticket

PRIVATE = "acme/incidents-private"
RULES = Rules(private_project=PRIVATE)
FIXED = re.compile(
    r"Incident of \d\d [A-Z][a-z]{2} \d{4}"
    r"|We are working on this incident\.(?: The latest update comes first\.)?|This incident is over\."
    r"|\*\*\d\d:\d\d UTC, \d\d [A-Z][a-z]{2} \d{4}\*\*|Earlier updates do not fit here\."
    r"|<!-- tracker-bridge:public:[0-9a-f]{32} -->|"
)


def inside(forge: Forge) -> Project:
    """The private project; alice and bob are in it."""
    forge.project.private = False
    project = forge.world.add_project(PRIVATE, forge.name, private=True)
    forge.world.add_member(project, forge.bot, Access.MAINTAIN)
    for one in (forge.alice, forge.bob):
        forge.world.add_member(project, one, Access.WRITE)
    forge.served.append(PRIVATE)
    forge.tracker = forge.another()
    return project


@pytest.fixture
def private(forge: Forge) -> Project:
    return inside(forge)


def begun(forge: Forge, private: Project, said: str = "/incident publish acme/api") -> Story:
    """Open the incident in the private project."""
    story = Story(forge, RULES)
    story.at("10:00")
    story.ticket = forge.world.open_ticket(private, forge.alice, "Keys were leaked", "/incident declare")
    story.look()
    story.say("bob", "/incident claim comms external")
    if said:
        story.say("alice", said)
    return story


def shown(project: Project) -> Iterator[str]:
    """Yield every line of ours that everyone can read."""
    for ticket in project.tickets.values():
        texts = [ticket.body, ticket.title] if ticket.author.bot else []
        for text in (*texts, *(note.body for note in ticket.notes if note.author.bot)):
            yield from text.splitlines()


def quoted(text: str) -> str:
    """Return the words, without what keeps them from doing anything."""
    return unescape(text.removeprefix("> ").replace("\\", "").replace("\u200b", "")).strip()


def stub(forge: Forge) -> Ticket:
    [found] = [one for one in forge.project.tickets.values() if one.author is forge.bot]
    return found


def test_nothing_is_public_before_the_first_external_update(forge: Forge, private: Project) -> None:
    story = begun(forge, private)
    story.say("bob", "/incident update internal: the keys of all customers\n/incident note we were warned")
    assert [*shown(forge.project)] == []


def test_everyone_reads_what_external_updates_say(forge: Forge, private: Project) -> None:
    story = begun(forge, private)
    note = story.say("bob", "/incident update external: We are looking into a problem with sign-in.")
    issue = stub(forge)
    assert issue.title == "Incident of 02 Nov 2026"
    assert "> We are looking into a problem with sign-in." in issue.body
    assert (issue.confidential, issue.labels, issue.links, story.ticket.links) == (False, [], [], [])
    assert f"`acme/api#{issue.number}`" in "".join(one.body for one in story.ticket.comments)
    assert "acme/api#" not in "".join(one.body for one in story.ticket.comments).replace("`acme/api#", "")

    story.edit(note, "bob", "/incident update external: We are looking into a problem with tokens.")
    assert "sign-in" not in issue.body
    assert "> We are looking into a problem with tokens." in issue.body
    story.at("11:00")
    story.say("bob", "/incident update external: All tokens are new.")
    assert issue.body.index("All tokens") < issue.body.index("a problem with tokens")
    assert issue.open

    story.say("alice", "/incident claim lead\n/incident resolve")
    assert issue.body.startswith("This incident is over.")
    assert not issue.open
    story.say("alice", "/incident reopen they were leaked again")
    assert issue.open
    assert [one for one in forge.project.tickets.values() if one.author is forge.bot] == [issue]
    assert story.rests()


def test_what_people_close_stays_closed(forge: Forge, private: Project) -> None:
    story = begun(forge, private)
    story.say("bob", "/incident update external: We are looking into it.")
    forge.world.close(stub(forge), forge.alice, "completed")
    story.say("bob", "/incident update external: It goes on.")
    assert not stub(forge).open
    assert "It goes on" in stub(forge).body


def test_one_that_is_taken_back_says_nothing_any_more(forge: Forge, private: Project) -> None:
    story = begun(forge, private)
    note = story.say("bob", "/incident update external: We are looking into it.")
    story.delete(note)
    assert stub(forge).body.startswith("We are working on this incident.\n")
    assert "looking" not in stub(forge).body
    assert story.rests()


def test_declared_in_the_open_it_is_opened_in_private(forge: Forge, private: Project) -> None:
    story = Story(forge, RULES)
    story.at("10:00")
    story.open("alice", "Strange mails", "Please look at this.")
    note = story.say("alice", "/incident declare Somebody reads our mail --private")
    [incident] = private.tickets.values()
    assert incident.title == "Somebody reads our mail"
    assert {label.name for label in incident.labels} == {"incident"}
    [word] = [one.body for one in story.ticket.comments if one.author is forge.bot]
    assert word.startswith("This is handled in private.")
    assert all(one not in word for one in (PRIVATE, "mail", "acme", f"#{incident.number}"))
    assert story.rests()

    story.ticket, public = incident, story.ticket
    story.look()
    assert "**investigating**" in story.text("status")
    assert "`acme/api#1`" in incident.body
    story.say("bob", "/incident claim comms external\n/incident update external: Mails may be late.")
    assert "> Mails may be late." in stub(forge).body
    story.ticket = public
    forge.world.delete_comment(public, note, forge.alice)
    story.look()
    assert len(private.tickets) == 1


def test_a_private_project_that_is_public_is_none(forge: Forge, private: Project) -> None:
    private.private = False
    story = Story(forge, RULES)
    story.at("10:00")
    story.open("alice", "Strange mails")
    note = story.say("alice", "/incident declare --private")
    assert "can be read by as many people as this one" in story.text(f"refusal:{note.id}")
    monitored = Monitored(forge, confidential=True)
    monitored.rules = RULES
    monitored.bridge = monitored.bridge_of(forge.tracker)
    monitored.restart()
    monitored.arrives("am-firing.json")
    assert not private.tickets
    private.private = True
    monitored.bridge = monitored.bridge_of(forge.another())
    monitored.restart()
    forge.clock.forward(600)
    monitored.work()
    assert [one.title for one in private.tickets.values()] == ["Checkout answers 5xx"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("declare --private", "the bridge's settings name no project for private incidents"),
        ("publish acme/web", "only incidents of the private project have an issue for everyone"),
    ],
)
def test_without_a_private_project_it_is_refused(forge: Forge, line: str, why: str) -> None:
    story = Story(forge)
    story.at("10:00")
    story.open("alice", "Mail is down", "/incident declare" if line.startswith("publish") else "")
    note = story.say("alice", f"/incident {line}")
    assert why in story.text(f"refusal:{note.id}")


def test_a_stranger_opens_nothing_in_private_and_is_not_answered(forge: Forge, private: Project) -> None:
    story = Story(forge, RULES)
    story.at("10:00")
    story.open("alice", "Mail is down")
    forge.world.add_account("mallory")
    story.say("mallory", "/incident declare --private")
    assert not private.tickets
    assert [*shown(forge.project)] == []


def test_only_who_may_write_there_publishes_there(forge: Forge, private: Project) -> None:
    carol = Story(forge, RULES).carol
    forge.world.add_member(private, carol, Access.WRITE)
    forge.project.members.pop(carol.id)
    story = begun(forge, private, "")
    note = story.say("carol", "/incident publish acme/api")
    assert "is not served by this bridge, or you do not have write access there" in story.text(
        f"refusal:{note.id}"
    )
    note = story.say("alice", "/incident publish acme/nothing")
    assert "is not served by this bridge" in story.text(f"refusal:{note.id}")


def test_a_confidential_alert_is_handled_in_private(forge: Forge, private: Project) -> None:
    story = Monitored(forge, confidential=True)
    story.rules = RULES
    story.bridge = story.bridge_of(forge.tracker)
    story.restart()
    story.arrives("am-firing.json")
    [incident] = private.tickets.values()
    assert incident.title == "Checkout answers 5xx"
    assert not incident.confidential
    assert not forge.project.tickets
    story.restart(forgetful=True)
    story.arrives("am-firing.json")
    assert len(private.tickets) == 1

    story.ticket = incident
    story.say("bob", "/incident claim comms external\n/incident update external: The shop is slow.")
    assert "> The shop is slow." in stub(forge).body
    assert "Checkout" not in "".join(shown(forge.project))


@st.composite
def threads(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Draw who says what in private: commands of every kind, what is said to whom, and plain words."""
    words = Vocabulary()

    def said() -> str:
        verb = draw(st.sampled_from(sorted({*speech.VERBS, *speech.ENDING, "update", "plain"})))
        if verb == "plain":
            return words.words(draw)
        if verb == "update":
            whom = draw(st.sampled_from(["external", "internal", "internal, external", "management"]))
            return f"/incident update {whom}: {words.words(draw)}\n{words.words(draw)}"
        return f"/incident {verb} {arguments(draw, words, verb)}"

    return [(draw(st.sampled_from(["alice", "bob"])), said()) for _ in range(draw(st.integers(1, 10)))]


@examples(20)
@given(thread=threads(), end=st.booleans())
@example(thread=[("alice", "/incident update external: w1w\nw2w <b>x</b> w3w")], end=False)
def test_every_byte_that_everyone_reads_is_of_external_updates_or_fixed(
    thread: list[tuple[str, str]], *, end: bool
) -> None:
    """Whatever is said in private: what is read outside was said to those outside."""
    forge = town("local")
    with forge_local.build(forge):
        private = inside(forge)
        story = begun(forge, private)
        for login, text in thread:
            forge.world.comment(story.ticket, story.who(login), text)
            forge.clock.forward(60)
            story.bridge.reconcile(story.ref, forge.clock.now, {})
        forge.world.comment(story.ticket, forge.bob, "/incident update external: All is well.")
        if end:
            forge.world.comment(story.ticket, forge.alice, "/incident cancel it was none")
        story.bridge.reconcile(story.ref, forge.clock.now, {})
        incident = story.bridge.decide(forge.tracker.read(story.ref), forge.clock.now).incident
        outside = {quoted(line) for one in external_updates(incident) for line in one.said}
        for line in shown(forge.project):
            assert FIXED.fullmatch(line) or quoted(line) in outside, line
        assert all(one.title.startswith("Incident of ") for one in forge.project.tickets.values())
        assert all(ticket.project.path == PROJECT for ticket in forge.project.tickets.values())
