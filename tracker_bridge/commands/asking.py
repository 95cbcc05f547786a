"""Questions, which change nothing: where do we stand, and what can I say? (S17, S93)"""

from dataclasses import replace

from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.incident import Incident, snapshot
from tracker_bridge.domain.incident.replies import Refused, Replies, Reply
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access

MOST_TOPICS = 10
"""Words that the help for one comment explains: it must fit into a comment."""


@command("show", section=Section.ASK, usage="show", access=Access.TRIAGE, examples=("show",), when=When.DECLARED)
def show(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Post the current state in a comment.

    The status comment is always up to date; this is for people who follow by mail.
    """
    if call.text:
        return _nothing_follows(call)
    now = replace(incident, outgoing=replace(incident.outgoing, replies=Replies()))
    return incident.replying(Reply("show", call.comment, call.url, incident=now))


@command(
    "catchup",
    section=Section.ASK,
    usage="catchup",
    access=Access.TRIAGE,
    aliases=("catch-up",),
    examples=("catchup",),
    when=When.DECLARED,
)
def catchup(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Post a brief for people who join: what is known, what is being done, and what happened.

    It lists what was recorded since you last wrote in the issue, or all of it if you never did. So nobody has to
    ask the Technical Lead to bring them up to speed.
    """
    if call.text:
        return _nothing_follows(call)
    since = call.thread.last_there(call.actor, call.comment)
    reply = Reply("catchup", call.comment, call.url, incident=snapshot(incident), at=call.at, since=since)
    return incident.replying(reply)


@command(
    "help",
    section=Section.ASK,
    usage="help [<command> ...]",
    access=Access.TRIAGE,
    examples=("help", "help severity", "help note claim"),
    when=When.ALWAYS,
    in_review=True,
)
def help_(incident: Incident, call: Invocation) -> Incident:
    """
    List the commands, or explain some.
    """
    asked = incident.outgoing.replies.latest(("help", call.comment))
    before = asked.topics if asked else ()
    topics = tuple(dict.fromkeys([*before, *call.text.casefold().split()]))[:MOST_TOPICS]
    return incident.replying(Reply("help", call.comment, call.url, topics))


def _nothing_follows(call: Invocation) -> Refused:
    return Refused(f"`{call.verb}` takes no arguments", call.verb)
