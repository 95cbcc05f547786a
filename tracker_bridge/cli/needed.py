"""What an incident needs now, as lines for a terminal: each thing, and below it the lines to type."""

from collections.abc import Iterator

from tracker_bridge.cli.texts import one_line
from tracker_bridge.domain.derived.needed import needed_now
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.rendering.needs import in_words


def needed_lines(incident: Incident, possible_duplicate: int) -> Iterator[str]:
    """
    Yield a heading, and what is needed; nothing where nothing is. ``possible_duplicate`` is as :func:`needed_now`
    has it.
    """
    for number, need in enumerate(needed_now(incident, possible_duplicate)):
        if not number:
            yield "Needed now"
        yield f"  {in_words(need, one_line)}"
        for line in need.lines:
            yield f"    {incident.rules.command_prefixes[0]} {one_line(line)}"
