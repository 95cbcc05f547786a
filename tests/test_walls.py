"""
What the rooms that only calculate may touch: nothing outside. lint-imports holds them apart; this, their walls.

An allow-list, because nobody can list everything that reads a clock, a file or a socket.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

PRODUCT = Path(__file__).parents[1] / "tracker_bridge"

ROOMS = {
    "domain": ("domain",),
    "exporting": ("exporting", "domain"),
    "commands": ("commands", "exporting", "domain"),
}
"""The rooms that only calculate, and those of ours that each may import."""

PURE = frozenset(
    {
        *("base64", "bisect", "collections", "collections.abc", "dataclasses", "datetime", "difflib", "enum"),
        *("functools", "hashlib", "hmac", "inspect", "itertools", "math", "re", "string", "types", "typing"),
        *("unicodedata", "zlib", "zoneinfo"),
    }
)
"""Modules of the standard library that only calculate,"""

PARTS = {"inspect": {"cleandoc"}, "zoneinfo": {"ZoneInfo", "ZoneInfoNotFoundError"}}
"""and what may be taken of those that also read: the source, or which time zones are installed."""

MORE = {
    "domain/markdown.py": {"markdown_it"},
    "domain/alert_record.py": {"json"},
    "domain/call_outs.py": {"json"},
    "domain/kept.py": {"json"},
    "exporting/formats.py": {"csv", "io", "json"},
    "commands/__init__.py": {"importlib", "pathlib", "vars"},
}
"""What single files may have besides: the one parser, texts as CSV and JSON, and finding the commands."""

REACHING = frozenset(
    {
        *("__builtins__", "__import__", "__loader__", "__spec__", "breakpoint", "compile", "eval", "exec", "exit"),
        *("globals", "help", "input", "locals", "open", "print", "quit", "vars"),
    }
)
"""Built-ins that read, write, or run what a text says."""

MOMENTS = frozenset({"now", "today", "utcnow"})
"""What asks for the time of a ``date`` or ``datetime``; ``now`` as an argument's name is how time comes in."""


def impurities(text: str, where: str) -> Iterator[str]:
    """Yield what is wrong with a module that says ``text``; ``where`` is room and file: ``domain/plan.py``."""
    tree = ast.parse(text)
    yield from _imported(tree, where)
    yield from _used(tree, where)


def _imported(tree: ast.Module, where: str) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (one.name for one in names if not _may_import(one.name, where))
            case ast.ImportFrom(module=module, names=names, level=level):
                source = f"{'.' * level}{module or ''}"
                yield from (f"{source}.{one.name}" for one in names if not _may_take(source, one.name, where))


def _used(tree: ast.Module, where: str) -> Iterator[str]:
    reaching = REACHING - MORE.get(where, set())
    aliases = [one for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names]
    modules = {one.asname or one.name.partition(".")[0]: one.name for one in aliases}
    calendars = {"date", "datetime", *_from_datetime(tree)}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in reaching:
                yield name
            case ast.Attribute(value=base, attr=name) if name in MOMENTS:
                if ast.unparse(base).rpartition(".")[2] in calendars:
                    yield f"{ast.unparse(base)}.{name}"
            case ast.Attribute(value=ast.Name(id=base), attr=name) if modules.get(base) in PURE:
                if not _may_take(base if base in PURE else modules[base], name, where):
                    yield f"{base}.{name}"


def _from_datetime(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "datetime":
            yield from (one.asname for one in node.names if one.asname)


def _may_import(module: str, where: str) -> bool:
    """Whether the file may import the module as a whole, or all that is in it."""
    rooms = (f"tracker_bridge.{room}." for room in ROOMS[where.partition("/")[0]])
    more = (f"{one}." for one in MORE.get(where, ()))
    return module in PURE or f"{module}.".startswith((*rooms, *more))


def _may_take(module: str, name: str, where: str) -> bool:
    """Whether it may use that name of the module: ``inspect`` holds ``os``, which it imports itself."""
    if module not in PURE:
        return _may_import(f"{module}.{name}", where)
    found = getattr(import_module(module), name, None)
    pure = not isinstance(found, ModuleType) or f"{module}.{name}" in PURE
    return name != "*" and pure and name in PARTS.get(module, {name})


MODULES = {path.relative_to(PRODUCT).as_posix(): path for room in ROOMS for path in (PRODUCT / room).rglob("*.py")}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_what_only_calculates_touches_nothing_outside(module: str) -> None:
    where = f"{module.partition('/')[0]}/{MODULES[module].name}"
    assert list(impurities(MODULES[module].read_text("utf-8"), where)) == []


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
        "from tracker_bridge.commands import COMMANDS",
        "import json",
        "import inspect as i\nx = i.sys",
        "from inspect import getsource",
        "from datetime import datetime as dt\nx = dt.now()",
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
def test_a_hole_in_the_domain_is_found(hole: str) -> None:
    assert list(impurities(f'"""A module of the domain."""\n\n{hole}\n', "domain/scratch.py")) != []


@pytest.mark.parametrize(
    "pure",
    [
        "import collections.abc\nx = collections.abc.Mapping",
        "from tracker_bridge.domain import times",
        "import tracker_bridge.domain.incident.times",
        "import re\nx = re.compile('1')",
        "def f(now, today):\n    return now, today",
        "x = clock.today",
    ],
)
def test_what_only_calculates_passes(pure: str) -> None:
    assert list(impurities(pure, "domain/scratch.py")) == []


def test_the_parser_has_one_file() -> None:
    assert list(impurities("from markdown_it import MarkdownIt", "domain/markdown.py")) == []
