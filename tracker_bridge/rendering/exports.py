"""The answer to ``export``: the incident as data, in a comment, folded away."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Reply
from tracker_bridge.exporting.formats import FORMATS
from tracker_bridge.exporting.incidents import incident_csv, incident_json
from tracker_bridge.rendering.truncation import MARKER_ROOM

_TICKS = re.compile("`+")
_COMMENT = "<!--"


@dataclass(frozen=True, slots=True)
class Export:
    """``block`` is the data as a code block; empty when it does not fit. ``line`` gets it on the command line."""

    name: str
    block: Markup
    line: str


def exports_of(
    incident: Incident, reply: Reply, room: int, markdown: Callable[[Incident], str]
) -> tuple[Export, ...]:
    """Return what was asked for; a comment has ``room`` characters, and what comes first is served first."""
    room -= MARKER_ROOM + 600 * len(reply.topics)  # the words around it
    found = []
    for topic in reply.topics:
        data = block(_text(incident, topic, markdown), topic)
        fits = len(data) <= room
        room -= len(data) if fits else 0
        line = f"tracker-bridge export {incident.ref} --format {topic}"
        found.append(Export(FORMATS[topic], data if fits else Markup(), line))
    return tuple(found)


def _text(incident: Incident, topic: str, markdown: Callable[[Incident], str]) -> str:
    match topic:
        case "json":
            return incident_json(incident)
        case "csv":
            return incident_csv(incident)
        case _:
            return markdown(incident)


def block(text: str, language: str) -> Markup:
    """Fence ``text`` in, whatever back-ticks are in it; nothing in it looks like a marker of ours."""
    fence = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(text)), default=0))
    safe = text.strip().replace(_COMMENT, "<!\u200b--")
    return Markup(f"{fence}{language}\n{safe}\n{fence}")  # noqa: S704  # nothing in a code block is Markdown
