"""Times that were told wrongly, in every way in which one can put them right (S55, S56, S62, S64-S66, S69)."""

from tests.contract.forges import Forge
from tests.stories.story import Story


def test_times_of_people_and_programs_are_heard_or_refused_never_half(forge: Forge) -> None:
    """Telephones, editors and log files write times in their own ways; each line says what was heard."""
    story = Story(forge)
    story.at("12:30")
    story.open("bob", "Logins fail", "/incident declare --started (11:55)")
    heard = story.say(
        "dana",
        "/incident note first calls | ～12:05\n/incident note pager rang \\| `12:06`\n"
        "/incident note out of memory | Mon, 02 Nov 2026 12:07:30 +0000\n/incident note ran ps aux | grep java",
    )
    assert story.reactions(heard) == ["+1"]
    status = story.text("status")
    assert "≈\u00a012:05](" in status.replace("&nbsp;", "\u00a0") or "≈ 12:05" in status
    for text in ("first calls —", "pager rang —", "out of memory —", "grep java —"):
        assert text in status
    wrong = story.say("dana", "/incident note no logins | 12:05-12:20\n/incident note slow | 02/11 12:05")
    refusal = story.text(f"refusal:{wrong.id}")
    assert story.reactions(wrong) == ["confused"]
    assert "contains two times; write when it began" in refusal
    assert "Try `/incident note no logins | 12:05`" in refusal
    assert "`02/11` could mean two days; write `2026-11-02` or `2026-02-11`" in refusal
    assert "no logins —" not in story.text("status")
    later = story.say("bob", "/incident action alert by mail when the disk is full @carol due next week")
    assert (
        "Write it like `/incident action alert by mail when the disk is full @carol due <YYYY-MM-DD>`"
        in story.text(f"refusal:{later.id}")
    )
    story.edit(later, "bob", "/incident action alert by mail when the disk is full @carol due 1 Dec")
    assert f"refusal:{later.id}" not in story.keys
    assert story.rests()


def test_whatever_was_wrong_the_statistics_come_right(forge: Forge) -> None:
    story = Story(forge)
    story.at("12:00")
    story.open("bob", "Logins fail", "/incident declare --started 11:55")
    story.at("12:05")
    roles = "/incident claim lead\n/incident role scribe @dana"
    early = story.say("alice", "/incident detected 13:02 by user")
    assert "for yesterday, write `2026-11-01 13:02`" in story.text(f"refusal:{early.id}")
    # That day's is before the beginning: flagged in the end, not hidden.
    story.edit(early, "alice", f"{roles}\n/incident detected 2026-11-01 13:02 by user")
    story.at("12:10")
    note = story.say("dana", "/incident note restarted the pods | 12:80")
    assert "`12:80` is not a time" in story.text(f"refusal:{note.id}")
    story.edit(note, "dana", "/incident note restarted the pods | ~12:08")
    assert f"refusal:{note.id}" not in story.keys
    assert "≈ 02 Nov 12:08" in story.text("status")

    story.at("12:30")
    story.say("bob", "/incident fixed 12:25")
    story.at("12:40")
    story.say("alice", "/incident resolve")
    summary = story.ours["summary"]
    assert "⚠️ ends before it begins" in story.text("summary")
    assert "- **Total outage: 30 min**" in story.text("summary")

    # The lead corrects her own comment.
    story.edit(early, "alice", f"{roles}\n/incident detected 12:02 by user")
    assert "⚠️ ends before it begins" not in story.text("summary")
    assert "- **Time to detect: 7 min**" in story.text("summary")
    assert "- **Time to resolve: 23 min**" in story.text("summary")

    # The Scribe corrects the rest by word, hours later; the latest word counts.
    story.at("15:00")
    story.say("dana", f"/incident started ~11:40\n/incident edit {note.id} restarted two pods | 12:09")
    text = story.text("summary")
    assert "- **Time to detect: ≈ 22 min**" in text
    assert "- **Total outage: ≈ 45 min**" in text
    assert "restarted two pods" in text
    assert "restarted the pods" not in text

    # A wrong correction is taken back by deleting it.
    wrong = story.say("carol", "/incident started 2026-11-01 11:40")
    assert "- **Total outage: 1 d 45 min**" in story.text("summary")
    story.delete(wrong)
    assert "- **Total outage: ≈ 45 min**" in story.text("summary")
    story.say("dana", f"/incident retract {note.id}")
    assert "restarted two pods" not in story.text("summary")

    assert story.ours["summary"] is summary  # S69
    assert not story.ticket.open
    assert story.rests()
