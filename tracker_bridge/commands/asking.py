"""Questions, which change nothing: where do we stand, and what can I say? (S17, S93)"""

from dataclasses import replace

from tracker_bridge.domain.calls import Call
from tracker_bridge.domain.command import Section, When, command
from tracker_bridge.domain.incident import Incident, Reply
from tracker_bridge.domain.issue import Access


@command("show", section=Section.ASK, usage="show", access=Access.TRIAGE, examples=("show",), when=When.DECLARED)
def show(incident: Incident, call: Call) -> Incident:
    """
    Say in one comment how things stand right now.

    The status comment always shows the latest; this is for everybody who reads along by mail.
    """
    now = replace(incident, replies=())
    return incident.replying(Reply("show", call.comment, call.url, incident=now))


@command(
    "help",
    section=Section.ASK,
    usage="help [VERB]",
    access=Access.TRIAGE,
    examples=("help", "help severity"),
    when=When.ALWAYS,
)
def help_(incident: Incident, call: Call) -> Incident:
    """
    List the commands, or explain one.
    """
    topic = call.text.casefold().split(" ", 1)[0]
    return incident.replying(Reply("help", call.comment, call.url, topic=topic))
