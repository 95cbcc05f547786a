"""
From an incident to the comments that show it: the templates at work.

A document depends on the incident only. Nothing in it is relative to now, so that rendering again gives the
same text, and a reconcile that finds nothing new writes nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from markupsafe import Markup

from tracker_bridge.domain.derived.clocks import Nudge
from tracker_bridge.domain.derived.obligations import obligations
from tracker_bridge.domain.derived.owed import Act
from tracker_bridge.domain.derived.post_incident import ReviewNews
from tracker_bridge.domain.derived.roster import everybody, roster
from tracker_bridge.domain.fold.authorization import needed
from tracker_bridge.domain.fold.command import Commands
from tracker_bridge.domain.incident.checklists import checklists
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.maintenance import Maintenance
from tracker_bridge.domain.incident.outward import Message
from tracker_bridge.domain.incident.replies import Reply
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Flaws
from tracker_bridge.domain.incident.statistics import duration, telling
from tracker_bridge.domain.incident.timeline import TimelineEntry, in_order
from tracker_bridge.domain.issue.changes import Document, Link, LinkedIssueSpec, Open
from tracker_bridge.domain.issue.cleaning import clean
from tracker_bridge.domain.issue.documents import (
    COMMUNICATIONS,
    MAINTENANCE,
    RECEIPTS,
    REPORTED,
    STATUS,
    TIMELINE,
    UNREACHABLE,
)
from tracker_bridge.domain.issue.elsewhere import name_of, suffix
from tracker_bridge.domain.issue.issue import Access, IssueRef, TrackerUrl
from tracker_bridge.domain.issue.native import MAX_EVENT_CHARS, Milestone
from tracker_bridge.rendering.asking import topics_of
from tracker_bridge.rendering.briefs import briefs_of
from tracker_bridge.rendering.clock import ShownClock
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.rendering.escaping import code
from tracker_bridge.rendering.exports import exports_of
from tracker_bridge.rendering.messages import Texts
from tracker_bridge.rendering.overflow import Appendix, appendices, communications
from tracker_bridge.rendering.people import (
    catch_up,
    for_people,
    merge_link,
    relation_links,
    reminders,
    unmerge_links,
)
from tracker_bridge.rendering.post_incident import NO_REVIEW_YET, ReviewText, aftermath, review_news
from tracker_bridge.rendering.published import published
from tracker_bridge.rendering.status import NO_FORGE_FACTS, ForgeFacts, status
from tracker_bridge.rendering.summary import is_short, summary
from tracker_bridge.rendering.truncation import LEAST, MARKER_ROOM, fitted

NEWS: Final = 30
"""Events that a brief repeats."""

MILESTONES: Final = 100
"""Events that a forge's own timeline is given; nobody reads more of them there."""

LONGEST_LINE: Final = 400
"""Characters of a line that is proposed: a person's own text in it may be as long as a comment."""

_BLANKS: Final = re.compile(r"\n{3,}")
_DOTS: Final = ("🔴", "🟠", "🟡", "🔵")


class Renderer:
    """Renders the templates in ``folder``; ``commands`` are what the help lists."""

    def __init__(self, folder: Path, commands: Commands) -> None:
        self.commands = commands
        self.texts = Texts(folder)
        self._environment = documents_environment(folder)
        self._clock: ShownClock | None = None

    def documents(
        self,
        incident: Incident,
        hidden: str,
        room: int,
        links: Mapping[str, int],
        nudges: Iterable[Nudge] = (),
        *,
        moved: Iterable[Appendix] = (),
        forge_facts: ForgeFacts = NO_FORGE_FACTS,
        there: Sequence[str] = (),
        urls: Mapping[str, TrackerUrl] = MappingProxyType({}),
    ) -> tuple[Document, ...]:
        """
        Return every comment that the thread should contain.

        ``hidden`` is a line that the status comment carries, ``room`` the characters that fit into a comment,
        ``links`` the numbers of the issues that were opened for this one, ``nudges`` the reminders that are due,
        ``moved`` the documents that have, or are to have, an issue of their own, ``forge_facts`` what was found
        out about the forge, ``there`` the keys of the documents in the thread, the oldest first,
        ``urls`` where those of them are that others link to.
        """
        render = partial(self._fitting, room, urls=urls)
        elsewhere = [one.opening for one in moved]
        found = [self._reply(incident, reply, room) for reply in incident.outgoing.replies]
        openings = (*incident.outgoing.openings, *elsewhere)
        found += [self._linked(incident, one, links[one.key]) for one in openings if one.key in links]
        found += reminders(render, incident, nudges, there)
        if incident.report:
            found.append(Document(REPORTED, f"{self._reported(incident)}\n\n{hidden}".rstrip()))
        if incident.maintenance:
            receipts = "" if incident.exists or incident.report else hidden
            body = self._maintenance(incident, incident.maintenance, room - len(receipts))
            found.append(Document(MAINTENANCE, f"{body}\n\n{receipts}".rstrip()))
        if incident.exists:
            within = partial(self._fitting, room - len(hidden), urls=urls)
            wanted = {one.key: links[one.key] for one in openings if one.key in links}
            body = status(within, incident, wanted, self.commands, forge_facts)
            found.append(Document(STATUS, f"{body}\n\n{hidden}" if hidden else body))
            found += for_people(render, incident, there)
        if incident.ending.resolutions:
            summed_up = partial(self._render, urls=urls, alike=forge_facts.alike)
            left = max(room - forge_facts.written, LEAST)
            found.append(summary(summed_up, incident, left, links.get(TIMELINE)))
        if incident.ended and incident.comms.communications and COMMUNICATIONS not in {o.key for o in elsewhere}:
            found += [Document(COMMUNICATIONS, body) for body in communications(self._render, incident, room)[:1]]
        return tuple(found)

    def _reported(self, incident: Incident) -> str:
        takes = needed(self.commands["declare"], incident.rules)
        return self._render("reported", incident, report=incident.report, takes=takes.name.lower())

    def _maintenance(self, incident: Incident, planned: Maintenance, room: int) -> str:
        begin, end = (f"{at:%Y-%m-%d %H:%M} UTC" for at in (planned.begin, planned.end))
        state = planned.step.value.replace("_", " ")
        label = incident.rules.maintenance_label.casefold()
        labelled = any(one.casefold() == label for one in incident.labels)
        shown = {"planned": planned, "state": state, "begin": begin, "end": end, "labelled": labelled}
        return self._fitting(room, "maintenance", incident, **shown)

    def appendices(
        self, incident: Incident, room: int, links: Mapping[str, int], written: int = 0
    ) -> tuple[Appendix, ...]:
        """
        Return the documents that are too long for a comment of ``room`` characters, or have moved before.

        ``written`` of these people wrote into the summary.
        """
        if not incident.ended:
            return ()
        widest = {STATUS: incident.url.at(f"issuecomment-{10**12}")}
        fits = is_short(partial(self._render, urls=widest, alike=()), incident, max(room - written, LEAST))
        return appendices(self._render, incident, room, links, summary_fits=fits)

    def aftermath(
        self, incident: Incident, room: int, links: Mapping[str, int], review: ReviewText = NO_REVIEW_YET
    ) -> tuple[Appendix, ...]:
        """Return the issues for the postmortem review and the action items, each with its text."""
        return aftermath(self._render, incident, room, links, review)

    def published(
        self, incident: Incident, room: int, links: Mapping[str, int], token: str
    ) -> tuple[Appendix, ...]:
        """Return the issue for everyone, of an incident that is run in private; ``token`` finds it again."""
        return published(self._render, incident, room, links, token)

    def review_news(self, incident: Incident, news: ReviewNews) -> list[Document]:
        """Return what the invited are told about the review's day, in its thread."""
        return review_news(self._render, incident, news)

    def dropped(self, incident: Incident, there: IssueRef, *, closed: bool) -> Document:
        """Return what is said ``there``, in the issue of an action item whose command is gone."""
        abroad = incident.ref.project if there.project != incident.ref.project else ""
        name = name_of(abroad, incident.ref.number)
        key = f"dropped:{incident.ref.number}{suffix(abroad)}"
        return Document(key, self._render("dropped", incident, itself=name, closed=closed))

    def opens(
        self, incident: Incident, links: Mapping[str, int], moved: Iterable[Appendix] = (), *, confidential: bool
    ) -> tuple[Open, ...]:
        """Return the issues that are wanted beside this one, and not known to be there."""
        wanted = [(one, self._issue(incident, one)) for one in incident.outgoing.openings if one.key not in links]
        wanted += [(one.opening, one.pages[0]) for one in moved if one.opening.key not in links]
        return tuple(
            Open(
                title=clean(opening.title, 200),
                document=document,
                labels=frozenset({opening.label} if opening.label else ()),
                confidential=confidential and not opening.public,
                since=incident.created_at,
                reuse=opening.reuse,
                assignee=opening.owner,
                due=opening.due,
                project=opening.project,
                public=opening.public,
                opening=opening.key,
            )
            for opening, document in wanted
        )

    def links(
        self, incident: Incident, links: Mapping[str, int], done: Set[str] = frozenset()
    ) -> tuple[Link, ...]:
        """
        Return the links to other issues that are wanted, and not known to be there.

        ``links`` are the issues that a comment tells of, ``done`` the acts that are remembered.
        """
        link = merge_link(self._render, incident)
        merge = incident.ending.merge
        merged = (link,) if link and merge and links.get(merge.told_key) != merge.number else ()
        back = unmerge_links(self._render, incident, links)
        return (*back, *merged, *relation_links(self._render, incident, done))

    def markdown(self, incident: Incident) -> str:
        """Return the incident as a document of its own."""
        entries = in_order(incident.timeline)
        body = self._render(
            "incident",
            incident,
            ref=str(incident.ref),
            statistics=telling(incident),
            entries=entries,
            parts_taken=everybody(incident),
        )
        return body + "\n"

    def _issue(self, incident: Incident, opening: LinkedIssueSpec) -> Document:
        abroad = incident.ref.project if opening.project else ""
        name = name_of(abroad, incident.ref.number)
        key = f"{opening.key}:from.{incident.ref.number}{suffix(abroad)}"
        return Document(key, self._render(opening.template, incident, opening=opening, itself=name))

    def _linked(self, incident: Incident, opening: LinkedIssueSpec, number: int) -> Document:
        if opening.told == "told_private":
            return Document(f"private:{opening.key.partition('.')[2]}", self._render(opening.told, incident))
        name = name_of(opening.project, number)
        body = self._render(opening.told, incident, opening=opening, number=name)
        return Document(f"linked:{opening.key}:{number}", body)

    def milestones(self, incident: Incident) -> tuple[Milestone, ...]:
        """Return the summary timeline (S57) for a forge that keeps one itself."""
        major = [entry for entry in in_order(incident.timeline) if entry.major]
        return tuple(
            Milestone(entry.occurred.at, entry.kind, self._milestone(incident, entry))
            for entry in major[-MILESTONES:]
        )

    def _milestone(self, incident: Incident, entry: TimelineEntry) -> str:
        """What people wrote is cut until its escaped form fits; that may be five times as long."""

        def rendered(typed: int) -> str:
            return self._render("milestone", incident, entry=entry, typed=max(typed, 1))

        return fitted(rendered, MAX_EVENT_CHARS + MARKER_ROOM, MAX_EVENT_CHARS)

    def _fitting(self, room: int, name: str, incident: Incident, **values: Any) -> str:
        """Render a comment that is not longer than ``room``; what its lists leave out, they say."""
        return fitted(lambda shown: self._render(name, incident, most=shown, **values), room)

    def _reply(self, incident: Incident, reply: Reply, room: int) -> Document:
        about = reply.incident or incident
        key = f"{reply.kind}:{reply.comment}"
        if reply.kind == "brief":
            return Document(key, self._brief(about, reply, room))
        if reply.kind == "export":
            exports = exports_of(about, reply, room, self.markdown)
            return Document(key, self._render("export", about, reply=reply, exports=exports))
        if reply.kind == "catchup":
            return Document(key, catch_up(partial(self._fitting, room), about, reply))
        topics, unknown = topics_of(self.commands, reply.topics)
        asked = {"topics": topics, "unknown": unknown, "commands": self.commands}
        return Document(key, self._fitting(room, reply.kind, about, reply=reply, **asked))

    def _brief(self, incident: Incident, reply: Reply, room: int) -> str:
        def rendered(news: int) -> str:
            return self._render("brief", incident, reply=reply, briefs=briefs_of(incident, reply, news))

        return fitted(rendered, room, NEWS)

    def settings(
        self, incident: Incident, flaws: Flaws | None, room: int, of_review: Flaws | None = None
    ) -> tuple[Document, ...]:
        """
        Return what tells of a team's broken settings, while somebody is at work in the incident.

        That the template of its review is broken is told to whoever asked for the review.
        """
        shown = flaws if incident.active else of_review
        if shown is None:
            return ()
        asked = incident.follow_up.postmortem.by if shown.of_review and incident.follow_up.postmortem else ""
        text = self._fitting(room, "settings", incident, flaws=shown, asked=asked)
        return (Document("settings", text, frozenset({asked} if asked else ())),)

    def receipts(self, incident: Incident, lines: Sequence[str]) -> tuple[Document, ...]:
        """Return the comments that carry the hidden ``lines`` for which the status comment has no room."""
        if not incident.exists:
            return ()
        body = self._render("receipts", incident)
        return tuple(Document(f"{RECEIPTS}:{n}", f"{body}\n\n{line}") for n, line in enumerate(lines, start=1))

    def message(self, incident: Incident, act: Act) -> Message:
        """Return what goes out because of an act."""

        def reminder(nudge: Nudge) -> str:
            [document] = reminders(partial(self._render, urls={}), incident, (nudge,), ())
            return document.body

        return self.texts.message(incident, act, reminder)

    def unreachable(self, kind: str, label: str) -> Document:
        """Return what is said to whoever labelled something of a ``kind`` that cannot be worked on."""
        template = self._environment.get_template("unreachable.md.j2")
        return Document(UNREACHABLE, template.render(kind=kind, label=label).strip())

    def _render(self, name: str, incident: Incident, **values: Any) -> str:
        root = incident.rules.command_prefixes[0]
        template = self._environment.get_template(f"{name}.md.j2")
        text = template.render(
            incident=incident,
            rules=incident.rules,
            at=self._clock_of(incident),
            line=lambda text: code(f"{root} {text}", LONGEST_LINE),
            duration=lambda length: Markup("{}").format(duration(length)),
            dot=_dot(incident),
            roster=roster,
            checklists=checklists,
            obligations=obligations,
            kept_from_leads=self._kept_from_leads(incident),
            Role=Role,
            **values,
        )
        return _BLANKS.sub("\n\n", text).strip()

    def _clock_of(self, incident: Incident) -> ShownClock:
        """Return the clock that all documents of an incident share: it takes a look at the whole timeline."""
        clock = self._clock
        if clock is None or clock.incident is not incident:
            clock = self._clock = ShownClock(incident)
        return clock

    def _kept_from_leads(self, incident: Incident) -> list[tuple[str, str]]:
        """Return what a team's rule keeps from an Incident Lead who claimed it, and the access that it takes."""
        own = incident.rules.access.items()
        return [(verb, one.name.lower()) for verb, one in own if one > Access.TRIAGE and self.commands[verb].led]


def _dot(incident: Incident) -> str:
    if incident.exists and not incident.active:
        return "✅" if incident.times.resolved else "⚪"
    if incident.severity is None:
        return "⚪"
    return _DOTS[min(incident.rules.severities.index(incident.severity), len(_DOTS) - 1)]
