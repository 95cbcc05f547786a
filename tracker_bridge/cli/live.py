"""``tracker-bridge doctor --live``: the questions that only the real services answer, on a scratch project."""

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Final

import click

from tracker_bridge.cli.refs import find_project
from tracker_bridge.cli.texts import one_line
from tracker_bridge.serving.trackers import open_trackers
from tracker_bridge.settings import Settings
from tracker_bridge.trackers import Tracker, TrackerError
from tracker_bridge.trackers.live import ODD, REQUESTS, WRITES, Bounds, Ledger, Live, Made, Result, Settled, Spent

LEDGER: Final = "live-checks.jsonl"
"""Beside the queue."""

DOCS: Final = "docs/live-checks.md"

_SCRATCH = re.compile(r"(?:^|[^a-z0-9])(?:scratch|sandbox|playground)(?:[^a-z0-9]|$)|(?:^|[^a-z0-9])tests?$")
"""What the name of a project may say, so that nobody else's work is in it."""

LAG: Final = 10.0
"""Seconds until an issue whose making was not answered is shown, if it was made."""

pause = time.sleep


def run(settings: Settings, text: str, *, scratch: str, as_json: bool) -> bool:
    """Ask, print what was found and tidy up. Return whether all is as the code assumes, and nothing is left."""
    name, project = find_project(text, settings)
    if not is_scratch(project) and scratch.casefold() != project.casefold():
        raise click.UsageError(
            f"the name {project} does not say that it is a scratch project, and --live writes to it: "
            f"use a scratch project, or confirm with --scratch {project}"
        )
    ledger, bounds = Ledger(settings.queue_file.parent / LEDGER), Bounds()
    results: list[Result] = []
    trouble = ""
    with open_trackers(settings, bounds) as trackers:
        left = _tidied(trackers, ledger, bounds)
        tracker = trackers[name]
        if not isinstance(tracker, Live):
            raise click.UsageError(f"{name} cannot be checked")
        try:
            if not ledger.left:
                results.extend(
                    tracker.live(project, ledger, bounds, pause)
                )  # what was found before an error stays
        except Spent:
            trouble = "the limits are reached"
        except TrackerError as error:
            trouble = str(error)
        except ODD as error:
            trouble = f"an answer is not what is documented: {error!r}"
        except KeyboardInterrupt:
            click.echo(
                f"interrupted: what was created is listed in {ledger.path}; run this again to clean up", err=True
            )
            raise
        left += _tidied(trackers, ledger, bounds)
    left = list(dict.fromkeys(left))
    told = f"{bounds.requests} of {REQUESTS} requests, {bounds.writes} of {WRITES} writes"
    if as_json:
        shown = [asdict(one) for one in results]
        click.echo(json.dumps({"results": shown, "left": left, "trouble": trouble, "sent": told}, indent=2))
    else:
        click.echo("\n".join(_lines(f"{name}:{project}", results, left, trouble)))
        click.echo(f"\n{told}.")
    unexpected = any(isinstance(one, Settled) and one.expected is False for one in results)
    return not (unexpected or ledger.left or trouble)


def is_scratch(project: str) -> bool:
    """Whether the name of the project itself says that it is for trying things out."""
    return bool(_SCRATCH.search(project.rpartition("/")[2].casefold()))


def _tidied(trackers: Mapping[str, Tracker], ledger: Ledger, bounds: Bounds) -> list[str]:
    """
    Take away what the ledger knows of; return what is left, in words.

    What could not be taken away stays in the ledger; what is closed and empty is done with.
    """
    left: list[str] = []
    bounds.tidying = True
    for thing in [one for one in ledger.left if one.kind == "issue"]:
        where = f"{thing.tracker}:{thing.project}"
        tracker = trackers.get(thing.tracker)
        if not isinstance(tracker, Live) or thing.project not in tracker.projects:
            why = "the project is no longer configured: delete it by hand, then this file"
            left.append(f"{where}: an issue, {thing.mark}, in {ledger.path}: {why}")
            continue
        try:
            rest = tracker.tidy(thing, bounds)
        except (TrackerError, Spent, *ODD) as error:
            left.append(f"{where}: an issue, {thing.mark} ({error or 'the limits are reached'}): run this again")
            continue
        left += [f"{where}: {rest}"] if rest else []
        for one in _within(ledger, thing):
            ledger.gone(one)
    bounds.tidying = False
    return left


def _within(ledger: Ledger, issue: Made) -> list[Made]:
    """Return the comments that were made in it, and the issue last: while it is there, they are looked for."""
    there = [one for one in ledger.left if (one.tracker, one.project) == (issue.tracker, issue.project)]
    return sorted(there, key=lambda one: one.kind == "issue")


def _lines(about: str, results: Sequence[Result], left: Sequence[str], trouble: str) -> Iterator[str]:
    yield click.style(about, bold=True)
    for one in results:
        if isinstance(one, Settled):
            doubt = {None: "", True: ", as assumed", False: ", NOT as assumed"}[one.expected]
            word, colour = ("settled", "red" if one.expected is False else "green")
            yield f"  {click.style(word, fg=colour)}  {one.row}"
            yield f"           → {one_line(one.found)}{doubt}"
        else:
            yield f"  {click.style('open', fg='cyan')}     {one.row}"
            yield f"           {one_line(one.why)}"
    settled = sum(isinstance(one, Settled) for one in results)
    yield ""
    yield f"{settled} of {len(results)} questions are settled: please report what you found, for {DOCS}."
    if trouble:
        yield f"Ended early: {one_line(trouble)}"
    yield from (f"Left behind: {one_line(one)}" for one in left)
