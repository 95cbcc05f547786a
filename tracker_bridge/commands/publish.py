"""What everyone may read of an incident that is run in private."""

from dataclasses import replace

from tracker_bridge.commands._elsewhere import foreign, why_not
from tracker_bridge.domain.fold.arguments import quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.comms import PublicIssue
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.roles import is_same
from tracker_bridge.domain.issue.elsewhere import PROJECT, PUBLIC
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access


@command(
    "publish",
    section=Section.TALK,
    usage="publish <project>",
    access=Access.WRITE,
    led=True,
    examples=("publish acme/api",),
    when=When.DECLARED,
)
def publish(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Let everyone read external updates in another project.

    For incidents that are run in the private project. With the first `update external`, an issue is opened in
    `<project>` that says what external updates say, and nothing else; it is corrected with them, and closed with
    the incident. Incidents that were declared with `--private`, or by an alert, have that from the beginning. You
    need write access there.
    """
    private = incident.rules.private_project
    if not is_same(incident.ref.project, private):
        where = f"; that is {quoted(private)}" if private else ""
        return Refused(f"only incidents of the private project have an issue for everyone{where}")
    known = incident.comms.public
    if known is not None:
        return Refused(f"external updates are already published in {quoted(known.project)}")
    project = foreign(call.text.strip(), incident)
    if not PROJECT.fullmatch(project):
        return Refused("in which project?", "publish <project>")
    if problem := call.thread.problem(project, PUBLIC, call.actor):
        return Refused(why_not(problem, project, project, "write"), "publish <project>", final=True)
    public = PublicIssue(project, call.id, call.actor.login, call.actor.id)
    return replace(incident, comms=replace(incident.comms, public=public))
