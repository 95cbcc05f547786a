"""What can be set for a source of alerts: who sends them, what proves it, and which incident they become."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from tracker_bridge.setting_types.values import Duration, SharedSecret

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_PROJECT = re.compile(r"[a-z]+:[\w.-]+(?:/[\w.-]+)+", re.ASCII)

Kind = Literal[
    "alertmanager",
    "grafana",
    "pagerduty",
    "sentry",
    "datadog",
    "sns",
    "gatus",
    "uptime-kuma",
    "uptimerobot",
    "opsgenie",
    "gitlab",
    "generic",
]


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("must be lower-case letters, digits and hyphens, at most 40")
    return name


def _project(project: str) -> str:
    if not _PROJECT.fullmatch(project):
        raise ValueError("not a project; write it like github:acme/api")
    return project


ProjectName = Annotated[str, AfterValidator(_project)]


class Route(BaseModel):
    """Alerts with a label of that value belong to another project."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    label: str = Field(min_length=1, max_length=200, description="Name of a label.")
    value: str = Field(max_length=1000, description="Its value.")
    project: ProjectName = Field(description="The project, like github:acme/api.")


class AlertSource(BaseModel):
    """One source of alerts."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: Annotated[str, AfterValidator(_name)] = Field(
        description="Its alerts are posted to /alerts/ and this name. Part of what alerts are told apart by."
    )
    kind: Kind = Field(
        description="Who sends them: alertmanager (Mimir as well), grafana, pagerduty, sentry, datadog, sns, "
        "gatus, uptime-kuma, uptimerobot, opsgenie, gitlab (its form of alerts), or generic for any JSON."
    )
    project: ProjectName = Field(description="Where incidents are opened, like github:acme/api.")
    secrets: tuple[SharedSecret, ...] = Field(
        description="What the sender proves itself by, at least 24 bytes each; two while you rotate one."
    )
    routes: tuple[Route, ...] = Field(
        default=(), description="Other projects, by label: the first route that fits counts. See docs/alerts.md."
    )
    severity: str = Field(
        default="", description="The severity of an alert whose own is not known. Empty: people set it."
    )
    severities: Mapping[str, str] = Field(
        default={}, description="The sender's words for severities, where yours mean something else."
    )
    labels: tuple[str, ...] = Field(default=(), description="More labels for the issues that are opened.")
    confidential: bool = Field(
        default=False,
        description="Whether these incidents are run where not everyone reads: in the private_project of the "
        "tracker, or else in confidential issues (GitLab only).",
    )
    max_new: int = Field(
        default=10,
        ge=1,
        le=1000,
        description="How many incidents it may open in ten minutes. Further alerts become one incident that lists "
        "them all.",
    )
    close_after: Duration | None = Field(
        default=timedelta(hours=1),
        description="When an incident that nobody touched is ended, after the last alert has cleared. Incidents "
        "that people work on are never ended by an alert.",
    )
    reopen_within: Duration = Field(
        default=timedelta(hours=4),
        description="For how long after that the same alert reopens it, instead of opening a new one.",
    )
    timestamp_header: str = Field(
        default="", description="Grafana: the header for the time that is signed, if you set one there."
    )
    topics: tuple[str, ...] = Field(
        default=(), description="SNS: the ARNs of the topics whose signed messages are accepted without a secret."
    )
    templates: Mapping[str, str] = Field(
        default={},
        description="Generic: a Jinja template for key, status, title, text, severity, url or starts_at, given "
        "the JSON as alert. See docs/alerts.md.",
    )

    @field_validator("secrets")
    @classmethod
    def _some(cls, secrets: tuple[SharedSecret, ...], fields: ValidationInfo) -> tuple[SharedSecret, ...]:
        if not secrets and fields.data.get("kind") != "sns":
            raise ValueError("must not be empty: alerts without a secret are not accepted")
        return secrets

    @field_validator("templates")
    @classmethod
    def _templates(cls, templates: Mapping[str, str]) -> Mapping[str, str]:
        if not templates:
            return templates
        from tracker_bridge.alerts.senders.generic import FIELDS, compiled  # noqa: PLC0415 - few sources have some

        for name, template in templates.items():
            if name not in FIELDS:
                raise ValueError(f"has no field {name!r}; there are {', '.join(FIELDS)}")
            try:
                compiled(template)
            except ValueError as error:
                raise ValueError(f"{name} {error}") from None
        return templates


def check_sources(sources: tuple[AlertSource, ...]) -> tuple[AlertSource, ...]:
    """Raise ``ValueError`` where two have one name."""
    names = [source.name for source in sources]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two sources are called {twice}")
    return sources
