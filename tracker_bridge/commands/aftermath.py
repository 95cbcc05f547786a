"""The review, and what is to be done (S108-S113)."""

from dataclasses import replace
from datetime import date

from tracker_bridge.domain.arguments import people, quoted
from tracker_bridge.domain.calls import Call
from tracker_bridge.domain.command import Section, When, command
from tracker_bridge.domain.due import FORM, find_due
from tracker_bridge.domain.grammar import Takes
from tracker_bridge.domain.incident import Incident
from tracker_bridge.domain.naming import whom_in_prose
from tracker_bridge.domain.postmortem import Action, Postmortem
from tracker_bridge.domain.replies import Refused
from tracker_bridge.domain.times import BadTime, leading_day, parse_day
from tracker_bridge.domain.work import Remark

MAX_ACTIONS = 50


@command(
    "postmortem",
    section=Section.END,
    usage="postmortem [<date>]",
    aliases=("review",),
    examples=("postmortem", "postmortem 2026-12-01"),
    when=When.DECLARED,
)
def postmortem(incident: Incident, call: Call) -> Incident | Refused:
    """
    Call for the postmortem review, now or on a day.

    When the incident is resolved, an issue is opened for it: with the statistics and the summary timeline,
    room for the root cause, the action items, how the process went, and the questions that were parked.
    Everybody who took part is invited. Saying it again moves the day.
    """
    day = _review_day(incident, call) if call.text else None
    if isinstance(day, Refused):
        return day
    return replace(incident, postmortem=Postmortem(day, call.actor.login, call.url))


def _review_day(incident: Incident, call: Call) -> date | Refused:
    day = parse_day(call.text, call.at, incident.rules.zone)
    if not isinstance(day, BadTime):
        return day
    words = call.text.split()
    found = leading_day(words, call.at, incident.rules.zone)
    if found is None or isinstance(found[0], BadTime):
        return Refused(
            found[0].reason if found and isinstance(found[0], BadTime) else day.reason, f"postmortem {FORM}"
        )
    more = " ".join(words[found[1] :])
    return Refused(f"{quoted(more)} is more than the day, which is all that is kept", f"postmortem {found[0]}")


@command(
    "action",
    section=Section.END,
    usage="action <text> @<who> [due <date>]",
    examples=("action alert on the size of the connection pool @bob due 2026-12-15",),
    when=When.DECLARED,
    takes=Takes.TEXT,
    names=whom_in_prose,
)
def action(incident: Incident, call: Call) -> Incident | Refused:
    """
    Put down what is to be done so that it does not happen again.

    An issue is opened for it, assigned and linked; the postmortem review shows whether it is done. Whoever owns
    it is reminded once the day is past. The day is `2026-12-15`, `15 Dec`, `tomorrow`, `friday`, `in 2 weeks`.
    """
    due = find_due(call.text, call.at, incident.rules.zone)
    if due.fault:
        return Refused(due.fault, f"action {due.text}")
    owners, text = people(due.text, call, incident)
    owner = owners[0].login if len(owners) == 1 else "<who>"
    line = f"action {text or '<text>'} @{owner}{f' due {due.day}' if due.day else ''}"
    if not text:
        return Refused("what is to be done?", line)
    if len(owners) != 1:
        return Refused("name one person who sees to it", line)
    if len(incident.actions) >= MAX_ACTIONS:
        return Refused(f"there are {MAX_ACTIONS} already; put the rest into the review's issue")
    number = len(incident.actions) + 1
    new = Action(call.id, number, text, owners[0].login, due.day, call.actor.login, call.url)
    return replace(incident, actions=(*incident.actions, new))


@command(
    "cause",
    section=Section.END,
    usage="cause <text>",
    aliases=("root-cause",),
    examples=("cause the pool's size was read from a file that the deploy no longer ships",),
    when=When.DECLARED,
    takes=Takes.TEXT,
)
def cause(incident: Incident, call: Call) -> Incident | Refused:
    """
    Put down a root cause, for the postmortem review.

    While the incident goes on, questions about it are parked with `question`. There may be several causes.
    """
    if not call.text:
        return Refused("why could it happen?", "cause <text>")
    said = Remark(call.actor.login, call.text, call.at, call.url)
    return replace(incident, causes=(*incident.causes, said))
