"""What a tool can only remind people of stands on the card that they get with their role (S22, S32, S40, ...)."""

import pytest

from tests.commands.thread import declared
from tracker_bridge.domain.incident.roles import Role

CARDS = {
    Role.INCIDENT_LEAD: (
        "who has which role, the severity, where people talk, who must be informed",  # S22
        "Encourage people to work in pairs",  # S32
        "open a video call if management wants one",  # S31
        "Keep one main channel, and point every other place to it",  # S34, S35
        "Do not ask the Technical Lead for status; ask the Scribe.",  # S103
    ),
    Role.TECHNICAL_LEAD: (
        "Read the logs",  # S40
        "talk to the Technical Assist",  # S41
        "Not yours: status questions, coordinating people, informing customers",  # S102
    ),
    Role.TECHNICAL_ASSIST: (
        "Read the logs too",  # S45
        "discuss what you find with the Technical Lead",  # S46
        "You can pass tasks on, but stay accountable for them",  # S48
        "You coordinate everyone else who helps",  # S49
        "Not yours: changes that get in the Technical Lead's way",  # S15
    ),
    Role.SCRIBE: (
        "After half an hour without news, ask the Technical Assist, never the Technical Lead",  # S58, S104
        "Keep the Communication Lead up to date",  # S59
    ),
    Role.COMMUNICATION_LEAD: (
        "answering their questions",  # S17, S103
        "do not forward the timeline as it is",  # S79
        "Ask only the Scribe for news",  # S105
    ),
    Role.TESTER: (
        "verifying independently that the problem is gone",
        "People who worked on it do not test it",
    ),  # S107
}


@pytest.mark.parametrize("role", Role)
def test_the_card_of_a_role_says_what_no_tool_can_do(role: Role) -> None:
    """S22, S32, S40, S41, S45, S46, S102, S103, S104."""
    thread = declared()
    number = thread.say("alice", f"/incident role {role.short} @erin")
    card = thread.documents[f"duty:{number}.erin"]
    assert [words for words in CARDS[role] if words not in card] == []
