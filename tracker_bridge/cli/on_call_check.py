"""What ``doctor`` looks at of who is on call: the sources, and the logins and teams that the settings name."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from tracker_bridge.checkup import CheckResult, note
from tracker_bridge.checkup.on_call import Standing, nobody_to_page, people_findings, source_findings
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.on_call.watch import Watch
from tracker_bridge.serving.on_call import directory_of, feeds_of
from tracker_bridge.settings import Settings
from tracker_bridge.trackers import Accounts, Denied, Teams, Tracker, TrackerError


def sources_checked(settings: Settings, trackers: Mapping[str, Tracker]) -> Iterator[CheckResult]:
    """Read all sources, and yield what there is to say of each."""
    now = datetime.now(UTC)
    watch = Watch(feeds_of(settings), lambda: datetime.now(UTC))
    directories = [directory_of(settings, name) for name in trackers]
    for name in watch.names:
        yield from source_findings(name, watch.snapshot(name), directories, now)


def people_checked(settings: Settings, tracker: Tracker, project: str, rules: Rules) -> list[CheckResult]:
    """Ask the forge who those are that a project's settings name."""
    about = f"{tracker.name}:{project}"
    rows = [row for row in rules.on_call if row.is_of(project)]
    names = [login for row in rows for step in row.steps for login in step.who]
    if any(step.sources for row in rows for step in row.steps):
        names += [one.login for one in directory_of(settings, tracker.name).people]
    if unheard := nobody_to_page(about, rules.paging, there=bool(rows)):
        return [unheard]
    if not names or not isinstance(tracker, Accounts):
        return []
    try:
        found = {
            name: _standing(tracker, IssueRef(tracker.name, project, 0), name) for name in dict.fromkeys(names)
        }
    except Denied as error:
        what = f"who is on call: {error}"
        return [note(about, "on call", what, "whether they can be asked is not known")]
    except TrackerError as error:
        return [note(about, "on call", f"who is on call: unknown ({error})", "run this again in a minute")]
    return list(people_findings(about, found))


def _standing(tracker: Tracker, ref: IssueRef, name: str) -> Standing:
    account = tracker.account(ref, name) if isinstance(tracker, Accounts) else None
    if account is None:
        return Standing(None)
    if account.team:
        members = tracker.members(ref, name) if isinstance(tracker, Teams) else None
        return Standing(account, members=None if members is None else len(members))
    return Standing(account, tracker.access(ref, account, fresh=True))
