"""Work for others, proposals, offers to help and questions that can wait (S42-S49, S94, S95)."""

import re
from dataclasses import replace

from tracker_bridge.domain.fold.arguments import people, quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.fold.lookups import Sought, whom_in_prose
from tracker_bridge.domain.fold.suggestions import known_names, task_meant
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.names import is_name, mentions
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.roles import Role, is_same_account
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.incident.work import Contribution, Task
from tracker_bridge.domain.issue.grammar import Takes
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Person
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.spelling import after_break, says

GIVERS = (Role.TECHNICAL_LEAD, Role.TECHNICAL_ASSIST, Role.INCIDENT_LEAD)
TECHNICAL = (Role.TECHNICAL_LEAD, Role.TECHNICAL_ASSIST)

_TO = at_first_use(r"^(?:(?:on\s+)?to|[-=–—]*[>→])(?:\s+|$)", re.IGNORECASE)
_NUMBERS = at_first_use(r"(?:(?:[\s,;&+]|and)*#?[0-9]{1,4})+", re.ASCII)
_NUMBER = at_first_use(
    r"(?:(?:re-?assign|move|give|pass(?:es)?|transfer|hand(?: over)?|assign)\s+)?(?:task\s+)?"
    r"#?(?P<number>[0-9]{1,4})(?:\s*(?:to|for|[-=–—]*[>→]+|:))?",
    re.IGNORECASE,
)
"""A task that is there, and that somebody else is to have."""
_ABOUT = at_first_use(r"(?P<verb>accept|done|pass)\b\s*#?(?P<number>[0-9]{1,4}\b)?\s*(?P<rest>.*)", re.IGNORECASE)


def _about(call: Invocation) -> re.Match[str] | None:
    """Return what is said of a task that was given; only what came of it goes on over the next lines."""
    found = _ABOUT.fullmatch(_line(call))
    return _ABOUT.fullmatch(call.text) if found and found["verb"].casefold() == "done" else found


def _line(call: Invocation) -> str:
    return call.paragraph.partition("\n")[0]


def _barred(incident: Incident, call: Invocation) -> Refused | None:
    """Who leads gives tasks; what becomes of one is told by those whom it concerns."""
    about = _about(call)
    leads = incident.people.holds(call.actor, *GIVERS)
    if about is None and not leads and (meant := task_meant(f"task {call.text}")):
        return Refused("a task needs one person, and what to do", meant)
    if about is None:
        givers = f"the Technical Lead, a Technical Assist or the Incident Lead{_names(incident)}"
        return None if leads else Refused(f"tasks can only be assigned by {givers}")
    found = _meant(incident, about["number"])
    if found is None or found.is_at(call.actor, incident.people):
        return None
    concerned = leads or is_same_account(found.by, call.actor)
    match about["verb"].casefold():
        case "done":
            may = concerned or incident.people.holds(call.actor, Role.SCRIBE)
            return None if may else _not_theirs(incident, found)
        case "pass" if concerned:
            return None
    return _not_theirs(incident, found)


def _given(incident: Incident, call: Invocation) -> Sought:
    """Return who gets the work; what is said of work that is done may name anybody."""
    about = _about(call)
    if about is None:
        return whom_in_prose(incident, call)
    return Sought(tuple(mentions(_line(call)))) if about["verb"].casefold() == "pass" else Sought()


def _has_it(incident: Incident, call: Invocation) -> bool:
    """Whoever was given a task says what became of it, whatever else they may do in the project."""
    about = _about(call)
    if about is None:
        return False
    mine = [one.number for one in incident.work.tasks if one.is_at(call.actor, incident.people)]
    return int(about["number"]) in mine if about["number"] else bool(mine)


@command(
    "task",
    section=Section.WORK,
    usage="task @<who> <text> | accept <number> | done <number> [<result>] | pass <number> @<who>",
    aliases=("todo",),
    examples=(
        "task @carol look where the connections come from",
        "task accept 1",
        "task done 1 all of them are from the report job",
        "task pass 1 @dana",
    ),
    barred=_barred,
    theirs=_has_it,
    names=_given,
    takes=Takes.TEXT,
    by_settings=True,
)
def task(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Assign or update a task.

    The Technical Lead assigns tasks to the Technical Assist, and the Assist to anyone who can help; the
    Incident Lead may do both. You can update a task that was assigned to you without any access to the project;
    if you pass it on, you stay accountable for it. People who help with the fix count as technical, and should
    not test it.
    """
    about = _about(call)
    if about is None:
        return _give(incident, call)
    found = _meant(incident, about["number"])
    if found is None:
        return _no_task(incident, about["verb"].casefold(), about["number"], about["rest"])
    match about["verb"].casefold():
        case "accept" if says(about["rest"]):
            reason = "`task accept` takes only the number; report the result with `task done`"
            return Refused(reason, f"task accept {found.number}")
        case "accept":
            return _with(incident, replace(found, accepted=True))
        case "done":
            return _done(incident, call, found, after_break(about["rest"]))
    return _pass(incident, call, found, about["rest"])


def _give(incident: Incident, call: Invocation) -> Incident | Refused:
    given, text = people(call.text, call)
    text = after_break(text)
    if len(given) != 1 or not text:
        form = f"task @{given[0].login if len(given) == 1 else '<who>'} {text or '<text>'}"
        instead = "" if given else task_meant(f"task {text}") or _named_bare(call, incident, text)
        return Refused("a task needs one person, and what to do", instead, form)
    [who] = given
    if (other := _NUMBER.fullmatch(text)) and (meant := _meant(incident, other["number"])):
        reason = f"task {meant.number} is {quoted(meant.text)}; to pass it on, say so"
        return Refused(reason, f"task pass {meant.number} @{who.login}", f"task @{who.login} <text>")
    if _spared(incident, call, who):
        return _leave_alone(text)
    number = len(incident.work.tasks) + 1
    technical = incident.people.holds(call.actor, *TECHNICAL)
    new = Task(number, text, who, call.actor, call.at, call.url, technical)
    entry = entry_of(call.origin, Kind.TASK_GIVEN, what=str(number), who=who.login, text=text)
    return incident.having(entry, work=replace(incident.work, tasks=(*incident.work.tasks, new)))


def _more_tasks(incident: Incident, said: str) -> list[int]:
    """Return the other open tasks that are named, if it says nothing but their numbers."""
    numbers = [int(one) for one in re.findall(r"[0-9]{1,4}", said)] if _NUMBERS.fullmatch(said) else []
    known = {one.number for one in incident.work.open_tasks}
    return numbers if numbers and set(numbers) <= known else []


def _named_bare(call: Invocation, incident: Incident, text: str) -> str:
    """Return the line for ``bob look at the logs``, where bob is somebody of the incident; else none."""
    word, _, what = text.partition(" ")
    login = known_names(call, incident).get(word.casefold().rstrip(":,"), "")
    return f"task @{login} {after_break(what)}" if login and what else ""


def _done(incident: Incident, call: Invocation, found: Task, result: str) -> Incident | Refused:
    if others := _more_tasks(incident, result):
        lines = "\n".join(f"task done {number}" for number in (found.number, *others))
        return Refused("one task per line", lines)
    entry = entry_of(call.origin, Kind.TASK_DONE, what=str(found.number), who=found.people[-1].login, text=result)
    return _with(incident, replace(found, done=True)).having(entry)


def _pass(incident: Incident, call: Invocation, found: Task, rest: str) -> Incident | Refused:
    given, left = people(rest, call)
    left = _TO.sub("", left)
    if len(given) != 1 or left:
        words = left.split()
        bare = words[0] if not given and len(words) == 1 and is_name(words[0]) else "<who>"
        who = given[0].login if len(given) == 1 else bare
        return Refused("to whom?", f"task pass {found.number} @{who}")
    [heir] = given
    if _spared(incident, call, heir):
        return _leave_alone(found.text)
    carrier = None if is_same_account(heir, found.who) else heir
    technical = found.technical or incident.people.holds(call.actor, *TECHNICAL)
    passed = _with(incident, replace(found, carrier=carrier, technical=technical, accepted=False))
    entry = entry_of(call.origin, Kind.TASK_PASSED, what=str(found.number), who=heir.login, text=found.who.login)
    return passed.having(entry)


def _meant(incident: Incident, number: str | None) -> Task | None:
    return next((one for one in incident.work.open_tasks if number and one.number == int(number)), None)


def _not_theirs(incident: Incident, found: Task) -> Refused:
    who = found.people[-1]
    unseen = f"; the bridge cannot see who is in {quoted(who.login)}" if incident.people.unseen(who) else ""
    return Refused(f"task {found.number} is for {quoted(who.login)}{unseen}")


def _with(incident: Incident, task: Task) -> Incident:
    return replace(
        incident,
        work=replace(
            incident.work, tasks=tuple(task if one.number == task.number else one for one in incident.work.tasks)
        ),
    )


def _no_task(incident: Incident, verb: str, number: str | None, rest: str) -> Refused:
    waiting = [one.number for one in incident.work.tasks if not one.done]
    what = f"there is no open task {number}" if number else "which task?"
    if not waiting:
        return Refused(what)
    which = waiting[0] if len(waiting) == 1 and not number else "<number>"
    example = f"task {verb} {which} {rest or ('@<who>' if verb == 'pass' else '')}".strip()
    return Refused(f"{what}; open tasks: {', '.join(map(str, waiting))}" if number else what, example)


def _spared(incident: Incident, call: Invocation, who: Person) -> bool:
    """Whether the task would come back to the Technical Lead, who is to be left alone with it (S5, S48)."""
    return incident.people.holds(who, Role.TECHNICAL_LEAD) and not is_same_account(who, call.actor)


def _leave_alone(text: str) -> Refused:
    return Refused("the Technical Lead is not assigned tasks; propose it instead", f"propose {text}")


def _names(incident: Incident) -> str:
    names = dict.fromkeys(assignment.login for assignment in incident.people.holders(*GIVERS))
    return f": {', '.join(map(quoted, names))}" if names else ""


@command(
    "propose",
    section=Section.WORK,
    usage="propose <text>",
    aliases=("proposal", "hypothesis"),
    examples=("propose roll the checkout service back to Tuesday's version",),
    takes=Takes.TEXT,
    by_settings=True,
)
def propose(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Propose a fix, or a possible cause.

    The status comment shows it until a fix is in, and so does the brief for people who join.
    """
    if not call.text:
        return Refused("what could fix it?", "propose <text>")
    entry = entry_of(call.origin, Kind.PROPOSED, text=call.text)
    return incident.having(entry, work=replace(incident.work, proposals=(*incident.work.proposals, _remark(call))))


@command(
    "help-offer",
    section=Section.WORK,
    usage="help-offer <text>",
    aliases=("offer", "can-help"),
    examples=("help-offer I know the payment provider's people, and can call them",),
    takes=Takes.TEXT,
)
def help_offer(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Offer help without interrupting anyone.

    The Incident Lead and the Technical Assist see the offer in the status comment, and get back to you with a
    task or a role.
    """
    if not call.text:
        return Refused("how can you help?", "help-offer <text>")
    return replace(incident, work=replace(incident.work, offers=(*incident.work.offers, _remark(call))))


@command(
    "question",
    section=Section.WORK,
    usage="question <text>",
    aliases=("park",),
    examples=("question why did no alarm go off?",),
    when=When.DECLARED,
    in_review=True,
    takes=Takes.TEXT,
    by_settings=True,
)
def question(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Save a question for the postmortem.

    For questions that are worth asking, but whose answers do not help to fix the incident now.
    """
    if not call.text:
        return Refused("what is the question?", "question <text>")
    return replace(incident, work=replace(incident.work, questions=(*incident.work.questions, _remark(call))))


def _remark(call: Invocation) -> Contribution:
    return Contribution(call.actor.login, call.text, call.at, call.url)
