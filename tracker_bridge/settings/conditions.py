"""For which incidents a part of the settings is: of a severity, with a label, for a service."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Protocol

from pydantic import BeforeValidator, Field

from tracker_bridge.domain.incident.conditions import Condition
from tracker_bridge.setting_types import Section
from tracker_bridge.setting_types.values import Line, one_or_several

MOST_WORDS = 30

Several = Annotated[tuple[Line, ...], BeforeValidator(one_or_several), Field(max_length=MOST_WORDS)]
"""A word, or a list of words."""


class Step(Protocol):
    """A severity, as the settings have it."""

    @property
    def name(self) -> str: ...

    @property
    def previous_names(self) -> tuple[str, ...]: ...


class When(Section):
    """Which incidents a part of the settings is for; keys that are left out do not matter."""

    severity: Several = Field(default=(), description="For these severities: a name, or a list of names.")
    label: Several = Field(default=(), description="For issues with one of these labels.")
    service: Several = Field(default=(), description="For these services, as the labels of the issue name them.")

    @property
    def condition(self) -> Condition:
        return Condition(self.severity, self.label, self.service)


def check_when(when: When, what: str, found: Mapping[str, Any]) -> None:
    """It is about severities that there are, or were; raises ``ValueError``."""
    steps = found.get("severities", ())
    known = severity_words(steps)
    if steps and (strangers := [name for name in when.severity if name.casefold() not in known]):
        names = ", ".join(step.name for step in steps)
        raise ValueError(f"{what}: there is no severity {strangers[0]}; the severities are {names}")


def severity_words(steps: Iterable[Step]) -> frozenset[str]:
    """Return all that means one of the severities, case-folded."""
    return frozenset(word.casefold() for step in steps for word in (step.name, *step.previous_names))
