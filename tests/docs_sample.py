"""Renders ``deploy/tracker-bridge.toml``: every setting, commented out, with its documentation."""

import textwrap
from collections.abc import Iterator, Mapping

from pydantic.fields import FieldInfo

from tests.docs_settings import is_table
from tracker_bridge.settings import Settings
from tracker_bridge.settings.problems import table_of
from tracker_bridge.settings.repository import Repository
from tracker_bridge.settings.toml import as_toml

HEAD = """\
# Settings of tracker-bridge. Written by `make docs` from the settings themselves.
#
# Copy this to /etc/tracker-bridge/tracker-bridge.toml, or to ./tracker-bridge.toml, and remove the # in front of
# the settings that you change. The values are the defaults, or examples if there is no default.
# Secrets are better kept in the environment or in mounted files: see docs/settings.md.
# Then: tracker-bridge check
"""


REPOSITORY = """\
# Settings of one repository, which override the operator's settings. Written by `make docs`.
#
# Copy this to .github/tracker-bridge.toml (GitLab: .gitlab/tracker-bridge.toml) on the default branch, and remove
# the # in front of the settings that you change. No other settings are allowed here; see docs/settings.md.
# Then: tracker-bridge check --repository .github/tracker-bridge.toml
"""


def render_repository() -> str:
    """Return the whole file for a repository."""
    lines = [REPOSITORY, *_settings({name: one for name, one in _shared() if not is_table(one)})]
    for name, field in _shared():
        table = table_of(field.annotation)
        if is_table(field) and table is not None:
            lines += [*_prose(field), f"#[{name}]", "", *_settings(table.model_fields)]
    return "\n".join(lines).rstrip() + "\n"


def _shared() -> Iterator[tuple[str, FieldInfo]]:
    """Yield the settings that a repository has too, as the operator's are documented."""
    return ((name, Settings.model_fields[name]) for name in Repository.model_fields)


def render() -> str:
    """Return the whole file."""
    plain = {name: field for name, field in Settings.model_fields.items() if not is_table(field)}
    lines = [HEAD, *_settings(plain)]
    for name, field in Settings.model_fields.items():
        table = table_of(field.annotation)
        if is_table(field) and table is not None:
            lines += [*_prose(field), f"#[{name}]", "", *_settings(table.model_fields)]
    return "\n".join(lines).rstrip() + "\n"


def _settings(fields: Mapping[str, FieldInfo]) -> Iterator[str]:
    for name, field in fields.items():
        yield from _prose(field)
        unset = field.is_required() or field.default_factory is not None or field.default in (None, (), {})
        value = (field.examples or [None])[0] if unset else field.default
        yield from (f"#{line}" for line in f"{name} = {as_toml(value)}".split("\n"))
        yield ""


def _prose(field: FieldInfo) -> Iterator[str]:
    yield from (f"# {line}" for line in textwrap.wrap(field.description or "", 105))
