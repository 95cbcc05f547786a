"""``tracker-bridge replay``"""

import fcntl
import getpass
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from pydantic import SecretStr, ValidationError

from tracker_bridge.cli.errors import Failed, Misused
from tracker_bridge.cli.options import EXITS, config_option
from tracker_bridge.cli.resting import rules_at_rest, settings_at_rest
from tracker_bridge.cli.texts import counted, one_line, plain
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import Access, Issue, IssueRef, Person
from tracker_bridge.logs import configure_logging
from tracker_bridge.offline.notebook import Notebook, read
from tracker_bridge.offline.notebook_file import NotebookFile
from tracker_bridge.offline.posting import GaveUp, Poster, as_opened, opening
from tracker_bridge.offline.retelling import Retelling
from tracker_bridge.offline.thread import OfflineThread
from tracker_bridge.offline.trial import Place, Planned, differences, planned
from tracker_bridge.rendering import Renderer
from tracker_bridge.settings import FILE, BadSettings, Settings, rules, secrets, team_rules
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import Accounts, Denied, Files, Telling, Titles, Tracker, TrackerError, Unreadable
from tracker_bridge.trackers.forges import FORGES

TOKEN: Final = "REPLAY_TOKEN"  # noqa: S105 - the name of a variable

sleep: Callable[[float], None] = time.sleep


@click.command(epilog=EXITS)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("place", metavar="[PROJECT|REF]", required=False)
@click.option("--dry-run", is_flag=True, help="Show what would be posted, and post nothing.")
@click.option(
    "--map", "names", metavar="NAME=LOGIN", multiple=True, help="What someone in the notebook is called there."
)
@click.option("--new", is_flag=True, help="Open a new issue although an incident of that title is open.")
@click.option("--url", default="", help="URL of the forge, as in the settings, if there are no settings here.")
@click.option(
    "--settings",
    "team",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The team's own settings: a copy of the repository's tracker-bridge.toml.",
)
@config_option
def command(
    file: Path,
    place: str | None,
    *,
    dry_run: bool,
    names: tuple[str, ...],
    new: bool,
    url: str,
    team: Path | None,
    config: Path | None,
) -> None:
    """
    Post a notebook as an incident, once the tracker is back.

    FILE was kept with `tracker-bridge offline`. A PROJECT (github:acme/api) gets a new issue; with a REF
    (github:acme/api#12), that incident continues. Without either, it is what the notebook says. Everything is
    posted with your own token, from the variable REPLAY_TOKEN: the bridge then reads it as your words, with the
    times of the notebook. What others said is marked as theirs. Before anything is posted, it prints what cannot
    be, with the lines that others need to post themselves. Interrupted, it can be run again: nothing is posted
    twice.

    \b
    Examples:
      tracker-bridge replay incident.txt github:acme/api --dry-run
      tracker-bridge replay incident.txt github:acme/api#12 --map alice=alice-gh
    """
    notebook = read(_text(file))
    ref = _ref(place, notebook)
    if notebook.confidential and not ref.number and not FORGES[ref.tracker].confidential:
        raise Failed(
            f"{FORGES[ref.tracker].title} has no confidential issues: all who can see the project would see it. "
            "If that is right, remove the line `confidential: yes` from the notebook."
        )
    settings = settings_at_rest(config)
    logins = _logins(names)
    with _alone(file), _opened(settings, ref, url) as (tracker, token):
        configure_logging("warning", "text", {*secrets(settings), token})
        if token in secrets(settings):
            raise Misused("This is the bridge's own token: it does not hear itself. Use a token of yours.")
        held = rules_at_rest(config, team, ref.tracker) if team else _rules(tracker, ref, settings)
        thread = _thread(file, held)
        if not isinstance(tracker, Telling):
            raise Failed(f"{ref.tracker} cannot say whose token this is.")
        runner = tracker.viewer(ref.project)
        poster = Poster(tracker, runner, sleep, lambda line: click.echo(line, err=True))
        _replay(poster, Retelling(thread, runner.login, logins), ref, dry_run=dry_run, new=new)


def _replay(poster: Poster, retelling: Retelling, ref: IssueRef, *, dry_run: bool, new: bool) -> None:
    thread, now = retelling.thread, datetime.now(UTC)
    notebook = thread.notebook
    if not any(not one.known for one in notebook.entries):
        raise Failed("There is nothing in the notebook to post.")
    began = min(one.at for one in notebook.entries if not one.known)
    wish = opening(notebook, thread.incident.title, retelling.opening(), began)
    found = ref
    if not ref.number:
        known = poster.tracker.apply(ref, replace(wish, make=False)).opened
        found = known or ref
        if known is None and not new:
            _demand_none_alike(poster.tracker, ref, wish.title, thread.rules)
    issue = poster.read(found) if found.number else as_opened(wish, poster.runner, found, now, thread.issue.url)
    plan = planned(retelling, place_of(poster, issue, thread.rules, now))
    if not plan.incident.exists:
        raise Failed(
            f"{poster.runner.login} may not declare incidents there: it would be a report, and nothing of the "
            "notebook would count. Nothing was posted. Ask for triage access, or let someone run this "
            "who has it."
        )
    _tell(plan, retelling, found)
    if dry_run:
        for one in plan.comments:
            click.echo(f"\n{plain(one.document.body)}")
        return
    if sys.stdin.isatty() and plan.comments:
        click.confirm("Post it?", abort=True)
    try:
        target = found if found.number else poster.open(ref, wish)
        posted = poster.post(target, plan.comments)
    except GaveUp as gave_up:
        raise Failed(f"{gave_up}. Run it again: what was posted is not posted twice.") from None
    click.echo(f"{poster.read(target).url}  {counted(posted, 'comment')} posted")


def _demand_none_alike(tracker: Tracker, ref: IssueRef, title: str, rules: Rules) -> None:
    """Raise :class:`Failed` where an incident of that title is open: somebody may have been quicker (S23)."""
    alike = tracker.alike(ref, title, rules.incident_label) if isinstance(tracker, Titles) else None
    if alike:
        raise Failed(
            f"An incident of that title is open: {replace(ref, number=alike)}. Nothing was posted. To continue "
            "that one, name it; for a separate one, use --new."
        )


def _tell(plan: Planned, retelling: Retelling, ref: IssueRef) -> None:
    """Say what will not be as the notebook has it, before anything is posted."""
    where = str(ref) if ref.number else f"a new issue in {ref.tracker}:{ref.project}"
    lines = [one for one in plan.lines if not one.inert]
    click.echo(f"To {where}: {counted(len(lines), 'line')} in {counted(len(plan.comments), 'comment')}.")
    if plan.applied:
        click.echo(f"{counted(plan.applied, 'correction')} already applied to what it corrects.")
    if plan.asked:
        click.echo(f"{counted(plan.asked, 'question')} left out.")
    for wrong in retelling.thread.notebook.faults:
        click.echo(f"Not posted: line {wrong.line} ({wrong.why}): {one_line(wrong.text)}")
    for one in plan.inert:
        click.echo(
            f"Posted as text only: {one.who}, {one.at:%H:%M} UTC: {one_line(one.text)} ({one_line(one.why)})"
        )
        if one.plain:
            click.echo(f"  {one.who} can post: {one_line(one.plain)}")
    for one_more in differences(retelling.thread.incident, plan.incident, retelling.logins):
        click.echo(f"Different afterwards: {one_line(one_more)}.")


def place_of(poster: Poster, issue: Issue, rules: Rules, now: datetime) -> Place:
    tracker = poster.tracker
    known: dict[int, Access] = {}

    def access(person: Person) -> Access:
        if person.id not in known:
            try:
                known[person.id] = tracker.access(issue.ref, person)
            except TrackerError:  # not everyone may ask: then it turns out when it is posted
                known[person.id] = Access.WRITE
        return known[person.id]

    def account(name: str) -> Person | None:
        return tracker.account(issue.ref, name) if isinstance(tracker, Accounts) else None

    return Place(issue, poster.runner, rules, tracker.max_body, now, access, account)


def _rules(tracker: Tracker, ref: IssueRef, settings: Settings) -> Rules:
    """Return what holds in the project, its own settings included; a mistake in these stops nothing."""
    path = f".{ref.tracker}/{FILE}"
    try:
        if isinstance(tracker, Files) and (text := tracker.file(ref.project, path)):
            return team_rules(text, settings, ref.tracker)
    except Denied:
        click.echo("You may not read the project's own settings; --settings takes a copy of them.", err=True)
    except (BadSettings, Unreadable) as error:
        why = str(error.problems[0]) if isinstance(error, BadSettings) else str(error)
        click.echo(plain(f"{path} is broken, so the operator's settings apply: {why}"), err=True)
        click.echo("--settings takes the last good copy of that file.", err=True)
    return rules(settings, ref.tracker)


def _text(file: Path) -> str:
    try:
        return NotebookFile(file).text()
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}.") from None


def _thread(file: Path, rules: Rules) -> OfflineThread:
    return OfflineThread(read(_text(file), rules.timezone), rules, Renderer(templates_folder(), COMMANDS))


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Let nobody else post from this folder meanwhile: two that look at the same time see the same."""
    folder = os.open(file.resolve().parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(f"{file}: another replay is running in this folder.") from None
        yield
    finally:
        os.close(folder)


@contextmanager
def _opened(settings: Settings, ref: IssueRef, url: str) -> Iterator[tuple[Tracker, str]]:
    """Open the tracker with the runner's own token."""
    token = os.environ.get(TOKEN, "").strip()
    if not token and sys.stdin.isatty():
        token = getpass.getpass("Your token: ").strip()
    if not token:
        raise Misused(f"Set {TOKEN} to a token of yours that can comment on issues there.")
    forge, table = FORGES[ref.tracker], settings.forges.get(ref.tracker)
    own = {"token": SecretStr(token), "projects": (ref.project,)}
    try:
        if table is None:
            table = forge.settings.model_validate({**own, "token": token, **({"url": url} if url else {})})
        else:
            others = {"app_id", "private_key"} & type(table).model_fields.keys()
            update: dict[str, object] = {**dict.fromkeys(others), **own, **({"url": url} if url else {})}
            table = table.model_copy(update=update)
    except ValidationError as error:
        raise Misused(f"{ref.tracker}: {error.errors()[0]['msg']}.") from None
    with closing(forge.connect(table, lambda _: None, None)) as tracker:
        yield tracker, token


def _ref(place: str | None, notebook: Notebook) -> IssueRef:
    """Return where it goes: an issue, or a project with the number 0."""
    place = place or notebook.incident or notebook.project
    name, _, rest = place.partition(":")
    path, _, number = rest.partition("#")
    if name not in FORGES or not path or (number and not number.isdigit()):
        raise click.BadParameter(
            f"{place!r} is neither a project nor an issue; write it like TRACKER:acme/api or TRACKER:acme/api#12",
            param_hint="PROJECT|REF",
        )
    if notebook.incident and not number:
        raise click.BadParameter(
            f"this notebook continues {notebook.incident}; name that issue, or none", param_hint="PROJECT|REF"
        )
    return IssueRef(name, path, int(number or 0))


def _logins(names: tuple[str, ...]) -> Mapping[str, str]:
    pairs = [name.replace("@", "").partition("=") for name in names]
    for name, equals, login in pairs:
        if not (name and equals and login):
            raise click.BadParameter(f"{name!r}: write it like alice=alice-gh", param_hint="--map")
    return {name.casefold(): login for name, _, login in pairs}
