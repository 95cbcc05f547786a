"""
Whether everything is set up so that the bridge can work: facts become findings.

settings.py  what the settings alone tell
project.py   what a forge tells
hooks.py     what it tells of webhooks
on_call.py   what sources of people on call tell, and who these are
running.py   what a bridge that runs here tells of itself

Pure: nothing here asks anybody. What cannot be told is a note, never a problem.
"""

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How bad it is. Only a problem makes a check-up fail."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """
    One thing that was looked at.

    ``about``: the tracker, ``tracker:project``, or ``settings``. ``topic``: a short name that stays, for programs.
    ``why``: why it matters, and ``fix``: a command, a link, or what to do; both empty when it is ok.
    """

    level: Level
    about: str
    topic: str
    what: str
    why: str = ""
    fix: str = ""


def ok(about: str, topic: str, what: str) -> CheckResult:
    return CheckResult(Level.OK, about, topic, what)


def note(about: str, topic: str, what: str, why: str = "", fix: str = "") -> CheckResult:
    return CheckResult(Level.NOTE, about, topic, what, why, fix)


def warning(about: str, topic: str, what: str, why: str, fix: str) -> CheckResult:
    return CheckResult(Level.WARNING, about, topic, what, why, fix)


def problem(about: str, topic: str, what: str, why: str, fix: str) -> CheckResult:
    return CheckResult(Level.PROBLEM, about, topic, what, why, fix)
