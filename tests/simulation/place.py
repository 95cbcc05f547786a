"""A town on one forge: a clock that only moves when told to, people with each kind of access, and their world."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from tracker_bridge.domain.issue.issue import Access, IssueRef
from tracker_bridge.sandbox.world import Account, Note, Ticket, World

PROJECT: Final = "acme/api"
SECRETS: Final = {"github": "a webhook secret", "gitlab": "whsec_dHJhY2tlci1icmlkZ2UncyBjb250cmFjdCB0ZXN0czE="}
BEFORE: Final = timedelta(days=3)
BEGIN: Final = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

BYSTANDER, MAIN, OTHER = 1, 2, 3
"""The issues: one that has nothing to do with it, the incident, and another one."""

PEOPLE: Final = {
    "alice": Access.MAINTAIN,
    "bob": Access.WRITE,
    "carol": Access.WRITE,
    "dana": Access.TRIAGE,
    "rita": Access.READ,
}


class Clock:
    """The right time. ``now`` is whole seconds, as the forges' times are."""

    def __init__(self) -> None:
        self.at = BEGIN

    def __call__(self) -> datetime:
        return self.at.replace(microsecond=0)

    def seconds(self) -> float:
        """What waits asks for this one."""
        return (self.at - BEGIN).total_seconds() + 1_000_000

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def until(self, at: datetime) -> None:
        self.at = max(self.at, at)


class Timed(World):
    """
    A world whose numbers are those of the moment.

    What people make has the same number in every run of a seed, whatever the bridge has made before it.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._made: dict[tuple[int, bool], int] = {}
        self.people_act = True

    def next_id(self) -> int:
        second = int((self.clock() - BEGIN + BEFORE).total_seconds()) + 1
        made = self._made.get((second, self.people_act), 0)
        self._made[second, self.people_act] = made + 1
        return second * 10_000 + made + (0 if self.people_act else 5_000)

    @contextmanager
    def people(self) -> Iterator[None]:
        """What is made in here is made by people."""
        self.people_act = True
        try:
            yield
        finally:
            self.people_act = False


class Town:
    """A private project on ``forge``, with its people, the bot, and an issue that has nothing to do with it."""

    def __init__(self, forge: str) -> None:
        self.forge = forge
        self.clock = Clock()
        self.world = world = Timed(self.clock)
        self.project = world.add_project(PROJECT, forge, private=True)
        world.define_field("Tier", "single_select", ("gold", "silver"))
        self.bot = world.add_account("incident-bot", bot=True)
        world.add_member(self.project, self.bot, Access.MAINTAIN)
        for login, access in PEOPLE.items():
            world.add_member(self.project, world.add_account(login), access)
        self.notes: dict[int, Note] = {}
        self.gone: set[int] = set()
        self.clock.at = BEGIN - BEFORE
        world.open_ticket(self.project, self.who("rita"), "Typo in the docs", "There is a typo.")
        self.clock.at = BEGIN
        world.people_act = False

    def who(self, login: str) -> Account:
        account = self.world.account(login)
        assert account is not None, login
        return account

    def ticket(self, number: int) -> Ticket:
        return self.project.tickets[number]

    def ours(self, number: int, key: str) -> Note | None:
        """Return the bot's comment with that key."""
        found = (n for n in self.ticket(number).comments if n.author is self.bot and f":{key} -->" in n.body)
        return next(found, None)

    def ref(self, number: int) -> IssueRef:
        return IssueRef(self.forge, PROJECT, number)
