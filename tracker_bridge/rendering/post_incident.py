"""The issues opened after an incident: the postmortem review, and one for each action item (S108-S114)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from tracker_bridge.domain.derived.post_incident import POSTMORTEM, ReviewNews, cadence, invited, roles_filled
from tracker_bridge.domain.derived.roster import everybody
from tracker_bridge.domain.incident.checklists import checklists
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.postmortem import Action
from tracker_bridge.domain.incident.review_layout import Piece, layout_of
from tracker_bridge.domain.incident.statistics import telling
from tracker_bridge.domain.incident.timeline import Kind, in_order
from tracker_bridge.domain.issue.blocks import Block, Part, together
from tracker_bridge.domain.issue.changes import Document, LinkedIssueSpec, shared
from tracker_bridge.domain.issue.cleaning import clean
from tracker_bridge.domain.issue.elsewhere import name_of, suffix
from tracker_bridge.rendering.overflow import Appendix, Render
from tracker_bridge.rendering.truncation import LEAST, MARKER_ROOM, SHORTEST_ROW, most
from tracker_bridge.templates_folder import templates_folder


@dataclass(frozen=True, slots=True)
class ReviewText:
    """
    What the review's text begins with, a team's ``template`` or ours; how much people ``added`` since.

    ``alike`` are the numbers of past incidents that look like this one. While the template is broken, none but the
    blocks that are ``there`` are written.
    """

    template: str = ""
    added: int = 0
    alike: tuple[int, ...] = ()
    there: frozenset[str] | None = None


NO_REVIEW_YET: Final = ReviewText()


@cache
def default_template() -> str:
    """Return the template of teams that have none of their own."""
    return (templates_folder() / "postmortem.md").read_text("utf-8")


def aftermath(
    render: Render, incident: Incident, room: int, links: Mapping[str, int], review: ReviewText
) -> tuple[Appendix, ...]:
    """
    Return the review's issue, once the incident is over and somebody called for it, and the action items'.

    An issue that is there stays, also when its command is gone: work may have begun on it.
    """
    found = [_action(render, incident, action) for action in incident.follow_up.actions]
    if incident.follow_up.postmortem and (incident.ending.resolutions or POSTMORTEM in links):
        found.append(_postmortem(render, incident, room, review))
    return tuple(found)


def _postmortem(render: Render, incident: Incident, room: int, review: ReviewText) -> Appendix:
    opening = LinkedIssueSpec(
        key=POSTMORTEM,
        title=f"Postmortem review: {incident.title}",
        by=incident.follow_up.postmortem.by if incident.follow_up.postmortem else "",
        url=incident.follow_up.postmortem.url if incident.follow_up.postmortem else incident.url,
        template=POSTMORTEM,
        told="told_postmortem",
    )
    guests = invited(incident)
    entries = in_order(incident.timeline)
    values = {
        "invited": guests,
        "intervals": telling(incident),
        "major": [entry for entry in entries if entry.major],
        "severities": [entry for entry in entries if entry.kind is Kind.SEVERITY],
        "parts_taken": everybody(incident),
        "filled": roles_filled(incident),
        "cadence": cadence(incident),
        "lists": checklists(incident),
        "alike": review.alike,
    }
    lists = (
        incident.timeline,
        guests,
        incident.work.questions,
        incident.work.causes,
        incident.follow_up.actions,
        incident.people.roles,
    )
    layout = layout_of(review.template or default_template())
    if review.there is not None:
        layout = tuple(piece for piece in layout if not piece.name or piece.name in review.there)
    left = max(room - MARKER_ROOM - review.added, LEAST)

    def parts(shown: int) -> tuple[Part, ...]:
        def part(piece: Piece) -> Part:
            if not piece.name:
                return piece.words
            return Block(piece.name, render(POSTMORTEM, incident, block=piece.name, most=shown, **values))

        return tuple(map(part, layout))

    longest = min(max(map(len, lists)), left // SHORTEST_ROW)
    shown = most(longest, lambda count: len(together(parts(count))), left)
    key = f"{POSTMORTEM}:from.{incident.ref.number}"
    return Appendix(opening, (shared(key, parts(shown), frozenset(guests)),))


def review_news(render: Render, incident: Incident, news: ReviewNews) -> list[Document]:
    """Return what is to stand in the review's thread about its day; each mentions everyone who is invited."""
    told = [(kind, day) for kind, day in (("moved", news.moved), ("today", news.today)) if day]
    guests = invited(incident) if told else ()
    return [
        Document(f"{kind}:{day:%Y%m%d}", render(kind, incident, invited=guests, day=day), frozenset(guests))
        for kind, day in told
    ]


def _action(render: Render, incident: Incident, action: Action) -> Appendix:
    opening = LinkedIssueSpec(
        key=action.opening_key,
        title=clean(action.text, 200),
        by=action.by,
        url=action.url,
        template="action",
        told="told_action",
        label=incident.rules.action_label,
        owner=action.named or action.owner,
        due=action.due,
        project=action.project,
    )
    abroad = incident.ref.project if action.project else ""
    key = f"{action.opening_key}:from.{incident.ref.number}{suffix(abroad)}"
    name = name_of(abroad, incident.ref.number)
    item = Block("item", render("action", incident, opening=opening, text=action.text, itself=name))
    return Appendix(opening, (shared(key, [item], frozenset({action.owner})),))
