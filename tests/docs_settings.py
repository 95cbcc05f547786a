"""Renders ``docs/settings.md`` from the settings' own documentation."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tracker_bridge.setting_types.databases import DatabaseUrl
from tracker_bridge.settings import Settings
from tracker_bridge.settings.problems import table_of, variable
from tracker_bridge.settings.repository import Repository
from tracker_bridge.settings.toml import as_toml

HEAD = """\
# Settings

*Written by `make docs` from the settings themselves: do not edit.*

Settings come from five places; the first one that has a setting wins:

1. the command line, for the few settings with an option (`tracker-bridge serve --port 9000`);
2. the environment: `TRACKER_BRIDGE_`, then the name in upper case, with `__` between the parts;
   lists and tables are written as JSON;
3. secret files, as Docker, Podman and systemd mount them: one file per setting in `/run/secrets` or
   `$CREDENTIALS_DIRECTORY`, named like the variable in lower case (`tracker_bridge_github__token`);
4. a TOML file: the one named by `--config` or `TRACKER_BRIDGE_CONFIG`, else `./tracker-bridge.toml`, else
   `/etc/tracker-bridge/tracker-bridge.toml`;
5. the defaults.

`tracker-bridge check` validates the settings without using the network, and reports every problem at once. Unknown
names are problems too. A sample file with every setting:
[deploy/tracker-bridge.toml](../deploy/tracker-bridge.toml).

Durations are written with a unit: `30s`, `5m`, `1h`, `1d`.
"""

REPOSITORY = """\
## Settings of a repository

A project can override some settings with a file on its default branch: `.github/tracker-bridge.toml` on
GitHub, `.gitlab/tracker-bridge.toml` on GitLab. Settings that are not in the file keep the operator's values.
The file cannot set URLs, credentials, who may use commands, or anything else that is not listed here. A
sample file: [deploy/tracker-bridge.repository.toml](../deploy/tracker-bridge.repository.toml).

The file is read again every few minutes ([`repository_settings_every`](#repository_settings_every)). A change
during an incident takes effect at the next comment. A file with a mistake changes nothing: its last good
version applies, or the operator's settings after a restart; a comment in each active incident lists the
problems, and disappears when the file is correct again. To validate it first, for example in the team's
pipeline:

```console
$ tracker-bridge check --repository .github/tracker-bridge.toml
```

On GitHub, the bot's token needs *Contents: read*; on GitLab, the role *Reporter* in a private project. Without it,
such files are ignored; the log says so once per project. Operators can disable them by setting
[`repository_settings`](#repository_settings) to false.

Severities and labels can be renamed while incidents are open: list their previous names under `previous_names`.
"""

KINDS = {
    str: "string",
    int: "number",
    float: "number",
    bool: "true or false",
    Path: "path",
    date: "day",
    SecretStr: "secret",
    DatabaseUrl: "secret",
}


def render() -> str:
    """Return the whole page."""
    plain = {name: field for name, field in Settings.model_fields.items() if not is_table(field)}
    tables = {name: field for name, field in Settings.model_fields.items() if is_table(field)}
    lines = [HEAD, *_section("General", [], plain)]
    for name, field in tables.items():
        table = table_of(field.annotation)
        assert table is not None
        lines += _section(f"`[{name}]`", [name], table.model_fields, field.description or "")
    lines += [REPOSITORY, *_of_repositories()]
    return "\n".join(lines).rstrip() + "\n"


def _section(title: str, above: list[str], fields: dict[str, FieldInfo], about: str = "") -> Iterator[str]:
    yield f"## {title}\n"
    if about:
        yield f"{about}\n"
    for name, field in fields.items():
        location = [*above, name]
        yield f"### `{'.'.join(location)}`\n"
        yield f"`{variable(location)}` · {_kind(field.annotation)} · {_default(field)}\n"
        yield f"{field.description}\n"
        for part, inner in _parts(field).items():
            yield f"- `{part}`: {inner.description}"
        if _parts(field):
            yield ""
        for example in (field.examples or ()) if not _is_long(field) else (field.default,):
            yield f"```toml\n{name} = {as_toml(example)}\n```\n"


def _of_repositories() -> Iterator[str]:
    for name, field in Repository.model_fields.items():
        anchor = f"[`{name}`](#{name})"
        yield f"- {anchor}: {field.description}"


def is_table(field: FieldInfo) -> bool:
    """Whether the setting is a table of its own, with a heading in the file."""
    return table_of(field.annotation) is not None and get_origin(field.annotation) is not tuple


def _parts(field: FieldInfo) -> dict[str, FieldInfo]:
    """The fields of each entry, when the setting is a list of tables."""
    table = table_of(field.annotation)
    return dict(table.model_fields) if table is not None else {}


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return "one of " + ", ".join(f"`{choice}`" for choice in get_args(annotation))
    if get_origin(annotation) is tuple:
        return f"list of {_plural(get_args(annotation)[0])}"
    if get_origin(annotation) is dict:
        return "table of names and values"
    inner = [one for one in get_args(annotation) if one is not NoneType]
    if inner and annotation not in KINDS:
        return " or ".join(_kind(one) for one in (inner if inner[0] is Path else inner[:1]))
    if annotation is timedelta:
        return "duration"
    return KINDS.get(annotation, "name of a time zone")


def _plural(annotation: Any) -> str:
    plain = next((one for one in (annotation, *get_args(annotation)) if isinstance(one, type)), str)
    if issubclass(plain, BaseModel):
        return "tables"
    if issubclass(plain, Enum):
        return "any of " + ", ".join(f"`{one.value}`" for one in plain)
    return "secrets" if issubclass(plain, SecretStr) else "strings"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    if field.default is PydanticUndefined or _is_long(field):
        return "default: see below"
    return f"default `{as_toml(field.default)}`" if field.default not in (None, (), {}) else "not set by default"


def _is_long(field: FieldInfo) -> bool:
    return field.default is not PydanticUndefined and "\n" in as_toml(field.default)
