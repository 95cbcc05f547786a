"""What can be set for GitLab."""

import base64
import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, field_validator

from tracker_bridge.setting_types import Server
from tracker_bridge.setting_types.values import LEAST_SECRET, SharedSecret, Token, distinct

_GROUP_NAME = re.compile(r"!?[\w.-]+(?:/(?:[\w.-]|\*)+)+", re.ASCII)


def _signing_token(secret: SecretStr) -> SecretStr:
    prefix, _, encoded = secret.get_secret_value().partition("_")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:  # not base64, or not even ASCII
        key = b""
    if prefix != "whsec" or len(key) < LEAST_SECRET:
        raise ValueError(
            f"not a signing token; it must be whsec_ followed by at least {LEAST_SECRET} bytes in base64"
        )
    return secret


def _group_name(project: str) -> str:
    if not _GROUP_NAME.fullmatch(project):
        raise ValueError("not a project; write its full path, like acme/platform/api")
    return project


SigningToken = Annotated[SecretStr, AfterValidator(_signing_token)]
GroupProject = Annotated[str, AfterValidator(_group_name)]
GroupProjects = Annotated[tuple[GroupProject, ...], AfterValidator(distinct)]


class GitLab(Server):
    """A GitLab account, and the projects that it serves."""

    url: str = Field(
        default="https://gitlab.com",
        description="URL of the server, with its path prefix if it has one, without /api/v4.",
        examples=["https://git.example.org/gitlab"],
    )
    projects: GroupProjects = Field(
        description="The projects to serve, by full path, or all of a group: acme/* for those right "
        "below, acme/** for those of its subgroups as well; ! leaves some out of these. Deliveries of others are "
        "ignored.",
        examples=[["acme/platform/api"], ["acme/**", "!acme/secret/*"]],
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

    notes_per_minute: int = Field(
        default=50,
        ge=0,
        le=10_000,
        description="How many comments and issues may be created in a minute. gitlab.com allows 60 comments, a "
        "server of your own 300, if it was not set otherwise. 0: no limit.",
    )
    writes_per_minute: int = Field(
        default=600,
        ge=0,
        le=100_000,
        description="How many changes of any kind may be made in a minute. gitlab.com allows 2,000 requests, "
        "with those that read. 0: no limit.",
    )

    requests_per_minute: int = Field(
        default=1800,
        ge=0,
        le=100_000,
        description="How many requests of any kind may be sent in a minute. gitlab.com allows 2,000. When they "
        "run short, issues are looked at less often. 0: no limit.",
    )

    @field_validator("url")
    @classmethod
    def _the_server(cls, url: str) -> str:
        if url.endswith(("/api/v4", "/api/v3", "/api")):
            raise ValueError("must be the server's address, without /api/v4")
        return url
