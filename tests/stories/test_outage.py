"""A two-hour outage, led by commands: what each person does, and what the thread then shows."""

from tests.contract.forges import Forge
from tests.stories.story import Story


def test_two_hours_of_a_checkout_outage(forge: Forge) -> None:
    story = Story(forge)

    # An alarm at 08:58; bob opens the issue and is asked at once to let somebody else lead (S97-S100).
    story.at("09:00")
    story.open(
        "bob",
        "Checkout returns 502",
        "Half of all requests fail.\r\n\r\n/incident declare --started ~08:50 --detected 08:58 --by alarm",
    )
    assert story.labels == {"incident"}
    assert story.reactions(story.ticket) == ["+1"]
    assert story.keys == {"status", "duty:opener"}
    assert story.text("duty:opener").startswith("@bob, you declared this incident")
    status = story.text("status")
    assert "### ⚪ Checkout returns 502" in status
    assert "**severity not set** · **investigating** · since ≈ 08:50 UTC" in status
    assert "An Incident Lead: `/incident claim lead`, or `/incident role lead @<who>`" in status
    assert "| Technical Lead | **bob** |" in status
    if "pins" not in forge.unsupported:
        assert story.ticket.pinned is story.ours["status"]

    # The team finds its roles (S9, S36-S39); each person is told the duties once (S7).
    story.at("09:02")
    first = story.say(
        "alice",
        "/incident claim lead\n/incident role scribe @dana\n/incident role assist @carol\n"
        "/incident impact customers: about half cannot pay",
    )
    assert story.reactions(first) == ["+1"]
    assert f"duty:{first.id}.alice+{first.id}.dana+{first.id}.carol" in story.keys
    assert "- @dana: **Scribe**" in story.card(first, "dana")
    assert "`/incident severity sev1` is suggested by the impact" in story.text("status")

    story.at("09:04")
    second = story.say(
        "alice",
        "/incident severity sev1 half of all payments are lost\n/incident role tester @tess @bob\n"
        "/incident role comms @rita external",
    )
    assert story.labels == {"incident", "sev1"}
    status = story.text("status")
    assert "### 🔴 Checkout returns 502" in status
    assert "An Incident Lead:" not in status
    assert "A severity:" not in status
    assert "| Communication Lead | **rita** for external |" in status
    assert "⚠️ **bob** is both testing and working on the fix" in status  # S20
    assert "⚠️ **bob**: You are also working on the fix" in story.card(second, "bob")

    # Wrong commands are answered under the comment, until the comment is right.
    story.at("09:06")
    third = story.say("dana", "/incident nte error rate 48 % | 09:05\n/incident note calls come in | 8 o'clock")
    assert story.reactions(third) == ["confused"]
    refusal = story.text(f"refusal:{third.id}")
    assert "`nte` is not a command. Try `/incident note error rate 48 % | 09:05`" in refusal
    assert "`8 o'clock` is not a time I understand" in refusal
    assert "Write it like `/incident note calls come in | <time>`" in refusal

    story.edit(third, "dana", "/incident note error rate 48 % | 09:05\n/incident note calls come in | ~08:00")
    assert story.reactions(third) == ["+1"]
    assert f"refusal:{third.id}" not in story.keys

    # Work, noted by those who do it (S51) and by the Scribe (S16, S55).
    story.at("09:20")
    story.say("carol", "/incident note restarted one pod, no change\n/incident note @everybody: see #42 | 10m ago")
    assert "\u200beverybody" in story.text("status")
    assert "@everybody" not in story.text("status")
    story.at("09:31")
    story.say("bob", "/incident status identified the pool ran dry after the 08:45 deploy")
    story.at("09:33")
    story.say("dana", "/incident note rolled back to the build of yesterday | 09:32\n/incident major")
    story.at("09:50")
    fixed = story.say("bob", "/incident fixed 2m ago\n/incident unrole tester")
    assert "bob" not in story.card(second, "tess")
    assert " · Fix applied " in story.text("status")
    story.at("10:15")
    story.say("carol", "/incident note error rate is back to normal")
    story.at("10:40")
    story.say("carol", "/incident note nothing new in the log")
    assert story.ticket.open

    # The end: closed, and the scribe's single comment (S62-S72).
    story.at("10:50")
    last = story.say("alice", "/incident resolve")
    assert not story.ticket.open
    assert story.reactions(last) == story.reactions(fixed) == ["+1"]
    summary = story.ours["summary"]
    text = story.text("summary")
    assert "- **Time to detect: ≈ 8 min**" in text
    assert "- **Total outage: ≈ 58 min**" in text
    assert "- **Time to resolve: ≈ 50 min**" in text
    major, _, full = text.partition("#### Summary timeline")[2].partition("#### Full timeline")
    for event in ("The outage began", "Detected by an alert", "the pool ran dry", "rolled back to", "Fix applied"):
        assert event in major
        assert event in full
    assert "restarted one pod" not in major
    assert "restarted one pod" in full
    assert "### ✅ Checkout returns 502" in story.text("status")
    assert not any(key.startswith(("nudge", "refusal")) for key in story.keys)

    # Corrected later: the same comment follows (S69).
    story.at("11:00")
    story.say("dana", "/incident started 08:40")
    assert story.ours["summary"] is summary
    assert "- **Total outage: ≈ 1 h 8 min**" in story.text("summary")
    assert not story.ticket.open

    assert story.rests()
