"""How an incident ends, and how it comes back."""

import re
from dataclasses import replace

from tracker_bridge.commands._elsewhere import issue_named, why_not
from tracker_bridge.domain.fold.arguments import Options, moment, options, quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.roles import Role, is_same
from tracker_bridge.domain.incident.testing import confirmation
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.incident.times.behind import holds_time
from tracker_bridge.domain.issue.elsewhere import NAMED_IN_TEXT, name_of
from tracker_bridge.domain.issue.grammar import Takes
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.spelling import says
from tracker_bridge.domain.issue.thread_context import LinkProblem
from tracker_bridge.domain.transitions import fixing, lifecycle

_IT = at_first_use(r"(?:(?:it|this|that|the|incident|issue|everything|now|please)[.!]?\s*)+", re.IGNORECASE)
_OTHER = at_first_use(
    r"(?:(?:the|my|our|this|that|a|an|last|latest|previous|all)\s+)*(?:snooz(?:e|ing)|reminders?|pag(?:e|es|ing)|updates?|"
    r"notes?|tasks?|claim|roles?|severity|captures?|commands?|comments?|actions?(?:\s+items?)?|tests?\s+requests?|"
    r"postmortem|review|maintenance|meeting|hand-?off|exception)(?:\s+(?:#?[0-9.]+|@\S+|for\s+@?\w+))?[.!]?",
    re.IGNORECASE,
)
"""Something of the incident, and no reason why there is none."""
_TIME_WORDS = 5
"""Words of the longest time that somebody puts in front of more."""


def _early(incident: Incident, call: Invocation) -> Refused | None:
    """
    Without a tester's word the Incident Lead answers for it (S106); where there is nobody, whoever may.

    Against a tester's word it takes a reason.
    """
    given = _despite(call)
    if isinstance(given, Refused) or not incident.active:
        return None
    return _unconfirmed(incident, call) or _overruling(incident, given)


def _despite(call: Invocation) -> Options | Refused:
    """Split ``14:50 --despite the tester's own network is down``."""
    return options(re.sub(r"(?<!\S)(?<!-)despite(?=\s)", "--despite", call.text, count=1), ("despite",))


def _overruling(incident: Incident, given: Options) -> Refused | None:
    """Whoever resolves it against a failed test says why; nobody does where there is none."""
    failed, why = incident.testing.failed, given.values.get("despite", "")
    line = f"resolve {given.rest}".strip()
    if failed and not why:
        who = ", ".join(quoted(one.tester) for one in failed[:3])
        reason = f"the last test failed ({who}); record another fix, or give the reason for resolving it anyway"
        return Refused(reason, f"{line} --despite <why>")
    return Refused("no test has failed, so `--despite` is not needed", line) if why and not failed else None


def _unconfirmed(incident: Incident, call: Invocation) -> Refused | None:
    testers, leads = incident.people.logins(Role.TESTER), incident.people.logins(Role.INCIDENT_LEAD)
    if incident.confirmed or incident.people.holds(call.actor, Role.INCIDENT_LEAD) or not (testers or leads):
        return None
    lead = quoted(leads[0]) if leads else "nobody yet"
    if not testers:
        return Refused(f"there are no testers, so only the Incident Lead can resolve ({lead})", asked=leads)
    if confirmation(incident.testing.findings):
        return Refused("the test passed, but no fix is recorded; say when it was applied", form="fixed <time>")
    reason = "no tester has confirmed the fix yet; until then, only the Incident Lead can resolve"
    if leads:
        return Refused(f"{reason} ({lead})", asked=leads)
    asked = tuple(one for one in testers if not is_same(one, call.actor.login))
    return Refused(f"{reason} ({lead})", asked=asked, wish="please verify the fix" if asked else "")


@command(
    "resolve",
    section=Section.END,
    usage="resolve [<time>] [--despite <why>]",
    access=Access.WRITE,
    led=True,
    aliases=("resolved",),
    examples=("resolve", "resolve 14:50", "resolve --despite the test system itself is down"),
    when=When.COUNTED,
    barred=_early,
)
def resolve(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Resolve the incident.

    It ended at `<time>`; otherwise when the fix went in, if `fixed` recorded that; otherwise now. The bot posts
    the scribe's summary and closes the issue. Closing the issue by hand does the same. A tester's `test pass`
    has to come first; without one, only the Incident Lead can resolve, and the testers are asked to verify the
    fix afterwards. After a failed test it takes `--despite` and a reason, which the summary shows; closing the
    issue by hand is recorded as such. Used again with a `<time>`, it corrects when the incident ended.
    """
    given = _despite(call)
    if isinstance(given, Refused):
        return given
    why = given.values.get("despite", "")
    at = moment(given.rest, incident, call) if says(given.rest) else None
    if isinstance(at, Refused) and (meant := _with_note(given.rest, incident, call)):
        at = replace(at, instead=meant, form=f"{call.verb} <time>")
    if not incident.active:
        return _correction(incident, call, at, why)
    if isinstance(at, Refused):
        return at
    return fixing.resolve(incident, call.origin, at, why)


def _with_note(said: str, incident: Incident, call: Invocation) -> str:
    """Return the lines for ``14:50 all is well``: the end, and what was said besides; empty for a wrong time."""
    if _IT.fullmatch(said):
        return "resolve"
    words = said.split()
    for count in range(min(len(words) - 1, _TIME_WORDS), 0, -1):
        time = " ".join(words[:count])
        if not isinstance(moment(time, incident, call), Refused):
            rest = " ".join(words[count:]).lstrip("-–—:,; ")
            return "" if holds_time(rest) else f"resolve {time.rstrip(':,;')}\nnote {rest}"
    return "" if holds_time(said) else f"resolve\nnote {said.lstrip('-–—:,; ')}"


def _correction(incident: Incident, call: Invocation, at: Moment | Refused | None, why: str) -> Incident | Refused:
    if why and incident.ending.despite and not isinstance(at, Refused):
        incident = lifecycle.explain_end(incident, why)
        return lifecycle.correct_end(incident, call.origin, at) if at else incident
    if at is None:
        return Refused(
            "this incident is already resolved; to correct when it ended, give a time", "resolve <time>"
        )
    return at if isinstance(at, Refused) else lifecycle.correct_end(incident, call.origin, at)


@command(
    "reopen",
    section=Section.END,
    usage="reopen [<why>]",
    access=Access.WRITE,
    led=True,
    examples=("reopen the errors are back",),
    when=When.DECLARED,
    takes=Takes.TEXT,
)
def reopen(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Reopen the incident.

    The clock keeps running, and the summary says so. Reopening the issue by hand does the same.
    """
    if incident.active:
        return Refused("this incident is still open")
    reopened = lifecycle.reopen(incident, call.origin, call.text)
    return replace(reopened, ending=replace(reopened.ending, unlabeled=False))


@command(
    "cancel",
    section=Section.END,
    usage="cancel <why>",
    access=Access.WRITE,
    led=True,
    examples=("cancel it was a false alarm",),
    when=When.DECLARED,
    takes=Takes.TEXT,
)
def cancel(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Cancel the incident, if it was not one.

    It is left out of all statistics. Removing the incident label does the same.
    """
    if incident.phase is Phase.CANCELLED:
        return Refused("this incident is already cancelled")
    if not says(call.text) or _IT.fullmatch(call.text):
        return Refused("give a reason", "cancel <why>")
    if _OTHER.fullmatch(call.text):
        reason = "`cancel` ends the incident as none; to undo something else, edit or delete its comment"
        return Refused(reason, form="cancel <why>")
    return lifecycle.cancel(
        replace(
            incident,
            times=replace(incident.times, fixed=None, resolved=None),
        ),
        call.origin,
        call.text,
    )


@command(
    "merge",
    section=Section.END,
    usage="merge #<number> | <project>#<number>",
    access=Access.WRITE,
    led=True,
    aliases=("duplicate", "duplicate-of"),
    examples=("merge #12", "merge acme/web#12"),
    when=When.DECLARED,
)
def merge(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Mark this as a duplicate of another incident.

    This issue is linked to it and closed, and work continues there; a comment in both says so. What was
    recorded here stays. You can give the other incident's number, its URL, or `acme/web#12` for one of another
    project that the bridge serves, where you need write access as well. `reopen` undoes it.
    """
    if incident.phase is Phase.CANCELLED:
        return Refused("this incident is already cancelled")
    found = issue_named(call.text, incident)
    if found is None:
        return Refused("which incident?", _one_named(call))
    project, number = found
    if found == ("", incident.ref.number):
        return Refused("an incident cannot be merged into itself", "merge #<number>")
    if problem := call.thread.problem(project, number, call.actor):
        return _unfit(incident, project, number, problem)
    return lifecycle.merge(
        replace(
            incident,
            times=replace(incident.times, fixed=None, resolved=None),
        ),
        call.origin,
        number,
        project,
    )


def _one_named(call: Invocation) -> str:
    """Return the line for the only issue that the words name."""
    names = dict.fromkeys(found[0] for found in NAMED_IN_TEXT.finditer(call.text))
    return f"merge {next(iter(names))}" if len(names) == 1 else "merge #<number>"


def _unfit(incident: Incident, project: str, number: int, other: LinkProblem) -> Refused:
    name = f"{project}#{number}"
    if other.barred or other.exposed or (other.gone and project):
        return Refused(why_not(other, name_of(project, number), project, "write"), final=True)
    if other.merged_into == name_of("", incident.ref.number):
        return Refused(f"{quoted(name)} is already merged into this incident")
    if other.merged_into:
        into = other.merged_into if "#" in other.merged_into else f"#{other.merged_into}"
        return Refused(f"{quoted(name)} is itself a duplicate; work continues in {quoted(into)}", f"merge {into}")
    if other.cancelled:
        return Refused(f"incident {quoted(name)} is cancelled")
    return Refused(f"there is no incident {quoted(name)}{'' if project else ' in this project'}")
