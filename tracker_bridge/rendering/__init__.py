"""
From an incident to the comments that show it: the templates at work.

A document depends on the incident only. Nothing in it is relative to now, so that rendering again gives the
same text, and a look that finds nothing new writes nothing.
"""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from tracker_bridge.domain.cadence import talk_of
from tracker_bridge.domain.changes import Document, Link, Open
from tracker_bridge.domain.clocks import Nudge
from tracker_bridge.domain.command import Commands
from tracker_bridge.domain.holding import everybody
from tracker_bridge.domain.impact import propose
from tracker_bridge.domain.incident import Incident
from tracker_bridge.domain.missing import missing
from tracker_bridge.domain.native import Ability, Milestone
from tracker_bridge.domain.plan import COMMUNICATIONS, STATUS, SUMMARY, TIMELINE
from tracker_bridge.domain.replies import Opening, Reply
from tracker_bridge.domain.roles import Role
from tracker_bridge.domain.rules import Flaws
from tracker_bridge.domain.statistics import Interval, duration, statistics
from tracker_bridge.domain.timeline import HOUSEKEEPING, in_order
from tracker_bridge.rendering.aftermath import aftermath
from tracker_bridge.rendering.appendices import Appendix, appendices, communications
from tracker_bridge.rendering.asking import topics_of
from tracker_bridge.rendering.briefs import briefs_of
from tracker_bridge.rendering.clock import Clock, since
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.rendering.escaping import clean, code
from tracker_bridge.rendering.exports import exports_of
from tracker_bridge.rendering.fitting import MARKER_ROOM, SHORTEST_ROW, SHOWN, fitted, most
from tracker_bridge.rendering.people import catch_up, for_people, merge_link, relation_links

LATEST: Final = 6
"""Events that the status comment shows; the rest is a click away."""

COMMON: Final = (
    "note",
    "claim",
    "role",
    "severity",
    "impact",
    "status",
    "task",
    "update",
    "fixed",
    "resolve",
)
"""Commands that the status comment lists; ``help`` lists all of them."""

NEWS: Final = 30
"""Events that a brief repeats."""

MILESTONES: Final = 100
"""Events that a forge's own timeline is given; nobody reads more of them there."""

LONGEST_LINE: Final = 400
"""Characters of a line that is proposed: a person's own text in it may be as long as a comment."""

_BLANKS: Final = re.compile(r"\n{3,}")
_DOTS: Final = ("🔴", "🟠", "🟡", "🔵")


@dataclass(frozen=True, slots=True)
class Beside:
    """
    What no thread tells: ``lacks``, what this forge turned out not to have; and ``twin``, an incident that
    was open under the same title when this one began (S23), 0 for none.
    """

    lacks: frozenset[Ability] = frozenset()
    twin: int = 0


NOTHING_BESIDE: Final = Beside()


class Renderer:
    """Renders the templates in ``folder``; ``commands`` are what the help lists."""

    def __init__(self, folder: Path, commands: Commands) -> None:
        self.commands = commands
        self._environment = documents_environment(folder)

    def documents(
        self,
        incident: Incident,
        hidden: str,
        room: int,
        links: Mapping[str, int],
        nudges: Iterable[Nudge] = (),
        *,
        moved: Iterable[Appendix] = (),
        beside: Beside = NOTHING_BESIDE,
    ) -> tuple[Document, ...]:
        """
        Return every comment that the thread should contain.

        ``hidden`` is a line that the status comment carries, ``room`` the characters that fit into a comment,
        ``links`` the numbers of the issues that were opened for this one, ``nudges`` the reminders that are due,
        ``moved`` the documents that have, or are to have, an issue of their own, ``beside`` what was found out
        about the forge.
        """
        render = partial(self._fitting, room)
        elsewhere = [one.opening for one in moved]
        found = [self._reply(incident, reply, room) for reply in incident.replies]
        openings = (*incident.openings, *elsewhere)
        found += [self._linked(incident, one, links[one.key]) for one in openings if one.key in links]
        found += [self._nudge(incident, nudge) for nudge in nudges]
        if incident.exists:
            found.append(self._status(incident, hidden, room, links, beside))
            found += for_people(render, incident)
        if incident.resolutions:
            found.append(self._summary(incident, room, links.get(TIMELINE)))
        if incident.ended and incident.communications and COMMUNICATIONS not in {o.key for o in elsewhere}:
            found += [Document(COMMUNICATIONS, body) for body in communications(self._render, incident, room)[:1]]
        return tuple(found)

    def appendices(self, incident: Incident, room: int, links: Mapping[str, int]) -> tuple[Appendix, ...]:
        """Return the documents that are too long for a comment of ``room`` characters, or have moved before."""
        if not incident.ended:
            return ()
        everything = self._summarised(incident, _major(incident), len(incident.timeline), None, SHOWN)
        fits = len(everything) <= room - MARKER_ROOM
        return appendices(self._render, incident, room, links, summary_fits=fits)

    def aftermath(self, incident: Incident, room: int, links: Mapping[str, int]) -> tuple[Appendix, ...]:
        """Return the issues for the postmortem review and the action items, each with its text."""
        return aftermath(self._render, incident, room, links)

    def opens(
        self, incident: Incident, links: Mapping[str, int], moved: Iterable[Appendix] = (), *, confidential: bool
    ) -> tuple[Open, ...]:
        """Return the issues that are wanted beside this one, and not known to be there."""
        wanted = [(one, self._issue(incident, one)) for one in incident.openings if one.key not in links]
        wanted += [(one.opening, one.pages[0]) for one in moved if one.opening.key not in links]
        return tuple(
            Open(
                title=clean(opening.title, 200),
                document=document,
                labels=frozenset({opening.label} if opening.label else ()),
                confidential=confidential,
                since=incident.created_at,
                reuse=opening.reuse,
                assignee=opening.owner,
                due=opening.due,
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
        merged = (link,) if link and incident.merge and incident.merge.key not in links else ()
        return (*merged, *relation_links(self._render, incident, done))

    def markdown(self, incident: Incident) -> str:
        """Return the incident as a document of its own."""
        entries = in_order(incident.timeline)
        body = self._render(
            "incident",
            incident,
            ref=str(incident.ref),
            statistics=statistics(incident),
            entries=entries,
            parts_taken=everybody(incident),
        )
        return body + "\n"

    def _issue(self, incident: Incident, opening: Opening) -> Document:
        key = f"{opening.key}:from.{incident.ref.number}"
        return Document(key, self._render(opening.template, incident, opening=opening))

    def _linked(self, incident: Incident, opening: Opening, number: int) -> Document:
        body = self._render(opening.told, incident, opening=opening, number=number)
        return Document(f"linked:{opening.key}:{number}", body)

    def milestones(self, incident: Incident) -> tuple[Milestone, ...]:
        """Return the summary timeline (S57) for a forge that keeps one itself."""
        major = [entry for entry in in_order(incident.timeline) if entry.major]
        return tuple(
            Milestone(entry.occurred.at, entry.kind, self._render("milestone", incident, entry=entry))
            for entry in major[-MILESTONES:]
        )

    def _status(
        self, incident: Incident, hidden: str, room: int, links: Mapping[str, int], beside: Beside
    ) -> Document:
        told = [entry for entry in in_order(incident.timeline) if entry.kind not in HOUSEKEEPING]
        body = self._fitting(
            room - len(hidden),
            "status",
            incident,
            latest=told[: -LATEST - 1 : -1],
            links=links,
            lasted=_lasted(incident),
            proposed=propose(incident.impacts, incident.rules.severities),
            talk=talk_of(incident),
            missing=missing(incident),
            common=[found for verb in COMMON if (found := self.commands.find(verb))],
            lacks=sorted(one.name.lower() for one in beside.lacks),
            twin=beside.twin,
        )
        return Document(STATUS, f"{body}\n\n{hidden}" if hidden else body)

    def _summary(self, incident: Incident, room: int, number: int | None) -> Document:
        """
        Show as much of the timelines as fits: statistics always, then the summary, then the full one.

        ``number`` is the issue that has the full timeline, when it does not fit here.
        """
        room -= MARKER_ROOM

        def fits(shown: int, major: int, whole: int) -> bool:
            return len(self._summarised(incident, major, whole, number, shown)) <= room

        rows = room // SHORTEST_ROW  # thousands of events are not rendered to find that they do not fit
        shown = most(SHOWN, lambda count: fits(count, 0, 0))
        major = most(min(rows, _major(incident)), lambda count: fits(shown, count, 0))
        rows = min(rows, len(incident.timeline))
        whole = 0 if number else most(rows, lambda count: fits(shown, major, count))
        return Document(SUMMARY, self._summarised(incident, major, whole, number, shown))

    def _summarised(self, incident: Incident, major: int, whole: int, number: int | None, shown: int) -> str:
        entries = in_order(incident.timeline)
        chosen = [entry for entry in entries if entry.major]
        return self._render(
            "summary",
            incident,
            statistics=statistics(incident),
            major=chosen[:major],
            entries=entries[:whole],
            cut_major=len(chosen) - major,
            cut=len(entries) - whole,
            moved=number,
            missing=missing(incident),
            parts_taken=everybody(incident),
            most=shown,
        )

    def _fitting(self, room: int, name: str, incident: Incident, **values: Any) -> str:
        """Render a comment that is not longer than ``room``; what its lists leave out, they say."""
        return fitted(lambda shown: self._render(name, incident, most=shown, **values), room)

    def _nudge(self, incident: Incident, nudge: Nudge) -> Document:
        """Render a reminder. What the words depend on is in its key, so that it is never edited."""
        clock = nudge.clock
        body = self._render(
            "nudge",
            incident,
            clock=clock,
            late=nudge.late,
            since=since(clock.since, nudge.at),
            until=since(clock.at(2), nudge.at),
        )
        return Document(nudge.key, body, frozenset(clock.logins))

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

    def settings(self, incident: Incident, flaws: Flaws | None, room: int) -> tuple[Document, ...]:
        """Return what tells of a team's broken settings, while somebody is at work in the incident."""
        if flaws is None or not incident.active:
            return ()
        return (Document("settings", self._fitting(room, "settings", incident, flaws=flaws)),)

    def _render(self, name: str, incident: Incident, **values: Any) -> str:
        root = incident.rules.roots[0]
        template = self._environment.get_template(f"{name}.md.j2")
        text = template.render(
            incident=incident,
            rules=incident.rules,
            at=Clock(incident),
            line=lambda text: code(f"{root} {text}", LONGEST_LINE),
            duration=lambda length: Markup("{}").format(duration(length)),
            dot=_dot(incident),
            Role=Role,
            **values,
        )
        return _BLANKS.sub("\n\n", text).strip()


def _major(incident: Incident) -> int:
    return sum(entry.major for entry in incident.timeline)


def _lasted(incident: Incident) -> Interval:
    """The total outage; the time to resolve while nobody knows when it began."""
    _, outage, resolving = statistics(incident)
    return resolving if outage.length is None else outage


def _dot(incident: Incident) -> str:
    if incident.exists and not incident.active:
        return "✅" if incident.resolved else "⚪"
    if incident.severity is None:
        return "⚪"
    return _DOTS[min(incident.rules.severities.index(incident.severity), len(_DOTS) - 1)]
