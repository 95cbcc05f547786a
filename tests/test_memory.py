"""What the last reconcile came to is remembered, and used only while nothing is different."""

from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.growth import quiet
from tests.benchmarks.threads import thread
from tests.commands.thread import ACCESS, BEGIN
from tests.contract.local import LocalTracker
from tests.domain.test_fold import DEEDS, LINES
from tests.examples import examples
from tests.stories.story import RENDERER
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import Access, IssueRef
from tracker_bridge.reconcile import Bridge, reading
from tracker_bridge.reconcile.memory import Memory
from tracker_bridge.rendering import Renderer
from tracker_bridge.sandbox.world import World

PEOPLE = st.sampled_from(sorted(ACCESS))
WORDS = st.lists(st.sampled_from(LINES), min_size=1, max_size=3).map("\n".join)
PLACES = st.integers(0, 9)
ACTS = (
    st.tuples(st.just("say"), PEOPLE, WORDS)
    | st.tuples(st.just("edit"), PEOPLE, PLACES, WORDS)
    | st.tuples(st.sampled_from(["delete", "hide"]), PEOPLE, PLACES)
    | DEEDS.map(lambda deed: ("do", deed[0], *deed[1]))
    | st.tuples(st.sampled_from(["lose", "wait"]), PEOPLE)
)


class Place:
    """An issue of bob's in which everybody acts, and a bridge that has been there all the time."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.world = World(lambda: self.now)
        self.project = self.world.add_project("acme/shop", "local")
        self.people = {login: self.world.add_account(login) for login in ACCESS}
        for login, access in ACCESS.items():
            self.world.add_member(self.project, self.people[login], access)
        bot = self.world.add_account("incident-bot", bot=True)
        self.world.add_member(self.project, bot, Access.MAINTAIN)
        self.tracker = LocalTracker(self.world, [self.project.path], bot)
        opening = "/incident declare"
        self.ticket = self.world.open_ticket(self.project, self.people["bob"], "Checkout is down", opening)
        self.ref = IssueRef("local", self.project.path, self.ticket.number)
        self.bridge = self.new()

    def new(self) -> Bridge:
        return Bridge({"local": self.tracker}, {"local": Rules()}, RENDERER, keys=[b"signs the receipts"])

    def act(self, what: str, who: str, *how: object) -> None:
        """Do something; what cannot be done is left."""
        person, ticket = self.people[who], self.ticket
        notes = [one for one in ticket.comments if one.author.login in ACCESS]
        match what, *how:
            case "say", str(text):
                self.world.comment(ticket, person, text)
            case "edit", int(place), str(text) if place < len(notes):
                self.world.edit_comment(ticket, notes[place], person, text)
            case "delete", int(place) if place < len(notes):
                self.world.delete_comment(ticket, notes[place], person)
            case "hide", int(place) if place < len(notes):
                self.world.hide(notes[place], "" if notes[place].hidden_as else "outdated")
            case "do", deed, str(label):
                {
                    "labeled": lambda: self.world.label(ticket, person, label),
                    "unlabeled": lambda: self.world.unlabel(ticket, person, label),
                    "closed": lambda: self.world.close(ticket, person),
                    "reopened": lambda: self.world.reopen(ticket, person),
                }[str(deed)]()
            case ("lose",):
                self.world.add_member(self.project, person, Access.NONE)


@examples(25)
@given(st.lists(ACTS, max_size=8))
def test_a_bridge_that_remembers_decides_like_a_new_one(acts: list[tuple[str, ...]]) -> None:
    place = Place()
    for act in acts:
        place.act(*act)
        place.now += timedelta(minutes=7)
        for _ in range(2):
            issue = place.tracker.read(place.ref)
            assert place.bridge.decide(issue, place.now) == place.new().decide(issue, place.now)
            place.bridge.reconcile(place.ref, place.now, {})


def test_what_has_not_changed_is_neither_folded_nor_rendered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    incident = quiet(10, 5)

    def worked_out(*_: object, **__: object) -> NoReturn:
        pytest.fail("it was worked out again")

    monkeypatch.setattr(reading, "fold", worked_out)
    monkeypatch.setattr(Renderer, "_render", worked_out)

    assert not incident.look().changes


def test_what_depends_on_more_than_the_thread_is_asked_for_each_time() -> None:
    """A stranger's line is not remembered: they may be given the right."""
    place = Place()
    place.act("say", "rita", "/incident severity sev1")
    place.bridge.reconcile(place.ref, place.now, {})
    issue = place.tracker.read(place.ref)
    assert place.bridge.decide(issue, place.now).incident.severity is None

    place.world.add_member(place.project, place.people["rita"], Access.MAINTAIN)
    place.act("say", "rita", "/incident note x")

    assert place.bridge.decide(place.tracker.read(place.ref), place.now).incident.severity is not None


def test_the_issue_that_was_reconciled_longest_ago_is_forgotten() -> None:
    memory = Memory(issues=3, comments=10)
    issues = [replace(thread(["x"] * 2), ref=IssueRef("local", "acme/shop", n)) for n in range(1, 5)]
    for issue in issues[:3]:
        memory.of(issue).keep("x", "source", issue.ref.number)
    memory.of(issues[0])

    memory.of(issues[3])

    assert [memory.of(one).find("x", "source") for one in (issues[0], issues[2], issues[3])] == [1, 3, None]
    assert memory.of(issues[1]).find("x", "source") is None


def test_long_threads_leave_room_for_fewer() -> None:
    memory = Memory(issues=3, comments=10)
    short, long = (replace(thread(["x"] * n), ref=IssueRef("local", "acme/shop", n)) for n in (2, 9))
    memory.of(short).keep("x", "source", 1)
    memory.of(long).keep("x", "source", 2)

    assert memory.of(long).find("x", "source") == 2
    assert memory.of(long).find("x", "another source") is None
    assert memory.of(short).find("x", "source") is None
