"""Settings read from a folder and an environment that the test owns."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tracker_bridge.settings import BadSettings, Settings, load

T = TypeVar("T")

Load = Callable[..., Settings]
Refusal = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working directory: no settings file of the developer's own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def read(tmp_path: Path) -> Load:
    """Load from TOML text and variables, which are written without the prefix."""

    def read(toml: str = "", **variables: str) -> Settings:
        path = tmp_path / "some.toml"
        path.write_text(toml, encoding="utf-8")
        environ = {f"TRACKER_BRIDGE_{name}": value for name, value in variables.items()}
        return load(path, environ=environ)

    return read


@pytest.fixture
def refusal(read: Load) -> Refusal:
    """Load, and return the problems as they are printed."""

    def refusal(toml: str = "", **variables: str) -> list[str]:
        with pytest.raises(BadSettings) as caught:
            read(toml, **variables)
        return [str(problem) for problem in caught.value.problems]

    return refusal


def table(settings: Settings, kind: type[T]) -> T:
    """Return the table of the forge whose settings are a ``kind``."""
    [found] = [one for one in settings.forges.values() if isinstance(one, kind)]
    return found
