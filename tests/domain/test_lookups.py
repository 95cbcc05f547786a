"""Whom a call is about: who was looked up, who is to be, and who is nobody."""

from dataclasses import replace

import pytest

from tests.commands.thread import BEGIN, declared
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.fold.arguments import people
from tracker_bridge.domain.fold.lookups import Met, Sought, meet, oneself, speaker, whom, whom_in_prose
from tracker_bridge.domain.issue.invocations import Invocation, calls_of
from tracker_bridge.domain.issue.issue import NO_ACCOUNT, NOBODY, Comment, Person, TrackerUrl
from tracker_bridge.domain.issue.thread_context import ThreadContext

ALICE, DANA = Person(2, "alice"), Person(5, "Dana")
ACCOUNTS = {
    "dana": DANA,
    "bob": Person(3, "bob"),
    "renovate": Person(8, "renovate", bot=True),
    "acme/db": Person(0, "acme/db", team=True),
    "nosuch": Person(NO_ACCOUNT, "nosuch"),
    "babel/core": Person(NO_ACCOUNT, "babel/core"),
    "hidden": Person(0, "hidden"),
}
INCIDENT = declared().incident


def call(text: str) -> Invocation:
    said = Comment(7, ALICE, BEGIN, BEGIN, f"/incident role {text}", TrackerUrl(""))
    [found] = calls_of(said, COMMANDS.grammar(("/incident",), "incident-bot"))
    return found


def met(text: str, *, prose: bool = False) -> Met:
    said = call(text)
    sought = (whom_in_prose if prose else whom)(INCIDENT, said)
    return meet(said, sought, ACCOUNTS, "incident-bot", "acme")


def reason(found: Met) -> str:
    assert found.refused is not None
    return found.refused.reason


def test_who_was_looked_up_is_known() -> None:
    assert met("scribe @DANA @bob @acme/db").call.known == (DANA, ACCOUNTS["bob"], ACCOUNTS["acme/db"])


def test_who_was_not_is_asked_for_and_nothing_is_told_before() -> None:
    found = met("scribe @erin @dana @femi @nosuch")
    assert (found.asked, found.refused, found.call.known) == (frozenset({"erin", "femi"}), None, ())


def test_oneself_needs_no_asking() -> None:
    assert met("scribe @Alice").call.known == (replace(ALICE, login="alice"),)
    mine = meet(call("scribe"), oneself(INCIDENT, call("scribe")), ACCOUNTS, "incident-bot", "acme").call
    assert (mine.known, speaker(mine)) == ((ALICE,), ALICE)


def test_who_said_it_is_remembered_when_the_account_is_gone() -> None:
    said = replace(call("scribe"), author=NOBODY, actor=NOBODY, known=(ALICE,))
    again = meet(said, oneself(INCIDENT, said), ACCOUNTS, "incident-bot", "acme").call
    assert speaker(again) == ALICE


def test_a_name_means_who_it_was_when_it_was_said() -> None:
    """Whoever is called so by now."""
    said = replace(call("scribe @dana"), known=(Person(77, "dana"),))
    assert meet(said, whom(INCIDENT, said), ACCOUNTS, "incident-bot", "acme").call.known == (Person(77, "dana"),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("scribe @nosuch", "there is no account called `nosuch` here"),
        ("scribe @babel/core", "there is no team called `babel/core` here"),
        ("scribe @renovate", "`@renovate` is a bot; name a person"),
        ("scribe @anything[bot]", "`@anything[bot]` is a bot; name a person"),
        ("scribe @Incident-Bot", "`@Incident-Bot` is this bot; name a person"),
        ("scribe @everyone", "`@everyone` is not one person; name the person"),
        ("scribe @dana @jürgen", "`@jürgen` is not a valid account name"),
    ],
)
def test_who_cannot_be_given_anything_is_refused(text: str, told: str) -> None:
    assert reason(met(text)) == told


def test_oneself_is_proposed_by_name() -> None:
    refused = met("scribe @me, please").refused
    assert refused is not None
    assert refused.instead == "role scribe @alice, please"


def test_in_prose_what_has_a_slash_may_be_anything() -> None:
    found = met("upgrade @babel/core to 8 @bob", prose=True)
    assert found.refused is None
    assert people(found.call.text, found.call) == ((ACCOUNTS["bob"],), "upgrade @babel/core to 8")
    assert reason(met("mend @nosuch @bob", prose=True)).endswith("; if it is not a person, put it in backticks")


def test_where_nobody_can_be_looked_up_names_pass_as_they_are() -> None:
    said = call("scribe @dana @acme/db @jürgen")
    sought = Sought(whom(INCIDENT, said).sure[:2], ("babel/core",))
    found = meet(said, sought, None, "incident-bot", "acme").call.known
    assert found == (Person(0, "dana"), Person(0, "acme/db", team=True), Person(NO_ACCOUNT, "babel/core"))


def test_an_account_is_printed_under_its_login_of_now() -> None:
    thread = ThreadContext(known_as={5: "daniela", 9: "dana", 3: "bob"})
    assert thread.called(DANA) == Person(5, "daniela")
    assert thread.called(Person(3, "BOB")) == Person(3, "bob")
    assert thread.called(Person(8, "erin")) == Person(8, "erin")
    assert thread.called(Person(0, "dana")) == Person(0, "dana")


def test_a_login_that_somebody_else_has_by_now_is_not_printed() -> None:
    assert ThreadContext(known_as={9: "dana"}).called(DANA) == Person(5, NOBODY.login)
