"""
What a project settles for itself, in a file of its own on its default branch (S118).

Whoever may write to the default branch writes it. So it holds nothing that decides where the bridge talks to,
as whom, or who may command it; what it does hold goes through the same checks as the operator's own settings.
"""

import tomllib
from collections.abc import Iterator, Mapping, Set
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, Field, ValidationError, ValidationInfo, create_model, field_validator

from tracker_bridge.domain.incident import rules as domain
from tracker_bridge.setting_types import Section
from tracker_bridge.setting_types.values import Interval, Roots
from tracker_bridge.settings.fitting import Fitting
from tracker_bridge.settings.intervals import Intervals
from tracker_bridge.settings.loading import merged
from tracker_bridge.settings.model import Settings
from tracker_bridge.settings.on_call import OnCallRow
from tracker_bridge.settings.problems import BadSettings, Problem, found_by, path, what
from tracker_bridge.settings.requirements import rules
from tracker_bridge.settings.shape import ChecklistRow, WhenRow, refused_lines
from tracker_bridge.settings.team import (
    Audience,
    Labels,
    OfTeams,
    Severity,
)

FILE = "tracker-bridge.toml"
"""Its name in the forge's own folder: ``.github``, ``.gitlab``."""

TEMPLATE = "tracker-bridge/postmortem.md"
"""The team's template of reviews, in the same folder."""

MOST_PROBLEMS = 20
"""More than that nobody reads at once."""

_MOST_DOTS = 100
"""In one line. Python's parser takes a minute for a key of 32,000 parts, and a second for many of a hundred."""


if TYPE_CHECKING:
    _Replaced = Section
else:
    _Replaced = create_model(
        "_Replaced",
        __base__=Section,
        **{
            name: (field.rebuild_annotation(), Field(description="Replaces the operator's."))
            for name, field in Settings.model_fields.items()
            if any(isinstance(one, OfTeams) for one in field.metadata)
        },
    )
"""What a project may replace as it is; what must fit together with something else is below."""


class Repository(Fitting, _Replaced):
    """The part of the settings that a project may choose. Validated with the operator's settings as context."""

    labels: Labels = Field(description="Labels that are not named keep the operator's value.")
    severities: tuple[Severity, ...] = Field(description="All severities; this replaces the operator's list.")
    intervals: Intervals = Field(description="Intervals that are not named keep the operator's value.")
    severity_intervals: dict[str, dict[str, Interval]] = Field(
        description="Added to the operator's, for severities that still exist."
    )
    targets: dict[str, dict[str, Interval]] = Field(
        description="Added to the operator's, for severities that still exist."
    )
    action_due: dict[str, Interval] = Field(
        description="Added to the operator's, for severities that still exist."
    )
    command_prefixes: Roots = Field(
        description="Some of the operator's, in the team's order of preference: the bot suggests the first. The "
        "others still work."
    )
    audiences: tuple[Audience, ...] = Field(description="Replaces the operator's.")
    checklists: tuple[ChecklistRow, ...] = Field(description="Replaces the operator's.")
    when: tuple[WhenRow, ...] = Field(description="Replaces the operator's.")
    on_call: tuple[OnCallRow, ...] = Field(description="Replaces the operator's.")

    @field_validator("command_prefixes")
    @classmethod
    def _of_the_operator(cls, command_prefixes: tuple[str, ...], fields: ValidationInfo) -> tuple[str, ...]:
        known: tuple[str, ...] = cast("Settings", fields.context).command_prefixes
        if strangers := [root for root in command_prefixes if root not in known]:
            raise ValueError(f"{strangers[0]} is not one of the operator's: {', '.join(known)}")
        return (*command_prefixes, *(root for root in known if root not in command_prefixes))


def team_rules(text: str, settings: Settings, tracker: str) -> domain.Rules:
    """
    Return how incidents are run in a project whose file says ``text``.

    Raises :class:`BadSettings` with every problem that was found. No text takes more than moments, or anything
    but this error.
    """
    given = _read(text)
    try:
        chosen = Repository.model_validate(_over(settings, given), context=settings)
    except ValidationError as error:
        raise BadSettings(_problems(found_by(error))) from None
    values = {name: getattr(chosen, name) for name in Repository.model_fields}
    found = rules(settings.model_copy(update=values), tracker)
    if "when" in given and (refused := list(refused_lines(chosen.when, found, datetime.now(UTC)))):
        raise BadSettings(Problem(where, what) for where, what in refused[:MOST_PROBLEMS])
    return found


def _read(text: str) -> dict[str, Any]:
    if any(line.count(".") > _MOST_DOTS for line in text.split("\n")):
        raise _bad(f"has a line with more than {_MOST_DOTS} dots")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _bad(f"is not TOML: {error}") from None
    except RecursionError:
        raise _bad("is too deeply nested") from None
    except ValueError:
        raise _bad("has a number with too many digits") from None


def _bad(what: str) -> BadSettings:
    return BadSettings([Problem("the file", what)])


def _over(settings: Settings, given: Mapping[str, Any]) -> dict[str, Any]:
    """Put the project's settings over the operator's; what these say of severities that are gone is left out."""
    own = _written(settings)
    if "severities" in given:
        steps = given["severities"] if isinstance(given["severities"], list) else []
        names = [step.get("name") for step in steps if isinstance(step, dict)]
        own["labels"]["severities"] = _only(own["labels"]["severities"], names)
        own["severity_intervals"] = _only(own["severity_intervals"], names)
        own["targets"] = _only(own["targets"], names)
        own["action_due"] = _only(own["action_due"], names)
        former = [name for step in steps if isinstance(step, dict) for name in _listed(step.get("previous_names"))]
        known = {name.casefold() for name in (*names, *former) if isinstance(name, str)}
        for name in ("checklists", "when", "on_call"):
            own[name] = [one for one in own[name] if _is_about(one, known)]
        for one in own["audiences"]:
            if not _is_about(one, known):
                one |= {"severity": (), "label": (), "service": (), "deadlines": ()}
    return merged(own, given)


def _written(settings: Settings) -> dict[str, Any]:
    """Return the operator's settings as they are written: what a row leaves out may be refused if it is empty."""
    own = settings.model_dump(include=set(Repository.model_fields))
    for name in own:
        rows = getattr(settings, name)
        if isinstance(rows, tuple) and all(isinstance(row, BaseModel) for row in rows):
            own[name] = [row.model_dump(exclude_defaults=True) for row in rows]
    return own


def _only(table: Mapping[str, Any], names: list[Any]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name in names}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_about(row: Mapping[str, Any], known: Set[str]) -> bool:
    """Whether a part of the operator's settings is about severities that the team has, all of them."""
    return all(name.casefold() in known for name in row.get("severity", ()))


def _problems(found: list[Any]) -> Iterator[Problem]:
    """Say what was found; keys and values are as long as their writer wanted."""
    for one in found[:MOST_PROBLEMS]:
        yield Problem(path(one["loc"])[:100], _what(one)[:400])
    if len(found) > MOST_PROBLEMS:
        yield Problem("the file", f"has {len(found) - MOST_PROBLEMS} more problems")


def _what(found: Any) -> str:
    first, *below = found["loc"]
    if found["type"] == "extra_forbidden" and not below and first in Settings.model_fields:
        return f"can only be set by the operator; a repository can set {', '.join(Repository.model_fields)}"
    return what(found, Repository)
