"""Days of notes in every form of time, in a zone with summer time, and a summary that does not fit."""

from zoneinfo import ZoneInfo

from tests.contract.forges import Forge
from tests.stories.story import Story
from tracker_bridge.domain.incident.rules import Rules

NOTES = 400


def test_days_of_notes(forge: Forge) -> None:
    story = Story(forge, Rules(timezone=ZoneInfo("Europe/Berlin")))
    forge.clock.now = forge.clock.now.replace(year=2026, month=10, day=24, hour=20)
    story.open(
        "bob", "Disks fail one by one", "/incident declare --started 21:30 --detected 2026-10-24 21:45 CEST"
    )
    story.at("20:05")
    story.say("alice", "/incident claim lead\n/incident role scribe @dana\n/incident severity 2")

    # The night in which 02:00 to 03:00 comes twice in Berlin.
    story.at("2026-10-25 02:00")
    said = story.say(
        "dana",
        "/incident note in the hour that came twice | 02:30\n"
        "/incident note an hour later | 03:00\n"
        "/incident note by the wall clock of the others | 01:15 UTC\n"
        "/incident note roughly then | ~2026-10-24 23:10\n"
        "/incident note two hours before | 2h ago\n"
        "/incident note with an offset | 2026-10-25 02:45+01:00\n"
        "/incident note now | now",
    )
    assert story.reactions(said) == ["+1"]
    status = story.text("status")
    for line in (
        "25 Oct 00:30",  # 02:30, the first time
        "25 Oct 02:00",  # 03:00
        "25 Oct 01:15",
        "≈ 25 Oct 00:00",  # 2h ago
        "25 Oct 01:45",
    ):
        assert line in status

    # Nobody spoke for hours: one reminder per clock stands there, not one per slot.
    reminders = [key for key in story.keys if key.startswith("nudge:")]
    assert len(reminders) <= 2
    assert not any(key.endswith(".bob") for key in reminders)  # S52: never the Technical Lead

    # Two days later somebody types up everything.
    story.at("2026-10-27 09:00")
    for first in range(0, NOTES, 20):
        lines = [
            f"/incident note step {n}: {'looked at the log of a disk and found nothing ' * 5}| {n + 1}m ago"
            for n in range(first, first + 20)
        ]
        story.world.comment(story.ticket, story.dana, "\n".join(lines))
    story.look()
    before = story.ours["status"]
    assert len(story.text("status").partition("<!-- receipts")[0]) < 10_000

    story.at("2026-10-27 10:00")
    story.say("alice", "/incident resolve")

    text = story.text("summary")
    assert len(text) <= forge.tracker.max_body
    assert "start [24 Oct 19:30]" in text or "start 24 Oct 19:30" in text
    assert "- **Total outage: 2 d 14 h 30 min**" in text
    assert text.index("#### Statistics") < text.index("#### Summary timeline") < text.index("#### Full timeline")
    major = text.partition("#### Summary timeline")[2].partition("#### Full timeline")[0]
    assert "Resolved — alice" in major
    full = text
    if forge.tracker.max_body < 100_000:
        assert "entries, in a separate issue: #2." in text
        [other] = [one for one in forge.project.tickets.values() if one is not story.ticket]
        full = "\n".join([other.body, *(note.body for note in other.comments)])
        assert all(len(note.body) <= forge.tracker.max_body for note in other.comments)
    assert [number for number in range(NOTES) if f"step {number}:" not in full] == []
    assert story.ours["status"] is before
    assert story.rests()
