"""
What holds in each project: the operator's rules, and over them what the project's own file says (S118).

A file is read when an issue of its project is looked at, and then not again for some minutes. What is remembered
here is a cache, but for one thing: while a file is broken, its last good version goes on.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.domain.incident.review_layout import faults
from tracker_bridge.domain.incident.rules import Flaws, InForce, Layout, Rules
from tracker_bridge.settings import FILE, MOST_PROBLEMS, TEMPLATE, BadSettings
from tracker_bridge.trackers import Busy, Denied, Files, Gone, Tracker, Unreadable

_MENDING: Final = timedelta(hours=1)
"""How soon to look whether a broken template of reviews is right again: a review waits for days."""

_log = logging.getLogger(__name__)

Read = Callable[[str, str], Rules]
"""Makes rules of the text of a file in a project of the named tracker; raises :class:`BadSettings`."""


@dataclass(frozen=True, slots=True)
class _Known:
    """
    What was found ``at`` that time. ``text`` is ``None`` without a file that can be read; ``good`` are the rules
    of the last version without a mistake; ``said`` is what the log was told.
    """

    at: datetime
    in_force: InForce
    said: str
    text: str | None = None
    good: Rules | None = None


@dataclass(frozen=True, slots=True)
class _KnownLayout:
    """The template of reviews that was found ``at`` that time; ``good`` is the last one without a mistake."""

    at: datetime
    layout: Layout
    good: str


class ProjectSettings:
    """Knows what holds in which project. Safe to use from several threads."""

    def __init__(
        self, trackers: Mapping[str, Tracker], own: Mapping[str, Rules], read: Read, *, every: timedelta
    ) -> None:
        """``own`` are the operator's rules, by tracker; a file is read again after ``every`` at the soonest."""
        self._trackers = trackers
        self._own = own
        self._read = read
        self._every = every
        self._known: dict[tuple[str, str], _Known] = {}
        self._layouts: dict[tuple[str, str], _KnownLayout] = {}
        self._lock = threading.Lock()

    def in_force(self, tracker: str, project: str, now: datetime) -> InForce:
        """
        Return what holds in the project.

        Raises :class:`Gone` or :class:`Busy` when its file was never read and cannot be read now: what a team
        has settled is not guessed.
        """
        with self._lock:
            known = self._known.get((tracker, project))
        if known is not None and known.at <= now < known.at + self._every:
            return known.in_force
        found = self._find(tracker, project, now, known)
        if known is None or found.said != known.said:
            level = logging.WARNING if found.in_force.flaws else logging.INFO
            _log.log(level, "%s:%s: %s", tracker, project, found.said)
        with self._lock:
            self._known[tracker, project] = found
        return found.in_force

    def _find(self, name: str, project: str, now: datetime, known: _Known | None) -> _Known:
        path = f".{name}/{FILE}"
        try:
            text, why = self._text(name, project, path)
        except Unreadable as error:
            return self._broken(name, path, now, known, [("the file", str(error))])
        except (Gone, Busy):
            if known is None:
                raise
            return replace(known, at=now)
        if text is None:
            return _Known(now, InForce(self._own[name]), f"{why}; the operator's settings apply")
        if known is not None and text == known.text:
            return replace(known, at=now)
        try:
            rules = self._read(name, text)
        except BadSettings as error:
            problems = [(problem.where, problem.what) for problem in error.problems]
            return replace(self._broken(name, path, now, known, problems), text=text)
        return _Known(now, InForce(rules), f"{path} holds", text, rules)

    def review_layout(self, tracker: str, project: str, now: datetime) -> Layout:
        """Return the team's template of reviews. Raises as above when it was never read and cannot be read now."""
        with self._lock:
            known = self._layouts.get((tracker, project))
        if known is not None and known.at <= now < known.at + self._every:
            return known.layout
        path = f".{tracker}/{TEMPLATE}"
        try:
            text, _ = self._text(tracker, project, path)
            problems = faults(text or "")
        except Unreadable as error:
            text, problems = "", (("the file", str(error)),)
        except (Gone, Busy):
            if known is None:
                raise
            return known.layout
        found = _KnownLayout(now, Layout(text or ""), text or "")
        if problems:
            good = known.good if known else ""
            flaws = Flaws(path, problems[:MOST_PROBLEMS], kept=bool(good), of_review=True)
            found = _KnownLayout(now, Layout(good, flaws, now + _MENDING), good)
            _log.warning("%s:%s: %s is broken: %s", tracker, project, path, "; ".join(map(": ".join, problems)))
        with self._lock:
            self._layouts[tracker, project] = found
        return found.layout

    def _text(self, name: str, project: str, path: str) -> tuple[str | None, str]:
        """Return the text of the file, or why there is none."""
        tracker = self._trackers[name]
        if not isinstance(tracker, Files):
            return None, "the tracker has no files"
        try:
            return tracker.file(project, path), f"no {path}, or it is not visible"
        except Denied as error:
            return None, str(error)

    def _broken(
        self, name: str, path: str, now: datetime, known: _Known | None, problems: list[tuple[str, str]]
    ) -> _Known:
        good = known.good if known else None
        flaws = Flaws(path, tuple(problems), kept=good is not None)
        holds = "its last good version applies" if good else "the operator's settings apply"
        said = "; ".join(f"{where}: {what}" for where, what in problems)
        return _Known(
            now, InForce(good or self._own[name], flaws), f"{path} is broken, {holds}: {said}", good=good
        )
