"""
The colours of the labels, as a style sheet.

The pages allow no style but from style sheets of their own, so a label's colour cannot stand in the HTML.
"""

import hashlib
import re

from tracker_bridge.sandbox.world import World

_COLOR = re.compile(r"[0-9a-fA-F]{6}")


def stylesheet(world: World) -> str:
    """One rule per label: its colour, and the text that can be read on it."""
    rules = [
        f".label-{label.id}{{--label:#{_safe(label.color)};--on-label:{text_on(_safe(label.color))}}}"
        for project in world.projects.values()
        for label in project.labels.values()
    ]
    return "\n".join(rules) + "\n"


def version(world: World) -> str:
    """Changes with the style sheet: part of its address, so that new labels are coloured at once."""
    return hashlib.sha256(stylesheet(world).encode()).hexdigest()[:12]


def text_on(color: str) -> str:
    """Black or white, whichever has more contrast on ``color``, six hex digits (WCAG 2.2, relative luminance)."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#ffffff"


def _safe(color: str) -> str:
    """Colours come from API requests: what is not one must not reach a style sheet."""
    return color if _COLOR.fullmatch(color) else "ededed"
