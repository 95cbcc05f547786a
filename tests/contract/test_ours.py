"""Nothing that matters is ever left alone; what is none of ours costs nothing."""

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.contract.forges import Deliveries, Forge
from tests.examples import one_in
from tests.postgres import Clocked, own_schema
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.changes import Document
from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.ours import Index, Ours, OwnIndex, Words
from tracker_bridge.queue import UNCAPPED, Queue
from tracker_bridge.queue.shared_index import SharedIndex
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.reconcile import Bridge
from tracker_bridge.rendering import Renderer
from tracker_bridge.sandbox.world import Account, Ticket
from tracker_bridge.sweep import Sweep
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import IssueChanged

RULES = Rules(previous_names=("outage",))
RENDERER = Renderer(templates_folder(), COMMANDS)

TALK = (
    "The pods restart.",
    "See a/b/incident-12 and https://forge.test/incidents, it was an incident.",
    "> quoted\n\nand answered",
    "```\nkubectl get pods\n```",
    "",
)
COMMANDS_SAID = (
    "/incident declare",
    "/incident note it began",
    "Hello.\n\n/INCIDENT note with capitals",
    "/inc severity sev2",
    "@incident-bot declare",
    "`/incident note in code`",
    "/incidnet declare",
    "/ incident declare",
    "/incident\u200b note unseen",
    "> /incident note quoted",
    "/incident task @bob look at the pool",
    "/incident resolve",
)
LABELS = ("incident", "Outage", "sev1", "wontfix")


@dataclass
class House:
    """
    The bridge behind its receiver and its sweep; ``spared`` are the changes that it left alone. ``index`` makes
    what remembers which issues are ours.
    """

    forge: Forge
    sent: Deliveries
    queue: Queue
    index: Callable[[], Index]
    bridge: Bridge = field(init=False)
    ours: Ours = field(init=False)
    sweep: Sweep = field(init=False)
    spared: list[IssueChanged] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Lose all that the process remembers."""
        forge, self.ours = self.forge, Ours(self.index())
        self.tracker = forge.another(forge.clock.seconds)
        self.bridge = self.bridge_of(self.ours)
        self.sweep = Sweep(
            {forge.name: self.tracker},
            self.queue,
            lambda tracker, project: self.bridge.watched(tracker, project, forge.clock.now),
            clock=forge.clock,
            monotonic=forge.clock.seconds,
            ours=self.ours,
            grammars=lambda tracker, project, bot: self.bridge.grammar(tracker, project, bot, forge.clock.now),
        )

    def bridge_of(self, ours: Ours | None = None) -> Bridge:
        forge = self.forge
        trackers = {forge.name: self.tracker if ours else forge.another(forge.clock.seconds)}
        rules = {forge.name: RULES}
        return Bridge(trackers, rules, RENDERER, keys=[b"signs"], monotonic=forge.clock.seconds, ours=ours)

    def receive(self) -> None:
        for delivery in self.sent():
            change = self.tracker.parse_webhook(*delivery)
            if change is not None and self.ours.spares(change):
                self.spared.append(change)
            elif change is not None:
                self.queue.add(change, self.forge.clock.now)
        self.work()

    def work(self) -> None:
        """Look at all that is due, and forget what is said about it: it is our own doing."""
        now = self.forge.clock.now
        while lease := self.queue.take(now):
            look = self.bridge.reconcile(lease.ref, now, {})
            for other in look.others:
                self.queue.add(IssueChanged(other), now)
            again = look.next_at
            self.queue.done(lease, again and max(again, now + timedelta(seconds=10)))
            self.sent()


@pytest.fixture
def house(forge: Forge, deliveries: Deliveries) -> Iterator[House]:
    with closing(SqliteQueue(":memory:")) as queue:
        yield House(forge, deliveries, queue, OwnIndex)


@pytest.fixture
def shared_house(forge: Forge, deliveries: Deliveries, server: str) -> Iterator[House]:
    """One whose queue and index are in a database."""
    noon = forge.clock.now
    with own_schema(server, noon) as url, closing(Clocked(url, noon, timedelta(minutes=2), UNCAPPED)) as queue:
        yield House(forge, deliveries, queue, lambda: SharedIndex(queue.database))


def step(forge: Forge, dice: random.Random, tickets: list[Ticket]) -> None:
    """Somebody does something in some issue; at first and now and then they open another one."""
    world, who = forge.world, dice.choice([forge.alice, forge.bob, forge.tess, forge.rita])
    talk, text = dice.choice(TALK), dice.choice(TALK if dice.random() < 0.6 else COMMANDS_SAID)
    if len(tickets) < 2:
        tickets.append(world.open_ticket(forge.project, who, f"Question {len(tickets)}", talk))
        return
    if dice.random() < 0.1:
        labels = [dice.choice(LABELS)] if dice.random() < 0.2 else []
        tickets.append(world.open_ticket(forge.project, who, f"Ticket {len(tickets)}", text, labels=labels))
        return
    ticket = dice.choice(tickets)
    if dice.random() < 0.5:
        ticket, text = tickets[0], talk
    notes = [note for note in ticket.comments if note.author is not forge.bot and not note.system]
    acts: list[Callable[[], object]] = [
        *[lambda: world.comment(ticket, who, text)] * 4,
        lambda: world.edit_ticket(ticket, who, body=text),
        lambda: world.edit_ticket(ticket, who, title=dice.choice(["Renamed", "Is this an /incident note?"])),
        lambda: (world.close if ticket.open else world.reopen)(ticket, who),
        lambda: _flip(forge, ticket, who, dice.choice(LABELS)),
        lambda: world.assign(ticket, who, forge.bob),
        lambda: world.set_kind(ticket, who, "incident" if ticket.kind == "issue" else "issue"),
    ]
    if notes:
        note = dice.choice(notes)
        acts += [lambda: world.edit_comment(ticket, note, note.author, text)] * 3
        acts += [lambda: world.delete_comment(ticket, note, who)] if forge.name == "github" else []
    dice.choice(acts)()


def _flip(forge: Forge, ticket: Ticket, who: Account, label: str) -> None:
    worn = {one.name.casefold() for one in ticket.labels}
    (forge.world.unlabel if label.casefold() in worn else forge.world.label)(ticket, who, label)


PLAYED = [(name, seed) for at, name in enumerate(("github", "gitlab")) for seed in one_in(2, range(4), at)]
"""The forges that send deliveries, and what is done on each."""


@pytest.mark.parametrize("sockets", [False])
@pytest.mark.parametrize(("forge", "seed"), PLAYED, indirect=["forge"])
def test_whatever_is_left_alone_is_as_it_should_be(forge: Forge, house: House, seed: int) -> None:
    play(forge, house, seed)


@pytest.mark.parametrize("sockets", [False])
def test_whatever_hosts_leave_alone_together_is_as_it_should_be(forge: Forge, shared_house: House) -> None:
    play(forge, shared_house, 1)


def play(forge: Forge, house: House, seed: int) -> None:
    """Let people do this and that, and the bridge be restarted; then nothing may be left to do."""
    dice, tickets = random.Random(seed), list[Ticket]()
    for number in range(40):
        forge.clock.forward(dice.choice([1, 20, 90]))
        if number in {8, 24}:
            house.restart()
            house.sweep.once()
        step(forge, dice, tickets)
        if dice.random() < 0.1:
            house.sent()  # a delivery that is lost: the sweep brings it back
            forge.clock.forward(5)
            house.sweep.once()
        house.receive()
    forge.clock.forward(1)
    house.work()

    assert house.spared
    anew = house.bridge_of()
    for ticket in tickets:
        look = anew.reconcile(forge.ref(ticket), forge.clock.now, {})
        assert not look.changes, (seed, ticket.number, ticket.title)


def test_what_was_never_ours_costs_nothing(forge: Forge, house: House) -> None:
    costs_nothing(forge, house)


def test_what_was_never_ours_costs_several_hosts_nothing(forge: Forge, shared_house: House) -> None:
    costs_nothing(forge, shared_house)


def costs_nothing(forge: Forge, house: House) -> None:
    """Tell nothing of an issue without a command; then one with a command."""
    house.sweep.once()
    ticket = forge.world.open_ticket(forge.project, forge.rita, "A question", "How does one pay?")
    forge.sandbox.requests.clear()

    note = forge.world.comment(ticket, forge.bob, "With a card.")
    forge.world.label(ticket, forge.alice, "question")
    forge.world.edit_ticket(ticket, forge.rita, body="How does one pay here?")
    forge.world.assign(ticket, forge.alice, forge.bob)
    forge.world.close(ticket, forge.alice)
    house.receive()

    assert not forge.sandbox.requests
    assert len(house.spared) == 6

    forge.world.edit_comment(ticket, note, forge.bob, "With a card, or in cash.")
    house.receive()
    edits = 0 if forge.name == "github" else 1  # GitLab does not tell how it was before
    assert bool(forge.sandbox.requests) is bool(edits)

    forge.world.comment(ticket, forge.bob, "/incident declare")
    house.receive()
    assert "incident" in {label.name for label in ticket.labels}


def test_nothing_is_left_alone_before_the_open_incidents_are_known(forge: Forge, house: House) -> None:
    forge.world.open_ticket(forge.project, forge.rita, "A question", "How does one pay?")
    house.receive()

    assert not house.spared
    assert forge.sandbox.requests


def test_what_one_host_learns_another_knows_until_the_database_is_lost(forge: Forge, shared_house: House) -> None:
    house, world = shared_house, forge.world
    incident = world.open_ticket(forge.project, forge.alice, "API down", labels=["incident"])
    house.sweep.once()
    house.work()
    house.sent()
    house.restart()
    world.unlabel(incident, forge.alice, "incident")
    world.comment(incident, forge.bob, "Is it over?")
    question = world.open_ticket(forge.project, forge.rita, "A question", "How does one pay?")
    house.receive()
    assert {change.ref for change in house.spared} == {forge.ref(question)}

    assert isinstance(house.queue, Clocked)
    house.queue.empty()
    world.comment(question, forge.bob, "With a card.")
    house.receive()
    assert len(house.spared) == 1

    forge.clock.forward(300)
    house.sweep.once()
    house.work()
    world.comment(question, forge.bob, "Or in cash.")
    house.receive()
    assert len(house.spared) == 2


def test_a_start_with_many_changed_issues_of_others_costs_a_few_lists(forge: Forge, house: House) -> None:
    for number in range(200):
        ticket = forge.world.open_ticket(forge.project, forge.rita, f"Question {number}", "How does one pay?")
        forge.world.comment(ticket, forge.bob, "With a card.")
    house.sent()
    forge.clock.forward()
    forge.sandbox.requests.clear()

    house.restart()
    house.sweep.once()
    house.work()

    assert len(forge.sandbox.requests) <= 20, "0.1 for each"


@pytest.mark.parametrize("label", ["incident", "Outage", RULES.action_label])
def test_a_label_of_ours_that_is_put_or_taken_matters(forge: Forge, house: House, label: str) -> None:
    house.sweep.once()
    ticket = forge.world.open_ticket(forge.project, forge.rita, "A question", "How does one pay?")
    house.receive()
    assert len(house.spared) == 1

    forge.world.label(ticket, forge.alice, label)
    forge.world.unlabel(ticket, forge.alice, label)
    [put, taken] = [house.tracker.parse_webhook(*delivery) for delivery in house.sent()]

    assert put
    assert taken
    assert not house.ours.spares(put)
    assert not house.ours.spares(taken)


@pytest.mark.parametrize("text", COMMANDS_SAID)
def test_what_may_be_a_command_matters_wherever_it_stands_or_stood(forge: Forge, house: House, text: str) -> None:
    house.sweep.once()
    ticket = forge.world.open_ticket(forge.project, forge.rita, "A question", "How does one pay?")
    note = forge.world.comment(ticket, forge.bob, "With a card.")
    house.receive()
    world = forge.world
    acts: list[Callable[[], object]] = [
        lambda: world.comment(ticket, forge.bob, text),
        lambda: world.edit_comment(ticket, note, forge.bob, text),
        lambda: world.edit_comment(ticket, note, forge.bob, "With a card."),
        lambda: world.edit_ticket(ticket, forge.rita, body=text),
        lambda: world.edit_ticket(ticket, forge.rita, body="How does one pay?"),
    ]

    for act in acts:
        act()
        [delivery] = house.sent()
        change = house.tracker.parse_webhook(*delivery)
        assert change
        assert not house.ours.spares(change)


@pytest.mark.parametrize("begun", ["its label was taken", "a stranger's report", "a part", "an incident by type"])
def test_whatever_happens_where_we_are_at_work_matters(forge: Forge, house: House, begun: str) -> None:
    house.sweep.once()
    world = forge.world
    ticket = world.open_ticket(forge.project, forge.bob, "API down", "The pods restart.")
    world.comment(ticket, forge.rita if begun == "a stranger's report" else forge.bob, "/incident declare")
    house.receive()
    if begun == "its label was taken":
        world.unlabel(ticket, forge.alice, "incident")
    if begun == "an incident by type":
        ticket = world.open_ticket(forge.project, forge.bob, "Login down", "")
        world.set_kind(ticket, forge.bob, "incident")
        world.unlabel(ticket, forge.bob, "incident")
    if begun == "a part":
        text = Document(f"action.1001:from.{ticket.number}", "Set an alert on the pool.").text
        ticket = world.open_ticket(forge.project, forge.bot, "An alert on the pool", text)
    house.receive()

    world.comment(ticket, forge.bob, "Is that over?")
    world.close(ticket, forge.bob)
    changes = [house.tracker.parse_webhook(*delivery) for delivery in house.sent()]

    assert len(changes) == 2
    assert not any(house.ours.spares(change) for change in changes if change)


@pytest.mark.parametrize("listed", [False, True])
def test_what_else_a_delivery_tells_is_put_together_only_where_it_decides(*, listed: bool) -> None:
    """Not before the open incidents of the project are known, and not of one of them."""
    ref, ours, asked = IssueRef("github", "acme/api", 7), Ours(), list[str]()
    if listed:
        ours.listed(ref.tracker, ref.project, Words(frozenset(), Grammar((), "bot")), [ref])

    def told() -> None:
        asked.append("asked")

    assert not ours.spares(IssueChanged(ref, told=told))
    assert not asked
    assert not ours.spares(IssueChanged(IssueRef("github", "acme/api", 8), told=told))
    assert bool(asked) is listed
