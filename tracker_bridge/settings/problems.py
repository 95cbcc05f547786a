"""What is wrong with the settings, in the words of the person who writes them."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from tracker_bridge.environment import PREFIX
from tracker_bridge.setting_types.values import Elsewhere
from tracker_bridge.settings.model import Settings

Location = Sequence[str | int]

_PLAIN = {
    "missing": "is missing",
    "string_too_short": "must not be empty",
    "string_type": "must be text",
    "path_type": "must be text, the path of a file",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "zoneinfo_str": "is not a time zone; write an IANA name, like Europe/Berlin",
}
_JSON = {
    "tuple_type": '; in the environment as JSON, like ["one", "two"]',
    "dict_type": '; in the environment as JSON, like {"name": "value"}',
}


@dataclass(frozen=True, slots=True)
class Problem:
    """``where`` is a setting by both its names, or a file."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class BadSettings(Exception):
    """The settings cannot be used. The message lists every problem, and never a secret."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = "a problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        return "\n".join((f"The settings have {count}:", *(f"  - {problem}" for problem in self.problems)))


def variable(location: Location) -> str:
    """Return the environment variable of a setting: ``TRACKER_BRIDGE_GITHUB__TOKEN``."""
    names = [part for part in location if isinstance(part, str)]
    return PREFIX + "__".join(names).upper()


def named(location: Location) -> str:
    """Return a setting by both its names: ``github.token (TRACKER_BRIDGE_GITHUB__TOKEN)``."""
    listed = next((index for index, part in enumerate(location) if isinstance(part, int)), len(location))
    return f"{path(location)} ({variable(location[:listed])})"


def path(location: Location) -> str:
    """Return a setting as it stands in a file: ``severities[0].name``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")


def problems_of(error: ValidationError) -> list[Problem]:
    """Translate what the library found. Values are left out: they may be secret."""
    return [Problem(named(_where(found)), what(found) + _JSON.get(found["type"], "")) for found in found_by(error)]


def _where(found: Any) -> Location:
    """Return the setting that is to blame: a check that looks at several may stand behind another one."""
    error = found.get("ctx", {}).get("error")
    return (*found["loc"][:-1], error.setting) if isinstance(error, Elsewhere) else found["loc"]


def found_by(error: ValidationError) -> list[Any]:
    """Return the library's findings, without the values."""
    return list(error.errors(include_url=False, include_input=False))


def what(found: Any, table: type[BaseModel] = Settings) -> str:
    """Say what is wrong, with a setting of ``table`` and its tables."""
    if found["type"] == "value_error":
        return str(found["ctx"]["error"])
    if found["type"] == "extra_forbidden":
        return _unknown(found["loc"], table)
    if found["type"] == "too_long":
        return f"must have at most {found['ctx']['max_length']} entries"
    message: str = _PLAIN.get(found["type"]) or found["msg"].replace("Input should", "must")
    return message


def _unknown(location: Location, table: type[BaseModel]) -> str:
    *above, name = location
    known = fields_at(above, table)
    near = difflib.get_close_matches(str(name), known, n=1)
    advice = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
    return f"is not a setting; {advice}"


def fields_at(location: Location, table: type[BaseModel] = Settings) -> dict[str, FieldInfo]:
    """Return the fields of the table at ``location`` in ``table``, by name; none when there is no such table."""
    model: type[BaseModel] | None = table
    for part in location:
        if model is None:
            break
        if isinstance(part, str):
            field = model.model_fields.get(part)
            model = table_of(field.annotation) if field is not None else None
    return dict(model.model_fields) if model is not None else {}


def table_of(annotation: Any) -> type[BaseModel] | None:
    """Return the table in a field's type (``GitHub`` in ``GitHub | None``), if it holds one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((table for inner in get_args(annotation) if (table := table_of(inner))), None)
