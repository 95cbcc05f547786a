"""The text of an issue that a program opens: answers under the headings of the issue form, which are read back."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from markupsafe import Markup

from tracker_bridge.domain.fold.form import QUESTIONS, SOURCES
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.rendering.escaping import visible
from tracker_bridge.rendering.exports import block

TEMPLATE: Final = "alert"

MAX_ALERT_CHARS: Final = 30_000
"""Characters of what else is known: half a comment."""

_SLASHES: Final = re.compile(r"^(?=[ \t]*/)", re.MULTILINE)
"""Where a zero-width space keeps a line from being a quick action, on GitLabs that look into code as well."""


def alert_text(folder: Path, answers: Mapping[str, str], room: int, *, repeats: int = 0) -> str:
    """
    Return the Markdown, of at most ``room`` characters; ``folder`` has the templates.

    ``answers`` are by the keys of :data:`QUESTIONS`: times and the severity as commands take them, ``source`` one
    of :data:`SOURCES`, and ``more``, which is shown to the letter, in a block of code. Of what does not fit, the
    beginning is shown, and how much is left out. ``repeats`` is the number of the issue that it repeats.
    """
    template = documents_environment(folder).get_template(f"{TEMPLATE}.md.j2")
    more, limit = visible(answers.get("more", "")).strip("\n"), MAX_ALERT_CHARS
    while True:
        text = template.render(
            repeats=repeats,
            questions=QUESTIONS,
            answers={key: answers.get(key, "") for key in ("started", "detected", "severity")},
            source=SOURCES.get(answers.get("source", ""), ""),
            more=block(_SLASHES.sub("\u200b", _beginning(more, limit)), "") if more else Markup(),
        ).strip()
        if len(text) <= room or not limit:
            return text
        limit //= 2  # back-ticks in it make the fences as long as they are


def _beginning(text: str, limit: int) -> str:
    left_out = len(text) - limit
    if left_out <= 0:
        return text
    many = "1 more character is" if left_out == 1 else f"{left_out:,} more characters are"
    return f"{text[:limit].rstrip()}\n[{many} left out here]"
