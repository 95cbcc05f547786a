"""
Lines for other bots that people write below a command: ``/assign @bob``, ``/kind bug``, ``/lgtm``.

Only what is nothing but such a line: ``/approve returns 500`` tells of a route, and is part of a note.
"""

import re

_LINE = re.compile(
    r" {0,3}/(?:"
    r"(?:un)?(?:assign|cc)(?:[ \t,]+@[\w./-]+)*"
    r"|(?:lgtm|approve|(?:un)?hold|(?:re)?test|ok-to-test|close|reopen|shrug)(?:[ \t]+(?:cancel|all|no-issue))?"
    r"|(?:remove-)?(?:label|kind|area|priority|sig|lifecycle|triage|milestone|severity)[ \t]+[\w:./~\"'-]+"
    r")[ \t]*",
    re.IGNORECASE,
)


def is_for_another_bot(line: str) -> bool:
    """Whether ``line`` is a command that one of the bots of many projects listens to, and nothing else."""
    return "/" in line and _LINE.fullmatch(line) is not None
