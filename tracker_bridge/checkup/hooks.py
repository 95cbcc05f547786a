"""Webhooks, judged: is there one of ours, just one, with all triggers, and does it arrive?"""

from collections.abc import Iterator
from datetime import UTC

from tracker_bridge.checkup import CheckResult, note, ok, problem, warning
from tracker_bridge.trackers.facts import Delivered, Facts, Webhook

_DEAF = "changes are found only by the sweep, minutes late"


def hook_findings(tracker: str, about: str, facts: Facts, heard: str) -> Iterator[CheckResult]:
    """``heard``: when the bridge that runs here was last delivered something of the project; empty if never."""
    page = facts.hooks_page
    ours = [hook for hook in (*(facts.hooks or ()), *(facts.wide_hooks or ())) if hook.reaches(tracker)]
    unseen = facts.hooks is None or facts.wide_hooks is None
    if not ours and any(not job.off for job in facts.jobs or ()):
        yield ok(about, "webhook", "none sends to a bridge, and none is needed: jobs of the forge run it")
    elif not ours and heard:
        yield ok(about, "webhook", f"deliveries arrive at the bridge on this machine, the last one at {heard}")
    elif not ours and unseen:
        yield _unseen(tracker, about, facts)
    elif not ours:
        yield _none(tracker, about, facts.hooks or (), page)
    elif len(ours) > 1:
        what = f"{len(ours)} webhooks send to this bridge, or to several: {', '.join(hook.url for hook in ours)}"
        yield warning(
            about, "webhook", what, "two bridges on one project write everything twice", f"keep one: {page}"
        )
    for hook in ours:
        yield from _judged(about, hook)


def _unseen(tracker: str, about: str, facts: Facts) -> CheckResult:
    """Nobody is alarmed by what they cannot see, nor told that it is there."""
    why, page = f"{_DEAF} if there is none", facts.hooks_page
    if facts.hooks is None:
        return note(
            about,
            "webhook",
            "webhook: unknown, only administrators can see it",
            why,
            f"ask one of them to check: {page}",
        )
    what = f"no webhook of the project sends to an address that ends in /hooks/{tracker}; "
    what += "a webhook of the organisation or group may; only its owners can see it"
    return warning(about, "webhook", what, why, f"ask one of them to check, or add one here: {page}")


def _none(tracker: str, about: str, others: tuple[Webhook, ...], page: str) -> CheckResult:
    path = f"/hooks/{tracker}"
    if any(hook.active for hook in others):
        what = f"no webhook sends to an address that ends in {path}; {others[0].url} may, through a proxy"
        return warning(about, "webhook", what, f"if none does, {_DEAF}", f"compare the addresses: {page}")
    what = f"there is no webhook to an address that ends in {path}"
    return problem(about, "webhook", what, _DEAF, f"add one: {page}")


def _judged(about: str, hook: Webhook) -> Iterator[CheckResult]:
    faults = list(_faults(about, hook))
    yield from faults
    if not faults:
        yield ok(about, "webhook", f"the webhook to {hook.url} has what it needs")
    if hook.form:
        what = "the webhook sends forms (application/x-www-form-urlencoded)"
        yield note(
            about, "content", what, "it works, but bodies are larger", f"choose application/json: {hook.page}"
        )
    if hook.last is not None:
        yield _arrived(about, hook, hook.last)


def _faults(about: str, hook: Webhook) -> Iterator[CheckResult]:
    if not hook.active:
        yield problem(about, "webhook", "the webhook is disabled", _DEAF, f"enable it: {hook.page}")
    if hook.stopped:
        what = "the forge disabled the webhook, because it failed too often"
        yield problem(about, "webhook", what, _DEAF, f"fix the cause, then send a test: {hook.page}")
    if hook.missing:
        what = f"the webhook is missing these triggers: {', '.join(hook.missing)}"
        yield problem(about, "triggers", what, f"for these, {_DEAF}", f"enable them: {hook.page}")
    if not hook.secret:
        what, why = "the webhook has no secret", "the bridge refuses all its deliveries"
        yield problem(about, "secret", what, why, f"use the one from the settings: {hook.page}")


def _arrived(about: str, hook: Webhook, last: Delivered) -> CheckResult:
    at = f", {last.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if last.at else ""
    if 200 <= last.status < 300:
        return ok(about, "delivery", f"its latest delivery was accepted{at}")
    if last.status == 401:
        what, why = f"its latest delivery was refused{at}", "its secret is none of those in the settings"
        return problem(about, "secret", what, why, f"write the same secret into both: {hook.page}")
    if last.status == 0:
        what, why = (
            f"its latest delivery did not reach anything{at}",
            f"{hook.url} cannot be reached from the forge",
        )
        return problem(about, "delivery", what, why, f"see the details: {hook.page}")
    what = f"its latest delivery was answered with {last.status}{at}"
    return problem(
        about, "delivery", what, f"{hook.url} is not this bridge, or fails", f"see the details: {hook.page}"
    )
