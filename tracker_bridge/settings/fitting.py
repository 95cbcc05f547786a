"""
What must fit together in a team's settings, whoever writes them: the operator, or a project for itself.

A validator sees what was found so far of the table that it is part of, so the order of the fields matters.
"""

from datetime import timedelta

from pydantic import BaseModel, ValidationInfo, field_validator

from tracker_bridge.settings.on_call import OnCallRow, check_on_call
from tracker_bridge.settings.shape import ChecklistRow, WhenRow, check_checklists, check_sayings
from tracker_bridge.settings.team import (
    Audience,
    Severity,
    check_action_due,
    check_audiences,
    check_scale,
    check_severity_intervals,
    check_targets,
)

BySeverity = dict[str, dict[str, timedelta]]


class Fitting(BaseModel):
    """The checks that the operator's settings and a project's own share; the fields are theirs."""

    @field_validator("severities", check_fields=False)
    @classmethod
    def _scale(cls, steps: tuple[Severity, ...], fields: ValidationInfo) -> tuple[Severity, ...]:
        return check_scale(steps, fields.data)

    @field_validator("severity_intervals", check_fields=False)
    @classmethod
    def _of_severities(cls, given: BySeverity, fields: ValidationInfo) -> BySeverity:
        return check_severity_intervals(given, fields.data)

    @field_validator("targets", check_fields=False)
    @classmethod
    def _wanted(cls, given: BySeverity, fields: ValidationInfo) -> BySeverity:
        return check_targets(given, fields.data)

    @field_validator("action_due", check_fields=False)
    @classmethod
    def _due(cls, given: dict[str, timedelta], fields: ValidationInfo) -> dict[str, timedelta]:
        return check_action_due(given, fields.data)

    @field_validator("checklists", check_fields=False)
    @classmethod
    def _of_incidents(cls, rows: tuple[ChecklistRow, ...], fields: ValidationInfo) -> tuple[ChecklistRow, ...]:
        return check_checklists(rows, fields.data)

    @field_validator("when", check_fields=False)
    @classmethod
    def _by_themselves(cls, rows: tuple[WhenRow, ...], fields: ValidationInfo) -> tuple[WhenRow, ...]:
        return check_sayings(rows, fields.data)

    @field_validator("on_call", check_fields=False)
    @classmethod
    def _on_call(cls, rows: tuple[OnCallRow, ...], fields: ValidationInfo) -> tuple[OnCallRow, ...]:
        """Sources are the operator's: of the same settings or, for a project's own, of those around them."""
        of_the_operator = getattr(fields.context, "on_call_sources", None)
        return check_on_call(rows, fields.data, fields.data.get("on_call_sources", of_the_operator))

    @field_validator("audiences", check_fields=False)
    @classmethod
    def _some_audience(cls, audiences: tuple[Audience, ...], fields: ValidationInfo) -> tuple[Audience, ...]:
        return check_audiences(audiences, fields.data)
