"""What a forge tells of itself, of the credential and of a project, judged."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tracker_bridge.checkup import CheckResult, note, ok, problem, warning
from tracker_bridge.checkup.hooks import hook_findings
from tracker_bridge.domain.incident.labels import label_changes, wanted_labels
from tracker_bridge.domain.incident.rounding import whole, whole_seconds
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.trackers import Unanswered
from tracker_bridge.trackers.facts import Budget, Credential, Facts, Job, Right

SKEW = timedelta(seconds=60)
"""Clocks that differ by less are well; GitHub refuses an App's signature from a clock a minute ahead."""
SOON = timedelta(days=14)
"""A credential that ends earlier is told of."""
LOW = 0.1
"""The share of a budget below which it is told of."""


def authorizer(
    name: str, project: str, facts: Facts, rules: Rules, now: datetime, *, heard: str = ""
) -> Iterator[CheckResult]:
    """
    Yield the findings of one project of the tracker ``name``; ``now`` is this machine's clock. ``heard`` is when
    the bridge that runs here was last delivered something of it.
    """
    about = f"{name}:{project}"
    yield _server(name, facts)
    yield from _clock(name, facts)
    if facts.credential is not None:
        yield from _credential(name, facts.credential, now)
    if facts.budget is not None:
        yield _budget(name, facts.budget)
    if facts.refusal:
        where, topic = (about, "project") if facts.credential is not None else (name, "credential")
        yield problem(where, topic, facts.refusal, "nothing can be read or written", facts.mend)
        return
    yield _place(name, project, facts)
    for right in facts.rights:
        yield _right(about, right)
    yield from hook_findings(name, about, facts, heard)
    for job in facts.jobs or ():
        yield _job(about, job)
    yield _labels(about, facts, rules)
    if facts.own_types:
        what = f"the organisation has its own issue types: {', '.join(facts.own_types)}"
        why = "the forge hides items of these types from the bridge, which cannot process them"
        yield note(
            about, "types", what, why, "use the incident label on issues and incidents only: docs/trackers.md"
        )


def unanswered(name: str, trouble: Unanswered) -> CheckResult:
    """Return the finding for a forge that does not answer."""
    what = f"no answer from {trouble.address}: {trouble.cause}"
    return problem(name, "server", what, "nothing can be read or written", trouble.fix)


def _server(name: str, facts: Facts) -> CheckResult:
    version = f", version {facts.version}" if facts.version else ""
    return ok(name, "server", f"{facts.address} answers{version}")


def _clock(name: str, facts: Facts) -> Iterator[CheckResult]:
    if facts.skew is None:
        return
    skew = abs(facts.skew)
    if abs(facts.skew) <= SKEW:
        yield ok(name, "clock", f"its clock and this machine's differ by {whole_seconds(skew)} s")
        return
    side = "behind" if facts.skew > timedelta() else "ahead of"
    yield problem(
        name,
        "clock",
        f"this machine's clock is {_duration(skew)} {side} the forge's",
        "an App's signature and signed deliveries are refused, and times on the timeline are wrong",
        "set the clock: timedatectl set-ntp true",
    )


def _duration(length: timedelta) -> str:
    seconds = whole_seconds(length)
    return f"{seconds} s" if seconds < 120 else f"{whole(length, timedelta(minutes=1))} min"


def _credential(name: str, credential: Credential, now: datetime) -> Iterator[CheckResult]:
    yield ok(name, "credential", f"this is {credential.login}, with {credential.kind}")
    if credential.expires is None:
        return
    left = credential.expires - now
    day = f"{credential.expires.astimezone(UTC):%Y-%m-%d}"
    if left > SOON:
        yield ok(name, "expiry", f"it is valid until {day}")
    else:
        what = f"it is valid only until {day}"
        yield warning(name, "expiry", what, "after that, nothing can be read or written", credential.page)


def _budget(name: str, budget: Budget) -> CheckResult:
    what = f"{budget.left} of {budget.limit} requests are left until {budget.reset.astimezone(UTC):%H:%M} UTC"
    if budget.left >= budget.limit * LOW:
        return ok(name, "budget", what)
    return warning(
        name,
        "budget",
        what,
        "the bridge waits when none is left",
        "check what else uses this account's credential",
    )


def _place(name: str, project: str, facts: Facts) -> CheckResult:
    place, about = facts.place, f"{name}:{project}"
    assert place is not None, "facts without a refusal have a place"  # noqa: S101
    if place.path.casefold() != project.casefold():
        return problem(
            about,
            "name",
            f"it is now called {place.path}",
            "it is found by its ID; after a restart, webhooks wait for the first sweep",
            f'write "{place.path}" instead of "{project}" in the setting {name}.projects',
        )
    if place.archived:
        return problem(about, "project", "it is archived", "nothing can be written", "unarchive it, or unset it")
    if not place.issues:
        why = "incidents live in issues"
        return problem(about, "project", "issues are disabled in it", why, "enable them in its settings")
    return ok(about, "project", f"it exists, with the ID {place.id}")


def _right(about: str, right: Right) -> CheckResult:
    if right.held:
        return ok(about, "right", f"{right.name}: granted")
    if right.held is None:
        return note(about, "right", f"{right.name}: unknown", f"needed for this: {right.use}", right.page)
    level = problem if right.needed else warning
    return level(about, "right", f"{right.name}: missing", f"without it, no {right.use}", right.page)


def _job(about: str, job: Job) -> CheckResult:
    if not job.off:
        return ok(about, "job", f"{job.name} is switched on")
    why = "without it, nobody is reminded, and what its events did not tell stays undone"
    return warning(about, "job", f"{job.name} is switched off: {job.off}", why, f"switch it on: {job.page}")


def _labels(about: str, facts: Facts, rules: Rules) -> CheckResult:
    fix = f"tracker-bridge labels {about}"
    if facts.labels is None:
        return note(about, "labels", "labels: unknown", "they identify incidents", fix)
    missing = [put.label.name for put in label_changes(wanted_labels(rules), facts.labels) if put.new]
    if not missing:
        return ok(about, "labels", "the labels exist")
    return warning(
        about,
        "labels",
        f"labels are missing: {', '.join(missing)}",
        "nobody can add a label that does not exist",
        fix,
    )
