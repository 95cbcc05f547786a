"""The review, and what is to be done (S108-S113)."""

import re
from dataclasses import replace
from datetime import date

from tracker_bridge.domain.arguments import people, quoted
from tracker_bridge.domain.calls import Call
from tracker_bridge.domain.command import Section, When, command
from tracker_bridge.domain.incident import Incident
from tracker_bridge.domain.postmortem import Action, Postmortem
from tracker_bridge.domain.replies import Refused
from tracker_bridge.domain.work import Remark

MAX_ACTIONS = 50

_DUE = re.compile(r"(?<!\S)(?:--|[—–]{1,2})?(?:due|by)\s+(?P<day>\S+)", re.IGNORECASE)


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
    word = call.text.split(" ", 1)[0]
    day = _day(word) if word else None
    if word and day is None:
        return Refused(f"{quoted(word)} is not a day; write it like `2026-12-01`", "postmortem DATE")
    return replace(incident, postmortem=Postmortem(day, call.actor.login, call.url))


@command(
    "action",
    section=Section.END,
    usage="action <text> @<who> [due <date>]",
    examples=("action alert on the size of the connection pool @bob due 2026-12-15",),
    when=When.DECLARED,
)
def action(incident: Incident, call: Call) -> Incident | Refused:
    """
    Put down what is to be done so that it does not happen again.

    An issue is opened for it, assigned and linked; the postmortem review shows whether it is done. Whoever owns
    it is reminded once the day is past.
    """
    found = _DUE.search(call.text)
    due = _day(found["day"]) if found else None
    if found and due is None:
        return Refused(f"{quoted(found['day'])} is not a day; write it like `2026-12-15`", _example(call))
    owners, text = people(_DUE.sub(" ", call.text) if found else call.text)
    if not text:
        return Refused("what is to be done?", _example(call))
    if len(owners) != 1:
        return Refused("name one person who sees to it", _example(call))
    if len(incident.actions) >= MAX_ACTIONS:
        return Refused(f"there are {MAX_ACTIONS} already; put the rest into the review's issue", "show")
    number = len(incident.actions) + 1
    new = Action(call.id, number, text, owners[0], due, call.actor.login, call.url)
    return replace(incident, actions=(*incident.actions, new))


@command(
    "cause",
    section=Section.END,
    usage="cause <text>",
    aliases=("root-cause",),
    examples=("cause the pool's size was read from a file that the deploy no longer ships",),
    when=When.DECLARED,
)
def cause(incident: Incident, call: Call) -> Incident | Refused:
    """
    Put down a root cause, for the postmortem review.

    While the incident goes on, questions about it are parked with `question`. There may be several causes.
    """
    if not call.text:
        return Refused("why could it happen?", "cause TEXT")
    said = Remark(call.actor.login, call.text, call.at, call.url)
    return replace(incident, causes=(*incident.causes, said))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _example(call: Call) -> str:
    owners, text = people(_DUE.sub(" ", call.text))
    found = _DUE.search(call.text)
    day = _day(found["day"]) if found else None
    return f"action {text or 'TEXT'} @{owners[0] if owners else 'somebody'} due {day or 'DATE'}"
