"""Who is on call: chosen by the operator for all, or by a repository for itself, by the same checks."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from tracker_bridge.domain.incident.on_call import OnCall
from tracker_bridge.setting_types.values import Login, distinct, one_or_several
from tracker_bridge.settings.conditions import Several, When, check_when

MOST_ON_CALL = 50

Names = Annotated[
    tuple[Login, ...], BeforeValidator(one_or_several), Field(max_length=MOST_ON_CALL), AfterValidator(distinct)
]
"""A login, or a list of them."""


class OnCallRow(When):
    """Who is asked to take the incidents that alerts open."""

    who: Names = Field(
        description="Logins, and teams as org/team (GitHub) or by the path of their group (GitLab), without @."
    )
    project: Several = Field(default=(), description="For these projects, by their paths.")

    @property
    def on_call(self) -> OnCall:
        return OnCall(self.who, self.condition, self.project)


def check_on_call(rows: tuple[OnCallRow, ...], found: Mapping[str, Any]) -> tuple[OnCallRow, ...]:
    """They are for severities that there are."""
    if len(rows) > MOST_ON_CALL:
        raise ValueError(f"must have at most {MOST_ON_CALL} entries")
    for one in rows:
        check_when(one, ", ".join(one.who), found)
    return rows
