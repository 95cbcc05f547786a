"""
The settings of the two forges.

A table's fields are in the order in which they are checked: a validator may look at the fields above its own.
"""

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from tracker_bridge.settings.addresses import check_url
from tracker_bridge.settings.values import (
    Elsewhere,
    GroupProjects,
    PrivateKey,
    Repositories,
    SharedSecret,
    SigningToken,
    Token,
)


class Section(BaseModel):
    """What every table has in common: unknown names are mistakes, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class GitHub(Section):
    """A GitHub account or App, and the repositories that it serves."""

    allow_http: bool = Field(
        default=False,
        description="Allow an address that begins with http and is not on this machine. The token then "
        "travels unencrypted: only for a network that you trust.",
    )
    url: str = Field(
        default="https://api.github.com",
        description="Address of the API. For GitHub Enterprise Server it ends in /api/v3.",
        examples=["https://github.example.org/api/v3"],
    )
    token: Token | None = Field(
        default=None,
        description="Token of the bot's account, with read and write access to issues. Either this, or "
        "app_id with private_key.",
        examples=["github_pat_..."],
    )
    app_id: int | None = Field(
        default=None, gt=0, description="Number of a GitHub App, from its settings page.", examples=[123456]
    )
    private_key: PrivateKey | None = Field(
        default=None,
        validate_default=True,
        description="The App's private key: the PEM text, or the path of the .pem file.",
        examples=["/etc/tracker-bridge/github-app.pem"],
    )
    webhook_secrets: tuple[SharedSecret, ...] = Field(
        default=(),
        description="Secrets of the webhooks, at least 24 bytes each. To change one without a gap, list "
        "the old and the new until the webhook has the new.",
        examples=[["..."]],
    )
    projects: Repositories = Field(
        description="The repositories to serve. Deliveries of others are ignored.",
        examples=[["acme/api", "acme/web"]],
    )

    issue_type: str = Field(
        default="Incident",
        max_length=100,
        description="The type that your organisation has for incidents: an incident is given it, and an issue "
        "that is given it by hand is an incident. Empty to leave types alone.",
    )
    seconds_between_writes: float = Field(
        default=1.0,
        ge=0,
        le=60,
        description="Pause after each write, in seconds. GitHub asks for one; a server of your own without "
        "rate limits needs none.",
    )

    @field_validator("url")
    @classmethod
    def _safe_url(cls, url: str, fields: ValidationInfo) -> str:
        url = check_url(url, allow_http=fields.data.get("allow_http", False))
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


class GitLab(Section):
    """A GitLab account, and the projects that it serves."""

    allow_http: bool = Field(
        default=False,
        description="Allow an address that begins with http and is not on this machine. The token then "
        "travels unencrypted: only for a network that you trust.",
    )
    url: str = Field(
        default="https://gitlab.com",
        description="Address of the server, with the sub-path if it has one, without /api/v4.",
        examples=["https://git.example.org/gitlab"],
    )
    token: Token = Field(
        description="Access token of the bot's account (or a project or group access token) with scope "
        "api and at least the role Reporter.",
        examples=["glpat-..."],
    )
    webhook_tokens: tuple[SharedSecret, ...] = Field(
        default=(),
        description="Secret tokens of the webhooks, at least 24 bytes each. Several while one is being "
        "replaced. Prefer signing_tokens where the server offers them.",
        examples=[["..."]],
    )
    signing_tokens: tuple[SigningToken, ...] = Field(
        default=(),
        description="Signing tokens of the webhooks, as GitLab shows them: whsec_ and base64. Several "
        "while one is being replaced.",
        examples=[["whsec_..."]],
    )
    projects: GroupProjects = Field(
        description="The projects to serve, by full path. Deliveries of others are ignored.",
        examples=[["acme/platform/api"]],
    )

    @field_validator("url")
    @classmethod
    def _safe_url(cls, url: str, fields: ValidationInfo) -> str:
        url = check_url(url, allow_http=fields.data.get("allow_http", False))
        if url.endswith(("/api/v4", "/api/v3", "/api")):
            raise ValueError("must be the server's address, without /api/v4")
        return url
