"""
Documents that are too long for a comment: they move to an issue of their own, linked (S69, S84-S86).

The issue's text is the first page, comments of ours in it are the others. What has moved stays there, however
short it becomes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from markupsafe import Markup

from tracker_bridge.domain.derived.deliveries import of_words
from tracker_bridge.domain.incident.audiences import Audience, audiences
from tracker_bridge.domain.incident.communications import Communication, to_audience
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.timeline import in_order
from tracker_bridge.domain.issue.changes import Document, LinkedIssueSpec
from tracker_bridge.domain.issue.documents import COMMUNICATIONS, PAGE, TIMELINE
from tracker_bridge.rendering.truncation import MARKER_ROOM

PART: Final = 8_000
"""Characters of a message that stand together: made harmless, they may be five times as long, and fit."""


class Render(Protocol):
    """Render the template of that name about an incident."""

    def __call__(self, name: str, incident: Incident, **values: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Appendix:
    """
    A document with an issue of its own: the issue as it is to be opened, and its pages. ``closed``: it ends with
    the incident, as there is nothing to do about it.
    """

    opening: LinkedIssueSpec
    pages: tuple[Document, ...]
    closed: bool = False


def communications(render: Render, incident: Incident, room: int) -> list[str]:
    """Return the timeline of communications (S80-S82), in as many pages as it needs."""
    told = {name for one in incident.comms.communications for name in one.audiences}
    never = [one for one in audiences(incident) if one.name not in told]
    return _pages(render, "communications", incident, list(_messages(render, incident)), room, never=never)


def timeline(render: Render, incident: Incident, room: int) -> list[str]:
    """Return the full timeline (S72), in as many pages as it needs."""
    rows = render("timeline_rows", incident, entries=in_order(incident.timeline)).splitlines()
    return _pages(render, "timeline", incident, rows, room)


def appendix(incident: Incident, key: str, title: str, pages: Sequence[str]) -> Appendix:
    """Make pages into an issue's text and the comments below it. ``title`` is plain text, no Markdown."""
    opening = LinkedIssueSpec(
        key=key,
        title=f"{title}: {incident.title}",
        by="",
        url=incident.url,
        template=key,
        told=f"told_{key}",
        label=incident.rules.record_label,
    )
    keys = [f"{key}:from.{incident.ref.number}"]
    keys += [f"{PAGE}:{key}.{number}" for number in range(2, len(pages) + 1)]
    documents = tuple(Document(one, body) for one, body in zip(keys, pages, strict=True))
    return Appendix(opening, documents, closed=not incident.active and incident.rules.close_when_resolved)


def appendices(
    render: Render, incident: Incident, room: int, links: Mapping[str, int], *, summary_fits: bool
) -> tuple[Appendix, ...]:
    """
    Return the documents that have, or are to have, an issue of their own; none before the first end.

    ``links`` are the issues that are there already, ``summary_fits`` tells whether the scribe's summary holds
    the full timeline.
    """
    found: list[Appendix] = []
    if not incident.ended:
        return ()
    if incident.comms.communications or COMMUNICATIONS in links:
        pages = communications(render, incident, room)
        if COMMUNICATIONS in links or incident.rules.separate_communications or len(pages) > 1:
            found.append(appendix(incident, COMMUNICATIONS, "Timeline of communications", pages))
    if incident.ending.resolutions and (TIMELINE in links or not summary_fits):
        found.append(appendix(incident, TIMELINE, "Timeline", timeline(render, incident, room)))
    return tuple(found)


def _messages(render: Render, incident: Incident) -> Iterator[str]:
    """Yield every communication, whole, in a section for each audience (S4, S82)."""
    named = {name for one in incident.comms.communications for name in one.audiences}
    order = [one for one in audiences(incident) if one.name in named]
    for audience in order:
        for number, one in enumerate(to_audience(incident.comms.communications, audience.name)):
            heading = None if number else audience
            for said in _said(one, audience, order):
                sent = of_words(incident, one)
                yield render("communication", incident, one=one, section=heading, sent=sent, **said)
                heading = None


def _said(one: Communication, audience: Audience, order: Sequence[Audience]) -> Iterator[dict[str, object]]:
    """
    Yield what the template shows of it in the audience's section, part by part.

    A text for several stands with the first.
    """
    first = next(other.name for other in order if other.name in one.audiences)
    values = {
        "elsewhere": "" if first == audience.name else first,
        "early": audience.name in one.early,
        "channels": one.channels_of(audience.name),
    }
    parts = [()] if values["elsewhere"] else _parts(one.said)
    for number, part in enumerate(parts):
        yield {**values, "said": part, "continued": number > 0}


def _parts(said: Sequence[str]) -> list[Sequence[str]]:
    """Split a message into parts that fit on a page each; lines that are longer than one as well."""
    parts: list[list[str]] = [[]]
    left = PART
    for line in (piece for text in said for piece in _pieces(text)):
        if left < len(line) + 1 and parts[-1]:
            parts.append([])
            left = PART
        parts[-1].append(line)
        left -= len(line) + 1
    return [*parts]


def _pieces(text: str) -> Iterator[str]:
    """Yield a line in pieces, between words where there are any."""
    while len(text) > PART:
        end = text.rfind(" ", 1, PART) + 1 or PART
        yield text[:end]
        text = text[end:]
    yield text


def _pages(
    render: Render, name: str, incident: Incident, blocks: Sequence[str], room: int, **values: object
) -> list[str]:
    """Fill page after page with blocks, each of which fits on one."""

    def page(shown: Sequence[str], number: int) -> str:
        safe = [Markup(block) for block in shown]  # noqa: S704  # templates of ours rendered them
        return render(name, incident, blocks=safe, page=number, total=len(blocks), **values)

    left = room - MARKER_ROOM - max(len(page([], 1)), len(page([], 2)))
    pages: list[list[str]] = [[]]
    used = 0
    for block in blocks:
        if pages[-1] and used + len(block) > left:
            pages.append([])
            used = 0
        pages[-1].append(block)
        used += len(block) + 2  # the line ends between two blocks
    return [page(shown, number) for number, shown in enumerate(pages, start=1)]
