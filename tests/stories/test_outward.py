"""An incident reaches out: once each, in words that can be read at 3 a.m., and never more than was meant."""

from tests.contract.forges import Forge
from tests.stories.outward import ALL, Reaching
from tracker_bridge.domain.incident.subscribers import Subscriber

MAIL = Subscriber("ops-mail", ALL)


def test_those_who_want_to_hear_are_told_once_each(forge: Forge) -> None:
    story = Reaching(forge, MAIL)
    story.at("14:05")
    story.open("alice", "Checkout fails for all cards", "/incident declare")
    story.at("14:06")
    story.say("alice", "/incident severity sev2")
    story.at("14:20")
    story.say("alice", "/incident severity sev1 all shops")
    story.at("14:30")
    story.say("alice", "/incident status identified an expired certificate")
    story.at("14:31")
    story.say("alice", "/incident severity sev3")
    story.at("15:00")
    story.say("alice", "/incident resolve")
    number, project = story.ref.number, story.ref.project
    where = f"({project}#{number})"
    assert story.subjects() == [
        f"[no severity yet] Checkout fails for all cards {where}: declared",
        f"[SEV2] Checkout fails for all cards {where}: now sev2",
        f"[SEV1] Checkout fails for all cards {where}: now sev1",
        f"[SEV1] Checkout fails for all cards {where}: identified",
        f"[SEV3] Checkout fails for all cards {where}: resolved",
    ]
    story.forge.clock.forward(7200)
    story.look()
    assert len(story.courier.given) == 5
