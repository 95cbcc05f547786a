"""The site of these pages: ``make site``. On the forges they read as they are."""

import re

from tracker_bridge import __version__

project = "tracker-bridge"
copyright = "the tracker-bridge authors"  # noqa: A001 - the name that the generator wants
version = release = __version__

extensions = ["myst_parser"]
myst_enable_extensions = ["alert", "linkify", "tasklist"]
myst_heading_anchors = 4
exclude_patterns = ["requirements.md"]

html_theme = "furo"
html_title = "tracker-bridge"
html_static_path: list[str] = []
html_extra_path = ["pictures"]

_OUTSIDE = re.compile(r"\[(?P<text>[^\]]*)\]\(\.\./(?P<path>[^)#\s]+)(?:#[^)\s]*)?\)")
"""What lies beside docs/ is in the source, and not on the site."""


def _point_to_source(_app: object, _name: str, source: list[str]) -> None:
    source[0] = _OUTSIDE.sub(lambda found: f"{found['text']} (`{found['path']}`)", source[0])


def setup(app: object) -> None:
    """https://www.sphinx-doc.org/en/master/extdev/event_callbacks.html#event-source-read"""
    app.connect("source-read", _point_to_source)  # type: ignore[attr-defined]
