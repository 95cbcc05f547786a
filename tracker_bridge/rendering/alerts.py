"""The text of an issue that a program opens: answers under the headings of the issue form, which are read back."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from markupsafe import Markup

from tracker_bridge.domain.form import QUESTIONS, SOURCES
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.rendering.escaping import visible
from tracker_bridge.rendering.exports import block

TEMPLATE: Final = "alert"

LONGEST: Final = 30_000
"""Characters of what else is known: half a comment."""

_SLASHES: Final = re.compile(r"^(?=[ \t]*/)", re.MULTILINE)
"""Where a zero-width space keeps a line from being a quick action, on GitLabs that look into code as well."""


def alert_text(folder: Path, answers: Mapping[str, str]) -> str:
    """
    Return the Markdown; ``folder`` has the templates.

    ``answers`` are by the keys of :data:`QUESTIONS`: times and the severity as commands take them, ``source`` one
    of :data:`SOURCES`, and ``more``, which is shown to the letter, in a block of code.
    """
    template = documents_environment(folder).get_template(f"{TEMPLATE}.md.j2")
    more = _SLASHES.sub("\u200b", visible(answers.get("more", "")).strip("\n")[:LONGEST])
    return template.render(
        questions=QUESTIONS,
        answers={key: answers.get(key, "") for key in ("started", "detected", "severity")},
        source=SOURCES.get(answers.get("source", ""), ""),
        more=block(more, "") if more else Markup(),
    ).strip()
