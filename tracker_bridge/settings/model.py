"""
Every setting, with its documentation: the descriptions here are what ``docs/settings.md`` prints.

Constructing these values reads neither files nor the environment; :func:`tracker_bridge.settings.load` does.
A table's fields are in the order in which they are checked: a validator may look at the fields above its own.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    create_model,
    field_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.audiences import AUDIENCES
from tracker_bridge.domain.incident.fields import FieldKind
from tracker_bridge.domain.incident.rules import ASSIGNED_ROLES, NEEDED_ROLES, SEVERITIES, Rules
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.environment import PREFIX
from tracker_bridge.setting_types import Server
from tracker_bridge.setting_types.databases import FileOrDatabase
from tracker_bridge.setting_types.values import Duration, Interval, Keys, Login, Roots, SharedSecret
from tracker_bridge.settings.alerts import AlertSource, check_sources
from tracker_bridge.settings.board import Board
from tracker_bridge.settings.fitting import Fitting
from tracker_bridge.settings.intervals import Intervals
from tracker_bridge.settings.notify import NotifyRow, check_notify
from tracker_bridge.settings.on_call import (
    MOST_ON_CALL,
    MOST_PEOPLE,
    OnCallPerson,
    OnCallRow,
    OnCallSource,
    OnCallStepRow,
    PagingSection,
    check_on_call_people,
    check_on_call_sources,
    check_pagers,
    check_paging,
)
from tracker_bridge.settings.shape import (
    ChecklistRow,
    FieldRow,
    RoleRow,
    WhenRow,
    check_fields,
    check_roles,
)
from tracker_bridge.settings.status_page import StatusPage, check_status_page
from tracker_bridge.settings.team import (
    Audience,
    Labels,
    OfTeams,
    Roles,
    Severity,
)
from tracker_bridge.trackers.forges import FORGES

QUEUE = "queue.sqlite3"

Native = Literal["type", "severity", "status", "timeline", "fields"]


def _access(word: object) -> object:
    """Levels are written as words; the number behind them is ours."""
    if isinstance(word, str) and word.upper() in Access.__members__:
        return Access[word.upper()]
    if isinstance(word, Access):
        return word
    raise ValueError(f"must be one of {', '.join(level.name.lower() for level in Access)}")


def _state_folder() -> Path:
    """Where systemd says, else where the user's programs keep their state."""
    if folder := os.environ.get("STATE_DIRECTORY"):
        return Path(folder)
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "tracker-bridge"


if TYPE_CHECKING:
    _Tables = BaseSettings
else:
    _Tables = create_model(
        "_Tables",
        __base__=BaseSettings,
        **{
            name: (forge.settings | None, Field(default=None, description=forge.settings.__doc__))
            for name, forge in FORGES.items()
        },
    )
"""A table for each forge, under its name."""


class Settings(Fitting, _Tables):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    signing_key: Keys | None = Field(
        default=None,
        description="Signs the receipts in the status comment, so that nobody can forge that a command was "
        "already judged. At least 24 bytes. One key, or several: the first signs, and all of "
        "them are accepted, so to rotate a key, put the new one in front of the old one "
        "(docs/operations.md). Without it, serve and work create a key at their first start and "
        "keep it beside the queue, in queue.sqlite3.key. Every process that serves a project "
        "needs the same.",
        examples=["...", ["the new one", "the old one"]],
    )
    queue: FileOrDatabase = Field(
        default_factory=lambda: _state_folder() / QUEUE,
        description="Where the queue is: which issues to process, and when. A file, for one process at a time; it "
        "may be deleted while the bridge is stopped, and its folder is created. Or postgresql://..., "
        "the URL of a PostgreSQL database, for any number of processes and machines (docs/scaling.md); "
        "that needs the extra postgres, and the same signing_key everywhere. Default: "
        "queue.sqlite3 in $STATE_DIRECTORY (set by systemd), else in "
        "$XDG_STATE_HOME/tracker-bridge, else in ~/.local/state/tracker-bridge.",
        examples=["/var/lib/tracker-bridge/queue.sqlite3", "postgresql://bridge:...@db.example.org:5432/bridge"],
    )
    labels: Labels = Field(
        default=Labels(), description="The labels that the bridge reads and writes. It never touches others."
    )
    severities: tuple[Severity, ...] = Field(
        default=tuple(Severity(name=step.name, meaning=step.meaning) for step in SEVERITIES),
        description="The severities, worst first: the name that people type, and what it means.",
    )
    intervals: Intervals = Field(
        default=Intervals(), description="Intervals for reminders and updates. At least a minute each."
    )
    severity_intervals: dict[str, dict[str, Interval]] = Field(
        default={},
        description="Intervals for individual severities, by name, where they differ from the general ones.",
        examples=[
            {
                "sev1": {"technical_silence": "15m", "min_update_interval": "15m", "max_update_interval": "30m"},
                "sev4": {"technical_silence": "4h"},
            }
        ],
    )
    targets: dict[str, dict[str, Interval]] = Field(
        default={},
        description="How long an incident of a severity should take at most to detect, acknowledge, identify, "
        "mitigate and resolve: reports tell the share of incidents that met each target.",
        examples=[
            {"sev1": {"acknowledge": "5m", "mitigate": "1h", "resolve": "4h"}, "sev2": {"acknowledge": "15m"}}
        ],
    )
    action_due: dict[str, Interval] = Field(
        default={},
        description="In how much time action items are due for which no date was given, by the severity of their "
        "incident.",
        examples=[{"sev1": "14d", "sev2": "30d"}],
    )
    timezone: Annotated[ZoneInfo, OfTeams()] = Field(
        default=ZoneInfo("UTC"),
        description="Time zone of times that people write without one, by its IANA name.",
        examples=["Europe/Berlin"],
    )
    command_prefixes: Roots = Field(
        default=Rules().command_prefixes,
        description="The words that start a command, most preferred first, each with its slash. A word that a "
        "configured tracker reserves is refused.",
    )
    needed_roles: Annotated[Roles, OfTeams()] = Field(
        default=NEEDED_ROLES, description="The roles that are listed as open while they are not filled."
    )
    assign: Roles = Field(
        default=ASSIGNED_ROLES,
        description="The roles whose holders are assigned to the issue, the most important first: GitLab "
        "without a paid plan allows one assignee. People who were assigned by hand are left "
        "alone.",
    )
    native_fields: tuple[Native, ...] = Field(
        default=("type", "severity", "status", "timeline", "fields"),
        description="Which of the tracker's own incident fields are used: the issue's type (GitHub, GitLab), "
        "its severity, status and timeline (GitLab), and the organisation's issue fields that [[fields]] "
        "name (GitHub). They follow the incident, and a type or a severity that people set by hand counts. "
        "Fields that a server, a plan or the bot's account does not support are skipped.",
        examples=[["type", "severity"]],
    )
    audiences: tuple[Audience, ...] = Field(
        default=tuple(Audience(name=one.name, reach=one.reach) for one in AUDIENCES),
        description="Audiences that are informed about incidents, each with its own Communication Lead and clock. "
        "The command audience adds others to one incident.",
    )
    roles: Annotated[tuple[RoleRow, ...], AfterValidator(check_roles), OfTeams()] = Field(
        default=(),
        description="Your own roles, beside those that every incident has: claimed, assigned, handed over and "
        "shown like them.",
        examples=[
            (
                RoleRow(
                    name="security",
                    title="Security Lead",
                    aliases=("sec",),
                    card=("Yours: what was seen by whom, and who must be told.",),
                    single=True,
                ),
            )
        ],
    )
    fields: Annotated[tuple[FieldRow, ...], AfterValidator(check_fields), OfTeams()] = Field(
        default=(),
        description="Your own fields, which the command field sets: shown in the status comment, the summary and "
        "the review, and exported.",
        examples=[
            (
                FieldRow(name="region", kind=FieldKind.CHOICE, choices=("eu", "us"), question="Which region?"),
                FieldRow(name="customers-lost", title="Customers lost", kind=FieldKind.NUMBER),
            )
        ],
    )
    checklists: tuple[ChecklistRow, ...] = Field(
        default=(),
        description="Checklists for incidents of a severity, a label or a service; without any, for all. The "
        "status comment shows them, and the command check ticks their items.",
        examples=[
            (
                ChecklistRow(
                    name="Customer data",
                    severity=("sev1", "sev2"),
                    items=("Ask the data protection officer", "Save the access logs"),
                ),
            )
        ],
    )
    when: tuple[WhenRow, ...] = Field(
        default=(),
        description="Commands that the settings say by themselves, once, when an incident becomes one of a "
        "severity, with a label or for a service (docs/team.md).",
        examples=[
            (
                WhenRow(
                    severity=("sev1",),
                    say=("channel main #inc-{number}", "audience management via board@example.org"),
                ),
            )
        ],
    )
    on_call_sources: Annotated[tuple[OnCallSource, ...], AfterValidator(check_on_call_sources)] = Field(
        default=(),
        max_length=MOST_ON_CALL,
        description="Calendars and services that know who is on call, for the entries of on_call "
        "(docs/on-call.md). They are read in the background; while one cannot be read, its last good answer "
        "counts, and its age is shown.",
        examples=[
            [
                {"name": "payments", "url": "https://calendar.example.org/private/on-call.ics"},
                {"name": "platform", "file": "/srv/rota/platform.ics", "timezone": "Europe/Berlin"},
            ]
        ],
    )
    on_call_people: Annotated[tuple[OnCallPerson, ...], AfterValidator(check_on_call_people)] = Field(
        default=(),
        max_length=MOST_PEOPLE,
        description="Who the people are that the sources name. A name that is not here is shown as it is, and "
        "nobody is mentioned for it.",
        examples=[
            (
                OnCallPerson(login="carol", names=("Carol Example", "carol@example.org")),
                OnCallPerson(login="dana", names=("Dana Example",)),
            )
        ],
    )
    on_call: tuple[OnCallRow, ...] = Field(
        default=(),
        description="Who is on call: they are asked to take an incident that an alert or another program opened, "
        "and reminded until someone has. The first entry that fits an incident counts, so put the special ones "
        "first. It gives nobody access: people on call need triage access to claim a role. Without an entry, "
        "nobody is asked, and the status comment says so.",
        examples=[
            (
                OnCallRow(who=("carol", "acme/payments"), service=("checkout", "billing")),
                OnCallRow(who=("alice", "bob"), project=("acme/shop",)),
                OnCallRow(who=("acme/platform",)),
            ),
            (
                OnCallRow(
                    source=("payments",), then=(OnCallStepRow(source=("platform",)), OnCallStepRow(who=("alice",)))
                ),
            ),
        ],
    )
    paging: PagingSection = Field(default=PagingSection(), description="Who is woken, when, and for what.")
    alert_accounts: tuple[Login, ...] = Field(
        default=(),
        max_length=MOST_ON_CALL,
        description="Logins of accounts with which programs open incidents, where the tracker does not mark them "
        "as bots: they lead nothing, what they open with the incident label is an incident at once, and the "
        "people on call are asked to take it.",
        examples=[["acme-alerts"]],
    )
    communication_issue: Literal["when_too_large", "always"] = Field(
        default="when_too_large",
        description="Whether the timeline of communications goes into a separate issue, linked to the "
        "incident: only when it is too large for one comment, or always.",
    )
    access: dict[str, Annotated[Access, BeforeValidator(_access)]] = Field(
        default={},
        description="The access that a command requires, by its name, where that differs from its default: none, "
        "read, triage, write, maintain or admin. On GitLab these are: nobody in particular, Guest, "
        "Reporter, Developer, Maintainer, Owner.",
        examples=[{"severity": "triage"}],
    )
    confirm_reports: bool = Field(
        default=True,
        description="Whether an incident that someone without access declares, or opens with the incident "
        "label, is only a report until someone with access confirms it. If false, such a label "
        "makes an incident at once, led by the person who opened it: for projects where only the "
        "team can open issues.",
    )
    close_when_resolved: Annotated[bool, OfTeams()] = Field(
        default=True, description="Close the issue when its incident is resolved."
    )
    repository_settings: bool = Field(
        default=True,
        description="Let each project override some of these settings, with a file on its default branch: see the "
        "section Settings of a repository.",
    )
    repository_settings_every: Duration = Field(
        default=timedelta(minutes=5),
        description="How often to read a repository's settings again, at most.",
    )
    sweep_every: Duration = Field(
        default=timedelta(minutes=5),
        description="How often to ask the trackers for changes, in case a webhook was lost.",
    )
    full_sweep_every: Duration = Field(
        default=timedelta(hours=1),
        description="How often to reconcile every open incident, whether it has changed or not.",
    )
    lease: Duration = Field(
        default=timedelta(minutes=2),
        description="How long a worker may hold an issue without a sign of life before another one takes it. A "
        "longer reconcile renews it; a restart takes over at once.",
    )
    workers: int = Field(
        default=4,
        ge=1,
        le=64,
        description="How many issues are processed at the same time. Of three or more workers, the last one is "
        "left for what someone did just now. Where both forges are configured, one of them gets three quarters "
        "of the workers at most, so that one that hangs does not hold up the other.",
    )
    project_workers: int = Field(
        default=2,
        ge=1,
        le=64,
        description="How many issues of one project are processed at the same time, where there are several "
        "projects: one that hangs or is very busy leaves the other workers to the others.",
    )
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address to listen on; 0.0.0.0 for all interfaces.",
    )
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on; 0 lets the system choose.")
    operator_token: SharedSecret | None = Field(
        default=None,
        description="Allows other machines to read /health and /metrics, with Authorization: Bearer and this "
        "value. At least 24 bytes. Without it, they answer only this machine.",
        examples=["..."],
    )
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Port on which work answers /metrics, /health, /healthz and /readyz, at the address of the "
        "setting host. With several processes, the second takes the next port, and so on; 0 lets the system "
        "choose. Without it, work listens nowhere; serve and receive answer these on their own port.",
        examples=[9100],
    )
    webhook_memory: int = Field(
        default=64,
        ge=32,
        le=4096,
        description="How many MiB of memory webhooks may take while they are received, over all connections. When "
        "more comes, the largest is given up: what a forge sends is usually a few kilobytes, and 25 MiB at most.",
    )
    threads: int = Field(
        default=4,
        ge=1,
        le=64,
        description="How many pages (/readyz, /health, /metrics) and alerts are answered at the same time. "
        "Webhooks need no thread.",
    )
    alerts: tuple[AlertSource, ...] = Field(
        default=(),
        description="Sources of alerts that become incidents, each at an address of its own (docs/alerts.md).",
        examples=[
            [
                {
                    "name": "prod",
                    "kind": "alertmanager",
                    "project": f"{next(iter(FORGES))}:acme/api",
                    "secrets": ["..."],
                    "severity": "sev3",
                }
            ]
        ],
    )
    status_page: StatusPage = Field(default=StatusPage(), description=StatusPage.__doc__)
    board: Board = Field(default=Board(), description=Board.__doc__)
    notify: tuple[NotifyRow, ...] = Field(
        default=(),
        validate_default=True,
        description="Destinations of messages: chats, mail, push, webhooks (docs/notifications.md). Only the "
        "operator can name one; people and a project's own settings use it by its name, where projects allows it.",
        examples=[
            [
                {
                    "name": "ops-push",
                    "address": "ntfy+https://ntfy.example.org/TOPIC",
                    "wants": ["declared", "severity", "phase", "resolved"],
                    "severities": ["sev1", "sev2"],
                },
                {
                    "name": "customers",
                    "address": "mattermost+https://chat.example.org/hooks/KEY",
                    "wants": ["update:external"],
                    "projects": ["acme/*"],
                },
            ]
        ],
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Minimum log level."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="Log format: text for people, or one JSON object per line."
    )

    @property
    def queue_file(self) -> Path:
        """Return the queue's file; where the queue is a database, beside what this machine's files are kept."""
        return self.queue if isinstance(self.queue, Path) else _state_folder() / QUEUE

    @property
    def forges(self) -> Mapping[str, Server]:
        """Return the tables of the configured forges, by name."""
        tables = {name: getattr(self, name) for name in FORGES}
        return MappingProxyType({name: table for name, table in tables.items() if table is not None})

    @field_validator("paging")
    @classmethod
    def _of_pages(cls, paging: PagingSection, fields: ValidationInfo) -> PagingSection:
        return check_paging(paging, fields.data)

    @field_validator("alerts")
    @classmethod
    def _of_alerts(cls, sources: tuple[AlertSource, ...]) -> tuple[AlertSource, ...]:
        return check_sources(sources)

    @field_validator("status_page")
    @classmethod
    def _shown(cls, page: StatusPage, fields: ValidationInfo) -> StatusPage:
        return check_status_page(page, fields.data)

    @field_validator("notify")
    @classmethod
    def _outward(cls, rows: tuple[NotifyRow, ...], fields: ValidationInfo) -> tuple[NotifyRow, ...]:
        check_pagers(fields.data.get("on_call_people", ()), [row.name for row in rows])
        return check_notify(rows, fields.data)

    @field_validator("access")
    @classmethod
    def _of_commands(cls, access: dict[str, Access]) -> dict[str, Access]:
        for word in access.keys() - COMMANDS.keys():
            near = COMMANDS.find(word) or COMMANDS.nearest(word)
            advice = f"did you mean {near.verb}?" if near else f"there are {', '.join(sorted(COMMANDS))}"
            raise ValueError(f"has no command {word!r}; {advice}")
        return access

    @classmethod
    def settings_customise_sources(cls, *_: Any, **sources: Any) -> tuple[PydanticBaseSettingsSource, ...]:
        """Constructing is pure; where values come from is said in loading.py."""
        init: PydanticBaseSettingsSource = sources["init_settings"]
        return (init,)
