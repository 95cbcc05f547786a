"""Planned maintenance: what people write for everyone, and how far it is."""

from dataclasses import replace

import pytest

from tests.commands.thread import Thread, at
from tracker_bridge.domain.derived.maintenance import planned_work
from tracker_bridge.domain.derived.public import PageRules, PublicMaintenance
from tracker_bridge.domain.derived.sums import Case

PLAN = "/incident maintenance 2026-12-05 22:00 to 23:30: Payments move to a new database. Short interruptions."
LABEL = "public-maintenance"


def planned(*lines: str, labels: tuple[str, ...] = (LABEL,)) -> Thread:
    thread = Thread("Secret title", labels=list(labels))
    for line in (PLAN, *lines):
        thread.say("bob", line)
    return thread


def shown(thread: Thread, when: str, **more: object) -> PublicMaintenance | None:
    case = replace(Case(thread.incident, ("checkout",)), **more)  # type: ignore[arg-type]
    work = planned_work(case, PageRules())
    return work.at(at(when)) if work else None


def test_planned_work_is_shown_with_its_times_and_the_words_for_everyone() -> None:
    thread = planned()
    one = shown(thread, "2026-12-01 12:00")
    assert one is not None
    assert (one.name, one.state, one.components) == ("Payments move to a new database", "scheduled", ("checkout",))
    assert (one.began, one.ended) == (at("2026-12-05 22:00"), at("2026-12-05 23:30"))
    assert [said.lines for said in one.updates] == [("Payments move to a new database. Short interruptions.",)]
    assert thread.mistakes == []


def test_it_begins_and_ends_by_itself() -> None:
    thread = planned()
    states = [shown(thread, f"2026-12-05 {clock}") for clock in ("21:59", "22:00", "23:29", "23:30")]
    assert [one.state for one in states if one] == ["scheduled", "in_progress", "in_progress", "completed"]


def test_people_say_that_it_came_otherwise() -> None:
    thread = planned()
    thread.say("bob", "/incident maintenance begun: We have begun.", "2026-12-05 22:10")
    thread.say("bob", "/incident maintenance until 2026-12-06 01:00\n> It takes longer.", "2026-12-05 23:00")
    thread.say("bob", "/incident maintenance update: Nearly there.", "2026-12-06 00:10")
    going_on = shown(thread, "2026-12-06 00:30")
    assert going_on is not None
    assert (going_on.state, going_on.ended) == ("in_progress", at("2026-12-06 01:00"))
    assert [said.phase for said in going_on.updates] == ["in_progress"] * 3 + ["scheduled"]
    thread.say("bob", "/incident maintenance done: Payments run on the new database.", "2026-12-06 00:40")
    over = shown(thread, "2026-12-06 00:41")
    assert over is not None
    assert (over.state, over.began, over.ended) == (
        "completed",
        at("2026-12-05 22:10"),
        at("2026-12-06 00:40"),
    )
    assert over.updates[0].lines == ("Payments run on the new database.",)


def test_it_is_planned_anew_or_cancelled() -> None:
    thread = planned("/incident maintenance 2026-12-12 22:00 for 2h: It is a week later.")
    one = shown(thread, "2026-12-06 12:00")
    assert one is not None
    assert (one.state, one.began) == ("scheduled", at("2026-12-12 22:00"))
    assert one.name == "Payments move to a new database"
    thread.say("bob", "/incident maintenance cancelled: We do not need it.")
    gone = shown(thread, "2026-12-06 12:00")
    assert gone is not None
    assert (gone.state, len(gone.updates)) == ("cancelled", 3)


def test_a_closed_issue_ends_it() -> None:
    before = shown(planned(), "2026-12-05 23:00", closed_at=at("2026-12-01 10:00"))
    during = shown(planned(), "2026-12-05 23:00", closed_at=at("2026-12-05 22:30"))
    assert before is not None
    assert during is not None
    assert (before.state, during.state, during.ended) == ("cancelled", "completed", at("2026-12-05 22:30"))


@pytest.mark.parametrize("kind", ["unlabelled", "confidential", "deleted", "stranger"])
def test_what_is_not_public_is_not_shown(kind: str) -> None:
    thread = planned(labels=() if kind == "unlabelled" else (LABEL,))
    if kind == "deleted":
        thread = Thread("Secret title", labels=[LABEL])
        thread.delete(thread.say("bob", PLAN))
    if kind == "stranger":
        thread = Thread("Secret title", labels=[LABEL])
        thread.say("dana", PLAN)
    assert shown(thread, "2026-12-01 12:00", confidential=kind == "confidential") is None


def test_a_correction_corrects() -> None:
    thread = Thread("Secret title", labels=[LABEL])
    number = thread.say("bob", PLAN)
    thread.edit(number, PLAN.replace("22:00", "21:00").replace("Payments move", "Card payments move"))
    one = shown(thread, "2026-12-01 12:00")
    assert one is not None
    assert (one.name, one.began) == ("Card payments move to a new database", at("2026-12-05 21:00"))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/incident maintenance tonight: Payments move.", "does not say from when to when. Accepted: `2026-12-05"),
        ("/incident maintenance 2026-12-05 22:00 to 23:30", "what is everyone told?"),
        ("/incident maintenance", "it needs a beginning and an end. Accepted: `2026-12-05"),
        ("/incident maintenance 2026-12-05 22:00 to 22:00: Payments move.", "a whole day is `for 24h`"),
        ("/incident maintenance done: All is well.", "no maintenance is planned here yet"),
        ("/incident maintenance until 23:00: Longer.", "no maintenance is planned here yet"),
        ("/incident maintenance 2026-12-05 22:00 to 21:00 CET on 2026-12-01: No.", "before it begins"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_write(line: str, why: str) -> None:
    thread = Thread("Secret title", labels=[LABEL])
    thread.say("bob", line)
    assert why in thread.mistake.refused.reason
    assert thread.incident.maintenance is None


def test_in_an_incident_it_is_planned_as_well() -> None:
    thread = planned("/incident declare")
    one = shown(thread, "2026-12-01 12:00")
    assert one is not None
    assert {"status", "maintenance"} <= set(thread.documents)


def test_the_thread_shows_what_everyone_sees() -> None:
    document = planned("/incident maintenance update: One more thing.").documents["maintenance"]
    assert "scheduled, 2026-12-05 22:00 UTC to 2026-12-05 23:30 UTC" in document
    assert "> Payments move to a new database. Short interruptions." in document
    assert "> One more thing." in document
    assert "Not on the public status page" not in document
    assert "does not have the label `public-maintenance`" in planned(labels=()).documents["maintenance"]
