"""
What settings are made of: tables, and kinds of value with messages for the person who typed them.

Below the settings and the trackers, because each forge says itself what can be set for it.

values.py     the kinds of value, and what is wrong with one
addresses.py  addresses of servers
databases.py  a file, or a database
destinations.py  where messages go, and what opens it
services.py   at which services that may be
"""

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from tracker_bridge.setting_types.addresses import check_url


class Section(BaseModel):
    """What every table has in common: unknown names are mistakes, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Server(Section):
    """
    What can be set for every forge: where it is, and what is served there.

    A table's fields are in the order in which they are checked: a validator may look at the fields above its own.
    """

    allow_http: bool = Field(
        default=False,
        description="Allow an http URL that is not on this machine. The token is then sent unencrypted: only "
        "for a network that you trust.",
    )
    url: str
    projects: tuple[str, ...]
    private_project: str = Field(
        default="",
        description="The project in which incidents are run that not everyone may read: with declare --private, "
        "and of alerts that are confidential. Everyone reads what external updates say in an issue of the project "
        "that it is about. Must be among the projects. See docs/private-incidents.md.",
        examples=["acme/incidents-private"],
    )

    @field_validator("url")
    @classmethod
    def _safe_url(cls, url: str, fields: ValidationInfo) -> str:
        return check_url(url, allow_http=fields.data.get("allow_http", False))
