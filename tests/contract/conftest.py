"""The fixture ``forge``: every contract test runs once on each."""

import importlib
from collections.abc import Iterator

import pytest

from tests.contract.forges import CAPABILITIES, FORGES, Builder, Forge, Needs, town


@pytest.fixture
def lacking() -> str:
    """What the forge's server lacks, of ``CAPABILITIES``; a test that is about that parametrises it."""
    return ""


@pytest.fixture(params=FORGES)
def forge(request: pytest.FixtureRequest, lacking: str) -> Iterator[Forge]:
    name: str = request.param
    build: Builder = importlib.import_module(f"tests.contract.forge_{name}").build
    place = town(name)
    if lacking and name not in CAPABILITIES[lacking]:
        pytest.skip(f"{name} never lacks {lacking}, or always")
    if lacking:
        place.lacking = {name: [CAPABILITIES[lacking][name]]}
    with build(place):
        yield place


@pytest.fixture
def needs(forge: Forge) -> Needs:
    """Skip the test, by name, when the forge lacks an optional ability."""

    def skip(ability: str) -> None:
        if ability in forge.lacks:
            pytest.skip(f"{forge.name} lacks {ability}")

    return skip
