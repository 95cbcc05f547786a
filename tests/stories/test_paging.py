"""At three in the morning: the right person is woken, answers, or the next one is (S98, S99)."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.contract.forges import Forge
from tests.stories.outward import Reaching
from tracker_bridge.domain.incident.calls import Paging, Quiet
from tracker_bridge.domain.incident.on_call import OnCall, OnCallStep
from tracker_bridge.domain.incident.outward import Kind
from tracker_bridge.domain.incident.subscribers import Subscriber
from tracker_bridge.on_call.people import Directory, Known
from tracker_bridge.on_call.shifts import Answer, Shift
from tracker_bridge.on_call.shifts import Known as How
from tracker_bridge.reconcile import Bridge
from tracker_bridge.trackers import Tracker

PAGERDUTY = Subscriber("pagerduty", frozenset({Kind.PAGE}))
PHONE = Subscriber("dana-phone")
PAGES = Paging(("sev1", "sev2"))
ROWS = (OnCall((), sources=("payments",), then=(OnCallStep(sources=("backup",)), OnCallStep(("alice",)))),)
PAGING = (Kind.PAGE, Kind.ACKNOWLEDGED, Kind.PAGE_OVER)


PEOPLE = Directory((Known("dana", ("Dana Example",), "dana-phone"), Known("tess", ("Tess",))))


@dataclass
class Rota:
    """Who is on call, as a test says it."""

    says: dict[str, Answer] = field(default_factory=dict)
    people: Directory = field(default_factory=lambda: PEOPLE)

    def directory(self, tracker: str) -> Directory:
        return self.people

    def answer(self, name: str, at: datetime) -> Answer:
        return self.says.get(name, Answer(name, How.READ))

    def put(self, source: str, *names: str, known: How = How.READ, **more: Any) -> None:
        now = datetime(2026, 1, 1, tzinfo=UTC)
        shifts = tuple(Shift(now, now + timedelta(days=9999), (name,)) for name in names)
        self.says[source] = Answer(source, known, shifts, **more)


class Night(Reaching):
    """An incident whose team has a rota."""

    def __init__(self, forge: Forge, *destinations: Subscriber, **rules: Any) -> None:
        self.rota = Rota()
        self.rota.put("payments", "Dana Example")
        self.rota.put("backup", "Tess")
        given = {"on_call": ROWS, "paging": PAGES, "alert_accounts": ("alertmanager",)} | rules
        super().__init__(forge, *(destinations or (PAGERDUTY, PHONE)), **given)
        self.world.add_account("alertmanager", bot=True)

    def bridge_of(self, tracker: Tracker, key: bytes = b"a key of the stories that signs receipts") -> Bridge:
        made = super().bridge_of(tracker, key)
        made._decider._caller.book = self.rota
        return made

    def paged(self) -> list[tuple[str, Kind]]:
        return [(one.destination, one.kind) for one in self.messages(kinds=PAGING)]

    def mentioned(self) -> list[str]:
        """Return the first words of the comments that ask somebody."""
        return [note.body.partition(",")[0] for key, note in self.ours.items() if key.startswith("nudge:")]

    @property
    def assigned(self) -> set[str]:
        return {one.login for one in self.ticket.assignees}

    def told(self) -> str:
        return self.text("status").replace("\u00a0", " ")


def test_a_person_declares_and_who_is_on_call_is_woken_until_they_answer(forge: Forge) -> None:
    story = Night(forge)
    story.open("carol", "Payments fail", labels=["incident"])
    assert story.paged() == []
    story.forge.clock.forward(60)
    story.say("carol", "/incident severity sev1")
    assert story.paged() == [("pagerduty", Kind.PAGE), ("dana-phone", Kind.PAGE)]
    assert story.mentioned()[0] == "@dana"
    assert "dana" in story.assigned
    assert "**dana** paged" in story.told()

    story.forge.clock.forward(120)
    story.say("dana", "I am looking")
    assert story.paged()[2:] == [("pagerduty", Kind.ACKNOWLEDGED), ("dana-phone", Kind.ACKNOWLEDGED)]
    assert "acknowledged by **dana**" in story.told()
    assert "@dana" not in story.mentioned()
    story.forge.clock.forward(3600)
    story.look()
    assert len(story.paged()) == 4

    story.say("carol", "/incident resolve")
    assert story.paged()[4:] == [("pagerduty", Kind.PAGE_OVER), ("dana-phone", Kind.PAGE_OVER)]
    story.forge.clock.forward(60)
    story.say("carol", "/incident reopen")
    assert story.paged()[6:] == [("pagerduty", Kind.PAGE), ("dana-phone", Kind.PAGE)]
    assert story.messages(kinds=[Kind.PAGE])[-1].facts is not None
    assert story.messages(kinds=[Kind.PAGE])[-1].facts.epoch == 1  # type: ignore[union-attr]
    assert story.rests()


def test_the_end_of_a_page_is_that_of_its_own_opening_although_it_goes_on(forge: Forge) -> None:
    story = Night(forge, PAGERDUTY)
    story.open("carol", "Payments fail", labels=["incident", "sev1"])

    for words in ("/incident resolve", "/incident reopen"):
        story.forge.clock.forward(60)
        story.world.comment(story.ticket, story.who("carol"), words)
    story.look()
    told = [(one.kind, one.facts and one.facts.epoch) for one in story.messages(kinds=PAGING)]
    assert told == [(Kind.PAGE, 0), (Kind.PAGE_OVER, 0), (Kind.PAGE, 1)]


def test_nobody_answers_and_the_next_level_is_woken_and_a_claim_ends_it(forge: Forge) -> None:
    story = Night(forge)
    story.open("alertmanager", "p99 above 4 s", labels=["incident", "sev1"])
    assert story.mentioned() == ["@dana"]
    story.forge.clock.forward(9 * 60)
    story.look()
    assert story.mentioned() == ["@dana"]
    story.forge.clock.forward(60)
    story.look()
    assert story.mentioned() == ["@tess @dana"]
    story.forge.clock.forward(600)
    story.look()
    assert story.mentioned()[0] == "@alice @tess @dana"
    assert story.paged() == [("pagerduty", Kind.PAGE), ("dana-phone", Kind.PAGE)]
    assert {"dana", "tess", "alice"} <= story.assigned
    story.forge.clock.forward(600)
    story.look()
    story.forge.clock.forward(60)
    story.say("carol", "/incident claim lead")
    assert [kind for _, kind in story.paged()[2:]] == [Kind.ACKNOWLEDGED, Kind.ACKNOWLEDGED]
    assert story.assigned == {"carol"}
    assert "@dana" not in " ".join(story.mentioned())
    assert story.rests()


def test_who_was_on_call_stays_whatever_becomes_of_the_calendar(forge: Forge) -> None:
    story = Night(forge)
    story.open("alertmanager", "p99 above 4 s", labels=["incident", "sev1"])
    story.rota.put("payments", "Tess")
    story.rota.says["backup"] = Answer("backup", How.UNREADABLE, reason="answered 404")
    story.forge.clock.forward(60)
    story.look()
    assert story.rests()
    assert "**dana** paged" in story.told()
    assert story.mentioned() == ["@dana"]


@pytest.mark.parametrize("known", [How.READ, How.UNREADABLE])
def test_a_gap_and_a_source_that_cannot_be_read_are_told_apart_and_passed_over(forge: Forge, known: How) -> None:
    story = Night(forge)
    story.rota.says["payments"] = Answer("payments", known, failing_since=datetime(2026, 11, 5, 9, tzinfo=UTC))
    story.open("alertmanager", "p99 above 4 s", labels=["incident", "sev1"])
    assert story.mentioned() == ["@tess"]
    gap, unreadable = "nobody is on call by `payments`", "`payments` could not be read"
    assert (gap in story.told()) == (known is How.READ)
    assert (unreadable in story.told()) == (known is How.UNREADABLE)
    assert story.paged() == [("pagerduty", Kind.PAGE)]


def test_an_old_copy_counts_and_its_age_is_said(forge: Forge) -> None:
    story = Night(forge)
    since, read = datetime(2026, 11, 5, 9, tzinfo=UTC), datetime(2026, 11, 5, 8, tzinfo=UTC)
    story.rota.put("payments", "Dana Example", known=How.COPY, failing_since=since, read_at=read)
    story.open("alertmanager", "p99 above 4 s", labels=["incident", "sev1"])
    assert story.mentioned() == ["@dana"]
    assert "`payments` could not be read since 05 Nov 09:00, its copy is of 05 Nov 08:00" in story.told()


def test_an_override_is_said(forge: Forge) -> None:
    story = Night(forge)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    usual = (Shift(begin, begin + timedelta(days=9999), ("Tess",)),)
    story.rota.put("payments", "Dana Example", overridden=usual)
    story.open("alertmanager", "p99 above 4 s", labels=["incident", "sev1"])
    assert story.mentioned() == ["@dana"]
    assert "**dana** paged; by an override in `payments`" in story.told()


def test_a_name_that_is_nobodys_is_said_and_never_mentioned(forge: Forge) -> None:
    story = Night(forge)
    story.rota.put("payments", "@channel <!here> **Zoe**")
    story.open("alertmanager", "p99 above 4 s", labels=["incident", "sev1"])
    assert story.mentioned() == ["@tess"]
    assert "no login is known for" in story.told()
    assert all("@channel" not in note.body for note in story.ours.values())


def test_what_is_not_read_yet_is_waited_for(forge: Forge) -> None:
    story = Night(forge)
    story.rota.says["payments"] = Answer("payments", How.UNREAD)
    story.open("alertmanager", "p99 above 4 s", labels=["incident", "sev1"])
    assert (story.mentioned(), story.paged()) == ([], [])
    look = story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    assert look.next_at == story.forge.clock.now + timedelta(seconds=5)
    story.rota.put("payments", "Dana Example")
    story.look()
    assert story.mentioned() == ["@dana"]


def test_an_alert_of_a_severity_that_does_not_page_asks_the_calendar_and_wakes_nobody(forge: Forge) -> None:
    story = Night(forge)
    story.open("alertmanager", "p99 above 4 s", labels=["incident", "sev3"])
    assert story.mentioned() == ["@dana"]
    assert (story.paged(), story.assigned) == ([], set())
    story.forge.clock.forward(60)
    story.say("carol", "/incident severity sev1")
    assert story.paged() == [("pagerduty", Kind.PAGE), ("dana-phone", Kind.PAGE)]


def test_a_drill_wakes_nobody_unless_it_says_so(forge: Forge) -> None:
    story = Night(forge)
    story.open("carol", "An exercise")
    story.say("carol", "/incident declare --drill\n/incident severity sev1")
    assert (story.paged(), story.mentioned()) == ([], [])
    other = Night(forge)
    other.open("carol", "Another exercise")
    other.say("carol", "/incident declare --drill --page\n/incident severity sev1")
    assert [kind for _, kind in other.paged()] == [Kind.PAGE, Kind.PAGE]


def test_quiet_hours_wait_and_the_worst_does_not(forge: Forge) -> None:
    now = Night(forge).forge.clock.now
    hours = Quiet((now - timedelta(hours=1)).time(), (now + timedelta(hours=2)).time())
    story = Night(forge, paging=Paging(("sev1", "sev2"), quiet=hours, always=("sev1",)))
    story.open("carol", "Slow", labels=["incident", "sev2"])
    assert story.paged() == []
    story.forge.clock.forward(2 * 3600)
    story.look()
    assert [kind for _, kind in story.paged()] == [Kind.PAGE, Kind.PAGE]
    worse = Night(forge, paging=Paging(("sev1", "sev2"), quiet=hours, always=("sev1",)))
    worse.forge.clock.now = now
    worse.open("carol", "Down", labels=["incident", "sev1"])
    assert [kind for _, kind in worse.paged()] == [Kind.PAGE, Kind.PAGE]


def test_anybody_with_the_right_pages_by_hand(forge: Forge) -> None:
    story = Night(forge)
    story.open("carol", "Odd", labels=["incident", "sev4"])
    story.forge.clock.forward(60)
    story.say("carol", "/incident page")
    assert story.paged() == [("pagerduty", Kind.PAGE), ("dana-phone", Kind.PAGE)]
    story.forge.clock.forward(60)
    story.say("carol", "/incident snooze 2h all hands are busy\n/incident page @tess")
    assert any(one.startswith("@tess") for one in story.mentioned())
    assert "tess" in story.assigned
    story.forge.clock.forward(60)
    story.say("tess", "here")
    assert not any("tess" in one for one in story.mentioned())
    assert "acknowledged by **tess**" in story.told()
    assert story.rests()


def test_who_is_paged_by_name_is_not_called_on_call(forge: Forge) -> None:
    story = Night(forge)
    story.open("carol", "Payments fail", labels=["incident", "sev1"])
    story.forge.clock.forward(60)
    story.say("carol", "/incident page @tess")
    told = "\n".join(note.body for key, note in story.ours.items() if key.startswith("nudge:"))
    assert "@dana, you are paged for this incident, and you are on call for it.\n" in told
    assert re.search(r"@tess, \*\*carol\*\* paged you for this incident at \d\d:\d\d UTC\.", told)
    assert told.count("@tess") == 1


def test_who_is_paged_twice_reads_when_each_was(forge: Forge) -> None:
    story = Night(forge)
    story.open("carol", "Odd", labels=["incident", "sev4"])
    for _ in range(2):
        story.forge.clock.forward(120)
        story.say("carol", "/incident page @tess")
    asked = [
        line
        for key, note in story.ours.items()
        if key.startswith("nudge:")
        for line in note.body.split("\n")
        if line.startswith("@tess, **carol** paged you")
    ]
    assert len(set(asked)) == 2


def test_another_acknowledges_for_them(forge: Forge) -> None:
    story = Night(forge)
    story.open("alertmanager", "p99 above 4 s", labels=["incident", "sev1"])
    story.forge.clock.forward(60)
    story.say("carol", "/incident ack")
    assert "acknowledged by **carol**" in story.told()
    story.forge.clock.forward(3600)
    story.look()
    assert [kind for _, kind in story.paged()] == [Kind.PAGE, Kind.PAGE, Kind.ACKNOWLEDGED, Kind.ACKNOWLEDGED]


def test_who_is_on_call_and_declares_it_is_not_woken(forge: Forge) -> None:
    story = Night(forge)
    story.open("dana", "I broke it", labels=["incident", "sev1"])
    assert story.paged() == []
    assert "**dana** is on call, and opened it" in story.told()
    story.forge.clock.forward(3600)
    story.look()
    assert story.paged() == []


def test_what_began_long_ago_wakes_nobody(forge: Forge) -> None:
    """A bridge that is new, or was away."""
    story = Night(forge)
    ticket = story.world.open_ticket(
        story.forge.project, story.who("carol"), "Payments fail", "", labels=["incident", "sev1"]
    )
    story.forge.clock.forward(2 * 3600)
    story.ticket = ticket
    story.look()
    assert story.paged() == []


def test_a_crash_before_the_thread_remembers_wakes_once(forge: Forge) -> None:
    story = Night(forge)
    story.open("alertmanager", "p99 above 4 s", labels=["incident", "sev1"])
    before = len(story.paged())
    tracker = forge.another()
    story.bridge_of(tracker).reconcile(story.ref, story.forge.clock.now, {})
    assert len(story.paged()) == before
    assert story.rests()


def test_of_what_is_run_in_private_only_those_page_who_are_meant_by_name(forge: Forge) -> None:
    private = forge.project.path
    pattern = Subscriber("pattern", frozenset({Kind.PAGE}), projects=("acme/*",))
    named = Subscriber("named", frozenset({Kind.PAGE}), projects=(private,))
    story = Night(forge, PAGERDUTY, PHONE, pattern, named, private_project=private)
    story.open("alice", "Customer data is public", "/incident declare\n/incident severity sev1 keys leaked")
    assert {one.destination for one in story.messages()} == {"named"}
