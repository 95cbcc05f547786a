"""``tracker-bridge doctor``"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from tracker_bridge.checkup import CheckResult, Level, note, problem
from tracker_bridge.checkup.alerts import alert_findings
from tracker_bridge.checkup.project import authorizer, unanswered
from tracker_bridge.checkup.running import heard, running_findings
from tracker_bridge.checkup.settings import (
    key_finding,
    own_file,
    queue_finding,
    review_template,
    settings_findings,
    shared_key_finding,
)
from tracker_bridge.cli import live
from tracker_bridge.cli.on_call_check import people_checked, sources_checked
from tracker_bridge.cli.options import config_option
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.refs import every_project, find_project
from tracker_bridge.cli.running import address_of, ask
from tracker_bridge.cli.texts import counted, one_line
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.logs import configure_logging
from tracker_bridge.queue import QueueError
from tracker_bridge.serving.engine import database_of
from tracker_bridge.serving.keys import keys_found
from tracker_bridge.serving.trackers import open_trackers
from tracker_bridge.settings import (
    FILE,
    TEMPLATE,
    BadSettings,
    Settings,
    load,
    place_of_key,
    rules,
    secrets,
    team_rules,
)
from tracker_bridge.trackers import Checkup, Files, Tracker, TrackerError, Unanswered, Unreadable

_COLOURS = {Level.OK: "green", Level.NOTE: "cyan", Level.WARNING: "yellow", Level.PROBLEM: "red"}


@click.command(epilog="Exit codes: 0 no problems; 1 problems were found; 2 wrong usage or settings.")
@click.argument("projects", metavar="[PROJECT]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "--live",
    "as_live",
    is_flag=True,
    help="Answer open questions by writing to one scratch project, and clean up afterwards.",
)
@click.option(
    "--scratch",
    default="",
    metavar="NAME",
    help="Repeat the project, if its name does not say that it is a scratch project.",
)
@config_option
def command(projects: tuple[str, ...], *, as_json: bool, as_live: bool, scratch: str, config: Path | None) -> None:
    """
    Check credentials, projects and webhooks with the trackers.

    PROJECT is a configured project: github:acme/api, its URL, or any issue in it; the default is all of them.
    Checks which account the bridge uses and whether it has the permissions it needs; whether the project still has
    that name, its labels, and a webhook that is delivered; whether the clocks agree; who is on call, whether their
    calendars can be read and their names are accounts; whether workflows and schedules that run the bridge are
    switched on; which sources of alerts there are; and, if a bridge runs on this machine, which problems it
    reports. Read-only.

    Anything that the credential cannot see is reported as such, and does not count as a problem.

    With --live, tests the open questions in docs/live-checks.md: with one issue in a project named scratch,
    sandbox, playground or test, and at most 70 requests and 30 writes. Everything is recorded in a file beside the
    queue before it is created; the next run cleans up after one that was interrupted.

    \b
    Examples:
      tracker-bridge doctor
      tracker-bridge doctor github:acme/api --json
      tracker-bridge doctor --live github:acme/scratch
    """
    settings = load(config)
    configure_logging("error", "text", secrets(settings))
    if as_live:
        if len(projects) != 1:
            raise click.UsageError("--live takes exactly one project")
        if not live.run(settings, projects[0], scratch=scratch, as_json=as_json):
            raise click.exceptions.Exit(1)
        return
    with open_trackers(settings) as trackers, Progress() as progress:
        asked = dict.fromkeys([find_project(text, settings) for text in projects] or every_project(trackers))
        found = [_key(settings, config), *_database(settings), *settings_findings(settings)]
        in_force: dict[str, Rules] = {}
        told, refusal = ask(settings)
        found += running_findings(address_of(settings), told, refusal)
        for tracker, project in asked:
            if any(one.about == tracker and one.level is Level.PROBLEM for one in found):
                continue  # the forge as a whole cannot be asked
            progress(f"checking {tracker}:{project}")
            told_of = _look(settings, trackers[tracker], project, heard(told, tracker, project))
            found += told_of.found
            in_force |= {f"{tracker}:{project}": told_of.rules} if told_of.rules else {}
        found += sources_checked(settings, trackers)
        found += _alerts(settings, in_force, told)
    findings = list(dict.fromkeys(found))
    click.echo(_json(findings) if as_json else "\n".join(_lines(findings)))
    if any(one.level is Level.PROBLEM for one in findings):
        raise click.exceptions.Exit(1)


def _key(settings: Settings, config: Path | None) -> CheckResult:
    found = keys_found(settings)
    if found.database:
        return shared_key_finding(place_of_key(config), found.kept, found.place, found.trouble)
    private = not found.kept or not found.path.stat().st_mode & 0o077
    return key_finding(place_of_key(config), found.kept, str(found.path), found.trouble, private=private)


def _database(settings: Settings) -> Iterator[CheckResult]:
    """What there is to say of the queue that hosts share."""
    if (database := database_of(settings)) is None:
        return
    from tracker_bridge.queue.glance import server_version  # noqa: PLC0415 - only with the extra

    try:
        version, trouble = server_version(database.get_secret_value()), ""
    except QueueError as error:
        version, trouble = "", str(error)
    yield queue_finding(database.place, version, trouble)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What there is to say of a project, and what holds there, if that could be read."""

    found: list[CheckResult]
    rules: Rules | None = None


def _alerts(
    settings: Settings, in_force: Mapping[str, Rules], told: Mapping[str, Any] | None
) -> Iterator[CheckResult]:
    for source in settings.alerts:
        places = dict.fromkeys((source.project, *(route.project for route in source.routes)))
        known = {one: in_force[one] for one in places if one in in_force}
        yield from alert_findings(source, known, told)


def _look(settings: Settings, tracker: Tracker, project: str, last: str) -> _Looked:
    name, about = tracker.name, f"{tracker.name}:{project}"
    if not isinstance(tracker, Checkup):
        return _Looked([note(about, "forge", "this tracker cannot be checked")])
    try:
        facts = tracker.facts(project, lambda: datetime.now(UTC))
        if facts.place is None:
            return _Looked([*authorizer(name, project, facts, rules(settings, name), datetime.now(UTC))])
        own, in_force = _own(settings, tracker, facts.place.path)
    except Unanswered as trouble:
        return _Looked([unanswered(name, trouble)])
    except TrackerError as error:
        rest = "the rest could not be checked"
        return _Looked([problem(about, "forge", str(error), rest, "run this again in a minute")])
    own += _template(settings, tracker, facts.place.path)
    asked = people_checked(settings, tracker, facts.place.path, in_force)
    found = authorizer(name, project, facts, in_force, datetime.now(UTC), heard=last)
    return _Looked([*found, *own, *asked], in_force)


def _own(settings: Settings, tracker: Tracker, project: str) -> tuple[list[CheckResult], Rules]:
    """Return what there is to say of the team's own settings, and the rules that hold."""
    name, operators = tracker.name, rules(settings, tracker.name)
    about, path = f"{name}:{project}", f".{name}/{FILE}"
    if not settings.repository_settings or not isinstance(tracker, Files):
        return [], operators
    try:
        text = tracker.file(project, path)
        in_force = operators if text is None else team_rules(text, settings, name)
    except Unreadable as error:
        return [own_file(about, path, str(error), there=True)], operators
    except BadSettings as error:
        return [own_file(about, path, "; ".join(map(str, error.problems)), there=True)], operators
    except TrackerError as error:
        what = f"{path}: unknown ({error})"
        return [note(about, "own settings", what, "without it, the operator's settings apply")], operators
    return [own_file(about, path, None, there=text is not None)], in_force


def _template(settings: Settings, tracker: Tracker, project: str) -> Iterator[CheckResult]:
    """What there is to say of the team's template of reviews."""
    about, path = f"{tracker.name}:{project}", f".{tracker.name}/{TEMPLATE}"
    if not settings.repository_settings or not isinstance(tracker, Files):
        return
    try:
        yield from review_template(about, path, tracker.file(project, path))
    except Unreadable as error:
        yield from review_template(about, path, None, str(error))
    except TrackerError:
        return  # of the team's own settings, which lie beside it, that is said already


def _json(findings: Sequence[CheckResult]) -> str:
    shown = [asdict(one) | {"level": one.level.value} for one in findings]
    return json.dumps({"findings": shown}, indent=2, ensure_ascii=False)


def _lines(findings: Sequence[CheckResult]) -> Iterator[str]:
    for about in dict.fromkeys(one.about for one in findings):
        yield click.style(about, bold=True)
        for one in findings:
            if one.about == about:
                yield from _told(one)
    yield ""
    yield _summed(findings)


def _told(one: CheckResult) -> Iterator[str]:
    level = click.style(f"{one.level.value:<8}", fg=_COLOURS[one.level])
    yield f"  {level} {one_line(one.what)}{f': {one_line(one.why)}' if one.why else ''}"
    if one.fix:
        yield f"           → {one_line(one.fix)}"


def _summed(findings: Sequence[CheckResult]) -> str:
    problems, warnings, notes = (
        sum(one.level is level for one in findings) for level in (Level.PROBLEM, Level.WARNING, Level.NOTE)
    )
    if not problems + warnings + notes:
        return "All checks passed."
    parts = [(problems, "problem"), (warnings, "warning"), (notes, "note")]
    found = ", ".join(counted(number, word) for number, word in parts if number)
    return f"{found}." if problems else f"No problems found: {found}."
