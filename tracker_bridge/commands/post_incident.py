"""The review, and what is to be done (S108-S113)."""

import re
from dataclasses import replace
from datetime import date, timedelta

from tracker_bridge.commands._elsewhere import foreign, why_not
from tracker_bridge.domain.fold.arguments import people, plain_dashes, quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.fold.lookups import whom_in_prose
from tracker_bridge.domain.incident.due import FORM, Due, find_due
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.postmortem import Action, Postmortem
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.times import BadTime, leading_day, parse_day
from tracker_bridge.domain.incident.work import Contribution, FailedChange
from tracker_bridge.domain.issue.elsewhere import PROJECT
from tracker_bridge.domain.issue.grammar import Takes
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.patterns import at_first_use

MAX_ACTIONS = 50
_IN = at_first_use(r"(?<!\S)--in(?!\S)")

_OWNER = at_first_use(
    r"\s+(?:(?:owner|assignee|owned by|assigned to|assign to)[:=]?|[-–—])(?=\s*(?:due\b.*)?$)", re.IGNORECASE
)
"""What stood before the name of the owner, and says nothing without it."""

_UNKNOWN = at_first_use(
    r"(?:unknown|not (?:yet )?(?:known|sure|clear)|unclear|unsure|tbd|tbc|n/?a|no idea|me|us|it|\?+|"
    r"(?:to be |still (?:to be )?|being )?(?:determined|investigated|investigating))[.!?]*",
    re.IGNORECASE,
)
_LATE = timedelta(days=7)
_TASK_BOX = at_first_use(r"^(?:[-*]\s+)?\[[ xX]?\]\s+|^[-*]\s+")
_NOT = at_first_use(r"not\s+(?:by\s|[#!]|the\s|a\s|our\s)", re.IGNORECASE)
_BY = at_first_use(r"by\b:?\s*", re.IGNORECASE)
_NONE = at_first_use(
    r"(?:no(?:ne|thing|body)?|no one|not)(?:\s+(?:of\s+ours|an?|change|deploy(?:ment)?|merge|release))*[.!]?",
    re.IGNORECASE,
)


@command(
    "postmortem",
    section=Section.END,
    usage="postmortem [<date>]",
    aliases=("review",),
    examples=("postmortem", "postmortem 2026-12-01"),
    when=When.DECLARED,
    by_settings=True,
    in_review=True,
)
def postmortem(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Request the postmortem review, for now or for a given day.

    When the incident is resolved, an issue is opened for the review: with the statistics, the summary timeline,
    and sections for the root cause, action items, how the process went, and saved questions. Everyone who took
    part is invited. Use it again to change the day.
    """
    day = _review_day(incident, call) if call.text else None
    if isinstance(day, Refused):
        return day
    return replace(
        incident, follow_up=replace(incident.follow_up, postmortem=Postmortem(day, call.actor.login, call.url))
    )


def _review_day(incident: Incident, call: Invocation) -> date | Refused:
    day = parse_day(call.text, call.at, incident.rules.timezone)
    if not isinstance(day, BadTime):
        today = call.at.astimezone(incident.rules.timezone).date()
        return day if day >= today else Refused(f"{day} is in the past", f"postmortem {FORM}")
    words = call.text.split()
    found = leading_day(words, call.at, incident.rules.timezone)
    if found is None or isinstance(found[0], BadTime):
        return Refused(
            found[0].reason if found and isinstance(found[0], BadTime) else day.reason, f"postmortem {FORM}"
        )
    more = " ".join(words[found[1] :])
    return Refused(f"only the day is recorded, not {quoted(more)}", f"postmortem {found[0]}")


@command(
    "action",
    section=Section.END,
    usage="action <text> @<who> [due <date>] [--in <project>]",
    examples=(
        "action alert on the size of the connection pool @bob due 2026-12-15",
        "action retry when the pool is full @dana --in acme/web",
    ),
    when=When.DECLARED,
    in_review=True,
    takes=Takes.TEXT,
    names=whom_in_prose,
    by_settings=True,
)
def action(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Add an action item, so that it does not happen again.

    Opens an issue for it, assigned and linked; the postmortem review shows whether it is done. Its owner is
    reminded once the due date has passed. The date is `2026-12-15`, `15 Dec`, `tomorrow`, `friday`, `in 2
    weeks`; without one, it is what the team's settings say for the severity. Assign the issue to someone else to
    hand it over; close it as not planned to drop it. `--in acme/web` opens it in another project that the bridge
    serves and where you have triage access; not where more people can read it than this incident.
    """
    placed = _placed(incident, call)
    if isinstance(placed, Refused):
        return placed
    said, project = placed
    abroad = f" --in {project}" if project else ""
    due = _due(incident, call, said)
    if due.fault:
        return Refused(due.fault, f"action {due.text}{abroad}")
    owners, text = people(due.text, call)
    text = _TASK_BOX.sub("", _OWNER.sub("", text) if owners else text).rstrip(" ,;:-–—")
    owner = owners[0].login if len(owners) == 1 else "<who>"
    line = f"action {text or '<text>'} @{owner}{f' due {due.day}' if due.day else ''}"
    if refused := _misplaced(call, project, line):
        return refused
    if not text or len(owners) != 1:
        return Refused("name one owner" if text else "what needs to be done?", f"{line}{abroad}")
    if len(incident.follow_up.actions) >= MAX_ACTIONS:
        return Refused(f"there are already {MAX_ACTIONS}; add the rest to the review issue")
    number = len(incident.follow_up.actions) + 1
    day = due.day or _usual_day(incident, call)
    by = call.actor
    new = Action(call.id, number, text, owners[0].login, day, by.login, call.url, project=project, by_id=by.id)
    return replace(incident, follow_up=replace(incident.follow_up, actions=(*incident.follow_up.actions, new)))


def _due(incident: Incident, call: Invocation, said: str) -> Due:
    """Find the day; one of the past is a slip, unless it was noted while the tracker was down and comes late."""
    due = find_due(said, call.at, incident.rules.timezone)
    today = call.at.astimezone(incident.rules.timezone).date()
    if due.day and today - due.day > _LATE:
        return Due(f"{due.text} due {FORM}", fault=f"{due.day} is in the past")
    return due


def _placed(incident: Incident, call: Invocation) -> tuple[str, str] | Refused:
    """Split ``look at it @bob --in acme/web`` into what is said and the project, empty for the incident's own."""
    said, *after = _IN.split(plain_dashes(call.text, ("in",)), maxsplit=1)
    if not after:
        return said, ""
    project, *more = after[0].split() or [""]
    said = " ".join((said.strip(), *more))
    if not PROJECT.fullmatch(project):
        return Refused("name the project as `owner/name`", f"action {said or '<text> @<who>'} --in <project>")
    return said, foreign(project, incident)


def _misplaced(call: Invocation, project: str, line: str) -> Refused | None:
    """Refuse what may not be opened in another project; ``line`` opens it in this one."""
    problem = call.thread.problem(project, 0, call.actor) if project else None
    if problem is None:
        return None
    exposed = f"{quoted(project)} can be seen by more people than this incident"
    return Refused(exposed if problem.exposed else why_not(problem, project, project, "triage"), line, final=True)


def _usual_day(incident: Incident, call: Invocation) -> date | None:
    """Return until when it is due if nobody says so, where the team has settled that for the severity."""
    length = incident.rules.action_due_of(incident.severity)
    return (call.at + length).astimezone(incident.rules.timezone).date() if length else None


@command(
    "cause",
    section=Section.END,
    usage="cause <text>",
    aliases=("root-cause",),
    examples=("cause the pool's size was read from a file that the deploy no longer ships",),
    when=When.DECLARED,
    in_review=True,
    takes=Takes.TEXT,
)
def cause(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Record a root cause, for the postmortem review.

    During the incident, save questions about it with `question`. There can be several causes.
    """
    if not call.text:
        return Refused("what was the cause?", "cause <text>")
    if _UNKNOWN.fullmatch(call.text):
        return Refused("leave it out until it is known", form="cause <text>")
    said = Contribution(call.actor.login, call.text, call.at, call.url)
    return replace(incident, work=replace(incident.work, causes=(*incident.work.causes, said)))


@command(
    "caused",
    section=Section.END,
    usage="caused by <merge or deployment>",
    aliases=("caused-by", "broken-by"),
    examples=("caused by #45", "caused by the deployment of checkout 4.2", "caused by none"),
    when=When.DECLARED,
    in_review=True,
)
def caused(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Record which merge or deployment caused the incident, or that none did.

    Name it as your team does: `#45`, `!45`, its URL, a version. `caused by none` says that no change of yours did.
    Reports count failed changes, and the time to recover from them, only where this is known. Use it again to
    correct it.
    """
    found = _BY.match(call.text)
    what = call.text[found.end() :] if found else call.text
    if not what:
        return Refused("which merge or deployment?", form="caused by <merge or deployment>")
    if _NOT.match(call.text) or _NOT.match(what):
        reason = "name what caused it; `caused by none` says that no change of yours did"
        return Refused(reason, form="caused by <merge or deployment>")
    if _UNKNOWN.fullmatch(what):
        return Refused("leave it out until it is known", form="caused by <merge or deployment>")
    named = "" if _NONE.fullmatch(what) else what
    said = FailedChange(named, call.actor.login, call.at, call.url)
    return replace(incident, work=replace(incident.work, failed_change=said))
