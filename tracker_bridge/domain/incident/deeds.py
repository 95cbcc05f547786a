"""Whose own words say that they work on the fix, whatever they are called (S107)."""

from typing import Final

from tracker_bridge.domain.incident.timeline import Kind, Timeline
from tracker_bridge.domain.issue.patterns import at_first_use

_DONE: Final = at_first_use(
    r"I(?:['’]ve|['’]m| am| have)? (?:just |now |already |also )?"
    r"(?:re)?(?:built|building|start(?:ed|ing)|deploy(?:ed|ing)|boot(?:ed|ing)|stor(?:ed|ing)|set(?:ting)? the"
    r"|roll(?:ed|ing) (?:it |this |that |the \w+ )?back|revert(?:ed|ing)|patch(?:ed|ing)|fix(?:ed|ing)"
    r"|scal(?:ed|ing)|drain(?:ed|ing)|kill(?:ed|ing)|disabl(?:ed|ing)|enabl(?:ed|ing)|migrat(?:ed|ing)"
    r"|(?:up|down)grad(?:ed|ing)|flush(?:ed|ing)|replac(?:ed|ing)|repair(?:ed|ing)|fail(?:ed|ing) over)\b"
)
"""What people do to a system, told in the first person: nothing that is said of an issue's labels."""


def workers(timeline: Timeline) -> set[str]:
    """Return the logins, case-folded, of those who noted that they changed something."""
    return {one.author.casefold() for one in timeline.of(Kind.NOTE) if not one.external and _DONE.match(one.text)}
