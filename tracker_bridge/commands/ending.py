"""How an incident ends, and how it comes back."""

from dataclasses import replace

from tracker_bridge.domain import lifecycle
from tracker_bridge.domain.arguments import moment
from tracker_bridge.domain.calls import Call
from tracker_bridge.domain.command import Section, When, command
from tracker_bridge.domain.incident import Incident, Phase, Refused
from tracker_bridge.domain.issue import Access


@command(
    "resolve",
    section=Section.END,
    usage="resolve [TIME]",
    access=Access.WRITE,
    aliases=("resolved",),
    examples=("resolve", "resolve 14:50"),
)
def resolve(incident: Incident, call: Call) -> Incident | Refused:
    """
    Say that it is over.

    It was over at `TIME`; else when the fix was in, if `fixed` told that; else now. The scribe's summary is
    posted, and the issue closed. Closing the issue by hand does the same.
    """
    at = moment(call.text, incident, call) if call.text else None
    if isinstance(at, Refused):
        return at
    return lifecycle.resolve(incident, call.cause, at)


@command(
    "reopen",
    section=Section.END,
    usage="reopen [WHY]",
    access=Access.WRITE,
    examples=("reopen the errors are back",),
    when=When.DECLARED,
)
def reopen(incident: Incident, call: Call) -> Incident | Refused:
    """
    Say that it is not over after all.

    The clock runs on, and the summary says so. Reopening the issue by hand does the same.
    """
    if incident.active:
        return Refused("this incident is still open", "show")
    return replace(lifecycle.reopen(incident, call.cause, call.text), unlabeled=False)


@command(
    "cancel",
    section=Section.END,
    usage="cancel WHY",
    access=Access.WRITE,
    examples=("cancel it was a false alarm",),
    when=When.DECLARED,
)
def cancel(incident: Incident, call: Call) -> Incident | Refused:
    """
    Say that it was no incident.

    It stays out of every statistic. Taking the incident label off does the same.
    """
    if incident.phase is Phase.CANCELLED:
        return Refused("this incident is cancelled already", "show")
    if not call.text:
        return Refused("say why", "cancel it was a false alarm")
    return lifecycle.cancel(replace(incident, fixed=None, resolved=None), call.cause, call.text)
