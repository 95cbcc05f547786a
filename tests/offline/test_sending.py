"""What a notebook sends to the operator's destinations, and that it sends nothing twice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.thread import RENDERER, declared
from tests.stories.outward import ALL, Noting
from tracker_bridge.domain.incident.calls import Paging
from tracker_bridge.domain.incident.on_call import OnCall, OnCallStep
from tracker_bridge.domain.incident.outward import Kind, Outcome, Sent
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.subscribers import Subscriber
from tracker_bridge.domain.issue.call_outs import CallOut
from tracker_bridge.domain.issue.receipts import Receipts
from tracker_bridge.exporting.incidents import incident_json
from tracker_bridge.offline.known import known_notebook
from tracker_bridge.offline.notebook import read
from tracker_bridge.offline.sending import Sending
from tracker_bridge.offline.thread import OfflineThread

NOW = datetime(2026, 11, 28, 22, 40, tzinfo=UTC)
TOP = "title: Checkout is down\nproject: github:acme/api\nkeeper: alice\n\n"
SAID = """\
2026-11-28T22:31Z alice /incident severity sev1
2026-11-28T22:32Z bob /incident claim comms external
2026-11-28T22:33Z bob /incident update external: Payments fail.
"""
OPS = Subscriber("ops", ALL)
PUBLIC = Subscriber("public", audiences=frozenset({"external"}), projects=("acme/*",))


PHONE = Subscriber("phone", frozenset({Kind.PAGE}))
PAGING = Rules(
    subscribers=(PHONE,), paging=Paging(("sev1",)), on_call=(OnCall(("bob",), then=(OnCallStep(("carol",)),)),)
)


class Kept:
    """A notebook that is looked at again and again, each time by a program that was just started."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        self.courier = Noting()
        self.rules = Rules(subscribers=(OPS, PUBLIC))

    def look(self, now: datetime = NOW) -> list[tuple[str, Kind]]:
        """Return what was sent by this look."""
        before = len(self.courier.given)
        sending = Sending(self.path, self.courier, RENDERER)
        thread = OfflineThread(read(self.text), self.rules, RENDERER, called=sending.called())
        sending.reconcile(thread, now)
        return [(one.destination, one.kind) for one, _ in self.courier.given[before:]]

    @property
    def called(self) -> list[tuple[str, ...]]:
        return [one.logins for one in Sending(self.path, self.courier, RENDERER).called()]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "incident.txt", TOP + SAID)


def test_what_a_thread_would_send_is_sent_once(kept: Kept) -> None:
    assert kept.look() == [("ops", Kind.DECLARED), ("public", Kind.UPDATE)]
    assert kept.look() == []
    kept.text += "2026-11-28T22:38Z alice /incident resolve\n"
    assert kept.look() == [("ops", Kind.RESOLVED)]
    [told, words, _] = [one for one, _ in kept.courier.given]
    assert "the tracker is down" in told.subject
    assert told.url is None
    assert told.facts
    assert told.facts.number == 0
    assert words.text == "Payments fail."
    assert len({one.thread for one, _ in kept.courier.given}) == 1


def test_words_that_are_mended_are_corrected(kept: Kept) -> None:
    kept.look()
    kept.text = kept.text.replace("Payments fail.", "Half of all payments fail.")
    assert kept.look() == [("public", Kind.CORRECTION)]


def test_a_crash_before_the_answer_sends_nothing_again(kept: Kept) -> None:
    kept.courier.answers = {"ops": None, "public": None}
    kept.look()
    kept.courier = Noting()
    assert kept.look(NOW + timedelta(minutes=20)) == []
    rows = Sending(kept.path, kept.courier, RENDERER).rows()
    assert {one.sent.outcome for one in rows if one.sent} == {Outcome.UNKNOWN}


def test_what_came_of_it_is_remembered(kept: Kept) -> None:
    kept.courier.answers["ops"] = Sent(Outcome.FAILED, "answered 404")
    kept.look()
    kept.look()
    rows = {one.destination: one.sent for one in Sending(kept.path, kept.courier, RENDERER).rows()}
    assert rows["ops"]
    assert rows["public"]
    assert (rows["ops"].outcome, rows["public"].outcome) == (Outcome.FAILED, Outcome.DELIVERED)


def test_what_is_old_is_not_announced(kept: Kept) -> None:
    assert kept.look(NOW + timedelta(hours=2)) == []


@pytest.mark.parametrize("fact", ["confidential: yes", "project: github:other/api"])
def test_what_a_destination_is_not_for_does_not_go_there(kept: Kept, fact: str) -> None:
    kept.text = kept.text.replace("project: github:acme/api", fact)
    assert ("public", Kind.UPDATE) not in kept.look()


def test_what_the_bridge_has_told_before_is_not_told_again(kept: Kept) -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev2\n/incident claim comms external")
    thread.say("alice", "/incident update external: All is slow.")
    record = incident_json(thread.incident, confidential=False).replace("local:acme/shop", "github:acme/api")
    kept.text = known_notebook(record, "kim")
    at = thread.now + timedelta(minutes=5)
    assert kept.look(at) == []
    kept.text += f"{at:%Y-%m-%dT%H:%MZ} kim /incident severity sev1\n"
    assert kept.look(at + timedelta(minutes=1)) == [("ops", Kind.SEVERITY)]
    assert kept.courier.given[-1][0].thread == "github:acme/api#7"


def test_who_is_on_call_is_paged_once_and_the_next_one_if_they_do_not_answer(kept: Kept) -> None:
    kept.rules = PAGING
    kept.text = f"{TOP}2026-11-28T22:31Z alice /incident severity sev1\n"
    assert kept.look() == [("phone", Kind.PAGE)]
    assert kept.look(NOW + timedelta(minutes=5)) == []
    assert kept.called == [("bob",)]
    kept.look(NOW + timedelta(minutes=11))
    assert kept.called == [("bob",), ("carol",)]
    kept.text += "2026-11-28T22:55Z bob I am looking\n"
    assert kept.look(NOW + timedelta(minutes=16)) == [("phone", Kind.ACKNOWLEDGED)]
    kept.text += "2026-11-28T22:57Z alice /incident resolve\n"
    assert kept.look(NOW + timedelta(minutes=18)) == [("phone", Kind.PAGE_OVER)]


def test_nobody_is_paged_for_what_somebody_has_taken(kept: Kept) -> None:
    kept.rules = PAGING
    kept.text = f"{TOP}2026-11-28T22:31Z alice /incident claim lead\n22:32 /incident severity sev1\n"
    assert kept.look() == []


def test_who_was_called_out_in_the_tracker_is_not_called_again(kept: Kept) -> None:
    thread = declared(rules=PAGING)
    thread.say("alice", "/incident severity sev1")
    thread.receipts = Receipts(called=(CallOut(thread.now, 0, 1, ("bob",), pages=True),))
    kept.rules = PAGING
    kept.text = known_notebook(incident_json(thread.incident, confidential=False), "kim")
    assert kept.look(thread.now + timedelta(minutes=2)) == []
    assert kept.called == []
    kept.text += f"{thread.now + timedelta(minutes=3):%Y-%m-%dT%H:%MZ} kim /incident resolve\n"
    assert kept.look(thread.now + timedelta(minutes=4)) == [("phone", Kind.PAGE_OVER)]
