"""
What the rest of the bridge asks of a kind of forge before one of them is there: one value a folder.

Light: it brings no library of the forge. ``connect`` does, when that forge is configured.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tracker_bridge.events import Observer
from tracker_bridge.setting_types import Server
from tracker_bridge.trackers import Tracker
from tracker_bridge.trackers.quotas import Quotas

S = TypeVar("S", bound=Server)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forge(Generic[S]):
    """
    One kind of forge. ``name`` begins every ref, ends the path of its deliveries (``/hooks/NAME``), and names its
    table in the settings, which is a ``settings``. ``title`` is what people call it.
    """

    name: str
    title: str
    settings: type[S]

    credentials: tuple[str, ...]
    """The settings that let whoever has one act as the bot."""

    hook_secrets: tuple[str, ...]
    """The settings of which one proves that a delivery is the forge's."""

    connect: Callable[[S, Observer, Quotas | None], Tracker]
    """
    Return the tracker; it touches no network. The quotas are those that hosts share, if there are several. Raises
    ``ValueError`` for settings that cannot work together.
    """

    site: Callable[[S], str]
    """Return the address that people see in their browser, without a slash at its end."""

    issue_path: re.Pattern[str]
    """What follows it in the address of an issue, with the groups ``project`` and ``number``."""

    severity_label: Callable[[int, str], str]
    """Return the label of a severity where none is set, given its place on the scale from 1 on, and its name."""

    form: str
    """
    Where the forge looks for the form with which people open incidents, in the default branch. Its template is
    that file's in ``templates/issue-forms``. Empty: it has no forms.
    """

    confidential: bool = False
    """Whether single issues can be confidential."""
