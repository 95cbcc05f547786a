"""What a tool can only remind people of stands on the card that they get with their role (S22, S32, S40, ...)."""

import pytest

from tests.commands.thread import declared
from tracker_bridge.domain.roles import Role

CARDS = {
    Role.INCIDENT_LEAD: (
        "who does what, how bad it is, where people talk, who must know",  # S22
        "Encourage people to work in pairs",  # S32
        "open a video meeting if management wants one",  # S31
        "Keep one main channel, and send every other place there",  # S34, S35
        "Do not ask the Technical Lead for status; ask the Scribe.",  # S103
    ),
    Role.TECHNICAL_LEAD: (
        "Read the logs",  # S40
        "talk with the Technical Assist",  # S41
        'Not yours: answering "how is it going?", coordinating people, telling customers',  # S102
    ),
    Role.TECHNICAL_ASSIST: (
        "Read the logs as well",  # S45
        "talk over with the Technical Lead what you find",  # S46
        "What you cannot do yourself you pass on, and stay answerable for",  # S48
        "When more hands come, they are yours to coordinate",  # S49
        "Not yours: changes that get in the Technical Lead's way",  # S15
    ),
    Role.SCRIBE: (
        "Half an hour without news: ask the Technical Assist, never the Technical Lead",  # S58, S104
        "Keep the Communication Lead up to date",  # S59
    ),
    Role.COMMUNICATION_LEAD: (
        "answering their questions",  # S17, S103
        "do not pass the timeline on as it is",  # S79
        "Ask the Scribe for news, nobody else",  # S105
    ),
    Role.TESTER: (
        "checking, independently, that the problem is gone",
        "Who worked on it does not test it",
    ),  # S107
}


@pytest.mark.parametrize("role", Role)
def test_the_card_of_a_role_says_what_no_tool_can_do(role: Role) -> None:
    """S22, S32, S40, S41, S45, S46, S102, S103, S104."""
    thread = declared()
    number = thread.say("alice", f"/incident role {role.short} @erin")
    card = thread.documents[f"duty:{number}.erin"]
    assert [words for words in CARDS[role] if words not in card] == []
