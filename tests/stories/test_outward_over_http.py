"""The same over HTTP: the operator's settings, the real courier, and receivers that note what arrives."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from tests.contract.forges import Forge
from tests.destinations.receiver import Receiver, Turn, answer, hang, receiving
from tests.stories.story import Story
from tracker_bridge.destinations.courier import Courier
from tracker_bridge.destinations.http import Limits
from tracker_bridge.destinations.opening import opened
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.reconcile import ReconcileResult
from tracker_bridge.settings.notify import NotifyRow

SECRET = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
POST = "n5zpqmhxd3ntiy6tcoqjqs3kyc"
GOOD = answer()
WORDS = "Half of all payments fail, @channel.\n\nWe know more at 15:00."


class Connected(Story):
    """Three destinations: a webhook that hears everything, a chat, and a topic that customers read."""

    def __init__(self, forge: Forge, hook: Receiver, chat: Receiver, topic: Receiver) -> None:
        rows = [
            NotifyRow(
                name="records",
                address=f"webhook+{hook.url}/incidents",  # type: ignore[arg-type]  # as it is written
                secret=SECRET,  # type: ignore[arg-type]  # as it is written
                wants=("declared", "severity", "phase", "resolved"),
            ),
            NotifyRow(
                name="war-room",
                address=f"mattermost+{chat.url}/{POST}",  # type: ignore[arg-type]  # as it is written
                secret="a-token",  # type: ignore[arg-type]  # as it is written
            ),
            NotifyRow(
                name="customers",
                address=f"ntfy+{topic.url}/status",  # type: ignore[arg-type]  # as it is written
                wants=("update:external",),
                projects=("acme/*",),
            ),
        ]
        self.courier = Courier(opened(row, Limits(answer=1.0)) for row in rows)
        super().__init__(forge, Rules(subscribers=tuple(row.subscriber for row in rows)))

    def look(self) -> ReconcileResult:
        """Look, and once more when it is known what came of the messages."""
        assert isinstance(self.courier, Courier)
        look = self.bridge.reconcile(self.ref, self.forge.clock.now, {})
        assert self.courier.rest(30)
        self.bridge.reconcile(self.ref, self.forge.clock.now, {})
        return look


@contextmanager
def connected(forge: Forge, topic: Turn = GOOD) -> Iterator[tuple[Connected, Receiver, Receiver, Receiver]]:
    with (
        receiving(answer(204, "")) as hook,
        receiving(answer(201, {"id": POST})) as chat,
        receiving(topic) as read,
    ):
        story = Connected(forge, hook, chat, read)
        yield story, hook, chat, read
        assert isinstance(story.courier, Courier)
        story.courier.stop(5)


def test_an_incident_is_heard_everywhere_where_it_is_meant_to_be(forge: Forge) -> None:
    with connected(forge) as (story, hook, chat, topic):
        story.at("14:05")
        story.open("alice", "Checkout fails", "/incident declare\n/incident severity sev1\n/incident claim lead")
        story.say("alice", "/incident channel chat war-room")
        story.at("14:10")
        story.say("alice", f"/incident update external\n{WORDS}")
        story.at("14:20")
        story.say("alice", "/incident status identified an expired certificate")
        story.at("14:50")
        story.say("alice", "/incident resolve")

        assert [one.json["type"] for one in hook.requests] == [
            *("incident.declared", "incident.phase", "incident.resolved")
        ]
        assert [(one.method, one.path.rpartition("/")[2]) for one in chat.requests] == [
            ("POST", "posts"),
            *[("PUT", "patch")] * (len(chat.requests) - 1),
        ]
        assert "identified: an expired certificate" in chat.requests[-1].json["message"]
        [said] = [json.loads(one.body) for one in topic.requests]
        assert said["message"].replace("\u200b", "") == WORDS
        assert "Checkout" not in json.dumps(said)
        assert str(story.ref.project) not in json.dumps(said)
        assert "14:10 update to `customers`: accepted" in story.text("status")
        assert "· update accepted by `customers` at 14:10" in story.text("communications")
        assert "Not delivered" not in story.text("status")
        for note in story.ours.values():
            assert not {SECRET, "a-token", hook.url, chat.url, topic.url} & {*note.body.split()}
            assert "127.0.0.1" not in note.body.replace(str(forge.tracker.read(story.ref).url), "")


def test_one_that_hangs_holds_up_nobody_and_is_said_to_be_unknown(forge: Forge) -> None:
    with connected(forge, hang) as (story, hook, _, topic):
        story.at("14:05")
        story.open("alice", "Checkout fails", "/incident declare\n/incident claim lead")
        story.say("alice", f"/incident update external\n{WORDS}")
        story.say("alice", "/incident resolve")
        assert [one.json["type"] for one in hook.requests] == ["incident.declared", "incident.resolved"]
        assert len(topic.requests) == 1
        assert "14:05 update: it is unknown whether `customers` got it" in story.text("status")


def test_what_is_refused_is_said_to_have_failed(forge: Forge) -> None:
    with connected(forge, answer(404, "no such topic")) as (story, _, _, topic):
        story.at("14:05")
        story.open("alice", "Checkout fails", "/incident declare\n/incident claim lead")
        story.say("alice", f"/incident update external\n{WORDS}")
        assert "14:05 update: `customers` did not get it (answered 404)" in story.text("status")
        assert len(topic.requests) == 1
