"""
Where settings come from. First wins: command line, environment, files of secrets, settings file, defaults.

Files of secrets are what Docker, Podman and systemd mount: one file per setting, named like its environment
variable in lower case, in ``/run/secrets`` or ``$CREDENTIALS_DIRECTORY``.
"""

import difflib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource

from tracker_bridge.decoding import Undecodable, decoded
from tracker_bridge.environment import PREFIX
from tracker_bridge.setting_types.databases import DatabaseUrl
from tracker_bridge.setting_types.destinations import DestinationUrl
from tracker_bridge.settings.model import Settings
from tracker_bridge.settings.problems import BadSettings, Problem, problems_of
from tracker_bridge.settings.requirements import missing_secrets

CONFIG = f"{PREFIX}CONFIG"
"""The environment variable that names the settings file."""

FILES = (Path("tracker-bridge.toml"), Path("/etc/tracker-bridge/tracker-bridge.toml"))
"""Where a settings file is looked for when none is named."""

_SECRETS = Path("/run/secrets")
_HALF = re.compile("[\ud800-\udfff]")


class _Variables(EnvSettingsSource):
    """Variables given as a mapping. What is not JSON stays text, and is reported with all else."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._variables.items()}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:  # noqa: ARG002 - its signature
        try:
            given = json.loads(value)
            json.dumps(given, ensure_ascii=False).encode()  # halves of characters can be written in JSON
        except ValueError:
            return value
        all_digits = field_name == "signing_key" and not isinstance(given, list)
        return value if all_digits else given


def load(
    config: Path | None = None,
    *,
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] = os.environ,
    receives: bool = False,
) -> Settings:
    """
    Read the settings. ``flags`` are top-level settings from the command line. ``receives``: deliveries will come,
    so that secrets which are missing are told of with all else that is wrong.

    Raises :class:`BadSettings` with every problem that was found.
    """
    problems: list[Problem] = []
    variables = {**_secret_files(environ, problems), **_readable(_ours(environ), problems)}
    problems += _unknown_variables(variables)
    given = merged(_read(settings_file(config, environ), problems), _Variables(variables)())
    try:
        settings = Settings.model_validate({**given, **(flags or {})})
    except ValidationError as error:
        problems += problems_of(error)
    else:
        if not problems:
            return settings
    raise BadSettings([*problems, *(missing_secrets(given) if receives else ())])


def settings_file(config: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the file that settings are read from: the named one, else the first that exists, else none."""
    if config is not None:
        return config
    if named := environ.get(CONFIG):
        return Path(named)
    return next((path for path in FILES if path.is_file()), None)


def secrets(settings: BaseModel) -> frozenset[str]:
    """Return every secret value, so that logs can leave them out."""
    found: set[str] = set()
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, DatabaseUrl | DestinationUrl):
                found |= one.hidden
            elif isinstance(one, SecretStr):
                found.add(one.get_secret_value())
            elif isinstance(one, BaseModel):
                found |= secrets(one)
    return frozenset(found)


def _read(path: Path | None, problems: list[Problem]) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(decoded(path.read_bytes()))
    except OSError as error:
        problems.append(Problem(str(path), f"cannot be read ({error.strerror})"))
    except Undecodable as error:
        problems.append(Problem(str(path), str(error)))
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(str(path), f"is not TOML: {error}"))
    return {}


def _ours(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables with our prefix, upper case, without the one that names the file."""
    upper = {name.upper(): value for name, value in variables.items()}
    return {name: value for name, value in upper.items() if name.startswith(PREFIX) and name != CONFIG}


def _readable(variables: Mapping[str, str], problems: list[Problem]) -> dict[str, str]:
    """Leave out what holds bytes of another encoding: Python has them in it as halves of characters."""
    odd = {name for name, value in variables.items() if _HALF.search(value)}
    problems += [Problem(name, "is not text in UTF-8") for name in sorted(odd)]
    return {name: value for name, value in variables.items() if name not in odd}


def _secret_files(environ: Mapping[str, str], problems: list[Problem]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in secret_paths(environ):
        try:
            found[path.name.upper()] = decoded(path.read_bytes()).strip()
        except OSError as error:
            problems.append(Problem(str(path), f"cannot be read ({error.strerror})"))
        except Undecodable as error:
            problems.append(Problem(str(path), str(error)))
    return found


def secret_paths(environ: Mapping[str, str]) -> list[Path]:
    """Return the files of secrets; of two for one setting, the later one wins."""
    folders = (_SECRETS, Path(environ.get("CREDENTIALS_DIRECTORY") or _SECRETS))
    return [path for folder in folders for path in sorted(folder.glob(f"{PREFIX.lower()}*"))]


def _unknown_variables(variables: Mapping[str, str]) -> list[Problem]:
    """Report misspelt first parts; the parts behind ``__`` are checked with the tables they belong to."""
    known = {name.upper() for name in Settings.model_fields}
    problems = []
    for name in variables:
        first = name.removeprefix(PREFIX).split("__")[0]
        if first not in known:
            near = difflib.get_close_matches(first, sorted(known), n=1)
            advice = f"; did you mean {PREFIX}{near[0]}?" if near else "; see docs/settings.md"
            problems.append(Problem(name, f"is not a setting{advice}"))
    return problems


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Put ``over`` over ``under``; tables that both have are put together in the same way."""
    both = dict(under)
    for name, value in over.items():
        below = both.get(name)
        both[name] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return both
