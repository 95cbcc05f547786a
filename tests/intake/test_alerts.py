"""What becomes of an alert: one incident, whatever comes twice, late, in part, or not at all."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract import forge_local
from tests.contract.forges import Forge, Needs, town
from tests.examples import examples
from tests.intake.monitored import Monitored, group
from tests.properties.test_blocks import edits
from tracker_bridge.domain.issue.changes import Change, Describe
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.trackers import Applied


def test_an_alert_is_an_incident_with_what_is_known(monitored: Monitored) -> None:
    answer = monitored.arrives("am-firing.json")

    assert (answer.status, answer.line) == (202, "Accepted.")
    [ticket] = monitored.tickets
    assert ticket.title == "Checkout answers 5xx"
    assert {"incident", "sev1"} <= monitored.labels
    status = monitored.text("status")
    assert "**sev1**" in status
    assert "instance=web-1:9100" in ticket.body
    assert "**2 alerts firing**" in ticket.body


def test_a_repeat_and_a_copy_of_the_peer_change_nothing(monitored: Monitored) -> None:
    monitored.arrives("am-peer-a.json")
    before = [(note.body, note.edited_at) for note in monitored.ticket.comments], monitored.ticket.body
    monitored.arrives("am-peer-b.json")
    monitored.arrives("am-peer-a.json")
    assert ([(note.body, note.edited_at) for note in monitored.ticket.comments], monitored.ticket.body) == before
    assert len(monitored.tickets) == 1


def test_a_resolve_of_what_is_not_known_opens_nothing(monitored: Monitored) -> None:
    assert monitored.arrives("am-resolved-unknown.json").status == 202
    assert monitored.tickets == []


@pytest.mark.parametrize("sample", ["am-watchdog.json", "am-empty-alerts.json"])
def test_what_is_no_news_is_accepted_and_opens_nothing(monitored: Monitored, sample: str) -> None:
    assert monitored.arrives(sample).line.startswith("Accepted; nothing to do: ")
    assert monitored.tickets == []


def test_members_that_come_and_go_are_told_and_mail_nobody(monitored: Monitored) -> None:
    monitored.delivered(group("a", "b"))
    comments = len(monitored.ticket.comments)
    monitored.forge.clock.forward(300)
    monitored.delivered(group("a", "c", ended=("b",)))
    monitored.forge.clock.forward(300)
    monitored.delivered(group(ended=("a", "c")))

    assert len(monitored.ticket.comments) == comments
    status = monitored.text("status")
    assert "2 alerts firing: began instance=c; ended instance=b" in status
    assert "The monitoring reports all clear" in status
    assert "`/incident fixed 09:10`" in status
    assert "**All clear** since" in monitored.ticket.body
    assert monitored.ticket.open


def test_what_was_missed_while_it_ended_is_not_listed_any_more_and_so_over(monitored: Monitored) -> None:
    monitored.delivered(group("a", "b"))
    monitored.forge.clock.forward(300)
    monitored.delivered(group("a"))
    assert "**1 alert firing**" in monitored.ticket.body


def test_of_a_list_that_is_cut_what_is_not_listed_fires_on(monitored: Monitored) -> None:
    monitored.delivered(group("a", "b"))
    monitored.forge.clock.forward(300)
    monitored.delivered(group(ended=("a",), truncatedAlerts=1))
    assert "**1 alert firing**" in monitored.ticket.body


def test_a_person_s_incident_is_never_closed(monitored: Monitored) -> None:
    monitored.delivered(group("a"))
    monitored.say("carol", "I am looking at it")
    monitored.delivered(group(ended=("a",)))
    monitored.forge.clock.forward(7200)
    monitored.work()
    assert monitored.ticket.open


def test_one_that_nobody_touched_ends_by_itself_and_goes_on_when_it_fires_again(monitored: Monitored) -> None:
    monitored.delivered(group("a"))
    monitored.forge.clock.forward(600)
    monitored.delivered(group(ended=("a",)))
    monitored.forge.clock.forward(3540)
    monitored.work()
    assert monitored.ticket.open
    monitored.forge.clock.forward(120)
    monitored.work()
    assert not monitored.ticket.open
    assert "cleared" in monitored.text("summary")

    monitored.forge.clock.forward(3600)
    monitored.delivered(group("a"))
    assert len(monitored.tickets) == 1
    assert monitored.ticket.open
    assert "Firing again" in monitored.text("status")


def test_long_after_it_ended_by_itself_it_is_another_incident(monitored: Monitored) -> None:
    monitored.delivered(group("a"))
    monitored.delivered(group(ended=("a",)))
    monitored.forge.clock.forward(3700)
    monitored.work()
    monitored.forge.clock.forward(5 * 3600)
    monitored.delivered(group("a"))
    assert [ticket.open for ticket in monitored.tickets] == [False, True]
    assert "Before: #1" in monitored.ticket.body


def test_what_a_person_closed_stays_closed_and_fires_again_as_another(monitored: Monitored) -> None:
    monitored.delivered(group("a"))
    monitored.say("carol", "/incident resolve")
    monitored.forge.clock.forward(600)
    monitored.delivered(group("a"))
    assert len(monitored.tickets) == 1, "it fires on, which is no news"
    monitored.delivered(group(ended=("a",)))
    monitored.forge.clock.forward(600)
    monitored.delivered(group("a"))
    assert [ticket.open for ticket in monitored.tickets] == [False, True]


@pytest.mark.parametrize("forgetful", [False, True])
def test_after_a_restart_the_same_issue_is_found(monitored: Monitored, forgetful: bool) -> None:
    monitored.delivered(group("a"))
    monitored.restart(forgetful=forgetful)
    monitored.forge.clock.forward(300)
    monitored.delivered(group("a", "b"))
    assert len(monitored.tickets) == 1
    assert "**2 alerts firing**" in monitored.ticket.body


def test_without_a_memory_what_ended_by_itself_is_found_too(monitored: Monitored) -> None:
    monitored.delivered(group("a"))
    monitored.delivered(group(ended=("a",)))
    monitored.forge.clock.forward(3700)
    monitored.work()
    monitored.restart(forgetful=True)
    monitored.forge.clock.forward(1800)
    monitored.delivered(group("a"))
    assert len(monitored.tickets) == 1
    assert monitored.ticket.open


def test_in_a_storm_one_incident_stands_for_the_rest_and_none_is_lost(forge: Forge) -> None:
    monitored = Monitored(forge, max_new=3)
    for number in range(8):
        monitored.delivered(group(f"host{number}", key=f"key{number}"))
    titles = monitored.titles
    assert len(titles) == 4
    assert titles[-1] == "Many alerts of prod at once"
    assert "**5 alerts firing**" in monitored.tickets[-1].body


def test_in_a_storm_what_ends_is_told_where_it_is_listed(forge: Forge) -> None:
    monitored = Monitored(forge, max_new=1)
    for number in range(4):
        monitored.delivered(group("a", key=f"key{number}"))
    storm = monitored.tickets[-1]
    monitored.delivered(group(ended=("a",), key="key1"))
    assert "**2 alerts firing**" in storm.body
    monitored.delivered(group(ended=("a",), key="a stranger"))
    assert "told again" not in storm.body

    monitored.forge.clock.forward(1200)
    monitored.delivered(group("a", key="key2"))
    assert len(monitored.tickets) == 2, "listed there, it gets no incident of its own when the storm is over"
    for key in ("key2", "key3"):
        monitored.delivered(group(ended=("a",), key=key))
    assert "**All clear**" in storm.body
    monitored.delivered(group("a", key="key2"))
    assert len(monitored.tickets) == 3


def test_hostile_text_ends_in_an_incident_and_does_no_harm(monitored: Monitored) -> None:
    for sample in (
        "am-hostile-text.json",
        "am-huge-annotation.json",
        "am-unicode-control.json",
        "am-no-labels.json",
    ):
        monitored.arrives(sample)
    assert len(monitored.tickets) == 4
    for ticket in monitored.tickets:
        monitored.ticket = ticket
        assert ticket.open
        assert "status" in monitored.keys
        assert len(ticket.title) <= 256


def test_what_nobody_proves_is_refused(monitored: Monitored) -> None:
    body = group("a")
    assert monitored.reception.receive("prod", {}, {}, body).status == 401
    assert monitored.reception.receive("other", {}, {}, body).status == 404
    assert monitored.journal.waiting().notices == 0


@pytest.mark.parametrize("where", ["above", "inside", "at the end"])
def test_text_that_people_wrote_into_the_issue_stays(monitored: Monitored, where: str) -> None:
    monitored.delivered(group("a"))
    lines = monitored.ticket.body.split("\n")
    mark = next(at for at, line in enumerate(lines) if line.startswith("<!-- bot:reported"))
    at = {"above": mark, "inside": mark + 2, "at the end": len(lines)}[where]
    lines[at:at] = ["", "Runbook: on the wiki", ""]
    monitored.world.edit_ticket(monitored.ticket, monitored.carol, body="\n".join(lines))
    monitored.forge.clock.forward(300)
    monitored.delivered(group("a", "b"))
    assert "Runbook: on the wiki" in monitored.ticket.body
    assert "**2 alerts firing**" in monitored.ticket.body
    assert "**1 alert firing**" not in monitored.ticket.body
    assert len(monitored.tickets) == 1


def test_what_people_write_while_the_bridge_writes_stays(monitored: Monitored) -> None:
    """On GitHub the versions of the text tell it; GitLab keeps none, so it is looked at once more before."""
    monitored.delivered(group("a"))
    tracker = monitored.forge.tracker
    apply, raced = tracker.apply, list[Change]()

    def racing(ref: IssueRef, change: Change) -> Applied:
        if isinstance(change, Describe) and not raced:
            raced.append(change)
            body = monitored.ticket.body.replace("### Who noticed", "Runbook: on the wiki\n\n### Who noticed")
            monitored.world.edit_ticket(monitored.ticket, monitored.carol, body=body)
        return apply(ref, change)

    tracker.apply = racing  # type: ignore[method-assign]  # somebody is as quick as the bridge
    monitored.forge.clock.forward(300)
    monitored.delivered(group("a", "b"))
    monitored.forge.clock.forward(30)
    monitored.work()
    assert raced
    assert "Runbook: on the wiki" in monitored.ticket.body
    assert "**2 alerts firing**" in monitored.ticket.body


@examples(15)
@given(st.data())
def test_no_word_that_was_read_is_lost_whoever_writes_at_the_same_time(data: st.DataObject) -> None:
    """Before a write, and while it is made; whatever people cut, move and copy."""
    forge = town("local")
    with forge_local.build(forge):
        monitored = Monitored(forge)
        monitored.delivered(group("a"))
        tracker, said = forge.tracker, set[str]()
        apply = tracker.apply

        def edited(letter: str) -> None:
            ticket = monitored.tickets[0]
            body = re.sub("word([0-9])", rf"word{letter}\\1", data.draw(edits(ticket.body)))
            said.update(re.findall(r"word[a-z][0-9]", body))
            monitored.world.edit_ticket(ticket, monitored.carol, body=body)

        def racing(ref: IssueRef, change: Change) -> Applied:
            if isinstance(change, Describe) and letters:
                edited(letters.pop())
            return apply(ref, change)

        tracker.apply = racing  # type: ignore[method-assign]  # somebody is as quick as the bridge
        for turn, members in enumerate((("a", "b"), ("b",), ("b", "c"))):
            letters = [chr(ord("m") + turn)]
            edited(chr(ord("a") + turn))
            forge.clock.forward(300)
            monitored.delivered(group(*members))
        for one in said:
            assert any(one in ticket.body for ticket in monitored.tickets), one


def test_in_a_storm_what_was_listed_stays_there_when_the_disk_is_lost(forge: Forge) -> None:
    monitored = Monitored(forge, max_new=2)
    for number in range(5):
        monitored.delivered(group("a", key=f"group {number}"))
    assert len(monitored.tickets) == 3
    monitored.restart(forgetful=True)
    forge.clock.forward(900)
    for number in range(5):
        monitored.delivered(group("a", key=f"group {number}"))
    assert len(monitored.tickets) == 3


def test_alerts_that_wait_for_one_reason_are_one_line_a_minute(
    monitored: Monitored, caplog: pytest.LogCaptureFixture, needs: Needs
) -> None:
    needs("http")
    monitored.forge.sandbox.faults.add(FaultResponse(503), times=1000)
    for number in range(20):
        monitored.delivered(group("a", key=f"group {number}"))
    told = [one for one in caplog.messages if one.startswith("alerts of prod wait")]
    assert len(told) == 1
    monitored.forge.clock.forward(120)
    monitored.work()
    told = [one for one in caplog.messages if one.startswith("alerts of prod wait")]
    assert len(told) == 2
    assert told[1].endswith(" (19 others in the minute before)")
