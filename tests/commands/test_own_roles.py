"""Roles that a team adds: what a role of every incident gets, they get as well (S8-S11, S39)."""

import json
from dataclasses import replace

import pytest

from tests.commands.thread import Thread, declared, refusal
from tracker_bridge.domain.incident.roles import OwnRole
from tracker_bridge.domain.incident.rules import NEEDED_ROLES, Rules
from tracker_bridge.exporting.incidents import incident_json

SECURITY = OwnRole("security", "Security Lead", ("sec",), ("Yours: who saw what.", "Not yours: the *fix*."), True)
LEGAL = OwnRole("legal", "Legal")
RULES = Rules(roles=(SECURITY, LEGAL), needed_roles=(*NEEDED_ROLES, SECURITY))


def thread() -> Thread:
    return declared(rules=RULES)


def holders(one: Thread) -> list[tuple[str, str]]:
    return [(h.role.value, h.login) for h in one.incident.people.roles if h.role.own]


@pytest.mark.parametrize("name", ["security", "SEC", "security lead", "Security_Lead"])
def test_it_is_claimed_by_each_of_its_names(name: str) -> None:
    one = thread()
    number = one.say("dana", f"/incident claim {name}")
    assert holders(one) == [("security", "dana")]
    card = one.card(number, "dana")
    assert "you are **Security Lead** in this incident" in card
    assert "- Yours: who saw what.\n- Not yours: the \\*fix\\*." in card


def test_while_it_is_needed_and_open_the_status_comment_asks_for_it() -> None:
    one = thread()
    assert "| Security Lead | nobody yet · `/incident claim security` |" in one.documents["status"]
    assert "Legal |" not in one.documents["status"]
    assert "Legal `legal`" in one.documents["status"]
    one.say("alice", "/incident role legal @acme/lawyers\n/incident claim security")
    assert "| Legal | **acme/lawyers** |" in one.documents["status"]
    assert "| Security Lead | **alice** |" in one.documents["status"]


def test_a_single_one_is_replaced_and_one_of_many_is_not() -> None:
    one = thread()
    one.say("alice", "/incident role security @bob\n/incident role legal @bob @carol")
    number = one.say("alice", "/incident role security @carol\n/incident role legal @dana")
    assert holders(one) == [("legal", "bob"), ("legal", "carol"), ("security", "carol"), ("legal", "dana")]
    assert "in place of **bob**" in one.card(number, "carol")
    told, line = refusal(one, "alice", "/incident role security @dana @erin")
    assert (told, line) == ("there is only one Security Lead at a time", "role security @dana")
    told, line = refusal(one, "alice", "/incident role security @acme/lawyers")
    assert told == "Security Lead must be one person, and `acme/lawyers` is a team"


def test_it_is_handed_over_with_a_brief_and_left() -> None:
    one = thread()
    one.say("dana", "/incident claim security")
    number = one.say("alice", "/incident handoff security @erin")
    assert holders(one) == [("security", "erin")]
    assert "**Current state**" in one.card(number, "erin")
    one.say("erin", "/incident leave security")
    assert holders(one) == []
    one.say("alice", "/incident resolve")
    assert "| Security Lead | dana | " in one.documents["summary"].replace("\u00a0", " ")
    assert "| Security Lead | erin | " in one.documents["summary"].replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("claim secuirty", "claim security"),
        ("role leagl @dana", "role legal @dana"),
        ("I am legal", "claim legal"),
        ("claim security and legal", "claim security\nclaim legal"),
    ],
)
def test_a_mistyped_one_is_suggested(said: str, instead: str) -> None:
    assert refusal(thread(), "alice", f"/incident {said}")[1] == instead


def test_what_is_no_role_is_told_all_roles() -> None:
    told, _ = refusal(thread(), "alice", "/incident claim astronaut")
    assert told.endswith(
        "the roles are `lead`, `tech-lead`, `assist`, `scribe`, `comms`, `tester`, `security`, `legal`"
    )


def test_who_holds_one_may_test_and_who_was_given_one_acts_with_write_access() -> None:
    one = thread()
    one.say("alice", "/incident role security @rita\n/incident role tester @rita")
    one.say("rita", "/incident severity sev1")
    assert one.incident.severity is not None
    assert not one.incident.partial_testers
    one.say("alice", "/incident role assist @rita")
    assert one.incident.partial_testers == ("rita",), "S20: testers stay apart, whatever else they hold"


def test_it_is_exported() -> None:
    one = thread()
    one.say("dana", "/incident claim security")
    roles = json.loads(incident_json(one.incident))["roles"]
    assert [role["login"] for role in roles if role["role"] == "security"] == ["dana"]


def test_a_role_whose_definition_is_gone_keeps_its_history() -> None:
    one = thread()
    one.say("dana", "/incident claim security")
    one.say("dana", "/incident leave security\n/incident claim legal")
    one.look()
    before = one.incident.people.roles, one.incident.timeline
    one.rules = Rules(roles=(replace(LEGAL, words="Lawyer"),))
    assert one.mistakes == []
    assert holders(one) == [("legal", "dana")]
    assert "| Lawyer | **dana** |" in one.documents["status"]
    one.rules = Rules()
    assert (one.incident.people.roles, one.incident.timeline) == before
    assert "nobody yet · `/incident claim security`" not in one.documents["status"]
    one.say("alice", "/incident resolve")
    assert "| Security Lead | dana | " in one.documents["summary"].replace("\u00a0", " ")
    other = declared()
    assert refusal(other, "dana", "/incident claim legal")[0].startswith("`legal` is not a role")
