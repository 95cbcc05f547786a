"""The fixture ``forge``: every contract test runs once on each."""

import importlib
from collections.abc import Callable, Iterator

import pytest

from tests.contract.forges import FORGES, Builder, Forge, town


@pytest.fixture(params=FORGES)
def forge(request: pytest.FixtureRequest) -> Iterator[Forge]:
    name: str = request.param
    build: Builder = importlib.import_module(f"tests.contract.forge_{name}").build
    place = town(name)
    with build(place):
        yield place


@pytest.fixture
def needs(forge: Forge) -> Callable[[str], None]:
    """Skip the test, by name, when the forge lacks an optional ability."""

    def skip(ability: str) -> None:
        if ability in forge.lacks:
            pytest.skip(f"{forge.name} lacks {ability}")

    return skip
