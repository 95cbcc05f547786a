"""
What people can say: one file per word, or per small family of words.

Adding a command touches one file in this folder: every :class:`Command` found in a module here is one.
"""

import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from tracker_bridge.domain.fold.command import Command, Commands


def collect(*folders: Path) -> Commands:
    """Import every module in ``folders`` and return the commands in them, in the order of their files."""
    return Commands(one for folder in folders for module in _modules(folder) for one in _commands(module))


def _modules(folder: Path) -> Iterator[ModuleType]:
    for file in sorted(folder.glob("[!_]*.py")):
        if folder == Path(__file__).parent:
            yield importlib.import_module(f"{__name__}.{file.stem}")
            continue
        spec = importlib.util.spec_from_file_location(f"tracker_bridge_extra_{file.stem}", file)
        if spec is None or spec.loader is None:  # pragma: no cover  # a .py file always has a loader
            raise ImportError(f"{file} cannot be imported")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


def _commands(module: ModuleType) -> list[Command]:
    return [value for value in vars(module).values() if isinstance(value, Command)]


COMMANDS = collect(Path(__file__).parent)
"""Every command there is."""
