"""What the bot mails: each new comment is one, to everyone who is subscribed; and who is asked what, when."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from tests.contract.forges import Forge
from tests.stories.story import Story
from tracker_bridge.domain.issue.changes import Post, kind_of_key
from tracker_bridge.reconcile import ReconcileResult

CHANNEL = "/incident channel main status.acme.test"


@dataclass(frozen=True)
class Mail:
    """A comment of the bot when it was new; ``items`` are what its key names."""

    at: datetime
    key: str
    mentions: frozenset[str]

    @property
    def clock(self) -> str:
        return f"{self.at:%H:%M}"

    @property
    def asks(self) -> list[str]:
        """The kinds of reminders in it."""
        return [item.partition(".")[0] for item in self.key.partition(":")[2].split("+")]


class Counted(Story):
    """Counts the mails; between what people do, the bridge looks whenever it said that it would."""

    def __init__(self, forge: Forge) -> None:
        super().__init__(forge)
        self.mails: list[Mail] = []
        self.next_at: datetime | None = None

    def look(self) -> ReconcileResult:
        look = super().look()
        posts = [one.document for one in look.changes if isinstance(one, Post)]
        self.mails += [Mail(self.forge.clock.now, one.key, one.mentions) for one in posts]
        self.next_at = look.next_at
        return look

    def at(self, clock: str) -> None:
        then = datetime.fromisoformat(f"{self.forge.clock.now.date()}T{clock}:00+00:00")
        while self.next_at and self.forge.clock.now < self.next_at <= then:
            self.forge.clock.now = self.next_at
            self.look()
        super().at(clock)

    def people(self, *logins: str) -> None:
        for login in logins:
            self.world.add_account(login)

    @property
    def per_person(self) -> Counter[str]:
        """In how many mails each person is mentioned."""
        return Counter(login for mail in self.mails for login in mail.mentions)

    @property
    def kinds(self) -> Counter[str]:
        return Counter(kind_of_key(mail.key) for mail in self.mails)

    def asked(self) -> list[tuple[str, list[str], list[str]]]:
        """When who was reminded of what."""
        nudges = [mail for mail in self.mails if mail.key.startswith("nudge:")]
        return [(mail.clock, mail.asks, sorted(mail.mentions)) for mail in nudges]


def test_disciplined_two_hours_of_seven_people(forge: Forge) -> None:
    story = Counted(forge)
    story.people("erin")
    story.at("09:00")
    story.open("bob", "Checkout returns 502", "/incident declare --started 08:50 --detected 08:58 --by alarm")
    story.at("09:02")
    story.say(
        "alice",
        "/incident claim lead\n/incident severity sev1\n/incident role scribe @dana\n"
        "/incident role assist @carol\n/incident role comms @rita external\n/incident role tester @tess @erin",
    )
    story.say("alice", CHANNEL)
    for clock in ("09:10", "09:30", "09:50", "10:10", "10:30"):
        story.at(clock)
        story.say("carol", "/incident note looked at one more pod")
        if clock in ("09:10", "09:50", "10:30"):
            story.say("rita", "/incident update external: We are on it.")
    story.at("10:40")
    story.say("carol", "/incident test request pay with a card")
    story.at("10:50")
    story.say("bob", "/incident fixed")
    story.at("10:55")
    story.say("tess", "/incident test pass paid twice")
    story.at("11:00")
    story.say("rita", "/incident update external: It works again.")
    story.say("alice", "/incident resolve")

    assert len(story.mails) <= 10, [mail.key for mail in story.mails]
    assert story.kinds["duty"] == 2  # the opener's, and one for all whom alice gave a role (S7)
    assert story.asked() == []
    assert max(story.per_person.values()) <= 3  # the testers: their role, a request, the fix (S106)
    assert story.per_person["bob"] == 1  # S52


def test_two_people_for_two_hours(forge: Forge) -> None:
    story = Counted(forge)
    story.at("09:00")
    story.open("bob", "Nightly batch fails", "/incident declare --started 08:30 --detected 08:55 --by alarm")
    story.at("09:02")
    story.say(
        "alice", "/incident claim lead\n/incident claim scribe\n/incident claim comms\n/incident claim assist"
    )
    story.at("09:05")
    story.say("bob", "/incident claim tester")
    story.say("alice", CHANNEL)
    for clock in ("09:25", "09:50", "10:15", "10:35"):
        story.at(clock)
        story.say("bob", "/incident note one more table is done")
        if clock in ("09:50", "10:35"):
            story.say("alice", "/incident no-update internal")
    story.at("10:50")
    story.say("bob", "/incident fixed\n/incident test pass the batch is through")
    story.at("11:00")
    story.say("alice", "/incident resolve")

    assert len(story.mails) <= 7, [mail.key for mail in story.mails]
    assert len({(mail.clock, login) for mail in story.mails for login in mail.mentions}) == sum(
        story.per_person.values()
    ), "nobody gets two mails at a time"


def test_neglected_for_two_hours_by_three_people(forge: Forge) -> None:
    """Who was asked what, and when (S58, S77, S98); the Technical Lead for no status (S52)."""
    story = Counted(forge)
    story.at("09:00")
    story.open("bob", "Checkout returns 502", "/incident declare")
    story.at("09:05")
    story.say("alice", "/incident claim lead\n/incident claim comms\n/incident role assist @carol")
    story.at("09:31")
    assert "An update for **internal** by 10:00 UTC, from **alice**" in story.text("status")
    story.at("11:00")

    assert len(story.mails) <= 8, story.asked()
    assert story.asked() == [
        ("09:30", ["quiet", "roles"], ["alice", "carol"]),
        ("09:50", ["update", "roles"], ["alice"]),
        ("10:00", ["unassisted", "update"], ["alice"]),
        ("10:05", ["roles"], ["alice"]),
        ("11:00", ["quiet", "update"], ["alice", "carol"]),
    ]


def test_nobody_leads(forge: Forge) -> None:
    """S98: whoever opened it is asked."""
    story = Counted(forge)
    story.at("09:00")
    story.open("bob", "Checkout returns 502", "/incident declare")
    story.at("09:29")
    assert story.asked() == [("09:15", ["lead"], ["bob"])]


def test_twelve_people_of_five_teams(forge: Forge) -> None:
    story = Counted(forge)
    people = [f"p{number}" for number in range(8)]
    story.people(*people)
    story.at("09:00")
    story.open("bob", "Everything is down", "/incident declare --started 08:50 --detected 08:58 --by alarm")
    story.say(
        "alice", "/incident claim lead\n/incident role scribe @dana @p0\n/incident role assist @carol @p1 @p2"
    )
    story.at("09:02")
    story.say(
        "alice",
        "/incident role comms @rita external\n/incident role comms @p3 internal\n"
        "/incident role comms @p4 management\n/incident role tester @tess @p5 @p6",
    )
    story.say("alice", CHANNEL)
    story.at("09:04")
    story.say("carol", "/incident task @p7 read the logs of the proxy")
    for clock in ("09:25", "09:50", "10:10"):
        story.at(clock)
        story.say("carol", "/incident note the proxies come back one by one")
        story.say(
            "alice", "/incident no-update external\n/incident no-update internal\n/incident no-update management"
        )
    story.at("10:20")
    story.say("bob", "/incident fixed")
    story.at("10:25")
    story.say("tess", "/incident test pass all pages load")
    story.at("10:30")
    story.say("alice", "/incident resolve")

    assert len(story.mails) <= 11, [mail.key for mail in story.mails]
    assert len([mail for mail in story.mails if mail.clock < "09:06"]) <= 5
    assert max(story.per_person.values()) <= 2


def test_one_line_that_names_twenty_assists(forge: Forge) -> None:
    story = Counted(forge)
    names = [f"helper{number}" for number in range(20)]
    story.people(*names)
    story.open("bob", "Checkout returns 502", "/incident declare")
    before = len(story.mails)
    note = story.say("alice", "/incident role assist " + " ".join(f"@{name}" for name in names))

    [mail] = story.mails[before:]
    assert mail.mentions == set(names)

    # Mended: who is named now is told, and nobody else again; who is not any more goes from the card.
    story.edit(note, "alice", "/incident role assist @dana " + " ".join(f"@{name}" for name in names[1:]))
    assert [mail.mentions for mail in story.mails[before + 1 :]] == [{"dana"}]
    assert "@helper0 " not in story.card(note, "helper1")
    story.delete(note)
    assert not [key for key in story.keys if key.startswith(f"duty:{note.id}")]


def test_a_combined_reminder_that_is_deleted_pings_nobody_again(forge: Forge) -> None:
    """It comes back because it is still due: with what is still due, and without the pings."""
    story = Counted(forge)
    story.at("09:00")
    story.open("bob", "Checkout returns 502", "/incident declare")
    story.say("alice", "/incident claim lead\n/incident claim comms\n/incident role assist @carol")
    story.at("11:00")
    [key] = [one for one in story.keys if "quiet" in one and "update" in one]
    forge.clock.forward(60)
    before = len(story.mails)
    story.delete(story.ours[key])
    assert "@carol" not in story.text(key)
    assert "there has been no technical update" in story.text(key)

    # Carol answers; the update is still due.
    forge.clock.forward(60)
    story.say("carol", "/incident note looked at the pods")
    story.delete(story.ours[key])
    assert "there has been no technical update" not in "".join(note.body for note in story.ours.values())
    assert "the audience **internal**" in "".join(note.body for note in story.ours.values())
    assert not [mail for mail in story.mails[before:] if mail.mentions & {"alice", "carol"}]
