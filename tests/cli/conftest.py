"""A working directory and a root logger of each test's own."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings file of the developer's own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _logging_put_back() -> Iterator[None]:
    """Commands configure the root logger; what pytest had configured is put back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
