"""
Whether it is truly over: what testers are asked, and what they find (S19-S21, S106, S107).

A verdict speaks about the fix that is in. Each tester's latest counts; one that fails means that the fix did not
hold, whatever the others say.
"""

from dataclasses import dataclass
from datetime import datetime

from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.issue import Person, TrackerUrl


@dataclass(frozen=True, slots=True)
class TestRequest:
    """
    The testers are asked to look: by somebody's word, because a fix is in since ``fix``, or because it is said
    to be over since ``over`` (S106).

    ``key`` tells the comment that asks them from others. ``testers`` are those of that moment: a comment mentions
    them once. Without any, ``leads`` are told, and ``others`` hold a role and do not work on the fix, so that they
    can be asked. ``own``: there is a tester, who made the fix.
    """

    key: str
    by: str
    url: TrackerUrl
    at: datetime
    testers: tuple[str, ...]
    leads: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    what: str = ""
    fix: Moment | None = None
    over: Moment | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class TestResult:
    """What one tester found."""

    tester: str
    passed: bool
    at: datetime
    url: TrackerUrl
    note: str = ""


@dataclass(frozen=True, slots=True)
class TestException:
    """``who`` may test although they work on the fix: ``by`` decided that, and ``why`` (S9, S20, S107)."""

    who: Person
    why: str
    by: str
    at: datetime
    url: TrackerUrl


def latest(findings: tuple[TestResult, ...]) -> tuple[TestResult, ...]:
    """Return the latest of each tester (S21), in the order in which they first spoke."""
    return tuple({one.tester.casefold(): one for one in findings}.values())


def confirmation(findings: tuple[TestResult, ...]) -> TestResult | None:
    """Return the first that confirms the fix; ``None`` while there is none, or one tester still sees it fail."""
    if not all(one.passed for one in latest(findings)):
        return None
    return next((one for one in findings if one.passed), None)


def about_fix(findings: tuple[TestResult, ...], fix: Moment) -> tuple[TestResult, ...]:
    """Return those that speak about a fix of that time: given after it, and after the last one that failed."""
    failed = [number for number, one in enumerate(findings) if not one.passed]
    since = failed[-1] + 1 if failed else 0
    return tuple(one for one in findings[since:] if one.at >= fix.at)


@dataclass(frozen=True, slots=True)
class Testing:
    """
    Which tests were asked for, and what was found. ``findings`` speak about the fix at hand only. ``exceptions``:
    who may test what they work on.
    """

    requests: tuple[TestRequest, ...] = ()
    findings: tuple[TestResult, ...] = ()
    exceptions: tuple[TestException, ...] = ()

    @property
    def verdicts(self) -> tuple[TestResult, ...]:
        """What each tester found last about the fix at hand (S21)."""
        return latest(self.findings)

    @property
    def failed(self) -> tuple[TestResult, ...]:
        """The verdicts by which it is not fixed."""
        return tuple(one for one in self.verdicts if not one.passed)

    @property
    def asked(self) -> TestRequest | None:
        """The tests that somebody asked for, and no tester has answered."""
        last = self.requests[-1] if self.requests else None
        answered = last is None or any(one.at >= last.at for one in self.findings)
        return None if answered or last is None or last.fix or last.over else last
