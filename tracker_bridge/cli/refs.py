"""An issue or a project, as people name it on the command line: a reference, or its address in the browser."""

import re
from collections.abc import Iterator, Mapping

import click

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.settings import Settings
from tracker_bridge.trackers import Discovering, Tracker
from tracker_bridge.trackers.forges import FORGES
from tracker_bridge.trackers.served import Served

_ISSUES = re.compile(r"/-/|/issues(?:/|$)|[?#]")
_PROJECT = re.compile(r"(?P<tracker>[a-z]+):(?P<project>[\w.-]+(?:/[\w.-]+)+)(?:#[0-9]+)?", re.ASCII)


def find_ref(text: str, settings: Settings) -> IssueRef:
    """Return the issue that ``text`` names. Raises ``click.BadParameter`` unless its project is configured."""
    ref = _of_address(text, settings) if "://" in text else _of_reference(text, settings)
    return IssueRef(ref.tracker, _served(ref.tracker, ref.project, settings), ref.number)


def find_project(text: str, settings: Settings) -> tuple[str, str]:
    """Return the tracker's name and the project that ``text`` names, or an issue of. Raises as the above."""
    found = _PROJECT.fullmatch(text.strip())
    if found is not None:
        return found["tracker"], _served(found["tracker"], found["project"], settings)
    address = f"{text.strip().split('#')[0].split('?')[0]}/".casefold()
    for tracker, site, _ in _sites(settings):
        for project in sorted(_projects(settings)[tracker], key=len, reverse=True):  # groups lie in groups
            if address.startswith(f"{site}/{project}/".casefold()):
                return tracker, project
        below = text.strip()[len(site) + 1 :] if address.startswith(f"{site}/".casefold()) else ""
        path = _ISSUES.split(below, maxsplit=1)[0].strip("/")
        if path and Served(_projects(settings)[tracker]).fits(path):
            return tracker, path
    raise click.BadParameter(
        f"{text!r} is not a configured project; write it like {_example(settings)}, or give its URL"
    )


def every_project(trackers: Mapping[str, Tracker]) -> tuple[tuple[str, str], ...]:
    """Return every project that is served, each with its tracker's name. Raises as the trackers do."""
    for tracker in trackers.values():
        if isinstance(tracker, Discovering):
            tracker.discover()
    return tuple((name, project) for name, tracker in trackers.items() for project in sorted(tracker.projects))


def _served(tracker: str, project: str, settings: Settings) -> str:
    """Return the project as the settings spell it."""
    projects = _projects(settings)
    if tracker not in projects:
        raise click.BadParameter(f"{tracker} is not configured (configured: {', '.join(projects)})")
    served = projects[tracker]
    spelling = {one.casefold(): one for one in served}.get(project.casefold())
    if spelling is None and Served(served).fits(project):
        return project
    if spelling is None:
        raise click.BadParameter(f"{project} is not in the setting {tracker}.projects: {', '.join(served)}")
    return spelling


def _of_reference(text: str, settings: Settings) -> IssueRef:
    try:
        return IssueRef.parse(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not an issue reference; write it like {_example(settings)}#12, or give the issue's URL"
        ) from None


def _of_address(text: str, settings: Settings) -> IssueRef:
    for tracker, site, shape in _sites(settings):
        address = text.strip().split("#")[0].split("?")[0]
        if address.casefold().startswith(site.casefold()):
            found = shape.fullmatch(address[len(site) :])
            if found is not None:
                return IssueRef(tracker, found["project"], int(found["number"]))
    raise click.BadParameter(
        f"{text!r} is not the URL of an issue on a configured tracker; "
        f"a reference looks like {_example(settings)}#12"
    )


def _sites(settings: Settings) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """Yield the addresses that people see, for those that the settings name."""
    for name, table in settings.forges.items():
        yield name, FORGES[name].site(table), FORGES[name].issue_path


def _example(settings: Settings) -> str:
    """Return a project as it may be written: one that is served."""
    named = (f"{name}:{one}" for name, served in _projects(settings).items() for one in served)
    return next((one.replace("*", "NAME") for one in named if "!" not in one), "TRACKER:PROJECT")


def _projects(settings: Settings) -> dict[str, tuple[str, ...]]:
    return {name: table.projects for name, table in settings.forges.items()}
