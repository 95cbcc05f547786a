"""
What a refusal proposes: lines that come from meaning, and that would be accepted from this person, now.

Nothing that is shown as "Try" may be refused in its turn, nor do something that was not asked for.
"""

import itertools
import re
from copy import copy
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from tests.commands.thread import Thread, declared
from tests.examples import examples, one_in
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.fold.command import Command
from tracker_bridge.domain.incident.names import mentions
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.roles import ALIASES
from tracker_bridge.domain.incident.rules import Rules, Severity
from tracker_bridge.domain.issue.invocations import find_calls
from tracker_bridge.domain.issue.issue import Access


def staffed() -> Thread:
    """Return an incident of bob's with a lead, an assist, a scribe, a speaker, a tester, a task and a note."""
    thread = declared()
    thread.say(
        "alice",
        "/incident claim lead\n/incident role assist @carol\n/incident role scribe @dana\n"
        "/incident note rolled back\n/incident role comms @carol external\n/incident task @carol look at the logs",
    )
    thread.say("alice", "/incident role tester @erin")
    return thread


def fixed() -> Thread:
    thread = staffed()
    thread.say("bob", "/incident fixed")
    return thread


def resolved() -> Thread:
    thread = fixed()
    thread.say("erin", "/incident test pass")
    thread.say("alice", "/incident resolve")
    return thread


def cancelled() -> Thread:
    thread = staffed()
    thread.say("alice", "/incident cancel a false alarm")
    return thread


PHASES = {"bare": declared, "staffed": staffed, "fixed": fixed, "resolved": resolved, "cancelled": cancelled}


@cache
def looked_at(phase: str) -> Thread:
    """Return an incident of which copies are made: what is said in one is folded from there."""
    return PHASES[phase]().settled()


def told(thread: Thread, login: str, line: str) -> Refused | None:
    """Say a line; return its refusal, if it was one that is answered."""
    number = thread.say(login, f"/incident {line}")
    mistakes = [
        one for reply in thread.incident.outgoing.replies if reply.comment == number for one in reply.mistakes
    ]
    return mistakes[-1].refused if mistakes else None


# What people meant


@pytest.mark.parametrize(
    ("login", "line", "instead"),
    [
        ("alice", "lead @bob", "role lead @bob"),
        ("alice", "tl @bob", "role tech-lead @bob"),
        ("alice", "tech lead: @bob", "role tech-lead @bob"),
        ("alice", "@bob is lead", "role lead @bob"),
        ("alice", "bob lead", "role lead @bob"),
        ("alice", "make bob the scribe", "role scribe @bob"),
        ("alice", "assign lead to @carol", "role lead @carol"),
        ("alice", "comms external @carol", "role comms @carol external"),
        ("alice", "role lead bob", "role lead @bob"),
        ("alice", "rolle lead @bob", "role lead @bob"),
        ("dana", "lead", "claim lead"),
        ("dana", "take lead", "claim lead"),
        ("dana", "I take lead", "claim lead"),
        ("dana", "I'll take the lead", "claim lead"),
        ("dana", "I am the scribe", "claim scribe"),
        ("dana", "incident commander", "claim lead"),
        ("dana", "claim scribbe", "claim scribe"),
        ("dana", "claim lead please", "claim lead"),
        ("dana", "claim lead and scribe", "claim lead\nclaim scribe"),
        ("alice", "claim lead for bob", "role lead @bob"),
        ("alice", "claim lead for @bob", "role lead @bob"),
        ("alice", "severity is sev2", "severity sev2"),
        ("alice", "set severity to sev2", "severity sev2"),
        ("alice", "main #x", "channel main #x"),
        ("alice", "channel mian #x", "channel main #x"),
        ("alice", "war room #x", "channel chat #x"),
        ("alice", "channel main #a, #b", "channel main #a"),
        ("alice", "channel main #a and #b", "channel main #a"),
        ("alice", "close", "resolve"),
        ("alice", "done", "resolve"),
        ("alice", "finished", "resolve"),
        ("alice", "please resolve", "resolve"),
        ("alice", "resolv", "resolve"),
        ("alice", "cancle it was nothing", "cancel it was nothing"),
        ("alice", "false alarm", "cancel false alarm"),
        ("alice", "dup #12", "merge #12"),
        ("alice", "merge into #12", "merge #12"),
        ("alice", "monitoring", "status monitoring"),
        ("alice", "status monitorng", "status monitoring"),
        ("alice", "root cause the pool", "cause the pool"),
        ("alice", "audience our partners @carol via mail", "audience partners @carol via mail"),
        ("alice", "impact customers cannot pay", "impact customers: cannot pay"),
        ("dana", "nte it is slow", "note it is slow"),
        ("alice", "severity sev2 -> sev1", "severity sev1"),
        ("alice", "severity sev2 → sev1", "severity sev1"),
        ("alice", "severity sev3 => sev1", "severity sev1"),
        ("alice", "severity from sev2 to sev1", "severity sev1"),
        ("alice", "severity change to sev2", "severity sev2"),
        ("alice", "status is identified", "status identified"),
        ("alice", "status -> monitoring", "status monitoring"),
        ("alice", "status to identified: disk full", "status identified disk full"),
        ("alice", "status identifying", "status identified"),
        ("alice", "impact customers - cannot pay", "impact customers: cannot pay"),
        ("alice", "impact customers — cannot pay", "impact customers: cannot pay"),
        ("alice", "impact customers; cannot pay", "impact customers: cannot pay"),
        ("alice", "audience external by mail", "audience external via mail"),
        ("alice", "audience partners by mail", "audience partners via mail"),
        ("alice", "audience external via mail @carol", "audience external @carol via mail"),
        ("alice", "audience board, partners internal", "audience board internal\naudience partners internal"),
        (
            "alice",
            "role comms external: @bob; internal: @carol",
            "role comms @bob external\nrole comms @carol internal",
        ),
        (
            "alice",
            "role comms @bob external, @carol internal",
            "role comms @bob external\nrole comms @carol internal",
        ),
        (
            "alice",
            "role comms external @bob internal @carol",
            "role comms @bob external\nrole comms @carol internal",
        ),
        ("carol", "take over lead from @bob", "claim lead"),
        ("carol", "claim lead until bob is back", "claim lead\nnote until bob is back"),
        ("carol", "claim lead (I am here)", "claim lead\nnote (I am here)"),
        ("carol", "claim lead # nobody else is here", "claim lead\nnote nobody else is here"),
        ("alice", "role lead @bob until 18:00", "role lead @bob\nnote until 18:00"),
        ("alice", "role lead not @bob", ""),
        ("carol", "I'll take the lead from @bob", "claim lead"),
        ("alice", "unfixed", "status identified"),
        ("alice", "escalate to sev1", "severity sev1"),
        ("alice", "related PR #12", "related #12"),
        ("alice", "related #12: same pool", "related #12\nnote #12: same pool"),
        ("alice", "related not to #12 at all", ""),
        ("alice", "escalate to @carol", "page @carol"),
        ("alice", "severity sev2?", "severity sev2"),
        ("alice", "role comms @carol for customers and staff", "role comms @carol external and internal"),
        ("alice", "role tl none", "unrole tech-lead @bob"),
        ("alice", "role tester @carol oder @dana", ""),
        ("alice", "role tester @carol, role scribe @dana", ""),
        ("carol", "claim scribe for 1h", ""),
        ("carol", "claim lead from @bob", "claim lead"),
        ("bob", "leave tech-lead, going to bed", "leave tech-lead\nnote going to bed"),
        ("bob", "handoff tl @carol - dns is flaky", "handoff tech-lead @carol\nnote dns is flaky"),
        ("bob", "handoff tl @carol I go to sleep", "handoff tech-lead @carol\nnote I go to sleep"),
        ("bob", "handoff tl @carol at 18:00", ""),
        ("alice", "page @bob the db is down", "page @bob\nnote the db is down"),
        ("alice", "page bob and carol", "page @bob @carol"),
        ("alice", "page zoe and yve", ""),
        ("alice", "page nobody", ""),
        ("alice", "page not @bob", ""),
        ("alice", "ack not", ""),
        ("alice", "nack", ""),
        ("alice", "severity not sev1", ""),
        ("alice", "resolve not yet", ""),
        ("alice", "resolve when the tests pass", ""),
        ("alice", "postmortem not on friday", ""),
        ("dana", "export excel", "export csv"),
    ],
)
def test_words_are_read_by_what_they_mean(login: str, line: str, instead: str) -> None:
    thread = declared()
    thread.say("carol", "I am here as well.")
    refused = told(thread, login, line)
    assert refused is not None
    assert refused.instead == instead


@pytest.mark.parametrize(
    ("login", "line", "instead"),
    [
        ("carol", "no news for external", "no-update external"),
        ("carol", "external: we know of it", "update external: we know of it"),
        ("carol", "external via mail: we know of it", "update external via mail: we know of it"),
        ("carol", "update externl: we know of it", "update external: we know of it"),
        ("carol", "update customers: we know of it", "update external: we know of it"),
        ("carol", "tell external we know of it", "update external: we know of it"),
        ("carol", "no update external", "no-update external"),
        ("carol", "no update customers", "no-update external"),
        ("carol", "done 1 it was the pool", "task done 1 it was the pool"),
        ("carol", "task done", "task done 1"),
        ("alice", "hand off scribe @carol", "handoff scribe @carol"),
        ("alice", "@carol look at the pool", "task @carol look at the pool"),
        ("erin", "works for me", "test pass for me"),
        ("erin", "test passes for me", "test pass for me"),
        ("erin", "lgtm", "test pass"),
        ("carol", "done", "task done 1"),
        ("carol", "task 1 done: it was the pool", "task done 1 it was the pool"),
        ("carol", "#1 is done", "task done 1"),
        ("bob", "unrole scribe", "unrole scribe @dana"),
        ("dana", "leave", "unrole scribe"),
        ("dana", "unassign scribe", "unrole scribe"),
        ("alice", "resolve all good", "resolve\nnote all good"),
        ("alice", "downgraded to sev3", "severity sev3"),
        ("alice", "state identified", "status identified"),
        ("alice", "?", "help"),
        ("alice", "resolve 14:01 all good", "resolve 14:01\nnote all good"),
        ("alice", "resolve - all good", "resolve\nnote all good"),
        ("alice", "resolve it", "resolve"),
        ("alice", "unclaim lead", "unrole lead"),
        ("carol", "task dana: look at the pool", "task @dana look at the pool"),
        ("erin", "test didn't pass", "test fail didn't pass"),
        ("erin", "test not ok", "test fail not ok"),
        ("erin", "test no longer fails", ""),
        ("erin", "it doesn't work", "test fail"),
        ("erin", "pass", "test pass"),
        ("alice", "page @bob: now", "page @bob"),
        ("alice", "page oncall", ""),
        ("alice", "acked", "ack"),
        ("alice", "caused by unknown", ""),
        ("alice", "related !12", ""),
        ("alice", "unresolved", ""),
        ("alice", "unsnooze", ""),
        ("carol", "update external - we know of it", "update external: we know of it"),
        ("carol", "update external; we know of it", "update external: we know of it"),
        ("carol", "update external we know: all is bad", "update external: we know: all is bad"),
        ("carol", "no-update external: nothing", ""),
        ("carol", "external nothing new", "no-update external"),
        ("carol", "external no news", "no-update external"),
        ("alice", "channel chat.", ""),
        ("dana", "claim tech", "claim tech-lead"),
        ("dana", "claim test", "claim tester"),
        ("dana", "claim communication external", "claim communication-lead external"),
        ("dana", "claim technical", ""),
        ("carol", "update ext: we know of it", "update external: we know of it"),
        ("carol", "update external on twitter: we know", "update external via twitter: we know"),
        ("carol", "update external (the status page): we know", "update external via the status page: we know"),
        ("alice", "severity sev1 or sev2", ""),
        ("bob", "test pass three cards", "test request three cards"),
        ("erin", "test pass except safari", "test fail works except safari"),
        ("erin", "test passed, but not on phones", "test fail works but not on phones"),
        ("erin", "test ok (only with cards)", "test fail works (only with cards)"),
    ],
)
def test_words_are_read_by_what_they_mean_where_people_have_roles(login: str, line: str, instead: str) -> None:
    refused = told(staffed(), login, line)
    assert refused is not None
    assert refused.instead == instead


@pytest.mark.parametrize(
    ("line", "name", "why"),
    [
        ("sev2", "sev2", ""),
        ("Sev2.", "sev2", ""),
        ("sev-2", "sev2", ""),
        ("severity sev-2", "sev2", ""),
        ("severity SEV 2 half the users", "sev2", "half the users"),
        ("severity sev2: half the users", "sev2", "half the users"),
        ("sev2: half the users", "sev2", "half the users"),
        ("severity `sev2`", "sev2", ""),
        ("severity “sev2”", "sev2", ""),
        ("severity **sev2** half the users", "sev2", "half the users"),
        ("severity sev２", "sev2", ""),
        ("severity sev2—half the users", "sev2", "half the users"),
        ("severity sev2\u203c\ufe0f", "sev2", ""),
        ("severity sev2🔥 half the users", "sev2", "half the users"),
    ],
)
def test_a_severity_that_can_be_read_in_one_way_is_set(line: str, name: str, why: str) -> None:
    thread = declared()
    assert told(thread, "alice", line) is None
    assert thread.incident.severity is not None
    assert (thread.incident.severity.name, thread.incident.timeline[-1].text) == (name, why)


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("@incident-bot: please set severity to sev1", "severity sev1"),
        ("@incident-bot make @carol the scribe", "role scribe @carol"),
        ("@incident-bot can you close this?", "resolve"),
        ("@incident-bot add a note: x", "note x"),
        ("/incident severity sev3; /incident claim lead", "severity sev3\nclaim lead"),
        ("/incident claim lead && /inc note x | 14:00", "claim lead\nnote x | 14:00"),
    ],
)
def test_what_is_told_in_a_sentence_or_in_one_line_is_answered_with_the_lines(line: str, instead: str) -> None:
    thread = staffed()
    thread.say("alice", line)
    assert thread.mistake.refused.instead == instead


@pytest.mark.parametrize(
    "said", ["thanks!", "what's the status?", "works great", "is down again", "you closed this"]
)
def test_a_sentence_to_the_bot_that_tells_it_nothing_is_not_answered(said: str) -> None:
    thread = staffed()
    thread.say("alice", f"@incident-bot {said}")
    assert thread.mistakes == []


def test_a_teams_own_severities_and_audiences_are_known() -> None:
    scale = (Severity("critical", "prio::1", "all is lost"), Severity("P2", "prio::2", "some is"))
    thread = declared(rules=Rules(severities=scale))
    thread.say("alice", "/incident claim lead\n/incident audience board internal")

    assert told(thread, "alice", "p2") is None
    assert thread.incident.severity == scale[1]
    for line, instead in (("critical all of it", "severity critical all of it"), ("board: x", "update board: x")):
        refused = told(thread, "alice", line)
        assert refused is not None
        assert refused.instead == instead


@pytest.mark.parametrize("line", ["sev5", "severity high", "severity sev5", "severity"])
def test_where_no_severity_is_named_all_are_listed_with_their_meaning(line: str) -> None:
    refused = told(declared(), "alice", line)
    assert refused is not None
    assert (refused.instead, refused.form) == ("", "severity <severity>")
    assert all(f"`{one.name}` ({one.meaning})" in refused.reason for one in Rules().severities)


@pytest.mark.parametrize(
    "line", ["not resolved", "low disk", "who is lead", "thanks", "reset the cache", "red", "is it?"]
)
def test_what_means_no_command_is_taken_for_none(line: str) -> None:
    refused = told(declared(), "alice", line)
    assert refused is not None
    assert (refused.instead, refused.form) == ("", "")
    assert "`/incident help` lists the commands" in refused.reason


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("rolled back the deploy", "note rolled back the deploy"),
        ("restarted the pods, looks better", "note restarted the pods, looks better"),
        ("we're failing over to eu-west", "note we're failing over to eu-west"),
        ("the cancel button is broken", "note the cancel button is broken"),
        ("seeing 502s again | 14:01", "note seeing 502s again | 14:01"),
        ("is the cache warm again?", "question is the cache warm again?"),
        ("it is over", "resolve"),
    ],
)
def test_a_sentence_that_tells_or_asks_something_is_for_the_record(line: str, instead: str) -> None:
    refused = told(declared(), "alice", line)
    assert refused is not None
    assert refused.instead == instead


@pytest.mark.parametrize(
    ("line", "form"),
    [("update: x y", "update <audience>: x y"), ("update status page: x", "update <audience>: x")],
)
def test_where_no_audience_is_named_the_message_stays_whole(line: str, form: str) -> None:
    refused = told(staffed(), "carol", line)
    assert refused is not None
    assert (refused.reason, refused.instead, refused.form) == ("which audience?", "", form)


@pytest.mark.parametrize(
    ("line", "what", "text"),
    [
        ("impact customers：cannot pay", "customers", "cannot pay"),
        ("impact https://shop.test: down", "https://shop.test", "down"),
        ("status **identified** disk full", "identified", "disk full"),
        ("channel main is #a", "main", "#a"),
        ("channel main -> #a", "main", "#a"),
        ("stakeholder @bob is affected", "affected", "bob"),
    ],
)
def test_signs_and_small_words_between_are_nobodys(line: str, what: str, text: str) -> None:
    thread = staffed()
    assert told(thread, "alice", line) is None
    assert (thread.incident.timeline[-1].what, thread.incident.timeline[-1].text) == (what, text)


@pytest.mark.parametrize(
    "line",
    [
        "#12 & #13",
        "#12; #13",
        '"#12", (#13).',
        "<https://forge.test/acme/shop/issues/12> #13!",
        "[#12](https://forge.test/acme/shop/issues/12) `#13`",
    ],
)
def test_issues_are_named_with_the_signs_of_editors_around_them(line: str) -> None:
    thread = staffed()
    assert told(thread, "alice", f"related {line}") is None
    assert [one.number for one in thread.incident.relations] == [12, 13]


def test_several_tasks_are_done_on_several_lines() -> None:
    thread = staffed()
    thread.say("alice", "/incident task @carol look at the disk")
    refused = told(thread, "carol", "task done 1 and 2")
    assert refused is not None
    assert refused.instead == "task done 1\ntask done 2"
    assert told(thread, "carol", "task done 1 2 disks are full") is None


# Who may, and the line that asks them


@pytest.mark.parametrize(
    ("login", "line", "asked", "wish"),
    [
        ("bob", "resolve", ("alice",), "please write: /incident resolve"),
        ("dana", "test request cards", ("carol", "bob"), "please write: /incident test request cards"),
        ("dana", "task @erin look", ("alice", "carol", "bob"), "please write: /incident task @erin look"),
        ("bob", "update external: x", ("carol",), "please write: /incident update external: x"),
        ("erin", "task accept 1", ("carol",), "please write: /incident task accept 1"),
    ],
)
def test_who_lacks_the_right_is_told_who_has_it_and_how_to_ask(
    login: str, line: str, asked: tuple[str, ...], wish: str
) -> None:
    thread = staffed()
    refused = told(thread, login, line)
    assert refused is not None
    assert (refused.instead, refused.asked[: len(asked)], refused.wish) == ("", asked, wish)
    text = thread.documents[f"refusal:{thread.next_number - 1}"]
    assert f"`@{asked[0]} {wish}`" in text


def test_who_has_too_little_access_is_told_who_has_it() -> None:
    thread = declared()
    thread.say("alice", "/incident claim lead")
    refused = told(thread, "dana", "severity sev1")
    assert refused is not None
    assert refused.reason.startswith("`severity` needs write access")
    assert (refused.asked, refused.wish) == (("alice", "bob"), "please write: /incident severity sev1")


def test_nobody_who_works_on_the_fix_is_told_to_test_it() -> None:
    """S20."""
    for login, line in itertools.product(("bob", "carol"), ("test pass", "resolve", "test fail it hangs")):
        refused = told(fixed(), login, line)
        if refused is not None:
            assert "claim tester" not in f"{refused.reason} {refused.instead} {refused.form} {refused.wish}"


def test_what_is_known_of_rights_is_the_same_at_every_reconcile() -> None:
    """The access of who said something before is not asked for again, and yet their refusal stays as it is."""
    thread = declared()
    thread.say("alice", "/incident lead @carol")
    thread.say("dana", "/incident severity sev1")
    first = thread.look().incident.outgoing.replies
    thread.access = dict.fromkeys(thread.access, Access.NONE)
    assert thread.incident.outgoing.replies == first


# Gaps


@pytest.mark.parametrize(
    "line",
    [
        "note TEXT",
        "note <text>",
        "note <text> | 14:05",
        "role lead @somebody",
        "role tester @who",
        "task @who TEXT",
        "task @bob TEXT",
        "task @bob <text>",
        "cancel WHY",
        "cancel <why>",
        "channel main WHERE",
        "channel main <where>",
        "announced <where>, <where>",
        "stakeholder WHO affected",
        "stakeholder <who> affected",
        "impact WHO: HOW",
        "impact <who>: <how>",
        "impact customers: <how>",
        "severity sev1 <why>",
        "audience NAME internal",
        "question <text>",
        "propose TEXT",
        "snooze 45m WHY",
        "reopen <why>",
        "fixed by @somebody",
        "update external: TEXT",
        "update external: <text>",
        "test pass <what you tried>",
        "declare <title> --new",
        "cause <text>",
        "postmortem <date>",
        "action <text> @bob",
    ],
)
def test_a_gap_is_no_value(line: str) -> None:
    for thread in (staffed(), resolved()):
        login = "erin" if line.startswith("test") else "alice"
        before = thread.incident
        refused = told(thread, login, line)
        assert refused is not None
        assert refused.instead == ""
        assert thread.incident.timeline == before.timeline
        assert (thread.incident.people.roles, thread.incident.outgoing.openings) == (
            before.people.roles,
            before.outgoing.openings,
        )


@pytest.mark.parametrize(
    "line",
    [
        "note it took a long time, and nobody knows WHY",
        "note the field TEXT is empty",
        "note the tag <text> is not closed",
        "note the time",
        "note somebody called",
        "channel main <https://status.acme.test>",
        "channel main time",
    ],
)
def test_the_words_of_gaps_can_stand_in_any_sentence(line: str) -> None:
    assert told(staffed(), "alice", line) is None


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.verb)
def test_the_usage_of_a_command_does_nothing_when_it_is_copied(command: object) -> None:
    for usage in (command.usage, command.short):  # type: ignore[attr-defined]
        if "<" not in usage or usage.startswith("help"):
            continue
        for phase in ("bare", "staffed", "resolved"):
            thread, before = copy(looked_at(phase)), looked_at(phase).incident
            thread.say("alice", f"/incident {usage}")
            assert thread.incident.timeline == before.timeline
            assert thread.incident.people.roles == before.people.roles


# For whatever is refused

WRONG = tuple(
    """ |x|TEXT|<text>|@somebody|@bob|@bob @carol|lead|lead @bob|scribe dana|lead and scribe|boss|sev9|high
    scribe @dana and tester @erin|external|external x|customers: x|external --now|internal at 25:00: x|main
    main #a, #b|#x|14:99|yesterday|teatime|99|#7|#12 and #13|accept|done 9|pass 1|fail|request|fine|resolved
    cancelled it was nothing|--foo x|our partners @carol via mail|customers cannot pay|: x|45m|tea|csv json
    sev2 -> sev1|from sev2 to sev1|external - x|external:x|1h 30 tea|1 day tea|external by mail|is identified
    external: @bob; internal: @carol|take over from @bob|comms @bob external, @carol internal|14:01 all good
    due tomorrow|fix it @bob due never|look, teatime|please|me|it|1 it is fine""".replace("\n    ", "|").split("|")
)
PEOPLE = ("alice", "bob", "carol", "dana", "erin")
_FREE = re.compile(r"[\w#@]+")
_CARRIED = {
    "channel": "audience",
    "claim": "role",
    "handoff": "role",
    "status": "resolve cancel fixed",
    "task": "propose",
    "impact": "note",
    "announced": "note",
    "related": "note",
    "test": "test",
    "resolve": "note",
    "page": "note",
}
"""Other commands that the words of one can carry: a role for somebody else, the end as a phase."""


def _named(text: str) -> set[str]:
    return {one.name.casefold() for one in mentions(text)}


def assert_held(thread: Thread, login: str, line: str) -> None:
    """Assert what holds for every refusal of ``line``."""
    refused = told(thread, login, line)
    if refused is None:
        return
    assert not refused.otherwise
    assert bool(refused.instead) + bool(refused.asked) + bool(refused.form) <= 1
    if refused.form:
        assert "<" in refused.form
    if refused.instead:
        proposed = refused.instead.split("\n")
        assert refused.instead.split() != line.split()
        new = _named(refused.instead) - _named(line) - {"alice", "bob", "carol", "dana", "erin"}
        assert len(new) <= 1
        assert not new & {"and", "for", "from", "is", "not", "now", "please", "the", "to"}
        for one in proposed:
            [found] = find_calls(
                f"/incident {one}", COMMANDS.grammar(thread.rules.command_prefixes, "incident-bot")
            )
            meant, typed = COMMANDS.find(found.verb), COMMANDS.find(line.split(" ", 1)[0].casefold())
            assert meant is not None
            if typed is not None:
                assert meant is typed or meant.verb in _CARRIED.get(typed.verb, "").split()
            assert told(thread, login, one) is None, (line, one)
        assert thread.verdicts[-1] == "a"
    if refused.asked:
        wish = refused.wish.partition("/incident ")[2]
        if wish:
            assert told(thread, refused.asked[0], wish) is None


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.verb)
def test_every_wrong_line_of_a_command_is_answered_with_one_that_is_right(command: Command, phase: str) -> None:
    """Each command meets each line in one phase at least; each person writes each line in each phase."""
    begun = looked_at(phase)
    turn = list(COMMANDS.values()).index(command) + 4 * list(PHASES).index(phase)
    for wrong, login in one_in(20, itertools.product(WRONG, PEOPLE), turn):
        thread = copy(begun)
        assert_held(thread, login, f"{command.verb} {wrong}".strip())


ROLES = [name for names in ALIASES.values() for name in names]
OTHERS = """take hand off step down close done tell make assign drop external internal sev2 sev-3 p1 monitoring
    main is the to for and please not @alice @carol carol: #12 14:05 | --external"""
WORDS = some.sampled_from(
    [
        *(word for command in COMMANDS.values() for word in (command.verb, *command.aliases)),
        *ROLES,
        *WRONG,
        *OTHERS.split(),
    ]
)
LINES = some.lists(WORDS, min_size=1, max_size=5).map(" ".join)


@examples(50)
@given(line=LINES, login=some.sampled_from(PEOPLE), phase=some.sampled_from(sorted(PHASES)))
@example(line="status fix", login="alice", phase="bare")
@example(line="claim comms for external", login="dana", phase="staffed")
def test_whatever_is_refused_is_answered_with_what_would_be_accepted(line: str, login: str, phase: str) -> None:
    assert_held(PHASES[phase](), login, " ".join(line.split()))


SENTENCE = "the pool ran empty at 3 ünïcode `x` a|b 50% *now*"


@examples(50)
@given(text=some.lists(some.sampled_from(SENTENCE.split()), min_size=1))
def test_what_was_typed_is_kept(text: list[str]) -> None:
    """A mistyped word costs nobody the sentence behind it."""
    said = " ".join(text)
    for typed in ("nte", "propse", "quesiton", "root cause"):
        refused = told(copy(looked_at("staffed")), "alice", f"{typed} {said}")
        assert refused is not None
        assert refused.instead.endswith(f" {said}")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("declare it --since 14:00", "declare <title> --started <time> --by <alert, user or staff>"),
        ("update external --since 3: x", "update <audience> --now <why>: <text>"),
        ("update partners: we know of it", "update <audience>: we know of it"),
        ("audience main #a, #b", "audience <name>"),
        ("status scribe dana", "status <investigating, identified or monitoring>"),
        ("claim tea", "claim <role>"),
        ("snooze lunch", "snooze <length> lunch"),
        ("impact nobody at all", "impact <who>: nobody at all"),
        ("major 99", "major <number>"),
        ("task @bob @carol look", "task @<who> look"),
        ("action mend the pool", "action mend the pool @<who>"),
    ],
)
def test_where_no_line_is_complete_its_form_is_shown(line: str, shown: str) -> None:
    refused = told(staffed(), "alice", line)
    assert refused is not None
    assert (refused.instead, refused.form) == ("", shown)


def test_a_line_that_is_too_long_to_be_shown_is_not_cut() -> None:
    refused = told(declared(), "alice", "nte " + "word " * 100)
    assert refused is not None
    assert refused.instead == ""
