"""
What people mean by a line whose first word is no command.

They name the thing itself: a role, a severity, a phase, a channel, an audience, a person; or they have another
word for the command. Letters count last, and only where a mistyped word can be one command.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from tracker_bridge.domain.incident.audiences import audiences, find_audience
from tracker_bridge.domain.incident.channels import Use
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.names import mentions
from tracker_bridge.domain.incident.roles import Role, find_role, leading_role
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.spelling import after_break, first_word, mistyped


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MEANT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        verb: tuple(phrases.split(" | "))
        for verb, phrases in (
            ("declare", "open incident | open an incident | new incident | start incident | start an incident"),
            ("severity", "priority | prio | urgency"),
            ("page", "escalate to | escalate | wake | call out"),
            ("ack", "acked | acking | acknowledging | got it | on it | i'm on it | i am on it"),
            ("impact", "affects | affecting | impacts | hits"),
            ("show", "overview | where are we | where do we stand | current status"),
            ("catchup", "catch up | recap | tldr | brief me | bring me up to speed | what happened"),
            ("help", "commands | usage | man | how | ? | ??"),
            ("role", "roles | assign | appoint"),
            (
                "unrole",
                (
                    "step down | stepping down | resign | leave role | drop | unassign | unclaim | release | "
                    "relinquish | remove"
                ),
            ),
            ("handoff", "hand off | hand over | handing over | handing off | transfer"),
            ("task", "tasks | delegate | todo for"),
            ("propose", "suggest | suggestion | idea | theory | proposing | i suggest | i propose | could be"),
            ("help-offer", "i can help | can i help | help offer | happy to help | i could help | volunteer"),
            ("question", "ask | open question | questions | later"),
            ("test request", "please test | retest | request test | request tests | verify | ask testers"),
            (
                "test pass",
                (
                    "pass | tests passed | test passes | works | it works | verified | passed | tested | "
                    "confirmed | lgtm"
                ),
            ),
            (
                "test fail",
                (
                    "fail | tests failed | test fails | failed | still broken | does not work | doesn't work | "
                    "it doesn't work | it does not work | not working | still failing"
                ),
            ),
            ("note", "remark | comment | record | add note | add a note | add | fyi | info | timeline | memo"),
            ("major", "important | key event"),
            ("minor", "unimportant | not important"),
            ("edit", "change | amend | rewrite | fix note"),
            ("retract", "delete | erase | strike | remove note | delete note | unnote"),
            ("capture", "quote | clip | save comment | capture comment"),
            ("started", "began | begin | begun | start | outage began | outage started | it started | it began"),
            ("detected", "noticed | discovered | detect | spotted | first noticed | alarm at"),
            (
                "fixed",
                "fix | repaired | mitigated | patched | fix is in | fix applied | fix deployed | it is fixed",
            ),
            ("snooze off", "unsnooze | unmute | wake up | stop snooze | end snooze | stop snoozing"),
            ("status identified", "unfixed | fix failed | the fix failed | fix did not hold | fix did not work"),
            ("snooze", "mute | silence | quiet | pause | hush | stop reminding | shut up"),
            ("update", "tell | inform | notify | updated | updates | said to | told to"),
            ("no-update", "no update | no updates | no news | nothing to report | nothing new for | nothing new"),
            ("brief", "draft | briefing | what is new | what's new | news for"),
            ("announced", "announce | announcement | posted in | posted at | posted on"),
            ("stakeholder", "affected | involved | stake holder"),
            (
                "resolve",
                "close | closed | close it | done | all done | we are done | finished | end | it is over | over",
            ),
            (
                "reopen",
                (
                    "open again | re open | not over | still not over | it is back | it's back | unresolve | "
                    "unresolved | unclose | uncancel | unmerge"
                ),
            ),
            (
                "cancel",
                (
                    "not an incident | no incident | abort | call it off | call off | cancelled | canceled | "
                    "undeclare"
                ),
            ),
            ("cancel false alarm", "false alarm"),
            ("merge", "dup | dupe | duplicate of | same as | merge into | merge with | is a duplicate of"),
            ("related", "link | see | see also | related to | linked to | links"),
            ("postmortem", "post mortem | retro | retrospective | pir | schedule review"),
            ("action", "action item | follow up | followup | actions"),
            ("cause", "root cause | rootcause | rca | because | reason | the cause was | caused by"),
            ("export", "download | dump"),
            ("claim", "take | taking | grab | volunteer for | i take | i'll take | i will take"),
        )
    }
)
"""Other words for a command, set apart by bars; each means that command and nothing else."""

_VERBS: Final = {phrase: verb for verb, phrases in MEANT.items() for phrase in phrases}
_PHRASE: Final = at_first_use(
    rf"(?:{'|'.join(re.escape(phrase) for phrase in sorted(_VERBS, key=len, reverse=True))})(?![\w-])"
)
_PLEASE = at_first_use(
    r"(?:(?:please|pls|plz|hey|can (?:you|we|i)|could (?:you|we|i)|let us|let['’]?s|we should|i want to|just|now)"
    r"[\s,:]+)+",
    re.IGNORECASE,
)
_TELLING = at_first_use(
    r"(?:(?:please|pls|plz|can you|could you|would you|will you|kindly)[\s,:]+|(?:set|change|make|mark|assign|"
    r"appoint|close|add|record|raise|lower|downgrade|upgrade|remove|link|merge)\s+)",
    re.IGNORECASE,
)
"""How a sentence begins that tells somebody to do something."""
_LEVEL = at_first_use(
    r"(?:(?:set|raised?|escalated?|lower(?:ed)?|(?:up|down)graded?|bump(?:ed)?|change|make|this|it|that|is|was|it['’]?s|a|an|the|severity|sev|to|=|:|->|→)\s+)+",
    re.IGNORECASE,
)
_TAKING = at_first_use(
    r"(?<!\w)(?:i['’]?m|i['’]?ll|i|am|will|can|take|taking|taken|took|claim|claiming|grab|assume|assuming|be|being|become|"
    r"volunteer|volunteering|me|myself|mine|for|on|it|over)\b[\s,:]*",
    re.IGNORECASE,
)
_TAKEN = at_first_use(r"(?:i['’]?m|i['’]?ll|i|tak(?:e|ing)|took)\b", re.IGNORECASE)
_FROM = at_first_use(r"\sfrom\s+@[\w./-]+", re.IGNORECASE)
"""``take over lead from @bob``: whoever says so takes it, and not bob."""

_LEAVING = at_first_use(
    r"(?<!\w)(?:step(?:ping)? down|stepped down|resign(?:ing)?|no longer|not|drop|leav(?:e|ing)|quit|remove)\b",
    re.IGNORECASE,
)
_HANDING = at_first_use(r"(?<!\w)(?:hand(?:ing|ed)?[ -]?(?:off|over)|transfer|pass)\b", re.IGNORECASE)
_GIVING = at_first_use(
    r"(?<!\w)(?:assign|appoint|name|nominate|set|make|give|let|add|new|roles?)\b", re.IGNORECASE
)
_FILLERS: Final = _words("a an as be from goes is now of our please pls role should takes the to will = : -> →")
_UNDOING: Final = ("un", "dis", "de")
"""What turns a word into its opposite, however near the two are."""

_TASK = at_first_use(
    r"(?:task\s+)?(?:(?P<verb>accept|accepted|done|finished|pass)\s+(?:task\s+)?#?(?P<number>[0-9]{1,4})\b"
    r"|#?(?P<of>[0-9]{1,4})\s+(?:is\s+)?(?P<became>accept|accepted|done|finished|pass)\b)\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_DONE = at_first_use(r"(?:i am |i['’]?m )?(?:done|finished)(?: with (?:it|that|my task))?[.!]?", re.IGNORECASE)
_TASKS = {"accepted": "accept", "finished": "done"}
_PHASES = {
    "investigate": Phase.INVESTIGATING,
    "identify": Phase.IDENTIFIED,
    "monitor": Phase.MONITORING,
} | {phase.value: phase for phase in Phase if not phase.ended}  # fmt: skip
_STATE = at_first_use(r"(?:the\s+)?(?:state|stage)\s+(?:is\s+)?", re.IGNORECASE)
_PLACES = at_first_use(
    rf"(?:the\s+)?(?P<use>{'|'.join(Use)}|war[ -]?room|bridge|video|zoom)(?:\s+(?:channel|room|call))?"
    r"(?:\s+(?:is|=|at|in|on)|:)?\s+(?P<where>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_USES = {"bridge": Use.MEETING, "video": Use.MEETING, "zoom": Use.MEETING}
_LOOSE: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        verb: at_first_use(rf"(?:(?:{words})\b[\s,:]*)+", re.IGNORECASE)
        for verbs, words in (
            ("resolve reopen", "it|this|that|the|incident|issue|everything|all|is|now|please"),
            ("merge", "of|with|into|to|as|the|it|incident|issue"),
            ("related", "to|with|also|issue|issues|and"),
            ("started detected fixed", "it|the|outage|incident|was|is"),
            ("snooze", "reminders?|for|the|me|us"),
            ("show help catchup postmortem export", "me|us|the|please|current|it|this|that|incident|as|to|on|for"),
            ("claim", "the|role|of|as|over"),
            ("no-update brief", "for|to|the"),
        )
        for verb in verbs.split()
    }
)
"""Words in front of what a command takes that say nothing to it."""

_SMALL: Final = _words(
    "all and any are but can did for get got has had his how let may new not now off one our out see she the "
    "too two use was way who why yes you from have here more only some than that them then they this very want "
    "well were what when with your nack also been call come does down each even find give goes good hold into "
    "just keep kind know last like line long look low made make many most much must name need next once open "
    "over part restart restarted restarts same side such sure take team tell their there these thing think time "
    "until upon used"
)
"""English words that are typed as they are meant, however near a command they are."""

_TOLD = at_first_use(
    r"(?:we|it|the|this|that|there|they|our|all|some|still|looks|seems|no|saw|found|took|went|ran|got|made|put|shut|sent|"
    r"brought|rebuilt|spun|[a-z-]{2,}(?:ed|ing))(?:['’](?:re|ve|s|ll))?\s+\S.*",
    re.IGNORECASE | re.DOTALL,
)
"""How a sentence begins that tells what somebody did or saw."""


def told(call: Invocation) -> tuple[str, ...]:
    """Return the line that records a sentence, which is no command, as what it is: ``rolled back the deploy``."""
    said = call.bare
    if said.endswith("?") and len(said.split()) > 2:
        return (f"question {said}",)
    return (f"note {said}",) if _TOLD.fullmatch(said) else ()


def readings(call: Invocation, incident: Incident, verbs: Mapping[str, str]) -> tuple[str, ...]:
    """
    Return the lines that a call may mean, the likeliest first; gaps in them are in angle brackets.

    ``verbs`` has the command for each word that commands have.
    """
    said = call.bare
    said = _PLEASE.sub("", said, count=1) if _PLEASE.match(said) else said
    task = task_meant(said)
    found = dict.fromkeys(
        line
        for line in (
            *([said] if said.partition(" ")[0].casefold() in verbs else []),
            *_severity(said, incident),
            *_role(said, call, incident),
            *_phase(said),
            *_place(said),
            *_audience(said, incident),
            *_own_task(said, call, incident),
            *([task] if task else _other_words(said)),
            *_person(said),
        )
    )
    return tuple(found) or tuple(_slip(said, verbs))


def asks_for(call: Invocation, incident: Incident, verbs: Mapping[str, str]) -> bool:
    """Whether a sentence to the bot tells it to do something that there is a command for."""
    said = f"{call.verb} {call.text}"
    return _TELLING.match(said) is not None and bool(readings(call, incident, verbs))


def as_severity(call: Invocation, incident: Incident) -> Invocation:
    """Read ``sev2: half the users`` as the command that it can only be; any other call stays as it is."""
    found, why = incident.rules.severity_in(f"{call.verb} {call.text}")
    if found is None or call.found.unread:
        return call
    alone = not why or call.verb.endswith(":") or any(letter.isdigit() for letter in call.verb)
    if not alone:
        return call
    told = replace(call.found, verb="severity", text=f"{found.name} {why}".strip())
    return replace(call, found=told)


def _severity(said: str, incident: Incident) -> Iterator[str]:
    for text in (said, _LEVEL.sub("", said, count=1)):
        found, why = incident.rules.severity_in(text)
        if found is not None:
            yield f"severity {found.name} {why}".strip()
            return


def _role(said: str, call: Invocation, incident: Incident) -> Iterator[str]:
    """Read what names a role and says nothing else but who, and for which audience."""
    logins, rest = _named(_FROM.sub("", said) if _TAKEN.match(said) else said)
    leaving, handing, giving = (pattern.search(rest) for pattern in (_LEAVING, _HANDING, _GIVING))
    for pattern in (_LEAVING, _HANDING, _GIVING):
        rest = pattern.sub(" ", rest, count=1)
    taking = not giving and _TAKING.search(rest) is not None
    rest = _TAKING.sub(" ", rest) if taking or not logins else rest
    words = [word for word in re.sub(r"[,:!.]+(?=\s|$)", " ", rest).split() if word.casefold() not in _FILLERS]
    named = known_names(call, incident)
    logins += tuple(named[word.casefold()] for word in words if word.casefold() in named)
    words = [word for word in words if word.casefold() not in named]
    role, rest = leading_role(" ".join(words), incident.rules.roles)
    names = {one.name for one in audiences(incident)}
    if role is None or any(role is not Role.COMMUNICATION_LEAD or w.casefold() not in names for w in rest.split()):
        return
    verb = "unrole" if leaving else "handoff" if handing else "role" if logins or giving else "claim"
    if verb in ("role", "handoff") and not logins:
        logins = ("<who>",)
    yield " ".join((verb, role.short, *(f"@{login}" for login in logins), *rest.split()))


def _named(said: str) -> tuple[tuple[str, ...], str]:
    """Return the names in a line, whether or not somebody has them, and the line without them."""
    found = [one for one in mentions(said) if one.name]
    rest = said
    for one in reversed(found):
        rest = f"{rest[: one.start]} {rest[one.end :]}"
    return tuple(dict.fromkeys(one.name for one in found)), " ".join(rest.split())


def known_names(call: Invocation, incident: Incident) -> dict[str, str]:
    """Return whoever has a part in the incident, by name; a role's name is no person's here."""
    logins = (
        incident.people.opener.login,
        *(assignment.login for assignment in incident.people.roles),
        *call.thread.writers(),
    )
    return {
        login.casefold(): login for login in logins if login and find_role(login, incident.rules.roles) is None
    }


def _phase(said: str) -> Iterator[str]:
    for text in (said, _STATE.sub("", said, count=1)):
        word, why = first_word(text)
        if word in _PHASES:
            yield f"status {_PHASES[word].value} {why}".strip()
            return


def place_meant(said: str) -> str:
    """Return the line for a channel that is named by another word for what it is for; empty if none is."""
    return next(_place(said), "")


def _place(said: str) -> Iterator[str]:
    found = _PLACES.fullmatch(said)
    if found is not None:
        word = found["use"].casefold()
        use = _USES.get(word) or (Use(word) if word in set(Use) else Use.CHAT)
        yield f"channel {use.value} {found['where']}"
    elif said.casefold().strip(".,:;!") in set(Use):
        yield f"channel {said.casefold().strip('.,:;!')} <where>"


def _audience(said: str, incident: Incident) -> Iterator[str]:
    """Read ``external: we are on it`` and ``external via mail: we are on it``."""
    head, colon, text = said.partition(":")
    name, _, via = head.strip().partition(" ")
    if find_audience(incident, name) is None:
        return
    if colon and text.strip():
        yield f"update {name.casefold()} {via}".strip() + f": {text.strip()}"
    elif via.casefold() in ("nothing new", "no update", "no news"):
        yield f"no-update {name.casefold()}"
    else:
        yield f"update {name.casefold()}: {via or '<text>'}"


def _own_task(said: str, call: Invocation, incident: Incident) -> Iterator[str]:
    """Read ``done`` of somebody who has a task as what became of that, before what becomes of the incident."""
    mine = [one.number for one in incident.work.open_tasks if one.is_at(call.actor, incident.people)]
    if len(mine) == 1 and _DONE.fullmatch(said):
        yield f"task done {mine[0]}"


def task_meant(said: str) -> str:
    """Return the line for what became of a task, in whichever order it was said; empty if it tells none."""
    found = _TASK.fullmatch(said)
    if found is None:
        return ""
    verb = (found["verb"] or found["became"]).casefold()
    return f"task {_TASKS.get(verb, verb)} {found['number'] or found['of']} {after_break(found['rest'])}".strip()


def _other_words(said: str) -> Iterator[str]:
    """Read the longest phrase that begins the line and means a command."""
    found = _PHRASE.match(said.replace("-", " ").replace("’", "'").casefold())
    if found is not None:
        yield _with_rest(_VERBS[found[0]], said[found.end() :])


def _with_rest(verb: str, rest: str) -> str:
    rest = rest.lstrip(" ,.!:;-–—").strip()
    loose = _LOOSE.get(verb)
    left = loose.sub("", rest, count=1) if loose and loose.match(rest) else rest
    return verb if left in ("?", "!", ".") else f"{verb} {left}".strip()


def _person(said: str) -> Iterator[str]:
    """Read ``@carol look at the logs``."""
    logins, text = _named(said)
    if len(logins) == 1 and said.startswith("@") and text:
        yield f"task @{logins[0]} {text.lstrip(',: ')}"


def _slip(said: str, verbs: Mapping[str, str]) -> Iterator[str]:
    """Read a mistyped word, where it can be one command only."""
    word, _, rest = said.partition(" ")
    word = word.casefold().strip(".,:;!")
    if word in _SMALL:
        return
    if word.startswith(_UNDOING) and word.removeprefix("un").removeprefix("dis").removeprefix("de") in verbs:
        return
    near = dict.fromkeys(verbs[one] for one in mistyped(word, verbs))
    if len(near) == 1:
        yield f"{next(iter(near))} {rest}".strip()
