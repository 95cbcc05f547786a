"""The issues of action items: what they tell of what became of each, and whose it is by now (S113)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.postmortem import Action, ActionState
from tracker_bridge.domain.incident.roles import is_same
from tracker_bridge.domain.issue.changes import added_to, key_of
from tracker_bridge.domain.issue.issue import Closed, EventType, Issue

_OWNER: Final = re.compile(r"^- Owner: @(?P<login>\S+)$", re.MULTILINE)


def with_states(incident: Incident, links: Mapping[str, int], issues: Mapping[str, Issue | None]) -> Incident:
    """
    Return the incident with what is known of the issues that were opened for its action items (S113).

    ``issues`` are those that were read, by key, ``None`` for one that is not there any more.
    """

    def known(action: Action) -> Action:
        number = links.get(action.opening_key, 0)
        if action.opening_key not in issues:
            return replace(action, issue=number)
        issue = issues[action.opening_key]
        if issue is None:
            return replace(action, issue=number, state=ActionState.GONE)
        owner = _owner(action, issue)
        named = "" if owner == action.owner else action.owner
        return replace(action, issue=number, state=_state(issue), owner=owner, named=named)

    actions = tuple(map(known, incident.follow_up.actions))
    return replace(incident, follow_up=replace(incident.follow_up, actions=actions)) if actions else incident


def _state(issue: Issue) -> ActionState:
    if issue.open:
        return ActionState.OPEN
    closed = [event for event in issue.events if event.type is EventType.CLOSED]
    dropped = bool(closed) and closed[-1].closed_as in (Closed.NOT_PLANNED, Closed.DUPLICATE)
    return ActionState.DROPPED if dropped else ActionState.DONE


def _owner(action: Action, issue: Issue) -> str:
    """
    Return whose it is: whom it was assigned to by hand, unless the command names somebody else since.

    The issue's text says whom the command named when it was last written.
    """
    if not is_same(_said(issue), action.owner) or not issue.assignees:
        return action.owner
    held = any(is_same(login, action.owner) for login in issue.assignees)
    return action.owner if held else min(issue.assignees)


def _said(issue: Issue) -> str:
    """Return whom the issue's text names as the owner."""
    found = _OWNER.search(issue.body)
    return found["login"].replace("\\", "") if found else ""


def orphaned(incident: Incident, links: Mapping[str, int]) -> dict[str, int]:
    """
    Return the issues of action items whose commands are gone, by key.

    Where something was forgotten, a command may only seem to be gone.
    """
    if incident.past or not incident.exists:
        return {}
    wanted = {action.opening_key for action in incident.follow_up.actions}
    return {key: number for key, number in links.items() if key.startswith("action.") and key not in wanted}


def is_untouched(issue: Issue) -> bool:
    """Whether nobody has worked in an issue of an action item since it was opened."""
    wrote = any(not comment.ours for comment in issue.comments)
    moved = bool(issue.assignees) and not any(is_same(_said(issue), one) for one in issue.assignees)
    return not wrote and not moved and not added_to(issue.body, key_of(issue.body) or "")
