"""The issues opened after an incident: the postmortem review, and one for each action item (S108-S114)."""

from collections.abc import Mapping

from tracker_bridge.domain.derived.post_incident import POSTMORTEM, cadence, invited, roles_filled
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.postmortem import Action
from tracker_bridge.domain.incident.statistics import telling
from tracker_bridge.domain.incident.timeline import in_order
from tracker_bridge.domain.issue.changes import Document, LinkedIssueSpec
from tracker_bridge.domain.issue.cleaning import clean
from tracker_bridge.rendering.overflow import Appendix, Render
from tracker_bridge.rendering.truncation import SHORTEST_ROW, fitted


def aftermath(render: Render, incident: Incident, room: int, links: Mapping[str, int]) -> tuple[Appendix, ...]:
    """
    Return the review's issue, once the incident is over and somebody called for it, and the action items'.

    An issue that is there stays, also when its command is gone: work may have begun on it.
    """
    found = [_action(render, incident, action) for action in incident.follow_up.actions]
    if incident.follow_up.postmortem and (incident.ending.resolutions or POSTMORTEM in links):
        found.append(_postmortem(render, incident, room))
    return tuple(found)


def _postmortem(render: Render, incident: Incident, room: int) -> Appendix:
    opening = LinkedIssueSpec(
        key=POSTMORTEM,
        title=f"Postmortem review: {incident.title}",
        by=incident.follow_up.postmortem.by if incident.follow_up.postmortem else "",
        url=incident.follow_up.postmortem.url if incident.follow_up.postmortem else incident.url,
        template=POSTMORTEM,
        told="told_postmortem",
    )
    guests = invited(incident)
    values = {
        "invited": guests,
        "statistics": telling(incident),
        "major": [entry for entry in in_order(incident.timeline) if entry.major],
        "filled": roles_filled(incident),
        "cadence": cadence(incident),
    }
    lists = (
        incident.timeline,
        guests,
        incident.work.questions,
        incident.work.causes,
        incident.follow_up.actions,
        incident.people.roles,
    )
    longest = min(max(map(len, lists)), room // SHORTEST_ROW)
    body = fitted(lambda shown: render(POSTMORTEM, incident, most=shown, **values), room, longest)
    key = f"{POSTMORTEM}:from.{incident.ref.number}"
    return Appendix(opening, (Document(key, body, frozenset(guests)),))


def _action(render: Render, incident: Incident, action: Action) -> Appendix:
    opening = LinkedIssueSpec(
        key=action.opening_key,
        title=clean(action.text, 200),
        by=action.by,
        url=action.url,
        template="action",
        told="told_action",
        label=incident.rules.action_label,
        owner=action.owner,
        due=action.due,
    )
    key = f"{action.opening_key}:from.{incident.ref.number}"
    body = render("action", incident, opening=opening, text=action.text)
    return Appendix(opening, (Document(key, body, frozenset({action.owner})),))
