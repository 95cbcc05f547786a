"""Writes the generated files of the documentation: ``make docs``, or ``python -m tests.docs``."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests import docs_commands, docs_sample, docs_settings

ROOT: Final = Path(__file__).parents[1]
README: Final = ROOT / "README.md"
GENERATED: Final[Mapping[str, Callable[[], str]]] = {
    "README.md": lambda: docs_commands.render_table(README.read_text("utf-8")),
    "docs/commands.md": docs_commands.render,
    "docs/settings.md": docs_settings.render,
    "deploy/tracker-bridge.toml": docs_sample.render,
    "deploy/tracker-bridge.repository.toml": docs_sample.render_repository,
}


def main() -> None:
    for path, render in GENERATED.items():
        (ROOT / path).write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
