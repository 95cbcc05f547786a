"""
The forges that there are. Everybody else asks here, and names none.

A new one is a folder beside this file, whose package has a ``FORGE``, and a line in the list.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from tracker_bridge.trackers.forge import Forge

_FOLDERS = (
    "github",
    "gitlab",
)

FORGES: Mapping[str, Forge[Any]] = MappingProxyType(
    {forge.name: forge for forge in (import_module(f"{__package__}.{folder}").FORGE for folder in _FOLDERS)}
)
"""By name, in the order in which they are listed to people."""
