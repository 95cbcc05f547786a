"""Opening an incident for an alert once, whoever declares the same at the same time, here or elsewhere (S23)."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import click

from tracker_bridge.cli.errors import Failed
from tracker_bridge.cli.session import Session
from tracker_bridge.domain.incident.rounding import whole_seconds
from tracker_bridge.domain.issue.changes import Change, Close, Describe, Document, Open, Relabel, key_of
from tracker_bridge.domain.issue.issue import Issue, IssueRef
from tracker_bridge.trackers import Applied, Busy, Tracker, TrackerError

MOST_REPORTS: Final = 10
"""Reports of the same title that are looked at to find the incident among them."""

TRIES: Final = 3
MAX_WAIT: Final = 15.0
"""Seconds that are waited before another try; a tracker that wants to be left alone for longer is."""

LOOKS: Final = (0.0, 2.0, 8.0)
"""Seconds before each look for others that were opened meanwhile: what was just written may not be listed yet."""

sleep: Callable[[float], None] = time.sleep


def open_once(
    session: Session, ref: IssueRef, wish: Open, repeating: Callable[[int], Document], *, keyed: bool
) -> tuple[IssueRef, bool]:
    """
    Return the issue of the incident, and whether it was opened for this.

    An answer that is unclear is tried again: what came of it is found by its key. A report of that title is no
    incident: whoever may open issues could silence an alert by it. ``repeating`` returns the text of an issue that
    repeats the one of that number. ``keyed``: what was opened for another key is something else, whatever its
    title.
    """
    tracker = session.bridge.trackers[ref.tracker]
    while True:
        applied, clear = _applied(tracker, ref, wish)
        if applied.opened is None:
            raise Failed(f"{ref.tracker}:{ref.project}: the tracker did not open it.")
        if applied.new or not clear:
            return _settled(tracker, wish, applied.opened, repeating)
        found = session.decide(applied.opened)
        if found.incident.exists and not (keyed and _for_another(found.issue, wish)):
            return applied.opened, False
        besides = wish.besides | {applied.opened.number}
        wish = replace(wish, besides=besides, reuse=len(besides) < MOST_REPORTS)


def _applied(tracker: Tracker, ref: IssueRef, wish: Open) -> tuple[Applied, bool]:
    """Look for it and open it; tell as well whether that was clear at once. Raises as the tracker does."""
    for tried in range(TRIES - 1):
        try:
            return tracker.apply(ref, wish), tried == 0
        except Busy as busy:
            if busy.retry_after > MAX_WAIT:
                raise
            click.echo(f"{busy}; trying again in {whole_seconds(busy.retry_after)} s", err=True)
            sleep(busy.retry_after)
    return tracker.apply(ref, wish), False


def _for_another(issue: Issue, wish: Open) -> bool:
    key = key_of(issue.body) if issue.author.id == issue.viewer.id else None
    return key is not None and key != wish.document.key


def _settled(
    tracker: Tracker, wish: Open, mine: IssueRef, repeating: Callable[[int], Document]
) -> tuple[IssueRef, bool]:
    """
    Look whether somebody else opened one as well: no lock is shared with another machine.

    The oldest stays. Whoever opened a later one closes it as its duplicate, and says nothing there that pings.
    """
    for seconds in LOOKS:
        sleep(seconds)
        if (first := given_way(tracker, wish, mine, repeating)) is not None:
            return first, False
    return mine, True


def given_way(
    tracker: Tracker, wish: Open, mine: IssueRef, repeating: Callable[[int], Document]
) -> IssueRef | None:
    """Return an older one that somebody else opened, if there is one: ``mine`` is closed as its duplicate."""
    try:
        first = _first(tracker, replace(wish, make=False), mine)
    except TrackerError as error:
        click.echo(f"{mine}: cannot tell whether another one was opened at the same time: {error}", err=True)
        return None
    if first is not None:
        changes = Relabel(remove=wish.labels), Close(done=False, duplicate_of=first.number)
        for change in (*changes, Describe(repeating(first.number))):
            _change(tracker, mine, change)
    return first


def _change(tracker: Tracker, ref: IssueRef, change: Change) -> None:
    """Make a change that may be made twice; one that cannot be made is told, and the others are made."""
    for tries_left in range(TRIES - 1, -1, -1):
        try:
            tracker.apply(ref, change)
        except Busy as busy:
            if tries_left and busy.retry_after <= MAX_WAIT:
                sleep(busy.retry_after)
                continue
            click.echo(f"{ref} is a duplicate, and was left as it is: {busy}", err=True)
        except TrackerError as error:
            click.echo(f"{ref} is a duplicate, and was left as it is: {error}", err=True)
        return


def _first(tracker: Tracker, search: Open, mine: IssueRef) -> IssueRef | None:
    """Return the oldest that was opened before ``mine`` for the same key, and not what people called alike."""
    for _ in range(MOST_REPORTS):
        found = tracker.apply(replace(mine, number=0), search).opened
        if found is None or found.number >= mine.number:
            return None
        issue = tracker.read(found)
        if issue.author.id == issue.viewer.id and key_of(issue.body) == search.document.key:
            return found
        search = replace(search, besides=search.besides | {found.number})
    return None
