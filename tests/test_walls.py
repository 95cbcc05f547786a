"""
What the domain may touch: nothing outside. lint-imports holds the rooms apart; this holds the domain's own walls.

An allow-list, because nobody can list everything that reads a clock, a file or a socket.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
DOMAIN = ROOT / "tracker_bridge" / "domain"

PURE = frozenset(
    {
        *("base64", "bisect", "collections", "collections.abc", "dataclasses", "datetime", "difflib", "enum"),
        *("functools", "hashlib", "hmac", "inspect", "itertools", "math", "re", "string", "types", "typing"),
        *("unicodedata", "zlib", "zoneinfo"),
    }
)
"""Modules of the standard library that only calculate; of these, ``zoneinfo`` reads what is installed of zones."""

LIBRARIES = {"markdown_it": "markdown.py"}
"""Other people's modules, and the one file that knows each."""

REACHING = frozenset(
    {
        *("__builtins__", "__import__", "__loader__", "__spec__", "breakpoint", "compile", "eval", "exec", "exit"),
        *("globals", "help", "input", "locals", "open", "print", "quit", "vars"),
    }
)
"""Built-ins that read, write, or run what a text says."""

MOMENTS = frozenset({"now", "today", "utcnow"})
"""What asks for the time of a ``date`` or ``datetime``; ``now`` as an argument's name is how time comes in."""


def impurities(text: str, file: str) -> Iterator[str]:
    """Yield what is wrong with a module of the domain that is called ``file`` and says ``text``."""
    tree = ast.parse(text)
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                modules |= {one.asname or one.name.partition(".")[0]: one.name for one in names}
                yield from (wrong for one in names for wrong in _imported(one.name, None, file))
            case ast.ImportFrom(module=module, names=names, level=level):
                yield from (
                    wrong for one in names for wrong in _imported(f"{'.' * level}{module or ''}", one.name, file)
                )
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in REACHING:
                yield name
            case ast.Attribute(value=base, attr=name) if name in MOMENTS and _is_calendar(base):
                yield f"{ast.unparse(base)}.{name}"
            case ast.Attribute(value=ast.Name(id=base), attr=name) if base in modules:
                within = import_module(modules[base].partition(".")[0]) if modules[base] in PURE else None
                if isinstance(getattr(within, name, None), ModuleType) and f"{base}.{name}" not in PURE:
                    yield f"{base}.{name}"


def _imported(module: str, name: str | None, file: str) -> Iterator[str]:
    top = module.partition(".")[0]
    if top in LIBRARIES:
        if file != LIBRARIES[top]:
            yield module
    elif module in PURE:
        if name == "*" or isinstance(getattr(import_module(module), name or "", None), ModuleType):
            yield f"{module}.{name}"
    elif not f"{module}.{name}.".startswith("tracker_bridge.domain."):
        yield f"{module}.{name}" if name else module


def _is_calendar(base: ast.expr) -> bool:
    return ast.unparse(base).rpartition(".")[2] in ("date", "datetime")


def names(path: Path) -> str:
    return path.relative_to(DOMAIN).as_posix()


@pytest.mark.parametrize("path", sorted(DOMAIN.rglob("*.py")), ids=names)
def test_the_domain_touches_nothing_outside(path: Path) -> None:
    assert list(impurities(path.read_text("utf-8"), path.name)) == []


@pytest.mark.parametrize(
    "hole",
    [
        "import urllib.request",
        "from urllib import request",
        "import os",
        "import time as t",
        "import logging",
        "import random",
        "import builtins",
        "import importlib",
        "import tracker_bridge.logs",
        "from tracker_bridge import logs",
        "from tracker_bridge.logs import Redacting",
        "from tracker_bridge.domains import x",
        "from ..logs import Redacting",
        "import pydantic",
        "from markdown_it import MarkdownIt",
        "import markdown_it.token",
        "from inspect import os",
        "from zlib import *",
        "import inspect\nx = inspect.os",
        "def f():\n    import socket",
        "x = open('/etc/passwd')",
        "reader = open",
        "print('here')",
        "x = input()",
        "exec('1')",
        "x = eval('1')",
        "x = compile('1', '', 'eval')",
        "x = __import__('os')",
        "x = __builtins__['open']",
        "x = globals()",
        "breakpoint()",
        "from datetime import datetime, UTC\nx = datetime.now(UTC)",
        "import datetime\nx = datetime.datetime.utcnow()",
        "from datetime import date\nclock = date.today",
    ],
)
def test_a_hole_in_the_domain_is_found(hole: str, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch.py"
    scratch.write_text(f'"""A module of the domain."""\n\n{hole}\n', encoding="utf-8")
    assert list(impurities(scratch.read_text("utf-8"), scratch.name)) != []


@pytest.mark.parametrize(
    "pure",
    [
        "import collections.abc\nx = collections.abc.Mapping",
        "from tracker_bridge.domain import times",
        "import tracker_bridge.domain.times",
        "import re\nx = re.compile('1')",
        "def f(now, today):\n    return now, today",
        "x = clock.today",
    ],
)
def test_what_only_calculates_passes(pure: str) -> None:
    assert list(impurities(pure, "scratch.py")) == []


def test_the_parser_has_one_file() -> None:
    assert list(impurities("from markdown_it import MarkdownIt", "markdown.py")) == []
