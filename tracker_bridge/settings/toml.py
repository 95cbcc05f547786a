"""Values of settings as a settings file has them, for the documentation and for ``tracker-bridge check``."""

import json
from datetime import date, timedelta
from enum import Enum
from typing import Any

from pydantic import BaseModel

from tracker_bridge.domain.issue.issue import Access


def as_toml(value: Any) -> str:
    """Return a value as the right side of a line of TOML."""
    match value:
        case timedelta():
            text = f'"{_duration(int(value.total_seconds()))}"'
        case BaseModel():
            text = as_toml(value.model_dump(exclude_defaults=True))
        case dict():
            text = "{ " + ", ".join(f"{key} = {as_toml(one)}" for key, one in value.items()) + " }"
        case (BaseModel(), *_):
            text = "\n".join(("[", *(f"  {as_toml(one)}," for one in value), "]"))
        case tuple() | list():
            text = "[" + ", ".join(as_toml(one) for one in value) + "]"
        case Access():
            text = as_toml(value.name.lower())
        case date():
            text = value.isoformat()
        case bool() | int() | float():
            text = json.dumps(value)
        case _:
            text = json.dumps(value.value if isinstance(value, Enum) else str(value), ensure_ascii=False)
    return text


def _duration(seconds: int) -> str:
    size, unit = next((s, u) for s, u in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")) if seconds % s == 0)
    return f"{seconds // size}{unit}"
