"""The environment of the process: what our settings are called there, and what of it other programs are given."""

import os
from typing import Final

PREFIX: Final = "TRACKER_BRIDGE_"
"""What the name of a setting begins with in the environment."""


def for_others(*kept_out: str) -> dict[str, str]:
    """
    Return the environment for a process that needs none of our settings: secrets are among them.

    Nor does it get what begins with one of ``kept_out``; proxies and certificates it does.
    """
    beginnings = (PREFIX, *kept_out)
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(beginnings)}
