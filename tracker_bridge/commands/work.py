"""Work for others, proposals, offers to help and questions that can wait (S42-S49, S94, S95)."""

import re
from dataclasses import replace

from tracker_bridge.domain.arguments import people, quoted
from tracker_bridge.domain.calls import Call
from tracker_bridge.domain.command import Section, When, command
from tracker_bridge.domain.fixing import warn
from tracker_bridge.domain.incident import Incident
from tracker_bridge.domain.replies import Refused
from tracker_bridge.domain.roles import Role, is_same
from tracker_bridge.domain.timeline import Kind, entry_of
from tracker_bridge.domain.work import Remark, Task

GIVERS = (Role.TECHNICAL_LEAD, Role.TECHNICAL_ASSIST, Role.INCIDENT_LEAD)
TECHNICAL = (Role.TECHNICAL_LEAD, Role.TECHNICAL_ASSIST)

_ABOUT = re.compile(r"(?P<verb>accept|done|pass)\b\s*#?(?P<number>[0-9]{1,4}\b)?\s*(?P<rest>.*)", re.IGNORECASE)


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
)
def task(incident: Incident, call: Call) -> Incident | Refused:
    """
    Hand somebody a piece of work, and say what became of it.

    The Technical Lead hands work to the Technical Assist, and the Assist to whoever can help; the Incident
    Lead may as well. Whoever passes a task on stays answerable for it. Those who help with the fix count as
    technical, and should not test it.
    """
    about = _ABOUT.fullmatch(call.text)
    if about is None:
        return _give(incident, call)
    found = next((one for one in incident.tasks if about["number"] and one.number == int(about["number"])), None)
    if found is None or found.done:
        return _no_task(incident, about["verb"].casefold(), about["number"])
    match about["verb"].casefold():
        case "accept":
            return _accept(incident, call, found)
        case "done":
            return _done(incident, call, found, about["rest"])
    return _pass(incident, call, found, about["rest"])


def _give(incident: Incident, call: Call) -> Incident | Refused:
    logins, text = people(call.text)
    if not _may_give(incident, call.actor.login):
        return Refused(
            f"tasks are given by the Technical Lead, a Technical Assist or the Incident Lead{_names(incident)}",
            "help-offer TEXT",
        )
    if len(logins) != 1 or not text:
        instead = f"task @{logins[0] if logins else 'somebody'} {text or 'TEXT'}"
        return Refused("a task is for one person, and says what to do", instead)
    if _spared(incident, call, logins[0]):
        return _leave_alone(text)
    number = len(incident.tasks) + 1
    technical = incident.holds(call.actor.login, *TECHNICAL)
    given = Task(number, text, logins[0], call.actor.login, call.at, call.url, technical)
    entry = entry_of(call.cause, Kind.TASK_GIVEN, what=str(number), who=logins[0], text=text)
    return warn(incident.having(entry, tasks=(*incident.tasks, given)), call.cause, known=incident.partial_testers)


def _accept(incident: Incident, call: Call, found: Task) -> Incident | Refused:
    if not any(is_same(login, call.actor.login) for login in found.people):
        return Refused(f"task {found.number} is for {quoted(found.people[-1])}", "help-offer I can do that")
    return _with(incident, replace(found, accepted=True))


def _done(incident: Incident, call: Call, found: Task, result: str) -> Incident | Refused:
    mine = any(is_same(login, call.actor.login) for login in (*found.people, found.by))
    if not mine and not incident.holds(call.actor.login, *GIVERS, Role.SCRIBE):
        return Refused(f"task {found.number} is for {quoted(found.people[-1])}", f"note {result or call.text}")
    entry = entry_of(call.cause, Kind.TASK_DONE, what=str(found.number), who=found.people[-1], text=result)
    return _with(incident, replace(found, done=True)).having(entry)


def _pass(incident: Incident, call: Call, found: Task, rest: str) -> Incident | Refused:
    logins, _ = people(rest)
    if len(logins) != 1:
        return Refused("to whom?", f"task pass {found.number} @somebody")
    mine = any(is_same(login, call.actor.login) for login in (*found.people, found.by))
    if not mine and not _may_give(incident, call.actor.login):
        return Refused(f"task {found.number} is for {quoted(found.people[-1])}", "help-offer I can do that")
    if _spared(incident, call, logins[0]):
        return _leave_alone(found.text)
    carrier = "" if is_same(logins[0], found.who) else logins[0]
    technical = found.technical or incident.holds(call.actor.login, *TECHNICAL)
    passed = _with(incident, replace(found, carrier=carrier, technical=technical, accepted=False))
    entry = entry_of(call.cause, Kind.TASK_PASSED, what=str(found.number), who=logins[0], text=found.who)
    return warn(passed.having(entry), call.cause, known=incident.partial_testers)


def _with(incident: Incident, task: Task) -> Incident:
    return replace(incident, tasks=tuple(task if one.number == task.number else one for one in incident.tasks))


def _no_task(incident: Incident, verb: str, number: str | None) -> Refused:
    waiting = [one.number for one in incident.tasks if not one.done]
    what = f"there is no open task {number}" if number else "which task?"
    if not waiting:
        return Refused(what, "show")
    example = f"task {verb} {waiting[0]}" + (" @somebody" if verb == "pass" else "")
    return Refused(f"{what}; open are {', '.join(map(str, waiting))}" if number else what, example)


def _may_give(incident: Incident, login: str) -> bool:
    return incident.holds(login, *GIVERS)


def _spared(incident: Incident, call: Call, login: str) -> bool:
    """Whether the task would come back to the Technical Lead, who is to be left alone with it (S5, S48)."""
    lead = incident.holds(login, Role.TECHNICAL_LEAD)
    return lead and not is_same(login, call.actor.login)


def _leave_alone(text: str) -> Refused:
    return Refused("the Technical Lead is not given tasks; propose it instead", f"propose {text}")


def _names(incident: Incident) -> str:
    names = dict.fromkeys(holding.login for holding in incident.holders(*GIVERS))
    return f": {', '.join(map(quoted, names))}" if names else ""


@command(
    "propose",
    section=Section.WORK,
    usage="propose <text>",
    aliases=("proposal", "hypothesis"),
    examples=("propose roll the checkout service back to Tuesday's version",),
)
def propose(incident: Incident, call: Call) -> Incident | Refused:
    """
    Put down what could fix it, or what could be behind it.

    It stands in the status comment until a fix is in, and in the brief for whoever joins.
    """
    if not call.text:
        return Refused("what could fix it?", "propose TEXT")
    entry = entry_of(call.cause, Kind.PROPOSED, text=call.text)
    return incident.having(entry, proposals=(*incident.proposals, _remark(call)))


@command(
    "help-offer",
    section=Section.WORK,
    usage="help-offer <text>",
    aliases=("offer", "can-help"),
    examples=("help-offer I know the payment provider's people, and can call them",),
)
def help_offer(incident: Incident, call: Call) -> Incident | Refused:
    """
    Offer your help without disturbing anybody.

    The Incident Lead and the Technical Assist find it in the status comment, and come back to you with a task
    or a role.
    """
    if not call.text:
        return Refused("what can you do?", "help-offer TEXT")
    return replace(incident, offers=(*incident.offers, _remark(call)))


@command(
    "question",
    section=Section.WORK,
    usage="question <text>",
    aliases=("park",),
    examples=("question why did no alarm go off?",),
    when=When.DECLARED,
)
def question(incident: Incident, call: Call) -> Incident | Refused:
    """
    Keep a question for the postmortem.

    What is interesting, and does not help to fix it now, waits there for its answer.
    """
    if not call.text:
        return Refused("what is to be asked later?", "question TEXT")
    return replace(incident, questions=(*incident.questions, _remark(call)))


def _remark(call: Call) -> Remark:
    return Remark(call.actor.login, call.text, call.at, call.url)
