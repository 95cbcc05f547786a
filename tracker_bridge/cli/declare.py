"""``tracker-bridge declare``"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from tracker_bridge.cli.opening import open_once
from tracker_bridge.cli.options import EXITS, config_option
from tracker_bridge.cli.refs import find_project
from tracker_bridge.cli.said import readable, standard_input
from tracker_bridge.cli.session import Session, open_house
from tracker_bridge.cli.texts import one_line
from tracker_bridge.domain.fold.form import SOURCES
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.times import BadTime, Moment, parse_time
from tracker_bridge.domain.issue.changes import REPEATS, Document, Open, marker
from tracker_bridge.domain.issue.cleaning import clean, title_of
from tracker_bridge.domain.issue.elsewhere import suffix
from tracker_bridge.domain.issue.gate import UnsafeText, check
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.rendering.alerts import alert_text
from tracker_bridge.rendering.escaping import visible
from tracker_bridge.serving.alone import alone
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import Tracker, check_private

_LABEL = 50
"""Characters of a label: GitHub's limit. GitLab takes more."""

_WITHHELD = "The description cannot be shown here."


@click.command(epilog=EXITS, context_settings={"ignore_unknown_options": True})  # a title may begin with a dash
@click.argument("project")
@click.argument("title")
@click.option("--started", metavar="TIME", default="", help='When the outage began: 14:05, "20m ago", ...')
@click.option("--detected", metavar="TIME", default="now", show_default=True, help="When it was noticed.")
@click.option(
    "--by", "source", type=click.Choice(SOURCES), default="alert", show_default=True, help="Who noticed it."
)
@click.option("--severity", metavar="NAME", default="", help="Severity, on the project's scale.")
@click.option("--label", "labels", metavar="NAME", multiple=True, help="Another label, such as service:checkout.")
@click.option("--key", metavar="TEXT", default="", help="Deduplication key of the alert. Default: its title.")
@click.option("--private", is_flag=True, help="Run it in the private project of the settings.")
@click.option("--text", default="", help="Further details; - reads them from standard input.")
@config_option
def command(
    project: str,
    title: str,
    *,
    started: str,
    detected: str,
    source: str,
    severity: str,
    labels: tuple[str, ...],
    key: str,
    private: bool,
    text: str,
    config: Path | None,
) -> None:
    """
    Open an incident, unless it is already open.

    PROJECT is a configured project: github:acme/api, its URL, or any issue in it. If an open incident has the same
    TITLE, or was opened with the same key, no new one is opened: an alert may fire a hundred times, from several
    machines at once. If two are opened at the same moment, the later one is closed as a duplicate. Prints the
    issue's URL. A running bridge (serve, work or sweep) then processes it. For an alert, call this from its
    notification script.

    An incident is opened whatever TITLE and the text contain: a title that is too long is shortened, with the full
    title in the text; anything that cannot be shown is left out.

    \b
    Examples:
      tracker-bridge declare github:acme/api "Checkout answers 502" --started "10m ago" --severity sev1
      tracker-bridge declare github:acme/api "Disk of db1 is 97 % full" --key disk-db1
      journalctl -u shop -n 50 | tracker-bridge declare gitlab:acme/shop "Queue is stuck" --text -
    """
    now = datetime.now(UTC)
    more = standard_input() if text == "-" else readable(text)
    with open_house(config, writes=True) as session:
        tracker, path = find_project(project, session.settings)
        rules = session.rules(tracker, path)
        public = path if private and rules.private_project else ""
        if private and not rules.private_project:
            raise click.UsageError(f"--private: the setting {tracker}.private_project is not set")
        if public:
            path = rules.private_project
            check_private(session.bridge.trackers[tracker], path)
            rules = session.rules(tracker, path)
        answers = {
            "started": _moment(started, "--started", rules, now),
            "detected": _moment(detected, "--detected", rules, now),
            "source": source,
            "severity": _severity(severity, rules),
        }
        called, said = _blanked(readable(title), session), _blanked(more, session)
        alert = _Alert(called, said, answers, _labels(labels), readable(key), public)
        ref = IssueRef(tracker, path, 0)
        _open(session, ref, alert, rules, now)


@dataclass(frozen=True, slots=True)
class _Alert:
    """
    What a program says. It may say anything, and gets its incident all the same.

    ``public`` is the project that it is about, where it is run in private.
    """

    title: str
    more: str
    answers: Mapping[str, str]
    labels: frozenset[str]
    key: str
    public: str = ""

    def called(self, limit: int) -> str:
        """Return how the incident is called: by its title, else by the first line of its text."""
        return title_of(self.title if clean(self.title) else self.more.strip().partition("\n")[0], limit)

    def text(self, limit: int) -> str:
        """Return what else is known, and the title where an issue's has no room for it, or not its lines."""
        whole = visible(self.title).strip()
        return f"{whole}\n\n{self.more}".strip() if "\n" in whole or len(clean(whole)) > limit else self.more


def _open(session: Session, ref: IssueRef, alert: _Alert, rules: Rules, now: datetime) -> None:
    """The marker of the issue depends on the key: neither an unclear answer nor a race makes a second one."""
    tracker = session.bridge.trackers[ref.tracker]
    title = alert.called(tracker.max_title)
    key = f"new:{hashlib.sha256((alert.key or title).casefold().encode()).hexdigest()[:20]}{suffix(alert.public)}"
    document = _document(session, key, alert, rules, tracker)
    wish = Open(
        title=title,
        document=document(0),
        labels=frozenset({rules.incident_label}),
        confidential=False,
        since=now,
        reuse=True,
        linked=False,
        more_labels=alert.labels,
    )
    with alone(session.settings, f"{ref}{key}"):
        opened, new = open_once(session, ref, wish, document, keyed=bool(alert.key))
    click.echo(f"{tracker.read(opened).url}  {'opened' if new else 'already open'}: {opened}")


def _document(
    session: Session, key: str, alert: _Alert, rules: Rules, tracker: Tracker
) -> Callable[[int], Document]:
    """Return what makes the text of the issue, given the number of the one that it repeats, or 0."""

    def made(more: str, repeats: int) -> Document:
        found = f"{REPEATS}:{repeats}" if repeats else key
        room = tracker.max_body - len(marker(found)) - 2
        answers = {**alert.answers, "more": more}
        return Document(found, alert_text(templates_folder(), answers, room, repeats=repeats))

    more = alert.text(tracker.max_title)
    try:
        check(made(more, 0), rules.command_prefixes, "", tracker.max_body, session.secrets)
    except UnsafeText as unsafe:
        click.echo(f"{unsafe}; the incident is opened without it", err=True)
        more = _WITHHELD
    return lambda repeats: made(more, repeats)


def _blanked(text: str, session: Session) -> str:
    """Cover what a log should not hold: a text with one of our own secrets in it would not be sent."""
    shown = visible(text)
    for secret in session.secrets:
        shown = shown.replace(secret, "[secret]")
    return shown


def _labels(names: Iterable[str]) -> frozenset[str]:
    """Return the labels that a forge takes; an incident without one is better than none."""
    cleaned = {name: clean(readable(name)) for name in names}
    for name, label in cleaned.items():
        if not 0 < len(label) <= _LABEL or "," in label:
            click.echo(f"--label {one_line(readable(name))[:80]}: not a label; skipped", err=True)
    return frozenset(label for label in cleaned.values() if 0 < len(label) <= _LABEL and "," not in label)


def _moment(text: str, option: str, rules: Rules, now: datetime) -> str:
    """Return a time as the issue's text has it: absolute, and rough where it was meant so."""
    if not text:
        return ""
    found = parse_time(text, now, rules.timezone)
    if isinstance(found, BadTime):
        raise click.BadParameter(found.reason.replace("`", "'"), param_hint=option)
    if found.remark:
        remark = found.remark.replace("`", "'")
        click.echo(f"{option}: {remark}.", err=True)
    return _written(found)


def _written(moment: Moment) -> str:
    return f"{'about ' if moment.approximate else ''}{moment.at:%Y-%m-%d %H:%M} UTC"


def _severity(name: str, rules: Rules) -> str:
    if not name:
        return ""
    found = rules.severity(name)
    if found is None:
        known = ", ".join(one.name for one in rules.severities)
        raise click.BadParameter(f"must be one of {known}", param_hint="--severity")
    return found.name
