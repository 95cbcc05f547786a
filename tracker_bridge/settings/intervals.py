"""
How long is long: when people are reminded, and how often a communication is due.

A table's fields are in the order in which they are checked: a validator may look at the fields above its own.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from pydantic import Field, ValidationInfo, field_validator

from tracker_bridge.domain.incident import rules as domain
from tracker_bridge.setting_types import Section
from tracker_bridge.setting_types.values import Interval

_DEFAULTS: Final = domain.Intervals()
_REVERSED: Final = "must not be shorter than min_update_interval: an update would be overdue before it may be sent"


class Intervals(Section):
    """Intervals for reminders and updates. At least a minute each."""

    technical_silence: Interval = Field(
        default=_DEFAULTS.technical_silence,
        description="When the people who work on the fix have been silent for this long, the first Technical "
        "Assist is asked for the status; after twice that, and so on, the next one, then the Scribe, the "
        "Incident Lead, and again from the beginning. Without an Assist, the Scribe and the Incident Lead "
        "are asked. Never the Technical Lead.",
    )
    min_update_interval: Interval = Field(
        default=_DEFAULTS.min_update_interval,
        description="Minimum time between two communications to an audience. An earlier one is recorded as early.",
    )
    max_update_interval: Interval = Field(
        default=_DEFAULTS.max_update_interval,
        description="Maximum time between two communications to an audience. After half of it the status comment "
        "says that an update is needed; its Communication Lead is asked ten minutes before it ends, then each "
        "time it has passed.",
    )
    roles: Interval = Field(
        default=_DEFAULTS.roles,
        description="A needed role is open: the Incident Lead is reminded, or, without one, the person who opened "
        "the incident. Again after twice that, and so on.",
    )
    testers: Interval = Field(
        default=_DEFAULTS.testers,
        description="A fix is in and has not been tested: the testers are reminded. Again after twice that, and "
        "so on.",
    )
    actions: Interval = Field(
        default=_DEFAULTS.actions,
        description="Between two reminders of an action item that is past due. The first comes when it is due.",
    )

    @field_validator("max_update_interval")
    @classmethod
    def _in_order(cls, max_update_interval: timedelta, fields: ValidationInfo) -> timedelta:
        if max_update_interval < fields.data.get("min_update_interval", max_update_interval):
            raise ValueError(_REVERSED)
        return max_update_interval

    def rule(self, changed: Mapping[str, timedelta]) -> domain.Intervals:
        """Return them as a rule, with those that are ``changed``. Raise ``ValueError`` if they do not fit."""
        known = type(self).model_fields
        if strangers := sorted(changed.keys() - known.keys()):
            raise ValueError(f"{strangers[0]} is not an interval; the intervals are {', '.join(known)}")
        made = domain.Intervals(**{**self.model_dump(), **changed})
        if made.max_update_interval < made.min_update_interval:
            raise ValueError(f"max_update_interval {_REVERSED}")
        return made
