"""What can be set for GitHub."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from tracker_bridge.setting_types import Server
from tracker_bridge.setting_types.values import Elsewhere, SharedSecret, Token, distinct
from tracker_bridge.trackers.github.private_key import private_key

_OWNER_NAME = re.compile(r"[\w.-]+/(?:[\w.-]|\*)+|![\w.-]+/(?:[\w.-]|\*)+", re.ASCII)


def _owner_name(project: str) -> str:
    if not _OWNER_NAME.fullmatch(project):
        raise ValueError("not a repository; write it like acme/api")
    return project


PrivateKey = Annotated[SecretStr, AfterValidator(private_key)]
Repository = Annotated[str, AfterValidator(_owner_name)]
Repositories = Annotated[tuple[Repository, ...], AfterValidator(distinct)]


class GitHub(Server):
    """A GitHub account or App, and the repositories that it serves."""

    url: str = Field(
        default="https://api.github.com",
        description="URL of the API. For GitHub Enterprise Server it ends in /api/v3.",
        examples=["https://github.example.org/api/v3"],
    )
    projects: Repositories = Field(
        description="The repositories to serve: by name, or all of an owner (acme/*), also those that are made "
        "later; ! leaves some out of these. Deliveries of others are ignored.",
        examples=[["acme/api", "acme/web"], ["acme/*", "!acme/secret-*"]],
    )
    token: Token | None = Field(
        default=None,
        description="Token of the bot's account, with read and write access to issues. Either this, or "
        "app_id with private_key.",
        examples=["github_pat_..."],
    )
    app_id: int | None = Field(
        default=None, gt=0, description="ID of a GitHub App, from its settings page.", examples=[123456]
    )
    private_key: PrivateKey | None = Field(
        default=None,
        validate_default=True,
        description="The App's private key: the PEM text, or the path of the .pem file.",
        examples=["/etc/tracker-bridge/github-app.pem"],
    )
    webhook_secrets: tuple[SharedSecret, ...] = Field(
        default=(),
        description="Webhook secrets, at least 24 bytes each. To rotate one without a gap, list the old and "
        "the new until the webhook uses the new one.",
        examples=[["..."]],
    )

    issue_type: str = Field(
        default="Incident",
        max_length=100,
        description="Your organisation's issue type for incidents: incidents get it, and an issue that is "
        "given it by hand becomes an incident. Empty to leave types alone.",
    )
    seconds_between_writes: float = Field(
        default=1.0,
        ge=0,
        le=60,
        description="Seconds for each write, in the long run; several at once are fine, up to the limits below. "
        "0 for a server of your own without rate limits: nothing is limited then.",
    )
    writes_per_minute: int = Field(
        default=180,
        ge=0,
        le=10_000,
        description="How many changes of any kind may be made in a minute. GitHub allows 180, and nothing else "
        "then. 0: no limit.",
    )
    content_per_minute: int = Field(
        default=60,
        ge=0,
        le=10_000,
        description="How many of them may be comments and issues, new or edited. GitHub allows about 80, with "
        "those of everything else that uses the account. 0: no limit.",
    )
    content_per_hour: int = Field(
        default=400,
        ge=0,
        le=100_000,
        description="The same for an hour. GitHub allows about 500. Status comments, summaries and communications "
        "may use all of it; answers and reminders a part. 0: no limit.",
    )

    points_per_minute: int = Field(
        default=850,
        ge=0,
        le=100_000,
        description="How many points requests may cost in a minute: one that reads costs 1, one that writes 5. "
        "GitHub allows 900. When they run short, issues are looked at less often. 0: no limit.",
    )

    @field_validator("url")
    @classmethod
    def _the_api(cls, url: str) -> str:
        if url in ("https://github.com", "https://www.github.com"):
            raise ValueError("is the web site; the API is https://api.github.com")
        return url

    @field_validator("private_key")
    @classmethod
    def _one_credential(cls, key: SecretStr | None, fields: ValidationInfo) -> SecretStr | None:
        if not {"token", "app_id"} <= fields.data.keys():
            return key
        token, app = fields.data["token"], fields.data["app_id"]
        if token is not None and (app is not None or key is not None):
            raise ValueError("set either token, or app_id with private_key, not both")
        if token is None and app is None and key is None:
            raise Elsewhere("token", "no credential; set token, or app_id with private_key")
        if token is None and (app is None or key is None):
            raise ValueError("app_id and private_key belong together; one of them is missing")
        return key
