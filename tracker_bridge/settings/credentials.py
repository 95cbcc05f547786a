"""Where credentials of a real forge are configured, beside which the demo does not start, and the key."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker_bridge.decoding import decoded
from tracker_bridge.environment import PREFIX
from tracker_bridge.settings.loading import CONFIG, secret_paths, settings_file
from tracker_bridge.trackers.forges import FORGES

_TABLES = {name: forge.credentials for name, forge in FORGES.items()}


@dataclass(frozen=True, slots=True)
class Configured:
    """``place``: where a credential is, never which. ``way_out``: what keeps it away from a command."""

    place: str
    way_out: str


def real_credentials(environ: Mapping[str, str] = os.environ) -> list[Configured]:
    """Return every place from which settings would take a credential."""
    return [*_in_variables(environ), *_in_secrets(environ), *_in_file(environ)]


def place_of_key(config: Path | None = None, environ: Mapping[str, str] = os.environ) -> str | None:
    """Return where the key of the receipts is set; ``None`` when it is nowhere. First wins, as in loading."""
    name = f"{PREFIX}SIGNING_KEY"
    if any(one.upper() == name and value for one, value in environ.items()):
        return f"the environment variable {name}"
    path = next((one for one in secret_paths(environ) if one.name.upper() == name), None)
    if path is not None:
        return f"the file {path}"
    file = settings_file(config, environ)
    return f"the file {file}" if file is not None and _table(file).get("signing_key") else None


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(decoded(path.read_bytes()))
    except (OSError, ValueError):
        return {}  # whoever cannot read it has nothing from it


def _in_variables(environ: Mapping[str, str]) -> Iterator[Configured]:
    for name, value in environ.items():
        if value and _is_credential(name):
            yield Configured(f"the environment variable {name}", f"unset {name}")


def _in_secrets(environ: Mapping[str, str]) -> Iterator[Configured]:
    for path in dict.fromkeys(secret_paths(environ)):
        if _is_credential(path.name):
            yield Configured(f"the file {path}", "go where no secrets are mounted")


def _in_file(environ: Mapping[str, str]) -> Iterator[Configured]:
    path = settings_file(environ=environ)
    given = _table(path) if path else {}
    for table, names in _TABLES.items():
        part = given.get(table)
        for name in names:
            if isinstance(part, dict) and part.get(name):
                yield Configured(f"{table}.{name} in the file {path}", f"set {CONFIG}=/dev/null")


def _is_credential(name: str) -> bool:
    """Whether a variable of that name holds one: by itself, or as a whole table in JSON."""
    parts = name.upper().removeprefix(PREFIX).lower().split("__")
    if not name.upper().startswith(PREFIX) or parts[0] not in _TABLES:
        return False
    return len(parts) == 1 or parts[1] in _TABLES[parts[0]]
