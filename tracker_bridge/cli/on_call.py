"""``tracker-bridge on-call``"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import click

from tracker_bridge.cli.options import config_option
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.refs import every_project, find_project
from tracker_bridge.cli.session import Session, open_house
from tracker_bridge.cli.shape import when_words
from tracker_bridge.cli.texts import one_line, stamp
from tracker_bridge.domain.incident.on_call import OnCall
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.times import BadTime, parse_time
from tracker_bridge.on_call.levels import Level, levels_of
from tracker_bridge.on_call.shifts import Answer, Known, Shift
from tracker_bridge.on_call.watch import About, Watch
from tracker_bridge.serving.on_call import directory_of, feeds_of
from tracker_bridge.settings import rules
from tracker_bridge.trackers import TrackerError


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry of the setting that is for a project, and who is on call by it."""

    row: OnCall
    levels: tuple[Level, ...]


@click.command(
    epilog="Exit codes: 0 success; 1 a source could not be read; 2 wrong usage or settings.",
)
@click.argument("projects", metavar="[PROJECT]...", nargs=-1)
@click.option("--at", "when", default="", metavar="TIME", help='Another time: "2026-12-24 02:00", 14:05, ...')
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@config_option
def command(projects: tuple[str, ...], *, when: str, as_json: bool, config: Path | None) -> None:
    """
    Show who is on call.

    PROJECT is a configured project; the default is all of them. For each entry of on_call, shows the people of
    each level, what its sources say, and how well that is known. Reads the sources, as serve does in the
    background, and applies the settings on_call, on_call_sources and on_call_people. That nobody is on call, and
    that a source could not be read, are told apart. If a project's own settings cannot be read, the operator's are
    shown.

    \b
    Examples:
      tracker-bridge on-call
      tracker-bridge on-call github:acme/api --at "2026-12-24 02:00"
      tracker-bridge on-call --json
    """
    now = datetime.now(UTC)
    with open_house(config) as session, Progress() as progress:
        at = _time(when, now, session.settings.timezone)
        asked = dict.fromkeys([find_project(text, session.settings) for text in projects])
        watch = Watch(_about(session, at if when else None), lambda: datetime.now(UTC))
        found: dict[str, list[_Row]] = {}
        for tracker, project in asked or every_project(session.bridge.trackers):
            progress(f"checking {tracker}:{project}")
            found[f"{tracker}:{project}"] = _rows(session, watch, tracker, project, at)
    click.echo(_json(found, at) if as_json else "\n".join(_lines(found, at, now)))
    answers = (one for rows in found.values() for row in rows for level in row.levels for one in level.answers)
    if any(one.known is not Known.READ for one in answers):
        raise click.exceptions.Exit(1)


def _about(session: Session, at: datetime | None) -> Mapping[str, Any]:
    feeds = feeds_of(session.settings)
    return feeds if at is None else {name: (About(feed, at), every) for name, (feed, every) in feeds.items()}


def _rows(session: Session, watch: Watch, tracker: str, project: str, at: datetime) -> list[_Row]:
    directory = directory_of(session.settings, tracker)
    here = _rules(session, tracker, project).on_call
    return [_Row(row, levels_of(row, directory, watch.answer, at)) for row in here if row.is_of(project)]


def _rules(session: Session, tracker: str, project: str) -> Rules:
    """Return what holds in a project; while the tracker is down, the operator's: somebody has to be found."""
    try:
        return session.rules(tracker, project)
    except TrackerError as error:
        click.echo(f"{tracker}:{project}: its own settings are not known ({error})", err=True)
        return rules(session.settings, tracker)


def _time(text: str, now: datetime, zone: tzinfo) -> datetime:
    """Read a time, which may lie ahead."""
    if not text:
        return now
    try:
        found = datetime.fromisoformat(text.strip().removesuffix(" UTC")) if "-" in text else None
    except ValueError:
        found = None
    if found is not None:
        named = UTC if text.strip().endswith(" UTC") else zone
        return (found if found.tzinfo else found.replace(tzinfo=named)).astimezone(UTC)
    said = parse_time(text, now, zone)
    if isinstance(said, BadTime):
        raise click.BadParameter(said.reason.replace("`", ""), param_hint="'--at'")
    return said.at


def _lines(found: Mapping[str, Sequence[_Row]], at: datetime, now: datetime) -> Iterator[str]:
    yield f"On call at {stamp(at)}"
    for about, rows in found.items():
        yield click.style(about, bold=True)
        if not rows:
            yield "  nobody: the setting on_call has no entry for it"
        for row in rows:
            yield f"  {when_words(row.row.when)}"
            for level in row.levels:
                yield from _level(level, now)


def _level(level: Level, now: datetime) -> Iterator[str]:
    names = [one.login for one in level.people] + [f'"{one}" (no login is known)' for one in level.strangers]
    if not names:
        names = ["nobody"] if level.gap else ["not known"]
    yield f"    {level.number}. {one_line(', '.join(names))}"
    for answer in level.answers:
        yield f"       {one_line(_source(answer, now))}"
        yield from (f"         {one_line(complaint)}" for complaint in answer.complaints)


def _source(answer: Answer, now: datetime) -> str:
    """Say how well an answer is known."""
    match answer.known:
        case Known.READ:
            said = "; ".join(map(_shift, answer.shifts)) or "nobody is on call"
            instead = ", ".join(one.name for one in answer.overridden)
            said += f", by an override instead of {instead}" if instead else ""
        case Known.COPY:
            said = f"cannot be read ({answer.reason}); its last good copy is of {stamp(answer.read_at or now)}"
        case Known.UNREADABLE:
            said = f"cannot be read ({answer.reason})"
        case Known.UNREAD:
            said = "has not been read"
    return f"{answer.source}: {said}"


def _shift(shift: Shift) -> str:
    level = f" (level {shift.level})" if shift.level > 1 else ""
    return f"{shift.name or 'an entry without a name'}{level} until {stamp(shift.end)}"


def _json(found: Mapping[str, Sequence[_Row]], at: datetime) -> str:
    told = {
        "at": at.isoformat(),
        "projects": [
            {"project": about, "entries": [_entry(row) for row in rows]} for about, rows in found.items()
        ],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _entry(row: _Row) -> dict[str, Any]:
    when = row.row.when
    return {
        "severities": when.severities,
        "labels": when.labels,
        "services": when.services,
        "levels": [
            {
                "level": one.number,
                "logins": [person.login for person in one.people],
                "unknown_names": one.strangers,
                "nobody": one.gap,
                "sources": [_told(answer) for answer in one.answers],
            }
            for one in row.levels
        ],
    }


def _told(answer: Answer) -> dict[str, Any]:
    return {
        "name": answer.source,
        "known": answer.known.value,
        "read_at": answer.read_at.isoformat() if answer.read_at else None,
        "failing_since": answer.failing_since.isoformat() if answer.failing_since else None,
        "reason": answer.reason,
        "complaints": answer.complaints,
        "shifts": [
            {"name": one.name, "level": one.level, "start": one.start.isoformat(), "end": one.end.isoformat()}
            for one in answer.shifts
        ],
    }
