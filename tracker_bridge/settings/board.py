"""What can be set for the board: who may look at it, and how often it is brought up to date."""

import re
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, Field

from tracker_bridge.setting_types import Section
from tracker_bridge.setting_types.values import Interval, SharedSecret

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,99}", re.ASCII)


def _header(name: str) -> str:
    if name and not _HEADER.fullmatch(name):
        raise ValueError("not the name of a header; write it like X-Forwarded-User")
    return name


def _network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        raise ValueError("not an address or a network; write it like 10.0.0.7 or 10.0.0.0/24") from None
    return text


class Board(Section):
    """The board at /: what is open now. It is off without a token and a login header (docs/board.md)."""

    token: SharedSecret | None = Field(
        default=None,
        description="Shows the board to those who give it as the password, with any user name, or with "
        "Authorization: Bearer. At least 24 bytes.",
        examples=["..."],
    )
    login_header: Annotated[str, AfterValidator(_header)] = Field(
        default="",
        description="The header in which your proxy says who has logged in: with it, the board is open. Dangerous "
        "without such a proxy, or where others reach the bridge past it (docs/board.md).",
        examples=["X-Forwarded-User"],
    )
    proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = Field(
        default=("127.0.0.1", "::1"),
        description="From which addresses or networks that header is believed.",
    )
    every: Interval = Field(
        default=timedelta(minutes=1),
        description="How often the trackers are asked what has changed, for the board.",
    )

    @property
    def shown(self) -> bool:
        """Whether anyone may look at it."""
        return self.token is not None or bool(self.login_header)
