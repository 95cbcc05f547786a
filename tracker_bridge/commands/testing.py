"""Whether it is truly over: asking the testers, and what they find (S19-S21, S106, S107)."""

import re
from dataclasses import replace

from tracker_bridge.domain.fold.arguments import people, quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.fold.lookups import whom
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.roles import Role, is_same, is_same_account
from tracker_bridge.domain.incident.testing import TestException, TestResult
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.issue.grammar import Takes
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.spelling import after_break, first_word
from tracker_bridge.domain.transitions.fixing import ask_testers, judge_fix

ASKING = (Role.TECHNICAL_LEAD, Role.TECHNICAL_ASSIST)
REQUESTS = ("request", "ask")
PASSED = ("pass", "passed", "ok")
FAILED = ("fail", "failed")

_MEANT = {
    "request": ("requested", "please", "needed", "now", "again", "retest"),
    "pass": ("passes", "passing", "pas", "succeeded", "success", "good", "green", "works", "okay", "confirmed"),
    "fail": ("fails", "failing", "failure", "fial", "red", "broken", "nok", "bad"),
}


_DENIED = at_first_use(
    r"(?:no|not|never|still not|(?:did|does|do|is|was)(?:n['’]?t| not))\b"
    r"(?!.*\b(?:not|longer|any ?more|fail|error|problem|issue|broken|crash|hang))",
    re.IGNORECASE,
)
"""What denies that the fix holds, whatever word follows."""

_PARTLY = at_first_use(
    r"\(?(?:except|excluding|apart from|aside from|other than|but not|partly|partially|"
    r"only (?:on|in|with|for|if))\b",
    re.IGNORECASE,
)
"""What makes a pass another verdict: a fix that holds in part does not hold."""


def _barred(incident: Incident, call: Invocation) -> Refused | None:
    """Who works on the fix asks, and the testers answer."""
    word, note = first_word(call.text)
    if word in REQUESTS and incident.active and not incident.people.holds(call.actor, *ASKING):
        names = ", ".join(quoted(login) for login in incident.people.logins(*ASKING))
        who = f"the Technical Lead or a Technical Assist{f' ({names})' if names else ''}"
        return Refused(f"tests can only be requested by {who}")
    if word in (*PASSED, *FAILED) and not incident.people.holds(call.actor, Role.TESTER):
        return _not_theirs(incident, call, note)
    return None


@command(
    "test",
    section=Section.WORK,
    usage="test request [<what>] | pass [<note>] | fail [<note>]",
    aliases=("tests",),
    examples=(
        "test pass paid with three cards, twice",
        "test fail every fifth payment still hangs",
        "test request pay with each kind of card",
    ),
    when=When.COUNTED,
    barred=_barred,
    takes=Takes.TEXT,
)
def test(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Request tests, or report a result.

    The Technical Lead or a Technical Assist requests tests, and the Testers report results; they are asked
    automatically when a fix is in. Once a tester confirms the fix, the incident can be resolved as of the time
    of the fix. A failed test means that the fix did not hold: the clock keeps running, and a resolved incident
    is reopened.
    """
    word, rest = first_word(call.text)
    if word in REQUESTS:
        return _request(incident, call, rest)
    if word in PASSED and _PARTLY.match(rest):
        return Refused("a pass means that the fix holds everywhere", f"test fail works {rest}")
    if word in (*PASSED, *FAILED):
        return _verdict(incident, call, rest, passed=word in PASSED)
    return Refused("say `request`, `pass` or `fail`", _meant(word, rest, call.text))


def _undecidable(incident: Incident, call: Invocation) -> Refused | None:
    """The Incident Lead decides; where there is none, whoever may. It is about somebody who is in both roles."""
    given, why = people(call.text, call)
    leads = incident.people.logins(Role.INCIDENT_LEAD)
    if leads and not incident.people.holds(call.actor, Role.INCIDENT_LEAD):
        return Refused(f"the Incident Lead decides on exceptions ({quoted(leads[0])})", asked=leads)
    partial = incident.partial_testers
    if len(given) == 1 and not any(is_same(given[0].login, login) for login in partial):
        line = f"exception @{partial[0]} {after_break(why)}".strip() if len(partial) == 1 else ""
        return Refused(f"{quoted(given[0].login)} is not both testing and working on the fix", line)
    return None


@command(
    "exception",
    section=Section.WORK,
    usage="exception @<who> <why>",
    access=Access.WRITE,
    led=True,
    aliases=("waive",),
    examples=("exception @bob nobody else is awake",),
    when=When.COUNTED,
    barred=_undecidable,
    names=whom,
    takes=Takes.REASON,
)
def exception(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Let someone test although they work on the fix.

    Testers should be independent. If nobody else is available, the Incident Lead decides, and gives the reason:
    the status comment, the summary and its timeline show it. Without an Incident Lead, anyone with write access
    can decide.
    """
    given, why = people(call.text, call)
    why = after_break(why)
    if len(given) != 1 or not why:
        return Refused("who, and why?", form=f"exception @{given[0].login if len(given) == 1 else '<who>'} <why>")
    [who] = given
    others = tuple(one for one in incident.testing.exceptions if not is_same_account(one.who, who))
    made = TestException(who, why, call.actor.login, call.at, call.url)
    entry = entry_of(call.origin, Kind.TEST_EXCEPTION, who=who.login, text=why)
    return incident.having(entry, testing=replace(incident.testing, exceptions=(*others, made)))


def _meant(word: str, rest: str, text: str) -> str:
    if _DENIED.match(text):
        return f"test fail {text}"
    said = next((verb for verb, words in _MEANT.items() if word in words), "")
    return f"test {said} {rest}".strip() if said else f"test <request, pass or fail> {text}".strip()


def _request(incident: Incident, call: Invocation, what: str) -> Incident | Refused:
    if not incident.active:
        return Refused(
            f"this incident is {incident.phase}; `{incident.rules.command_prefixes[0]} reopen` undoes that"
        )
    entry = entry_of(call.origin, Kind.TESTS_ASKED, text=what)
    return ask_testers(incident.having(entry), call.origin, what)


def _verdict(incident: Incident, call: Invocation, note: str, *, passed: bool) -> Incident:
    return judge_fix(incident, call.origin, TestResult(call.actor.login, passed, call.at, call.url, note))


def _not_theirs(incident: Incident, call: Invocation, note: str) -> Refused:
    """Verdicts are a tester's, and nobody tests what they work on (S20): those who do can ask for one."""
    testers = incident.people.logins(Role.TESTER)
    who = f" ({', '.join(map(quoted, testers[:3]))})" if testers else ""
    unseen = [h.login for h in incident.people.holders(Role.TESTER) if incident.people.unseen(h.who)]
    if call.actor.login.casefold() not in incident.technical:
        root = incident.rules.command_prefixes[0]
        hidden = f", and the bridge cannot see who is in {quoted(unseen[0])}" if unseen else ""
        reason = f"only Testers{who} report results{hidden}"
        return Refused(f"{reason}; use `{root} claim tester` first, then post it again")
    reason = f"only Testers{who} report results, and they do not work on the fix"
    if incident.active and incident.people.holds(call.actor, *ASKING):
        return Refused(reason, f"test request {note}".strip())
    return Refused(reason, asked=testers[:3], wish="please verify the fix" if testers else "")
